"""Lines of the table over many records: they are there at once, their texts as soon as a thread has read them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.domain.dossier import Dossier
from viewer.session.state import NO_MARKS
from viewer.session.table import BY_ID, Lines
from viewer.store.dataset import DataSet
from viewer.store.reader import Reader
from viewer.ui import incident_model as module
from viewer.ui.incident_model import NOT_READ, STILL_READ, IncidentModel

SHOWN = ("type", "title", "sources")
REAL = Reader.dossiers


class Reads:
    """Stands between the model and the file: what was read, by whom, and when it may go on."""

    def __init__(self) -> None:
        self.allowed = threading.Event()
        self.allowed.set()
        self.asked: list[tuple[list[str], Collection[str]]] = []
        self.threads: set[threading.Thread] = set()
        self.gone = self.broken = False

    def __call__(self, reader: Reader, keys: Sequence[str], tables: Collection[str]) -> list[Dossier]:
        self.asked.append((list(keys), tables))
        self.threads.add(threading.current_thread())
        assert self.allowed.wait(20)
        if self.broken:
            raise OSError("the disk is gone")
        return [] if self.gone else REAL(reader, keys, tables)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    found = Reads()

    def dossiers(reader: Reader, keys: Sequence[str], tables: Collection[str]) -> list[Dossier]:
        return found(reader, keys, tables)

    monkeypatch.setattr(Reader, "dossiers", dossiers)
    monkeypatch.setattr(module, "FEW", 0)
    return found


@pytest.fixture
def model(small: DataSet, reads: Reads) -> Iterator[IncidentModel]:
    made = IncidentModel(small, tuple(BY_ID[name] for name in SHOWN))
    made.show(Lines(np.arange(len(small.events))), NO_MARKS)
    yield made
    reads.allowed.set()
    made.release()


def texts(model: IncidentModel, name: str) -> list[str]:
    return [model.text(line, SHOWN.index(name)) for line in range(model.rowCount())]


def told(small: DataSet, name: str) -> list[str]:
    found = REAL(small.reader, list(small.events.keys))
    return [BY_ID[name].text(small, NO_MARKS, row, one) for row, one in enumerate(found)]


def test_while_they_are_read_lines_say_what_is_known(
    small: DataSet, reads: Reads, model: IncidentModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    reads.allowed.clear()
    assert set(texts(model, "title")) == {STILL_READ}
    assert texts(model, "type") == told(small, "type")
    assert len(reads.asked) == 1, "one question for all lines in sight"
    with qtbot.waitSignal(model.dataChanged, timeout=5000):
        reads.allowed.set()
    assert texts(model, "title") == told(small, "title")
    assert texts(model, "sources") == told(small, "sources")
    assert threading.main_thread() not in reads.threads


def test_what_is_read_in_a_moment_is_there_at_once(
    small: DataSet, reads: Reads, model: IncidentModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 20.0)
    changed: list[object] = []
    model.dataChanged.connect(changed.append)
    assert texts(model, "title") == told(small, "title")
    assert not changed
    assert threading.main_thread() not in reads.threads


def test_the_tables_of_the_columns_are_read_and_no_others(
    small: DataSet, reads: Reads, model: IncidentModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 20.0)
    texts(model, "title")
    assert [tables for _, tables in reads.asked] == [("event_source",)]
    model.show_columns((BY_ID["type"],))
    assert model.text(0, 0) == told(small, "type")[0]
    assert len(reads.asked) == 1


def test_a_record_that_is_gone_is_not_asked_for_again(
    reads: Reads, model: IncidentModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 20.0)
    reads.gone = True
    assert set(texts(model, "title")) == {""}
    assert set(texts(model, "title")) == {""}
    assert len(reads.asked) == 1


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize("patience", [0.0, 20.0])
def test_what_could_not_be_read_is_said_once_and_so_long_as_the_columns_stay(
    few: int, patience: float, small: DataSet, reads: Reads, model: IncidentModel, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "FEW", few)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", patience)
    reads.broken = True
    with qtbot.capture_exceptions() as raised:
        if few:
            with pytest.raises(OSError, match="the disk is gone"):
                model.text(0, SHOWN.index("title"))
        else:
            with qtbot.waitSignal(model.dataChanged, timeout=5000):
                assert set(texts(model, "title")) == {STILL_READ}
        qtbot.wait_until(lambda: few > 0 or len(raised) > 0)
        for _ in range(3):
            assert set(texts(model, "title")) == {NOT_READ}
            QApplication.processEvents()
    assert texts(model, "type") == told(small, "type")
    assert (len(reads.asked), len(raised)) == (1, 0 if few else 1)

    reads.broken = False
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 20.0)
    model.show_columns(tuple(BY_ID[name] for name in SHOWN))
    assert texts(model, "title") == told(small, "title")


def test_few_records_are_read_where_they_are_asked_for(
    small: DataSet, reads: Reads, model: IncidentModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FEW", 1_000)
    assert texts(model, "title") == told(small, "title")
    assert reads.threads == {threading.main_thread()}
