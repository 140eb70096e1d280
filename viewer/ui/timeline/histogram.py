"""How many records fall into each bin of the calendar, stacked by group, over the total of everything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import Day
from viewer.domain.events import EVENT_TYPES
from viewer.domain.frozen import dataclass
from viewer.session.busy import busy_extent
from viewer.session.by_day import DayCounts, tally
from viewer.session.memo import remembered
from viewer.session.selectors import long_counts, short_counts
from viewer.session.state import Filters
from viewer.store.columns import NONE
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


@dataclass(frozen=True, eq=False)
class Grouping:
    """How the bars are stacked: titles, whose colour each has (a token's or an actor's), and what puts a row there.

    column: the column of the events that decides; table: the group of each of its codes.
    """

    titles: tuple[str, ...]
    colours: tuple[tuple[str, str], ...]
    column: str
    table: NDArray[np.uint8]

    def of_rows(self, data: DataSet) -> NDArray[np.uint8]:
        """The group of each row, shape (n,)."""
        groups: NDArray[np.uint8] = np.take(self.table, getattr(data.events, self.column))
        return groups


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


@remembered(1)
def by_type(data: DataSet) -> Grouping:
    """Stacked by what happened, types of a kind together."""
    group = {term: number for number, (_, terms) in enumerate(TYPE_GROUPS) for term in terms}
    table = np.array([group[term] for term in EVENT_TYPES], dtype=np.uint8)
    colours = tuple(("token", name) for name in TYPE_COLOURS)
    return Grouping(tuple(title for title, _ in TYPE_GROUPS), colours, "type", table)


@remembered(1)
def by_actor(data: DataSet) -> Grouping:
    """Stacked by the main actor: the most frequent ones, and all others."""
    often = tally(data.events.actor, NONE + 1)[: len(data.actor_keys)]
    chosen = [int(code) for code in np.argsort(-often, kind="stable")[:MOST_ACTORS] if often[code]]
    table = np.full(NONE + 1, len(chosen), dtype=np.uint8)
    table[chosen] = np.arange(len(chosen), dtype=np.uint8)
    keys = [data.actor_keys[code] for code in chosen]
    colours = (*(("actor", key) for key in keys), ("token", "unknown"))
    return Grouping((*(data.actors[key].name for key in keys), "others and unknown"), colours, "actor", table)


GROUPINGS = {"type": by_type, "actor": by_actor}


@remembered(2)
def _stacked(data: DataSet, filters: Filters, grouping: Grouping) -> DayCounts:
    return short_counts(data, filters, grouping.of_rows(data), len(grouping.titles))


@remembered(1)
def _everything(data: DataSet) -> DayCounts:
    return short_counts(data, Filters(), np.zeros(len(data.events), dtype=np.uint8), 1)


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
    first, last = lines[:-1], lines[1:] - 1
    (everything,) = _everything(data).within_each(first, last)
    return Histogram(unit, lines, _stacked(data, filters, grouping).within_each(first, last), everything)


def first_look(data: DataSet, filters: Filters) -> None:
    """Work out what the timeline is first asked for with these filters, wherever nobody waits for it."""
    busy_extent(data)
    _everything(data)
    _stacked(data, filters, by_type(data))
    long_counts(data, filters)
