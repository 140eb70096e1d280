"""A hand-over comes out as it went in, and one that was tampered with is refused in a sentence."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from viewer.store.errors import StoreError
from viewer.store.handover import MANIFEST, STORE, Contents, is_handover, pack, unpack

VIEW = {"theme": "dark", "camera": {"x": 1.5}}


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    made = {"mine.gpkg": b"store" * 5000, "mine.workspace": b"marks", "relief.mbtiles": b"tiles"}
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    store, workspace, layer = (tmp_path / name for name in made)
    return Contents(store, workspace, (layer,), VIEW, "some-store")


@pytest.fixture
def packed(tmp_path: Path, contents: Contents) -> Path:
    target = tmp_path / "briefing.badia.zip"
    shares: list[float] = []
    pack(target, contents, shares.append)
    assert shares[-1] == 1
    return target


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def test_it_comes_out_as_it_went_in(packed: Path, contents: Contents, place: Path) -> None:
    assert is_handover(packed)
    found = unpack(packed, place)
    assert (found.view, found.store_id) == (VIEW, "some-store")
    assert found.store == place / "briefing" / STORE
    assert found.workspace is not None
    assert contents.workspace is not None
    assert found.store.read_bytes() == contents.store.read_bytes()
    assert found.workspace.read_bytes() == contents.workspace.read_bytes()
    assert found.layers[0].read_bytes() == contents.layers[0].read_bytes()
    assert unpack(packed, place).store == place / "briefing-2" / STORE
    assert sorted(path.name for path in place.iterdir()) == ["briefing", "briefing-2"]


def test_without_a_workspace_and_layers_too(tmp_path: Path, contents: Contents, place: Path) -> None:
    target = tmp_path / "plain.zip"
    pack(target, Contents(contents.store, None, (), {}, "x"))
    found = unpack(target, place)
    assert (found.workspace, found.layers, found.store.parent.name) == (None, (), "plain")


def changed(packed: Path, entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
    """Write the archive anew with other entries and other words in its manifest."""
    with zipfile.ZipFile(packed) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(held[MANIFEST]) | manifest
    held |= entries | {MANIFEST: json.dumps(told).encode()}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)


def entry(name: str, size: int, digest: str = "0" * 64) -> dict[str, Any]:
    return {"name": name, "bytes": size, "sha256": digest, "was": "x"}


@pytest.mark.parametrize(
    ("entries", "manifest", "told"),
    [
        ({STORE: b"other" * 5000}, {}, "is not what was packed"),
        ({STORE: b"short"}, {}, "does not fit"),
        ({"../../evil": b"x"}, {"entries": [entry("../../evil", 1)]}, "does not fit"),
        ({"layers/1.mbtiles": b"x"}, {"entries": [entry("layers/1.mbtiles", 1)]}, "holds no store"),
        ({}, {"entries": [entry("nothing", 1)]}, "does not fit"),
        ({STORE: bytes(200_000_000)}, {"entries": [entry(STORE, 200_000_000)]}, "times as large"),
        ({}, {"version": 99}, "newer version"), ({}, {"kind": "letter"}, "no hand-over"), ({}, {"view": 3}, "damaged"),
        ({}, {"entries": {}}, "damaged"), ({}, {"entries": [7]}, "does not fit"),
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_refused_and_leaves_nothing(
    packed: Path, place: Path, entries: dict[str, bytes], manifest: dict[str, Any], told: str
) -> None:
    changed(packed, entries, manifest)
    with pytest.raises(StoreError, match=told):
        unpack(packed, place)
    assert list(place.iterdir()) == []


def test_any_cut_or_flipped_byte_is_found(packed: Path, place: Path) -> None:
    whole = packed.read_bytes()
    for at in range(0, len(whole), 37):
        packed.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            found = unpack(packed, place)
        except StoreError:
            continue
        assert found.store.read_bytes() == b"store" * 5000
    packed.write_bytes(whole[:-30])
    with pytest.raises(StoreError):
        unpack(packed, place)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 3\0"])
def test_another_file_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    assert not is_handover(tmp_path / "other")
    assert not is_handover(tmp_path / "missing")


def test_stopping_leaves_nothing(tmp_path: Path, contents: Contents) -> None:
    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(tmp_path / "never.zip", contents, stop)
    assert not [path for path in tmp_path.iterdir() if "never" in path.name]


def test_a_pipe_is_no_handover_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not is_handover(tmp_path / "pipe")
