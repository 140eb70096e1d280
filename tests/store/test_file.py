"""An open store file: the main thread and others read it side by side, and what they read is the same file."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
