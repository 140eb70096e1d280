"""Columns kept between runs are those of the file, or they are not used."""

from __future__ import annotations

import gc
import hashlib
import io
import json
import logging
import os
import shutil
import sqlite3
import stat
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.store.opening import opened
from viewer import paths
from viewer.store import column_cache, column_file, first_reading, recall, summed
from viewer.store.column_cache import column_folder, file_of
from viewer.store.columns import EventColumns
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.fingerprint import fingerprint


@pytest.fixture(autouse=True)
def everything_is_kept(small: DataSet, builtin: DataSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From now on every store is one worth keeping, its sources stay in the file, and the folder is new."""
    assert len(small.events) and len(builtin.events)
    monkeypatch.setattr(recall, "WORTH_KEEPING", 0)
    monkeypatch.setattr(first_reading, "ON_DEMAND", 0)
    monkeypatch.setattr(paths, "cache_dir", lambda: tmp_path)


def read_how_often(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Notes every reading from end to end."""
    readings: list[Path] = []
    real = first_reading.first_reading

    def noted(store: Any, *rest: Any) -> Any:
        readings.append(store.path)
        return real(store, *rest)

    monkeypatch.setattr(first_reading, "first_reading", noted)
    return readings


def kept_file(store: Path) -> Path:
    return file_of(column_folder(), store)


def names_kept(store: Path) -> set[str]:
    """The names of what is kept of a store: its columns, and that they were summed up."""
    name = kept_file(store).name
    return {name, name + summed.SUFFIX}


def assert_same(one: DataSet, other: DataSet) -> None:
    """The two hold the same, whatever of it is compared."""
    for name in (field.name for field in fields(EventColumns) if field.name != "row_of"):
        a, b = getattr(one.events, name), getattr(other.events, name)
        assert a == b if name == "keys" else np.array_equal(a, b, equal_nan=True) and a.dtype == b.dtype, name
    assert dict(one.events.row_of) == dict(other.events.row_of)
    for name in ("event_actors", "event_places"):
        for part in ("rows", "codes", "roles"):
            assert np.array_equal(getattr(getattr(one, name), part), getattr(getattr(other, name), part)), (name, part)
    for name in ("meta", "places", "actors", "claims", "relations", "routes", "quantities", "caveats", "problems"):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("sources", "same"):
        assert dict(getattr(one, name)) == dict(getattr(other, name)), name
    for text in ("strikes", "mayadin", "is", "كمال"):
        assert one.finder.rows_with(text).tolist() == other.finder.rows_with(text).tolist()
    assert [one.dossier(key) for key in one.events.keys] == [other.dossier(key) for key in other.events.keys]


@pytest.mark.parametrize("which", ["small_store", "builtin_store"])
def test_what_was_kept_is_what_is_in_the_file(
    which: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    path: Path = request.getfixturevalue(which)
    plain: DataSet = request.getfixturevalue(which.removesuffix("_store"))
    readings = read_how_often(monkeypatch)
    for _ in range(3):
        with opened(path) as data:
            assert_same(data, plain)
            assert not data.events.x.flags.writeable
    assert readings == [path]


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells of single files")
def test_memory_of_the_columns_is_given_back_and_they_stay_the_same(small_store: Path, small: DataSet) -> None:
    with opened(small_store):
        pass
    with opened(small_store) as data:
        assert_same(data, small)
        assert in_memory(kept_file(small_store)) > 0
        data.rest()
        assert in_memory(kept_file(small_store)) == 0
        assert_same(data, small)
        assert in_memory(kept_file(small_store)) > 0


def in_memory(file: Path) -> int:
    """The kilobytes of a mapped file that this process holds in memory."""
    held, own = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        name, *rest = line.split()
        if not name.endswith(":"):
            own = rest[-1] == str(file)
        elif own and name == "Rss:":
            held += int(rest[0])
    return held


def test_the_file_is_the_users_own_and_nothing_lies_beside_the_store(store: Path, tmp_path: Path) -> None:
    before = store.read_bytes()
    with opened(store):
        pass
    assert [path.name for path in store.parent.iterdir()] == [store.name]
    assert store.read_bytes() == before
    assert {path.name for path in (tmp_path / "columns").iterdir()} <= names_kept(store)
    assert stat.S_IMODE(kept_file(store).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "columns").stat().st_mode) == 0o700


def test_bad_rows_and_problems_are_remembered_too(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from viewer.store import validate

    db = sqlite3.connect(store)
    db.execute("UPDATE event SET date_edtf = 'soon' WHERE key IN ('week', 'month')")
    db.execute("UPDATE count SET value = 'many'")
    db.execute("UPDATE event_actor SET actor = 'nobody' WHERE id < 3")
    db.commit()
    db.close()
    monkeypatch.setattr(validate, "MAX_LISTED", 4)
    readings = read_how_often(monkeypatch)
    with opened(store) as first, opened(store) as second:
        assert any("more rows are left out" in str(problem) for problem in first.problems)
        assert {"week", "month"} & {*first.events.keys} == set()
        assert_same(first, second)
        for table in ("count", "event", "event_actor"):
            assert first.reader.all(table) == second.reader.all(table)
            assert first.reader.number(table) == second.reader.number(table) == len(first.reader.all(table))
    assert len(readings) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET title = 'Changed' WHERE key = 'week'",
        "UPDATE event SET type = 'raid' WHERE key = 'month'",
        "DELETE FROM event_actor WHERE id = 1",
        "VACUUM",
    ],
)
def test_a_store_that_was_changed_is_read_again(store: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = read_how_often(monkeypatch)
    with opened(store):
        pass
    db = sqlite3.connect(store)
    db.execute(change)
    db.commit()
    db.close()
    with opened(store) as data:
        (kind,) = data.store.within().execute("SELECT type FROM event WHERE key = 'month'").fetchone()
        from viewer.domain.events import EVENT_TYPES

        assert EVENT_TYPES[data.events.type[data.events.row_of["month"]]] == kind
        assert len(data.event_actors.rows) == len(data.reader.all("event_actor"))
    assert len(readings) == 2


def test_another_store_in_the_same_place_is_read_again(
    store: Path, builtin_store: Path, builtin: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = read_how_often(monkeypatch)
    with opened(store):
        pass
    shutil.copy(builtin_store, store)
    with opened(store) as data:
        assert data.events.keys == builtin.events.keys
    assert len(readings) == 2
    assert {path.name for path in column_folder().iterdir()} <= names_kept(store)


def test_what_another_version_kept_is_read_again(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = read_how_often(monkeypatch)
    with opened(store):
        pass
    monkeypatch.setattr(recall, "code_mark", lambda: "another")
    with opened(store):
        pass
    assert len(readings) == 2


def test_a_change_while_it_is_read_is_noticed_and_nothing_kept(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = first_reading.first_reading

    def disturbed(*of: Any) -> Any:
        found = real(*of)
        os.utime(store)
        return found

    monkeypatch.setattr(first_reading, "first_reading", disturbed)
    with pytest.raises(StoreError, match="was changed while it was opened; open it again"):
        open_dataset(store)
    assert [*column_folder().iterdir()] == []


# --- the fingerprint


STAT = {"st_dev": 1, "st_ino": 2, "st_size": 10**6, "st_mtime_ns": 3, "st_ctime_ns": 4}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What the system says of every file: the same until a test changes it."""
    found = dict(STAT)
    monkeypatch.setattr("viewer.store.fingerprint.os.fstat", lambda _: SimpleNamespace(**found))
    return found


def test_the_fingerprint_knows_each_thing_the_system_tells(tmp_path: Path, told: dict[str, int]) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(10**6))
    before = fingerprint(path)
    for name in STAT:
        told[name] += 1
        assert fingerprint(path) != before, name
        told[name] -= 1
    assert fingerprint(path) == before


def test_the_fingerprint_knows_each_byte_of_the_header_and_of_the_blocks(tmp_path: Path, told: dict[str, int]) -> None:
    """Also when nobody noticed that the file was written to."""
    path = tmp_path / "file"
    raw = bytearray(10**6)
    path.write_bytes(raw)
    seen = {fingerprint(path)}
    for place in (*range(100), 4095, 10**6 - 1, (10**6 - 4096) // 2, (10**6 - 4096) // 64 + 17):
        raw[place] = 1
        path.write_bytes(raw)
        assert fingerprint(path) not in seen, place
        seen.add(fingerprint(path))
    assert told == STAT


def test_the_fingerprint_of_a_real_file_changes_with_its_times(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    before = fingerprint(path)
    assert fingerprint(path) == before
    os.utime(path, ns=(0, 0))
    assert fingerprint(path) != before
    assert fingerprint(Path(shutil.copy2(path, tmp_path / "copy"))) != fingerprint(path)


# --- files nobody should trust


def sealed(raw: bytes, head: dict[str, Any]) -> bytes:
    """The file with another head, and a digest that fits it."""
    offset = int.from_bytes(raw[16:24], "little")
    text = json.dumps(head).encode()
    start = column_file._START.pack(column_file.MAGIC, offset, len(text), hashlib.sha256(text).digest())
    return start + raw[len(start) : offset] + text


def head_of(raw: bytes) -> dict[str, Any]:
    with_offset, length = (int.from_bytes(raw[at : at + 8], "little") for at in (16, 24))
    found: dict[str, Any] = json.loads(raw[with_offset : with_offset + length])
    return found


KINDS = ("byte", "bytes", "letter", "cut", "swap", "longer", "zero")


@given(seed=st.integers(0, 2**32 - 1), kind=st.sampled_from(KINDS))
@settings(max_examples=100)
def test_damage_never_changes_the_answer(
    seed: int, kind: str, small: DataSet, tmp_path: Path, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept in small blocks, so that many places are the beginning of one."""
    monkeypatch.setattr(column_file, "BLOCK", 64)
    store = tmp_path / "copy.gpkg"
    if not store.exists():
        shutil.copy(small_store, store)
        db = sqlite3.connect(store)
        db.execute("UPDATE count SET value = 'many'")
        db.commit()
        db.close()
        open_dataset(store).close()
        shutil.copy(kept_file(store), tmp_path / "whole")
    raw = bytearray((tmp_path / "whole").read_bytes())
    chance = np.random.default_rng(seed)
    places = chance.integers(0, len(raw), 6)
    if kind in ("byte", "bytes"):
        for place in places[: 1 if kind == "byte" else 6]:
            raw[place] ^= int(chance.integers(1, 256))
    elif kind == "letter":
        head = int.from_bytes(raw[16:24], "little")
        raw[head + int(places[0]) % (len(raw) - head)] = ord(chance.choice(list("abc123")))
    elif kind == "swap":
        head = int.from_bytes(raw[16:24], "little") // 64
        a, b = (int(place) % head * 64 for place in places[:2])
        raw[a : a + 64], raw[b : b + 64] = raw[b : b + 64], raw[a : a + 64]
    elif kind == "cut":
        del raw[places[0] :]
    elif kind == "longer":
        raw[places[0] : places[0]] = b"\0" * 8
    else:
        raw[places[0] : places[0] + 100] = bytes(100)
    kept_file(store).write_bytes(raw[: len(raw)])
    with opened(store) as data:
        assert data.events.keys == small.events.keys
        for name in (field.name for field in fields(EventColumns) if field.name not in ("row_of", "ids", "keys")):
            assert np.array_equal(getattr(data.events, name), getattr(small.events, name), equal_nan=True), name
        numbers = data.store.within().execute("SELECT id FROM count ORDER BY id").fetchall()
        said = [f"count row {number}: value 'many' is text, not a number" for (number,) in numbers]
        assert [str(problem) for problem in data.problems] == said


@given(
    values=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=60),
    place=st.integers(0, 10**6), other=st.integers(0, 10**6), flipped=st.integers(0, 255),
)  # fmt: skip
@example(values=list(range(16)), place=0, other=1, flipped=0)
def test_the_sum_of_an_array_knows_every_byte_and_the_order_of_its_blocks(
    values: list[int], place: int, other: int, flipped: int
) -> None:
    raw = np.array(values, dtype="<u4").tobytes()
    changed = bytearray(raw)
    if flipped:
        changed[place % len(raw)] ^= flipped
    else:
        blocks = max(len(raw) // 16, 1)
        a, b = place % blocks * 16, other % blocks * 16
        changed[a : a + 16], changed[b : b + 16] = changed[b : b + 16], changed[a : a + 16]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_file, "BLOCK", 16)
        before, after = (column_file.measured(io.BytesIO(found), "<u4", len(values), 0) for found in (raw, changed))
    assert (after.total == before.total) == (raw == changed)
    known = [value for value in values if value != 2**32 - 1]
    assert (before.low, before.high) == ((min(known), max(known)) if known else (0, 0))
    assert before.rising == (sorted(values) == values)


BEYOND = {
    "event.actor": 500, "event.rival": 60_000, "event.place": 4_000_000_000, "event.type": 250, "event.form": 99,
    "event.actuality": 99, "event.precision": 99, "event.parent": 12, "event.order": 12, "event.starts": 10**6,
    "event_actor.rows": 12, "event_actor.codes": 500, "event_actor.roles": 99, "event_place.rows": 2**31 - 1,
    "event_place.codes": 500, "same.members": 12, "same.chosen": 99, "search.rows": 12, "source.order": 99,
    "source.starts": 2**32 - 1, "event.x": 1e9, "event.y": -1e9, "event.earliest": -(2**31),
}  # fmt: skip


@pytest.mark.parametrize("column", BEYOND)
def test_a_well_made_file_with_a_number_beyond_what_there_is_is_not_used(
    column: str, store: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As somebody would make it who knows how: with every sum right."""
    with opened(store):
        pass
    file = kept_file(store)
    raw = bytearray(file.read_bytes())
    head = head_of(bytes(raw))
    entry = head["columns"][column]
    kind = np.dtype(entry["kind"])
    place = entry["offset"] + (entry["number"] - 1) * kind.itemsize
    raw[place : place + kind.itemsize] = np.array([BEYOND[column]], dtype=kind).tobytes()
    file.write_bytes(raw)
    with file.open("rb") as opened_file:
        again = column_file.measured(opened_file, entry["kind"], entry["number"], entry["offset"])
    head["columns"][column] = again._asdict()
    file.write_bytes(sealed(bytes(raw), head))
    readings = read_how_often(monkeypatch)
    with opened(store) as data:
        assert_same(data, small)
    assert len(readings) == 1


def _without(name: str) -> Any:
    def spoil(head: dict[str, Any]) -> None:
        del head["columns"][name]

    return spoil


def _with(name: str, **values: Any) -> Any:
    def spoil(head: dict[str, Any]) -> None:
        head["columns"][name].update(values)

    return spoil


def _said(**values: Any) -> Any:
    def spoil(head: dict[str, Any]) -> None:
        head["said"].update(values)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _without("event.x"), _without("event.order"), _without("event_actor.codes"), _without("same.members"),
        _without("event.text"), _with("event.x", kind="<f8"), _with("event.x", kind="|O"), _with("event.x", number=-1),
        _with("event.x", number=10**12), _with("event.x", number="12"), _with("event.x", offset=3),
        _with("event.x", offset=2**62), _with("event.x", number=5), _with("event.x", extra=1),
        _with("event.ids", number=3), _with("event.type", kind="<i4"), _said(actors="many"), _said(actors=1),
        _said(places=0), _said(bad=5), _said(problems=[1]), _said(bad={"event": [["x", "y"]]}),
        lambda head: head.clear(), lambda head: head.update(columns=[]), lambda head: head.update(said=3),
        lambda head: head["columns"].update({"event.x": None}),
    ],
)  # fmt: skip
def test_a_head_that_makes_no_sense_is_not_used(
    spoil: Any, store: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(store):
        pass
    raw = kept_file(store).read_bytes()
    head = head_of(raw)
    spoil(head)
    kept_file(store).write_bytes(sealed(raw, head))
    readings = read_how_often(monkeypatch)
    with opened(store) as data:
        assert_same(data, small)
    assert len(readings) == 1
    with opened(store) as data:
        assert_same(data, small)
    assert len(readings) == 1, "and it was written anew"


@pytest.mark.parametrize("content", [b"", b"\0" * 10, b"Badia columns 1\n", b"SQLite format 3\0" * 10])
def test_what_is_no_file_of_columns_is_written_over(store: Path, content: bytes, small: DataSet) -> None:
    kept_file(store).write_bytes(content)
    with opened(store) as data:
        assert_same(data, small)
    assert kept_file(store).stat().st_size > 1000


# --- where it cannot be kept


def test_without_a_folder_the_columns_stay_in_memory(
    store: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    column_folder().rmdir()
    (paths.cache_dir() / "columns").write_text("in the way", encoding="utf-8")
    with caplog.at_level(logging.WARNING), opened(store) as data:
        assert_same(data, small)
        assert data.problems == small.problems
    assert "columns cannot be kept" in caplog.text


def test_on_a_full_disk_the_columns_stay_in_memory(
    store: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recall.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    with caplog.at_level(logging.WARNING), opened(store) as data:
        assert_same(data, small)
    assert "of which 0 are free" in caplog.text
    assert [*column_folder().iterdir()] == []


def test_a_disk_that_is_full_halfway_leaves_nothing_behind(
    store: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(column_file.ColumnWriter, "finish", full)
    with caplog.at_level(logging.WARNING), opened(store) as data:
        assert_same(data, small)
    assert "No space left on device" in caplog.text
    assert [*column_folder().iterdir()] == []


def test_the_oldest_go_when_there_are_too_many(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = column_folder()
    for age, name in enumerate(("new", "old", "older")):
        (folder / f"{name}.columns").write_bytes(bytes(100))
        os.utime(folder / f"{name}.columns", (10**9 - age, 10**9 - age))
    (folder / ".unfinished-old").write_bytes(b"x")
    os.utime(folder / ".unfinished-old", (0, 0))
    (folder / ".unfinished-now").write_bytes(b"x")
    with opened(store):
        pass
    size = kept_file(store).stat().st_size
    assert {path.name for path in folder.iterdir()} - names_kept(store) == {
        "new.columns", "old.columns", "older.columns", ".unfinished-now",
    }  # fmt: skip
    monkeypatch.setattr(column_cache, "MAX_BYTES", size + 150)
    kept_file(store).unlink()
    with opened(store):
        pass
    assert {path.name for path in folder.iterdir()} - names_kept(store) == {"new.columns", ".unfinished-now"}


def test_small_stores_are_not_kept(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "WORTH_KEEPING", 20)
    with opened(store):
        pass
    assert [*column_folder().iterdir()] == []


def test_a_store_with_changes_beside_it_is_not_kept(store: Path) -> None:
    db = sqlite3.connect(store)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("UPDATE event SET type = 'raid' WHERE key = 'week'")
    db.commit()
    with opened(store) as data:
        assert any("a private copy was opened" in str(problem) for problem in data.problems)
    db.close()
    assert [*column_folder().iterdir()] == []


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="asks Linux what is mapped")
def test_what_is_mapped_goes_with_the_data_set(store: Path) -> None:
    def mapped() -> bool:
        return kept_file(store).name in Path("/proc/self/maps").read_text(encoding="utf-8")

    data = open_dataset(store)
    rows, dossier = data.finder.rows_with("strikes"), data.dossier("week")
    assert len(rows) and dossier is not None and mapped()
    data.close()
    del data
    gc.collect()
    assert not mapped()


def test_words_that_changed_places_are_noticed(store: Path) -> None:
    with opened(store) as data:
        x = data.events.x.tolist()
    file = kept_file(store)
    with file.open("rb") as head:
        begin = column_file.head_of(head)[0]["event.x"].offset
    raw = bytearray(file.read_bytes())
    raw[begin : begin + 8], raw[begin + 8 : begin + 16] = raw[begin + 8 : begin + 16], raw[begin : begin + 8]
    assert bytes(raw) != file.read_bytes()
    file.write_bytes(raw)
    with opened(store) as data:
        assert np.array_equal(data.events.x, np.array(x, dtype=np.float32), equal_nan=True)


def test_a_pipe_in_place_of_the_columns_is_not_waited_for(store: Path) -> None:
    with opened(store):
        pass
    file = kept_file(store)
    file.unlink()
    os.mkfifo(file)
    with opened(store) as data:
        assert len(data.events)


# --- summing up only what may have changed


@pytest.fixture
def sums(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each column whose bytes are summed up on loading."""
    seen: list[str] = []
    real = column_file.measured

    def noted(*of: Any) -> Any:
        seen.append("summed")
        return real(*of)

    monkeypatch.setattr(column_cache, "measured", noted)
    return seen


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as one that was written long before it is summed up."""
    monkeypatch.setattr(summed, "COARSEST_NS", -(10**15))


@pytest.mark.usefixtures("long_ago")
@pytest.mark.skipif(not summed.TELLS_CHANGES, reason="the system does not tell when a file was changed")
def test_columns_that_nobody_touched_are_summed_up_once(store: Path, sums: list[str]) -> None:
    """From when they have taken their place."""
    with opened(store):
        sums.clear()
    with opened(store):
        assert sums
    sums.clear()
    with opened(store):
        assert not sums


def test_columns_just_written_are_summed_up_again(
    store: Path, sums: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summed, "COARSEST_NS", 10**15)
    with opened(store):
        pass
    for _ in range(2):
        sums.clear()
        with opened(store):
            assert sums


def test_change_times_may_be_as_coarse_as_on_any_system() -> None:
    """Those of ext3 and NFS are whole seconds, those of FAT even ones."""
    assert summed.COARSEST_NS >= 2_000_000_000


@pytest.mark.usefixtures("long_ago")
@pytest.mark.parametrize("what", ["written", "touched", "replaced", "note lost", "note of another", "note no text"])
def test_columns_that_may_have_changed_are_summed_up_again(what: str, store: Path, sums: list[str]) -> None:
    for _ in range(2):
        with opened(store):
            pass
    file = kept_file(store)
    note = file.with_name(file.name + summed.SUFFIX)
    found = file.stat()
    if what == "written":
        file.write_bytes(file.read_bytes())
        os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    elif what == "touched":
        os.utime(file)
    elif what == "replaced":
        shutil.copy2(file, file.with_name("copy"))
        file.with_name("copy").replace(file)
    elif what == "note lost":
        note.unlink()
    else:
        note.write_bytes(b"1 2 3 4 5\n" if what == "note of another" else b"\xff")
    sums.clear()
    with opened(store):
        assert sums


def test_a_change_at_the_same_moment_is_not_missed(tmp_path: Path) -> None:
    """What was changed a moment before it was summed up may be changed a moment after with the same time."""
    file = tmp_path / "file"
    file.write_bytes(b"x")
    found = file.stat()
    for late, noted in ((0, False), (summed.COARSEST_NS, False), (summed.COARSEST_NS + 1, summed.TELLS_CHANGES)):
        summed.note(file, found, found.st_ctime_ns + late)
        with file.open("rb") as opened_file:
            assert summed.is_noted(file, opened_file) == noted


def test_use_counts_without_touching_the_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    os.utime(file, (10**9, 10**9))
    found = file.stat()
    assert summed.last_used(file) == 10**9
    summed.note(file, found, found.st_ctime_ns + 10**10)
    summed.touch(file)
    assert file.stat() == found
    if summed.TELLS_CHANGES:
        assert summed.last_used(file) > 10**9
    summed.forget(file)
    assert summed.last_used(file) == 10**9
