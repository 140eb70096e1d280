"""The last view of each store, kept in the user's own folder: never in the store, and never worth a failure."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

MAX_BYTES = 1_000_000
"""No view is larger; a file that is was not written by Badia."""


def view_file(folder: Path, store_id: str) -> Path:
    """Where the last view of a store lies; the id names the file but never its folder."""
    readable = re.sub(r"[^A-Za-z0-9-]+", "-", store_id)[:40].strip("-")
    digest = hashlib.sha256(store_id.encode("utf-8", "replace")).hexdigest()[:12]
    return folder / f"view-{readable}-{digest}.json"


def load(folder: Path, store_id: str) -> dict[str, Any] | None:
    """The last view as it was saved; None when there is none. A damaged file is put aside as `.bad`."""
    path = view_file(folder, store_id)
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError:
        return None
    try:
        view = json.loads(text) if len(text) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        view = None
    if isinstance(view, dict):
        return view
    _put_aside(path)
    return None


def _put_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(".bad"))
    except OSError:
        return


def save(folder: Path, store_id: str, view: dict[str, Any]) -> bool:
    """Write a view in one step, so that there is always a whole one; False when it cannot be written."""
    path = view_file(folder, store_id)
    try:
        text = json.dumps(view, allow_nan=False, ensure_ascii=True, indent=1)
        handle, name = tempfile.mkstemp(prefix=".view-", dir=folder)
    except (OSError, TypeError, ValueError, RecursionError):
        return False
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        return False
    return True
