"""Counts with their doubt, and sums that never count twice.

Rows of one partition add up to a whole; partitions never add to each other. Figures of several
reporters are rivals: they make a range, never a sum or a mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from viewer.domain.fields import info

MEASURES = (
    "strikes", "attacks", "killed", "injured", "arrested", "kidnapped", "displaced", "battles", "other",
)  # fmt: skip
QUALIFIERS = (
    "exact", "at-least", "over", "about", "up-to", "under", "range", "only", "nearly", "derived", "estimate",
    "dozens", "scores", "several", "tens", "hundreds", "thousands", "word", "claimed-none",
)  # fmt: skip
OPEN_ABOVE = ("at-least", "over", "dozens", "scores", "several", "tens", "hundreds", "thousands", "word")
TOTAL, PART = "total", "part"


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

    def or_(self, other: Figure) -> Figure:
        """The range two rival figures of one event span."""
        return Figure(min(self.low, other.low), max(self.high, other.high), self.at_least or other.at_least)

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
    """The range one row states; None for a denial or a row without a number."""
    if count.qualifier == "claimed-none":
        return None
    stated = [n for n in (count.value, count.min, count.max) if n is not None]
    if not stated:
        return None
    low = count.min if count.min is not None else (0.0 if count.qualifier in ("up-to", "under") else min(stated))
    high = count.max if count.max is not None else max(stated)
    if count.value is not None and count.qualifier not in ("range", "up-to", "under") and count.min is None:
        low = count.value
    return Figure(low, max(low, high), count.qualifier in OPEN_ABOVE and count.max is None)


def event_figure(counts: Iterable[Count], measure: str) -> Figure | None:
    """What the rows of one event say of a measure: rival totals as a range, else breakdowns added up.

    Only when there is neither does the largest part serve, as a lower bound.
    """
    rows = [(count, figure) for count in counts if count.measure == measure and (figure := figure_of(count))]
    candidates = [figure for count, figure in rows if count.partition == TOTAL]
    if not candidates:
        sums: dict[tuple[str, str], Figure] = {}
        for count, figure in rows:
            if count.partition not in (TOTAL, PART) and not count.within:
                key = (count.partition, count.reporter)
                sums[key] = sums[key].plus(figure) if key in sums else figure
        candidates = list(sums.values())
    if not candidates:
        parts = [figure for _, figure in rows]
        if not parts:
            return None
        most = max(parts, key=lambda figure: figure.low)
        return Figure(most.low, most.high, True)
    result = candidates[0]
    for figure in candidates[1:]:
        result = result.or_(figure)
    return result


def total(
    keys: Sequence[str],
    measure: str,
    counts: Mapping[str, Sequence[Count]],
    parents: Mapping[str, str],
    same: Mapping[str, str],
) -> Total:
    """Add `measure` over the events `keys` without counting anything twice.

    counts: the rows by event; parents: `part_of` by event; same: the representative of each event that
    is told more than once. A parent with a figure of its own stands for its parts; without one the
    parts are added. Events without any figure are not mentioned: they have nothing to leave out.
    """
    chosen = set(keys)
    figures: dict[str, Figure] = {}
    counted: list[str] = []
    left_out: list[tuple[str, str]] = []
    own = {key: event_figure(counts.get(key, ()), measure) for key in keys}
    wholes: dict[str, str] = {}
    for key in keys:
        if whole := _counted_ancestor(key, parents, own, chosen):
            wholes.setdefault(same.get(key, key), whole)
    for key in keys:
        figure = own[key]
        if figure is None:
            if any(c.measure == measure for c in counts.get(key, ())):
                left_out.append((key, "states no number, or denies"))
            continue
        group = same.get(key, key)
        if group in wholes:
            left_out.append((key, f"part of {wholes[group]}"))
            continue
        if group in figures:
            figures[group] = figures[group].or_(figure)
            first = next(k for k in counted if same.get(k, k) == group)
            left_out.append((key, f"same incident as {first}; its figure widens the range"))
        else:
            figures[group] = figure
            counted.append(key)
    result = Figure(0, 0)
    for figure in figures.values():
        result = result.plus(figure)
    return Total(result, tuple(counted), tuple(left_out))


def _counted_ancestor(
    key: str, parents: Mapping[str, str], own: Mapping[str, Figure | None], chosen: set[str]
) -> str:
    """The nearest chosen ancestor that has a figure of its own, or ''; a loop of parents ends the walk."""
    seen = {key}
    key = parents.get(key, "")
    while key and key not in seen:
        if key in chosen and own.get(key) is not None:
            return key
        seen.add(key)
        key = parents.get(key, "")
    return ""
