"""The program is killed while somebody marks in its window: nothing that it acknowledged is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks import killing
from benchmarks.killing import lost, rounds

ROUNDS = 3
ID = "badia-builtin"


@pytest.mark.slow
def test_every_acknowledged_mark_outlives_the_program(builtin_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copy(builtin_store, tmp_path / "copy.gpkg"))
    every: list[tuple[str, str]] = []
    for one in rounds(ROUNDS, store, tmp_path, seed=5):
        every += one.acknowledged
        assert lost(tmp_path, ID, tuple(every)) == []
    assert every
    assert lost(tmp_path, ID, (("no-such-record", "2026"),)) == [("no-such-record", "2026")]


def test_a_damaged_file_is_no_success(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "badia"
    folder.mkdir(parents=True)
    (folder / "one.workspace.bad").write_bytes(b"")
    with pytest.raises(RuntimeError, match="damaged"):
        killing.lost(tmp_path, ID, ())
