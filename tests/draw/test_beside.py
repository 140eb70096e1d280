"""What other threads draw and look through for a picture is what the one that paints would have made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from threading import Event, get_ident

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPicture, QPolygonF, QTransform

from tests.draw.conftest import pixels_of
from tests.draw.test_image import LETTERS
from viewer.draw import in_view, layer_painter, looking, picture, unlocked
from viewer.draw.beside import Beside
from viewer.draw.picture import MapPicture
from viewer.geo.basemap import Basemap
from viewer.session import crowds
from viewer.session.state import State
from viewer.store.dataset import DataSet

View = Callable[..., State]
SIZE = (420, 280)


def scribble(painter: QPainter) -> None:
    """Strokes of several widths, dashes, and something filled, all of it on parts of pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, width in enumerate((0.8, 1.0, 1.5, 2.6, 5.0)):
        painter.setPen(QPen(QColor(30 * number, 90, 200), width, c=Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF([QPointF(7.3 * n + number, 40 + 31.7 * ((n * number) % 3)) for n in range(20)]))
    dashed = QPen(QColor(200, 30, 40, 130), 1.3)
    dashed.setDashPattern([3.0, 2.6])
    painter.setPen(dashed)
    painter.setBrush(QColor(10, 160, 60, 90))
    painter.drawEllipse(QRectF(20.4, 30.6, 111.1, 77.7))


def bytes_of(image: QImage) -> np.ndarray:
    return np.frombuffer(image.constBits(), dtype=np.uint8).copy()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_a_drawing_that_is_played_has_the_pixels_of_one_that_is_painted(ratio: float) -> None:
    images = [QImage(300, 240, QImage.Format.Format_ARGB32_Premultiplied) for _ in range(2)]
    for image in images:
        image.setDevicePixelRatio(ratio)
        image.fill(0)
    drawing = QPicture()
    for device in (drawing, images[0]):
        painter = QPainter(device)
        scribble(painter)
        painter.end()
    play, painter = unlocked.player(), QPainter(images[1])
    assert play is not None
    play(drawing, painter)
    painter.end()

    assert bytes_of(images[0]).any()
    np.testing.assert_array_equal(bytes_of(images[1]), bytes_of(images[0]))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_strokes_that_leave_the_lock_have_the_pixels_of_those_that_keep_it(ratio: float) -> None:
    images = [QImage(300, 240, QImage.Format.Format_ARGB32_Premultiplied) for _ in range(2)]
    strokes: unlocked.Strokes = []
    for number, width in enumerate((0.8, 1.0, 2.6)):
        path, pen = QPainterPath(QPointF(7.3, 40.0 + number)), QPen(QColor(30 * number, 90, 200, 140), width)
        for n in range(20):
            path.lineTo(7.3 * n + number, 40 + 31.7 * ((n * number) % 3))
        pen.setDashPattern([6.5, 4.55] if number else [])
        strokes.append((path, pen))
    for image in images:
        image.setDevicePixelRatio(ratio)
        image.fill(0)
    painter = QPainter(images[0])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for path, pen in strokes:
        painter.strokePath(path, pen)
    painter.end()
    play = unlocked.player()
    assert play is not None
    unlocked.lay_drawings([(strokes, QTransform())], play, images[1])

    assert bytes_of(images[0]).any()
    np.testing.assert_array_equal(bytes_of(images[1]), bytes_of(images[0]))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("found", [True, False])
def test_an_image_lies_where_qt_lays_it_whether_or_not_the_lock_can_be_left(
    found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlocked, "DRAW_IMAGE", unlocked.DRAW_IMAGE if found else "no such name")
    small = QImage(24, 20, QImage.Format.Format_ARGB32_Premultiplied)
    small.fill(QColor(200, 30, 40, 130))
    small.setPixelColor(5, 7, QColor("black"))
    target, source = QRectF(3.5, 4.25, 60.5, 41.0), QRectF(2.0, 3.0, 17.0, 12.0)
    images = [QImage(90, 60, QImage.Format.Format_RGB32) for _ in range(2)]
    for image, lay in zip(images, (QPainter.drawImage, unlocked.lay_image), strict=True):
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        lay(painter, target, small, source)
        painter.end()

    assert (bytes_of(images[0]) != 255).any()
    np.testing.assert_array_equal(bytes_of(images[1]), bytes_of(images[0]))


def hand(view: View, seed: int, steps: int = 10) -> Iterator[State]:
    """Views of other scales and the same ones, with days and much or little in them."""
    chance = Random(seed)  # noqa: S311 - the same walk each time
    state = view("2019-03-31", SIZE, mode="cumulative")
    for _ in range(steps):
        camera, time = state.camera, state.time
        moved = replace(camera, x=camera.x + chance.uniform(-9e4, 9e4), y=camera.y + chance.uniform(-6e4, 6e4))
        if chance.random() < 0.6:
            moved = replace(moved, scale=camera.scale * chance.choice((0.6, 0.9, 1.1, 1.5)))
        mode = chance.choice(("cumulative", "cumulative", "window"))
        state = replace(state, camera=moved, time=replace(time, cursor=time.cursor - chance.randrange(3), mode=mode))
        yield state


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("seed", "each", "ratio"), [(1, 16, 1.0), (3, 900, 1.5)])
def test_with_others_a_picture_is_the_one_that_is_painted_alone(
    seed: int, each: int, ratio: float, builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`each`: with so many pixels to an incident, or fewer, it is drawn as density."""
    monkeypatch.setattr(crowds, "MOST_MARKS", 20)
    monkeypatch.setattr(looking, "PIXELS_EACH", each)
    monkeypatch.setattr(picture, "WORTH_ROWS", 0)
    together, alone, kinds = MapPicture(builtin, basemap), MapPicture(builtin, basemap), set()
    together._beside.helps, alone._beside.helps = True, False
    for state in hand(view, seed):
        image, drawn = together.image(state, *SIZE, ratio)
        expected, other = alone.image(state, *SIZE, ratio)
        kinds |= {shown.dense for shown in drawn.crowds}
        assert np.abs(pixels_of(image).astype(int) - pixels_of(expected)).max() <= LETTERS, state.camera
        assert drawn.legend == other.legend
        assert [t.refs for t in drawn.targets] == [t.refs for t in other.targets]

    assert (each == 900) in kinds


@pytest.mark.usefixtures("qapp")
def test_names_are_painted_while_another_thread_draws_lines(
    builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, threads = Event(), list[tuple[int, bool]]()
    made, begin, play = MapPicture(builtin, basemap), MapPicture._named, unlocked.player()
    made._beside.helps = True

    def name(*arguments: object) -> object:
        named.set()
        return begin(*arguments)  # type: ignore[arg-type]

    def played(drawing: QPicture, painter: QPainter) -> None:
        threads.append((get_ident(), named.wait(30)))
        assert play is not None
        play(drawing, painter)

    monkeypatch.setattr(MapPicture, "_named", name)
    monkeypatch.setattr(layer_painter, "player", lambda: played)
    made.image(view("2019-03-31", SIZE), *SIZE)

    assert threads
    assert all(came and thread != get_ident() for thread, came in threads)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("missing", ["library", "play", "system"])
def test_where_qt_cannot_be_asked_lines_are_painted_as_usual(
    missing: str, builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, _ = MapPicture(builtin, basemap).image(view("2019-03-31", SIZE), *SIZE)
    if missing == "system":
        monkeypatch.setattr(unlocked.sys, "platform", "win32")
    else:
        monkeypatch.setattr(unlocked, missing.upper(), "no such name")
    unlocked.qt_function.cache_clear()
    try:
        assert unlocked.player() is None
        found, _ = MapPicture(builtin, basemap).image(view("2019-03-31", SIZE), *SIZE)
    finally:
        unlocked.qt_function.cache_clear()

    assert np.abs(pixels_of(found).astype(int) - pixels_of(expected)).max() <= LETTERS


@pytest.mark.usefixtures("qapp")
@pytest.mark.qt_log_ignore("Incorrect header")
def test_a_drawing_that_is_none_is_told() -> None:
    image, drawing, play = QImage(30, 20, QImage.Format.Format_RGB32), QPicture(), unlocked.player()
    nonsense = b"this is no drawing of Qt " * 4
    drawing.setData(nonsense)
    painter = QPainter(image)
    assert play is not None
    try:
        with pytest.raises(unlocked.NotPlayed):
            play(drawing, painter)
    finally:
        painter.end()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("crowded", [False, True])
def test_lines_that_another_thread_could_not_draw_are_painted_in_the_same_picture(
    crowded: bool, builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Below all else, or above a crowd, with nothing below it that could not be drawn."""
    states, tried = [view("2019-03-31", SIZE), view("2019-03-31", SIZE, mode="cumulative")], list[object]()
    if crowded:
        monkeypatch.setattr(crowds, "MOST_MARKS", 3)
        monkeypatch.setattr(looking, "FEW", 2)
        states = [replace(state, layers=frozenset({"incidents", "rivers"})) for state in reversed(states)]
    states += [replace(state, camera=replace(state.camera, scale=state.camera.scale / 2)) for state in states]
    alone, made = MapPicture(builtin, basemap), MapPicture(builtin, basemap)
    alone._beside.helps, made._beside.helps = False, False
    if crowded:  # from then on its lines are expected above it
        made.image(replace(states[0], camera=replace(states[0].camera, scale=1_500.0)), *SIZE)
    made._beside.helps = True

    def played(drawing: QPicture, painter: QPainter) -> None:
        tried.append(drawing)
        raise unlocked.NotPlayed("cut off")

    monkeypatch.setattr(layer_painter, "player", lambda: played)
    for state in states:
        expected, drawn = alone.image(state, *SIZE)
        found, _ = made.image(state, *SIZE)
        assert np.abs(pixels_of(found).astype(int) - pixels_of(expected)).max() <= LETTERS
        assert bool(drawn.crowds) == crowded or state is not states[0]
        monkeypatch.setattr(layer_painter, "player", lambda: pytest.fail("another thread was to draw once more"))

    assert tried
    assert [record.getMessage() for record in caplog.records if "beside" in record.getMessage()] == [
        "lines could not be drawn beside the rest; they are painted with it from now on"
    ]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("fails", [False, True])
def test_lines_of_ground_are_drawn_beside_the_rest_and_where_they_cannot_be_with_it(
    fails: bool, builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, play = set[int](), unlocked.player()
    alone, made = MapPicture(builtin, basemap), MapPicture(builtin, basemap)
    alone._beside.helps, made._beside.helps = False, True

    def played(drawing: QPicture, painter: QPainter) -> None:
        threads.add(get_ident())
        assert play is not None
        if fails:
            raise unlocked.NotPlayed("cut off")
        play(drawing, painter)

    monkeypatch.setattr(layer_painter, "player", lambda: played)
    state = replace(view("2017-11-03", SIZE), layers=frozenset({"ground", "towns"}))
    for scale, day in ((1.0, 0), (0.9, 0), (0.4, 0), (0.4, -300), (1.0, -300)):
        camera = replace(state.camera, scale=state.camera.scale * scale)
        at = replace(state, camera=camera, time=replace(state.time, cursor=state.time.cursor + day))
        for ratio in (1.0, 1.5):
            expected, found = (one.image(at, *SIZE, ratio)[0] for one in (alone, made))
            np.testing.assert_array_equal(pixels_of(found), pixels_of(expected))

    assert threads
    assert get_ident() not in threads


@pytest.mark.usefixtures("qapp")
def test_what_goes_wrong_beside_comes_out_where_the_result_is_asked_for() -> None:
    beside, done = Beside(), list[str]()

    def fail() -> None:
        done.append("failed")
        raise ValueError("bad drawing")

    with beside.until_done():
        work, other = beside.begin(fail), beside.begin(lambda: 7)
        with pytest.raises(ValueError, match="bad drawing"):
            work.result()
        assert other.result() == 7
    with beside.until_done():
        beside.begin(fail)

    assert done == ["failed", "failed"]


@pytest.mark.parametrize("block", [1, 40, 100, 1_000])
def test_a_view_is_the_same_however_many_events_are_looked_at_together(
    block: int, builtin: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, grid = builtin.events, in_view.Grid(400, 300, 4.0e6, 4.5e6, 2_500.0, 1.0, 5)
    mask, every = np.isfinite(events.x), [slice(0, len(events))]
    expected = in_view.in_view(events, mask, grid, every)
    monkeypatch.setattr(in_view, "BLOCK", block)
    found = in_view.in_view(events, mask, grid, every)

    np.testing.assert_array_equal(found.pixel, expected.pixel)
    assert len(found.pixel) > 100
