"""What fresh processes are asked, and what is made of their answers."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from benchmarks import fresh
from benchmarks.contestants.pipe import ContestantFailed
from benchmarks.goals import Outcome
from benchmarks.report import Row
from benchmarks.setting import Setting

ANSWERS = {"fetchall": {"seconds": 6.0}, "fetchall_few": {"seconds": 3.0},
           "open": {"seconds": 3.0, "columns": 1.5, "indexed": 4.0, "checked": 12.0}}  # fmt: skip


def outcomes(monkeypatch: pytest.MonkeyPatch, **answers: dict[str, Any]) -> dict[str, Outcome]:
    """What opening comes to when the children answer so."""
    told = {**ANSWERS, **answers}
    monkeypatch.setattr(fresh, "store", lambda plan: Path("large.gpkg"))
    monkeypatch.setattr(fresh, "child", lambda what, path, cache=None: next(opened) if what == "open" else told[what])
    monkeypatch.setattr(fresh.time, "sleep", lambda _: None)
    opened = cycle([told["open"], {"seconds": 0.05}, {"seconds": 0.01}, {"seconds": 0.01}])
    rows: list[Row] = []
    return {outcome.goal: outcome for outcome in fresh.opening(Setting(Path("memory")), rows)}


def test_what_can_be_shown_is_judged_and_the_rest_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    first = outcomes(monkeypatch)["open_first"]
    assert first.value == 2.0
    assert first.ours is not None and first.ours.median == 3000.0
    assert "columns are read 4.00 x" in first.note and "texts can be looked for, too, 1.50 x" in first.note
    assert "until every check has ended, of which fetchall makes none, 0.50 x" in first.note


def test_the_second_opening_which_sums_up_is_told_beside_the_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    again = outcomes(monkeypatch)["open_again"]
    assert again.value == pytest.approx(600)
    assert "120 x" in again.note


def test_an_opening_that_never_came_beyond_the_events_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ContestantFailed, match="Reading who and where"):
        outcomes(monkeypatch, open={"seconds": 3.0, "columns": None, "indexed": 3.5, "checked": 4.0})


def test_the_program_tells_when_the_events_are_read(small_store: Path) -> None:
    told = fresh.CHILDREN["open"](small_store)
    assert 0 < told["columns"] < told["seconds"] <= told["indexed"] <= told["checked"]
