"""Keeps the screen from going dark while a briefing is shown, by what each system offers to any program.

Windows and macOS have a request of their own. On Linux the session manager's `systemd-inhibit` and the desktop's
`xdg-screensaver` are asked as far as they are there; without either nothing can be done, and `means` is empty.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from contextlib import suppress

from PySide6.QtCore import QObject, QProcess, QTimer

LOG = logging.getLogger(__name__)
REMIND_MS = 45_000
"""A screen saver that knows no lasting request is reminded so often that somebody is there."""
SYSTEM_AND_DISPLAY, UNTIL_FURTHER = 0x00000001 | 0x00000002, 0x80000000


def lasting_command() -> list[str]:
    """The program that keeps the screen on as long as its input is open; empty if there is none."""
    if sys.platform == "darwin" and (caffeinate := shutil.which("caffeinate")):
        return [caffeinate, "-di", "cat"]
    inhibit, cat = shutil.which("systemd-inhibit"), shutil.which("cat")
    if sys.platform.startswith("linux") and inhibit and cat:
        return [inhibit, "--what=idle:sleep", "--who=Badia", "--why=A briefing is shown", "--mode=block", cat]
    return []


class Awake(QObject):
    """From `begin` to `end` the screen stays on, as far as the system lets a program ask for it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._holding: subprocess.Popen[bytes] | None = None
        self._reminding = QTimer(self)
        self._reminding.setInterval(REMIND_MS)
        self._reminding.timeout.connect(self._remind)
        self._reminder = ""
        self.means: tuple[str, ...] = ()
        """What is asked, for whoever wants to know."""

    def begin(self) -> None:
        """Ask for it."""
        means = ["Windows"] if sys.platform == "win32" and _windows(SYSTEM_AND_DISPLAY | UNTIL_FURTHER) else []
        if command := lasting_command():
            try:
                self._holding = subprocess.Popen(  # noqa: S603 - a fixed program of the system, no word of anybody in it
                    command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                means.append(command[0])
            except OSError as error:
                LOG.warning("the screen may go dark: %s", error)
        if sys.platform.startswith("linux") and (reminder := shutil.which("xdg-screensaver")):
            self._reminder = reminder
            means.append(reminder)
            self._reminding.start()
            self._remind()
        self.means = tuple(means)

    def _remind(self) -> None:
        QProcess.startDetached(self._reminder, ["reset"])

    def end(self) -> None:
        """Let the screen do as it likes again."""
        self._reminding.stop()
        if sys.platform == "win32":
            _windows(UNTIL_FURTHER)
        holding, self._holding = self._holding, None
        if holding is not None:
            with suppress(OSError):
                holding.communicate(timeout=2)  # its input ends, and with it the program
            if holding.poll() is None:
                holding.kill()
                holding.wait()


def _windows(flags: int) -> bool:
    import ctypes

    kernel = getattr(ctypes, "windll", None)
    return kernel is not None and bool(kernel.kernel32.SetThreadExecutionState(flags))
