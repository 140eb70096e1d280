"""An image made from yesterday's is, pixel by pixel, the one that would be painted afresh."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QTransform

from viewer.draw import paint_control, paint_shares, steps
from viewer.draw.paint import Canvas, counted, paint_layer
from viewer.draw.paint_change import GroundKind
from viewer.draw.paint_control import AreaKind, Paths
from viewer.draw.paint_holder import HolderKind
from viewer.draw.screen import Screen, polygon
from viewer.draw.steps import StepImage, step_image
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.geo.lettering import Ground
from viewer.geo.outline import Outline
from viewer.layers.control import ControlLayer
from viewer.layers.ground import GroundLayer
from viewer.layers.holders import HoldersLayer
from viewer.layers.primitives import ControlArea, HolderMark, Primitive, actor_entry
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet

View = Callable[..., State]
Image = StepImage[ControlArea]
SIZE = (500, 320)


def bytes_of(image: QImage) -> np.ndarray:
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].copy()


def on_day(data: DataSet, state: State) -> tuple[ControlArea, ...]:
    made = ControlLayer().primitives(state, data, Basemap())
    return tuple(area for area in made if isinstance(area, ControlArea))


@pytest.fixture
def tokens(qapp: object, builtin: DataSet) -> Tokens:
    return tokens_for("light", builtin.actors)


@pytest.fixture
def made(builtin: DataSet, tokens: Tokens, view: View) -> Callable[..., Image]:
    """The image of a day, perhaps from one before."""
    kind = AreaKind()

    def image(day: str, before: Image | None = None, ratio: float = 1.0, **more: object) -> Image:
        state = view(day, SIZE)
        screen = Screen(state.camera, *SIZE)
        return step_image(kind, on_day(builtin, state), screen, ratio, tokens, before=before, **more)  # type: ignore[arg-type]

    return image


def days() -> Iterator[str]:
    """Days in leaps and in single steps over the years in which areas change, and back."""
    for year in range(2017, 2022):
        for month in (1, 3, 6, 8, 11):
            yield f"{year}-{month:02}-28"
    for month in ("2017-11", "2018-12", "2019-02"):
        yield from (f"{month}-{day:02}" for day in range(1, 29))
    yield "2017-06-28"


@pytest.mark.parametrize(("ratio", "fine"), [(1.0, 4_000), (1.25, 4_000), (2.0, 4_000), (1.0, 0), (1.25, 0)])
def test_step_by_step_the_image_is_the_one_painted_afresh(
    ratio: float, fine: int, made: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "FINE", fine)
    before, parts = made("2012-12-31", ratio=ratio), 0
    for day in days():
        before = made(day, before, ratio)
        fresh = made(day, ratio=ratio)
        assert before.look == fresh.look and before.look.fine == (fine > 0 or not fresh.shown)
        np.testing.assert_array_equal(bytes_of(before.image), bytes_of(fresh.image), day)
        parts += bool(before.dirty) and before.dirty != fresh.dirty

    assert parts > 5


@pytest.mark.parametrize("ratio", [1.0, 1.25])
def test_marks_step_by_step_are_those_the_layer_would_paint(
    ratio: float, builtin: DataSet, tokens: Tokens, view: View
) -> None:
    kind, before = HolderKind(), None
    for day in days():
        state = view(day, SIZE)
        screen = Screen(state.camera, *SIZE)
        marks = tuple(m for m in HoldersLayer().primitives(state, builtin, Basemap()) if isinstance(m, HolderMark))
        chosen = Ref("place", "raqqa")
        before = step_image(kind, marks, screen, ratio, tokens, chosen, before=before)
        if day.endswith("28"):
            image, canvas = painted_layer("holders", marks, before, tokens, chosen)
            np.testing.assert_array_equal(bytes_of(before.image), bytes_of(image), day)
            assert before.tally("holders", screen).entries() == counted(screen, [canvas]).entries()
            assert [target.refs for target in canvas.targets] == [mark.refs for mark in before.shown]


@pytest.mark.parametrize(("ratio", "most"), [(1.0, paint_shares.MOST_SHAPES), (1.25, 20)])
def test_ground_of_towns_step_by_step_and_view_by_view_is_the_one_painted_afresh(
    ratio: float, most: int, builtin: DataSet, basemap: Basemap, tokens: Tokens, view: View,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Sieges, contested and shared ground among it; patterns would tell a share that is off by a pixel."""
    monkeypatch.setattr(paint_shares, "MOST_SHAPES", most)
    kind, before, parts = GroundKind(AreaKind()), None, 0
    for number, day in enumerate(
        f"{year}-{month:02}-{day:02}" for year, month in ((2014, 7), (2016, 2), (2017, 11)) for day in range(1, 29, 2)
    ):
        state = view(day, SIZE)
        aside, farther = state.camera.x + 900 * (number // 5), state.camera.scale * (1 + number // 9)
        screen = Screen(replace(state.camera, x=aside, scale=farther), *SIZE)
        things = tuple(a for a in GroundLayer().primitives(state, builtin, basemap) if isinstance(a, ControlArea))
        before = step_image(kind, things, screen, ratio, tokens, before=before)
        fresh = step_image(GroundKind(AreaKind()), things, screen, ratio, tokens)
        np.testing.assert_array_equal(bytes_of(before.image), bytes_of(fresh.image), day)
        parts += bool(before.dirty) and before.dirty != fresh.dirty

    assert parts > 5


def painted_layer(
    layer: str, things: tuple[Primitive, ...], like: StepImage[Any], tokens: Tokens, selected: Ref | None = None
) -> tuple[QImage, Canvas]:
    """A whole layer painted onto an image of its own."""
    image = QImage(like.image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(like.look.ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    canvas = Canvas(painter, like.look.screen, tokens, selected)
    paint_layer(canvas, layer, things)
    painter.end()
    return image, canvas


def test_what_did_not_change_is_not_painted(made: Callable[..., Image]) -> None:
    first = made("2019-02-11")
    second = made("2019-02-12", first)

    assert first.shown == second.shown
    assert second.image is first.image and second.dirty == ()


def test_a_choice_is_painted_where_it_is_and_taken_away_again(
    made: Callable[..., Image], builtin: DataSet
) -> None:
    image = made("2019-06-28")
    plain, (first, second) = bytes_of(image.image), (area.refs[0] for area in image.shown[:2])
    seen = []
    for chosen in (first, second, Ref("event", "whatever")):
        image = made("2019-06-28", image, selected=chosen)
        seen.append(bytes_of(image.image))

    assert not np.array_equal(seen[0], plain)
    np.testing.assert_array_equal(seen[1], bytes_of(made("2019-06-28", selected=second).image))
    np.testing.assert_array_equal(seen[2], plain)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_it_is_what_the_layer_would_paint(ratio: float, made: Callable[..., Image], tokens: Tokens) -> None:
    found = made("2019-06-28", ratio=ratio)
    image, canvas = painted_layer("control", found.things, found, tokens)

    np.testing.assert_array_equal(bytes_of(found.image), bytes_of(image))
    legend = counted(found.look.screen, [canvas]).entries()
    assert found.tally("control", found.look.screen).entries() == legend
    assert [surface.refs for surface in canvas.surfaces] == [area.refs for area in found.shown]


def test_the_legend_is_counted_right_at_every_step(made: Callable[..., Image]) -> None:
    image = made("2012-12-31")
    part = Screen(image.look.screen.camera, 200, 120)
    for day in days():
        image = made(day, image)
        assert image.tally("control", part).entries() == made(day).tally("control", part).entries(), day


def test_another_view_or_theme_is_painted_whole(
    made: Callable[..., Image], builtin: DataSet, view: View, tokens: Tokens
) -> None:
    before = made("2019-06-28")
    screen = replace(before.look.screen, width=510)
    wider = step_image(AreaKind(), before.things, screen, 1.0, tokens, before=before)
    dark = step_image(
        AreaKind(), before.things, before.look.screen, 1.0, tokens_for("dark", builtin.actors), before=before
    )

    assert [place.size() for place in wider.dirty] == [wider.image.size()] and wider.image.width() == 510
    assert [place.size() for place in dark.dirty] == [dark.image.size()]


def test_a_thread_paints_the_same(made: Callable[..., Image]) -> None:
    expected = [bytes_of(made(day).image) for day in days()]
    wrong: list[str] = []

    def work() -> None:
        before = made("2012-12-31")
        for number, day in enumerate(days()):
            before = made(day, before)
            if not np.array_equal(bytes_of(before.image), expected[number]):
                wrong.append(day)

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_broken_area_is_logged_and_the_others_are_there(
    made: Callable[..., Image], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    honest = paint_control.paint_area
    victim = made("2019-06-28").shown[-1]

    def fails_once(painter: QPainter, area: ControlArea, *more: object) -> None:
        if area is victim:
            painter.translate(50, 50)
            raise ValueError("bad area")
        honest(painter, area, *more)  # type: ignore[arg-type]

    whole = made("2019-06-28")
    monkeypatch.setattr(paint_control, "paint_area", fails_once)
    broken = made("2019-06-28")
    box = whole.boxes[whole.things.index(victim)]

    assert "could not be painted" in caplog.text
    outside = bytes_of(whole.image) != bytes_of(broken.image)
    rows, columns = np.nonzero(outside)
    assert len(rows) and rows.min() >= math.floor(box[1]) and columns.max() // 4 <= math.ceil(box[2])


def test_painting_an_area_touches_nothing_beyond_its_reach(
    made: Callable[..., Image], tokens: Tokens
) -> None:
    for area in made("2019-06-28").shown:
        screen = made("2019-06-28").look.screen
        left, top, right, bottom = AreaKind().reach(area, screen, tokens)
        alone = step_image(AreaKind(), (area,), screen, 1.0, tokens, selected=area.refs[0])
        rows, columns = np.nonzero(bytes_of(alone.image)[:, 3::4])
        assert rows.min() >= top and rows.max() <= bottom
        assert columns.min() >= left and columns.max() <= right


def test_a_path_is_where_the_screen_says(tokens: Tokens, view: View) -> None:
    turn = np.linspace(0, 2 * np.pi, 41)
    ring = np.column_stack((4_500_000 + 90_000 * np.cos(turn), 4_100_000 + 70_000 * np.sin(turn)))
    ring[-1] = ring[0]
    screen, paths = Screen(view("2019-06-28", SIZE).camera, *SIZE), Paths()
    path = paths.on(Ground(Outline((ring,)), (0, 0, 0)), screen, 1.0)
    expected = screen.points_px(ring)

    assert [(path.elementAt(i).x, path.elementAt(i).y) for i in range(41)] == [  # type: ignore[attr-defined]
        pytest.approx(point) for point in expected.tolist()
    ]
    assert QTransform().map(path) == path and polygon(expected).size() == 41


def test_another_scale_gets_a_path_of_its_own(view: View) -> None:
    turn = np.linspace(0, 2 * np.pi, 901)
    ring = np.column_stack((4_500_000 + 90_000 * np.cos(turn), 4_100_000 + 70_000 * np.sin(turn)))
    ring[-1] = ring[0]
    ground, paths, camera = Ground(Outline((ring,)), (0, 0, 0)), Paths(), view("2019-06-28", SIZE).camera
    far, near = (paths.on(ground, Screen(replace(camera, scale=scale), *SIZE), 1.0) for scale in (900.0, 30.0))

    assert 20 < far.elementCount() < near.elementCount() / 3


def test_a_path_goes_with_its_ground(view: View) -> None:
    """Derived ground has other outlines on most days: nobody looks at those of all of them again."""
    ring = np.array([[4.5e6, 4.1e6], [4.6e6, 4.1e6], [4.6e6, 4.2e6], [4.5e6, 4.1e6]])
    paths, screen = Paths(), Screen(view("2019-06-28", SIZE).camera, *SIZE)
    kept = Ground(Outline((ring,)), (0, 0, 0))
    for ground in (kept, *(Ground(Outline((ring,)), (0, 0, 0)) for _ in range(3))):
        paths.on(ground, screen, 1.0)
    del ground

    assert list(paths.kept) == list(paths.seen) == [kept]


def test_close_up_an_edge_far_beyond_the_picture_keeps_its_slope(builtin: DataSet, tokens: Tokens, view: View) -> None:
    """At a few metres a pixel the corners lie a hundred thousand pixels away."""
    state = view("2019-06-28", SIZE)
    screen = Screen(replace(state.camera, scale=1.0), *SIZE)
    x, y = screen.camera.x, screen.camera.y
    ring = np.array([[x - 4e5, y - 1e5], [x + 4e5, y + 1e5], [x, y + 5e5], [x - 4e5, y - 1e5]])
    area = replace(
        on_day(builtin, state)[0], ground=Ground(Outline((ring,)), (x, y + 1e5, 0.0)), control="control",
        entries=((actor_entry("is", builtin), 1),), schematic=False,
    )  # fmt: skip
    image = step_image(AreaKind(), (area,), screen, 1.0, tokens).image
    centre = QPointF(SIZE[0] / 2, SIZE[1] / 2)
    for dx in (-200, -100, 0, 100, 200):
        edge = centre.y() - dx / 4
        column = bytes_of(image)[:, 3::4][:, int(centre.x() + dx)]
        assert column[int(edge) + 4 :].max() == 0
        assert column[: int(edge) - 4].min() > 0


def test_what_shows_nothing_has_no_pixels_until_there_is_something(made: Callable[..., Image]) -> None:
    nothing = made("1990-01-01")
    still = made("1990-01-02", nothing)
    something = made("2019-02-11", still)

    assert nothing.pixels is None and not bytes_of(nothing.image).any()
    assert still.pixels is None and still.dirty == ()
    assert something.dirty == made("2019-02-11").dirty
    np.testing.assert_array_equal(bytes_of(something.image), bytes_of(made("2019-02-11").image))
