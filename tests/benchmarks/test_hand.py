"""A step counts as done when the map shows it, and not before: otherwise every number would be flattering."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from benchmarks import scenes
from benchmarks.generator import write
from benchmarks.hand import Desk
from benchmarks.plan import Plan
from viewer.session.commands import Batch, SetCursor, ToggleLayer

pytestmark = [pytest.mark.usefixtures("qapp"), pytest.mark.qt_log_ignore("propagateSizeHints")]


@pytest.fixture(params=[True, False], ids=["map alone", "window"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, qapp: QApplication) -> Iterator[Desk]:
    write(Plan(2_000), tmp_path / "store.gpkg")
    found = Desk(tmp_path / "store.gpkg", tmp_path, alone=request.param, size=(900, 700))
    yield found
    found.close()


def test_what_a_step_leaves_is_what_stays(desk: Desk) -> None:
    hand = desk.hand
    hand.step(Batch(scenes.YEAR), time_moves=False)
    before = hand.pixels()
    for command in (SetCursor(scenes.MIDDLE - 900), ToggleLayer("incidents"), ToggleLayer("incidents")):
        frame = hand.step(command, time_moves=isinstance(command, SetCursor))
        shown = hand.pixels()
        assert 0 < frame.moved <= frame.ms
        assert np.count_nonzero(shown != before) > 100
        hand.rest()
        assert np.array_equal(hand.pixels(), shown)
        before = shown


def test_ink_is_what_events_paint(desk: Desk) -> None:
    hand = desk.hand
    hand.step(Batch(scenes.YEAR), time_moves=False)
    assert hand.ink() > 500
    assert hand.ink(layers=()) == 0
    assert hand.step(SetCursor(scenes.MIDDLE)).ms == 0  # nothing changes, so nothing is waited for
