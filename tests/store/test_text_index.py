"""The text index of a large store, which is read once the store is shown or somebody looks for a text."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.store.opening import opened
from viewer.session.suggest import not_searched
from viewer.store import checks, index_reading, recall, search
from viewer.store.column_cache import column_folder
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile
from viewer.store.plain import PlainTables
from viewer.store.progress import Cancelled

pytestmark = pytest.mark.usefixtures("own_folder")
SECONDS = 60
DAMAGED = "search: the text index is damaged; search goes through titles and summaries"


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store counts as large, is kept, and has too many texts to be held."""
    monkeypatch.setattr(checks, "LARGE", 0)
    monkeypatch.setattr(recall, "WORTH_KEEPING", 0)
    monkeypatch.setattr(search, "FEW_EVENTS", 0)


@contextmanager
def shown(store: Path) -> Iterator[DataSet]:
    """The data set as the window gets it."""
    with closing(open_dataset(store, ahead=True)) as data:
        yield data


class Gate:
    """The reading of the text index as it always is, but only once the gate is opened."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def check_index(self, plain: PlainTables, store: StoreFile) -> None:
        self.entered.set()
        while not self.open.wait(0.002):
            store.within().execute("SELECT 1")  # which ends it when it is to end
        real_check(plain, store)


real_check = PlainTables.check_index


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Nobody gets through the text index before this is opened."""
    gate = Gate()

    def check_index(plain: PlainTables, store: StoreFile) -> None:
        gate.check_index(plain, store)

    monkeypatch.setattr(PlainTables, "check_index", check_index)
    return gate


def spoil(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store)) as db:
        db.execute(statement)
        db.commit()


def no_thread_left() -> bool:
    return not [one for one in threading.enumerate() if one.name in ("badia-aside", "badia-checks", "badia-piece")]


def kept() -> list[str]:
    return [path.suffix for path in column_folder().iterdir()]


def events(data: DataSet, text: str) -> set[str]:
    return {hit.key for hit in data.finder.find(text) if hit.kind == "event"}


@pytest.mark.parametrize("ask", [
    lambda data: data.finder.rows_with("strikes").tolist(),
    lambda data: sorted(hit.key for hit in data.finder.find("coalition strikes")),
    lambda data: (data.finder.look_ahead("strikes", lambda: None), data.finder.rows_with("strikes").tolist())[1],
])  # fmt: skip
def test_who_looks_for_a_text_at_once_finds_all(
    store: Path, small: DataSet, ask: Callable[[DataSet], list[object]]
) -> None:
    with shown(store) as data:
        before = data.index.ready
        assert ask(data) == ask(small) != []
        assert (before, data.index.ready, data.checks.done) == (False, True, False)
    assert kept() == [] and no_thread_left()


def test_it_is_kept_with_all_else_and_found_again(store: Path, small: DataSet) -> None:
    with shown(store) as data:
        told: list[bool] = []
        data.checks.wait(lambda: None, lambda: told.append(data.checks.done))
        assert told == [False]
        assert data.finder.rows_with("strikes").tolist() == small.finder.rows_with("strikes").tolist()
    with shown(store) as again:
        assert again.checks.done and again.index.ready and again.finder.indexed
        assert again.finder.rows_with("strikes").tolist() == small.finder.rows_with("strikes").tolist() != []


def test_until_it_is_read_incidents_are_not_named_and_that_is_told(store: Path, gate: Gate) -> None:
    with shown(store) as data:
        found = data.finder.find("coalition strikes", seconds=0.01)
        assert "event" not in {hit.kind for hit in found}
        assert not_searched(data, "coalition").startswith("Incidents follow once the text index is read")
        assert (not_searched(data, " "), not_searched(data, "> fit")) == ("", "")
        gate.open.set()
        assert "week" in events(data, "coalition strikes")
        assert not_searched(data, "coalition") == ""


def test_who_waits_for_it_can_give_up_and_it_is_read_all_the_same(store: Path, gate: Gate) -> None:
    def give_up() -> None:
        if gate.entered.is_set():
            raise Cancelled

    with shown(store) as data:
        with pytest.raises(Cancelled):
            data.finder.look_ahead("strikes", give_up)
        assert not data.finder.knows("strikes") and not data.index.ready
        gate.open.set()
        assert len(data.finder.rows_with("strikes"))
        assert data.finder.indexed


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM search_content WHERE id < 5", "UPDATE search_data SET block = x'ffffffff'", "DROP TABLE search_data"],
)
def test_a_damaged_one_is_told_as_soon_as_it_is_known(store: Path, statement: str, small: DataSet) -> None:
    with closing(sqlite3.connect(store)) as db:
        db.execute("PRAGMA writable_schema = ON")
        if statement.startswith("DROP"):
            db.execute("DELETE FROM sqlite_schema WHERE name = 'search_data'")
            db.commit()
            db.execute("VACUUM")
        else:
            db.execute(statement)
        db.commit()
    with shown(store) as data:
        assert data.problems == ()
        known: list[list[str]] = []
        data.checks.wait(lambda: None, lambda: known.append([*map(str, data.problems)]))
        assert known == [[DAMAGED]]
        assert [*map(str, data.problems)] == [DAMAGED]
        assert not data.finder.indexed
        assert data.finder.rows_with("ambush").tolist() == small.finder.rows_with("ambush").tolist() != []
    with opened(store) as again:
        assert [*map(str, again.problems)] == [DAMAGED]


def test_a_store_that_is_closed_at_once_leaves_nothing_behind(store: Path) -> None:
    with shown(store) as data:
        pass
    assert kept() == [] and no_thread_left()
    with pytest.raises(StoreError, match="is closed; open it again"):
        data.finder.rows_with("strikes")


def test_a_store_that_is_closed_while_it_is_read_ends_at_once(store: Path, gate: Gate) -> None:
    failed: list[BaseException] = []

    def look(data: DataSet) -> None:
        try:
            data.finder.look_ahead("strikes", lambda: None)
        except StoreError as error:
            failed.append(error)

    with shown(store) as data:
        data.checks.begin(lambda: failed.append(AssertionError("told")))
        waiting = threading.Thread(target=look, args=(data,))
        waiting.start()
        assert gate.entered.wait(SECONDS)
    waiting.join(SECONDS)
    assert [str(error).startswith(str(store)) for error in failed] == [True]
    assert kept() == [] and no_thread_left()


@pytest.mark.parametrize("error", [KeyError("a bug"), MemoryError(), OSError(28, "No space left on device")])
def test_an_index_that_cannot_be_read_is_told_and_texts_are_found_without_it(
    store: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: object) -> None:
        raise error

    with monkeypatch.context() as now:
        now.setattr(index_reading, "arranged_search", broken)
        with shown(store) as data:
            told = threading.Event()
            data.checks.begin(told.set)
            assert told.wait(SECONDS)
            assert [str(problem).split(";")[0] for problem in data.problems] == [
                "search: the text index could not be read"
            ]
            assert data.index.ready and not data.checks.refusal
            found = [incident.key for incident in data.finder.find("strikes")]
    assert kept() == [] and no_thread_left()
    with shown(store) as data:
        assert [incident.key for incident in data.finder.find("strikes")] == found != []
        assert not data.problems
