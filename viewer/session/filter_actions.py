"""What can be asked of the filters, as rows of the table of actions."""

from __future__ import annotations

from viewer.session.action import Action, Check
from viewer.session.commands import Command, SetFilters
from viewer.session.state import State
from viewer.store.dataset import DataSet


def _anywhere(data: DataSet, state: State) -> Command | None:
    return SetFilters(state.filters.anywhere) if state.filters.placed else None


def _lists(what: str) -> Check:
    return lambda state: state.listed == what


FILTER_ACTIONS = (
    Action("draw_outline", "Only inside an area drawn on the map", "Records", ("Y",), group=2),
    Action("draw_box", "Only inside a rectangle drawn on the map", "Records", ("Shift+Y",), group=2),
    Action("draw_circle", "Only inside a circle drawn on the map", "Records", group=2),
    Action("ground_around", "Only within a distance of what is selected, or of the pointer\u2026", "Records", ("Q",),
           group=2),
    Action("ground_anywhere", "Records anywhere again", "Records", ("Shift+Q",), _anywhere, group=2,
           idle="no ground is asked for"),
    Action("known_by", "Only what was known by this day, or all", "Records", ("H",),
           checked=lambda state: state.filters.known_by is not None, group=3),
    Action("list_later", "List what was learned later", "Records", ("Ctrl+H",), checked=_lists("later"), group=3),
    Action("list_unpublished", "List what has no date of publication", "Records", checked=_lists("unpublished"),
           group=3),
)  # fmt: skip
