"""The panels show what the selectors and cards say, send commands, and read no text as markup."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QImage, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from viewer.domain.dates import Day, parse
from viewer.domain.places import PINNED, PRECISIONS
from viewer.domain.records import Problem, Records
from viewer.draw.drawn import Drawn
from viewer.draw.legend import LegendEntry
from viewer.draw.screen import Screen
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Entry, actor_entry
from viewer.session.actions import rows_in_view
from viewer.session.actor_counts import actor_counts
from viewer.session.card import Bar
from viewer.session.cards import card_of, citation
from viewer.session.commands import (
    OpenList,
    Select,
    SetCompare,
    SetCursor,
    SetFilters,
    SetLabels,
    SetMode,
    SetPlay,
    SetSwipe,
    ToggleLayer,
)
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.nearby import apart_words, metres_from, near_of
from viewer.session.selectors import counters, filter_mask, undated_events, unplaced_events, visible_events
from viewer.session.session import Session
from viewer.session.state import Filters, Play, Ref, State, Time
from viewer.store import search
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.reader import Reader
from viewer.store.writer import write_store
from viewer.ui import legend_list
from viewer.ui.asking import Asking
from viewer.ui.card_writer import CardWriter
from viewer.ui.date_card import DateCard, count_line
from viewer.ui.legend_list import broken, parts_of
from viewer.ui.panels import PANELS, Panel
from viewer.ui.panels.detail import DetailPanel
from viewer.ui.panels.filters import FiltersPanel, actor_tree, box_of
from viewer.ui.panels.layers import LayersPanel
from viewer.ui.panels.records import RecordsPanel
from viewer.ui.text import FlowLayout, PlainLabel, SafeTextBrowser, isolated

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Button, Key, Mod = Qt.MouseButton, Qt.Key, Qt.KeyboardModifier
MAY = Ref("event", "may-strikes")


def day(text: str) -> Day:
    return parse(text).latest or 0


@pytest.fixture
def session() -> Session:
    return Session(State(time=Time(cursor=day("2017-12-28"), window_days=30)))


Make = Callable[[Callable[..., QWidget], Session, DataSet], QWidget]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    made: list[QWidget] = []

    def build(panel: Callable[..., QWidget], session: Session, data: DataSet) -> QWidget:
        widget = panel(session, data, tokens_for("light", data.actors))
        qtbot.addWidget(widget)
        widget.resize(350, 700)
        widget.show()
        made.append(widget)
        settled()
        return widget

    yield build
    for widget in made:
        widget.release()  # type: ignore[attr-defined]


def settled() -> None:
    for _ in range(4):
        QApplication.processEvents()


# --- detail


def links(panel: DetailPanel) -> list[Ref]:
    """The records that the links of the card lead to, by their numbers."""
    assert panel._writer is not None
    return panel._writer.links


def detail(make: Make, session: Session, data: DataSet) -> DetailPanel:
    panel = make(partial(DetailPanel, asking=Asking(session, data)), session, data)
    assert isinstance(panel, DetailPanel)
    return panel


@pytest.mark.parametrize("key", ["may-strikes", "week", "highway", "undated", "sweep"])
def test_the_pane_says_everything_of_the_card(make: Make, session: Session, small: DataSet, key: str) -> None:
    panel = detail(make, session, small)
    session.dispatch(Select(Ref("event", key)))
    card = card_of(small, Ref("event", key))
    assert card is not None
    shown = panel.view.toPlainText()
    for section in card.sections:
        assert section.title in shown
        for row in section.rows:
            assert row.label in shown
            assert isolated(row.text).replace("\n", "\u2028") in shown.replace("\n", "\u2028")
            assert row.note in shown


def test_contradictions_come_first(make: Make, session: Session, small: DataSet) -> None:
    panel = detail(make, session, small)
    session.dispatch(Select(MAY))
    text = panel.view.toPlainText()

    assert 0 < text.index("Contradictions") < text.index("Sources")
    assert text.startswith("Strikes on Mayadin")


def test_a_link_selects_its_record_and_back_returns(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(Select(MAY))
    panel = detail(make, session, small)
    number = next(n for n, ref in enumerate(links(panel)) if ref == Ref("place", "mayadin"))
    panel.view.anchorClicked.emit(QUrl(f"record:{number}"))
    assert session.state.selected == Ref("place", "mayadin")
    assert panel.view.toPlainText().startswith("Al-Mayadin")

    QTest.mouseClick(panel.back, Button.LeftButton)
    assert session.state.selected == MAY
    QTest.mouseClick(panel.forward, Button.LeftButton)
    assert session.state.selected == Ref("place", "mayadin")


def test_a_link_is_clicked_with_the_mouse(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(Select(MAY))
    panel = detail(make, session, small)
    where = panel.view.cursorRect(panel.view.document().find("activists, in A")).center() - QPoint(20, 0)
    QTest.mouseClick(panel.view.viewport(), Button.LeftButton, Mod.NoModifier, where)

    assert session.state.selected == Ref("source", "n2")


@pytest.mark.parametrize("link", ["record:99", "record:", "file:///etc/passwd", "http://example.org", "record:-1"])
def test_a_link_of_its_own_leads_nowhere(make: Make, session: Session, small: DataSet, link: str) -> None:
    session.dispatch(Select(MAY))
    panel = detail(make, session, small)
    panel.view.anchorClicked.emit(QUrl(link))

    assert session.state.selected == MAY


def test_a_record_out_of_the_window_brings_its_time(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(Select(Ref("event", "may-strikes-again")))
    before = session.state.time
    panel = detail(make, session, small)
    number = next(n for n, ref in enumerate(links(panel)) if ref == MAY)
    panel.view.anchorClicked.emit(QUrl(f"record:{number}"))
    row = small.events.row_of["may-strikes"]

    assert row in visible_events(small, session.state).rows
    assert session.state.time.window_days == before.window_days
    session.undo()
    assert session.state.time == before
    assert session.state.selected == Ref("event", "may-strikes-again")


def test_up_and_down_go_through_the_records_in_view(make: Make, session: Session, small: DataSet) -> None:
    panel = detail(make, session, small)
    keys = [small.events.keys[row] for row in visible_events(small, session.state).rows]
    seen = []
    for _ in keys:
        QTest.keyClick(panel.view, Key.Key_Down)
        assert session.state.selected is not None
        seen.append(session.state.selected.key)
    assert seen == keys

    QTest.keyClick(panel.view, Key.Key_Up)
    assert session.state.selected == Ref("event", keys[-2])


def test_the_empty_pane_teaches(make: Make, session: Session, small: DataSet, qtbot: QtBot) -> None:
    panel = detail(make, session, small)
    number = counters(small, session.state).in_view
    assert "Nothing is selected" in panel.view.toPlainText()
    assert f"{number} records are in the window now" in panel.view.toPlainText()

    session.dispatch(SetFilters(Filters(types=("siege",))))
    qtbot.waitUntil(lambda: "0 records are in the window now" in panel.view.toPlainText(), timeout=2000)
    session.dispatch(Select(Ref("event", "gone")))
    assert "gone is not in this store" in panel.view.toPlainText()


def test_a_citation_is_copied(make: Make, session: Session, small: DataSet) -> None:
    panel = detail(make, session, small)
    assert not panel.cite.isEnabled()
    session.dispatch(Select(MAY))
    QTest.mouseClick(panel.cite, Button.LeftButton)

    assert QGuiApplication.clipboard().text() == citation(small, MAY)


def test_marked_text_is_copied_plain(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(Select(Ref("place", "mayadin")))
    panel = detail(make, session, small)
    panel.view.selectAll()
    QTest.keyClick(panel.view, Key.Key_C, Mod.ControlModifier)
    copied = QGuiApplication.clipboard().mimeData()

    assert not copied.hasHtml()
    assert "الميادين" in copied.text()
    assert not set(copied.text()) & {"\u2068", "\u2069", "\ufffc"}


def test_a_place_tells_who_holds_it_on_the_day_one_looks_at(
    make: Make, session: Session, small: DataSet, qtbot: QtBot
) -> None:
    session.dispatch(SetCursor(day("2016-01-01")))
    session.dispatch(Select(Ref("place", "mayadin")))
    panel = detail(make, session, small)
    assert "On 1 Jan 2016" in panel.view.toPlainText()
    panel.resize(300, 200)
    settled()
    panel.view.verticalScrollBar().setValue(40)
    session.dispatch(SetCursor(day("2018-01-01")))
    qtbot.waitUntil(lambda: "On 1 Jan 2018" in panel.view.toPlainText(), timeout=2000)
    assert panel.view.verticalScrollBar().value() == 40
    panel.hide()
    session.dispatch(SetCursor(day("2015-01-01")))
    assert not panel._later.isActive()
    panel.show()
    assert "On 1 Jan 2015" in panel.view.toPlainText()


def test_the_lane_button_pins_the_place(make: Make, session: Session, small: DataSet) -> None:
    panel = detail(make, session, small)
    assert not panel.pin.isVisible()
    session.dispatch(Select(Ref("place", "mayadin")))
    assert panel.pin.isVisible()
    QTest.mouseClick(panel.pin, Button.LeftButton)
    assert "mayadin" in session.state.pins
    assert panel.pin.isChecked()
    QTest.mouseClick(panel.pin, Button.LeftButton)
    assert "mayadin" not in session.state.pins
    session.dispatch(Select(Ref("actor", "is")))
    assert not panel.pin.isVisible()


def test_copying_leaves_nothing_that_crashes_at_the_end() -> None:
    """The data on the clipboard once had two owners, and the program died when it was closed."""
    script = (
        "from PySide6.QtWidgets import QApplication\n"
        "from viewer.ui.text import SafeTextBrowser\n"
        "app = QApplication([])\n"
        "view = SafeTextBrowser()\n"
        "view.setPlainText('one two')\n"
        "view.selectAll()\n"
        "view.copy_marked()\n"
        "assert QApplication.clipboard().text() == 'one two'\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("width", [260, 320, 380])
def test_the_pane_never_scrolls_sideways(make: Make, session: Session, small: DataSet, width: int) -> None:
    session.dispatch(Select(MAY))
    panel = detail(make, session, small)
    panel.resize(width, 600)
    settled()

    assert panel.view.horizontalScrollBar().maximum() == 0
    assert panel.view.document().idealWidth() <= panel.view.viewport().width() + 1


def test_counts_are_painted_on_one_scale(make: Make, session: Session, small: DataSet) -> None:
    """202 fills its bar, 182 of it most, 20 a tenth."""
    session.dispatch(Select(MAY))
    panel = detail(make, session, small)
    card = card_of(small, MAY)
    assert card is not None
    bars = [row.bar for section in card.sections for row in section.rows if row.bar is not None]
    assert {bar.whole for bar in bars} == {202.0}
    accent = tokens_for("light", small.actors).colour("accent")

    def filled(bar: Bar) -> int:
        image: QImage = panel_writer(panel).picture(bar)
        return sum(image.pixelColor(x, image.height() // 2) == accent for x in range(image.width()))

    widths = {bar.low: filled(bar) for bar in bars}
    assert widths[202.0] > widths[182.0] > widths[20.0] > 0
    assert widths[20.0] == pytest.approx(widths[202.0] * 20 / 202, abs=2)


def panel_writer(panel: DetailPanel) -> CardWriter:
    return CardWriter(QTextCursor(panel.view.document()), panel._tokens, panel.font(), 1.0)


def test_the_pane_takes_another_theme(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(Select(MAY))
    panel = detail(make, session, small)
    text = panel.view.toPlainText()
    panel.set_tokens(tokens_for("dark", small.actors))
    block = panel.view.document().firstBlock()

    assert panel.view.toPlainText() == text
    ink = tokens_for("dark").colour("text")
    assert block.begin().fragment().charFormat().foreground().color() == ink


# --- records


def records(make: Make, session: Session, data: DataSet) -> RecordsPanel:
    panel = make(RecordsPanel, session, data)
    assert isinstance(panel, RecordsPanel)
    return panel


def lines(panel: RecordsPanel, column: int) -> list[str]:
    model = panel.table.model()
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def test_nobody_asks_for_the_rows_of_a_list_that_is_not_open(make: Make, session: Session, small: DataSet) -> None:
    panel = records(make, session, small)
    assert panel.model.rowCount() == 0
    session.dispatch(OpenList("view"))
    assert panel.model.rowCount() == len(visible_events(small, session.state).rows) > 0


def test_the_list_is_what_is_in_view(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    seen = visible_events(small, session.state)
    titles = {event.key: event.title for event in small.reader.all("event")}

    assert lines(panel, 1) == [titles[small.events.keys[row]] for row in seen.rows]
    assert panel.head.text().startswith(f"{len(seen.rows)} records, ")
    certain = [not text.startswith("possible") for text in lines(panel, 5)]
    assert certain == seen.certain.tolist()
    assert "unplaced" in lines(panel, 3)
    assert "22\u201328 Dec 2017" in lines(panel, 0)


@pytest.mark.parametrize(
    ("what", "rows"), [("unplaced", unplaced_events), ("undated", undated_events)]
)
def test_what_map_and_timeline_cannot_show_is_listed(  # type: ignore[no-untyped-def]
    make: Make, session: Session, small: DataSet, what: str, rows
) -> None:
    panel = records(make, session, small)
    QTest.mouseClick(panel._buttons[what], Button.LeftButton)
    settled()

    assert session.state.listed == what
    assert panel.model.rows.tolist() == rows(small, session.state).tolist()
    assert len(panel.model.rows)
    assert str(len(panel.model.rows)) in panel._buttons[what].text()


def test_a_stack_lists_its_members(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("stack", ("month", "week-syria", "no-such")))
    panel = records(make, session, small)

    assert sorted(lines(panel, 1)) == ["Fighting for the border town", "Strikes in Syria"]
    events = small.events
    for exact, wide, said in (
        (2, 0, "2 records at or close to one spot"), (1, 1, "spot; of 1 of them only a wider place is known"),
        (0, 2, "2 records of a wider place, drawn at this spot as nothing better is known"),
    ):  # fmt: skip
        pinned = np.isin(events.precision, [PRECISIONS.index(name) for name in PINNED])
        rows = [*np.flatnonzero(events.placed & pinned)[:exact], *np.flatnonzero(events.placed & ~pinned)[:wide]]
        session.dispatch(OpenList("stack", tuple(events.keys[int(row)] for row in rows)))
        panel.refresh()
        assert panel.head.text().endswith(said)


def test_a_list_of_what_is_near_tells_distances_the_nearest_first(
    make: Make, session: Session, builtin: DataSet
) -> None:
    reading = replace(session.state.reading, near_m=300_000.0, near_days=3_000)
    key = next(key for row, key in enumerate(builtin.events.keys) if builtin.events.placed[row])
    near = near_of(builtin, key, reading)
    session.dispatch(OpenList("view"))
    panel = records(make, session, builtin)
    headers = [str(panel.model.headerData(at, Qt.Orientation.Horizontal)) for at in range(panel.model.columnCount())]
    assert "Distance" not in headers

    session.dispatch(OpenList("near", near.keys, near.about))
    settled()
    header = panel.table.horizontalHeader()
    first = header.logicalIndex(0)
    assert panel.model.headerData(first, Qt.Orientation.Horizontal) == "Distance"
    told = dict(zip(lines(panel, 1), lines(panel, first), strict=True))
    assert len(told) > 5 and all(told[one.event.title] == apart_words(one.metres) for one in near.shown if one.sure)
    metres = metres_from(builtin, key, panel.model.rows)
    assert metres is not None and (np.diff(metres) >= 0).all()

    session.dispatch(OpenList("view"))
    settled()
    assert panel.model.columnCount() == len(headers)
    assert (np.diff(panel.model.rows) > 0).all(), "in order of time again"


def test_problems_are_plain_sentences(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("problems"))
    panel = records(make, session, small)
    assert panel.empty.isVisible()
    assert panel.empty.text() == "No problem was found in this store."

    broken = replace(small, found=(Problem("event row 3", "<b>latest</b> lies before earliest"),))
    session.dispatch(OpenList("problems"))
    panel = records(make, session, broken)
    assert lines(panel, 1) == ["<b>latest</b> lies before earliest"]
    assert "&lt;b&gt;" in panel.problems.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_sorting_by_each_column(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    for column in range(1, 6):
        panel.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        assert lines(panel, column) == sorted(lines(panel, column), key=str.casefold)
    panel.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert panel.model.rows.tolist() == sorted(panel.model.rows, reverse=True)
    session.dispatch(SetCursor(day("2017-12-27")))
    panel.refresh()
    assert panel.model.rows.tolist() == sorted(panel.model.rows, reverse=True), "the order is kept"


@pytest.mark.parametrize("column", range(6))
@pytest.mark.parametrize("backward", [False, True])
def test_equal_ones_stay_in_the_order_of_time(
    make: Make, session: Session, builtin: DataSet, column: int, backward: bool
) -> None:
    """As Python's own sort puts them, letter case aside."""
    session.dispatch(SetMode("cumulative"))
    session.dispatch(OpenList("view"))
    panel = records(make, session, builtin)
    rows = visible_events(builtin, session.state).rows.tolist()
    panel.table.sortByColumn(column, [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder][backward])
    said = panel.model.text
    expected = sorted(rows, key=(lambda row: row) if column == 0 else lambda row: said(row, column).casefold(),
                      reverse=backward)  # fmt: skip

    assert len({said(row, column) for row in rows}) > 1
    assert panel.model.rows.tolist() == expected


def test_a_long_list_reads_only_the_lines_in_sight(
    make: Make, session: Session, builtin: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    where = Reader.where

    def counting(self: Reader, table: str, column: str, values: Iterable[str]) -> list[Any]:
        wanted = list(values)
        asked.extend(wanted if table == "event" else ())
        return where(self, table, column, wanted)

    monkeypatch.setattr(Reader, "where", counting)
    session.dispatch(SetMode("cumulative"))
    session.dispatch(OpenList("view"))
    panel = records(make, session, builtin)
    assert panel.model.rowCount() > 150
    assert 0 < len(asked) <= 101
    assert panel.model.index(0, 1).data()
    panel.table.scrollToBottom()
    settled()
    assert len(asked) < panel.model.rowCount() + 101, "and none of them twice"


def test_a_click_selects_and_the_keys_go_on(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    where = panel.table.visualRect(panel.model.index(1, 1)).center()
    QTest.mouseClick(panel.table.viewport(), Button.LeftButton, Mod.NoModifier, where)
    assert session.state.selected == Ref("event", small.events.keys[int(panel.model.rows[1])])
    QTest.keyClick(panel.table, Key.Key_Down)
    assert session.state.selected == Ref("event", small.events.keys[panel.model.rows[2]])


def test_the_list_stands_on_what_is_selected_elsewhere(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    key = small.events.keys[panel.model.rows[3]]
    session.dispatch(Select(Ref("event", key)))
    assert panel.table.currentIndex().row() == 3
    session.dispatch(Select(Ref("place", "dz")))
    assert not panel.table.selectionModel().hasSelection()
    assert session.state.selected == Ref("place", "dz")


def test_a_list_that_gets_the_keyboard_chooses_nothing(make: Make, session: Session, small: DataSet) -> None:
    panel = records(make, session, small)
    session.dispatch(OpenList("view"))
    session.dispatch(Select(Ref("place", "mayadin")))

    panel.table.clearFocus()
    panel.table.setFocus()
    QApplication.processEvents()

    assert session.state.selected == Ref("place", "mayadin")


@pytest.mark.parametrize(("width", "looked_away"), [(500, False), (200, False), (500, True)])
def test_the_selected_line_stays_in_sight_when_the_list_gives_room(
    make: Make, session: Session, small: DataSet, width: int, looked_away: bool
) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    table = panel.table

    def in_sight() -> bool:
        return 0 <= table.visualRect(table.currentIndex()).center().y() < table.viewport().height()

    panel.resize(width, 190)
    settled()
    session.dispatch(Select(Ref("event", small.events.keys[panel.model.rows[-1]])))
    assert in_sight()
    if looked_away:
        table.scrollToTop()
    panel.resize(width, 150)  # the detail pane opens below
    settled()
    assert in_sight() != looked_away


def test_a_click_in_another_list_brings_its_time_into_view(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("stack", ("may-strikes", "week")))
    panel = records(make, session, small)
    line = panel.model.place_of(small.events.row_of["may-strikes"])
    where = panel.table.visualRect(panel.model.index(line, 1)).center()
    QTest.mouseClick(panel.table.viewport(), Button.LeftButton, Mod.NoModifier, where)

    assert session.state.selected == MAY
    assert small.events.row_of["may-strikes"] in visible_events(small, session.state).rows


def test_an_empty_list_teaches(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("view"))
    session.dispatch(SetFilters(Filters(types=("battle",))))
    session.dispatch(SetCursor(day("2016-01-01")))
    panel = records(make, session, small)
    assert panel.empty.text() == "No incident in this window. Next: 1 Nov 2017, press Alt+Right."
    assert not panel.table.isVisible()
    session.dispatch(SetCursor(day("2019-01-01")))
    panel.refresh()
    assert panel.empty.text() == "No incident in this window. Last: 1 Nov 2017, press Alt+Left."
    session.dispatch(SetFilters(Filters(types=("siege",))))
    assert panel.empty.text() == "No incident passes the filters. Press Ctrl+Backspace to clear them."


def test_the_list_follows_time_after_a_moment(
    make: Make, session: Session, small: DataSet, qtbot: QtBot
) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    for step in range(5):
        session.dispatch(SetCursor(day("2017-05-26") + step))
    expected = visible_events(small, session.state).rows.tolist()
    assert panel.model.rows.tolist() != expected
    qtbot.waitUntil(lambda: panel.model.rows.tolist() == expected, timeout=2000)


def test_a_hidden_list_does_no_work(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    panel.hide()
    before = panel.model.rows
    session.dispatch(SetCursor(day("2014-01-01")))
    settled()
    assert panel.model.rows is before
    assert not panel._later.isActive()
    panel.show()
    assert panel.model.rows.tolist() == visible_events(small, session.state).rows.tolist()


# --- filters


def filters(make: Make, session: Session, data: DataSet) -> FiltersPanel:
    panel = make(partial(FiltersPanel, asking=Asking(session, data)), session, data)
    assert isinstance(panel, FiltersPanel)
    return panel


def check(panel: FiltersPanel, name: str) -> None:
    """Click the box of an entry."""
    item = panel._items[name]
    tree = item.treeWidget()
    parent = item.parent()
    while parent is not None:
        parent.setExpanded(True)
        parent = parent.parent()
    settled()
    rect = tree.visualItemRect(item)
    QTest.mouseClick(tree.viewport(), Button.LeftButton, Mod.NoModifier, QPoint(rect.left() + 10, rect.center().y()))
    settled()


def test_actors_are_checked_with_their_parts_below_them(make: Make, session: Session, small: DataSet) -> None:
    assert dict(actor_tree(small))["gov"] == ("militia", "brigade")
    panel = filters(make, session, small)
    check(panel, "actor:gov")
    assert session.state.filters.actors == ("gov",)
    check(panel, "actor:is")
    assert session.state.filters.actors == ("gov", "is")
    check(panel, "actor:gov")
    assert session.state.filters.actors == ("is",)
    check(panel, "actor:brigade")
    assert session.state.filters.actors == ("is", "brigade")
    panel.actors.collapseAll()
    session.dispatch(SetFilters(Filters(actors=("militia",))))
    assert panel._items["actor:gov"].isExpanded(), "what is chosen is never hidden"


def test_types_and_certainty_are_checked(make: Make, session: Session, small: DataSet) -> None:
    panel = filters(make, session, small)
    check(panel, "type:strike")
    check(panel, "actuality:disputed")

    assert session.state.filters == Filters(types=("strike",), actualities=("disputed",))


def test_counts_are_of_what_the_other_filters_let_pass(make: Make, session: Session, small: DataSet) -> None:
    panel = filters(make, session, small)
    both = Filters(types=("ambush",), actors=("is",))
    for chosen in (Filters(), Filters(types=("strike",)), Filters(actors=("coalition",)), both):
        session.dispatch(SetFilters(chosen))
        for key in small.actors:
            item = panel._items.get(f"actor:{key}")
            expected = int(filter_mask(small, replace(chosen, actors=(key,))).sum())
            assert actor_counts(small, chosen)[key] == expected
            assert item is None or item.text(1) == str(expected)
        item = panel._items["type:strike"]
        assert item.text(1) == str(int(filter_mask(small, replace(chosen, types=("strike",))).sum()))


def test_an_actor_in_two_roles_counts_once(builtin: DataSet) -> None:
    for chosen in (Filters(), Filters(types=("strike", "battle")), Filters(actors=("gov",)), Filters(text="raqqa")):
        passing = filter_mask(builtin, replace(chosen, actors=()))
        named: dict[str, set[int]] = {key: set() for key in builtin.actors}
        for row, code in zip(builtin.event_actors.rows, builtin.event_actors.codes, strict=True):
            for key in builtin.actors:
                if passing[row] and builtin.actor_keys[code] in builtin.actors_with_parts((key,)):
                    named[key].add(int(row))
        assert actor_counts(builtin, chosen) == {key: len(rows) for key, rows in named.items()}


def test_each_part_of_the_line_has_an_x(make: Make, session: Session, small: DataSet) -> None:
    panel = filters(make, session, small)
    assert "No filters" in panel.chips.findChildren(QLabel)[-1].text()
    session.dispatch(SetFilters(Filters(actors=("is",), types=("strike",), text="river")))
    settled()
    chips = panel.chips.findChildren(QToolButton)
    assert len(panel.chips.texts()) == 4
    chip = next(chip for chip in chips if "strike" in chip.text())
    QTest.mouseClick(chip, Button.LeftButton)
    assert session.state.filters == Filters(actors=("is",), text="river")
    settled()
    QTest.mouseClick(
        next(chip for chip in panel.chips.findChildren(QToolButton) if chip.text() == "clear all"), Button.LeftButton
    )
    assert session.state.filters == Filters()


def test_text_is_looked_for_when_the_hand_rests(
    make: Make, session: Session, small: DataSet, qtbot: QtBot
) -> None:
    panel = filters(make, session, small)
    panel.text.setFocus()
    QTest.keyClicks(panel.text, "highway")
    assert session.state.filters.text == ""
    qtbot.waitUntil(lambda: session.state.filters.text == "highway", timeout=2000)
    QTest.keyClicks(panel.text, "s")
    QTest.keyClick(panel.text, Key.Key_Return)
    assert session.state.filters.text == "highways"
    session.undo()
    session.undo()
    assert panel.text.text() == ""


def test_a_text_that_takes_long_keeps_nobody_waiting(
    make: Make, session: Session, small: DataSet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW_EVENTS", 0)
    small.finder._found.clear()
    panel = filters(make, session, small)
    panel.text.setText("highway")
    QTest.keyClick(panel.text, Key.Key_Return)
    assert session.state.filters == Filters()
    session.dispatch(SetFilters(Filters(types=("ambush",))))
    assert panel.text.text() == "highway"
    qtbot.waitUntil(lambda: session.state.filters == Filters(types=("ambush",), text="highway"), timeout=5000)
    panel.text.setText("river")
    QTest.keyClick(panel.text, Key.Key_Return)
    session.dispatch(SetFilters(Filters()))  # clears what is still looked for too
    qtbot.wait(100)
    assert (session.state.filters, panel.text.text()) == (Filters(), "")


@pytest.mark.parametrize("entered", [False, True])
def test_clearing_all_forgets_a_text_that_is_still_looked_for(
    make: Make, session: Session, small: DataSet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, entered: bool
) -> None:
    monkeypatch.setattr(search, "FEW_EVENTS", 0)
    small.finder._found.clear()
    panel = filters(make, session, small)
    session.dispatch(SetFilters(Filters(types=("ambush",), actors=("is",))))
    settled()
    panel.text.setFocus()
    QTest.keyClicks(panel.text, "highway")
    if entered:
        QTest.keyClick(panel.text, Key.Key_Return)
    clear = next(chip for chip in panel.chips.findChildren(QToolButton) if chip.text() == "clear all")
    clear.click()
    assert (session.state.filters, panel.text.text()) == (Filters(), "")
    qtbot.wait(400)
    assert (session.state.filters, panel.text.text()) == (Filters(), "")


def test_a_place_is_taken_in_any_spelling(make: Make, session: Session, small: DataSet) -> None:
    panel = filters(make, session, small)
    panel.place.setText("Mayadeen")
    QTest.keyClick(panel.place, Key.Key_Return)
    assert session.state.filters.places == ("mayadin",)
    panel.place.setText("Xyzzyx")
    QTest.keyClick(panel.place, Key.Key_Return)
    assert session.state.filters.places == ("mayadin",)
    assert "no place is called" in panel.place.accessibleDescription()


def test_only_what_is_in_view(make: Make, session: Session, small: DataSet) -> None:
    panel = filters(make, session, small)
    QTest.mouseClick(panel.in_view, Button.LeftButton, Mod.NoModifier, QPoint(8, panel.in_view.height() // 2))
    box = session.state.filters.bbox
    assert box is not None
    west, south, east, north = box
    assert west < east
    assert south < north
    session.dispatch(SetFilters(Filters()))
    assert not panel.in_view.isChecked()


def test_the_box_is_the_view() -> None:
    west, south, east, north = box_of(State().camera, 1000, 600)

    assert 35 < west < 39 < 43 < east < 47
    assert 30 < south < 34.5 < north < 38


# --- layers


ENTRIES = (
    LegendEntry(Entry("Actors", "Islamic State", "actor", "", ("is",), "cross"), 12, "12 incidents"),
    LegendEntry(Entry("Actors", "Government forces", "actor", "", ("gov",)), 7),
    LegendEntry(Entry("Incidents", "battle", "type", "battle"), 5),
)


def layers(make: Make, session: Session, data: DataSet) -> LayersPanel:
    panel = make(LayersPanel, session, data)
    assert isinstance(panel, LayersPanel)
    return panel


def test_every_layer_has_a_box(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    assert set(panel.boxes) == set(ALL_LAYERS)
    box = panel.boxes["control"]
    QTest.mouseClick(box, Button.LeftButton, Mod.NoModifier, QPoint(8, box.height() // 2))
    assert "control" not in session.state.layers
    session.dispatch(ToggleLayer("control"))
    assert box.isChecked()


def test_the_legend_is_what_was_drawn(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    assert panel.empty.isVisible()
    panel.show_legend(ENTRIES)
    settled()
    said = [panel.model.index(row).data() for row in range(panel.model.rowCount())]
    assert said == ["Actors", "Islamic State", "Government forces", "Incidents", "battle"]
    assert "12 incidents" in panel.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    colour = tokens_for("light", small.actors).actor_colour("gov").name()
    image = panel.legend.viewport().grab().toImage()
    rect = panel.legend.visualRect(panel.model.index(2))
    assert colour in {image.pixelColor(x, rect.center().y()).name() for x in range(rect.left(), rect.left() + 34)}
    assert not panel.empty.isVisible()


def test_what_a_narrow_legend_cuts_is_neither_letters_nor_size() -> None:
    gov = LegendEntry(Entry("Actors", "Syrian government and its forces", "actor", "GOV", ("gov",)), 41)
    change = LegendEntry(Entry("Change", "GOV, before nobody known: 7,702 km\u00b2", "change", "005 "), 3)

    assert parts_of(gov) == ("Syrian government and its forces", " (GOV)", "41")
    assert parts_of(change) == ("GOV, before nobody known", "", "7,702 km\u00b2")


def test_counts_change_without_moving_the_legend(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    panel.show_legend(ENTRIES)
    resets: list[int] = []
    panel.model.modelReset.connect(lambda: resets.append(1))
    panel.show_legend(tuple(replace(entry, count=entry.count + 1) for entry in ENTRIES))
    assert not resets
    panel.show_legend(ENTRIES[:2])
    assert resets


def test_the_lines_keep_their_places_while_time_plays(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    is_first, gov, battle = ENTRIES
    more = replace(gov, count=99)
    new = LegendEntry(Entry("Actors", "Somebody else", "actor", "", ("sdf",)), 200)

    def said() -> list[object]:
        return [panel.model.index(row).data() for row in range(panel.model.rowCount())]

    panel.show_legend((new, is_first, gov, battle))
    panel.show_legend(ENTRIES)
    session.dispatch(SetPlay(Play(running=True)))
    panel.show_legend((new, more, is_first, battle))
    assert said() == ["Actors", is_first.text, gov.text, new.text, "Incidents", battle.text]
    panel.show_legend((new, more, battle))
    assert said() == ["Actors", gov.text, new.text, "Incidents", battle.text]
    panel.show_legend((new, more, is_first, battle))
    assert said() == ["Actors", gov.text, new.text, is_first.text, "Incidents", battle.text]
    assert panel.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole).endswith("99")
    session.dispatch(SetPlay(Play()))
    assert said() == ["Actors", new.text, gov.text, is_first.text, "Incidents", battle.text]


def test_only_the_lines_that_changed_are_painted_again(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    panel.show_legend(ENTRIES)
    changed: list[int] = []
    panel.model.dataChanged.connect(lambda first, last: changed.extend(range(first.row(), last.row() + 1)))
    panel.show_legend(tuple(replace(entry) for entry in ENTRIES))
    assert changed == []
    panel.show_legend((replace(ENTRIES[0], count=99), *ENTRIES[1:]))
    assert changed == [1]
    panel.show_legend((ENTRIES[1], ENTRIES[0], *ENTRIES[2:]))
    assert changed == [1, 1, 2]
    assert [panel.model.index(row).data() for row in (1, 2)] == [ENTRIES[1].text, ENTRIES[0].text]


def test_a_number_that_changes_paints_its_own_line_alone(
    make: Make, session: Session, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = layers(make, session, small)
    panel.show_legend(ENTRIES)
    settled()
    words: list[str] = []
    numbers: list[str] = []
    monkeypatch.setattr(panel.legend, "paint_words", lambda painter, area, look: words.append(look.words))
    monkeypatch.setattr(panel.legend, "paint_number", lambda painter, place, look: numbers.append(look.number))
    panel.show_legend((replace(ENTRIES[0], count=99), *ENTRIES[1:]))
    settled()
    assert (words, numbers) == ([], ["99"])
    siege = LegendEntry(replace(ENTRIES[2].entry, text="Siege"), 1)
    panel.show_legend((replace(ENTRIES[0], count=99), ENTRIES[1], siege))
    settled()
    assert (words, numbers) == (["Siege"], ["99", "1"])


def test_lines_stand_on_the_ground_of_their_list(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    panel.show_legend(ENTRIES)
    settled()
    panel.legend.grab()
    ground = QColor(1, 2, 3)
    palette = panel.legend.viewport().palette()
    palette.setColor(panel.legend.viewport().backgroundRole(), ground)
    panel.legend.viewport().setPalette(palette)
    rect = panel.legend.visualRect(panel.model.index(2))

    assert panel.legend.grab().toImage().pixelColor(rect.left() + 40, rect.top() + 1) == ground


def test_a_chosen_line_never_becomes_another(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    panel.show_legend(ENTRIES)
    panel.legend.setCurrentIndex(panel.model.index(1))
    panel.show_legend((replace(ENTRIES[0], count=99), *ENTRIES[1:]))
    assert panel.legend.selectedIndexes() == [panel.model.index(1)]
    panel.show_legend((ENTRIES[1], ENTRIES[0], *ENTRIES[2:]))
    assert panel.legend.selectedIndexes() == []


def test_a_sample_is_painted_once(
    make: Make, session: Session, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = layers(make, session, small)
    painted: list[str] = []
    monkeypatch.setattr(legend_list, "paint_swatch", lambda painter, rect, line, tokens: painted.append(line.text))
    for count in (5, 6, 7):
        panel.show_legend((replace(ENTRIES[0], count=count), *ENTRIES[1:]))
        settled()
        panel.legend.viewport().grab()
    assert sorted(painted) == sorted(entry.text for entry in ENTRIES)


def test_a_line_of_one_actor_opens_it(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    panel.show_legend(ENTRIES)
    settled()
    where = panel.legend.visualRect(panel.model.index(1)).center()
    QTest.mouseClick(panel.legend.viewport(), Button.LeftButton, Mod.NoModifier, where)

    assert session.state.selected == Ref("actor", "is")


def test_the_script_of_names(make: Make, session: Session, small: DataSet) -> None:
    panel = layers(make, session, small)
    assert panel.labels.currentData() == "both"
    QTest.keyClick(panel.labels, Key.Key_Home)
    assert session.state.labels == "latin"
    session.dispatch(SetLabels("arabic"))
    assert panel.labels.currentData() == "arabic"


# --- all of them

CANARY = "<img src='{path}'><b>bold</b><a href='{path}'>x</a>"


@pytest.fixture
def hostile(small_records: Records, tmp_path: Path) -> Iterator[tuple[DataSet, str]]:
    """The small data set with markup in every text that names or tells something."""
    picture = tmp_path / "canary.png"
    QImage(4, 4, QImage.Format.Format_RGB32).save(str(picture))
    canary = CANARY.format(path=picture.as_uri())
    texts = ("title", "name", "note", "summary")
    poisoned = {
        table: [replace(row, **{n: canary + getattr(row, n) for n in texts if hasattr(row, n)}) for row in rows]
        for table, rows in small_records.tables.items()
        if table not in ("place_name", "actor_name")
    }
    write_store(replace(small_records, tables={**small_records.tables, **poisoned}), tmp_path / "hostile.gpkg")
    data = open_dataset(tmp_path / "hostile.gpkg")
    yield data, canary
    data.close()


def test_markup_of_a_store_is_shown_as_it_is_written(
    make: Make, session: Session, hostile: tuple[DataSet, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, canary = hostile
    asked: list[object] = []
    monkeypatch.setattr(SafeTextBrowser, "loadResource", lambda self, kind, name: asked.append(name))
    session.dispatch(OpenList("view"))
    for ref in (MAY, Ref("place", "mayadin"), Ref("actor", "is"), Ref("source", "n1")):
        session.dispatch(Select(ref))
        panel = detail(make, session, data)
        shown = panel.view.toPlainText()
        assert canary.split("'")[0] in shown, ref
        assert panel.view.document().toHtml().count("<img src='file") == 0
        panel.grab()
    table = records(make, session, data)
    assert all(text.startswith("<img") for text in lines(table, 1))
    assert table.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole).count("<img") == 0
    table.grab()
    side = filters(make, session, data)
    session.dispatch(SetFilters(Filters(actors=("is",), places=("mayadin",), text="<img src=x>")))
    settled()
    assert any("<img" in text for text in side.chips.texts())
    assert side._items["actor:is"].text(0).startswith("<img")
    assert "&lt;img" in side._items["actor:is"].toolTip(0)
    for widget in side.findChildren(QWidget):
        assert "<img" not in widget.toolTip()
    side.grab()
    assert asked == [], "nothing was asked for"


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_has_an_id_a_title_and_a_side(panel: Panel) -> None:
    assert {"layers", "filters", "records", "detail", "change", "scenes", "table", "analysis"} >= {panel.id}
    assert panel.title
    assert panel.side in ("left", "right")


@pytest.mark.parametrize("panel", PANELS)
def test_nothing_listens_once_a_panel_is_gone(qapp: QApplication, small: DataSet, panel: Panel) -> None:
    session = Session(State())
    widget = panel.make(session, small, tokens_for("light", small.actors), Basemap(), Asking(session, small))
    widget.show()  # what is made only when somebody looks
    assert session._watchers
    if (release := getattr(widget, "release", None)) is not None:
        release()
    widget.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    QApplication.processEvents()
    assert session._watchers == []
    session.dispatch(SetCursor(5))
    session.dispatch(Select(MAY))


@pytest.mark.parametrize("panel", PANELS)
def test_whatever_takes_the_focus_has_a_name(make: Make, session: Session, small: DataSet, panel: Panel) -> None:
    session.dispatch(OpenList("view"))
    session.dispatch(SetFilters(Filters(types=("strike",))))
    widget = make(partial(panel.make, basemap=Basemap(), asking=Asking(session, small)), session, small)
    for child in widget.findChildren(QWidget):
        text = child.text() if hasattr(child, "text") else ""
        inside = child.metaObject().className() in ("QHeaderView", "QScrollArea", "QScrollBar", "QComboBoxListView")
        if child.focusPolicy() != Qt.FocusPolicy.NoFocus and child.isVisible() and not inside:
            assert child.accessibleName() or text, child


# --- the texts themselves


def test_arabic_is_kept_apart_from_the_line_round_it() -> None:
    assert isolated("Raqqa") == "Raqqa"
    assert isolated("الرقة, 12 km") == "\u2068الرقة, 12 km\u2069"


def test_no_file_is_opened_whatever_a_text_asks_for(qtbot: QtBot, tmp_path: Path) -> None:
    picture = QImage(60, 60, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    assert picture.save(str(tmp_path / "red.png"))
    asked: list[str] = []

    class Watched(SafeTextBrowser):
        def loadResource(self, kind: int, name: QUrl | str) -> object:
            asked.append(str(name))
            return super().loadResource(kind, name)

    browser = Watched()
    qtbot.addWidget(browser)
    url = QUrl.fromLocalFile(str(tmp_path / "red.png"))
    browser.setHtml(f"<img src='{url.toString()}'>")
    browser.resize(200, 200)
    browser.show()
    shown = browser.grab().toImage()

    assert asked
    assert browser.document().resource(2, url).size() == QSize(1, 1)
    assert not any(shown.pixelColor(x, y) == QColor("red") for x in range(200) for y in range(200))


def test_a_plain_label_shows_markup_as_it_is(qtbot: QtBot) -> None:
    label = PlainLabel("<b>x</b>")
    qtbot.addWidget(label)
    plain, wide = label.sizeHint().width(), PlainLabel("x").sizeHint().width()

    assert label.textFormat() == Qt.TextFormat.PlainText
    assert plain > 2 * wide


@pytest.mark.parametrize("width", [40, 120, 500])
def test_a_flow_breaks_its_lines_and_keeps_within(qtbot: QtBot, width: int) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    flow = FlowLayout(host)
    for number in range(6):
        flow.addWidget(QToolButton(host, text=f"button {number}"))
    host.resize(width, flow.heightForWidth(width))
    host.show()
    settled()
    for child in host.findChildren(QToolButton):
        assert host.rect().contains(child.geometry())


def test_titles_take_the_width_that_a_list_has(make: Make, session: Session, small: DataSet) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    table = panel.table
    for width in (410, 520):
        panel.resize(width, 600)
        QApplication.processEvents()
        assert table.columnWidth(0) + table.columnWidth(1) == table.viewport().width()

    panel.resize(1600, 600)
    QApplication.processEvents()
    assert sum(table.columnWidth(column) for column in range(6)) == table.viewport().width()
    assert table.columnWidth(1) > table.columnWidth(4)


def test_the_line_that_was_pressed_stays_chosen_though_the_list_moves_below_the_pointer(
    make: Make, session: Session, small: DataSet
) -> None:
    session.dispatch(OpenList("view"))
    panel = records(make, session, small)
    table = panel.table
    panel.resize(350, 190)
    settled()
    bar = table.verticalScrollBar()
    table.selectionModel().currentRowChanged.connect(lambda: bar.setValue(bar.maximum()))
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(panel.model.index(1, 1)).center()
    )

    assert bar.value() > 1
    assert [index.row() for index in table.selectionModel().selectedRows()] == [1]
    assert session.state.selected == Ref("event", small.events.keys[int(panel.model.rows[1])])


def test_while_days_are_compared_the_card_tells_of_which_days_it_counts(qtbot: QtBot, builtin: DataSet) -> None:
    b, a = day("2017-11-14"), day("2016-11-14")
    session, parent = Session(State(time=Time(cursor=b, window_days=30))), QWidget()
    qtbot.addWidget(parent)
    parent.resize(900, 600)
    card = DateCard(session, builtin, parent)
    alone = card.count.text()
    session.dispatch(SetCompare(a))
    assert card.count.text() == f"{alone}, 16 Oct \u2013 14 Nov 2017"
    session.dispatch(SetSwipe(0.5))
    of_a = count_line(counters(builtin, State(time=Time(cursor=a, window_days=30))))
    assert of_a != alone
    assert card.count.text().splitlines() == [
        f"A: {of_a}, 16 Oct \u2013 14 Nov 2016", f"B: {alone}, 16 Oct \u2013 14 Nov 2017",
    ]  # fmt: skip
    session.dispatch(SetCompare(None))
    assert card.count.text() == alone
    card.release()


def test_the_date_card_leads_to_what_is_not_drawn(qtbot: QtBot, small: DataSet) -> None:
    session, parent = Session(State(time=Time(cursor=day("2017-12-28"), window_days=30))), QWidget()
    qtbot.addWidget(parent)
    parent.resize(900, 600)
    nothing = Drawn((), Screen(session.state.camera, 900, 600), small)
    card = DateCard(session, small, parent)
    assert card.undrawn.isHidden()
    rows = np.flatnonzero(small.events.placed)[:3]
    card.show_drawn(replace(nothing, left_out=(rows[:1], rows[1:])))

    assert card.undrawn.text() == "3 not drawn" and not card.undrawn.isHidden()
    card.undrawn.click()
    assert session.state.listed == "undrawn"
    assert rows_in_view(small, session.state).tolist() == rows.tolist()
    card.show_drawn(nothing)
    assert card.undrawn.isHidden()
    card.release()


def test_no_actor_is_cut_in_the_legend(make: Make, session: Session, builtin: DataSet) -> None:
    panel = make(LayersPanel, session, builtin)
    assert isinstance(panel, LayersPanel)
    panel.resize(250, 700)
    lines = [LegendEntry(actor_entry(key, builtin), 41) for key in builtin.actors]
    panel.show_legend(lines)
    settled()
    metrics, wide = QFontMetrics(panel.legend.font()), panel.legend.viewport().width() - 60
    for line in lines:
        said, kept, _ = parts_of(line)
        if metrics.horizontalAdvance(said + kept) > wide:
            assert "".join(broken(said, kept, metrics, wide)).replace(" ", "") == (said + kept).replace(" ", "")
    heights = {panel.legend.visualRect(panel.model.index(row)).height() for row in range(1, panel.model.rowCount())}
    assert len(heights) == 2, "one line or two"
    assert panel.legend.visualRect(panel.model.index(panel.model.rowCount() - 1)).bottom() <= panel.legend.height()
