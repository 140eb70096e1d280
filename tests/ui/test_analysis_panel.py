"""The analysis panel by hand and keyboard: what it tells agrees with the rest, and its bars are filters."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.session.analysis import DIMENSIONS, Breakdown, Cross
from viewer.session.analysis_series import Series
from viewer.session.commands import PlayTo, SetCursor, SetFilters, SetPlay, SetSpan
from viewer.session.selectors import counters
from viewer.session.session import Session
from viewer.session.state import Filters, State, Time
from viewer.session.totals import total_of
from viewer.session.window import window_of, window_words
from viewer.store.dataset import DataSet
from viewer.ui.analysis import view as analysis_view
from viewer.ui.analysis.view import AnalysisView
from viewer.ui.asking import Asking
from viewer.ui.panels.analysis import AnalysisPanel
from viewer.ui.panels.table import TablePanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Button, Mod, Key = Qt.MouseButton, Qt.KeyboardModifier, Qt.Key
YEAR = Time(parse("2017-12-31").latest or 0, "window", 365)
MAY = parse("2017-05")
WAIT_MS = 30_000


@pytest.fixture
def session() -> Session:
    return Session(State(time=YEAR))


@pytest.fixture
def panel(qtbot: QtBot, session: Session, builtin: DataSet, basemap: Basemap) -> Iterator[AnalysisPanel]:
    widget = AnalysisPanel(
        session, builtin, tokens_for("light", builtin.actors), basemap, Asking(session, builtin)
    )
    qtbot.addWidget(widget)
    widget.resize(520, 460)
    yield widget
    widget.release()


def shown(qtbot: QtBot, panel: AnalysisPanel) -> AnalysisView:
    panel.show()
    assert panel.view is not None
    return settled(qtbot, panel.view)


def settled(qtbot: QtBot, view: AnalysisView) -> AnalysisView:
    qtbot.waitUntil(lambda: view.rests, timeout=WAIT_MS)
    return view


def chosen(qtbot: QtBot, view: AnalysisView, box: QComboBox, value: str) -> Any:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())
    settled(qtbot, view)
    return view.found


def kind(qtbot: QtBot, view: AnalysisView, number: int) -> Any:
    QTest.mouseClick(view.kinds.button(number), Button.LeftButton)
    settled(qtbot, view)
    return view.found


def line_of(view: AnalysisView, name: str) -> int:
    return next(number for number, bar in enumerate(view.bars.bars.bars) if bar.group.name == name)


def click(view: AnalysisView, line: int) -> None:
    where = view.bars.visualRect(view.bars.bars.index(line))
    QTest.mouseClick(view.bars.viewport(), Button.LeftButton, Mod.NoModifier, where.center())


def test_nothing_is_made_before_somebody_looks(panel: AnalysisPanel, qapp: Any, session: Session) -> None:
    session.dispatch(SetCursor(YEAR.cursor - 1))
    qapp.processEvents()

    assert panel.view is None


def test_it_says_what_passes_and_what_is_left_out(qtbot: QtBot, panel: AnalysisPanel) -> None:
    view = shown(qtbot, panel)

    assert view.headline.text().startswith("149 records, 12 of them tallies")
    assert view.about.text() == "Every record. 1 Jan \u2013 31 Dec 2017."
    assert "Only possibly in these days; counted: 33." in view.notes.text()
    chosen(qtbot, view, view.by, "province")
    assert "No place within any province: 39." in view.notes.text()
    chosen(qtbot, view, view.measure, "killed")
    assert view.headline.text() == "\u2265 1,309\u20133,931 killed in 28 of 149 records"
    assert "Part of another record that is counted: 1." in view.notes.text()


def test_a_bar_is_a_filter_and_once_more_none(qtbot: QtBot, panel: AnalysisPanel, session: Session) -> None:
    view = shown(qtbot, panel)
    order = [bar.group.name for bar in view.bars.bars.bars]
    click(view, line_of(view, "statement"))
    assert session.state.filters == Filters(types=("statement",))
    settled(qtbot, view)
    assert [bar.group.name for bar in view.bars.bars.bars] == order, "what was under the hand is still there"
    assert view.headline.text() == "21 records"
    click(view, line_of(view, "strike"))
    assert session.state.filters.types == ("statement", "strike")
    settled(qtbot, view)
    assert view.headline.text().startswith("54 records")
    click(view, line_of(view, "statement"))
    assert session.state.filters.types == ("strike",)
    session.undo()
    session.undo()
    assert session.state.filters.types == ("statement",)
    session.undo()
    assert session.state.filters == Filters()


def test_enter_ticks_the_line_the_keyboard_is_on(
    qtbot: QtBot, panel: AnalysisPanel, session: Session, key_rule: None
) -> None:
    view = shown(qtbot, panel)
    panel.activateWindow()
    view.bars.setFocus()
    view.bars.setCurrentIndex(view.bars.bars.index(0))
    QTest.keyClick(view.bars, Key.Key_Down)
    QTest.keyClick(view.bars, Key.Key_Return)
    assert session.state.filters.types == ("statement",)
    settled(qtbot, view)
    assert view.bars.currentIndex().row() == line_of(view, "statement")
    QTest.keyClick(view.bars, Key.Key_Return)
    assert session.state.filters.types == ()


def test_a_period_becomes_the_window_and_once_more_gives_it_back(
    qtbot: QtBot, panel: AnalysisPanel, session: Session
) -> None:
    view = shown(qtbot, panel)
    chosen(qtbot, view, view.by, "period")
    assert [bar.group.name for bar in view.bars.bars.bars][:2] == ["Jan 2017", "Feb 2017"]
    click(view, line_of(view, "May 2017"))
    assert window_of(session.state.time) == (MAY.earliest, MAY.latest)
    settled(qtbot, view)
    assert [bar.group.name for bar in view.bars.bars.bars if bar.group.asked] == ["May 2017"]
    assert len(view.bars.bars.bars) == 12
    click(view, line_of(view, "May 2017"))
    assert session.state.time == YEAR
    click(view, line_of(view, "May 2017"))
    session.dispatch(SetSpan((MAY.earliest or 0) + 3, (MAY.earliest or 0) + 13))
    settled(qtbot, view)
    assert view.bars.bars.bars[0].group.name == "4 May 2017", "another window is asked about by itself"
    session.undo()
    session.undo()
    assert session.state.time == YEAR


def test_a_cell_of_the_cross_table_asks_for_both(qtbot: QtBot, panel: AnalysisPanel, session: Session) -> None:
    view = shown(qtbot, panel)
    found = kind(qtbot, view, 1)
    row = [group.name for group, _ in found.rows].index("strike")
    number = found.cells[row][0]
    view.grid.setFocus()
    view.grid.setCurrentIndex(view.grid.model_of.index(row, 0))
    QTest.keyClick(view.grid, Key.Key_Return)
    assert session.state.filters == Filters(types=("strike",), places=(found.columns[0][0].key,))
    settled(qtbot, view)
    assert view.found is not None
    assert view.found.whole.records == number.records  # type: ignore[union-attr]
    session.undo()
    chosen(qtbot, view, view.by, "place")
    QTest.mouseClick(
        view.grid.viewport(), Button.LeftButton, Mod.NoModifier,
        view.grid.visualRect(view.grid.model_of.index(0, 0)).center(),
    )  # fmt: skip
    assert session.state.filters == Filters()
    assert "cannot ask for both" in view.taking.told.text()


def test_nothing_is_crossed_with_itself(qtbot: QtBot, panel: AnalysisPanel) -> None:
    view = shown(qtbot, panel)
    kind(qtbot, view, 1)
    found = chosen(qtbot, view, view.by, "province")

    assert found.by[0] == "province"
    assert found.by[1] != "province"


def test_a_cell_that_is_no_filter_says_so(qtbot: QtBot, panel: AnalysisPanel, session: Session) -> None:
    session.dispatch(SetFilters(Filters(actors=("is",), parts=False)))
    view = shown(qtbot, panel)
    kind(qtbot, view, 1)
    found = chosen(qtbot, view, view.by, "actor")
    assert isinstance(found, Cross)
    other = next(number for number, (group, _) in enumerate(found.rows) if group.key == "us-coalition")
    view.grid.chosen.emit(other, 0)

    assert session.state.filters.actors == ("is",)
    assert view.taking.told.text() == "The filters ask for another actor: take that part of them away first."


def test_pointing_tells_what_a_bar_is_made_of_and_what_a_click_does(qtbot: QtBot, panel: AnalysisPanel) -> None:
    view = shown(qtbot, panel)
    tip = view.bars.bars.index(0).data(Qt.ItemDataRole.ToolTipRole)

    assert "strike: 33 records" in tip
    assert "9 of the records are tallies" in tip
    assert "A click adds it to the filters" in tip


def test_when_nothing_passes_there_is_a_way_back(qtbot: QtBot, panel: AnalysisPanel, session: Session) -> None:
    session.dispatch(SetFilters(Filters(types=("training",))))
    session.dispatch(SetSpan(YEAR.cursor, YEAR.cursor))
    view = shown(qtbot, panel)
    assert view.empty.text() == "Nothing passes the filter in these days."
    assert view.clear.isVisible()
    QTest.mouseClick(view.all_days, Button.LeftButton)
    settled(qtbot, view)
    assert not view.empty.isVisible()
    assert view.about.text().endswith("Whatever their day.")
    with qtbot.waitSignal(panel.wanted) as asked:
        session.dispatch(SetFilters(Filters(text="no such words")))
        qtbot.waitUntil(view.clear.isVisible, timeout=WAIT_MS)
        QTest.mouseClick(view.clear, Button.LeftButton)
    assert asked.args == ["clear_filters"]
    assert not view.all_days.isVisible()


DAYS = st.integers(16_500, 18_700)


@given(
    filters=st.builds(
        Filters, actors=st.sampled_from([(), ("is",), ("us-coalition", "russia")]), parts=st.booleans(),
        types=st.sampled_from([(), ("strike",), ("attack", "killing")]),
        places=st.sampled_from([(), ("deir-ez-zor-province",)]), text=st.sampled_from(["", "oil"]),
    ),
    time=st.builds(Time, DAYS, st.sampled_from(["window", "day", "cumulative"]), st.integers(1, 700), st.just("day"),
                   st.booleans()),
    by=st.sampled_from(DIMENSIONS), measure=st.sampled_from(["records", "killed"]),
)  # fmt: skip
@settings(max_examples=12)
def test_panel_table_counters_and_total_agree(
    qtbot: QtBot, builtin: DataSet, basemap: Basemap, filters: Filters, time: Time, by: str, measure: str
) -> None:
    session = Session(State(time=time, filters=filters))
    tokens = tokens_for("light", builtin.actors)
    asking = Asking(session, builtin)
    panel = AnalysisPanel(session, builtin, tokens, basemap, asking)
    table = TablePanel(session, builtin, tokens, asking)
    for widget in (panel, table):
        qtbot.addWidget(widget)
        widget.show()
    assert panel.view is not None
    chosen(qtbot, panel.view, panel.view.measure, measure)
    found = chosen(qtbot, panel.view, panel.view.by, by)
    assert isinstance(found, Breakdown)
    number = counters(builtin, session.state).in_view
    assert found.whole.records == len(table.answer.rows) == number
    if measure == "killed":
        assert found.whole.total == total_of(builtin, measure, filters, *found.question.days)
    for bar in panel.view.bars.bars.bars[:3]:
        asked = bar.group.question
        assert bar.cell.records == counters(builtin, State(time=asked.time or time, filters=asked.filters)).in_view
    panel.release()
    table.release()


def test_late_answers_are_dropped(
    qtbot: QtBot, panel: AnalysisPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, go_on = threading.Event(), threading.Event()
    view = shown(qtbot, panel)
    real = analysis_view.breakdown

    def slow(data: DataSet, question: Any, by: str, measure: str, tick: Callable[[float], None]) -> Breakdown:
        going.set()
        go_on.wait(10)
        return real(data, question, by, measure, tick)

    monkeypatch.setattr(analysis_view, "breakdown", slow)
    session.dispatch(SetFilters(Filters(types=("strike",))))
    qtbot.waitUntil(going.is_set, timeout=WAIT_MS)
    session.dispatch(SetFilters(Filters(types=("battle",))))
    qtbot.waitUntil(lambda: not view._later.isActive(), timeout=WAIT_MS)
    go_on.set()
    settled(qtbot, view)

    assert isinstance(view.found, Breakdown)
    assert view.found.question.filters.types == ("battle",)


def test_what_cannot_be_added_up_is_said(
    qtbot: QtBot, panel: AnalysisPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = shown(qtbot, panel)

    def fail(*_: object) -> None:
        raise ValueError("no sum")

    with monkeypatch.context() as broken, qtbot.capture_exceptions() as raised:
        broken.setattr(analysis_view, "breakdown", fail)
        session.dispatch(SetFilters(Filters(types=("battle",))))
        qtbot.waitUntil(lambda: "could not be added up" in view.empty.text(), timeout=WAIT_MS)
    assert [str(error[1]) for error in raised] == ["no sum"]
    session.dispatch(SetFilters(Filters()))
    qtbot.waitUntil(lambda: view.headline.text().startswith("149 records"), timeout=WAIT_MS)


@pytest.mark.parametrize("number", [0, 1])
def test_it_can_be_taken_along(
    qtbot: QtBot, panel: AnalysisPanel, number: int, tmp_path: Path, key_rule: None, builtin: DataSet
) -> None:
    view = shown(qtbot, panel)
    kind(qtbot, view, number)
    panel.activateWindow()
    list_of = view.grid if number else view.bars
    list_of.setFocus()
    QTest.keyClick(list_of, Key.Key_C, Mod.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Records: type against province" if number else "Records by")
    for suffix in (".csv", ".png", ".svg", ".pdf"):
        view.taking.write(tmp_path / f"taken{suffix}")
        assert view.taking.told.text() == f"Saved {tmp_path / f'taken{suffix}'}"
    lines = list(csv.DictReader((tmp_path / "taken.csv").read_text("utf-8").splitlines()))
    assert next(line for line in lines if line["part"] == "all")["records"] == "149"
    assert QImage(str(tmp_path / "taken.png")).width() > 800
    drawing = (tmp_path / "taken.svg").read_text("utf-8")
    assert "strike" in drawing
    assert "GeoNames" in drawing
    assert (tmp_path / "taken.pdf").read_bytes().startswith(b"%PDF")


def test_where_to_save_is_asked_and_the_name_ends_as_its_form(
    qtbot: QtBot, panel: AnalysisPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.recall(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    suggested: list[str] = []

    def answer(parent: Any, title: str, begin: str, filters: str, **more: Any) -> tuple[str, str]:
        suggested.append(Path(begin).name)
        return str(tmp_path / "table"), filters

    monkeypatch.setattr("viewer.ui.files.QFileDialog.getSaveFileName", answer)
    view = shown(qtbot, panel)
    (entry,) = [one for one in view.taking.button.menu().actions() if "CSV" in one.text()]
    entry.trigger()

    assert suggested == ["badia-records-by-type-2017-12-31.csv"]
    assert (tmp_path / "table.csv").is_file()


def test_evidence_is_never_written_over(
    qtbot: QtBot, panel: AnalysisPanel, builtin: DataSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []
    monkeypatch.setattr("viewer.ui.analysis.taking.sentence", lambda parent, title, text: told.append(text))
    view = shown(qtbot, panel)
    view.taking.write(tmp_path / "no such folder" / "table.csv")
    view.taking.write(tmp_path / "no such folder" / "table.png")
    assert len(told) == 2
    assert all("its folder does not exist" in text for text in told)


def test_control_stands_above_incidents_and_a_click_goes_to_the_month(
    qtbot: QtBot, panel: AnalysisPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = tuple(parse(text).earliest or 0 for text in ("2017-05", "2017-06", "2017-07"))
    monkeypatch.setattr("viewer.session.share.month_days", lambda data: days)
    view = shown(qtbot, panel)
    found = kind(qtbot, view, 2)
    assert isinstance(found, Series)
    assert found.days == days
    assert "of ground with a claim that day" in view.notes.text()
    assert "Incidents counted: every record" in view.notes.text()
    chart = view.chart
    QTest.mouseClick(chart, Button.LeftButton, Mod.NoModifier, chart.rect().center())
    assert session.state.time.cursor == days[1]
    assert chart.words_at(chart.width() / 2).startswith("Jun 2017: ")
    view.ground.place.setText("Raqqa")
    QTest.keyClick(view.ground.place, Key.Key_Return)
    settled(qtbot, view)
    assert isinstance(view.found, Series)
    assert view.found.asked.place == "raqqa"
    view.ground.place.setText("Atlantis")
    QTest.keyClick(view.ground.place, Key.Key_Return)
    assert view.ground.place.property("wrong")
    assert view.found.asked.place == "raqqa"


def test_choices_are_remembered(
    qtbot: QtBot, panel: AnalysisPanel, session: Session, builtin: DataSet, basemap: Basemap, tmp_path: Path
) -> None:
    settings_file = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    view = shown(qtbot, panel)
    chosen(qtbot, view, view.by, "actor")
    chosen(qtbot, view, view.measure, "killed")
    kind(qtbot, view, 1)
    panel.remember(settings_file)
    other = AnalysisPanel(
        session, builtin, tokens_for("dark", builtin.actors), basemap, Asking(session, builtin)
    )
    qtbot.addWidget(other)
    other.recall(settings_file)
    view = shown(qtbot, other)
    assert (view.kind, view.by.currentData(), view.measure.currentData()) == ("cross", "actor", "killed")
    other.release()


def test_another_theme_colours_it_anew(qtbot: QtBot, panel: AnalysisPanel, builtin: DataSet) -> None:
    view = shown(qtbot, panel)
    light = view.bars.grab().toImage()
    panel.set_tokens(tokens_for("dark", builtin.actors))
    assert view.bars.grab().toImage() != light


def test_while_time_plays_it_says_of_which_days_it_is(qtbot: QtBot, panel: AnalysisPanel, session: Session) -> None:
    view = shown(qtbot, panel)
    assert not view.as_of.isVisible()
    days = window_words(session.state.time)
    for step in range(1, 4):
        session.dispatch(PlayTo(YEAR.cursor + step))
    assert view.as_of.isVisible() and view.as_of.text() == f"While playing: as of {days}"
    chosen(qtbot, view, view.days, "ever")
    assert not view.as_of.isVisible()  # what is of all days is never behind
    chosen(qtbot, view, view.days, "window")
    assert view.as_of.text() == f"While playing: as of {window_words(session.state.time)}"
    session.dispatch(SetPlay(replace(session.state.play, running=False)))
    assert not view.as_of.isVisible()
