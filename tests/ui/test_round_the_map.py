"""What stands round the map: status line, date card, menu of a point, and how the panels share their room."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QInputDialog,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.windows import Key, Mod, press, settled, state, work
from viewer.domain.dates import parse
from viewer.geo.gridref import parse_coordinate
from viewer.session.commands import (
    Select,
    SetCorner,
    SetCursor,
    SetFilters,
    SetWindow,
)
from viewer.session.state import COORDINATES, Filters, Ref
from viewer.ui import dialogs
from viewer.ui.date_card import DateCard
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_range_rings_come_and_go(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    at, session = work(window).at_point, work(window).session
    session.dispatch(Select(Ref("place", "mosul")))
    press(work(window).canvas, Key.Key_M, Mod.ShiftModifier)
    assert [one.centre for one in state(window).range_rings] == [(43.13, 36.34)]
    assert len(state(window).range_rings[0].radii_m) == 4
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("5, 10, 25, 50", True))
    at.ask_ranges((40.0, 35.0))
    assert state(window).range_rings[1].radii_m == (5_000, 10_000, 25_000, 50_000)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("", False))
    at.ask_ranges((41.0, 35.0))
    assert len(state(window).range_rings) == 2
    session.undo()
    assert len(state(window).range_rings) == 1
    window.run("clear_range_rings")
    assert state(window).range_rings == ()


def test_the_menu_takes_away_the_rings_it_is_asked_at(window: Window) -> None:
    at, session = work(window).at_point, work(window).session
    at.ring((40.0, 35.0))
    at.ring((41.0, 35.0))

    def chosen(words: str, where: tuple[float, float]) -> bool:
        found: list[bool] = []

        def choose() -> None:
            menu = QApplication.activePopupWidget()
            assert menu is not None
            hits = [action for action in menu.actions() if action.text().startswith(words)]
            found.append(bool(hits))
            for action in hits:
                action.trigger()
            menu.close()

        at.show_menu(where, QPoint(200, 200))
        choose()
        return found[0]

    assert not chosen("Take these range rings away", (40.5, 35.5))
    assert chosen("Take these range rings away", (41.0, 35.0))
    assert [one.centre for one in session.state.range_rings] == [(40.0, 35.0)]
    assert chosen("Range rings from here", (42.0, 35.0))
    assert session.state.range_rings[-1].centre == (42.0, 35.0)


def test_a_click_on_the_coordinate_writes_it_in_the_next_form(window: Window) -> None:
    status, canvas = work(window).status, work(window).canvas
    canvas.pointed.emit((40.9176, 34.4506))
    canvas.pointed.emit(None)
    seen = []
    for _ in COORDINATES:
        seen.append(status.coordinate.text().split("   ")[0])
        QTest.mouseClick(status.coordinate, Qt.MouseButton.LeftButton)
    assert len(set(seen)) == len(COORDINATES)
    assert all(parse_coordinate(text) == pytest.approx((40.9176, 34.4506), abs=3e-5) for text in seen)
    assert state(window).coordinates == "decimal"


def test_the_cross_of_the_detail_pane_deselects(window: Window) -> None:
    work(window).session.dispatch(Select(Ref("event", "month")))
    work(window).docks["detail"].close()

    assert state(window).selected is None


def test_an_opening_hides_nothing_of_the_status_line(window: Window) -> None:
    status, panel = work(window).status, window.opening.panel
    panel.central = False
    panel.appear()
    settled(window)
    shown = [part for part in (status.window_label, status.scale, status.problems) if part.isVisible()]
    assert len(shown) >= 2
    for part in shown:
        right = part.mapTo(window, QPoint(part.width(), 0)).x()
        assert right <= panel.x() + 1
    panel.put_away()
    settled(window)
    assert status.contentsMargins().right() == 0


def test_a_narrow_window_stays_as_wide_as_it_is_whatever_its_status_line_says(window: Window) -> None:
    window.showNormal()
    window.resize(640, 600)
    settled(window)
    narrow = window.size()
    assert narrow.width() == 640
    window.opening.panel.central = False
    window.opening.panel.appear()
    settled(window)
    assert work(window).status.contentsMargins().right() == window.opening.panel.width()
    assert window.size() == narrow
    work(window).session.dispatch(SetFilters(Filters(text="one two", actors=("is", "gov"), types=("strike", "raid"))))
    settled(window)
    assert window.size() == narrow
    window.opening.panel.put_away()


@pytest.mark.parametrize("first", ["record", "scenes"])
def test_details_have_most_of_the_height_beside_another_panel(window: Window, first: str) -> None:
    docks = work(window).docks
    for step in ("record", "scenes") if first == "record" else ("scenes", "record"):
        press(work(window).canvas, Key.Key_Down if step == "record" else Key.Key_F8)
    window.grab()

    assert docks["detail"].isVisible()
    assert docks["scenes"].isVisible()
    assert docks["detail"].height() > docks["scenes"].height()


@pytest.mark.parametrize("panel", ["layers", "filters"])
def test_a_panel_scrolls_in_one_place(window: Window, panel: str) -> None:
    assert len(work(window).docks[panel].findChildren(QScrollArea)) == 1


def test_the_status_line_says_where_when_and_by_what_filter(window: Window) -> None:
    status, session = work(window).status, work(window).session
    work(window).canvas.pointed.emit((40.9176, 34.4506))
    assert status.coordinate.text().startswith("34.45060, 40.91760   37S")
    assert status.scale.text().startswith("1:")
    assert "30 days" in status.window_label.text()

    session.dispatch(SetFilters(Filters(actors=("is",), types=("strike",))))
    settled(window)
    chips = [chip for chip in status.chips.children() if hasattr(chip, "click") and chip.isVisible()]
    assert [chip.text() for chip in chips] == ["with Islamic State  \u00d7", "type strike  \u00d7"]
    chips[0].click()
    assert session.state.filters == Filters(types=("strike",))


def test_what_is_said_has_the_room_of_the_chips(window: Window) -> None:
    window.resize(1366, 768)
    status = work(window).status
    work(window).session.dispatch(SetFilters(Filters(types=("strike",), actors=("is",))))
    settled(window)
    assert status.chips.isVisible() and not status.store.isVisible()  # the coordinate needs it more
    assert status.coordinate.width() > 250
    status.showMessage("38 incidents written to a file")
    assert not status.chips.isVisible()
    status.clearMessage()
    assert status.chips.isVisible()
    work(window).session.dispatch(SetFilters(Filters()))
    assert status.store.isVisible()


def test_a_long_path_is_cut_in_its_middle_and_copied_as_a_whole(window: Window) -> None:
    window.resize(1366, 768)
    settled(window)
    status, file = work(window).status, Path("/home/somebody") / "/".join(["a long way down"] * 12) / "incidents.csv"
    status.tell_file("38 incidents written to", file, 60_000)
    settled(window)
    assert status.currentMessage() == f"38 incidents written to {file}"
    assert status.read.startswith("38 incidents written to /home/") and status.read.endswith("incidents.csv")
    assert "\u2026" in status.read
    assert status.fontMetrics().horizontalAdvance(status.read) < status.copy_path.x()
    assert status.toolTip().replace("&nbsp;", " ").find("incidents.csv") >= 0
    status.copy_path.click()
    assert QGuiApplication.clipboard().text() == str(file)
    status.showMessage("Something else")
    assert not status.copy_path.isVisible() and status.read == "Something else"
    status.clearMessage()
    assert status.toolTip() == ""


def test_the_date_card_counts_and_opens_its_lists(window: Window) -> None:
    card = work(window).card
    assert card.date.text() == "26 Nov \u2013 25 Dec 2017"
    assert card.undated.text() == "1 undated"
    QTest.mouseClick(card.undated, Qt.MouseButton.LeftButton)
    assert state(window).listed == "undated"
    work(window).session.dispatch(SetCursor(parse("2011-03-01").earliest or 0))
    work(window).session.dispatch(SetFilters(Filters(types=("battle",))))
    assert card.count.text() == "No incident in this window. Next: 1 Nov 2017, press Alt+Right."


@pytest.mark.parametrize(
    ("to", "corner"), [((0.9, 0.1), "ne"), ((0.1, 0.9), "sw"), ((0.1, 0.1), "nw"), ((0.9, 0.9), "nw")]
)
def test_the_date_card_is_dragged_to_a_free_corner_and_stays_there(
    window: Window, to: tuple[float, float], corner: str
) -> None:
    card, canvas = work(window).card, work(window).canvas
    camera, hand = state(window).camera, QPoint(4, 4)
    goal = card.mapFrom(canvas, QPoint(round(canvas.width() * to[0]), round(canvas.height() * to[1])))
    QTest.mousePress(card, Qt.MouseButton.LeftButton, pos=hand)
    QTest.mouseMove(card, goal - card.rect().center() + hand)
    QTest.mouseRelease(card, Qt.MouseButton.LeftButton, pos=hand)
    room = canvas.rect()

    assert state(window).corner == corner
    assert room.contains(card.geometry())
    assert (card.geometry().center().x() < room.center().x()) == ("w" in corner)
    assert (card.geometry().center().y() < room.center().y()) == ("n" in corner)
    assert state(window).camera == camera


def test_text_of_a_store_is_never_markup(window: Window) -> None:
    from viewer.ui.text import plain_tip

    assert plain_tip("<img src=x>") == "<span style='white-space: pre-wrap'>&lt;img src=x&gt;</span>"
    for label in (work(window).status.store, work(window).card.count):
        assert label.textFormat() == Qt.TextFormat.PlainText


def test_dialogs_open_and_close(window: Window, qtbot: object) -> None:
    for name in ("keys", "about"):
        window.run(name)
        dialog = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog))
        assert dialog.isVisible()
        dialog.close()
        QApplication.sendPostedEvents(None, 52)
        QApplication.processEvents()
    assert dialogs.about_words(None, ("Base map: an atlas",)).endswith("Base map: an atlas")


def test_the_right_button_offers_what_was_here(window: Window) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert menu is not None
        seen.append([action.text() for action in menu.actions() if action.text()])
        next(action for action in menu.actions() if action.text().startswith("What was here")).trigger()
        menu.close()

    QTimer.singleShot(50, look)
    work(window).at_point.show_menu((40.92, 34.45), QPoint(200, 200))
    QTest.qWait(150)
    assert seen[0][0] == "Copy 34.45000, 40.92000"
    assert "What was here when: Abu Kamal" in seen[0]
    assert state(window).selected == Ref("place", "abu-kamal")


@pytest.mark.parametrize("at_once", [True, False])
def test_the_date_card_is_laid_out_once_for_another_day_and_its_picture(
    at_once: bool, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(window)
    card, times = work(window).card, list[str]()
    settle = card._settle
    monkeypatch.setattr(card, "_settle", lambda: times.append(card.date.text()) or settle())
    monkeypatch.setattr(card, "_say_undrawn", lambda: True)  # every picture leaves out others
    monkeypatch.setattr(work(window).canvas, "_quick", lambda wish: at_once)
    work(window).session.dispatch(SetCursor(state(window).time.cursor + 400))
    settled(window)

    assert len(times) == (1 if at_once else 2)
    assert times[0] == card.date.text()
    assert card.size() == card.sizeHint()


@pytest.mark.parametrize("days", [1, 7, 365])
def test_the_date_card_is_as_wide_as_what_it_says(window: Window, days: int) -> None:
    card = work(window).card
    for cursor in ("2011-03-01", "2017-11-30", "2017-12-28"):
        work(window).session.dispatch(SetCursor(parse(cursor).earliest or 0))
        work(window).session.dispatch(SetWindow(days))
        QApplication.processEvents()
        for label in (card.date, card.count):
            assert label.width() >= label.sizeHint().width(), label.text()


@pytest.mark.parametrize("height", [600, 250])
@pytest.mark.parametrize("corner", ["nw", "ne"])
def test_all_of_the_date_card_is_on_a_narrow_map(window: Window, qtbot: QtBot, corner: str, height: int) -> None:
    session, room = work(window).session, QWidget()
    qtbot.addWidget(room, before_close_func=lambda _: card.release())
    room.resize(900, height)
    card = DateCard(session, work(window).card.data, room)
    room.show()
    session.dispatch(SetCorner(corner))
    wide, filters = card.size(), state(window).filters
    room.resize(240, height)
    card.fit_to(height)
    for cursor in ("2017-12-25", "2011-03-01", "2017-11-30", "2017-12-28"):  # the first is there: only the room changed
        session.dispatch(SetCursor(parse(cursor).earliest or 0))
        QApplication.processEvents()
        assert room.rect().contains(card.geometry())
        for part in (card.date, card.count, card.clock, card.unplaced, card.undated):
            assert part.isHidden() or card.contentsRect().contains(part.geometry()), part.text()
            assert part.isHidden() or part.height() >= part.heightForWidth(part.width()), part.text()
        session.dispatch(SetFilters(Filters(known_by=parse("2017-12-28").earliest)))
    QTest.mouseClick(card.undated, Qt.MouseButton.LeftButton)
    assert state(window).listed == "undated"

    room.resize(900, height)
    card.fit_to(height)
    session.dispatch(SetFilters(filters))
    session.dispatch(SetCursor(parse("2017-12-25").earliest or 0))
    QApplication.processEvents()
    assert card.size() == wide
