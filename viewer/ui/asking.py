"""Sets filters once what takes long about them is known, so that the window need not wait for it.

All that stands round a map shares one: a wish of another panel would else come over the one before it, or under.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from viewer.session.actor_counts import actor_counts
from viewer.session.commands import Batch, Command, SetFilters
from viewer.session.known import known_data
from viewer.session.learned import hidden_in
from viewer.session.selectors import counters
from viewer.session.session import Session
from viewer.session.state import Filters, State
from viewer.store.dataset import DataSet
from viewer.ui.timeline.histogram import first_look
from viewer.ui.working import Working

FEW = 20_000
"""Filters over so many records are set at once; over more a thread looks first."""
Change = Callable[[Filters], Filters]


def looked_through(data: DataSet, filters: Filters) -> bool:
    """Work out what map, timeline, lists and counters will ask of filters; it is remembered with the data set."""
    state = State(filters=filters)
    counters(data, state)
    first_look(data, filters)
    known_data(data, filters.known_by)
    hidden_in(data, state)
    actor_counts(data, filters)
    return True


class Asking(QObject):
    """One wish at a time: of the filters asked for the newest win."""

    worked = Signal(bool)
    """Whether somebody waits for filters."""

    def __init__(self, session: Session, data: DataSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._then: Callable[[], object] = lambda: None
        self._change: Change | None = None
        """What becomes of the filters once they are known; None where something else waits, or nothing."""
        self._working = Working(lambda filters, tick: looked_through(data, filters), self)
        self._working.answered.connect(self._known)
        self._working.failed.connect(lambda: self.worked.emit(False))

    @property
    def waits(self) -> bool:
        """Whether filters were asked for that are not set yet."""
        return self._working.busy

    def set(self, **changes: Any) -> None:
        """Change some fields of the filters, with what still waits; the others stay as they are then."""
        self.alter(lambda filters: replace(filters, **changes))

    def alter(self, change: Change) -> None:
        """Make something else of the filters as they are then, behind what still waits."""
        former = self._change if self._working.busy else None
        self._ask(change if former is None else lambda filters: change(former(filters)))

    def drop(self, rest: Filters) -> None:
        """Take away that part of the filters of now which `rest` lacks."""
        now = self._session.state.filters
        self.set(**{
            one.name: getattr(rest, one.name) for one in fields(Filters)
            if getattr(rest, one.name) != getattr(now, one.name)
        })  # fmt: skip

    def forget(self) -> bool:
        """Nobody wants any more what still waits; whether anything did."""
        waited = self._working.busy
        self._working.forget()
        self._change = None
        if waited:
            self.worked.emit(False)
        return waited

    def become(self, filters: Filters) -> None:
        """Ask for these filters in place of all."""
        self._ask(lambda _: filters)

    def do(self, command: Command) -> None:
        """Carry out a command at once, unless it sets filters that have to be looked through before."""
        together = command.commands if isinstance(command, Batch) else ()
        asked = [one.filters for one in together if isinstance(one, SetFilters)]
        if isinstance(command, SetFilters):
            self.become(command.filters)
        elif asked:
            self.before(asked[-1], lambda: self._session.dispatch(command))
        else:
            self._session.dispatch(command)

    def _ask(self, change: Change) -> None:
        def deed() -> None:
            self._session.dispatch(SetFilters(change(self._session.state.filters)))

        self.before(change(self._session.state.filters), deed)
        self._change = change

    def before(self, filters: Filters, deed: Callable[[], object]) -> None:
        """Do something once filters can be set without waiting."""
        self._then, self._change = deed, None
        if len(self._data.events) <= FEW:
            self._working.forget()
            deed()
        else:
            self.worked.emit(True)
            self._working.ask(filters)

    def release(self) -> None:
        """Stop working, before the data are closed."""
        self._working.release()

    def _known(self, filters: Filters, _: object) -> None:
        self.worked.emit(False)
        self._then()
