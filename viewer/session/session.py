"""The session: takes commands in order, remembers how to go back, tells watchers what changed."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from viewer.session.commands import Command
from viewer.session.state import Marks, State

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

UNDO_DEPTH = 200
MAX_STEPS = 1_000
"""Commands that watchers may give in answer to one command; more are watchers that answer each other for ever."""
FIELDS = tuple(field.name for field in dataclasses.fields(State))
REMEMBERED = tuple(name for name in FIELDS if name != "play")
"""The fields that undo restores, as far as a step changed them; nobody wants playing back."""

_values = attrgetter(*FIELDS)
Watcher = Callable[[State, State, frozenset[str]], None]


@dataclasses.dataclass(eq=False)
class Step:
    """What can be taken back at once: the states before and after it. The same one while more comes to belong to it."""

    before: State
    after: State


class Session:
    """Holds the current state. Commands given from inside a watcher wait their turn."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._watchers: list[tuple[frozenset[str], Watcher]] = []
        self._undo: deque[Step] = deque(maxlen=UNDO_DEPTH)
        self._redo: deque[Step] = deque(maxlen=UNDO_DEPTH)
        self._step: Step | None = None
        self._merging = ""
        self._aimed = False
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

    def dispatch(self, command: Command, joins: Step | None = None) -> None:
        """Apply a command and tell the watchers.

        joins: the step to which it belongs and with which it is taken back, if that still can be.
        """
        self._enqueue(lambda: self._applied(command, joins))

    def undo(self) -> None:
        """Go back one step of view, filters or selection."""
        self._enqueue(lambda: self._restored(self._undo, self._redo, back=True))

    def redo(self) -> None:
        """Take the last undo back."""
        self._enqueue(lambda: self._restored(self._redo, self._undo, back=False))

    @property
    def can_undo(self) -> bool:
        """True when there is a step to go back to."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """True when an undo can be taken back."""
        return bool(self._redo)

    @property
    def step(self) -> Step | None:
        """The step that the last command which can be taken back made or joined; None where it changed nothing."""
        return self._step

    @property
    def aimed(self) -> bool:
        """Whether what changed the state last says itself where the map is to look, as does a step back."""
        return self._aimed

    def forget_steps(self) -> None:
        """What was done so far cannot be taken back any more."""
        self._undo.clear()
        self._redo.clear()
        self._step, self._merging = None, ""

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

    def _applied(self, command: Command, joins: Step | None) -> State:
        self._aimed = command.aims
        before = self._state
        after = command.apply(before)
        if not command.undoable:
            return after
        if after == before:
            self._step = None
            return after
        joined = joins if joins in self._undo else None
        merged = self._undo[-1] if self._undo and command.merges and command.merges == self._merging else None
        self._step = joined or merged
        if self._step is not None:
            if before is not self._step.after:  # what was played since then is not taken back
                self._step.before = _moved(before, self._step.after, self._step.before, REMEMBERED)
            self._step.after = after
        else:
            self._step = Step(before, after)
            self._undo.append(self._step)
        self._redo.clear()
        if joined is None:
            self._merging = command.merges
        return after

    def _restored(self, source: deque[Step], target: deque[Step], back: bool) -> State:
        """The state with what a step changed as it was before it, or as it was after.

        All else stays: what was played since then is not played back.
        """
        if not source:
            return self._state
        self._aimed = True
        step = source.pop()
        target.append(step)
        self._step, self._merging = None, ""
        start, goal = (step.after, step.before) if back else (step.before, step.after)
        return _moved(self._state, start, goal, REMEMBERED)

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
        old, new = getattr(start, name), getattr(goal, name)
        if old is new:
            continue
        now = getattr(record, name)
        if isinstance(now, Marks):
            changes[name] = now.moved(old, new)
        elif old != new:
            nested = dataclasses.is_dataclass(new) and type(now) is type(old) is type(new)
            changes[name] = _moved(now, old, new, [f.name for f in dataclasses.fields(new)]) if nested else new
    return dataclasses.replace(record, **changes)


def _changed(before: State, after: State) -> frozenset[str]:
    both = zip(FIELDS, _values(before), _values(after), strict=True)
    return frozenset(name for name, one, other in both if one is not other and one != other)
