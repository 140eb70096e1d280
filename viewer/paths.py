"""Knows where things lie, so that no other module guesses: the files of the program and those of its user.

In a checkout `resources/` and `data/` are beside the package; a wheel carries them inside it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

import platformdirs

APP = "badia"
_PACKAGE = Path(__file__).resolve().parent
_TEMPORARY = re.compile(rf"{APP}-[a-z0-9_]{{8}}")
_HELD = "held"
"""A file in a temporary folder that is locked as long as the run goes on whose folder it is."""
_STALE_SECONDS = 86_400.0
"""An empty folder without such a file, as an older version left it, is nobody's any more when it is so old."""


def resources_dir() -> Path:
    """Folder with the theme, the base map and the fonts; read only."""
    return _shipped("resources", _PACKAGE)


def data_dir() -> Path:
    """Folder with the built-in data set as text files; read only."""
    return _shipped("data", _PACKAGE)


def cache_dir() -> Path:
    """Folder for what can be made again, such as the built store; exists and is writable."""
    return _lasting_cache() or _spare("cache")


def state_dir() -> Path:
    """Folder for what should outlive a run, such as the last view and the log; exists and is writable."""
    return _lasting(platformdirs.user_state_path(APP, appauthor=False), "state") or _spare("state")


def user_dir() -> Path:
    """Folder for what the user made and would miss, such as marks and scenes; exists.

    It is writable, unless the user's own has something in it and cannot be written to now: then that can be read.
    """
    wanted = platformdirs.user_data_path(APP, appauthor=False)
    lasting = _lasting(wanted, "data")
    if lasting is None and not _homeless("data") and _holds_something(wanted):
        return wanted
    return lasting or _spare("data")


def outlives_the_run(path: Path) -> bool:
    """Whether a file of the user's lies where it is still there when the program ends."""
    return not path.is_relative_to(temporary_dir())


def config_dir() -> Path | None:
    """Folder for what the user set up and wants again, such as mappings of tables; None where nothing would last."""
    return _lasting(platformdirs.user_config_path(APP, appauthor=False), "config")


def result_dir() -> Path:
    """Folder for a file that was made for the user, who named no place; outlives the run even without a home."""
    return _lasting_cache() or Path(tempfile.mkdtemp(prefix=f"{APP}-"))


@cache
def temporary_dir() -> Path:
    """One private folder for the whole run, removed at its end with all that is in it.

    What runs left that could not do that, as they were killed, is removed now.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{APP}-"))
    atexit.register(_give_up, folder, _hold(folder))
    _remove_left(folder)
    return folder


def _hold(folder: Path) -> int | None:
    """Tell other runs that a folder is in use, until this one ends, however it does; None where that cannot be told.

    The file gets its name once it is locked: nobody finds it before.
    """
    try:
        import fcntl

        held = os.open(folder / "new", os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / "new").rename(folder / _HELD)
    except (ImportError, OSError):
        return None
    return held


def _give_up(folder: Path, held: int | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if held is not None:
        os.close(held)


def _remove_left(own: Path) -> None:
    """Remove temporary folders of this user that no run holds any more; what cannot be removed stays."""
    with contextlib.suppress(OSError), os.scandir(own.parent) as entries:
        for entry in entries:
            if _TEMPORARY.fullmatch(entry.name) and entry.name != own.name and entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(ImportError, OSError):
                    _remove_unheld(Path(entry.path), entry.stat(follow_symlinks=False))


def _remove_unheld(folder: Path, about: os.stat_result) -> None:
    """Remove a folder that was held and is no more, or an old empty one; OSError when it is held or another user's."""
    import fcntl

    if about.st_uid != os.getuid():
        return
    try:
        held = os.open(folder / _HELD, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        if time.time() - about.st_mtime > _STALE_SECONDS:
            folder.rmdir()
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(held)


def _shipped(name: str, package: Path) -> Path:
    """The checkout's folder when the package lies in one (its project file tells), else the installed one."""
    checkout = package.parent
    return checkout / name if (checkout / "pyproject.toml").is_file() else package / name


def _lasting_cache() -> Path | None:
    return _lasting(platformdirs.user_cache_path(APP, appauthor=False), "cache")


def _lasting(wanted: Path, kind: str) -> Path | None:
    """The user's folder; None where there is no home or it cannot be written to."""
    return wanted if not _homeless(kind) and _make(wanted) else None


def _spare(kind: str) -> Path:
    """A folder for this run in place of the user's."""
    spare = temporary_dir() / kind
    spare.mkdir(exist_ok=True)
    return spare


def _holds_something(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def _homeless(kind: str) -> bool:
    """Whether nothing in the environment says where this user keeps files, as under some service accounts."""
    named = os.environ.get("HOME") or os.environ.get(f"XDG_{kind.upper()}_HOME")
    return os.name == "posix" and not named


def _make(folder: Path) -> bool:
    """Create the folder for this user only; False if it cannot be had, as under a read-only home."""
    if not folder.is_absolute():
        return False
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
