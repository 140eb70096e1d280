"""Handing over from the window, and what comes of a hand-over that is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QMainWindow
from pytestqt.qtbot import QtBot

from viewer.session.state import State
from viewer.store.dataset import DataSet
from viewer.ui import handing_over
from viewer.ui.files import Files
from viewer.ui.handing_over import HandingOver

WAIT_MS = 20_000


@pytest.fixture
def handing(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HandingOver]:
    window = QMainWindow()
    qtbot.addWidget(window)
    monkeypatch.setattr("viewer.session.keeping.user_dir", lambda: tmp_path)
    monkeypatch.setattr("viewer.session.handing_over.state_dir", lambda: tmp_path)
    handing = HandingOver(window, Files(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)))
    yield handing
    handing.release()


def test_what_is_packed_can_be_unpacked(
    qtbot: QtBot, handing: HandingOver, small: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "mine"), ""))
    with qtbot.waitSignal(handing.packed, timeout=WAIT_MS) as packed:
        handing.ask_target(small, State(theme="dark"))
    assert packed.args == [tmp_path / "mine.badia.zip"]
    assert handing.errand.progress is None
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(tmp_path))
    with qtbot.waitSignal(handing.unpacked, timeout=WAIT_MS) as unpacked:
        handing.ask_folder(tmp_path / "mine.badia.zip")
    store, notices = unpacked.args or (None, None)
    assert store == tmp_path / "mine" / "store.gpkg"
    assert store.read_bytes() == small.path.read_bytes()
    assert notices == ()


def test_a_file_that_is_none_is_told_in_a_sentence(
    qtbot: QtBot, handing: HandingOver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(handing_over, "sentence", lambda parent, title, text, **_: told.append(text))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(tmp_path))
    (tmp_path / "photos.zip").write_bytes(b"PK\x03\x04nothing")
    handing.ask_folder(tmp_path / "photos.zip")
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    assert "photos.zip: is no hand-over" in told[0]
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".ini"] == ["photos.zip"]


def test_a_store_is_never_written_over(
    qtbot: QtBot, handing: HandingOver, small: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(handing_over, "sentence", lambda parent, title, text, **_: told.append(text))
    evidence = tmp_path / "evidence.zip"
    evidence.write_bytes(b"SQLite format 3\0")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(evidence), ""))
    handing.ask_target(small, State())
    assert len(told) == 1
    assert evidence.read_bytes() == b"SQLite format 3\0"
