"""Where questions after files begin, and what the names that come of them end in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from viewer.ui.files import Files

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Where each question began; the answers are `answer` in the folder `there`."""
    (tmp_path / "there").mkdir()
    began: list[str] = []

    def ask(parent: QWidget, title: str, where: str, filters: str, **more: Any) -> tuple[str, str]:
        began.append(where)
        return str(tmp_path / "there" / "answer"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return began


def settings(folder: Path) -> QSettings:
    return QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)


def test_the_first_question_begins_at_home_and_the_next_where_a_file_was_found(
    qtbot: QtBot, asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("viewer.ui.files.QStandardPaths.writableLocation", lambda kind: "")
    parent = QWidget()
    qtbot.addWidget(parent)
    files = Files(settings(tmp_path))
    assert files.to_import(parent) == tmp_path / "there" / "answer"
    assert files.picture(parent, "view.png") == tmp_path / "there" / "answer.png"
    assert asked == [str(Path.home()), str(tmp_path / "there" / "view.png")]


def test_the_folder_is_remembered_for_the_next_start_as_long_as_it_is_there(
    qtbot: QtBot, asked: list[str], tmp_path: Path
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    kept = settings(tmp_path)
    Files(kept).store(parent)
    kept.sync()
    assert Files(settings(tmp_path)).folder == tmp_path / "there"
    (tmp_path / "there").rmdir()
    assert Files(settings(tmp_path)).folder.is_dir()


def test_names_end_as_their_kind_does(qtbot: QtBot, asked: list[str], tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    files, folder = Files(settings(tmp_path)), tmp_path / "there"
    assert files.target(parent, "mine.gpkg") == folder / "answer.gpkg"
    assert files.export(parent, "out.csv", "CSV", ".csv") == folder / "answer.csv"
    assert files.hand_over(parent, "mine", ".badia.zip") == folder / "answer.badia.zip"


def answering(*keys: Qt.Key) -> list[str]:
    """Answer each question after a file that is there with a key; what was asked."""
    said: list[str] = []
    waiting = list(keys)

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        if waiting[1:]:
            QTimer.singleShot(0, answer)
        QTest.keyClick(box, waiting.pop(0))

    QTimer.singleShot(0, answer)
    return said


def test_a_name_that_was_completed_is_asked_about_where_it_is_there_already(
    qtbot: QtBot, asked: list[str], tmp_path: Path
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    files, there = Files(settings(tmp_path)), tmp_path / "there" / "answer.csv"
    there.touch()
    said = answering(Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_R)
    assert files.export(parent, "out.csv", "CSV", ".csv") == there
    assert said == [f"answer.csv is in {there.parent} already. Replace it?"] * 3
    assert asked[1:] == [str(there)] * 2


def test_a_store_to_import_into_is_not_replaced_and_so_not_asked_about(
    qtbot: QtBot, asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr("viewer.ui.files.replacing", pytest.fail)
    (tmp_path / "there" / "answer.gpkg").touch()
    assert Files(settings(tmp_path)).target(parent, "mine.gpkg") == tmp_path / "there" / "answer.gpkg"
