"""Garbage goes in the window's thread, and only there."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Iterator
from threading import Thread

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from viewer.ui import collector as collector_module
from viewer.ui.collector import OLDEST, Collector
from viewer.ui.turns import TURNS


@pytest.fixture
def collector(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    gc.unfreeze()
    monkeypatch.setattr(TURNS, "_ended", -math.inf)
    made = Collector()
    yield made
    made.release()
    assert gc.isenabled()


@pytest.fixture
def opened(collector: Collector, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Collector:
    """After the first store was opened, and has settled."""
    monkeypatch.setattr(collector_module, "SETTLE_MS", 1)
    collector.settle()
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)
    return collector


class Knot:
    """Something that only the collector frees."""

    def __init__(self) -> None:
        self.self = self


def test_no_other_thread_collects(collector: Collector) -> None:
    knot = weakref.ref(Knot())
    busy = Thread(target=lambda: [Knot() for _ in range(50_000)])
    busy.start()
    busy.join()

    assert knot() is not None
    collector.check()
    assert knot() is None


def test_nothing_is_collected_before_it_is_due(collector: Collector) -> None:
    gc.collect()
    knot = weakref.ref(Knot())
    collector.check()

    assert knot() is not None


def test_what_is_old_is_looked_through_once_nothing_moves_any_more(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector_module, "BRINGING_SECONDS", 0.0)
    gc.collect()
    knot = weakref.ref(Knot())
    for _ in range(gc.get_threshold()[OLDEST] + 1):
        gc.collect(OLDEST - 1)
    old = Knot()
    gc.collect(OLDEST - 1)
    assert knot() is None
    knot = weakref.ref(old)
    del old
    with TURNS.short():
        collector.check()
    collector.check()
    assert knot() is not None, "a hand may rest for a moment only"
    monkeypatch.setattr(collector_module, "STILL_SECONDS", 0.0)
    collector.check()
    assert knot() is None


def test_a_picture_comes_to_the_screen_before_anything_is_collected(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(collector_module, "BRINGING_SECONDS", math.inf)
    monkeypatch.setattr(TURNS, "_ended", 0.0)
    knots = [Knot() for _ in range(collector_module.MANY)]
    last = weakref.ref(knots.pop())
    del knots
    collector.check()
    assert last() is not None

    qtbot.waitUntil(lambda: last() is None)
    collector.check()
    collector.release()
    assert not collector._bringing.isActive()


def test_while_much_is_made_the_oldest_is_not_looked_through_and_the_youngest_often(collector: Collector) -> None:
    gc.collect()
    knots = [Knot() for _ in range(2)]
    gc.collect(OLDEST - 1)
    known = weakref.ref(knots.pop())
    for _ in range(gc.get_threshold()[OLDEST] + 1):
        gc.collect(OLDEST - 1)
    young = [Knot() for _ in range(collector_module.MANY + 1)]
    last = weakref.ref(young.pop())
    collector.check()
    assert known() is not None
    assert last() is None
    assert collector._timer.interval() == collector_module.BUSY_MS
    collector.check()
    assert known() is None
    assert collector._timer.interval() == collector_module.CHECK_MS


def test_what_an_opened_store_brought_is_not_looked_through_again(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(collector_module, "SETTLE_MS", 1)
    before = weakref.ref(Knot())
    collector.settle()
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)
    frozen = gc.get_freeze_count()
    collector.settle()
    qtbot.waitUntil(lambda: gc.get_freeze_count() != frozen)
    collector.release()

    assert before() is None
    assert gc.get_freeze_count() == 0


def test_before_the_first_store_there_is_nothing_to_look_through(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(collector_module, "SETTLE_MS", 1)
    looks: list[int] = []
    monkeypatch.setattr(collector_module.gc, "collect", lambda oldest=OLDEST: looks.append(oldest))
    collector.settle()
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)
    assert not looks
    frozen = gc.get_freeze_count()
    collector.settle()
    qtbot.waitUntil(lambda: gc.get_freeze_count() != frozen)
    assert looks == [OLDEST]


def test_what_an_earlier_store_left_goes_once_nothing_moves_any_more(
    opened: Collector, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    before = weakref.ref(Knot())
    frozen = gc.get_freeze_count()
    with TURNS.short():
        tries = QSignalSpy(opened._settling.timeout)
        opened.settle()
        qtbot.waitUntil(lambda: tries.count() > 1)
        assert before() is not None
        assert gc.get_freeze_count() == frozen
    monkeypatch.setattr(TURNS, "_ended", -math.inf)
    qtbot.waitUntil(lambda: before() is None)


def test_a_hand_that_never_rests_keeps_no_more_than_two_earlier_stores(opened: Collector) -> None:
    before = weakref.ref(Knot())
    with TURNS.short():
        opened.settle()
        opened.settle()
        assert before() is not None
        opened.settle()
        assert before() is None


@pytest.mark.parametrize(("long", "stays"), [(0.0, True), (60.0, False)])
def test_what_took_long_to_look_through_is_not_looked_through_again(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, long: float, stays: bool
) -> None:
    monkeypatch.setattr(collector_module, "LONG_SECONDS", long)
    for _ in range(gc.get_threshold()[OLDEST] + 1):
        gc.collect(OLDEST - 1)
    collector.check()
    assert (gc.get_freeze_count() > 0) is stays
