"""The last view: kept when it can be, never worth a failure."""

from __future__ import annotations

import json
import math
import os
import random
from pathlib import Path
from typing import Any

import pytest

from viewer.store.remember import MAX_BYTES, load, save, view_file

VIEW = {"camera": {"x": 1.5}, "pins": ["raqqa", "الرقة"], "bbox": None}


def test_a_view_is_kept_per_store(tmp_path: Path) -> None:
    assert load(tmp_path, "one") is None
    assert save(tmp_path, "one", VIEW)
    assert save(tmp_path, "two", {})
    assert load(tmp_path, "one") == VIEW
    assert load(tmp_path, "two") == {}
    assert save(tmp_path, "one", {"theme": "dark"})
    assert load(tmp_path, "one") == {"theme": "dark"}
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("store_id", ["../../etc/passwd", "", "a/b", "a" * 5000, "البادية", "\0", "\ud800", "A?B*C"])
def test_a_store_id_never_names_a_folder(tmp_path: Path, store_id: str) -> None:
    path = view_file(tmp_path, store_id)
    assert path.parent == tmp_path
    assert len(os.fsencode(path.name)) < 100
    assert save(tmp_path, store_id, VIEW)
    assert load(tmp_path, store_id) == VIEW


def test_ids_that_look_alike_in_a_file_name_stay_apart(tmp_path: Path) -> None:
    assert view_file(tmp_path, "a b") != view_file(tmp_path, "a-b")


@pytest.mark.parametrize("damage", [b"", b"{", b"[1, 2]", b"null", b"\xff\xfe", b"[" * 200_000, b" " * (MAX_BYTES + 1)])
def test_a_damaged_file_is_put_aside_and_ignored(tmp_path: Path, damage: bytes) -> None:
    path = view_file(tmp_path, "one")
    path.write_bytes(damage)
    assert load(tmp_path, "one") is None
    assert not path.exists()
    assert path.with_suffix(".bad").read_bytes() == damage
    assert save(tmp_path, "one", VIEW)
    assert load(tmp_path, "one") == VIEW


def test_two_thousand_mutations_never_raise(tmp_path: Path) -> None:
    path = view_file(tmp_path, "one")
    whole = json.dumps(VIEW).encode()
    for seed in range(2000):
        chance = random.Random(seed)  # noqa: S311 - damage on purpose, to be made again from its seed
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(raw)
        found = load(tmp_path, "one")
        assert found is None or isinstance(found, dict)


@pytest.mark.parametrize("view", [{"x": math.nan}, {"x": math.inf}, {"x": object()}])
def test_what_json_cannot_hold_is_not_saved(tmp_path: Path, view: dict[str, Any]) -> None:
    assert save(tmp_path, "one", VIEW)
    assert not save(tmp_path, "one", view)
    assert load(tmp_path, "one") == VIEW


def test_a_folder_that_cannot_be_written_to_is_reported_not_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not save(tmp_path / "absent", "one", VIEW)
    assert load(tmp_path / "absent", "one") is None
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert not save(tmp_path / "file", "one", VIEW)
    view_file(tmp_path, "folder").mkdir()
    assert not save(tmp_path, "folder", VIEW)
    assert load(tmp_path, "folder") is None

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("viewer.store.remember.os.fsync", refuse)
    assert not save(tmp_path, "full", VIEW)
    monkeypatch.undo()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["file", view_file(tmp_path, "folder").name])


def test_a_damaged_file_that_cannot_be_moved_is_ignored_all_the_same(tmp_path: Path) -> None:
    path = view_file(tmp_path, "one")
    path.write_bytes(b"{")
    path.with_suffix(".bad").mkdir()
    assert load(tmp_path, "one") is None
