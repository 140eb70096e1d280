"""What can go wrong with a file, each with one sentence for the person who opened it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """A file that cannot be opened or written; the message names the file and what to do."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Put the name of a file before what is wrong with its rows."""
    try:
        yield
    except StoreError as error:
        raise StoreError(f"{path}: {error}") from None
