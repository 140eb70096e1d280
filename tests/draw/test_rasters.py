"""The raster below the map: tiles where they belong, coarser ones or paper where there are none, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QRect
from PySide6.QtGui import QImage, QPainter

from tests.draw.conftest import pixels_of
from tests.mbtiles import ABOUT, bomb, cells, picture, write
from viewer.draw.drawn import Drawn
from viewer.draw.frame import render_frame
from viewer.draw.picture import MapPicture
from viewer.draw.rasters import BROKEN, BUDGET, MAX_SIDE, NOT_KNOWN, TOO_WIDE, decoded
from viewer.draw.screen import Screen
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.session.commands import MAP_LIMIT
from viewer.session.state import Camera, Raster, State
from viewer.store.dataset import DataSet
from viewer.store.tiles import NO_BLOB, LateError, TileError, TileReader, open_tiles

Pixels = NDArray[np.uint8]
View = Callable[..., State]
Painted = Callable[..., tuple[Drawn, Pixels]]
RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 160, 30)
SIZE = (800, 500)
pytestmark = pytest.mark.usefixtures("qapp")


def tile(colour: tuple[int, int, int], side: int = 256, kind: str = "PNG") -> bytes:
    return picture("#{:02x}{:02x}{:02x}".format(*colour), side, kind)


def halves(west: tuple[int, int, int], east: tuple[int, int, int]) -> bytes:
    """A tile of two colours."""
    image, half = QImage.fromData(tile(east)), QImage.fromData(tile(west, 128))
    painter, buffer = QPainter(image), QBuffer()
    painter.drawImage(QRect(0, 0, 128, 256), half)
    painter.end()
    assert image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "my.mbtiles"


@pytest.fixture
def bare(small: DataSet) -> MapPicture:
    """A map with nothing on it but paper and what is chosen."""
    return MapPicture(small, Basemap())


def looking(path: Path, level: float, opacity: int = 100, at: tuple[float, float] = (40.0, 35.0)) -> State:
    """A view in which a pixel is as large as one of a level's tiles of 256 pixels, with nothing but the raster."""
    camera = Camera(*point_to_map(*at), 2 * MAP_LIMIT / 256 / 2**level)
    return State(camera, layers=frozenset({"raster"}), raster=Raster(str(path), opacity))


def shot(picture: MapPicture, state: State, size: tuple[int, int] = SIZE, ratio: float = 1.0) -> tuple[Drawn, Pixels]:
    image, drawn = picture.image(state, *size, ratio)
    return drawn, pixels_of(image)


def share(pixels: Pixels, colour: tuple[int, int, int]) -> float:
    """The part of a picture that has a colour, more or less."""
    return float((np.abs(pixels.astype(int) - colour).max(axis=2) <= 6).mean())


def paper(small: DataSet, size: tuple[int, int] = SIZE) -> tuple[int, int, int]:
    plain, _ = MapPicture(small, Basemap()).image(State(layers=frozenset()), *size)
    return tuple(pixels_of(plain)[9, 9].tolist())


def messages(drawn: Drawn) -> list[str]:
    assert {problem.where for problem in drawn.problems} <= {"my.mbtiles"}
    return [problem.message for problem in drawn.problems]


def test_every_tile_lies_where_web_mercator_puts_it(path: Path, bare: MapPicture) -> None:
    colours = [(40 * i + 10, 250 - 40 * j, 90) for i in range(6) for j in range(6)]
    shown = dict(zip(cells(6), colours, strict=False))
    write(path, {cell: tile(colour) for cell, colour in shown.items()})
    state = looking(path, 6)
    drawn, pixels = shot(bare, state)
    screen, width, met = Screen(state.camera, *SIZE), 2 * MAP_LIMIT / 2**6, 0
    for (_, column, row), colour in shown.items():
        x, y = screen.point_px((column + 0.5) * width - MAP_LIMIT, MAP_LIMIT - (row + 0.5) * width)
        if 5 < x < SIZE[0] - 5 and 5 < y < SIZE[1] - 5:
            met += 1
            assert tuple(pixels[int(y), int(x)].tolist()) == colour
    assert met >= 4
    assert drawn.problems == ()


@pytest.mark.parametrize(
    ("level", "ratio", "taken"), [(7, 1.0, 7), (6.4, 1.0, 6), (6, 2.0, 7), (11, 1.0, 8), (3, 1.0, 5)]
)
def test_the_level_is_the_nearest_to_the_pixels_of_the_device(
    path: Path, bare: MapPicture, level: float, ratio: float, taken: int
) -> None:
    colours = {5: RED, 6: GREEN, 7: BLUE, 8: (90, 90, 90)}
    write(path, {cell: tile(colour) for one, colour in colours.items() for cell in cells(one)})
    _, pixels = shot(bare, looking(path, level), ratio=ratio)

    assert share(pixels[240:260, 390:410], colours[taken]) > 0.9


def test_a_missing_tile_is_taken_from_the_next_coarser_level_or_is_paper(
    path: Path, bare: MapPicture, small: DataSet
) -> None:
    fine = cells(7)
    write(path, {cell: tile(BLUE) for cell in fine[::2]} | {cell: tile(RED) for cell in cells(5)[:1]})
    drawn, pixels = shot(bare, looking(path, 7, at=(39.5, 35.5)))

    assert min(share(pixels, BLUE), share(pixels, RED)) > 0.1
    assert share(pixels, paper(small)) + share(pixels, BLUE) + share(pixels, RED) > 0.98
    assert drawn.problems == ()


def test_a_single_coarse_tile_fills_a_view_close_up(path: Path, bare: MapPicture) -> None:
    write(path, {(0, 0, 0): tile(GREEN)})

    assert share(shot(bare, looking(path, 15))[1], GREEN) == 1.0


@pytest.mark.parametrize("level", [12, 15, 16.2])
def test_far_beyond_the_finest_level_things_are_still_in_their_places(
    path: Path, bare: MapPicture, level: float
) -> None:
    write(path, {(0, 0, 0): halves(BLUE, RED)})
    _, pixels = shot(bare, looking(path, level, at=(1.5, 35.0)))
    assert share(pixels, RED) == 1.0
    _, pixels = shot(bare, looking(path, level, at=(-1.5, 35.0)))
    assert share(pixels, BLUE) == 1.0


def test_nothing_is_drawn_beyond_the_bounds(path: Path, bare: MapPicture, small: DataSet) -> None:
    write(path, {(0, 0, 0): tile(GREEN)}, {**ABOUT, "bounds": "40,-85,180,85"})
    _, pixels = shot(bare, looking(path, 7))

    assert share(pixels[:, : SIZE[0] // 2 - 1], paper(small)) == 1.0
    assert share(pixels[:, SIZE[0] // 2 + 1 :], GREEN) == 1.0


def test_the_opacity_lets_the_paper_through(path: Path, bare: MapPicture, small: DataSet) -> None:
    write(path, {(0, 0, 0): tile(BLUE)})
    for opacity in (100, 70, 40):
        part = opacity / 100
        mixed = [round(part * blue + (1 - part) * below) for blue, below in zip(BLUE, paper(small), strict=True)]
        assert share(shot(bare, looking(path, 6, opacity))[1], tuple(mixed)) == 1.0


def test_seams_show_nothing_at_odd_scales(path: Path, bare: MapPicture) -> None:
    write(path, {cell: tile(BLUE) for cell in cells(7, (30, 30, 50, 40))})
    for ratio in (1.0, 1.25, 1.5):
        _, pixels = shot(bare, looking(path, 6.87, 70), ratio=ratio)
        assert (pixels == pixels[0, 0]).all()


def test_it_lies_below_water_and_is_switched_off_with_its_layer(
    path: Path, builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    write(path, {(0, 0, 0): tile(RED)})
    state = view("2017-11-14")
    with_it = replace(state, raster=Raster(str(path)))
    map_picture = MapPicture(builtin, basemap)
    _, plain = painted(map_picture, state)
    _, below = painted(map_picture, with_it)
    _, hidden = painted(map_picture, replace(with_it, layers=with_it.layers - {"raster"}))
    sea = map_picture.tokens("light").colour("sea").getRgb()[:3]

    assert share(below, RED) > 0.3
    assert share(below, sea) == pytest.approx(share(plain, sea), abs=0.01)
    assert (hidden == plain).all()


@pytest.mark.parametrize("kind", ["PNG", "JPG", "WEBP"])
def test_tiles_of_each_format_and_any_size_are_drawn(path: Path, bare: MapPicture, kind: str) -> None:
    write(path, {cell: tile(GREEN, 512, kind) for cell in cells(6, (30, 25, 50, 45))}, {"name": "no format"})
    drawn, pixels = shot(bare, looking(path, 7))

    assert share(pixels, GREEN) > 0.99
    assert drawn.problems == ()


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.qt_log_ignore("libpng", "JPEG datastream", "qt.gui.imageio")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bomb(), TOO_WIDE), (bomb(MAX_SIDE + 1, 1), TOO_WIDE), (bomb(256, 256), BROKEN), (b"pbf", NOT_KNOWN),
        (b"GIF89a\1\0\1\0", NOT_KNOWN), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NOT_KNOWN),
        (b"\x89PNG\r\n\x1a\n", BROKEN), (b"\xff\xd8\xff", BROKEN), (b"RIFF\0\0\0\0WEBP", BROKEN),
    ],
)  # fmt: skip
def test_what_is_no_tile_is_refused_before_it_costs_anything(content: bytes, reason: str) -> None:
    with pytest.raises(TileError) as why:
        decoded(content)
    assert str(why.value) == reason


@pytest.mark.qt_log_ignore("libpng", "qt.gui.imageio")
def test_bad_tiles_are_counted_by_their_reason_and_the_rest_is_drawn(
    path: Path, bare: MapPicture, small: DataSet
) -> None:
    shown = cells(7, (38.5, 34, 41.5, 36))
    spoilt: dict[object, object] = {cell: tile(BLUE) for cell in cells(7)}
    spoilt |= dict(zip(shown, [bomb(), bomb(), _cut(tile(RED)), "words"], strict=True))
    write(path, spoilt)  # type: ignore[arg-type]
    state = looking(path, 7)
    drawn, pixels = shot(bare, state)

    rest = "; a coarser one or paper stands there"
    assert sorted(messages(drawn)) == sorted([
        f"2 tiles, each of which {TOO_WIDE}{rest}", f"1 tile {BROKEN}{rest}", f"1 tile {NO_BLOB}{rest}",
    ])  # fmt: skip
    assert share(pixels, BLUE) > 0.2
    assert share(pixels, paper(small)) > 0.1
    aside = replace(state, camera=replace(state.camera, x=state.camera.x + 1))
    assert messages(shot(bare, aside)[0]) == messages(drawn)


def test_a_missing_file_is_a_sentence_and_the_map_goes_on(path: Path, bare: MapPicture, small: DataSet) -> None:
    drawn, pixels = shot(bare, looking(path, 7))

    assert messages(drawn) == ["there is no such file; check the name"]
    assert share(pixels, paper(small)) == 1.0
    assert bare.credits(looking(path, 7)) == ()


def test_a_file_that_goes_while_it_is_shown_is_told_and_one_that_comes_back_is_drawn(
    path: Path, bare: MapPicture
) -> None:
    write(path, {(0, 0, 0): tile(GREEN)})
    assert share(shot(bare, looking(path, 7))[1], GREEN) == 1.0
    content = path.read_bytes()
    path.unlink()
    assert messages(shot(bare, looking(path, 8))[0]) == ["there is no such file; check the name"]
    path.write_bytes(content)
    drawn, pixels = shot(bare, looking(path, 9))
    assert (drawn.problems, share(pixels, GREEN)) == ((), 1.0)


def test_of_a_file_for_close_views_only_a_far_one_draws_nothing_and_says_so(
    path: Path, bare: MapPicture, small: DataSet
) -> None:
    write(path, {cell: tile(BLUE) for cell in cells(14, (39.97, 34.97, 40.07, 35.07))})
    drawn, pixels = shot(bare, looking(path, 6))
    assert messages(drawn) == ["has only tiles for larger scales; zoom in to see it"]
    assert share(pixels, paper(small)) == 1.0

    drawn, pixels = shot(bare, looking(path, 14, at=(40.02, 35.02)))
    assert (drawn.problems, share(pixels, BLUE)) == ((), 1.0)


def test_reading_that_takes_too_long_is_given_up(
    path: Path, bare: MapPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, {(0, 0, 0): tile(BLUE)})
    monkeypatch.setattr("viewer.draw.rasters.PICTURE_SECONDS", -1.0)
    drawn, _ = shot(bare, looking(path, 7))

    assert messages(drawn) == ["takes too long to read; the map goes on without the rest of it"]


def test_what_could_not_be_read_in_time_follows_with_the_next_picture(
    path: Path, bare: MapPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, {cell: tile(BLUE) for cell in cells(7)})
    honest, left = TileReader.tile, [0]

    def slow(reader: TileReader, *cell: int) -> bytes | None:
        left[0] -= 1
        if left[0] < 0:
            raise LateError("late")
        return honest(reader, *cell)

    monkeypatch.setattr(TileReader, "tile", slow)
    shares = []
    for _ in range(9):
        left[0] = 4
        drawn, pixels = shot(bare, looking(path, 7))
        shares.append(share(pixels, BLUE))
        if not drawn.coarse:
            break
        assert messages(drawn) == ["takes long to read; the rest of it follows"]

    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] > 0.9
    assert messages(drawn) == []
    left[0] = 0
    assert share(shot(bare, looking(path, 7))[1], BLUE) == shares[-1]  # kept, now that it is whole


def test_what_is_kept_of_decoded_tiles_is_limited(
    path: Path, bare: MapPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.draw.rasters.BUDGET", 600_000)
    write(path, {cell: tile(BLUE) for cell in cells(7)})
    _, pixels = shot(bare, looking(path, 7))

    assert share(pixels, BLUE) > 0.9
    assert bare._layers.rasters._bytes <= 600_000 < BUDGET
    assert sum(image.sizeInBytes() for image in bare._layers.rasters._tiles.values() if image is not None) <= 600_000


def test_a_view_is_known_once_it_was_drawn(path: Path, bare: MapPicture) -> None:
    write(path, {cell: tile(BLUE) for cell in cells(7)})
    state = looking(path, 7)
    shot(bare, replace(state, raster=Raster()))
    assert not bare.knows(state)
    shot(bare, state)
    assert bare.knows(state)
    far = replace(state, camera=replace(state.camera, x=state.camera.x + 500 * state.camera.scale))
    assert not bare.knows(far)
    assert bare.knows(replace(far, layers=far.layers - {"raster"}))


def test_panning_gives_the_picture_that_is_there_at_once(path: Path, small: DataSet) -> None:
    write(path, {cell: tile((cell[1] % 2 * 200, cell[2] % 2 * 200, 60)) for cell in cells(7)})
    panned, state = MapPicture(small, Basemap()), looking(path, 7)
    for step in range(4):
        moved = replace(state, camera=replace(state.camera, x=state.camera.x + 90 * step * state.camera.scale))
        assert (shot(panned, moved)[1] == shot(MapPicture(small, Basemap()), moved)[1]).all()


def test_whose_it_is_stands_on_the_line_of_sources(path: Path, small: DataSet, bare: MapPicture) -> None:
    write(path, {(0, 0, 0): tile(GREEN)})
    state = looking(path, 7)
    assert bare.credits(state) == ("Base layer: my.mbtiles",)
    shot(bare, state)
    assert bare.credits(state) == ("Base layer: (c) The testers & co",)
    assert bare.credits(replace(state, layers=frozenset())) == ()
    assert open_tiles(path).attribution == "(c) The testers & co"

    def foot(raster: Raster) -> Pixels:
        return pixels_of(render_frame(small, replace(state, raster=raster), Basemap(), 640, 400))[-18:]

    other = write(path.with_name("other.mbtiles"), {(0, 0, 0): tile(GREEN)}, {**ABOUT, "attribution": "Somebody else"})
    assert (foot(Raster(str(other))) != foot(state.raster)).any()


def test_a_page_counts_what_is_wrong(path: Path, small: DataSet, bare: MapPicture) -> None:
    good, bad = looking(path, 7), looking(path.with_name("gone.mbtiles"), 7)
    write(path, {(9, 0, 0): tile(GREEN)})

    def head(state: State) -> QImage:
        return render_frame(small, state, Basemap(), 900, 500).copy(0, 0, 520, 100)

    assert head(good) != head(bad)


def test_only_what_is_drawn_is_credited(path: Path, bare: MapPicture) -> None:
    """Neither beside the file's box nor where its box has no tile."""
    level = 7
    here = next(iter(cells(level)))
    write(path, {here: tile(GREEN)})
    state, size = looking(path, level), (640, 400)
    drawn = shot(bare, state)
    assert (share(drawn[1], GREEN) > 0) == bool(bare.credits(state, size))

    for east in (0.0, 3e6):
        away = replace(state, camera=replace(state.camera, x=state.camera.x + east, y=state.camera.y - 3e6))
        assert share(shot(bare, away)[1], GREEN) == 0.0
        assert bare.credits(away, size) == ()
    assert bare.credits(state) == ("Base layer: (c) The testers & co",)
