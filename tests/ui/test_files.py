"""Where questions after files begin, and what the names that come of them end in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from viewer.ui.files import Files


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
