"""Films and frames: as many as there are to be, as long as they should be, and the pages themselves."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.draw.conftest import pixels_of
from viewer.draw.output.film import MISSING, Encoder, encoder, write_gif, write_mp4
from viewer.draw.output.frames import write_frames
from viewer.draw.output.order import Order
from viewer.draw.page import page_image
from viewer.formats.exported import ExportError
from viewer.session.scenes import fitted
from viewer.session.shots import frame_count
from viewer.session.state import Scene, Stretch
from viewer.store.progress import Cancelled

Orders = Callable[..., Order]


def quiet(share: float) -> None:
    assert 0.0 <= share <= 1.0


@pytest.fixture
def played(scenes: tuple[Scene, ...]) -> tuple[Scene, ...]:
    """A map, a glide to another, and ten days played there."""
    one = scenes[1]
    day, camera = one.view.time.cursor, one.view.camera
    other = replace(one.view, camera=replace(camera, scale=camera.scale / 2))
    return replace(one, caption=""), replace(one, key="n", view=other, caption="", stretch=Stretch(day - 10, day, 10.0))


def pictures(path: Path, size: tuple[int, int]) -> tuple[str, list[np.ndarray]]:
    """What a film says of itself, and its frames, decoded."""
    command = [encoder(), "-hide_banner", "-nostdin", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    frames = np.frombuffer(done.stdout, np.uint8).reshape(-1, size[1], size[0], 3)
    return done.stderr.decode("utf-8", "replace"), list(frames)


def seconds_told(about: str) -> float:
    found = re.search(r"Duration: 00:(\d\d):(\d\d\.\d\d)", about)
    assert found is not None
    return 60 * int(found[1]) + float(found[2])


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_a_film_has_its_frames_its_length_and_what_players_need(order: Orders, played: tuple[Scene, ...]) -> None:
    asked = order("film.mp4", (481, 271), scenes=played, per_second=10)
    written = write_mp4(asked, quiet)

    about, frames = pictures(asked.path, (482, 272))
    assert written.number == len(frames) == frame_count(played, 10)
    assert seconds_told(about) == pytest.approx(written.seconds, abs=0.11)
    assert re.search(r"Video: h264.*yuv420p.*482x272.*10 fps", about)
    content = asked.path.read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat"), "it plays before all of it is there"
    assert [file.name for file in asked.path.parent.iterdir()] == ["film.mp4"]


def test_the_frames_of_a_film_are_the_pages(order: Orders, played: tuple[Scene, ...]) -> None:
    asked = order("film.mp4", scenes=played, per_second=5)
    write_mp4(asked, quiet)
    _, frames = pictures(asked.path, (480, 270))
    first = pixels_of(page_image(asked.picture, played[0], 480, 270))
    view = fitted(played[1], *played[1].size)
    last = pixels_of(page_image(asked.picture, replace(played[1], view=view, stretch=None), 480, 270))
    assert difference(frames[0], first) < 4
    assert difference(frames[0], last) > 8
    assert difference(frames[-1], last) < 6
    assert difference(frames[0], frames[1]) < 0.5, "a scene that is held stands still"


def test_a_gif_has_as_many_frames_and_lasts_as_long(order: Orders, played: tuple[Scene, ...]) -> None:
    asked = order("film.gif", (320, 180), scenes=played, per_second=10)
    written = write_gif(asked, quiet)
    assert asked.path.read_bytes().startswith(b"GIF89a")
    about, frames = pictures(asked.path, (320, 180))
    assert seconds_told(about) == pytest.approx(written.seconds, abs=0.11)
    assert len(frames) == written.number
    assert difference(frames[0], pixels_of(page_image(asked.picture, played[0], 320, 180))) < 8


def test_numbered_frames_are_those_of_the_film(order: Orders, played: tuple[Scene, ...]) -> None:
    asked = order("frames", (160, 90), scenes=played, per_second=4)
    written = write_frames(asked, quiet)
    names = sorted(file.name for file in asked.path.iterdir())
    assert names == [f"frame-{number:06}.png" for number in range(1, frame_count(played, 4) + 1)]
    assert written.number == len(names)
    kept = pixels_of(QImage(str(asked.path / names[0])))
    assert (kept == pixels_of(page_image(asked.picture, played[0], 160, 90))).all()


@pytest.mark.parametrize("write", [write_mp4, write_gif, write_frames])
def test_a_film_that_is_cancelled_leaves_nothing(
    order: Orders, played: tuple[Scene, ...], write: Callable[..., object]
) -> None:
    asked, told = order("film", (160, 90), scenes=played, per_second=10), []

    def stop(share: float) -> None:
        told.append(share)
        if share > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        write(asked, stop)
    assert not list(asked.path.parent.iterdir())
    assert not [one for one in threading.enumerate() if one.name == "badia-film"]
    assert told == sorted(told)


def test_without_the_encoder_one_sentence_names_the_extra(
    order: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    for write, name in ((write_mp4, "f.mp4"), (write_gif, "f.gif")):
        asked = order(name)
        with pytest.raises(ExportError) as told:
            write(asked, quiet)
        assert str(told.value) == MISSING
        assert "badia-viewer[video]" in MISSING
        assert not list(asked.path.parent.iterdir())
    write_frames(order("frames", (64, 36), per_second=1), quiet)


def test_an_encoder_that_fails_is_one_sentence(order: Orders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.draw.output.film.H264", ("-c:v", "no-such-codec", "-f", "mp4"))
    asked = order("film.mp4", (160, 90), per_second=2)
    with pytest.raises(ExportError) as told:
        write_mp4(asked, quiet)
    assert "the encoder stopped" in str(told.value)
    assert "\n" not in str(told.value)
    assert not list(asked.path.parent.iterdir())


def test_frames_pass_through_and_are_not_kept(qapp: object, tmp_path: Path) -> None:
    """However long a film is, only some frames wait for the encoder."""
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    with Encoder(encoder(), (640, 360), 25, ("-f", "null"), tmp_path / "nothing") as pipe:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(400):  # 370 MB of pixels
            pipe.put(QImage(image.copy()), 1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from viewer.cli.entry import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("name", ["film.mp4", "film.gif", "show.pptx", "hand.pdf", "one.png", "one.svg"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, order: Orders, name: str) -> None:
    from viewer.session.briefing import briefing_to_json
    from viewer.session.builtin import builtin_store

    asked = order("x")
    store = builtin_store()
    (tmp_path / "b.json").write_text(briefing_to_json(asked.scenes[1:2], "other"), encoding="utf-8")
    kind = name.partition(".")[2]
    done = subprocess.run(
        [sys.executable, "-c", FULL, "brief", tmp_path / "b.json", "--store", store, "--to", kind, "-o",
         tmp_path / name, "--size", "640x360"],
        capture_output=True, text=True, timeout=110, env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "s")},
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    (said,) = [line for line in done.stderr.splitlines() if name in line]
    assert "cannot be written" in said
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == ["b.json"]
