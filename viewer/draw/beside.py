"""Work for other threads while the one that paints goes on: what leaves Python's lock to others most of the time.

That is numpy with large arrays, and drawings that Qt plays or strokes by itself (`unlocked`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from threading import Event
from typing import Generic, TypeVar

from PySide6.QtCore import QThread, QThreadPool

from viewer.domain.frozen import dataclass

T = TypeVar("T")


class NotDrawn(Exception):
    """What another thread was to draw onto an image is not on it."""


MOST = 3
"""Two drawings are made while another thread looks through the events: each waits for Python's lock now and then."""


@dataclass(eq=False)
class Work(Generic[T]):
    """Something that was begun."""

    _do: Callable[[], T]
    _ended: Event = field(default_factory=Event)
    _made: list[T] = field(default_factory=list)
    _error: BaseException | None = None

    def run(self) -> None:
        """Do it."""
        try:
            self._made.append(self._do())
        except BaseException as error:  # noqa: BLE001 - raised again where somebody asks for the result
            self._error = error
        finally:
            self._ended.set()

    def wait(self) -> None:
        """Until it is done, well or not."""
        self._ended.wait()

    def result(self) -> T:
        """What came of it, once it is done; what went wrong comes out here."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._made[0]


def drawn(drawing: Work[None] | None) -> None:
    """Wait until all is on an image; NotDrawn when that could not be."""
    if drawing is not None:
        try:
            drawing.result()
        except Exception as error:
            raise NotDrawn from error


class Beside:
    """The threads. They stay for a while, as beginning one takes as long as a small work."""

    def __init__(self) -> None:
        self.helps = QThread.idealThreadCount() > 1
        """Whether there is a processor for them; with one alone, they only cost."""
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(MOST)
        self._begun: list[Work[object]] = []

    def begin(self, do: Callable[[], T]) -> Work[T]:
        """Have something done by another thread."""
        work = Work(do)
        self._begun.append(work)  # type: ignore[arg-type]
        self._pool.start(work.run)
        return work

    @contextmanager
    def until_done(self) -> Iterator[None]:
        """At the end of this block all that was begun in it is done, whether or not anybody asked for it."""
        try:
            yield
        finally:
            for work in self._begun:
                work.wait()
            self._begun.clear()
