"""A text is looked for beside the window: the newest wins, and nobody is told of what nobody waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from viewer.store import search
from viewer.store.dataset import DataSet
from viewer.store.search import Finder
from viewer.ui.look_ahead import LookAhead


@pytest.fixture(autouse=True)
def _many_unknown_events(small: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW_EVENTS", 0)
    small.finder._found.clear()


def test_a_text_is_found_in_another_thread(small: DataSet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    real = Finder.look_ahead

    def noted(self: Finder, text: str, tick: Callable[[], None]) -> None:
        threads.append(threading.current_thread())
        real(self, text, tick)

    monkeypatch.setattr(Finder, "look_ahead", noted)
    ahead = LookAhead(small)
    with qtbot.waitSignal(ahead.known, timeout=5000) as said:
        ahead.ask("highway")
        assert ahead.looks
    assert said.args == ["highway"]
    assert not ahead.looks
    assert threads[0] is not threading.main_thread()
    with qtbot.waitSignal(ahead.known, timeout=0):
        ahead.ask("highway")  # at once, as it is known
    assert len(threads) == 1


def test_the_newest_text_wins(small: DataSet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, told = threading.Event(), list[str]()
    real = Finder.look_ahead

    def slow(self: Finder, text: str, tick: Callable[[], None]) -> None:
        while text == "river":  # until somebody wants another one
            begun.set()
            tick()
        real(self, text, tick)

    monkeypatch.setattr(Finder, "look_ahead", slow)
    ahead = LookAhead(small)
    ahead.known.connect(told.append)
    ahead.ask("river")
    assert begun.wait(5)
    ahead.ask("bridge")
    ahead.ask("highway")
    qtbot.waitUntil(lambda: told == ["highway"], timeout=5000)
    assert not small.finder.knows("river")
    assert not small.finder.knows("bridge")


def test_a_text_nobody_waits_for_is_not_told(small: DataSet, qtbot: QtBot) -> None:
    told: list[str] = []
    ahead = LookAhead(small)
    ahead.known.connect(told.append)
    ahead.ask("highway")
    ahead.release()
    qtbot.wait(50)
    assert told == []


def test_what_goes_wrong_is_raised_where_the_window_hears_it(
    small: DataSet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Finder, text: str, tick: Callable[[], None]) -> None:
        raise OSError("gone")

    monkeypatch.setattr(Finder, "look_ahead", broken)
    ahead = LookAhead(small)
    with qtbot.captureExceptions() as caught:
        ahead.ask("highway")
        qtbot.waitUntil(lambda: bool(caught), timeout=5000)
    assert str(caught[0][1]) == "gone"
    assert not ahead.looks


def test_what_goes_wrong_with_an_older_text_does_not_drop_the_newest(
    small: DataSet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, asked, told = threading.Event(), threading.Event(), list[str]()
    real = Finder.look_ahead

    def broken(self: Finder, text: str, tick: Callable[[], None]) -> None:
        if text == "river":
            begun.set()
            assert asked.wait(5)
            raise OSError("gone")
        real(self, text, tick)

    monkeypatch.setattr(Finder, "look_ahead", broken)
    ahead = LookAhead(small)
    ahead.known.connect(told.append)
    with qtbot.captureExceptions() as caught:
        ahead.ask("river")
        assert begun.wait(5)
        ahead.ask("highway")
        asked.set()
        qtbot.waitUntil(lambda: bool(told or caught), timeout=5000)
    assert (told, caught) == (["highway"], [])
