"""A store to be spoiled, and a folder of its own for what is kept of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from viewer import paths
from viewer.store.dataset import DataSet


@pytest.fixture
def own_folder(small: DataSet, builtin: DataSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is kept of a store is kept here."""
    assert len(small.events) and len(builtin.events)
    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(paths, "cache_dir", lambda: tmp_path / "cache")


@pytest.fixture
def store(small_store: Path, tmp_path: Path) -> Path:
    """A copy of the small store in a folder of its own."""
    (tmp_path / "evidence").mkdir()
    return Path(shutil.copy(small_store, tmp_path / "evidence" / "copy.gpkg"))
