"""The built-in store: built once, again when the text changes, and by two programs at once without harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from viewer.paths import temporary_dir
from viewer.session import builtin
from viewer.store.errors import StoreError
from viewer.store.progress import Cancelled

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


def test_building_and_reading_are_told_and_can_be_taken_back_anywhere(data: Path) -> None:
    heard: list[tuple[str, float]] = []
    builtin.open_builtin(lambda doing, share: heard.append((doing, share))).close()
    path = builtin.builtin_store()
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert 0.0 == shares[0] < shares[-1] <= 1.0

    for stop in range(len(heard)):
        path.unlink(missing_ok=True)
        left = [stop]

        def take_back(doing: str, share: float, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Cancelled

        with pytest.raises(Cancelled):
            builtin.open_builtin(take_back)
        assert not list(path.parent.glob(".*"))


def test_a_reading_that_was_taken_back_deletes_nothing(data: Path) -> None:
    path = builtin.builtin_store()
    torn = path.read_bytes()[:3000]
    path.write_bytes(torn)

    def take_back(doing: str, share: float) -> None:
        if "again" in doing:
            raise Cancelled

    with pytest.raises(Cancelled):
        builtin.open_builtin(take_back)
    assert path.read_bytes() == torn


def test_a_cache_that_cannot_be_written_is_no_obstacle(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, refused = builtin.build, []

    def full(folder: Path, path: Path, *rest: Any) -> list[str]:
        if not refused:
            refused.append(path)
            raise StoreError(f"{path}: cannot be written (disk full)")
        return real(folder, path, *rest)

    monkeypatch.setattr(builtin, "build", full)
    path = builtin.builtin_store()

    assert path.is_file()
    assert path.parent == temporary_dir(), "which goes with the program"


@pytest.mark.parametrize("home", [{}, {"HOME": "/proc/nobody"}])
def test_without_a_usable_home_nothing_is_left_behind(tmp_path: Path, home: dict[str, str]) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("XDG_")}
    environ |= {"TMPDIR": str(tmp_path), **home}
    run = subprocess.run(ASK, cwd=CHECKOUT, env=environ, capture_output=True, text=True, timeout=60)

    assert (run.returncode, run.stderr) == (0, "")
    assert Path(json.loads(run.stdout)["path"]).is_relative_to(tmp_path)
    assert not list(tmp_path.iterdir())


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
