"""`snapshot`: the picture as a file, of the size and view that were asked for."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.cli.conftest import Ask
from tests.draw.conftest import pixels_of
from tests.mbtiles import picture, write

CHECKOUT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("qapp", "builtin_stays_open")
"""The tests of widgets run in this process too, and an application without widgets could not become theirs."""


def size_of(png: Path) -> tuple[int, int]:
    """Width and height as the file's header says them (PNG, section 11.2.2)."""
    content = png.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    return width, height


@pytest.mark.parametrize("size", ["64x64", "640x400", "1366X768", "3200x1800"])
def test_a_picture_has_the_size_that_was_asked_for(ask: Ask, tmp_path: Path, size: str) -> None:
    path = tmp_path / "map.png"
    answer = ask("snapshot", "--on", "2017-11-14", "--size", size, "-o", path)

    assert (answer.code, answer.out, answer.err) == (0, f"{path}\n", "")
    assert size_of(path) == tuple(int(side) for side in size.lower().split("x"))
    assert [file.name for file in tmp_path.iterdir()] == ["map.png"]


def test_day_window_mode_theme_box_and_layers_change_the_picture(ask: Ask, tmp_path: Path) -> None:
    pictures = []
    for number, options in enumerate((
        (), ("--on", "2015-06-01"), ("--window", "365d"), ("--mode", "day"), ("--mode", "cumulative"),
        ("--theme", "dark"), ("--theme", "print"), ("--bbox", "38,33,42,36"), ("--layers", "borders,rivers"),
        ("--layers", ""),
    )):  # fmt: skip
        path = tmp_path / f"{number}.png"
        assert ask("snapshot", "--size", "640x400", *options, "-o", path).code == 0
        pictures.append(path.read_bytes())

    assert len(set(pictures)) == len(pictures)


def test_the_same_picture_in_two_runs_is_the_same_file(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        options = ("--on", "2017-11-14", "--size", "320x200", "-o", tmp_path / name)
        command = [sys.executable, "main.py", "snapshot", *options]
        assert subprocess.run(command, cwd=CHECKOUT, capture_output=True, timeout=60).returncode == 0

    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("-o", "{}/map.jpg"), "end its name in .png"),
        (("-o", "{}/no/map.png"), "no such folder"),
        (("-o", "{}/m.png", "--size", "63x64"), "64 to 8192"),
        (("-o", "{}/m.png", "--size", "8193x64"), "64 to 8192"),
        (("-o", "{}/m.png", "--size", "big"), "is no size"),
        (("-o", "{}/m.png", "--window", "0d"), "'0d' is no number of days from 1 to 36500; write for instance 30d"),
        (("-o", "{}/m.png", "--window", "99999d"), "'99999d' is no number of days from 1 to 36500"),
        (("-o", "{}/m.png", "--window", "soon"), "'soon' is no number of days from 1 to 36500"),
        (("-o", "{}/m.png", "--window", "30d", "--mode", "day"), "leave one out"),
        (("-o", "{}/m.png", "--layers", "clouds"), "'clouds' is no layer"),
        (("-o", "{}/m.png", "--bbox", "1,2,3"), "is no box"),
        (("-o", "{}/m.png", "--on", "soon"), "soon"),
        (("-o", "{}/m.png", "--swipe"), "--swipe goes with --compare"),
        (("-o", "{}/m.png", "--compare", "2017", "--swipe", "2"), "'2' is no share of the width from 0 to 1"),
        ((), "-o"),
    ],
)
def test_a_wrong_option_leaves_no_file(ask: Ask, tmp_path: Path, options: tuple[str, ...], part: str) -> None:
    answer = ask("snapshot", *(option.format(tmp_path) for option in options))

    assert answer.code == 2
    assert part in answer.err
    assert answer.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_two_days_lie_beside_each_other_at_a_share_of_the_width(ask: Ask, tmp_path: Path) -> None:
    days = ("--on", "2019-01-30", "--layers", "holders,control,ground", "--size", "460x400")
    pictures = {}
    for name, options in {
        "a": ("--on", "2017-01-01", *days[2:]), "b": days, "both": (*days, "--compare", "2017-01-01", "--swipe", "0.7"),
        "half": (*days, "--compare", "2017-01-01", "--swipe"),
    }.items():  # fmt: skip
        path = tmp_path / f"{name}.png"
        assert ask("snapshot", *options, "-o", str(path)).code == 0
        pictures[name] = pixels_of(QImage(str(path)))

    def alike(one: str, other: str, part: slice) -> float:
        return float((pictures[one][120:180, part] == pictures[other][120:180, part]).all(axis=2).mean())

    for name, share in (("both", 0.7), ("half", 0.5)):
        handle = round(share * 460)
        left, right = slice(0, handle - 12), slice(handle + 12, 460)
        assert alike(name, "a", left) > 0.95 > alike(name, "b", left)
        assert alike(name, "b", right) > 0.95 > alike(name, "a", right)


@pytest.mark.parametrize("name", ["evidence.png", "evidence.gpkg"])
def test_a_picture_is_never_written_over_a_store(ask: Ask, small_store: Path, tmp_path: Path, name: str) -> None:
    evidence = Path(shutil.copy(small_store, tmp_path / name))
    for store in ((), (evidence,)):
        answer = ask("snapshot", *store, "-o", evidence)

        assert (answer.code, answer.err.count("\n")) == (2, 1)
        assert f"{evidence}: is a store" in answer.err
        assert evidence.read_bytes() == small_store.read_bytes()


def test_a_picture_is_never_written_over_a_torn_store_behind_a_link(ask: Ask, tmp_path: Path) -> None:
    torn, link = tmp_path / "torn.sqlite", tmp_path / "map.png"
    torn.write_bytes(b"torn")
    link.symlink_to(torn)
    answer = ask("snapshot", "-o", link)

    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert link.is_symlink()
    assert torn.read_bytes() == b"torn"


def test_a_picture_has_the_raster_below_it(ask: Ask, tmp_path: Path) -> None:
    tiles = write(tmp_path / "my.mbtiles", {(0, 0, 0): picture("red")})
    options = ("--size", "320x200", "--on", "2017-11-14", "-o", tmp_path / "map.png")
    pictures = []
    for more in ((), ("--raster", tiles), ("--raster", tiles, "--layers", "borders"), ("--layers", "borders")):
        assert ask("snapshot", *options, *more).code == 0
        pictures.append((tmp_path / "map.png").read_bytes())

    assert len(set(pictures)) == 4


def test_a_raster_that_cannot_be_drawn_is_refused_and_leaves_no_picture(ask: Ask, tmp_path: Path) -> None:
    text = tmp_path / "text.mbtiles"
    text.write_text("no tiles", encoding="utf-8")
    for raster, said in ((text, "is no SQLite file, so no tile set"), (tmp_path / "gone.mbtiles", "no such file")):
        answer = ask("snapshot", "--raster", raster, "-o", tmp_path / "map.png")
        assert (answer.code, answer.err.count("\n")) == (2, 1)
        assert said in answer.err
    assert [file.name for file in tmp_path.iterdir()] == ["text.mbtiles"]


def test_tiles_that_cannot_be_drawn_are_told_beside_the_picture(ask: Ask, tmp_path: Path) -> None:
    tiles = write(tmp_path / "my.mbtiles", {(0, 0, 0): b"no picture"})
    answer = ask("snapshot", "--raster", tiles, "--size", "320x200", "-o", tmp_path / "map.png")

    assert (answer.code, answer.err.count("\n")) == (0, 1)
    assert "my.mbtiles: 1 tile" in answer.err


def test_a_picture_is_never_written_over_a_raster(ask: Ask, tmp_path: Path) -> None:
    tiles = write(tmp_path / "my.png", {(0, 0, 0): picture("red")})
    before = tiles.read_bytes()

    assert ask("snapshot", "--raster", tiles, "-o", tiles).code == 2
    assert tiles.read_bytes() == before
