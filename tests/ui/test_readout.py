"""A readout takes another size only for a text that needs one, and tells nobody otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from viewer.ui.readout import Readout

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Layouts(QObject):
    """Counts how often a widget is asked to lay itself out."""

    number = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.number += event.type() == QEvent.Type.LayoutRequest
        return False


Make = Callable[..., tuple[Readout, Layouts]]


@pytest.fixture
def readout(qtbot: QtBot) -> Iterator[Make]:
    hosts: list[QWidget] = []

    def made(shrinks: bool) -> tuple[Readout, Layouts]:
        host = QWidget()
        qtbot.addWidget(host)
        hosts.append(host)
        label, layouts = Readout(host, shrinks), Layouts(host)
        QHBoxLayout(host).addWidget(label)
        host.resize(600, 60)
        host.show()
        label.say("12 records in view")
        QApplication.processEvents()
        host.installEventFilter(layouts)
        return label, layouts

    yield made


def test_a_text_of_the_same_size_moves_nothing(readout: Make) -> None:
    label, layouts = readout(shrinks=True)
    assert label.say("21 records in view")
    assert not label.say("21 records in view")
    QApplication.processEvents()

    assert (label.text(), layouts.number) == ("21 records in view", 0)


@pytest.mark.parametrize("sheet", ["", "padding: 0 8px; font-size: 19pt; font-weight: 600"])
def test_a_longer_text_gets_its_room_and_a_shorter_one_gives_it_back(readout: Make, sheet: str) -> None:
    label, layouts = readout(shrinks=True)
    label.setStyleSheet(sheet)
    for text in ("1,234,567 records in view", "1", "\u0627\u0644\u0645\u064a\u0627\u062f\u064a\u0646"):
        label.say(text)
        plain = QLabel(text, label.parentWidget())
        plain.setStyleSheet(sheet)
        plain.show()
        QApplication.processEvents()
        assert label.size() == plain.sizeHint()
        plain.deleteLater()
    assert layouts.number > 0


def test_one_that_does_not_shrink_keeps_its_room_until_it_is_settled(readout: Make) -> None:
    label, layouts = readout(shrinks=False)
    wide = label.width()
    label.say("1")
    QApplication.processEvents()
    assert (label.width(), layouts.number) == (wide, 0)

    label.settle()
    assert label.width() < wide


def test_another_type_size_gives_another_size(readout: Make) -> None:
    label, _ = readout(shrinks=True)
    before = label.width()
    label.setStyleSheet("font-size: 30pt")
    QApplication.processEvents()

    assert label.width() > 1.5 * before
