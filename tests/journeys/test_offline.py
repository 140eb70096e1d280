"""Offline and read-only, seen from outside: no network is asked for, and no byte of a store changes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from viewer.domain.dates import parse
from viewer.session.cards import card_of
from viewer.session.finding import find_all
from viewer.session.selectors import counters, holdings_on, visible_events
from viewer.session.state import Ref, State, Time
from viewer.store.dataset import open_dataset

ROOT = Path(__file__).parents[2]
COMMANDS = [("info",), ("snapshot", "--size", "400x300", "-o", "map.png")]


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run([*command, "true"], capture_output=True, check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_it_works_without_a_network(command: tuple[str, ...], builtin_store: Path, tmp_path: Path) -> None:
    alone = ("unshare", "-rn") if _works("unshare", "-rn") else ()
    _run(alone, command, builtin_store, tmp_path)


@pytest.mark.skipif(not _works("strace", "-f", "-o", "/dev/null"), reason="strace cannot trace here")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_internet_socket_is_opened(command: tuple[str, ...], builtin_store: Path, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    _run(("strace", "-f", "-e", "trace=%network,exit_group", "-o", str(log)), command, builtin_store, tmp_path)
    assert "exit_group" in log.read_text()
    assert "AF_INET" not in log.read_text()


def _run(before: tuple[str, ...], command: tuple[str, ...], store: Path, folder: Path) -> None:
    name, *options = command
    whole = [*before, sys.executable, str(ROOT / "main.py"), name, str(store), *options]
    done = subprocess.run(whole, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_looking_changes_no_byte_of_the_store(builtin_store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    path = Path(shutil.copy(builtin_store, folder / "store.gpkg"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    data = open_dataset(path)
    start = parse("2017-06-01").earliest or 0
    for day in range(start, start + 200):
        now = State(time=Time(day))
        counters(data, now)
        holdings_on(data, day)
        for row in visible_events(data, now).rows[:2]:
            assert card_of(data, Ref("event", data.events.keys[row])) is not None
    assert find_all(data, "Mayadeen", 5)
    data.close()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [left.name for left in folder.iterdir()] == ["store.gpkg"]
