"""What may never be written over: the open store, any database, and whatever is named like one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from viewer.store.evidence import STORE_SUFFIXES, is_evidence


@pytest.mark.parametrize("name", ["evidence.png", "evidence", "evidence.gpkg"])
def test_a_database_is_evidence_whatever_its_name(small_store: Path, tmp_path: Path, name: str) -> None:
    assert is_evidence(Path(shutil.copy(small_store, tmp_path / name)))


@pytest.mark.parametrize("suffix", [*STORE_SUFFIXES, ".GPKG"])
def test_a_file_named_like_a_store_is_evidence_whatever_is_in_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"torn{suffix}"
    path.touch()

    assert is_evidence(path)


def test_a_link_is_evidence_by_its_name_and_by_what_it_leads_to(small_store: Path, tmp_path: Path) -> None:
    torn, picture = tmp_path / "torn.db", tmp_path / "map.png"
    torn.touch()
    picture.touch()
    for name, target in (("torn.png", torn), ("store.png", small_store), ("named.gpkg", picture)):
        (tmp_path / name).symlink_to(target)
        assert is_evidence(tmp_path / name)


def test_the_open_store_is_evidence_even_when_it_was_damaged_since(tmp_path: Path) -> None:
    opened, same, other = tmp_path / "opened", tmp_path / "same.png", tmp_path / "other.png"
    opened.write_bytes(b"damaged")
    same.hardlink_to(opened)
    other.write_bytes(b"damaged")

    assert is_evidence(same, opened)
    assert not is_evidence(other, opened)
    assert not is_evidence(other, tmp_path / "gone.gpkg")


def test_pictures_new_names_and_folders_are_none(tmp_path: Path) -> None:
    picture, folder = tmp_path / "map.png", tmp_path / "maps.db"
    picture.write_bytes(b"\x89PNG")
    folder.mkdir()

    assert not any(is_evidence(path) for path in (picture, folder, tmp_path / "new.gpkg"))
