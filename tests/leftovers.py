"""What tests leave behind: windows that nobody closed, and threads that still run."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail when what is done meanwhile leaves windows or threads that were not there before."""
    before, threads = _open_windows(), threading.enumerate()
    yield
    left = [thing for number, thing in _open_windows().items() if number not in before]
    left += [thread.name for thread in threading.enumerate() if thread not in threads and not _ends(thread)]
    if left:
        pytest.fail(f"left open: {', '.join(left)}")


def _ends(thread: threading.Thread) -> bool:
    """Whether a thread is about to end: a library's own may need a moment.

    One of Qt's pools, which Python only knows as it once ran there, rests when it is idle and cannot be waited for.
    """
    if isinstance(thread, threading._DummyThread):
        return True
    thread.join(5)
    return not thread.is_alive()


def _open_windows() -> dict[int, str]:
    """The top-level widgets and running threads of Qt, by address; nothing is asked where Qt was never loaded."""
    core, widgets = sys.modules.get("PySide6.QtCore"), sys.modules.get("PySide6.QtWidgets")
    if core is None:
        return {}
    import shiboken6

    here = core.QThread.currentThread()
    threads = [thing for thing in shiboken6.getAllValidWrappers() if isinstance(thing, core.QThread)]
    found: list[Any] = [thread for thread in threads if thread.isRunning() and thread != here]
    if widgets is not None and isinstance(widgets.QApplication.instance(), widgets.QApplication):
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
        found += widgets.QApplication.topLevelWidgets()
    return {shiboken6.getCppPointer(thing)[0]: f"{type(thing).__name__} '{thing.objectName()}'" for thing in found}
