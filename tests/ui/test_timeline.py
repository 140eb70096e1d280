"""The timeline under a hand: clicks, drags, wheels and typed dates become commands, and what it shows is the state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from viewer.domain.dates import Day, parse
from viewer.domain.records import Records
from viewer.draw.tokens import tokens_for
from viewer.session.busy import played
from viewer.session.commands import (
    PlayTo,
    Select,
    SetCursor,
    SetFilters,
    SetMode,
    SetPlay,
    SetWindow,
    TogglePin,
)
from viewer.session.selectors import control_changes, extent, long_spans, undated_events
from viewer.session.session import Session
from viewer.session.state import Filters, Ref, State, Time
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.writer import write_store
from viewer.ui.place_field import PlaceField
from viewer.ui.timeline import hover
from viewer.ui.timeline.hand import Grip
from viewer.ui.timeline.heads import pin_menu, shortened
from viewer.ui.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Button, Key, Mod = Qt.MouseButton, Qt.Key, Qt.KeyboardModifier
PINS = ("mayadin", "dz")


def day(text: str) -> Day:
    return parse(text).latest or 0


@pytest.fixture
def session(small: DataSet) -> Session:
    return Session(State(time=Time(cursor=day("2017-12-25"), window_days=365), pins=PINS))


@pytest.fixture
def timeline(qtbot: QtBot, session: Session, small: DataSet) -> Iterator[Timeline]:
    widget = shown(qtbot, Timeline(session, small, tokens_for("light", small.actors)))
    yield widget
    widget.release()


def shown(qtbot: QtBot, widget: Timeline) -> Timeline:
    qtbot.addWidget(widget)
    widget.resize(1366, widget.height())
    widget.show()
    settled()
    return widget


def settled() -> None:
    for _ in range(4):
        QApplication.processEvents()


def at(timeline: Timeline, date: str, row: float = 0.5) -> QPoint:
    """The pixel of a day, `row` of the way down the bins."""
    frame = timeline.chart.frame()
    bins = frame.rows.bins
    return QPoint(round(frame.x(day(date) + 0.5)), round(bins.top + row * bins.height))


def drag(timeline: Timeline, start: QPoint, *stops: QPoint, button: Button = Button.LeftButton) -> None:
    view = timeline.chart.viewport()
    QTest.mousePress(view, button, Mod.NoModifier, start)
    for stop in stops:
        QTest.mouseMove(view, stop)
        QApplication.processEvents()
    QTest.mouseRelease(view, button, Mod.NoModifier, stops[-1])
    settled()


def wheel(timeline: Timeline, where: QPoint, turned: int, mod: Mod = Mod.NoModifier) -> None:
    view = timeline.chart.viewport()
    glob = QPointF(view.mapToGlobal(where))
    event = QWheelEvent(
        QPointF(where), glob, QPoint(), QPoint(0, turned), Button.NoButton, mod, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(view, event)
    settled()


def view_range(timeline: Timeline) -> tuple[float, float]:
    (first, last), _ = timeline.chart.getViewBox().viewRange()
    return first, last


# --- the hand


def test_the_day_of_the_second_clock_is_drawn_and_dragged_in_one_step(timeline: Timeline, session: Session) -> None:
    plain = timeline.chart.grab().toImage()
    session.dispatch(SetFilters(Filters(known_by=day("2015-06-10"))))
    settled()
    assert timeline.chart.grab().toImage() != plain
    before = session.state
    start = at(timeline, "2015-06-10")
    drag(timeline, start, start + QPoint(40, 0), at(timeline, "2016-03-05"))
    assert session.state.filters.known_by == pytest.approx(day("2016-03-05"), abs=3)
    assert session.state.time == before.time
    session.undo()
    assert session.state == before


def test_a_click_jumps_to_the_day(timeline: Timeline, session: Session) -> None:
    timeline.chart.zoom(0.1, day("2016-03-05"))
    settled()
    where = at(timeline, "2016-03-05")
    QTest.mouseClick(timeline.chart.viewport(), Button.LeftButton, Mod.NoModifier, where)
    settled()

    assert abs(session.state.time.cursor - day("2016-03-05")) <= 1
    assert session.state.time.window_days == 365


def test_a_click_in_the_window_jumps_too(timeline: Timeline, session: Session) -> None:
    QTest.mouseClick(timeline.chart.viewport(), Button.LeftButton, Mod.NoModifier, at(timeline, "2017-07-01"))
    settled()

    assert abs(session.state.time.cursor - day("2017-07-01")) <= timeline.chart.frame().days_per_pixel + 1


def test_a_drag_scrubs_and_is_one_step_to_undo(timeline: Timeline, session: Session) -> None:
    before = session.state.time.cursor
    drag(timeline, at(timeline, "2015-03-05"), at(timeline, "2015-08-01"), at(timeline, "2016-01-01"))
    assert abs(session.state.time.cursor - day("2016-01-01")) <= timeline.chart.frame().days_per_pixel + 1

    session.undo()
    assert session.state.time.cursor == before


def test_what_is_shown_stays_visible_under_a_hand(timeline: Timeline) -> None:
    timeline.chart.setFocus()
    settled()
    before = timeline.chart.grab().toImage()
    QTest.mousePress(timeline.chart.viewport(), Button.LeftButton, Mod.NoModifier, at(timeline, "2015-03-05"))
    settled()
    during = timeline.chart.grab().toImage()
    QTest.mouseRelease(timeline.chart.viewport(), Button.LeftButton, Mod.NoModifier, at(timeline, "2015-03-05"))
    points = [(x, y) for x in range(20, before.width() - 20, 25) for y in range(4, before.height() - 40, 6)]
    same = sum(before.pixelColor(x, y) == during.pixelColor(x, y) for x, y in points)
    assert same > 0.5 * len(points)


def test_two_drags_are_two_steps_to_undo(timeline: Timeline, session: Session) -> None:
    drag(timeline, at(timeline, "2015-03-05"), at(timeline, "2015-08-01"), at(timeline, "2016-01-01"))
    between = session.state.time.cursor
    drag(timeline, at(timeline, "2014-11-05"), at(timeline, "2014-12-01"), at(timeline, "2014-10-01"))
    assert session.state.time.cursor != between

    session.undo()
    assert session.state.time.cursor == between


def test_only_the_newest_day_of_a_hasty_hand_is_sent(timeline: Timeline, session: Session) -> None:
    seen: list[Day] = []
    session.watch(("time",), lambda before, after, changed: seen.append(after.time.cursor))
    view = timeline.chart.viewport()
    start, stop = at(timeline, "2015-03-05"), at(timeline, "2016-01-01")
    QTest.mousePress(view, Button.LeftButton, Mod.NoModifier, start)
    for x in range(start.x(), stop.x(), 2):
        QTest.mouseMove(view, QPoint(x, start.y()))
    assert len(seen) <= 5, "moves that come in one go are answered once, whatever was between"
    QTest.mouseRelease(view, Button.LeftButton, Mod.NoModifier, stop)

    assert abs(seen[-1] - day("2016-01-01")) <= timeline.chart.frame().days_per_pixel + 1


def test_the_left_grip_stretches_the_window(timeline: Timeline, session: Session) -> None:
    frame = timeline.chart.frame()
    cursor = session.state.time.cursor
    left = QPoint(round(frame.x(cursor - 364)), at(timeline, "2017-01-01").y())
    drag(timeline, left, at(timeline, "2016-06-01"), at(timeline, "2016-01-01"))

    assert session.state.time.cursor == cursor
    assert session.state.time.window_days == pytest.approx(cursor - day("2016-01-01") + 1, abs=6)


def test_the_right_grip_moves_the_end_and_keeps_the_beginning(timeline: Timeline, session: Session) -> None:
    first = session.state.time.cursor - 364
    right = QPoint(round(timeline.chart.frame().x(session.state.time.cursor + 1)), at(timeline, "2018-01-01").y())
    drag(timeline, right, at(timeline, "2018-03-01"), at(timeline, "2018-10-01"))
    time = session.state.time

    assert time.cursor - time.window_days + 1 == first
    assert time.cursor == pytest.approx(day("2018-10-01"), abs=6)


@pytest.mark.parametrize(("handle", "days"), [(False, 30), (True, 1)])
def test_a_narrow_window_is_stretched_by_its_handles_alone(
    timeline: Timeline, session: Session, handle: bool, days: int
) -> None:
    session.dispatch(SetWindow(30))
    settled()
    frame, cursor = timeline.chart.frame(), session.state.time.cursor
    assert frame.x(cursor + 1) - frame.x(cursor - 29) < 24
    middle = round(timeline.chart.pointer.area().center().y())
    line = QPoint(round(frame.x(cursor + 1)), middle if handle else middle - 20)
    drag(timeline, line, line - QPoint(60, 0), line - QPoint(120, 0))

    assert session.state.time.window_days == days
    assert session.state.time.cursor < cursor


def test_the_window_is_moved_as_a_whole(timeline: Timeline, session: Session) -> None:
    drag(timeline, at(timeline, "2017-07-01"), at(timeline, "2017-04-01"), at(timeline, "2016-07-01"))

    assert session.state.time.window_days == 365
    assert session.state.time.cursor == pytest.approx(day("2016-12-25"), abs=6)


def test_the_date_is_written_beside_the_line_while_a_hand_is_on_it(timeline: Timeline) -> None:
    view = timeline.chart.viewport()
    QTest.mousePress(view, Button.LeftButton, Mod.NoModifier, at(timeline, "2016-01-01"))
    settled()
    held = timeline.chart.grab().toImage()
    QTest.mouseRelease(view, Button.LeftButton, Mod.NoModifier, at(timeline, "2016-01-01"))
    settled()

    assert held != timeline.chart.grab().toImage()
    assert timeline.chart.grip is None


def test_the_wheel_zooms_round_the_pointer(timeline: Timeline) -> None:
    where = at(timeline, "2016-06-01")
    day_there, width = timeline.chart.frame().day_at(where.x()), timeline.chart.frame().days_per_pixel
    wheel(timeline, where, 120)

    assert timeline.chart.frame().days_per_pixel < width
    assert abs(timeline.chart.frame().day_at(where.x()) - day_there) <= 1


def test_the_wheel_cannot_zoom_to_nothing(timeline: Timeline) -> None:
    for _ in range(80):
        wheel(timeline, at(timeline, "2017-12-25"), 120)
    first, last = view_range(timeline)
    assert last - first >= 5.9

    for _ in range(80):
        wheel(timeline, QPoint(600, 80), -120)
    first, last = view_range(timeline)
    low, high = extent(timeline.chart.data)
    assert first <= low
    assert last >= high


def test_shift_and_the_wheel_scrub(timeline: Timeline, session: Session) -> None:
    timeline.chart.zoom(0.02, session.state.time.cursor)
    before = session.state.time.cursor
    wheel(timeline, QPoint(600, 80), 120, Mod.ShiftModifier)
    assert session.state.time.cursor == before + 1
    wheel(timeline, QPoint(600, 80), -240, Mod.ShiftModifier)
    assert session.state.time.cursor == before - 1


def test_a_double_click_shows_the_whole_extent_and_moves_no_day(timeline: Timeline, session: Session) -> None:
    timeline.chart.zoom(0.1, day("2016-01-01"))
    before = session.state.time.cursor
    where = at(timeline, "2016-01-01")
    QTest.mouseClick(timeline.chart.viewport(), Button.LeftButton, Mod.NoModifier, where)
    QTest.mouseDClick(timeline.chart.viewport(), Button.LeftButton, Mod.NoModifier, where)
    settled()
    first, last = view_range(timeline)

    assert first <= extent(timeline.chart.data)[0]
    assert last >= extent(timeline.chart.data)[1]
    assert session.state.time.cursor == before


@pytest.mark.parametrize("button", [Button.MiddleButton, Button.RightButton])
def test_the_other_buttons_move_the_axis(timeline: Timeline, session: Session, button: Button) -> None:
    timeline.chart.zoom(0.2, day("2017-01-01"))
    settled()
    first, before = view_range(timeline)[0], session.state.time
    start = at(timeline, "2017-01-01")
    drag(timeline, start, start + QPoint(40, 0), start + QPoint(100, 0), button=button)

    assert view_range(timeline)[0] == pytest.approx(first - 100 * timeline.chart.frame().days_per_pixel, abs=1)
    assert session.state.time == before


def test_a_click_on_a_bar_selects_its_record(timeline: Timeline, session: Session, small: DataSet) -> None:
    bar = next(b for b in timeline.chart.content().bars if small.events.keys[b.row] == "highway")
    frame = timeline.chart.frame()
    band = frame.rows.bars[bar.line]
    where = QPoint(round(frame.x(bar.last - 5)), round((band.top + band.bottom) / 2))
    cursor = session.state.time.cursor
    QTest.mouseClick(timeline.chart.viewport(), Button.LeftButton, Mod.NoModifier, where)
    settled()

    assert session.state.selected == Ref("event", "highway")
    assert session.state.time.cursor == cursor


def test_the_page_keys_zoom_and_other_keys_are_left_to_the_window(timeline: Timeline) -> None:
    timeline.chart.setFocus()
    width = timeline.chart.frame().days_per_pixel
    QTest.keyClick(timeline.chart, Key.Key_PageUp)
    assert timeline.chart.frame().days_per_pixel < width
    QTest.keyClick(timeline.chart, Key.Key_PageDown)
    assert timeline.chart.frame().days_per_pixel == pytest.approx(width)
    host = QWidget()
    try:
        keys: list[int] = []
        host.keyPressEvent = lambda event: keys.append(event.key())  # type: ignore[method-assign]
        timeline.setParent(host)
        host.show()
        QTest.keyClick(timeline.chart, Key.Key_Right)
        assert keys == [Key.Key_Right]
    finally:
        timeline.setParent(None)
        host.deleteLater()


# --- what it shows


def test_a_step_of_the_cursor_paints_nothing_anew(timeline: Timeline, session: Session) -> None:
    settled()
    before, histogram = timeline.chart.backdrop.paintings, timeline.chart.content().histogram
    for step in range(20):
        session.dispatch(SetCursor(day("2017-06-01") + step))
        settled()
    assert timeline.chart.backdrop.paintings == before
    assert timeline.chart.content().histogram is histogram

    session.dispatch(SetFilters(Filters(types=("strike",))))
    settled()
    assert timeline.chart.backdrop.paintings == before + 1
    assert timeline.chart.content().histogram is not histogram


class Painted(QObject):
    """Listens to which parts of a widget are painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


@pytest.mark.parametrize("zoom", [1.0, 0.05])
@pytest.mark.parametrize("mode", ["day", "window", "cumulative"])
@pytest.mark.parametrize("hand", [False, True])
def test_a_step_paints_what_it_changes_and_little_else(
    timeline: Timeline, session: Session, mode: str, zoom: float, hand: bool
) -> None:
    chart = timeline.chart
    session.dispatch(SetMode(mode))
    session.dispatch(SetWindow(30) if mode == "window" else SetMode(mode))
    chart.zoom(zoom, day("2017-12-25"))
    chart.grip = Grip("cursor", 0.0, session.state.time) if hand else None
    settled()
    painted = Painted(chart.viewport())
    for date in ("2017-12-26", "2017-12-27", "2018-01-03", "2017-12-24"):
        before = chart.viewport().grab().toImage()
        painted.region = QRegion()
        session.dispatch(SetCursor(day(date)))
        settled()
        region = QRegion(painted.region)
        after = chart.viewport().grab().toImage()
        changed = [
            QPoint(x, y) for x in range(after.width()) for y in range(0, after.height(), 3)
            if before.pixel(x, y) != after.pixel(x, y)
        ]  # fmt: skip
        assert all(region.contains(point) for point in changed)
        assert zoom == 0.05 or sum(rect.width() for rect in region) < 0.8 * after.width()
    chart.grip = None


def test_more_long_records_than_can_be_bars_are_counted_by_day(
    qtbot: QtBot, session: Session, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.ui.timeline.chart.MOST_BARS", 1)
    widget = shown(qtbot, Timeline(session, small, tokens_for("light", small.actors)))
    chart = widget.chart
    content, frame = chart.content(), chart.frame()

    assert content.bars == ()
    assert len(frame.rows.bars) == 4
    said = hover.words_at(frame, content, PINS, frame.x(day("2018-01-01") + 0.5), frame.rows.bars[2].top + 1)
    assert said == "2 records of more than 31 days\n1 Jan 2018: 2 of them may be going on"
    empty = chart.viewport().grab().toImage()
    session.dispatch(SetFilters(Filters(types=("strike",))))
    settled()
    assert len(chart.frame().rows.bars) == 0
    assert chart.viewport().grab().toImage() != empty
    widget.release()


def test_the_bars_follow_the_filters_and_the_total_stays(timeline: Timeline, session: Session) -> None:
    everything = timeline.chart.content().histogram.everything
    session.dispatch(SetFilters(Filters(actors=("coalition",))))
    content = timeline.chart.content()

    assert (content.histogram.everything == everything).all()
    assert 0 < content.histogram.stacks.sum() < everything.sum()
    assert len(content.bars) == len(long_spans(timeline.chart.data, session.state.filters))


def test_bins_follow_the_zoom(timeline: Timeline) -> None:
    assert timeline.chart.content().histogram.unit in ("month", "week")
    timeline.chart.zoom(0.01, day("2017-12-25"))
    assert timeline.chart.content().histogram.unit == "day"


def test_changes_of_control_are_those_of_the_selectors(timeline: Timeline, small: DataSet) -> None:
    assert timeline.chart.content().changes == control_changes(small)
    assert timeline.chart.content().changes


def test_a_lane_has_the_colours_of_its_holders(timeline: Timeline, session: Session) -> None:
    """The day after the last word on a holder it has the full colour, and fades from then on."""
    session.dispatch(SetCursor(day("2015-01-01")))
    timeline.chart.zoom(0.03, day("2017-10-21"))
    settled()
    frame = timeline.chart.frame()
    tokens, lane = timeline.chart.tokens, frame.rows.lanes[0]
    image = timeline.chart.viewport().grab().toImage()
    colours = [
        image.pixelColor(round(frame.x(day(date) + 0.5)), round(lane.top + 6)).name()
        for date in ("2017-10-21", "2017-11-02")
    ]

    assert colours[0] == tokens.actor_colour("gov").name()
    assert colours[1] != colours[0]


def test_the_theme_changes_the_colours(timeline: Timeline, small: DataSet) -> None:
    before = timeline.chart.viewport().grab().toImage()
    timeline.set_tokens(tokens_for("dark", small.actors))
    settled()

    assert timeline.chart.viewport().grab().toImage() != before


@pytest.mark.parametrize("mode", ["day", "window", "cumulative"])
def test_every_mode_draws_its_window(timeline: Timeline, session: Session, mode: str) -> None:
    session.dispatch(SetMode(mode))
    settled()
    image = timeline.chart.viewport().grab().toImage()
    frame = timeline.chart.frame()
    y = round(frame.rows.bins.top) + 2
    inside, before, after = (
        image.pixelColor(round(frame.x(day(date))), y).name() for date in ("2017-06-01", "2015-09-01", "2018-09-01")
    )

    assert (inside != after) is (mode != "day")
    assert (before != after) is (mode == "cumulative")


def test_the_cursor_stays_in_sight(timeline: Timeline, session: Session) -> None:
    timeline.chart.zoom(0.1, session.state.time.cursor)
    session.dispatch(SetCursor(day("2015-03-01")))
    first, last = view_range(timeline)

    assert first <= session.state.time.cursor < last


def test_the_tooltip_says_what_stands_there(timeline: Timeline, session: Session) -> None:
    chart = timeline.chart
    frame, content = chart.frame(), chart.content()
    lane = frame.rows.lanes[0]

    def said(date: str, y: float) -> str:
        return hover.words_at(frame, content, session.state.pins, frame.x(day(date)), y)

    assert "Islamic State" in said("2016-01-01", lane.top + 4)
    assert "nobody is known to hold it" in said("2014-01-01", lane.top + 4)
    assert "records" in said("2017-12-25", frame.rows.bins.top + 5)
    assert "Al-Mayadin" in said("2014-07-14", frame.rows.changes.top + 2)
    assert said("2012-01-01", 10_000.0) == ""


def test_the_selected_record_is_marked(timeline: Timeline, session: Session) -> None:
    chart = timeline.chart
    for key in ("may-strikes", chart.data.events.keys[chart.content().bars[0].row]):
        session.dispatch(Select(None))
        settled()
        before, paintings = chart.viewport().grab().toImage(), chart.backdrop.paintings
        session.dispatch(Select(Ref("event", key)))
        settled()

        assert chart.content().selected == chart.data.events.row_of[key]
        assert chart.viewport().grab().toImage() != before
        assert chart.backdrop.paintings == paintings


# --- lanes


def test_a_lane_is_taken_away_with_its_x_and_the_timeline_shrinks(timeline: Timeline, session: Session) -> None:
    high = timeline.height()
    head = timeline.heads.heads[0]
    assert head.name.text() == "Al-Mayadin"
    QTest.mouseClick(head.close_button, Button.LeftButton)
    settled()

    assert session.state.pins == ("dz",)
    assert [head.place for head in timeline.heads.heads] == ["dz"]
    assert timeline.height() < high


@pytest.mark.parametrize(("name", "whole"), [("Al-Mayadin (old town)", True), ("Al-Mayadin, " * 9, False)])
def test_the_column_of_lanes_has_room_for_long_names(
    qtbot: QtBot, small_records: Records, tmp_path: Path, name: str, whole: bool
) -> None:
    places = [replace(p, name=name) if p.key == "mayadin" else p for p in small_records.of("place")]
    path = tmp_path / "long.gpkg"
    write_store(replace(small_records, tables={**small_records.tables, "place": places}), path)
    data = open_dataset(path)
    session = Session(State(time=Time(cursor=day("2017-12-25")), pins=PINS))
    widget = shown(qtbot, Timeline(session, data, tokens_for("light", data.actors)))
    head = widget.heads.heads[0]
    button = head.name

    assert (button.text() == name) is whole
    assert button.text().endswith("\u2026") is not whole
    assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())
    assert button.geometry().right() <= head.close_button.geometry().left()
    assert widget.heads.width() <= 240
    widget.release()
    data.close()


def test_a_name_is_cut_after_a_word_and_again_when_type_grows(timeline: Timeline, qtbot: QtBot) -> None:
    """Left to itself Qt cuts a name in its middle, wherever that is."""
    metrics = timeline.heads.heads[0].name.fontMetrics()
    room = metrics.horizontalAdvance("Mosul (west bank, Old C")
    assert shortened("Mosul (west bank, Old City)", metrics, room) == "Mosul (west bank, Old\u2026"
    assert shortened("Kirkuk", metrics, metrics.horizontalAdvance("Kirk\u2026")) in ("Kirk\u2026", "Kir\u2026")

    for sheet in ("QToolButton { font-size: 19px; }", ""):
        timeline.setStyleSheet(sheet)
        qtbot.waitUntil(
            lambda: all(head.name.sizeHint().width() <= head.name.width() for head in timeline.heads.heads)
        )


def test_the_name_of_a_lane_opens_its_place(timeline: Timeline, session: Session) -> None:
    QTest.mouseClick(timeline.heads.heads[1].name, Button.LeftButton)

    assert session.state.selected == Ref("place", "dz")


def test_a_place_is_added_in_any_spelling(
    timeline: Timeline, session: Session, small: DataSet, qtbot: QtBot
) -> None:
    menu = pin_menu(session, small, timeline)
    field = menu.findChild(PlaceField)
    assert field is not None
    field.insert("البوكمال")  # the keys of QTest know Latin letters only
    QTest.keyClick(field, Key.Key_Return)
    settled()
    assert session.state.pins == (*PINS, "abu-kamal")
    assert len(timeline.heads.heads) == 3

    field.setText("Nowhere at all")
    QTest.keyClick(field, Key.Key_Return)
    assert session.state.pins == (*PINS, "abu-kamal")
    assert "history of control" in field.accessibleDescription()
    menu.deleteLater()


def test_a_pin_of_an_unknown_place_is_an_empty_lane(timeline: Timeline, session: Session) -> None:
    session.dispatch(TogglePin("no-such-place"))
    settled()

    assert len(timeline.chart.content().strips) == 3
    assert timeline.chart.content().strips[2] == ()


# --- controls


def field(timeline: Timeline):  # type: ignore[no-untyped-def]
    return timeline.controls.date


def type_in(timeline: Timeline, text: str) -> None:
    timeline.focus_date()
    settled()
    field(timeline).selectAll()
    QTest.keyClicks(field(timeline), text)
    QTest.keyClick(field(timeline), Key.Key_Return)
    settled()


@pytest.mark.parametrize("text", ["14 Nov 2017", "2017-11-14", "14/11/2017", "November 14, 2017"])
def test_a_day_is_typed(timeline: Timeline, session: Session, text: str) -> None:
    type_in(timeline, text)

    assert session.state.time.cursor == day("2017-11-14")
    assert session.state.time.window_days == 365
    assert timeline.chart.hasFocus(), "the next key is one of time, not a letter in the field"


def test_a_day_is_typed_while_time_plays(timeline: Timeline, session: Session) -> None:
    timeline.focus_date()
    settled()
    session.dispatch(SetCursor(day("2017-06-05")))
    settled()

    QTest.keyClicks(field(timeline), "2017-11-14")
    QTest.keyClick(field(timeline), Key.Key_Return)

    assert session.state.time.cursor == day("2017-11-14"), "not mixed with the day that was shown meanwhile"


def test_a_typed_month_fills_the_window(timeline: Timeline, session: Session) -> None:
    type_in(timeline, "2017-11")

    assert (session.state.time.cursor, session.state.time.window_days) == (day("2017-11-30"), 30)
    assert field(timeline).text() == "1\u201330 Nov 2017"


def test_wrong_text_gets_one_sentence_and_moves_nothing(timeline: Timeline, session: Session) -> None:
    before = session.state.time
    type_in(timeline, "<img src=x> soon")

    assert session.state.time == before
    assert "is no date" in field(timeline).accessibleDescription()
    assert "<img" not in QToolTip.text(), "escaped"
    QTest.keyClick(field(timeline), Key.Key_Escape)
    assert field(timeline).text().endswith("2017")


def test_the_field_shows_the_window_as_it_moves(timeline: Timeline, session: Session) -> None:
    session.dispatch(SetWindow(30))
    session.dispatch(SetCursor(day("2017-11-14")))

    assert field(timeline).text() == "16 Oct \u2013 14 Nov 2017"


def test_the_buttons_do_what_their_keys_do(timeline: Timeline, session: Session) -> None:
    buttons = timeline.controls._buttons
    before = session.state.time.cursor
    QTest.mouseClick(buttons["forward"], Button.LeftButton)
    assert session.state.time.cursor == before + 1
    QTest.mouseClick(buttons["back"], Button.LeftButton)
    assert session.state.time.cursor == before
    QTest.mouseClick(buttons["reverse"], Button.LeftButton)
    QTest.mouseClick(buttons["loop"], Button.LeftButton)
    assert session.state.play.reverse
    assert session.state.play.loop
    assert buttons["reverse"].isChecked()
    session.dispatch(SetPlay(replace(session.state.play, reverse=False)))
    assert not buttons["reverse"].isChecked()


def test_modes_step_speed_window_and_starts_in(timeline: Timeline, session: Session) -> None:
    controls = timeline.controls
    QTest.mouseClick(controls.modes.button(1), Button.LeftButton)
    assert session.state.time.mode == "day"
    assert not controls.window_days.isEnabled()
    QTest.mouseClick(controls.modes.button(0), Button.LeftButton)
    controls.window_days.setFocus()
    controls.window_days.selectAll()
    QTest.keyClicks(controls.window_days, "90")
    QTest.keyClick(controls.window_days, Key.Key_Return)
    assert (session.state.time.mode, session.state.time.window_days) == ("window", 90)
    QTest.keyClick(controls.step, Key.Key_Down)
    assert session.state.time.step == "week"
    QTest.keyClick(controls.speed, Key.Key_Down)
    assert session.state.play.days_per_second == 30.0
    before = session.state.time.cursor
    QTest.mouseClick(controls.starts_in, Button.LeftButton, Mod.NoModifier, QPoint(8, controls.starts_in.height() // 2))
    assert session.state.time.starts_in
    assert session.state.time.cursor == before


def test_the_undated_are_counted_and_listed(timeline: Timeline, session: Session, small: DataSet) -> None:
    number = len(undated_events(small, session.state))
    assert timeline.controls.undated.text() == f"{number} undated"
    QTest.mouseClick(timeline.controls.undated, Button.LeftButton)
    assert session.state.listed == "undated"

    session.dispatch(SetFilters(Filters(types=("strike",))))
    assert not timeline.controls.undated.isVisible()


def test_the_legend_of_the_bars_names_every_colour(timeline: Timeline) -> None:
    stack = timeline.controls.stack
    stack.menu().aboutToShow.emit()
    titles = [title for title, _ in stack.lines]
    assert "strikes and shelling" in titles
    next(action for action in stack.menu().actions() if action.text() == "Stack by actor").trigger()
    stack.menu().aboutToShow.emit()

    assert "US-led coalition" in [title for title, _ in stack.lines]
    assert "actor" in stack.text()


def test_everything_that_takes_the_focus_has_a_name_and_a_tip(timeline: Timeline) -> None:
    for widget in timeline.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible() and widget.parent() is not None:
            text = widget.text() if isinstance(widget, QToolButton) else ""
            inner = widget.parent() in (timeline.controls.window_days, timeline.chart)
            assert inner or widget.accessibleName() or text, widget
    for name, button in timeline.controls._buttons.items():
        assert "(" in button.toolTip(), name


@pytest.mark.parametrize("width", [700, 1000, 1366, 1920])
def test_nothing_is_cut_off_at_any_width(timeline: Timeline, width: int) -> None:
    timeline.resize(width, timeline.height())
    settled()
    area = timeline.controls.rect()
    for child in timeline.controls.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isVisible():
            assert area.contains(child.geometry()), child
    assert timeline.height() >= timeline.controls.height() + timeline.chart.height()


# --- play


def test_play_runs_at_the_pace_of_the_clock_and_stops(timeline: Timeline, session: Session, qtbot: QtBot) -> None:
    start = session.state.time.cursor
    session.dispatch(SetPlay(replace(session.state.play, days_per_second=60.0)))
    QTest.mouseClick(timeline.controls._buttons["play"], Button.LeftButton)
    assert timeline.player.isActive()
    assert timeline.controls._buttons["play"].sign == "pause"
    qtbot.waitUntil(lambda: session.state.time.cursor > start + 5, timeout=3000)
    QTest.mouseClick(timeline.controls._buttons["play"], Button.LeftButton)
    stopped = session.state.time.cursor
    QTest.qWait(80)

    assert not timeline.player.isActive()
    assert session.state.time.cursor == stopped


def test_play_at_the_end_begins_again_and_stops_at_the_last_day(
    timeline: Timeline, session: Session, small: DataSet, qtbot: QtBot
) -> None:
    last = extent(small)[1]
    first = played(small, last)[0]
    session.dispatch(SetCursor(last))
    session.dispatch(SetPlay(replace(session.state.play, running=True, days_per_second=365.0)))
    assert session.state.time.cursor == first
    session.dispatch(PlayTo(last - 1))
    qtbot.waitUntil(lambda: not session.state.play.running, timeout=3000)

    assert session.state.time.cursor == last
    assert not timeline.player.isActive()


def test_a_state_that_plays_already_goes_on_playing(qtbot: QtBot, small: DataSet) -> None:
    state = State(time=Time(cursor=day("2017-01-01")), pins=())
    session = Session(replace(state, play=replace(state.play, running=True)))
    widget = shown(qtbot, Timeline(session, small, tokens_for("dark", small.actors)))
    qtbot.waitUntil(lambda: session.state.time.cursor > day("2017-01-01"), timeout=3000)

    widget.release()
    assert not widget.player.isActive()


def test_nothing_listens_once_it_is_gone(qapp: QApplication, small: DataSet) -> None:
    session = Session(State(pins=PINS))
    watchers = len(session._watchers)
    widget = Timeline(session, small, tokens_for("light", small.actors))
    assert len(session._watchers) > watchers
    widget.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    QApplication.processEvents()

    assert len(session._watchers) == watchers
    session.dispatch(SetCursor(5))


# --- texts of strangers

CANARY = "<img src='/tmp/canary.png'><b>x</b>"


def test_names_and_titles_are_never_markup(
    qtbot: QtBot, small_records: Records, tmp_path_factory: pytest.TempPathFactory
) -> None:
    places = [replace(p, name=CANARY + p.name) if p.key == "mayadin" else p for p in small_records.of("place")]
    events = [replace(e, title=CANARY + e.title) for e in small_records.of("event")]
    path = tmp_path_factory.mktemp("canary") / "canary.gpkg"
    write_store(replace(small_records, tables={**small_records.tables, "place": places, "event": events}), path)
    data = open_dataset(path)
    session = Session(State(time=Time(cursor=day("2017-12-25")), pins=PINS))
    widget = shown(qtbot, Timeline(session, data, tokens_for("light", data.actors)))
    head = widget.heads.heads[0]
    assert "&lt;img" in head.name.toolTip()
    frame = widget.chart.frame()
    where = QPoint(round(frame.x(day("2016-01-01"))), round(frame.rows.lanes[0].top + 3))
    view = widget.chart.viewport()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, where, view.mapToGlobal(where)))
    assert "&lt;img" in QToolTip.text()
    assert "<img" not in QToolTip.text()
    QToolTip.hideText()
    widget.release()
    data.close()
