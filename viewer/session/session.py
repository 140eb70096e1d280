"""The session: takes commands in order, remembers how to go back, tells watchers what changed."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from viewer.session.commands import Command
from viewer.session.state import Marks, State

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

UNDO_DEPTH = 200
MAX_STEPS = 1_000
"""Commands that watchers may give in answer to one command; more are watchers that answer each other for ever."""
REMEMBERED = tuple(field.name for field in dataclasses.fields(State) if field.name != "play")
"""The fields that undo restores, as far as a step changed them; nobody wants playing back."""

_Step = tuple[State, State]
"""The states before and after a step that can be taken back."""
Watcher = Callable[[State, State, frozenset[str]], None]


class Session:
    """Holds the current state. Commands given from inside a watcher wait their turn."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._watchers: list[tuple[frozenset[str], Watcher]] = []
        self._undo: deque[_Step] = deque(maxlen=UNDO_DEPTH)
        self._redo: deque[_Step] = deque(maxlen=UNDO_DEPTH)
        self._merging = ""
        self._goes_back = False
        self._queue: deque[Callable[[], State]] = deque()
        self._busy = False

    @property
    def state(self) -> State:
        """The state now."""
        return self._state

    def watch(self, fields: Iterable[str], watcher: Watcher) -> Callable[[], None]:
        """Call `watcher(old, new, changed)` when any of the State fields changes; returns how to stop."""
        entry = (frozenset(fields), watcher)
        self._watchers.append(entry)
        return lambda: self._watchers.remove(entry) if entry in self._watchers else None

    def dispatch(self, command: Command) -> None:
        """Apply a command and tell the watchers."""
        self._enqueue(lambda: self._applied(command))

    def undo(self) -> None:
        """Go back one step of view, filters or selection."""
        self._enqueue(lambda: self._restored(self._undo, self._redo, 0))

    def redo(self) -> None:
        """Take the last undo back."""
        self._enqueue(lambda: self._restored(self._redo, self._undo, 1))

    @property
    def can_undo(self) -> bool:
        """True when there is a step to go back to."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """True when an undo can be taken back."""
        return bool(self._redo)

    @property
    def goes_back(self) -> bool:
        """Whether the last step took one back, or took that back."""
        return self._goes_back

    def forget_steps(self) -> None:
        """What was done so far cannot be taken back any more."""
        self._undo.clear()
        self._redo.clear()
        self._merging = ""

    def break_merge(self) -> None:
        """Make the next command a step of its own, for instance when the mouse button goes up."""
        self._merging = ""

    def _enqueue(self, step: Callable[[], State]) -> None:
        """Take steps in order. What a command or watcher raises is raised once all others had their turn."""
        self._queue.append(step)
        if self._busy:
            return
        self._busy = True
        errors: list[Exception] = []
        try:
            for _ in range(MAX_STEPS):
                if not self._queue:
                    break
                self._take(self._queue.popleft(), errors)
            if self._queue:
                errors.append(RuntimeError(f"watchers still answered each other after {MAX_STEPS} commands"))
        finally:
            self._busy = False
            self._queue.clear()
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise ExceptionGroup("several watchers failed", errors)

    def _take(self, step: Callable[[], State], errors: list[Exception]) -> None:
        try:
            after = step()
        except Exception as error:  # noqa: BLE001 - kept and raised when the queue is empty
            errors.append(error)
            return
        self._become(after, errors)

    def _applied(self, command: Command) -> State:
        self._goes_back = False
        before = self._state
        after = command.apply(before)
        if after == before or not command.undoable:
            return after
        merged = command.joins or (bool(command.merges) and command.merges == self._merging)
        if merged and self._undo:
            first, until = self._undo.pop()
            before = _moved(before, until, first, REMEMBERED)
        self._undo.append((before, after))
        self._redo.clear()
        if not command.joins:
            self._merging = command.merges
        return after

    def _restored(self, source: deque[_Step], target: deque[_Step], end: int) -> State:
        """The state with what a step changed as it was before (end 0) or after it (end 1).

        All else stays: what was played since then is not played back.
        """
        if not source:
            return self._state
        self._goes_back = True
        step = source.pop()
        target.append(step)
        self._merging = ""
        return _moved(self._state, step[1 - end], step[end], REMEMBERED)

    def _become(self, after: State, errors: list[Exception]) -> None:
        before, self._state = self._state, after
        changed = _changed(before, after)
        if not changed:
            return
        for entry in tuple(self._watchers):
            fields, watcher = entry
            if fields & changed and entry in self._watchers:
                try:
                    watcher(before, after, fields & changed)
                except Exception as error:  # noqa: BLE001 - the other watchers must hear of the change too
                    errors.append(error)


def _moved(record: T, start: T, goal: T, names: Iterable[str]) -> T:
    """The record with those of its fields that differ between start and goal as in goal, records field by field."""
    changes = {}
    for name in names:
        now, old, new = (getattr(one, name) for one in (record, start, goal))
        if isinstance(now, Marks):
            changes[name] = now.moved(old, new) if old is not new else now
        elif old != new:
            nested = dataclasses.is_dataclass(new) and type(now) is type(old) is type(new)
            changes[name] = _moved(now, old, new, [f.name for f in dataclasses.fields(new)]) if nested else new
    return dataclasses.replace(record, **changes)


def _changed(before: State, after: State) -> frozenset[str]:
    return frozenset(
        field.name for field in dataclasses.fields(State) if getattr(before, field.name) != getattr(after, field.name)
    )
