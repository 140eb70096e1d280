"""`brief`: slides, handout, film and pictures of a briefing, and what is said when that cannot be."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation
from PySide6.QtGui import QImage

from tests.cli.conftest import Ask
from viewer.domain.dates import parse
from viewer.session.briefing import briefing_to_json
from viewer.session.builtin import builtin_store
from viewer.session.camera import fit_camera
from viewer.session.keeping import Keeping
from viewer.session.scenes import view_of
from viewer.session.state import Filters, Scene, State, Time
from viewer.store.dataset import open_dataset

pytestmark = pytest.mark.usefixtures("qapp")
SIZE = (960, 540)


def scenes() -> tuple[Scene, ...]:
    camera = fit_camera(38.0, 33.0, 44.0, 37.0, *SIZE)
    shown = view_of(State(camera, Time(parse("2017-12-28").earliest or 0)))
    return (
        Scene("a", shown, SIZE, title="One", notes="said of one"),
        Scene("b", replace(shown, theme="dark"), SIZE, "end", "Two"),
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A briefing that was made on the small store."""
    path = tmp_path / "briefing.json"
    path.write_text(briefing_to_json(scenes(), "small"), encoding="utf-8")
    return path


def test_slides_of_a_briefing_on_a_store(ask: Ask, file: Path, small_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "show.pptx"
    answer = ask("brief", file, "--store", small_store, "--to", "pptx", "-o", out, "--size", "480x270")

    assert (answer.code, answer.out, answer.err) == (0, f"2 slides written to {out}\n", "")
    first, _ = Presentation(str(out)).slides
    assert first.shapes.title.text == "One"
    assert first.notes_slide.notes_text_frame.text == "said of one"

    assert ask("brief", file, "--store", small_store, "--to", "pptx", "-o", out, "--no-notes").code == 0
    assert not Presentation(str(out)).slides[0].has_notes_slide


def test_what_came_of_it_is_told_to_programs(ask: Ask, file: Path, small_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "frames"
    told = ask("brief", file, "--store", small_store, "--to", "frames", "-o", out, "--size", "64x64", "--fps", "2",
               "--json").json  # fmt: skip
    assert told == {
        "output": str(out), "to": "frames", "scenes": 2, "frames": 12, "width": 64, "height": 64, "seconds": 6.0,
        "fps": 2, "notices": [],
    }  # fmt: skip
    assert len(list(out.iterdir())) == 12


def test_one_scene_at_a_size_and_a_resolution(ask: Ask, file: Path, small_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.png"
    options = ("--to", "png", "--scene", 2, "--size", "320x180", "--scale", "2.5")
    answer = ask("brief", file, "--store", small_store, *options, "-o", out)
    assert (answer.code, answer.out) == (0, f"1 picture written to {out}\n")
    kept = QImage(str(out))
    assert (kept.width(), kept.height()) == (800, 450)


def test_the_scenes_that_are_kept_of_a_store(
    ask: Ask, small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.session.keeping.user_dir", lambda: tmp_path)
    answer = ask("brief", small_store, "--to", "pdf", "-o", tmp_path / "hand.pdf")
    assert answer.code == 2
    assert "holds no scenes" in answer.err

    keeping = Keeping("small")
    keeping.keep_scenes(scenes())
    keeping.close()
    answer = ask("brief", small_store, "--to", "pdf", "-o", tmp_path / "hand.pdf")
    assert (answer.code, answer.err) == (0, "")
    assert (tmp_path / "hand.pdf").read_bytes().startswith(b"%PDF")


def test_without_a_store_the_built_in_one_is_shown_if_it_is_meant(ask: Ask, file: Path, tmp_path: Path) -> None:
    answer = ask("brief", file, "--to", "png", "-o", tmp_path / "p")
    assert answer.code == 2
    assert "was made on the store 'small'; name its file with --store" in answer.err

    data = open_dataset(builtin_store())
    file.write_text(briefing_to_json(scenes(), data.meta.store_id), encoding="utf-8")
    data.close()
    assert ask("brief", file, "--to", "png", "-o", tmp_path / "p", "--size", "320x180").code == 0
    assert sorted(one.name for one in (tmp_path / "p").iterdir()) == ["001.png", "002.png"]


def test_what_the_store_lacks_is_told_and_the_rest_is_written(
    ask: Ask, file: Path, small_store: Path, tmp_path: Path
) -> None:
    one, other = scenes()
    one = replace(one, view=replace(one.view, filters=Filters(actors=("nobody",)), pins=("nowhere",)))
    plain = json.loads(briefing_to_json((one, other), "small"))
    plain["scenes"].append({"view": 7})
    file.write_text(json.dumps(plain), encoding="utf-8")
    answer = ask("brief", file, "--store", small_store, "--to", "svg", "--size", "320x180", "-o", tmp_path / "svgs")
    assert answer.code == 1
    said = answer.err.splitlines()
    assert len(said) == 3
    assert all(line.startswith("badia: Scene ") for line in said)
    assert len(list((tmp_path / "svgs").iterdir())) == 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--to", "pdf", "-o", "x.png"), "end its name in .pdf"),
        (("--to", "png", "-o", "x.jpg"), "name a folder"),
        (("--to", "png", "-o", "x.png"), "one scene with --scene"),
        (("--to", "frames", "-o", "x.png"), "name a folder"),
        (("--to", "pdf", "-o", "x.pdf", "--scene", "3"), "there are only 2 scenes"),
        (("--to", "pdf", "-o", "x.pdf", "--scene", "0"), "no number"),
        (("--to", "pdf", "-o", "x.pdf", "--fps", "5"), "--fps goes with"),
        (("--to", "gif", "-o", "x.gif", "--notes"), "--notes goes with"),
        (("--to", "gif", "-o", "x.gif", "--fps", "61"), "from 1 to 60"),
        (("--to", "gif", "-o", "x.gif", "--size", "1x1"), "is no size"),
        (("--to", "gif", "-o", "x.gif", "--scale", "7"), "more or fewer pixels"),
        (("--to", "gif", "-o", "x.gif", "--scale", "nan"), "no number from 0.25 to 8"),
        (("--to", "pdf", "-o", "no/such/x.pdf"), "its folder does not exist"),
        (("--to", "doc", "-o", "x.doc"), "invalid choice"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    ask: Ask, file: Path, small_store: Path, tmp_path: Path, options: tuple[str, ...], says: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    answer = ask("brief", file, "--store", small_store, "--size", "1280x720", *options)
    assert answer.code == 2
    assert says in answer.err
    assert len(answer.err.splitlines()) == 1
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"kind": "badia briefing", "version": 9}'])
def test_a_file_that_is_no_briefing_is_one_sentence(
    ask: Ask, file: Path, small_store: Path, tmp_path: Path, content: bytes
) -> None:
    file.write_bytes(content)
    answer = ask("brief", file, "--store", small_store, "--to", "pdf", "-o", tmp_path / "x.pdf")
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 1
    assert str(file) in answer.err


def test_a_store_is_never_written_over(ask: Ask, file: Path, small_store: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.pdf"
    store.write_bytes(small_store.read_bytes())
    answer = ask("brief", file, "--store", store, "--to", "pdf", "-o", store)
    assert answer.code == 2
    assert "is a store" in answer.err
    assert store.read_bytes() == small_store.read_bytes()


def test_a_pipe_is_not_waited_for(ask: Ask, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    answer = ask("brief", tmp_path / "pipe", "--to", "pdf", "-o", tmp_path / "out.pdf")
    assert (answer.code, "is a pipe, not a file" in answer.err) == (2, True)
