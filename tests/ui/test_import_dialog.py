"""The import dialog as a hand uses it: choose, look, try, correct a name, import, stop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from tests.session.test_importing import ged
from viewer.geo.basemap import Basemap, read_basemap
from viewer.paths import resources_dir
from viewer.store.dataset import open_dataset
from viewer.ui.import_dialog import ImportDialog
from viewer.ui.keyboard import KeyRule

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support raise", "grabbing the keyboard")
DAY = dt.date(2026, 1, 1)
WAIT_MS = 20_000


@pytest.fixture(scope="module")
def basemap() -> Basemap:
    return read_basemap(resources_dir() / "basemap.bin")


@pytest.fixture
def dialog(qtbot: QtBot, basemap: Basemap) -> Iterator[ImportDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = ImportDialog(window, basemap, None, DAY)
    dialog.show()
    yield dialog
    dialog.close()


def looked_at(qtbot: QtBot, dialog: ImportDialog, file: Path) -> None:
    dialog.take(file)
    qtbot.waitUntil(lambda: not dialog._looking.busy, timeout=WAIT_MS)


def pressed(qtbot: QtBot, dialog: ImportDialog, button: QWidget) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog._doing.busy, timeout=WAIT_MS)


def test_nothing_can_be_done_before_a_file_is_chosen(dialog: ImportDialog) -> None:
    assert not dialog.start.isEnabled()
    assert not dialog.trial.isEnabled()
    assert dialog.stop.text() == "Close"


def test_a_file_is_shown_as_it_would_be_read(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    looked_at(qtbot, dialog, ged(tmp_path / "ged.csv", {}, {"id": "bad"}))
    assert dialog.rows.rowCount() == 2
    assert "Fallūjah" in dialog.rows.item(0, 4).text()
    assert dialog.rows.item(1, 2).text().startswith("rejected: id")
    assert dialog.into.text() == str(tmp_path / "ged.gpkg")
    assert dialog.start.isEnabled()


def test_a_file_nobody_knows_is_told_in_a_sentence(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    (tmp_path / "some.bin").write_bytes(b"\x00\x01" * 100)
    looked_at(qtbot, dialog, tmp_path / "some.bin")
    assert "some.bin" in dialog.words.text()
    assert not dialog.start.isEnabled()


def test_a_trial_writes_nothing_and_the_import_then_does(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    looked_at(qtbot, dialog, ged(tmp_path / "ged.csv", {}, {"id": "bad"}))
    pressed(qtbot, dialog, dialog.trial)
    assert dialog.words.text().startswith("A trial; nothing was written. 2 rows read: 1 added")
    assert not (tmp_path / "ged.gpkg").exists()
    assert dialog.turned_down.rowCount() == 1
    with qtbot.waitSignal(dialog.imported) as imported:
        pressed(qtbot, dialog, dialog.start)
    assert imported.args == [tmp_path / "ged.gpkg"]
    assert "ged.rejected.csv" in dialog.words.text()
    assert dialog.show_it.isVisible()
    with qtbot.waitSignal(dialog.wanted):
        qtbot.mouseClick(dialog.show_it, Qt.MouseButton.LeftButton)


def test_a_name_can_be_taken_for_a_record_it_looks_like(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    looked_at(qtbot, dialog, ged(tmp_path / "one.csv", {"side_b": "Jaysh al-Islam"}))
    dialog.into.setText(str(tmp_path / "mine.gpkg"))
    pressed(qtbot, dialog, dialog.start)
    looked_at(qtbot, dialog, ged(tmp_path / "two.csv", {"id": "2", "side_b": "Jaish al-Islaam"}))
    pressed(qtbot, dialog, dialog.trial)
    boxes = [box for box in dialog.names.findChildren(QComboBox) if "Jaish" in box.accessibleName()]
    assert [box.itemData(1) for box in boxes] == ["jaysh-islam"]
    boxes[0].setCurrentIndex(1)
    boxes[0].activated.emit(1)
    pressed(qtbot, dialog, dialog.start)
    with closing(open_dataset(tmp_path / "mine.gpkg")) as data:
        found = data.reader.dossier("ucdp-2")
        assert found is not None
        assert [row.actor for row in found.actors][1] == "jaysh-islam"


def test_stopping_leaves_the_store_as_it_was(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    many = ged(tmp_path / "many.csv", *({"id": str(number)} for number in range(20_000)))
    looked_at(qtbot, dialog, many)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert dialog.stop.text() == "Stop"
    with qtbot.waitSignal(dialog._doing.progressed, timeout=WAIT_MS):
        pass
    qtbot.mouseClick(dialog.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog._doing._thread is None, timeout=WAIT_MS)
    assert dialog.words.text() == "Stopped; the store is as it was."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many.csv"]


def test_keys_in_a_table_or_list_of_the_dialog_stay_there(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    rule, fired = KeyRule(dialog), []
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(rule)
    action = QAction("play", dialog.parentWidget())
    action.setShortcuts([QKeySequence("Space"), QKeySequence("C")])
    action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
    action.triggered.connect(lambda: fired.append("fired"))
    dialog.parentWidget().addAction(action)
    try:
        looked_at(qtbot, dialog, ged(tmp_path / "ged.csv", {}))
        dialog.activateWindow()
        dialog.rows.setCurrentCell(0, 0)
        for widget in (dialog.rows, dialog.format):
            widget.setFocus()
            qtbot.waitUntil(widget.hasFocus)
            qtbot.keyClick(widget, Qt.Key.Key_Space)
            if (popup := QApplication.activePopupWidget()) is not None:
                qtbot.keyClick(popup, Qt.Key.Key_C)
                popup.close()
        assert fired == []
    finally:
        application.removeEventFilter(rule)
