"""The search box by keyboard and mouse."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from viewer.session.suggest import Suggestion
from viewer.ui.search_box import FOUND, GROUP, SearchBox, right_to_left

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FEW = [
    Suggestion("Place", "Abu Kamal", "town"),
    Suggestion("Place", "\u0627\u0644\u0628\u0648\u0643\u0645\u0627\u0644", "town"),
    Suggestion("Incident", "<b>Fighting</b>", "Nov 2017"),
]
Key = Qt.Key


class Desk(QWidget):
    """A window with a search box and something else that takes the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(900, 600)
        self.asked: list[str] = []
        self.offers = FEW
        self.other = QPushButton("other", self)
        self.box = SearchBox(self.suggest, self)
        self.box.setGeometry(300, 10, 400, 30)
        self.chosen: list[Suggestion] = []
        self.box.chosen.connect(self.chosen.append)

    def suggest(self, text: str) -> list[Suggestion]:
        self.asked.append(text)
        return [] if text == "zzz" else self.offers


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    made = Desk()
    made.show()
    QTest.qWaitForWindowActive(made)
    made.other.setFocus()
    yield made
    made.close()
    made.deleteLater()
    gc.collect()


def test_it_opens_with_the_first_suggestion_chosen_and_enter_takes_it(desk: Desk) -> None:
    desk.box.open(before=desk.other)
    assert desk.box.hasFocus()
    assert desk.box.list.isVisible()
    QTest.keyClick(desk.box, Key.Key_Return)

    assert desk.chosen == [FEW[0]]
    assert not desk.box.list.isVisible()
    assert desk.box.text() == ""
    assert desk.other.hasFocus()


def test_it_brings_its_window_to_the_keys_when_another_one_has_them(desk: Desk) -> None:
    above = QWidget(desk, Qt.WindowType.Tool)
    above.show()
    above.activateWindow()
    QApplication.processEvents()
    assert QApplication.activeWindow() is above
    desk.box.open()
    QApplication.processEvents()
    assert QApplication.focusWidget() is desk.box
    assert desk.box.list.isVisible()
    above.close()


def test_the_arrows_pass_over_the_heads_and_hold_at_the_ends(desk: Desk) -> None:
    desk.box.open()
    titles = []
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Up):
        QTest.keyClick(desk.box, key)
        titles.append(desk.box.list.view.currentIndex().data(FOUND))
    assert titles == [FEW[1], FEW[2], FEW[2], FEW[1]]
    model = desk.box.list.view.model()
    heads = [model.index(row, 0).data() for row in range(model.rowCount()) if model.index(row, 0).data(GROUP)]
    assert heads == ["Place", "Incident"]


def test_typing_asks_once_the_hand_rests_and_enter_does_not_wait(desk: Desk) -> None:
    desk.box.open()
    desk.asked.clear()
    QTest.keyClicks(desk.box, "abu")
    assert desk.asked == []
    QTest.qWait(150)
    assert desk.asked == ["abu"]
    QTest.keyClicks(desk.box, " k")
    QTest.keyClick(desk.box, Key.Key_Return)
    assert desk.asked[-1] == "abu k"
    assert desk.chosen == [FEW[0]]


def test_nothing_found_says_so_and_enter_does_nothing(desk: Desk) -> None:
    desk.box.open("zzz")
    QTest.keyClick(desk.box, Key.Key_Return)

    assert desk.chosen == []
    assert "zzz" in desk.box.list.view.model().index(0, 0).data()
    assert desk.box.is_open


def test_no_text_and_nothing_to_offer_shows_no_list(desk: Desk) -> None:
    desk.offers = []
    desk.box.open(before=desk.other)

    assert not desk.box.list.isVisible()


def test_a_click_chooses(desk: Desk) -> None:
    desk.box.open()
    view = desk.box.list.view
    index = view.model().index(4, 0)
    assert index.data(FOUND) == FEW[2]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())

    assert desk.chosen == [FEW[2]]


def test_going_elsewhere_hides_the_list(desk: Desk) -> None:
    desk.box.open()
    desk.other.setFocus()

    assert not desk.box.list.isVisible()
    assert not desk.box.is_open


def test_the_list_stays_inside_a_small_window(desk: Desk) -> None:
    desk.resize(480, 300)
    desk.box.setGeometry(200, 10, 270, 30)
    desk.box.open()

    assert desk.rect().contains(desk.box.list.geometry().bottomRight())
    assert desk.box.list.geometry().left() >= 0


@pytest.mark.parametrize(
    ("text", "turned"),
    [("Abu Kamal", False), ("البوكمال", True), ("34 ال", True), ("12", False)],
)
def test_arabic_runs_from_the_right(text: str, turned: bool) -> None:
    assert right_to_left(text) == turned
