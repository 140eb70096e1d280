"""The built-in store: made from the text files when it is missing or they changed, and kept for the next start."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import viewer
from viewer.formats.textset import read_text_set
from viewer.paths import cache_dir, data_dir, temporary_dir
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.progress import Report, part, quiet
from viewer.store.schema import SCHEMA_VERSION
from viewer.store.writer import write_store

PREFIX = "builtin-"
STALE_SECONDS = 3600.0
"""Stores of other versions stay this long, since another program may be about to open one."""
BUILDING = 0.7
"""The share of an opening that building takes, when there is something to build."""
_BUILDERS = ("domain", "formats", "geo", "store")
"""The rooms whose code decides what is in a built store."""


def builtin_store(report: Report = quiet) -> Path:
    """The built store's file, built if need be; StoreError when there is nowhere to put it.

    Its name carries a digest of the text files and of the code that builds from them, so a change of
    either makes another file. Two programs that start at once write the same bytes, each in one step.
    """
    name = f"{PREFIX}{fingerprint(data_dir())}.gpkg"
    path = cache_dir() / name
    if path.is_file():
        return path
    try:
        build(data_dir(), path, report)
    except StoreError:
        path = temporary_dir() / name
        build(data_dir(), path, report)
    _remove_others(path)
    return path


def open_builtin(report: Report = quiet) -> DataSet:
    """The built-in data set; a built store that was damaged since is built again."""
    building, reading = part(report, 0.0, BUILDING), part(report, BUILDING, 1.0)
    path = builtin_store(building)
    try:
        return open_dataset(path, reading)
    except StoreError:
        report("Building the built-in data again", BUILDING)  # who took the opening back wants nothing deleted
        path.unlink(missing_ok=True)
        return open_dataset(builtin_store(building), reading)


def build(folder: Path, path: Path, report: Report = quiet) -> list[str]:
    """Write the text files below `folder` as a store; what is wrong in them, one sentence each."""
    report("Reading the texts of the built-in data", 0.0)
    records, problems = read_text_set(folder)
    report("Building the store of the built-in data", 0.4)
    write_store(records, path)
    return [str(problem) for problem in problems]


def fingerprint(folder: Path) -> str:
    """A short digest of what decides the store's bytes: the text files, the schema and the building code."""
    digest = hashlib.sha256(str(SCHEMA_VERSION).encode())
    for path in (*_below(folder, (".toml", ".csv")), *_code()):
        content = path.read_bytes()
        digest.update(f"{path.name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def _code() -> Iterator[Path]:
    package = Path(viewer.__file__).parent
    for room in _BUILDERS:
        yield from _below(package / room, (".py",))


def _below(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in suffixes and path.is_file())


def _remove_others(path: Path) -> None:
    """Delete stores of older versions and what a build that was cut short left behind."""
    for other in (*path.parent.glob(f"{PREFIX}*.gpkg"), *path.parent.glob(f".{PREFIX}*")):
        try:
            if other != path and time.time() - other.stat().st_mtime > STALE_SECONDS:
                other.unlink()
        except OSError:
            continue
