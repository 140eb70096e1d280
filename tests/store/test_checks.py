"""A store that is shown before every page of it is checked: what is told later, what is kept, and how it ends."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.store.opening import damage_unread_page, opened
from tests.store.test_column_cache import assert_same
from viewer.store import checks, recall
from viewer.store.column_cache import column_folder
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile

pytestmark = pytest.mark.usefixtures("own_folder", "large")
SECONDS = 60
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def large(small: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on every store is a large one that is worth keeping."""
    assert len(small.events)
    monkeypatch.setattr(checks, "LARGE", 0)
    monkeypatch.setattr(recall, "WORTH_KEEPING", 0)


@pytest.fixture
def damaged(store: Path) -> Path:
    """A store with a damaged page that nobody reads to show it."""
    damage_unread_page(store)
    return store


@contextmanager
def shown(store: Path) -> Iterator[DataSet]:
    """The data set as the window gets it."""
    with closing(open_dataset(store, ahead=True)) as data:
        yield data


def checked(data: DataSet) -> None:
    """Let the checks go on in their thread until they tell that they are over."""
    told = threading.Event()
    data.checks.begin(told.set)
    assert told.wait(SECONDS) and data.checks.done


def kept() -> list[str]:
    return [path.suffix for path in column_folder().iterdir()]


def no_thread_left() -> bool:
    return not [thread for thread in threading.enumerate() if thread.name in ("badia-aside", "badia-checks")]


def refusal(store: Path) -> str:
    """The sentence by which a store is refused whose checks are waited for."""
    with pytest.raises(StoreError) as caught:
        open_dataset(store)
    return str(caught.value)


def test_a_sound_store_is_the_same_before_and_after_and_kept_then(store: Path, small: DataSet) -> None:
    with shown(store) as data:
        assert not data.checks.done and kept() != [".columns"]
        assert_same(data, small)
        checked(data)
        assert (data.checks.refusal, kept()) == ("", [".columns"])
        assert_same(data, small)
    with shown(store) as again:
        assert again.checks.done
        assert_same(again, small)
    assert no_thread_left()


def test_a_damaged_page_is_told_when_it_is_known_and_nothing_kept(damaged: Path, small: DataSet) -> None:
    with shown(damaged) as data:
        assert data.events.keys == small.events.keys
        assert not any("damaged" in str(problem) for problem in data.problems)
        checked(data)
        assert "is damaged (" in data.checks.refusal
        told = data.checks.refusal.removeprefix(f"{damaged}: ")
        assert f"{damaged.name}: {told}" in map(str, data.problems)
        assert kept() == []
        assert data.dossier("week") == small.dossier("week")
        assert data.checks.refusal == refusal(damaged)
    assert kept() == [] and no_thread_left()


def test_who_waits_for_the_checks_never_gets_a_damaged_store(damaged: Path) -> None:
    assert "is damaged (" in refusal(damaged)
    with shown(damaged) as data, pytest.raises(StoreError, match="is damaged"):
        data.checks.wait(lambda: None)
    assert kept() == []


def test_closing_ends_the_checks_and_keeps_nothing(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, told = threading.Event(), []

    def endless(file: StoreFile) -> bool:
        begun.set()
        return bool(file.within().execute(ENDLESS).fetchall())

    monkeypatch.setattr(checks, "check_pages", endless)
    with shown(store) as data:
        data.checks.begin(lambda: told.append("over"))
        assert begun.wait(SECONDS)
    assert (told, data.checks.done, data.checks.problems, kept()) == ([], False, (), [])
    assert no_thread_left()


def test_closing_does_not_wait_for_a_disk_that_is_gone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, told = threading.Event(), threading.Event(), []

    def deaf(_: StoreFile) -> bool:
        begun.set()
        return go_on.wait(SECONDS)

    monkeypatch.setattr(checks, "check_pages", deaf)
    monkeypatch.setattr(checks, "LAST_WAIT_SECONDS", 0.0)
    with shown(store) as data:
        data.checks.begin(lambda: told.append("over"))
        assert begun.wait(SECONDS)
    left = [thread for thread in threading.enumerate() if thread.name in ("badia-aside", "badia-checks")]
    assert left and not data.checks.done
    go_on.set()
    for thread in left:
        thread.join(SECONDS)
    assert (told, kept(), no_thread_left()) == ([], [], True)


def test_closing_before_the_checks_begin_keeps_nothing(store: Path) -> None:
    with shown(store):
        pass
    assert kept() == []


def test_nothing_is_found_in_the_cache_while_the_pages_are_checked(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(file: StoreFile) -> bool:
        begun.set()
        return go_on.wait(SECONDS)

    monkeypatch.setattr(checks, "check_pages", slow)
    with shown(store) as data:
        told = threading.Event()
        data.checks.begin(told.set)
        assert begun.wait(SECONDS)
        assert ".columns" not in kept()
        with shown(store) as other:
            assert not other.checks.done, "it was read again"
        go_on.set()
        assert told.wait(SECONDS)
    assert kept() == [".columns"]


@pytest.mark.parametrize("how", [checked, lambda data: data.checks.wait(lambda: None)])
def test_that_the_pages_took_too_long_is_kept_as_well(
    store: Path, how: Callable[[DataSet], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "check_pages", lambda _: False)
    with shown(store) as data:
        assert data.problems == ()
        how(data)
        (problem,) = data.problems
        assert "could not all be checked within 60 seconds" in str(problem)
        with opened(store) as again:
            assert again.checks.done
            assert_same(again, data)


def test_a_store_that_is_changed_meanwhile_is_not_kept(store: Path) -> None:
    with shown(store) as data:
        os.utime(store)
        checked(data)
        assert "was changed while it was opened; open it again" in str(data.problems[0])
    assert kept() == []


def test_a_store_that_is_removed_meanwhile_is_told(store: Path) -> None:
    with shown(store) as data:
        store.unlink()
        checked(data)
        assert data.checks.refusal.startswith(f"{store}: ") and len(data.problems) == 1


def test_a_bug_in_the_checks_is_no_silence(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: StoreFile) -> bool:
        raise KeyError("a bug")

    monkeypatch.setattr(checks, "check_pages", broken)
    with shown(store) as data:
        checked(data)
        assert [str(problem) for problem in data.problems] == [
            "copy.gpkg: could not be checked to the end; open it again"
        ]
    assert kept() == [] and no_thread_left()


def test_a_small_store_is_checked_before_it_is_shown(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LARGE", 10**9)
    monkeypatch.setattr(recall, "WORTH_KEEPING", 10**9)
    with pytest.raises(StoreError, match="is damaged"):
        open_dataset(damaged, ahead=True)
