"""Which files are evidence, so that nothing Badia makes for somebody is ever written over one."""

from __future__ import annotations

from pathlib import Path

from viewer.untrusted import MAGIC

STORE_SUFFIXES = (".gpkg", ".badia", ".sqlite", ".db")
KEPT = "is a store or another database, and nothing is written over one; choose another name"


def is_evidence(path: Path, opened: Path | None = None) -> bool:
    """Whether a file is there that is a database, is named like one, or is the store that is open.

    Links are followed, since whoever writes may follow them too. OSError when the file cannot be looked into.
    """
    if not path.is_file():
        return False
    if {path.suffix.casefold(), path.resolve().suffix.casefold()} & {*STORE_SUFFIXES}:
        return True
    if opened is not None and opened.exists() and path.samefile(opened):
        return True
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC
