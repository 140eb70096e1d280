"""What goes on once all that a store shows is read and checked: the text index is read, every page checked, all kept.

A large store is shown before that, for checking all its pages takes as long as reading it, and nothing depends on
it: what was read was checked on the way, and what is read later of a damaged page is an error of SQLite's. The text
index is needed by nobody before somebody looks for a text, who then waits for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from viewer.domain.records import Problem
from viewer.store.aside import Aside
from viewer.store.errors import StoreError
from viewer.store.file import CHECK_SECONDS, StoreFile, for_size
from viewer.store.open import check_pages
from viewer.store.progress import LAST_WAIT_SECONDS, Cancelled
from viewer.store.text_index import IndexFound, TextIndex, Tick

LOG = logging.getLogger(__name__)
LARGE = 64_000_000
"""Bytes from which on the pages of a store are checked beside the reading or after it, not before."""
Told = Callable[[], object]


def is_large(store: StoreFile) -> bool:
    """Whether checking all pages of a store takes longer than anybody should wait before it is read."""
    return store.identity[2] >= LARGE


class PageCheck:
    """The check of all pages of a store, beside whatever else is done. To be stopped, whatever happened."""

    def __init__(self, store: StoreFile) -> None:
        self._store = store
        self._aside: Aside[bool] | None = None

    def begin(self) -> None:
        """Begin, unless it was begun."""
        if self._aside is None:
            self._aside = Aside(self._store, check_pages)

    def result(self, tick: Tick) -> list[Problem]:
        """Wait for what it finds: nothing, or that it takes too long; StoreError when a page is damaged."""
        self.begin()
        seconds = for_size(CHECK_SECONDS, self._store.identity[2])
        if self._aside is not None and self._aside.finished(tick, seconds) and self._aside.result(tick):
            return []
        within = f"within {seconds:.0f} seconds when it was first read"  # which is kept with the columns
        unfinished = f"its pages could not all be checked {within}; some may be damaged"
        return [Problem(self._store.path.name, unfinished)]

    def stop(self) -> None:
        """End it if it still runs."""
        if self._aside is not None:
            self._aside.stop()


class Keeping(Protocol):
    """What was read of a store, which is kept once its pages are known to be sound."""

    def keep(self, problems: list[Problem], index: IndexFound) -> None:
        """Keep it, with what was found and read since; StoreError when the store was changed."""

    def drop(self) -> None:
        """Keep nothing, or leave it as it is once it was kept."""


class Checks:
    """The checks that end an opening: either `wait` for them, or `begin` them and be told; to be stopped at last."""

    def __init__(
        self, store: StoreFile, index: TextIndex, pages: PageCheck | None = None, keeping: Keeping | None = None
    ) -> None:
        self._store = store
        self.index = index
        self._pages, self._keeping = pages, keeping
        self._thread: threading.Thread | None = None
        self._stopped = False
        self.problems = tuple(index.found(lambda: None).problems) if index.ready else ()
        """What they found."""
        self.refusal = ""
        """Why this store would not have been opened, had it been known: a sentence."""
        self.done = pages is None and keeping is None and index.ready

    def wait(self, tick: Tick, searchable: Told = lambda: None) -> None:
        """Do all of it now, before the store is used; StoreError when the store cannot be trusted.

        searchable: called when the text index was read.
        """
        if self.done:
            return
        with self._store.reading():
            index = self.index.found(tick)
            self.problems = tuple(index.problems)
            searchable()
            problems = [*index.problems, *(self._pages.result(tick) if self._pages is not None else ())]
            tick()
            if self._keeping is not None and index.lasting:
                self._keeping.keep(problems, index)
        self._end(tuple(problems))

    def begin(self, told: Told, searchable: Told = lambda: None) -> None:
        """Do it in a thread, which calls `told` in the end, unless all is over or was begun before."""
        if not self.done and self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(told, searchable), name="badia-checks", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End them wherever they are; nothing is kept of what is not known to be sound.

        On a disk that is gone they do not end, and are left to let go of everything once they do.
        """
        self._stopped = True
        if self._thread is not None:
            self._thread.join(LAST_WAIT_SECONDS)
            if self._thread.is_alive():
                LOG.warning("the checks of %s do not end; they are left behind", self._store.path)
                return
        self._release()

    def _run(self, told: Told, searchable: Told) -> None:
        try:
            self.wait(self._go_on, searchable)
        except Cancelled:
            self._release()
        except StoreError as error:
            self.refusal = str(error)
            LOG.warning("%s", error)
            said = self.refusal.removeprefix(f"{self._store.path}: ")
            self._end((*self.problems, Problem(self._store.path.name, said)))
        except Exception:
            LOG.exception("the checks of %s came to no end", self._store.path)
            said = "could not be checked to the end; open it again"
            self._end((*self.problems, Problem(self._store.path.name, said)))
        if not self._stopped:
            told()

    def _go_on(self) -> None:
        if self._stopped:
            raise Cancelled

    def _end(self, problems: tuple[Problem, ...]) -> None:
        self._release()
        self.problems, self.done = problems, True

    def _release(self) -> None:
        """Let go of the threads, the connections and the file that they need."""
        self.index.stop()
        if self._pages is not None:
            self._pages.stop()
        if self._keeping is not None:
            self._keeping.drop()
