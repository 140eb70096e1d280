"""The built-in store: built once, again when the text changes, and by two programs at once without harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from viewer.session import builtin
from viewer.store.errors import StoreError

CHECKOUT = Path(__file__).parents[2]
ASK = [sys.executable, "-c", "import sys; from viewer.cli import run; sys.exit(run(['info', '--json']))"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small text set that stands in for the built-in one, and a cache of its own."""
    folder, cache = tmp_path / "data", tmp_path / "cache"
    folder.mkdir()
    cache.mkdir()
    (folder / "meta.toml").write_text('store_id = "tiny"\ntitle = "Tiny"\n')
    (folder / "source.csv").write_text("key,publisher\ns,P\n")
    monkeypatch.setattr(builtin, "data_dir", lambda: folder)
    monkeypatch.setattr(builtin, "cache_dir", lambda: cache)
    return folder


def test_it_is_built_once(data: Path) -> None:
    path = builtin.builtin_store()
    before = path.stat()

    assert builtin.builtin_store() == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_change_of_the_text_makes_another(data: Path) -> None:
    first = builtin.builtin_store()
    (data / "source.csv").write_text("key,publisher\ns,Q\n")
    second = builtin.builtin_store()

    assert first != second
    opened = builtin.open_builtin()
    assert opened.sources["s"].publisher == "Q"
    opened.close()


def test_a_file_that_is_no_text_of_the_set_changes_nothing(data: Path) -> None:
    first = builtin.builtin_store()
    (data / "README.md").write_text("words")

    assert builtin.builtin_store() == first


def test_old_stores_go_but_young_ones_stay(data: Path) -> None:
    cache = builtin.cache_dir()
    young, old, torn = (cache / name for name in ("builtin-young.gpkg", "builtin-old.gpkg", ".builtin-x.gpkg-abc"))
    other = cache / "view.json"
    for path in (young, old, torn, other):
        path.touch()
    for path in (old, torn, other):
        os.utime(path, (0, 0))
    path = builtin.builtin_store()

    assert {file for file in cache.iterdir() if file.is_file()} == {path, young, other}


def test_a_damaged_store_is_built_again(data: Path) -> None:
    path = builtin.builtin_store()
    path.write_bytes(path.read_bytes()[:3000])
    opened = builtin.open_builtin()

    assert list(opened.sources) == ["s"]
    opened.close()


def test_a_cache_that_cannot_be_written_is_no_obstacle(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, refused = builtin.build, []

    def full(folder: Path, path: Path) -> list[str]:
        if not refused:
            refused.append(path)
            raise StoreError(f"{path}: cannot be written (disk full)")
        return real(folder, path)

    monkeypatch.setattr(builtin, "build", full)
    path = builtin.builtin_store()

    assert path.is_file()
    assert path.parent != refused[0].parent


def test_programs_that_start_at_once_all_get_the_whole_store(tmp_path: Path) -> None:
    environ = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    running = [
        subprocess.Popen(ASK, cwd=CHECKOUT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    answers = [process.communicate(timeout=60) for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], answers
    assert len({json.loads(out)["counts"]["event"] for out, _ in answers}) == 1
    assert [err for _, err in answers] == [b"", b"", b""]
    (store,) = (tmp_path / "badia").iterdir()
    assert store.suffix == ".gpkg"
