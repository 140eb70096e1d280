"""The first store of a program: the map comes first, alone, and what stands round it comes where it is expected."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.draw.conftest import pixels_of
from tests.draw.test_image import LETTERS
from viewer.draw.drawn import Drawn
from viewer.draw.frame import render_frame
from viewer.draw.picture import MapPicture
from viewer.store.dataset import DataSet
from viewer.ui.canvas import Canvas
from viewer.ui.parts import Parts
from viewer.ui.preload import AT_ONCE_SECONDS
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Seen(QObject):
    """Notes what there is round the map each time that it is painted, and every size it is given."""

    def __init__(self, canvas: QWidget, parts: Parts) -> None:
        super().__init__(canvas)
        self.canvas, self.parts = canvas, parts
        self.paints: list[tuple[bool, int]] = []
        self.bare: list[bool] = []
        self.sizes: list[tuple[int, int]] = []
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.paints.append((self.canvas.result is not None, len(self.parts.made)))  # type: ignore[attr-defined]
            self.bare.append(self.canvas.bare)  # type: ignore[attr-defined]
            self.sizes.append((self.canvas.width(), self.canvas.height()))
        return False


def slowly(window: Window) -> Iterator[None]:
    """Classes that take longer to make than a store takes to read, as in a program that has made none yet."""
    while window.work is None:
        time.sleep(0.001)
        yield
    for _ in range(3):
        time.sleep(AT_ONCE_SECONDS)
        yield


@pytest.fixture
def shell(unseen: Window) -> Window:
    """The window of a program that has opened nothing yet, nor made the classes of Qt."""
    unseen.opening.preload._steps = slowly(unseen)
    return unseen


@pytest.fixture
def seen(shell: Window, monkeypatch: pytest.MonkeyPatch) -> list[Seen]:
    """Whoever looks at the map of each store from before it is shown."""
    looking: list[Seen] = []
    made = shell._made

    def watched(loaded):  # type: ignore[no-untyped-def]
        work = made(loaded)
        looking.append(Seen(work.canvas, work._parts))
        return work

    monkeypatch.setattr(shell, "_made", watched)
    return looking


def shown(window: Window, qtbot: QtBot, path: Path | None) -> None:
    with qtbot.waitSignal(window.opened, timeout=60_000) as heard:
        window.open(path)
        window.show()
    assert heard.args == [True]


def whole(canvas: Canvas) -> Drawn:
    """What a picture of the map that was made by itself shows."""
    picture, state = MapPicture(canvas.picture.data, canvas.picture.basemap), canvas.session.state
    return picture.image(state, canvas.across, canvas.down, canvas.ratio, clear=canvas.cards)[1]


def test_the_map_is_painted_before_anything_round_it_is_made(
    shell: Window, seen: list[Seen], small_store: Path, qtbot: QtBot
) -> None:
    shown(shell, qtbot, small_store)

    assert seen[0].paints[0] == (True, 0), "the first paint is the exact map, and it is alone"
    assert shell.work is not None
    qtbot.waitUntil(lambda: shell.work is not None and shell.work._parts.done, timeout=60_000)
    assert not shell.work.canvas.artist.alone
    assert shell.docks is not None
    assert {name: dock.widget() for name, dock in shell.docks.by_name.items()} == {
        **shell.work.panels, "timeline": shell.work.timeline,
    }  # fmt: skip
    assert shell.work.card.isVisible()


@pytest.mark.parametrize("known", [True, False])
def test_the_map_stays_as_large_as_it_was_when_the_rest_comes(
    shell: Window, seen: list[Seen], small_store: Path, small: DataSet, qtbot: QtBot, known: bool
) -> None:
    """Of the built-in store at its first showing, of one whose timeline is of another height from the second on."""
    if known:
        shell.settings.setValue(f"timeline_{small.meta.store_id}", 160)
    shown(shell, qtbot, small_store if known else None)
    qtbot.waitUntil(lambda: shell.work is not None and shell.work._parts.done, timeout=60_000)
    for _ in range(20):
        QApplication.processEvents()
    assert shell.work is not None
    shell.work.canvas.repaint()

    assert len(seen[0].sizes) > 1
    assert len(set(seen[0].sizes)) == 1


def test_a_key_pressed_before_the_panels_are_there_finds_them(
    shell: Window, seen: list[Seen], small_store: Path, qtbot: QtBot
) -> None:
    shown(shell, qtbot, small_store)
    assert shell.work is not None
    assert not shell.work._parts.done
    QTest.keyClick(shell, Qt.Key.Key_F3)
    assert shell.work._parts.done
    assert shell.docks is not None
    assert shell.docks.by_name["filters"].widget() is shell.work.panels["filters"]


def test_time_moves_before_the_timeline_is_there(shell: Window, small_store: Path, qtbot: QtBot) -> None:
    shown(shell, qtbot, small_store)
    assert shell.work is not None
    before = shell.work.session.state.time.cursor
    QTest.keyClick(shell, Qt.Key.Key_Right)
    assert shell.work.session.state.time.cursor == before + 1
    assert not shell.work._parts.done


@pytest.mark.parametrize("made", [0, 2])
def test_closing_before_the_rest_is_there_leaves_nothing(
    shell: Window, small_store: Path, qtbot: QtBot, made: int
) -> None:
    shown(shell, qtbot, small_store)
    work = shell.work
    assert work is not None
    while len(work._parts.made) < made:
        work._parts.go_on(0.0)
    shell.close()
    for _ in range(20):
        QApplication.processEvents()

    assert not work._parts.done
    assert [fields for fields, _ in work.session._watchers] == [{"theme"}], "the window's own"


def test_what_a_bare_map_lacks_is_seen_before_anything_round_it_is_made(
    shell: Window, seen: list[Seen], small_store: Path, qtbot: QtBot
) -> None:
    shown(shell, qtbot, small_store)
    assert shell.work is not None
    canvas, work = shell.work.canvas, shell.work
    assert canvas.bare
    assert not canvas.settled
    qtbot.waitUntil(lambda: work._parts.done and canvas.settled, timeout=60_000)

    assert seen[0].bare[0]
    assert (0, False) in [(made, bare) for (_, made), bare in zip(seen[0].paints, seen[0].bare, strict=True)]
    assert canvas.result is not None
    assert canvas.result.legend == whole(canvas).legend
    assert [target.refs for target in canvas.result.targets] == [target.refs for target in whole(canvas).targets]


def test_a_click_on_a_bare_map_meets_what_is_about_to_be_seen(shell: Window, small_store: Path, qtbot: QtBot) -> None:
    shown(shell, qtbot, small_store)
    assert shell.work is not None
    canvas = shell.work.canvas
    town = next(one for one in whole(canvas).targets if {ref.kind for ref in one.refs} == {"place"})
    left, top, right, bottom = town.box
    at = QPointF((left + right) / 2, (top + bottom) / 2)
    assert canvas.bare
    assert not canvas.picked(at)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at.toPoint())

    assert not canvas.bare
    assert shell.work.session.state.selected == town.refs[0]


def test_a_picture_for_others_is_whole_while_the_map_is_bare(shell: Window, small_store: Path, qtbot: QtBot) -> None:
    shown(shell, qtbot, small_store)
    assert shell.work is not None
    canvas, loaded = shell.work.canvas, shell.work.loaded
    size, state = (canvas.width(), canvas.height()), shell.work.session.state
    made = shell.work.view_picture.made()

    assert canvas.bare
    alone = render_frame(loaded.data, state, loaded.basemap, *size, canvas.devicePixelRatioF())
    away = np.abs(pixels_of(made).astype(int) - pixels_of(alone)).max()
    assert away <= LETTERS


def test_time_that_moves_over_a_bare_map_brings_all_of_it(shell: Window, small_store: Path, qtbot: QtBot) -> None:
    shown(shell, qtbot, small_store)
    assert shell.work is not None
    assert shell.work.canvas.bare
    shell.work._making.stop()
    QTest.keyClick(shell, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: shell.work is not None and not shell.work.canvas._due, timeout=60_000)

    assert shell.work.canvas.settled
