"""A file or folder for somebody: there whole or not at all, and never in the place of evidence."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viewer.formats.exported import ExportError
from viewer.store.evidence import KEPT, is_evidence

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def whole_file(path: Path, store: Path | None = None) -> Iterator[Path]:
    """A file beside `path` that takes its place at the end; nothing is left of it if anything goes wrong.

    store: the one that is open. ExportError says in one sentence why there is no file.
    """
    with _told(path):
        _check_target(path, store)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}-", suffix=".part", dir=path.parent)
        os.close(handle)
        part = Path(name)
        try:
            yield part
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.chmod(0o644)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """The same for a folder of new files; one that is there must be empty."""
    with _told(path):
        _check_folder(path)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise ExportError(f"{path}: is no empty folder; choose another name")
        part = Path(tempfile.mkdtemp(prefix=f".{path.name[:100]}-", suffix=".part", dir=path.parent))
        try:
            yield part
            part.chmod(0o755)
            part.replace(path)
        finally:
            shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        remedy = "free some space or choose another folder" if error.errno in FULL else "choose another folder"
        raise ExportError(f"{path}: cannot be written ({error.strerror or error}); {remedy}") from error


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise ExportError(f"{path}: its folder does not exist; make it or choose another")


def _check_target(path: Path, store: Path | None) -> None:
    _check_folder(path)
    if path.exists() and not path.is_file():
        raise ExportError(f"{path}: is no file that can be written over; choose another name")
    if is_evidence(path, store):
        raise ExportError(f"{path}: {KEPT}")
