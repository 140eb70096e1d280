"""An open store file: the main thread and others read it side by side, and what they read is the same file."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from viewer.store import file
from viewer.store.dataset import open_dataset
from viewer.store.errors import StoreError

LONG = "WITH RECURSIVE n(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM n LIMIT 400000) SELECT count(*) FROM n"


def in_a_thread(deed: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(deed()))
    thread.start()
    thread.join(20)
    return found[0]


def test_the_main_thread_does_not_wait_for_what_another_one_asks(small_store: Path) -> None:
    data = open_dataset(small_store)
    stuck, allowed = threading.Event(), threading.Event()

    def hold() -> None:
        if threading.current_thread() is not threading.main_thread():
            stuck.set()
            allowed.wait(20)

    data.store.tick = hold
    thread = threading.Thread(target=lambda: data.store.within().execute(LONG).fetchall())
    thread.start()
    assert stuck.wait(20)
    assert data.reader.number("event") == len(data.events)
    still = not allowed.is_set() and thread.is_alive()
    allowed.set()
    thread.join(20)
    data.close()
    assert still


def test_all_threads_read_the_file_that_was_opened(small_store: Path, builtin_store: Path, tmp_path: Path) -> None:
    path, other = tmp_path / "store.gpkg", tmp_path / "other.gpkg"
    shutil.copy(small_store, path)
    shutil.copy(builtin_store, other)
    data = open_dataset(path)
    here = data.reader.number("event")
    other.replace(path)
    assert in_a_thread(lambda: data.reader.number("event")) == here
    data.close()


def test_a_file_that_is_gone_is_read_on(small_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.gpkg"
    shutil.copy(small_store, path)
    data = open_dataset(path)
    path.unlink()
    assert in_a_thread(lambda: data.reader.number("event")) == len(data.events)
    data.close()


def test_threads_that_run_at_once_have_connections_of_their_own(small_store: Path) -> None:
    data = open_dataset(small_store)
    mine, both = data.store.within(), threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(lambda: (data.store.within(), both.wait(20))[0]) for _ in range(2)]
        first, second = (one.result(20) for one in reading)
    assert len({mine, first, second}) == 3
    assert data.store.within() is mine
    data.close()


def test_a_replaced_file_is_read_by_one_more_thread_and_others_are_told(
    small_store: Path, builtin_store: Path, tmp_path: Path
) -> None:
    path, other = tmp_path / "store.gpkg", tmp_path / "other.gpkg"
    shutil.copy(small_store, path)
    shutil.copy(builtin_store, other)
    data = open_dataset(path)
    here, both = data.reader.number("event"), threading.Barrier(2)
    other.replace(path)

    def read() -> object:
        try:
            return data.reader.number("event")
        except StoreError as error:
            return "was changed while it was open" in str(error)
        finally:
            both.wait(20)

    with ThreadPoolExecutor(2) as pool:
        assert {one.result(20) for one in [pool.submit(read) for _ in range(2)]} == {here, True}
    assert data.reader.number("event") == here
    data.close()


@pytest.mark.parametrize("change", [lambda path, other: path.chmod(0o640), lambda path, other: other.hardlink_to(path)])
def test_a_link_to_a_file_and_other_permissions_keep_nobody_waiting(
    change: Callable[[Path, Path], None], small_store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "store.gpkg"
    shutil.copy(small_store, path)
    data = open_dataset(path)
    change(path, tmp_path / "other.gpkg")
    with ThreadPoolExecutor(3) as pool:
        both = threading.Barrier(3)
        reading = [pool.submit(lambda: (both.wait(20), data.reader.number("event"))[1]) for _ in range(3)]
        assert {one.result(20) for one in reading} == {data.reader.number("event")}
    data.close()


def test_what_cannot_be_opened_a_second_time_is_told_as_what_it_is(
    small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = open_dataset(small_store)

    def full(uri: str) -> Any:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(file, "connect", full)

    def refused() -> str:
        with pytest.raises(StoreError) as told:
            data.reader.number("event")
        return str(told.value)

    assert "unable to open" in in_a_thread(refused)
    data.close()


ENDLESS_READER = """
import sys, threading
from pathlib import Path
from viewer.store.dataset import open_dataset

data = open_dataset(Path(sys.argv[1]))
begun, ended = threading.Event(), []

def read():
    begun.set()
    try:
        data.store.within().execute(sys.argv[2]).fetchall()
    except Exception as error:
        ended.append(str(error))

reading = threading.Thread(target=read)
reading.start()
begun.wait()
while reading.ident not in data.store._connections:
    pass
data.close()
reading.join()
print(*ended)
"""


def test_what_another_thread_still_reads_ends_when_the_file_is_closed(small_store: Path) -> None:
    """In a process of its own, as it would crash or hang."""
    command = (sys.executable, "-c", ENDLESS_READER, str(small_store), LONG.replace("LIMIT 400000", ""))
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (found.stdout, found.stderr) == ("interrupted\n", "")


TWO_READERS = """
import sys, threading
from pathlib import Path
from viewer.store.dataset import open_dataset

data = open_dataset(Path(sys.argv[1]))
stop = threading.Event()

def add_up():
    while not stop.is_set():
        data.store.within().execute(sys.argv[2]).fetchall()

def fetch():
    for _ in range(300):
        data.reader.columns("event", ("key", "title"))

adding, fetching = threading.Thread(target=add_up), threading.Thread(target=fetch)
adding.start(), fetching.start()
fetching.join()
stop.set()
adding.join()
data.close()
print("done")
"""


def test_two_threads_that_read_at_once_never_stop_each_other_for_good(small_store: Path) -> None:
    """In a process of its own, as all of one that hangs so hangs, and no clock of its own ends it."""
    command = (sys.executable, "-c", TWO_READERS, str(small_store), LONG)
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (found.stdout, found.stderr) == ("done\n", "")


def test_what_is_closed_is_closed_for_all(small_store: Path) -> None:
    data = open_dataset(small_store)
    assert in_a_thread(lambda: data.reader.number("event")) == len(data.events)
    data.close()

    def refused() -> str:
        with pytest.raises(StoreError) as told:
            data.reader.number("event")
        return str(told.value)

    assert "is closed" in refused()
    assert "is closed" in in_a_thread(refused)
