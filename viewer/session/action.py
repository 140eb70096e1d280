"""What one entry of the table of actions is."""

from __future__ import annotations

from collections.abc import Callable

from viewer.domain.frozen import dataclass
from viewer.session.commands import Command
from viewer.session.state import State
from viewer.store.dataset import DataSet

Make = Callable[[DataSet, State], Command | None]
Check = Callable[[State], bool]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `keys` may be empty: then it is found in its menu and the palette.

    make: the command it comes to now, or None when there is nothing to do; without `make` the window does it.
    checked: for switches, whether it is on. repeats: whether holding the key down repeats it. needs_data: False
    for what works before a store is open. idle: why there is nothing to do when `make` gives None.
    """

    id: str
    title: str
    menu: str
    keys: tuple[str, ...] = ()
    make: Make | None = None
    checked: Check | None = None
    repeats: bool = False
    group: int = 0
    needs_data: bool = True
    idle: str = ""
