"""The import dialog as a hand uses it: choose, look, try, correct a name, import, stop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.session.test_importing import ged
from viewer.geo.basemap import Basemap
from viewer.session.import_names import NEW
from viewer.store.dataset import open_dataset
from viewer.ui.files import Files
from viewer.ui.import_columns import NONE
from viewer.ui.import_dialog import ImportDialog
from viewer.ui.keyboard import KeyRule

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support raise", "grabbing the keyboard")
DAY = dt.date(2026, 1, 1)
WAIT_MS = 20_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what the user keeps."""
    folder = tmp_path / "home"
    folder.mkdir()
    for room in ("importing", "import_look"):
        monkeypatch.setattr(f"viewer.session.{room}.config_dir", lambda: folder)
    return folder


@pytest.fixture
def dialog(qtbot: QtBot, basemap: Basemap, home: Path) -> Iterator[ImportDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    files = Files(QSettings(str(home / "window.ini"), QSettings.Format.IniFormat))
    dialog = ImportDialog(window, files, basemap, None, DAY)
    dialog.show()
    yield dialog
    dialog._leave()


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
    assert dialog.form.into.text() == str(tmp_path / "ged.gpkg")
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
    assert dialog.problems.rowCount() == 1
    with qtbot.waitSignal(dialog.imported) as imported:
        pressed(qtbot, dialog, dialog.start)
    assert imported.args == [tmp_path / "ged.gpkg"]
    assert "ged.rejected.csv" in dialog.words.text()
    assert dialog.show_it.isVisible()
    with qtbot.waitSignal(dialog.wanted):
        qtbot.mouseClick(dialog.show_it, Qt.MouseButton.LeftButton)


def row_of(dialog: ImportDialog, name: str) -> int:
    """Where a name of the file stands on the page of names."""
    table = dialog.names.table
    return next(row for row in range(table.rowCount()) if table.item(row, 1).text() == name)


def taken_for(dialog: ImportDialog, name: str) -> str:
    return dialog.names.table.item(row_of(dialog, name), 2).text()


def tried(qtbot: QtBot, dialog: ImportDialog, file: Path) -> None:
    looked_at(qtbot, dialog, file)
    pressed(qtbot, dialog, dialog.trial)
    dialog.pages.setCurrentWidget(dialog.names)


def test_any_name_can_be_taken_for_a_record_found_by_a_text(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    looked_at(qtbot, dialog, ged(tmp_path / "one.csv", {"side_b": "Jaysh al-Islam"}))
    dialog.form.into.setText(str(tmp_path / "mine.gpkg"))
    pressed(qtbot, dialog, dialog.start)
    tried(qtbot, dialog, ged(tmp_path / "two.csv", {"id": "2", "side_b": "The Victorious Host"}))
    assert taken_for(dialog, "The Victorious Host") == NEW
    dialog.names.table.setFocus()
    dialog.names.table.selectRow(row_of(dialog, "The Victorious Host"))
    qtbot.keyClick(dialog.names.table, Qt.Key.Key_Return)
    assert dialog.names.field.hasFocus()
    qtbot.keyClicks(dialog.names.field, "jaish")
    qtbot.keyClick(dialog.names.field, Qt.Key.Key_Return)
    assert taken_for(dialog, "The Victorious Host").startswith("Jaysh al-Islam")
    pressed(qtbot, dialog, dialog.start)
    with closing(open_dataset(tmp_path / "mine.gpkg")) as data:
        found = data.reader.dossier("ucdp-2")
        assert found is not None
        assert [row.actor for row in found.actors][1] == "jaysh-islam"


def test_a_name_is_taken_for_an_actor_that_is_well_known(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    tried(qtbot, dialog, ged(tmp_path / "one.csv", {"side_b": "The Faceless"}))
    assert "well known" in taken_for(dialog, "Government of Iraq")
    dialog.names.table.selectRow(row_of(dialog, "The Faceless"))
    qtbot.keyClicks(dialog.names.field, "Peshmerga")
    qtbot.keyClick(dialog.names.field, Qt.Key.Key_Return)
    pressed(qtbot, dialog, dialog.start)
    with closing(open_dataset(tmp_path / "one.gpkg")) as data:
        found = data.reader.dossier("ucdp-1")
        assert found is not None
        key = [row.actor for row in found.actors][1]
        assert data.actors[key].name.startswith("Peshmerga")
        assert "The Faceless" in {name.name for name in data.names_of_actor[key]}


def test_a_known_name_can_be_made_a_new_record_and_that_taken_back(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    looked_at(qtbot, dialog, ged(tmp_path / "one.csv", {}))
    pressed(qtbot, dialog, dialog.start)
    tried(qtbot, dialog, ged(tmp_path / "one.csv", {"id": "2"}))
    before = taken_for(dialog, "IS")
    assert not before.startswith(NEW)
    dialog.names.table.selectRow(row_of(dialog, "IS"))
    qtbot.mouseClick(dialog.names.new, Qt.MouseButton.LeftButton)
    assert taken_for(dialog, "IS").startswith(NEW)
    assert dialog.names.decided("actor") == {"IS": ""}
    qtbot.mouseClick(dialog.names.found, Qt.MouseButton.LeftButton)
    assert taken_for(dialog, "IS") == before


def test_what_would_be_deleted_is_shown_before_it_is(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    looked_at(qtbot, dialog, ged(tmp_path / "one.csv", {}, {"id": "2", "date_start": "2014-02-01",
                                                           "date_end": "2014-02-01"}))  # fmt: skip
    pressed(qtbot, dialog, dialog.start)
    looked_at(qtbot, dialog, ged(tmp_path / "one.csv", {"best": "7", "deaths_civilians": "4"}))
    qtbot.mouseClick(dialog.form.delete, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.form.delete.height() // 2))
    assert dialog.form.delete.isChecked()
    pressed(qtbot, dialog, dialog.start)
    assert "nothing was written" in dialog.words.text()
    assert dialog.pages.currentWidget() is dialog.changes
    told = [[dialog.changes.item(row, column).text() for column in range(5)] for row in range(2)]
    assert [row[0] for row in told] == ["deleted", "updated"]
    assert told[0][2] == "1 Feb 2014"
    assert "6" in told[1][4] and "7" in told[1][4]
    pressed(qtbot, dialog, dialog.start)
    with closing(open_dataset(tmp_path / "one.gpkg")) as data:
        assert set(data.events.row_of) == {"ucdp-1"}


TOWNS = "Datum;Ort;Breite;L\u00e4nge;Wer;Tote\n"


def towns(path: Path, *rows: str) -> Path:
    path.write_text(TOWNS + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def chosen_column(qtbot: QtBot, dialog: ImportDialog, field: str, column: str) -> None:
    """Take a column for a field with the keys."""
    dialog.pages.setCurrentWidget(dialog.columns)
    box = dialog.columns._boxes[field]
    qtbot.keyClicks(box, column)
    qtbot.waitUntil(lambda: not dialog._looking.busy, timeout=WAIT_MS)
    assert box.currentText() == column


def test_a_choice_of_columns_is_kept_for_the_next_edition(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    looked_at(qtbot, dialog, towns(tmp_path / "towns.csv", "03.02.2017;Hajin;34,69;40,83;Black Flags;3"))
    chosen_column(qtbot, dialog, "actor", "Wer")
    assert "Black Flags" in dialog.rows.item(dialog.rows.rowCount() - 1, 5).text()
    pressed(qtbot, dialog, dialog.start)
    looked_at(qtbot, dialog, towns(tmp_path / "later.csv", "04.02.2017;Hajin;34,69;40,83;Black Flags;3"))
    assert dialog.columns.kept.currentText() == "As kept: as in towns.csv"
    assert dialog.columns.options["actor"] == "Wer"
    dialog.columns.kept.setCurrentIndex(0)
    dialog.columns.kept.activated.emit(0)
    qtbot.waitUntil(lambda: not dialog._looking.busy, timeout=WAIT_MS)
    assert dialog.columns.options["actor"] == ""


def test_another_format_has_columns_of_its_own(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    file = tmp_path / "held.csv"
    file.write_text("place,lat,lon,controlled by,since\nHajin,34.69,40.83,SDF,2018-12-14\n", encoding="utf-8")
    looked_at(qtbot, dialog, file)
    where = dialog.rows.item(0, 4).text()
    assert where.startswith("Hajin")
    chosen_column(qtbot, dialog, "place", NONE)
    assert not dialog.rows.item(0, 4).text().startswith("Hajin")
    for name in ("table", ""):
        dialog.form.format.setCurrentIndex(dialog.form.format.findData(name))
        dialog.form.format.activated.emit(dialog.form.format.currentIndex())
        qtbot.waitUntil(lambda: not dialog._looking.busy, timeout=WAIT_MS)
        assert "Hajin" in "".join(dialog.rows.item(row, 4).text() for row in range(dialog.rows.rowCount()))


def test_fields_without_a_column_are_folded_and_found_by_a_text(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    looked_at(qtbot, dialog, towns(tmp_path / "towns.csv", "03.02.2017;Hajin;34,69;40,83;Black Flags;3"))
    dialog.pages.setCurrentWidget(dialog.columns)
    shown = {field for field, box in dialog.columns._boxes.items() if box.isVisible()}
    assert shown == {"date", "place", "lat", "lon", "killed"}
    qtbot.keyClicks(dialog.columns.search, "who did")
    assert {field for field, box in dialog.columns._boxes.items() if box.isVisible()} == {"perpetrator"}
    dialog.columns.search.clear()
    qtbot.mouseClick(dialog.columns._more, Qt.MouseButton.LeftButton)
    assert dialog.columns._boxes["summary"].isVisibleTo(dialog.columns)


def test_rows_that_another_feed_has_are_told_and_can_update_it(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    rows = ("03.02.2017;Hajin;34,69;40,83;A;3", "13.02.2017;Hajin;34,69;40,83;A;4")
    looked_at(qtbot, dialog, towns(tmp_path / "towns.csv", *rows))
    assert not dialog.form.take_likely.isVisible()
    pressed(qtbot, dialog, dialog.start)
    looked_at(qtbot, dialog, towns(tmp_path / "towns_new.csv", *rows, "15.02.2017;Hajin;34,69;40,83;A;4"))
    assert dialog.form.feed.currentText() == "towns-new"
    assert not dialog.form.delete.isEnabled()
    assert "\u201ctowns\u201d" in dialog.form.hint.text() and dialog.form.hint.isVisible()
    qtbot.mouseClick(dialog.form.take_likely, Qt.MouseButton.LeftButton)
    assert not dialog.form.hint.isVisible() and dialog.form.delete.isEnabled()
    pressed(qtbot, dialog, dialog.trial)
    assert "3 rows read: 1 added" in dialog.words.text()


def test_enter_tries_and_then_imports(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    file = ged(tmp_path / "ged.csv", {})
    dialog.form.file.setFocus()
    qtbot.keyClicks(dialog.form.file, str(file))
    qtbot.keyClick(dialog.form.file, Qt.Key.Key_Return)
    assert not dialog._doing.busy  # it was taken for the name of the file
    qtbot.waitUntil(lambda: not dialog._looking.busy, timeout=WAIT_MS)
    for said in ("A trial", "1 row read"):
        qtbot.keyClick(dialog.form.file, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not dialog._doing.busy, timeout=WAIT_MS)
        assert dialog.words.text().startswith(said)


def test_escape_asks_before_a_trial_is_lost(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    tried(qtbot, dialog, ged(tmp_path / "ged.csv", {}))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    (question,) = dialog.findChildren(QMessageBox)
    assert dialog.isVisible()
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog.findChildren(QMessageBox), timeout=WAIT_MS)
    dialog.close()
    (question,) = dialog.findChildren(QMessageBox)
    (close,) = (one for one in question.buttons() if one.text() == "Close")
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_escape_closes_at_once_when_nothing_is_at_stake(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    looked_at(qtbot, dialog, ged(tmp_path / "ged.csv", {}))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_what_is_to_know_says_where_it_is_changed(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    swapped = {"latitude": "43.786124", "longitude": "33.355813"}
    tried(qtbot, dialog, ged(tmp_path / "ged.csv", swapped))
    told = [dialog.problems.item(row, 2).text() for row in range(dialog.problems.rowCount())]
    assert any("exchanged" in text and "Columns" in text for text in told)


def test_the_window_lives_on_while_a_file_is_imported(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    many = ged(tmp_path / "many.csv", *({"id": str(number)} for number in range(20_000)))
    looked_at(qtbot, dialog, many)
    turns: list[bool] = []
    beat = QTimer(dialog)
    beat.timeout.connect(lambda: turns.append(dialog._doing.busy))
    beat.start(10)
    pressed(qtbot, dialog, dialog.start)
    assert sum(turns) > 10  # the window's thread went round while the other one wrote


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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "many.csv"]


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
        for widget in (dialog.rows, dialog.form.format):
            widget.setFocus()
            qtbot.waitUntil(widget.hasFocus)
            qtbot.keyClick(widget, Qt.Key.Key_Space)
            if (popup := QApplication.activePopupWidget()) is not None:
                qtbot.keyClick(popup, Qt.Key.Key_C)
                popup.close()
        assert fired == []
    finally:
        application.removeEventFilter(rule)
