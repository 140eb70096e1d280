"""Where things lie must hold in a checkout, in an installed wheel, and for a user without a home."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from viewer import paths

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _fresh_temporary_folder() -> Iterator[None]:
    paths.temporary_dir.cache_clear()
    yield
    paths.temporary_dir.cache_clear()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with an empty home of their own and a temporary folder apart from it."""
    for kind in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.delenv(f"XDG_{kind}_HOME", raising=False)
    spare = tmp_path / "tmp"
    spare.mkdir()
    monkeypatch.setattr(paths.tempfile, "tempdir", str(spare))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_checkout_uses_its_own_folders() -> None:
    assert paths.resources_dir() == CHECKOUT / "resources"
    assert paths.data_dir() == CHECKOUT / "data"


def test_what_a_checkout_has_beside_the_package_an_installed_one_has_inside() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert carried == {name: f"viewer/{name}" for name in ("LICENSE", "resources", "data")}
    assert all((CHECKOUT / name).exists() for name in carried)


def test_an_installed_package_uses_the_folders_inside_it(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "viewer"
    (package.parent / "resources").mkdir(parents=True)  # somebody else's

    assert paths._shipped("resources", package) == package / "resources"


def test_folders_of_the_user_are_made_apart_under_the_home(home: Path) -> None:
    cache, state, config = paths.cache_dir(), paths.state_dir(), paths.config_dir()

    assert config is not None
    assert len({cache, state, config}) == 3
    for folder in (cache, state, config):
        assert folder.is_dir()
        assert home in folder.parents


def test_the_xdg_variable_is_followed_even_without_a_home(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))

    assert paths.cache_dir() == tmp_path / "elsewhere" / paths.APP


def test_without_a_home_files_go_to_a_private_temporary_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HOME")

    cache, state = paths.cache_dir(), paths.state_dir()

    assert cache.is_dir()
    assert state.is_dir()
    assert cache != state
    assert tmp_path / "tmp" in cache.parents
    assert cache.parent.stat().st_mode & 0o077 == 0
    assert paths.cache_dir() == cache, "the same folder for the whole run"
    assert paths.config_dir() is None


def test_a_home_that_is_a_file_falls_back(home: Path, tmp_path: Path) -> None:
    home.write_text("not a folder")

    assert tmp_path / "tmp" in paths.cache_dir().parents


def test_a_home_that_may_not_be_written_to_falls_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths.os, "access", lambda *_: False)  # root could write to a real one

    assert tmp_path / "tmp" in paths.state_dir().parents


def test_a_relative_folder_is_not_used(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert not paths._make(Path("~/.cache/badia"))
    assert not (tmp_path / "~").exists()


RUN = """
import os, signal, sys
from viewer import paths
folder = paths.temporary_dir()
(folder / "copy").write_text("much")
print(folder, flush=True)
sys.stdin.read()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def run(home: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another run of the program, which is killed when its input ends, and its temporary folder."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT,
        env={**os.environ, "TMPDIR": str(home.parent / "tmp")},
    ) as other:  # fmt: skip
        assert other.stdout is not None
        yield other, Path(other.stdout.readline().strip())
        if other.poll() is None:
            other.communicate("")


def test_the_temporary_folder_of_a_run_that_goes_on_stays(run: tuple[subprocess.Popen[str], Path]) -> None:
    other, theirs = run
    own = paths.temporary_dir()
    assert other.poll() is None and own.parent == theirs.parent and own != theirs
    assert (theirs / "copy").read_text(encoding="utf-8") == "much"


def test_the_temporary_folder_of_a_run_that_was_killed_goes(run: tuple[subprocess.Popen[str], Path]) -> None:
    other, theirs = run
    other.communicate("")
    assert other.returncode < 0 and theirs.is_dir()
    assert paths.temporary_dir().is_dir() and not theirs.exists()


def test_other_folders_go_only_when_they_are_old_and_hold_nothing(home: Path) -> None:
    room = home.parent / "tmp"
    names = ("badia-oldempty", "badia-youngone", "badia-holding_", "badia-bench-oldempty", "another-oldempty")
    for name in names:
        (room / name).mkdir()
    (room / "badia-holding_" / "map.png").write_bytes(b"mine")
    (room / "badia-linked__").symlink_to(room / "badia-bench-oldempty")
    for name in names:
        if name != "badia-youngone":
            os.utime(room / name, (0, 0))
    own = paths.temporary_dir()
    assert {path.name for path in room.iterdir()} == {*names[1:], "badia-linked__", own.name}
