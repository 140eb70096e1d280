"""How many records fall into each bin of the calendar, stacked by group, over the total of everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import Day
from viewer.domain.events import EVENT_TYPES
from viewer.session.selectors import LONG_SPAN_DAYS, Mask, control_changes, extent, filter_mask
from viewer.session.state import Filters
from viewer.store.columns import FAR_PAST
from viewer.store.dataset import DataSet
from viewer.ui.timeline.scale import edges

Numbers = NDArray[np.int64]

TYPE_GROUPS = (
    ("fighting", ("battle", "ambush", "raid", "attack", "operation", "siege")),
    ("strikes and shelling", ("strike", "shelling", "chemical")),
    ("bombs and destruction", ("bombing", "destruction")),
    ("killings and captives", ("killing", "execution", "massacre", "kidnapping", "arrest")),
    ("gains and movements", ("capture", "withdrawal", "movement", "displacement", "agreement", "training")),
    ("words and plans", ("plan", "threat", "statement", "forecast", "background", "other")),
)
TYPE_COLOURS = ("select", "accent", "warning", "error", "good", "unknown")
"""The theme's colour for each group of types."""
MOST_ACTORS = 6
MOST_BINS = 20_000
RARE = 0.005
"""The share of records at either end that the first look at the timeline leaves out."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """How the bars are stacked: titles, whose colour each has (a token's or an actor's), the group of each row."""

    titles: tuple[str, ...]
    colours: tuple[tuple[str, str], ...]
    of_row: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Histogram:
    """Bin i holds the days `edges[i]` to `edges[i + 1] - 1`; stacks: (groups, n), everything: (n,)."""

    unit: str
    edges: Numbers
    stacks: Numbers
    everything: Numbers

    @property
    def tallest(self) -> int:
        """The height of the highest bin, at least 1."""
        return max(1, int(self.everything.max(initial=0)))

    def bin_of(self, day: Day) -> int | None:
        """The number of the bin a day falls into."""
        index = int(np.searchsorted(self.edges, day, side="right")) - 1
        return index if 0 <= index < len(self.everything) else None


def by_type(data: DataSet) -> Grouping:
    """Stacked by what happened, types of a kind together."""
    group = {term: number for number, (_, terms) in enumerate(TYPE_GROUPS) for term in terms}
    lookup = np.array([group[term] for term in EVENT_TYPES], dtype=np.intp)
    colours = tuple(("token", name) for name in TYPE_COLOURS)
    return Grouping(tuple(title for title, _ in TYPE_GROUPS), colours, lookup[data.events.type])


def by_actor(data: DataSet) -> Grouping:
    """Stacked by the main actor: the most frequent ones, and all others."""
    codes = data.events.actor.astype(np.intp)
    known = codes < len(data.actor_keys)
    often = np.bincount(codes[known], minlength=len(data.actor_keys))
    chosen = [int(code) for code in np.argsort(-often, kind="stable")[:MOST_ACTORS] if often[code]]
    of_row = np.full(len(codes), len(chosen), dtype=np.intp)
    for group, code in enumerate(chosen):
        of_row[codes == code] = group
    keys = [data.actor_keys[code] for code in chosen]
    colours = (*(("actor", key) for key in keys), ("token", "unknown"))
    return Grouping((*(data.actors[key].name for key in keys), "others and unknown"), colours, of_row)


GROUPINGS = {"type": by_type, "actor": by_actor}


def busy_extent(data: DataSet) -> tuple[Day, Day]:
    """The days between which nearly all records and changes of control begin; the extent when there are none."""
    events = data.events
    starts = events.earliest[events.dated & (events.earliest != FAR_PAST)]
    days = np.concatenate([starts, np.array([day for day, _, _ in control_changes(data)], dtype=np.int64)])
    if not len(days):
        return extent(data)
    low, high = np.quantile(days, (RARE, 1 - RARE))
    return int(low), min(int(high) + 180, extent(data)[1])


def histogram(
    data: DataSet, filters: Filters, grouping: Grouping, unit: str, extent: tuple[Day, Day], around: Day
) -> Histogram:
    """The histogram over the whole extent; of an extent with too many bins, the part around a day.

    A record counts in every bin its span touches; records longer than the selectors' LONG_SPAN_DAYS are bars.
    """
    lines = edges(unit, *extent)
    if len(lines) > MOST_BINS:
        middle = int(np.searchsorted(lines, around))
        lines = lines[max(0, middle - MOST_BINS // 2) : middle + MOST_BINS // 2]
    events = data.events
    short = events.dated & (events.latest.astype(np.int64) - events.earliest < LONG_SPAN_DAYS)
    passing = filter_mask(data, filters) & short
    stacks = [counted(data, passing & (grouping.of_row == group), lines) for group in range(len(grouping.titles))]
    return Histogram(unit, lines, np.stack(stacks), counted(data, short, lines))


def counted(data: DataSet, mask: Mask, lines: Numbers) -> Numbers:
    """How many of the masked events touch each bin: begun by its end, less those that ended before it.

    The columns are sorted by their first day, so only the last days need sorting.
    """
    begun = np.searchsorted(data.events.earliest[mask], lines[1:], side="left")
    ended = np.searchsorted(np.sort(data.events.latest[mask]), lines[:-1], side="left")
    return (begun - ended).astype(np.int64)
