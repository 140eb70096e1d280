"""Garbage goes in the window's thread, and only there."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from threading import Thread

import pytest

from viewer.ui.collector import Collector


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    made = Collector()
    yield made
    made.release()
    assert gc.isenabled()


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
