"""What is done with the record that is read, as rows of the table of actions."""

from __future__ import annotations

from viewer.session.action import Action
from viewer.session.commands import Command, SetBeside
from viewer.session.state import State
from viewer.store.dataset import DataSet


def _beside(data: DataSet, state: State) -> Command | None:
    """Begin to read the selected incident beside another one, or end that."""
    if state.beside is not None:
        return SetBeside(None)
    return SetBeside(state.selected) if state.selected is not None and state.selected.kind == "event" else None


READING_ACTIONS = (
    Action("beside", "Compare this incident with another", "Records", ("Shift+C",), _beside, group=2,
           idle="select an incident first"),
    Action("near_list", "List what else happened near it", "Records", ("Shift+N",), group=2),
    Action("near_limits", "How near, in distance and days\u2026", "Records", ("Ctrl+Shift+K",), group=2),
    Action("fold_all", "Fold all headings of the details, or none", "Records", ("Shift+H",), group=2),
)  # fmt: skip
