"""The fields of the panel of filters: ground, the second clock, responsibility, and filters kept by a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QInputDialog,
    QMessageBox,
    QScrollArea,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.session.actor_counts import actor_counts
from viewer.session.commands import SetCursor, SetFilters
from viewer.session.filter_words import filter_parts
from viewer.session.review import SaveFilters
from viewer.session.selectors import filter_mask
from viewer.session.session import Session
from viewer.session.state import Filters, SavedFilters, State, Time, Within
from viewer.store.dataset import DataSet
from viewer.ui import asking
from viewer.ui.asking import Asking
from viewer.ui.filter_ground import AROUND, COURSE, DRAWN, PROVINCE
from viewer.ui.panels.filters import FiltersPanel
from viewer.ui.scrolling import come_to

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Button, Key, Mod = Qt.MouseButton, Qt.Key, Qt.KeyboardModifier
DAY = parse("2017-10-30").latest or 0


@pytest.fixture
def session() -> Session:
    return Session(State(time=Time(DAY, "window", 60)))


@pytest.fixture
def panel(qtbot: QtBot, session: Session, builtin: DataSet, basemap: Basemap) -> Iterator[FiltersPanel]:
    made = FiltersPanel(
        session, builtin, tokens_for("light", builtin.actors), Asking(session, builtin), basemap=basemap
    )
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    QApplication.processEvents()
    yield made
    made.release()


def choose(panel: FiltersPanel, kind: str) -> None:
    """Choose a kind of ground as the keys do."""
    box = panel.ground.kind
    box.setCurrentIndex(box.findData(kind))
    box.activated.emit(box.currentIndex())
    QApplication.processEvents()


def write(field: object, text: str) -> None:
    field.setFocus()  # type: ignore[attr-defined]
    field.clear()  # type: ignore[attr-defined]
    if text.isascii():
        QTest.keyClicks(field, text)  # type: ignore[call-overload]
    else:
        field.insert(text)  # type: ignore[attr-defined]
    QTest.keyClick(field, Key.Key_Return)  # type: ignore[call-overload]
    QApplication.processEvents()


def tick(box: QCheckBox) -> None:
    QTest.mouseClick(box, Button.LeftButton, Mod.NoModifier, QPoint(8, box.height() // 2))


def within(session: Session) -> Within:
    found = session.state.filters.within
    assert found is not None
    return found


def said(panel: FiltersPanel) -> list[str]:
    return [text.removesuffix(" \u00d7") for text in panel.chips.texts()]


def test_a_place_and_a_distance_are_ground_and_another_distance_widens_it(
    panel: FiltersPanel, session: Session
) -> None:
    choose(panel, AROUND)
    write(panel.ground.point, "raqqa")
    assert (within(session).kind, within(session).name, within(session).metres) == ("circle", "Raqqa", 20_000.0)
    write(panel.ground.far, "35")
    assert within(session).metres == 35_000.0
    assert said(panel) == ["within 35 km of Raqqa"]
    write(panel.ground.point, "35.0197, 40.4503")
    assert within(session).path[0] == pytest.approx((40.4503, 35.0197))
    assert within(session).metres == 35_000.0
    session.undo()
    session.undo()
    session.undo()
    assert session.state.filters == Filters()
    assert panel.ground.kind.currentText() == "Anywhere"


@pytest.mark.parametrize("typed", ["nothing like it", "20.5.5"])
def test_what_is_no_place_and_no_distance_is_told_in_the_field(
    panel: FiltersPanel, session: Session, typed: str
) -> None:
    choose(panel, AROUND)
    write(panel.ground.point, typed)
    assert panel.ground.point.property("wrong")
    assert "no place is called" in panel.ground.point.toolTip()
    write(panel.ground.far, "far")
    assert panel.ground.far.property("wrong")
    assert session.state.filters == Filters()


def test_after_a_place_its_kilometres_are_typed(panel: FiltersPanel, session: Session) -> None:
    choose(panel, AROUND)
    panel.activateWindow()
    ground = panel.ground
    assert ground.point.y() < ground.far.mapTo(ground, QPoint()).y()
    ground.point.setFocus()
    QTest.keyClick(ground.point, Key.Key_Tab)
    assert QApplication.focusWidget() is ground.far
    write(ground.point, "raqqa")
    assert QApplication.focusWidget() is ground.far
    QTest.keyClicks(ground.far, "50 km")
    QTest.keyClick(ground.far, Key.Key_Return)
    assert within(session).metres == 50_000


def test_names_that_begin_with_what_is_typed_are_offered_first(panel: FiltersPanel) -> None:
    choose(panel, AROUND)
    QTest.keyClicks(panel.ground.point, "deir ez-z")
    offered = panel.ground.point.completer().completionModel()
    names = [offered.index(row, 0).data() for row in range(offered.rowCount())]
    assert names[0] == "Deir ez-Zor" and "Badia between Homs and Deir ez-Zor" in names
    assert names == sorted(names, key=lambda name: (not name.startswith("Deir ez-Z"), name))


def test_a_province_is_chosen_in_either_script(panel: FiltersPanel, session: Session) -> None:
    choose(panel, PROVINCE)
    write(panel.ground.province, "\u062d\u0645\u0635")
    assert (within(session).kind, within(session).name) == ("outline", "Homs")
    assert panel.ground.kind.currentData() == PROVINCE
    assert panel.ground.province.text() == "Homs"


def test_a_corridor_has_a_width(panel: FiltersPanel, session: Session) -> None:
    choose(panel, COURSE)
    write(panel.ground.course, "Euphrates")
    assert (within(session).kind, within(session).metres) == ("corridor", 10_000.0)
    write(panel.ground.beside, "2 km")
    assert (within(session).name, within(session).metres) == ("Euphrates", 2_000.0)
    write(panel.ground.course, "Nile")
    assert panel.ground.course.property("wrong")


def test_drawing_is_asked_of_the_map(qtbot: QtBot, panel: FiltersPanel, session: Session) -> None:
    with qtbot.waitSignal(panel.wanted) as asked:
        choose(panel, DRAWN)
    assert asked.args == ["draw_outline"]
    buttons = {button.text(): button for button in panel.ground.findChildren(QToolButton) if button.isVisible()}
    with qtbot.waitSignal(panel.wanted) as asked:
        QTest.keyClick(buttons["Rectangle"], Key.Key_Space)
    assert asked.args == ["draw_box"]


def test_ground_of_elsewhere_shows_its_fields_and_anywhere_takes_it_away(
    panel: FiltersPanel, session: Session
) -> None:
    square = ((38.0, 33.0), (42.0, 33.0), (42.0, 36.0))
    for ground, kind in (
        (Within("circle", ((40.0, 35.0),), 12_500.0), AROUND), (Within("corridor", square, 5e3, "Khabur"), COURSE),
        (Within("outline", square, 0.0, "Homs"), PROVINCE), (Within("outline", square), DRAWN),
    ):  # fmt: skip
        session.dispatch(SetFilters(Filters(within=ground)))
        assert panel.ground.kind.currentData() == kind
    session.dispatch(SetFilters(Filters(within=Within("circle", ((40.0, 35.0),), 12_500.0))))
    assert (panel.ground.far.text(), panel.ground.point.text()) == ("12.5 km", "35.00000, 40.00000")
    choose(panel, "")
    assert session.state.filters == Filters()


def test_responsibility_and_parts_are_about_the_actors_that_are_ticked(
    panel: FiltersPanel, session: Session, builtin: DataSet
) -> None:
    assert not panel.responsible.isEnabled()
    assert not panel.parts.isEnabled()
    session.dispatch(SetFilters(Filters(actors=("is",))))
    tick(panel.parts)
    assert not session.state.filters.parts
    panel.responsible.setCurrentIndex(1)
    panel.responsible.activated.emit(1)
    assert session.state.filters.responsible == "certainly"
    assert said(panel)[0] == "certainly done by Islamic State itself"
    number = int(filter_mask(builtin, session.state.filters).sum())
    assert panel._items["actor:is"].text(1) == f"{number:,}"


@pytest.mark.parametrize("how", ["certainly", "possibly", ""])
@pytest.mark.parametrize("parts", [True, False])
def test_the_numbers_beside_actors_are_what_ticking_them_shows(builtin: DataSet, how: str, parts: bool) -> None:
    filters = Filters(responsible=how, parts=parts, types=("strike", "attack"))
    counts = actor_counts(builtin, filters)
    for key in builtin.actors:
        assert counts.get(key, 0) == int(filter_mask(builtin, replace(filters, actors=(key,))).sum()), key


def test_the_second_clock_is_set_typed_and_taken_away(
    panel: FiltersPanel, session: Session, builtin: DataSet
) -> None:
    assert not panel.clock.day.isVisible()
    tick(panel.clock.on)
    assert session.state.filters.known_by == DAY
    assert "Hidden in this window: " in panel.clock.told.text()
    write(panel.clock.day, "Nov 2017")
    assert session.state.filters.known_by == parse("2017-11-30").latest
    write(panel.clock.day, "soon")
    assert panel.clock.day.property("wrong")
    assert session.state.filters.known_by == parse("2017-11-30").latest
    before = panel.clock.told.text()
    session.dispatch(SetCursor(DAY + 300))
    assert panel.clock.told.text() != before
    QTest.mouseClick(panel.clock.today, Button.LeftButton)
    assert session.state.filters.known_by == DAY + 300
    tick(panel.clock.on)
    assert session.state.filters == Filters()


def test_what_it_hides_can_be_listed(qtbot: QtBot, panel: FiltersPanel) -> None:
    tick(panel.clock.on)
    for name, button in zip(("list_later", "list_unpublished"), panel.clock._listing.findChildren(QToolButton),
                            strict=True):  # fmt: skip
        with qtbot.waitSignal(panel.wanted) as asked:
            QTest.keyClick(button, Key.Key_Space)
        assert asked.args == [name]


STRIKES = SavedFilters("strikes", Filters(types=("strike",)))
OIL = SavedFilters("oil", Filters(text="oil"), ("disputed",))


def pick(panel: FiltersPanel, name: str) -> None:
    names = panel.saved.names
    names.setCurrentIndex(names.findData(name))
    names.activated.emit(names.currentIndex())
    QApplication.processEvents()


def menu_of(panel: FiltersPanel) -> dict[str, object]:
    panel.saved.menu.aboutToShow.emit()
    return {action.text(): action for action in panel.saved.menu.actions()}


def test_kept_filters_are_chosen_with_their_queue(qtbot: QtBot, panel: FiltersPanel, session: Session) -> None:
    assert not panel.saved.names.isEnabled()
    for one in (STRIKES, OIL):
        session.dispatch(SaveFilters(one))
    pick(panel, "strikes")
    assert session.state.filters == STRIKES.filters
    with qtbot.waitSignal(panel.queue_wanted) as asked:
        pick(panel, "oil")
    assert asked.args == [("disputed",)]
    assert session.state.filters == OIL.filters
    session.undo()
    assert session.state.filters == STRIKES.filters
    assert panel.saved.names.currentText() == "strikes"


def test_kept_filters_are_renewed_renamed_and_forgotten_and_undo_brings_them_back(
    panel: FiltersPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (STRIKES, OIL):
        session.dispatch(SaveFilters(one))
    pick(panel, "strikes")
    session.dispatch(SetFilters(Filters(types=("strike", "attack"))))
    assert panel.saved.names.currentText() == "strikes (changed)"
    menu_of(panel)["Let \u201cstrikes\u201d mean these filters"].trigger()  # type: ignore[attr-defined]
    assert session.state.saved[0].filters.types == ("strike", "attack")
    monkeypatch.setattr(QInputDialog, "getText", lambda *asked, text: ("  blows ", True))
    menu_of(panel)["Rename \u201cstrikes\u201d\u2026"].trigger()  # type: ignore[attr-defined]
    assert [one.name for one in session.state.saved] == ["blows", "oil"]
    assert panel.saved.names.currentText() == "blows"
    told: list[str] = []
    monkeypatch.setattr(QInputDialog, "getText", lambda *asked, text: ("oil", True))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    panel.saved.rename()
    assert told == ["Other filters are kept as \u201coil\u201d; choose another name."]
    menu_of(panel)["Forget \u201cblows\u201d"].trigger()  # type: ignore[attr-defined]
    assert [one.name for one in session.state.saved] == ["oil"]
    session.undo()
    session.undo()
    session.undo()
    assert session.state.saved == (STRIKES, OIL)


def test_filters_are_kept_by_an_action(qtbot: QtBot, panel: FiltersPanel) -> None:
    with qtbot.waitSignal(panel.wanted) as asked:
        menu_of(panel)["Keep these filters by a name\u2026"].trigger()  # type: ignore[attr-defined]
    assert asked.args == ["filters_save"]


def test_what_this_store_lacks_is_told_in_one_sentence(panel: FiltersPanel, session: Session) -> None:
    assert not panel.missing.isVisible()
    session.dispatch(SaveFilters(SavedFilters("old", Filters(actors=("gone", "is"), places=("nowhere",)))))
    pick(panel, "old")
    lacks = "This store lacks what the filters name: actor \u201cgone\u201d, place \u201cnowhere\u201d."
    assert panel.missing.text() == lacks
    assert panel.missing.isVisible()


def test_the_sentence_has_a_part_for_each_filter_and_loses_it_by_click_or_key(
    panel: FiltersPanel, session: Session, builtin: DataSet
) -> None:
    every = Filters(
        actors=("is",), responsible="possibly", types=("strike",), text="oil", known_by=DAY,
        within=Within("circle", ((40.0, 35.0),), 9e4, "Raqqa"),
    )  # fmt: skip
    session.dispatch(SetFilters(every))
    parts = [words for words, _ in filter_parts(builtin, every)]
    assert said(panel) == [*parts, "clear all"]
    for number in range(len(parts)):
        chip = panel.chips.findChildren(QToolButton)[0]
        if number % 2:
            QTest.keyClick(chip, Key.Key_Space)
        else:
            QTest.mouseClick(chip, Button.LeftButton)
        QApplication.sendPostedEvents(None, 0)
        QApplication.processEvents()
    assert session.state.filters == Filters()


def test_over_many_records_a_thread_looks_first(
    qtbot: QtBot, panel: FiltersPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "FEW", 10)
    with qtbot.waitSignal(panel.asking.worked):
        tick(panel.clock.on)
    session.dispatch(SetFilters(Filters(types=("strike",))))
    qtbot.waitUntil(lambda: session.state.filters.known_by == DAY, timeout=30_000)
    assert session.state.filters.types == ("strike",)


def test_ticks_among_many_records_wait_for_the_thread_and_come_together(
    qtbot: QtBot, panel: FiltersPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "FEW", 10)
    names = [panel.types.topLevelItem(line).text(0) for line in range(3)]
    for line in (2, 0, 1, 2):
        item = panel.types.topLevelItem(line)
        on = item.checkState(0) == Qt.CheckState.Checked
        item.setCheckState(0, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
    assert session.state.filters.types == ()
    qtbot.waitUntil(lambda: session.state.filters.types != (), timeout=30_000)
    assert session.state.filters.types == (names[0], names[1])


def test_changes_that_wait_come_together(
    qtbot: QtBot, panel: FiltersPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "FEW", 10)
    panel.asking.become(Filters(types=("strike",)))
    panel.asking.set(parts=False)
    panel.asking.set(known_by=DAY)
    qtbot.waitUntil(lambda: session.state.filters.known_by == DAY, timeout=30_000)
    assert session.state.filters == Filters(types=("strike",), parts=False, known_by=DAY)
    panel.asking.set(known_by=None)
    qtbot.waitUntil(lambda: session.state.filters.known_by is None, timeout=30_000)
    assert session.state.filters == Filters(types=("strike",), parts=False)


def chip_of(panel: FiltersPanel, words: str) -> QToolButton:
    return next(chip for chip in panel.chips.findChildren(QToolButton) if words in chip.text())


def tick_line(panel: FiltersPanel, name: str, on: bool = True) -> None:
    panel._items[name].setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


def test_quick_ticks_and_crosses_come_through_one_door(
    qtbot: QtBot, panel: FiltersPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.dispatch(SetFilters(Filters(text="oil", forms=("tally",))))
    monkeypatch.setattr(asking, "FEW", 10)
    seen: list[Filters] = []
    session.watch(("filters",), lambda before, after, changed: seen.append(after.filters))
    tick_line(panel, "type:strike")
    tick_line(panel, "type:attack")
    tick_line(panel, "actuality:disputed")
    tick_line(panel, "type:strike", on=False)
    QTest.mouseClick(chip_of(panel, "oil"), Button.LeftButton)
    write(panel.place, "Raqqa")
    tick(panel.in_view)
    assert seen == [] and panel.asking.waits
    qtbot.waitUntil(lambda: not panel.asking.waits, timeout=30_000)
    (now,) = seen
    assert (now.types, now.actualities, now.text, now.forms) == (("attack",), ("disputed",), "", ("tally",))
    assert now.places and now.bbox is not None
    assert panel._items["type:attack"].checkState(0) == Qt.CheckState.Checked


def test_clearing_all_takes_back_what_still_waits(
    qtbot: QtBot, panel: FiltersPanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.dispatch(SetFilters(Filters(text="oil", forms=("tally",))))
    monkeypatch.setattr(asking, "FEW", 10)
    tick_line(panel, "type:strike")
    QTest.mouseClick(chip_of(panel, "clear all"), Button.LeftButton)
    qtbot.waitUntil(lambda: not panel.asking.waits, timeout=30_000)
    assert session.state.filters == Filters()
    tick_line(panel, "type:strike")
    assert panel.forget_text()
    assert not panel.asking.waits
    assert panel._items["type:strike"].checkState(0) == Qt.CheckState.Unchecked


def top_of(panel: FiltersPanel, field: QWidget) -> int:
    return field.mapTo(panel, QPoint(0, 0)).y()


def test_a_longer_sentence_moves_no_field_under_the_hand(panel: FiltersPanel, session: Session) -> None:
    panel.resize(340, 700)
    panel.activateWindow()
    panel.types.setFocus()
    QApplication.processEvents()
    before = top_of(panel, panel.types)
    for name in ("type:strike", "type:attack", "actuality:disputed", "actor:is"):
        tick_line(panel, name)
        QApplication.processEvents()
        assert top_of(panel, panel.types) == before
    session.dispatch(SetFilters(replace(session.state.filters, text="oil", known_by=DAY)))
    QApplication.processEvents()
    assert top_of(panel, panel.types) - before == panel.clock.height() - panel.clock.on.height()
    assert panel.sentence.cut
    last = panel.chips.findChildren(QToolButton)[-1]
    assert panel.sentence.rect().contains(last.mapTo(panel.sentence, last.rect().bottomRight()))
    panel.saved.more.setFocus()
    QApplication.processEvents()
    QApplication.processEvents()
    assert panel.sentence.height() >= panel.chips.heightForWidth(panel.sentence.width())
    assert not panel.sentence.cut


@pytest.mark.parametrize("focused", [False, True])
def test_a_wheel_turns_the_panel_and_no_choice_in_it(panel: FiltersPanel, session: Session, focused: bool) -> None:
    """What comes to lie under the pointer while somebody scrolls was not asked for."""
    panel.resize(300, 300)
    QApplication.processEvents()
    (area,) = panel.findChildren(QScrollArea)
    for box in (panel.responsible, panel.ground.kind, panel.ground.far):
        area.ensureWidgetVisible(box)
        area.verticalScrollBar().setValue(area.verticalScrollBar().value() // 2)
        if focused:
            box.setFocus()
        before, stood = session.state, area.verticalScrollBar().value()
        said = [one.currentIndex() for one in panel.findChildren(QComboBox)]
        QTest.wheelEvent(panel.windowHandle(), box.mapTo(panel, box.rect().center()), QPoint(0, -120))
        assert [one.currentIndex() for one in panel.findChildren(QComboBox)] == said
        assert session.state == before
        assert area.verticalScrollBar().value() > stood


def test_whoever_comes_to_a_field_sees_it(panel: FiltersPanel) -> None:
    panel.resize(300, 300)
    QApplication.processEvents()
    (area,) = panel.findChildren(QScrollArea)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    assert panel.text.visibleRegion().isEmpty()
    come_to(panel.text)
    assert QApplication.focusWidget() is panel.text
    assert not panel.text.visibleRegion().isEmpty()
