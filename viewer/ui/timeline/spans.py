"""Long records as bars in thin rows, and who held a place as segments of a strip."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.domain.control import ALONE, BESIDE, UNSHOWN, History, Holding, Tenure, actors_of, class_of, foremost
from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet
from viewer.ui.timeline.frame import MOST_ROWS

MOST_BARS = 200
"""More long records than that are counted by day in one strip: as bars they would lie on each other."""
FADE_DAYS = 540
"""How far an open end is drawn beyond what is known; nobody knows how far it reaches."""
FAINT_AFTER_DAYS = 730
"""A holder nobody confirmed for so long is drawn at its faintest."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An event of many days: [first, last] as drawn, in thin row `line`, and which ends are open."""

    row: int
    line: int
    first: Day
    last: Day
    open_start: bool
    open_end: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """Who held a place from first to last (None: until further notice), last confirmed on `as_of`.

    style: solid, hatched (shared, disputed or only possible), dotted (presence), outlined (hidden).
    """

    tenure: Tenure
    actors: tuple[str, ...]
    style: str
    as_of: Day

    @property
    def first(self) -> Day:
        """Its first day."""
        return self.tenure.first

    @property
    def last(self) -> Day | None:
        """Its last day, None while nothing ended it."""
        return self.tenure.last


def packed(data: DataSet, rows: Sequence[int], extent: tuple[Day, Day]) -> tuple[Bar, ...]:
    """The bars of event rows in at most MOST_ROWS lines; where more overlap, the last line carries several."""
    ends: list[Day] = []
    bars = []
    for row, first, last, open_start, open_end in sorted(
        (_drawn(data, int(row), extent) for row in rows), key=lambda bar: (bar[1], bar[2], bar[0])
    ):
        line = next((number for number, end in enumerate(ends) if end < first), len(ends))
        if line == len(ends) and line < MOST_ROWS:
            ends.append(last)
        line = min(line, MOST_ROWS - 1)
        ends[line] = max(ends[line], last)
        bars.append(Bar(row, line, first, last, open_start, open_end))
    return tuple(bars)


def _drawn(data: DataSet, row: int, extent: tuple[Day, Day]) -> tuple[int, Day, Day, bool, bool]:
    first, last = int(data.events.earliest[row]), int(data.events.latest[row])
    open_start, open_end = first == FAR_PAST, last == FAR_FUTURE
    if open_start:
        first = extent[0] if open_end else last - FADE_DAYS
    if open_end:
        last = extent[1] if open_start else first + FADE_DAYS
    return row, first, last, open_start, open_end


def segments(history: History) -> tuple[Segment, ...]:
    """The strip of one place; times nobody is known to hold it are left out."""
    found = (_segment(tenure) for tenure in history.tenures)
    return tuple(segment for segment in found if segment is not None)


def _segment(tenure: Tenure) -> Segment | None:
    shown = foremost([holding for holding in tenure.holdings if holding.claim.control not in UNSHOWN])
    if not shown:
        return None
    return Segment(tenure, actors_of(shown), _style(shown), max(holding.as_of for holding in shown))


def _style(shown: Sequence[Holding]) -> str:
    if shown[0].claim.control in BESIDE:
        return "outlined" if all(class_of(h.claim.control).look == "outline" for h in shown) else "dotted"
    sole = len(shown) == 1 and not shown[0].possible and shown[0].claim.control in ALONE
    return "solid" if sole else "hatched"
