"""Counts with their doubt, and sums that never count twice.

Rows of one partition add up to a whole; partitions never add to each other. Figures of several
reporters are rivals: they make a range, never a sum or a mean.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from viewer.domain.fields import info
from viewer.domain.frozen import dataclass

MEASURES = (
    "strikes", "attacks", "killed", "injured", "arrested", "kidnapped", "displaced", "battles", "other",
)  # fmt: skip
QUALIFIERS = (
    "exact", "stated", "at-least", "over", "about", "up-to", "under", "range", "only", "nearly", "derived", "estimate",
    "dozens", "scores", "several", "tens", "hundreds", "thousands", "word", "claimed-none",
)  # fmt: skip
"""What is said of a number; exact: that it is so many, stated: nothing."""
FROM_WORDS = ("dozens", "scores", "several", "tens", "hundreds", "thousands", "word")
"""The number follows from words of the source, which mean that many or more."""
OPEN_ABOVE = ("at-least", "over", *FROM_WORDS)
TOTAL, PART = "total", "part"
EVERYBODY = "all"
"""The group of a figure that leaves nobody out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One number of one reporter about one event.

    partition is `total` (the reporter's whole figure), `part` (a subset that adds to nothing) or the
    name of a breakdown whose rows add up to the group named in `within` (empty: to the whole).
    """

    event: str = info("Event", "ref", table="event", required=True)
    measure: str = info("Measure", "term", terms=MEASURES, required=True)
    value: float | None = info("Value", "real")
    min: float | None = info("At least", "real")
    max: float | None = info("At most", "real")
    qualifier: str = info("Qualifier", "term", terms=QUALIFIERS, default="exact")
    word: str = info("Word used", default="")
    group: str = info("Group", default="all")
    partition: str = info("Partition", default=TOTAL)
    within: str = info("Breaks down", default="")
    reporter: str = info("Reporter", default="")
    source: str = info("Source", "ref", table="source")
    note: str = info("Note", "long")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as a range; `at_least` says that the true one may lie above `high`."""

    low: float
    high: float
    at_least: bool = False

    def plus(self, other: Figure) -> Figure:
        """The sum of two figures of different events."""
        return Figure(self.low + other.low, self.high + other.high, self.at_least or other.at_least)

    def __str__(self) -> str:
        number = f"{self.low:,.0f}" if self.low == self.high else f"{self.low:,.0f}\u2013{self.high:,.0f}"
        return f"\u2265 {number}" if self.at_least else number


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over events: which were counted, and which were left out for which reason."""

    figure: Figure
    counted: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def figure_of(count: Count) -> Figure | None:
    """The range one row states; None for a denial or a row without a number.

    A row that gives only its minimum is open above, one that gives only its maximum starts at none.
    """
    if count.qualifier == "claimed-none":
        return None
    value, least, most = count.value, count.min, count.max
    if value is None and least is None and most is None:
        return None
    ceiling = count.qualifier in ("up-to", "under")
    low = _first_given(least, 0.0 if ceiling else value, 0.0)
    high = _first_given(most, value, low)
    open_above = most is None and (count.qualifier in OPEN_ABOVE or value is None)
    return Figure(low, max(low, high), open_above)


def _first_given(*numbers: float | None) -> float:
    return next(float(number) for number in numbers if number is not None)


def event_figure(counts: Iterable[Count], measure: str) -> Figure | None:
    """What the rows of one event say of a measure: rival totals as a range, else breakdowns added up.

    Only when there is neither does the largest part serve, as a lower bound. A reporter who gives
    `total` figures for several groups ("35 soldiers, 6 fighters") and none for all of them never says
    whether the groups overlap: the whole then lies between the largest group and their sum, and that
    range, not one of the numbers, stands for this reporter.
    """
    rows = [(count, figure) for count in counts if count.measure == measure and (figure := figure_of(count))]
    if not rows:
        return None
    accounts = [*_stated_totals(rows)] or [*_added_breakdowns(rows)]
    if accounts:
        return _range_of(accounts)
    most = max((figure for _, figure in rows), key=lambda figure: (figure.low, figure.high))
    return Figure(most.low, most.high, True)


_Rows = Sequence[tuple[Count, Figure]]


def _stated_totals(rows: _Rows) -> Iterator[Figure]:
    """One figure for each reporter who states a whole."""
    reporters: dict[str, dict[str, list[Figure]]] = {}
    for count, figure in rows:
        if count.partition == TOTAL:
            reporters.setdefault(count.reporter or count.source, {}).setdefault(count.group, []).append(figure)
    for groups in reporters.values():
        if whole := groups.get(EVERYBODY):
            yield _range_of(whole)
        else:
            each = [_range_of(figures) for figures in groups.values()]
            low, high = max(figure.low for figure in each), math.fsum(figure.high for figure in each)
            yield Figure(low, high, any(figure.at_least for figure in each))


def _added_breakdowns(rows: _Rows) -> Iterator[Figure]:
    """One figure for each breakdown of the whole by each reporter: its rows added up."""
    sums: dict[tuple[str, str], list[Figure]] = {}
    for count, figure in rows:
        if count.partition not in (TOTAL, PART) and not count.within:
            sums.setdefault((count.partition, count.reporter), []).append(figure)
    return map(_sum_of, sums.values())


def _range_of(rivals: Collection[Figure]) -> Figure:
    """The range that rival figures of one thing span."""
    return Figure(
        min(figure.low for figure in rivals),
        max(figure.high for figure in rivals),
        any(figure.at_least for figure in rivals),
    )


def _sum_of(figures: Collection[Figure]) -> Figure:
    """The sum of figures of different things; exact, so that their order makes no difference."""
    return Figure(
        math.fsum(figure.low for figure in figures),
        math.fsum(figure.high for figure in figures),
        any(figure.at_least for figure in figures),
    )


def total(
    keys: Sequence[str],
    measure: str,
    counts: Mapping[str, Sequence[Count]],
    parents: Mapping[str, str],
    same: Mapping[str, str],
) -> Total:
    """Add `measure` over the events `keys` without counting anything twice.

    counts: the rows by event; parents: `part_of` by event; same: the representative of each event that
    is told more than once. A parent with a figure of its own stands for its parts; without one, or when
    it is not among `keys`, the parts are added. Events told twice are one incident: what is part of
    either is part of it, and their figures make a range. So are events that are, in a loop, parts of
    each other. Events without any row of the measure are not mentioned: they have nothing to leave out.
    """
    keys = list(dict.fromkeys(keys))
    incident, wholes = _incidents(parents, same)
    own = {key: event_figure(counts.get(key, ()), measure) for key in keys}
    tellers: dict[str, list[str]] = {}
    for key in keys:
        if own[key] is not None:
            tellers.setdefault(incident.get(key, key), []).append(key)
    first = {group: group if group in told else min(told) for group, told in tellers.items()}
    covered = {group: whole for group in tellers if (whole := _counted_whole(group, wholes, tellers))}
    left_out: list[tuple[str, str]] = []
    for key in keys:
        group = incident.get(key, key)
        if own[key] is None:
            if any(count.measure == measure for count in counts.get(key, ())):
                left_out.append((key, "states no number, or denies"))
        elif group in covered:
            left_out.append((key, f"part of {first[covered[group]]}"))
        elif key != first[group]:
            left_out.append((key, f"same incident as {first[group]}; its figure widens the range"))
    added = {
        first[group]: _range_of([figure for key in told if (figure := own[key]) is not None])
        for group, told in tellers.items()
        if group not in covered
    }
    return Total(_sum_of(added.values()), tuple(key for key in keys if key in added), tuple(left_out))


_Wholes = Mapping[str, Sequence[str]]


def _incidents(parents: Mapping[str, str], same: Mapping[str, str]) -> tuple[Mapping[str, str], _Wholes]:
    """The incident each event tells of, where that is not itself; and the incidents each is part of."""
    wholes: dict[str, set[str]] = {}
    for part, whole in parents.items():
        a, b = same.get(part, part), same.get(whole, whole)
        if a != b:
            wholes.setdefault(a, set()).add(b)
    looped = _looped(wholes)
    if not looped:
        return same, {part: sorted(found) for part, found in wholes.items()}
    return _incidents(parents, {**looped, **{key: looped.get(group, group) for key, group in same.items()}})


def _looped(wholes: Mapping[str, set[str]]) -> dict[str, str]:
    """For the members of each loop of "part of", its first member in the alphabet (Tarjan 1972, iterative)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    looped: dict[str, str] = {}
    for root in sorted(wholes):
        work: list[tuple[str, Iterator[str]]] = [(root, iter(()))] if root not in number else []
        while work:
            node, ahead = work.pop()
            if node not in number:
                number[node] = low[node] = len(number)
                stack.append(node)
                on_stack.add(node)
                ahead = iter(sorted(wholes.get(node, ())))
            for after in ahead:
                if after not in number:
                    work += [(node, ahead), (after, iter(()))]
                    break
                if after in on_stack:
                    low[node] = min(low[node], number[after])
            else:
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    cut = stack.index(node)
                    members = stack[cut:]
                    del stack[cut:]
                    on_stack.difference_update(members)
                    looped.update(dict.fromkeys(members, min(members)) if len(members) > 1 else {})
    return looped


def _counted_whole(group: str, wholes: _Wholes, counted: Collection[str]) -> str:
    """The nearest incident that this one is part of and that has a figure among those asked for, or ''."""
    seen, waiting = {group}, [group]
    for part in waiting:
        for whole in wholes.get(part, ()):
            if whole in counted:
                return whole
            if whole not in seen:
                seen.add(whole)
                waiting.append(whole)
    return ""
