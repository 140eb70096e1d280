"""The very beginning of the program, before anything is loaded: whoever stops it then reads a sentence and no trace."""

from __future__ import annotations

import os
import sys

STOPPED = b"badia: stopped\n"
INTERRUPTED = 130


def main() -> int:
    """Run Badia; the exit code. While it is loaded nothing is begun yet, so that Ctrl-C ends it at once."""
    code = INTERRUPTED
    try:
        import signal

        listens = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # in the background nobody means it
        if listens:
            signal.signal(signal.SIGINT, _leave)
        from viewer.app import main as run

        code = run()
        if listens:  # all is done
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:  # before anybody listened
        _leave()
    return code


def _leave(*_: object) -> None:
    os.write(sys.__stderr__.fileno() if sys.__stderr__ is not None else 2, STOPPED)
    os._exit(INTERRUPTED)
