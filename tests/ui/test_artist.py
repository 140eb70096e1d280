"""A thread paints what is heavy: the newest wish wins, nothing is lost on the way, and closing waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.draw import kept
from viewer.draw.picture import MapPicture
from viewer.geo.basemap import Basemap
from viewer.session.camera import fit_camera
from viewer.session.commands import Command, OpenList, Select, SetCamera, SetCursor
from viewer.session.session import Session
from viewer.session.state import Camera, Ref, State, Time
from viewer.store.dataset import DataSet
from viewer.ui import artist as artist_module
from viewer.ui import painted_map
from viewer.ui.artist import Artist, Painted, Wish
from viewer.ui.canvas import Canvas


class Slow:
    """A picture that is painted when the test lets it."""

    def __init__(self) -> None:
        self.go, self.begun = Event(), Event()
        self.ahead_begun, self.ahead_may = Event(), Event()
        self.painted: list[int] = []
        self.data = self
        self.rests: list[int] = []
        """How many pictures were painted when memory was given back."""
        self.unknown = 0
        """How much there is to be worked out ahead."""

    def rest(self) -> None:
        self.rests.append(len(self.painted))

    def ahead(self, state: State, ratio: float) -> Iterator[None]:
        while self.unknown:
            self.ahead_begun.set()
            assert self.ahead_may.wait(30)
            self.unknown -= 1
            yield

    def image(self, state: State, width: int, height: int, ratio: float, *more: object) -> Any:
        self.begun.set()
        assert self.go.wait(30)
        self.painted.append(state.time.cursor)
        if state.time.cursor < 0:
            raise ValueError("no such picture")
        return QImage(width, height, QImage.Format.Format_RGB32), state


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def artist(qapp: object, slow: Slow) -> Iterator[Artist]:
    made = Artist(slow)  # type: ignore[arg-type]
    yield made
    slow.go.set()
    slow.ahead_may.set()
    made.release()
    made.deleteLater()


def wish(day: int) -> Wish:
    state = State()
    return Wish(replace(state, time=replace(state.time, cursor=day)), 40, 30, 1.0)


def test_of_the_wishes_that_come_meanwhile_only_the_newest_is_painted(
    artist: Artist, slow: Slow, qtbot: QtBot
) -> None:
    shown: list[Painted] = []
    artist.finished.connect(shown.append)
    artist.order(wish(1))
    assert slow.begun.wait(30)
    for day in (2, 3, 4):
        artist.order(wish(day))
    slow.go.set()
    qtbot.waitUntil(lambda: len(shown) == 2, timeout=30_000)

    assert slow.painted == [1, 4] == [painted.wish.state.time.cursor for painted in shown]
    assert not artist.busy


def test_a_picture_that_fails_is_told_and_the_next_one_comes(
    artist: Artist, slow: Slow, qtbot: QtBot
) -> None:
    slow.go.set()
    with qtbot.captureExceptions() as errors:
        artist.order(wish(-1))
        qtbot.waitUntil(lambda: not artist.busy, timeout=30_000)
    with qtbot.waitSignal(artist.finished, timeout=30_000):
        artist.order(wish(5))

    assert [str(error) for _, error, _ in errors] == ["no such picture"]
    assert slow.painted == [-1, 5]


def test_closing_waits_for_the_brush_and_shows_nothing_more(artist: Artist, slow: Slow, qapp: Any) -> None:
    shown: list[Painted] = []
    artist.finished.connect(shown.append)
    artist.order(wish(1))
    assert slow.begun.wait(30)
    artist.order(wish(2))
    slow.go.set()
    artist.release()
    qapp.processEvents()

    assert slow.painted == [1]
    assert not shown


def test_what_was_painted_ahead_is_there_when_it_is_wished_for(artist: Artist, slow: Slow, qtbot: QtBot) -> None:
    slow.go.set()
    artist.foresee(wish(1))
    qtbot.waitUntil(lambda: not artist.at_work, timeout=30_000)
    made = artist.foreseen(replace(wish(1), number=7))

    assert slow.painted == [1]
    assert made is not None and made.wish.number == 7
    assert artist.foreseen(wish(1)) is None


def test_of_what_was_painted_ahead_all_before_a_wish_is_forgotten(artist: Artist, slow: Slow, qtbot: QtBot) -> None:
    slow.go.set()
    for number in (1, 2, 3):
        artist.foresee(wish(number))
        qtbot.waitUntil(lambda: not artist.at_work, timeout=30_000)
    made = artist.foreseen(wish(2))

    assert made is not None and made.wish.alike(wish(2))
    assert [artist.foresees(wish(number)) for number in (1, 2, 3)] == [False, False, True]
    assert artist.foreseen(wish(1)) is None and not artist.foresees(wish(3)), "whoever goes elsewhere wants none of it"


def test_nobody_hears_of_a_picture_ahead_unless_it_is_wished_for(artist: Artist, slow: Slow, qtbot: QtBot) -> None:
    shown: list[Painted] = []
    artist.finished.connect(shown.append)
    artist.foresee(wish(1))
    assert slow.begun.wait(30) and not artist.busy
    artist.order(replace(wish(1), number=3))
    assert artist.busy
    slow.go.set()
    qtbot.waitUntil(lambda: not artist.at_work, timeout=30_000)
    artist.foresee(wish(2))
    qtbot.waitUntil(lambda: not artist.at_work, timeout=30_000)

    assert [painted.wish.number for painted in shown] == [3]
    assert artist.foreseen(wish(4)) is None
    assert slow.painted == [1, 2]


def test_another_wish_is_painted_after_the_one_ahead(artist: Artist, slow: Slow, qtbot: QtBot) -> None:
    shown: list[Painted] = []
    artist.finished.connect(shown.append)
    artist.foresee(wish(-1))
    assert slow.begun.wait(30)
    artist.order(wish(5))
    slow.go.set()
    qtbot.waitUntil(lambda: len(shown) == 1, timeout=30_000)

    assert slow.painted == [-1, 5]
    assert shown[0].wish.state.time.cursor == 5


def test_memory_is_given_back_after_the_last_picture_only(
    artist: Artist, slow: Slow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artist_module, "REST_MS", 5)
    slow.go.set()
    artist.paint(wish(1))
    slow.go.clear()
    artist.order(wish(2))
    qtbot.wait(50)
    assert slow.rests == []
    slow.go.set()
    qtbot.waitUntil(lambda: slow.rests == [2], timeout=30_000)
    artist.paint(wish(3))
    qtbot.waitUntil(lambda: slow.rests == [2, 3], timeout=30_000)
    artist.paint(wish(4))
    artist.release()
    qtbot.wait(50)
    assert slow.rests == [2, 3]


def test_a_rest_is_used_to_work_ahead_and_memory_is_given_back_after_it(
    artist: Artist, slow: Slow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artist_module, "REST_MS", 5)
    slow.go.set()
    slow.ahead_may.set()
    slow.unknown = 3
    artist.paint(wish(1))
    assert not artist.resting
    qtbot.waitUntil(lambda: artist.resting, timeout=30_000)

    assert slow.unknown == 0
    assert slow.rests == [1, 1]


@pytest.mark.parametrize("paint", [Artist.paint, Artist.paint_ahead])
def test_who_works_ahead_gives_way_to_a_wish_and_goes_on_at_the_next_rest(
    paint: Callable[[Artist, Wish], object], artist: Artist, slow: Slow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artist_module, "REST_MS", 5)
    slow.go.set()
    slow.unknown = 5
    artist.paint(wish(1))
    qtbot.waitUntil(slow.ahead_begun.is_set, timeout=30_000)
    monkeypatch.setattr(artist_module, "REST_MS", 60_000)
    paint(artist, wish(2))
    slow.ahead_may.set()
    qtbot.waitUntil(lambda: not artist.ahead_at_work, timeout=30_000)
    assert slow.unknown == 4

    monkeypatch.setattr(artist_module, "REST_MS", 5)
    artist.paint(wish(3))
    qtbot.waitUntil(lambda: artist.resting, timeout=30_000)
    assert slow.unknown == 0
    assert slow.painted == [1, 2, 3]


def test_what_fails_ahead_is_logged_and_stops_nobody(
    artist: Artist, slow: Slow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(state: State, ratio: float) -> Iterator[None]:
        yield
        raise ValueError("no such ground")

    monkeypatch.setattr(artist_module, "REST_MS", 5)
    monkeypatch.setattr(slow, "ahead", failing)
    slow.go.set()
    artist.paint(wish(1))
    qtbot.waitUntil(lambda: "no such ground" in caplog.text, timeout=30_000)
    artist.paint(wish(2))
    assert slow.painted == [1, 2]


def quiet(canvas: Canvas, qtbot: QtBot) -> None:
    """Wait until nothing is painted ahead any more."""
    begun = canvas._foreseeing
    qtbot.waitUntil(lambda: not (canvas._then_ahead or begun.isActive() or canvas.artist.at_work), timeout=30_000)


@pytest.mark.parametrize(("seconds", "pause", "ahead"), [(0.01, 0.1, 2), (0.01, 0.005, 1), (0.03, 0.1, 0)])
def test_what_is_quick_is_painted_ahead_by_the_window_once_the_last_is_on_the_screen(
    seconds: float, pause: float, ahead: int, heavy: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second one only where there is time; what is not quick is left to the thread."""
    heavy.picture.__dict__["heavy"] = False
    session, clock, honest, done = heavy.session, [0.0], heavy.artist._made, list[str]()
    monkeypatch.setattr(painted_map, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(heavy.artist, "_made", lambda wish: replace(honest(wish), seconds=seconds))
    here, paint = heavy.artist.paint_ahead, heavy.paintEvent
    monkeypatch.setattr(heavy.artist, "paint_ahead", lambda wish: (done.append("ahead"), here(wish)))

    def painted(event: QPaintEvent) -> None:
        done.append("screen")
        paint(event)

    monkeypatch.setattr(heavy, "paintEvent", painted)
    start = session.state.time.cursor
    for step in range(1, 4):
        done.clear()
        clock[0] += pause
        with qtbot.waitSignal(heavy.drawn, timeout=30_000):
            session.dispatch(SetCursor(start + step))
        quiet(heavy, qtbot)

    assert done.count("ahead") == ahead
    assert done[0] == "screen"
    assert session.state.time.cursor == heavy.result.day == start + 3  # type: ignore[union-attr]
    session.dispatch(SetCursor(start + 4))
    qtbot.waitUntil(lambda: heavy.settled, timeout=30_000)
    assert heavy.result.day == start + 4  # type: ignore[union-attr]


def quick(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A map whose pictures are said to be quick, and the days of those that are painted from now on."""
    canvas.picture.__dict__["heavy"] = False
    honest, days = canvas.artist._made, list[int]()

    def noted(wish: Wish) -> Painted:
        days.append(wish.state.time.cursor)
        return replace(honest(wish), seconds=0.001)

    monkeypatch.setattr(canvas.artist, "_made", noted)
    return days


def test_what_cannot_be_painted_ahead_is_tried_once_and_told(
    heavy: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    session, start, days = heavy.session, heavy.session.state.time.cursor, quick(heavy, monkeypatch)
    honest = heavy.picture.image

    def spoilt(state: State, *more: Any) -> Any:
        if state.time.cursor > start + 3:
            raise ValueError("no such picture")
        return honest(state, *more)

    monkeypatch.setattr(heavy.picture, "image", spoilt)
    for step in range(1, 4):
        with qtbot.waitSignal(heavy.drawn, timeout=30_000):
            session.dispatch(SetCursor(start + step))
        quiet(heavy, qtbot)
    qtbot.wait(30)

    assert days.count(start + 4) == 1
    assert "no such picture" in caplog.text


def test_nothing_is_painted_ahead_once_the_map_was_let_go(
    heavy: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, start, days = heavy.session, heavy.session.state.time.cursor, quick(heavy, monkeypatch)
    for step in range(1, 3):
        with qtbot.waitSignal(heavy.drawn, timeout=30_000):
            session.dispatch(SetCursor(start + step))
        heavy._then_ahead = False
    with qtbot.waitSignal(heavy.drawn, timeout=30_000):
        session.dispatch(SetCursor(start + 3))
    assert heavy._then_ahead
    heavy.release()
    heavy.repaint()
    qtbot.wait(30)

    assert days == [start + 1, start + 2, start + 3]
    assert not heavy.artist.paint_ahead(heavy._wish(hasty=True))
    assert not heavy.artist._resting.isActive()


def test_while_another_paints_the_window_does_not_wait_to_paint_ahead(
    heavy: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, start, days = heavy.session, heavy.session.state.time.cursor, quick(heavy, monkeypatch)
    monkeypatch.setattr(heavy.artist, "paint_ahead", lambda wish: pytest.fail("the window would stand still"))
    for step in range(1, 4):
        heavy.picture._painting._waiting.add(0)  # as if another thread wanted to paint
        with qtbot.waitSignal(heavy.drawn, timeout=30_000):
            session.dispatch(SetCursor(start + step))
        quiet(heavy, qtbot)
    heavy.picture._painting._waiting.clear()

    assert days[:4] == [start + step for step in range(1, 5)]


def test_while_time_moves_evenly_the_next_days_are_painted_before_they_come(
    heavy: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, days = heavy.session, list[int]()
    honest = heavy.picture.image

    def noted(state: State, *more: Any) -> Any:
        days.append(state.time.cursor)
        return honest(state, *more)

    monkeypatch.setattr(heavy.picture, "image", noted)
    start = session.state.time.cursor
    for step in range(1, 4):
        with qtbot.waitSignal(heavy.drawn, timeout=30_000):
            session.dispatch(SetCursor(start + step))
        quiet(heavy, qtbot)

    assert days == [start + 1, start + 2, start + 3, start + 4, start + 5]
    session.dispatch(SetCursor(start + 4))
    qtbot.waitUntil(lambda: heavy.settled, timeout=30_000)
    assert heavy.result is not None and heavy.result.day == start + 4
    quiet(heavy, qtbot)
    assert days[-1] == start + 6


@pytest.mark.parametrize(("pause", "ahead"), [(0.05, 0), (0.2, 2)])
def test_what_takes_long_is_painted_ahead_where_time_moves_slowly_enough(
    pause: float, ahead: int, heavy: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each picture is said to take 60 ms, and to be shown so many seconds after the one before."""
    session, days, moments, honest = heavy.session, list[int](), count(1), heavy.artist._made
    monkeypatch.setattr(painted_map, "time", SimpleNamespace(monotonic=lambda: next(moments) * pause))

    def slow(wish: Wish) -> Painted:
        days.append(wish.state.time.cursor)
        return replace(honest(wish), seconds=0.06)

    monkeypatch.setattr(heavy.artist, "_made", slow)
    start = session.state.time.cursor
    for step in range(1, 4):
        with qtbot.waitSignal(heavy.drawn, timeout=30_000):
            session.dispatch(SetCursor(start + step))
        quiet(heavy, qtbot)

    assert days == [start + step for step in range(1, 4 + ahead)]


def test_what_is_kept_is_not_painted_ahead(heavy: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "WORTH_SECONDS", 0.0)
    session, start, ahead = heavy.session, heavy.session.state.time.cursor, list[int]()
    honest = heavy.artist.foresee
    monkeypatch.setattr(
        heavy.artist, "foresee", lambda wish: (ahead.append(wish.state.time.cursor - start), honest(wish))
    )
    for days, expected in ((120, []), (80, []), (200, []), (0, []), (40, []), (80, []), (120, [160])):
        session.dispatch(SetCursor(start + days))
        qtbot.waitUntil(lambda: heavy.settled, timeout=30_000)
        quiet(heavy, qtbot)
        assert ahead == expected, days


@pytest.fixture
def heavy(small: DataSet, qtbot: QtBot) -> Iterator[Canvas]:
    picture = MapPicture(small, Basemap())
    picture.__dict__["heavy"] = True
    state = State(time=Time(cursor=parse("2017-11-30").latest or 0), camera=fit_camera(39, 34, 42, 36, 640, 420))
    made = Canvas(Session(state), picture)
    made.resize(640, 420)
    with qtbot.waitSignal(made.drawn, timeout=30_000):
        made.show()
    yield made
    made.release()
    made.close()
    made.deleteLater()


def test_a_heavy_map_follows_day_and_camera_in_the_end(heavy: Canvas, qtbot: QtBot) -> None:
    session = heavy.session
    for step in range(1, 30):
        session.dispatch(SetCursor(session.state.time.cursor - step))
        session.dispatch(SetCamera(replace(session.state.camera, x=session.state.camera.x + 500)))
    qtbot.waitUntil(lambda: heavy.settled, timeout=30_000)

    assert heavy.result is not None
    assert heavy.result.screen.camera == session.state.camera


def test_a_picture_that_is_kept_needs_no_thread(
    heavy: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "WORTH_SECONDS", 0.0)
    session, start, ordered = heavy.session, heavy.session.state.time.cursor, list[int]()
    honest = heavy.artist.order
    monkeypatch.setattr(
        heavy.artist, "order", lambda wish: (ordered.append(wish.state.time.cursor - start), honest(wish))
    )
    for day in (0, 40, 0, 80, 40, 80, 0):
        session.dispatch(SetCursor(start + day))
        qtbot.waitUntil(lambda: heavy.settled, timeout=30_000)
        assert heavy.result is not None and heavy.result.day == start + day
    assert ordered == [40, 0, 80]

    session.dispatch(Select(Ref("event", "nothing")))
    qtbot.waitUntil(lambda: heavy.settled, timeout=30_000)
    assert ordered == [40, 0, 80, 0], "another choice is another picture"


@pytest.mark.parametrize(
    "meanwhile", [None, Select(Ref("event", "else")), OpenList("undated"), SetCamera(Camera(9e6, 2e6, 300.0))]
)
def test_a_click_on_a_heavy_map_meets_what_is_there_now(
    heavy: Canvas, qtbot: QtBot, meanwhile: Command | None
) -> None:
    """It waits for the picture, as the window does not; whoever asks for something else meanwhile gets that alone."""
    assert heavy.result is not None
    target = next(target for target in heavy.result.targets if len(target.refs) == 1)
    heavy.session.dispatch(SetCamera(replace(heavy.session.state.camera, x=heavy.session.state.camera.x + 3_000)))
    left, top, right, bottom = target.box
    shift = 3_000 / heavy.session.state.camera.scale
    at = heavy.rect().topLeft()
    at.setX(round((left + right) / 2 - shift))
    at.setY(round((top + bottom) / 2))
    qtbot.mouseClick(heavy, Qt.MouseButton.LeftButton, pos=at)
    assert heavy.session.state.selected is None
    if meanwhile is not None:
        heavy.session.dispatch(meanwhile)
    drawn = QSignalSpy(heavy.drawn)
    qtbot.waitUntil(lambda: drawn.count() > 0 and heavy.settled, timeout=30_000)

    chosen = getattr(meanwhile, "ref", None) if meanwhile is not None else target.refs[0]
    assert heavy.session.state.selected == chosen


def test_a_late_picture_does_not_cover_a_newer_one(heavy: Canvas, qtbot: QtBot) -> None:
    session, start = heavy.session, heavy.session.state.camera
    session.dispatch(SetCamera(replace(start, x=start.x + 500)))
    QApplication.processEvents()  # the thread has its wish
    session.dispatch(SetCamera(replace(start, x=start.x + 900)))
    heavy.paint_exact()
    qtbot.waitUntil(lambda: heavy.settled, timeout=30_000)

    assert heavy.result is not None
    assert heavy.result.screen.camera.x == start.x + 900
