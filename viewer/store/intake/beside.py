"""A second process that writes rows while this one reads the next: SQLite works half of the time an import takes.

It gets batches through a pipe and says at the end how it went. When this process ends in whatever way, the pipe does,
too, and so does the other process; the copy it wrote to is then no store, and swept up by the next import.
"""

from __future__ import annotations

import marshal
import queue
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import IO, Any, cast

from viewer.store.intake.bulk import Batch
from viewer.store.intake.working_copy import Copy

AHEAD = 64
"""Batches that may wait for the other process."""
AT_ONCE = 15
LENGTH = 8
SECONDS = 0.1
DONE = "done"
_START = "import sys; sys.path[:] = {path!r}; from viewer.store.intake.scribe import write_all; write_all({copy!r})"


class Beside:
    """The other process as seen from this one."""

    def __init__(self, copy: Copy, process: subprocess.Popen[bytes], tick: Callable[[], None]) -> None:
        self._copy, self._process, self._tick = copy, process, tick
        self._pipes = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        self._waiting: queue.Queue[bytes | None] = queue.Queue(AHEAD)
        self._ended = Event()
        self._said = ""
        self._sender = Thread(target=self._send, daemon=True)
        self._sender.start()

    @classmethod
    def started(cls, copy: Copy, tick: Callable[[], None]) -> Beside | None:
        """One that has the copy to itself; None where no process can be started.

        tick: called while it is waited for; what it raises comes out.
        """
        if not sys.executable:
            return None
        code = _START.format(path=list(sys.path), copy=str(copy.path))
        copy.let_go()
        try:
            process = subprocess.Popen(  # noqa: S603 - this program itself
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                start_new_session=True,  # a key that stops this program is this process's to answer
            )  # fmt: skip
        except (OSError, ValueError):
            copy.take_up()
            return None
        return cls(copy, process, tick)

    def put(self, batch: Batch) -> None:
        """Hand over rows; sqlite3.Error when they cannot be written."""
        self._hand(marshal.dumps(cast("Any", batch)))

    def finish(self) -> None:
        """Wait until all is written and indexed; the copy is this process's again."""
        try:
            self._hand(None)
            while not self._ended.wait(SECONDS):
                self._tick()
            if self._said != DONE:
                raise sqlite3.OperationalError(self._said or "the writing process ended")
        except BaseException:
            self.stop()
            raise
        self._process.wait()
        self._copy.take_up()

    def stop(self) -> None:
        """End the other process at once."""
        self._process.kill()
        self._process.wait()
        while not self._ended.is_set():
            with suppress(queue.Full):
                self._waiting.put_nowait(None)
            self._ended.wait(SECONDS)

    def _hand(self, batch: bytes | None) -> None:
        while not self._ended.is_set():
            try:
                self._waiting.put(batch, timeout=SECONDS)
                return
            except queue.Full:
                self._tick()
        raise sqlite3.OperationalError(self._said or "the writing process ended")

    def _send(self) -> None:
        told, heard = self._pipes
        with suppress(OSError):  # it ended, and has said why
            while (batch := self._waiting.get()) is not None:
                pieces = [len(batch).to_bytes(LENGTH, "big"), batch]
                with suppress(queue.Empty):  # each write costs a turn of this thread, so that few should be made
                    for _ in range(AT_ONCE):
                        if (batch := self._waiting.get_nowait()) is None:
                            self._waiting.put(None)
                            break
                        pieces += (len(batch).to_bytes(LENGTH, "big"), batch)
                told.write(b"".join(pieces))
            told.write(bytes(LENGTH))
        with suppress(OSError):
            told.close()
        self._said = heard.read().decode("utf-8", "replace")
        heard.close()
        self._ended.set()
