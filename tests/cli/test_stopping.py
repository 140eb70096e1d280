"""Ctrl-C in the middle of an import: the store is as it was, and one that is done is not said to have stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ask
from viewer.cli import importing
from viewer.session.importing import run_import

ROWS = "date,place,lat,lon,type\n2017-02-03,Hajin,34.69,40.83,strike\n"


@pytest.fixture(autouse=True)
def handled() -> Iterator[None]:
    """The program ends deaf to a second Ctrl-C; these tests go on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_before_the_store_is_replaced_leaves_it(
    ask: Ask, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "mine.gpkg"
    assert ask("import", file, "--into", store).code == 0
    before = store.read_bytes()
    file.write_text(ROWS + "2017-02-04,Hajin,34.69,40.83,strike\n", encoding="utf-8")

    def pressed(*args: Any) -> Any:
        press()
        return run_import(*args)

    monkeypatch.setattr(importing, "run_import", pressed)
    answer = ask("import", file, "--into", store)
    assert (answer.code, answer.out, answer.err) == (130, "", "badia: stopped\n")
    assert store.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.gpkg", "rows.csv"]


def test_ctrl_c_when_the_store_is_replaced_comes_too_late(
    ask: Ask, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*args: Any) -> Any:
        summary = run_import(*args)
        press()
        return summary

    monkeypatch.setattr(importing, "run_import", pressed)
    answer = ask("import", file, "--into", tmp_path / "mine.gpkg", "--json")
    assert answer.json["added"] == 1
    assert (tmp_path / "mine.gpkg").exists()


def test_whoever_presses_twice_is_heard_at_once(
    ask: Ask, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*args: Any) -> Any:
        press()
        press()
        return run_import(*args)

    monkeypatch.setattr(importing, "run_import", pressed)
    assert ask("import", file, "--into", tmp_path / "mine.gpkg").code == 130
    assert not (tmp_path / "mine.gpkg").exists()
