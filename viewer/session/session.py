"""The session: takes commands in order, remembers how to go back, tells watchers what changed."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable

from viewer.session.commands import Command
from viewer.session.state import State

UNDO_DEPTH = 200
REMEMBERED = ("camera", "time", "filters", "layers", "selected", "listed", "stack", "pins")
"""The fields that undo restores; theme, labels and playback stay as they are."""

Watcher = Callable[[State, State, frozenset[str]], None]


class Session:
    """Holds the current state. Commands given from inside a watcher wait their turn."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._watchers: list[tuple[frozenset[str], Watcher]] = []
        self._undo: deque[State] = deque(maxlen=UNDO_DEPTH)
        self._redo: list[State] = []
        self._merging = ""
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
        self._enqueue(lambda: self._restored(self._undo, self._redo))

    def redo(self) -> None:
        """Take the last undo back."""
        self._enqueue(lambda: self._restored(self._redo, self._undo))

    @property
    def can_undo(self) -> bool:
        """True when there is a step to go back to."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """True when an undo can be taken back."""
        return bool(self._redo)

    def break_merge(self) -> None:
        """Make the next command a step of its own, for instance when the mouse button goes up."""
        self._merging = ""

    def _enqueue(self, step: Callable[[], State]) -> None:
        self._queue.append(step)
        if self._busy:
            return
        self._busy = True
        try:
            while self._queue:
                self._become(self._queue.popleft()())
        finally:
            self._busy = False
            self._queue.clear()

    def _applied(self, command: Command) -> State:
        after = command.apply(self._state)
        if after == self._state or not command.undoable:
            return after
        if not (command.merges and command.merges == self._merging):
            self._undo.append(self._state)
        self._redo.clear()
        self._merging = command.merges
        return after

    def _restored(self, source: deque[State] | list[State], target: deque[State] | list[State]) -> State:
        if not source:
            return self._state
        target.append(self._state)
        self._merging = ""
        past = source.pop()
        return dataclasses.replace(self._state, **{name: getattr(past, name) for name in REMEMBERED})

    def _become(self, after: State) -> None:
        before, self._state = self._state, after
        changed = frozenset(
            f.name for f in dataclasses.fields(State) if getattr(before, f.name) != getattr(after, f.name)
        )
        if changed:
            for fields, watcher in tuple(self._watchers):
                if fields & changed:
                    watcher(before, after, fields & changed)
