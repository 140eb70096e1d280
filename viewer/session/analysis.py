"""What the records that are asked for add up to: by actor, type, place, province and period, alone and crossed.

Every cell is asked of the same selectors and sums as map, table and totals, with filters that are narrower by one part:
so they agree, and a group can become a filter. An incident that belongs to several groups counts in each of them; the
whole is worked out by itself and never from its groups. Groups of what is filtered by already are those that pass all
other filters, so that one more of them can be asked for: `inside` tells which are asked for now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from viewer.domain.counts import MEASURES, Count, Total
from viewer.domain.dates import Day
from viewer.domain.events import FORMS
from viewer.domain.frozen import dataclass
from viewer.session.analysis_groups import (
    DIMENSIONS,
    FIELDS,
    candidates,
    inside,
    name_of,
    narrowed,
    part_alone,
    unnamed_mask,
    widened,
)
from viewer.session.analysis_periods import Periods, periods_of
from viewer.session.selectors import falling, filter_mask, passing, seen_among
from viewer.session.state import Filters, Time
from viewer.session.totals import counts_of, mask_asked, total_among
from viewer.session.totals import rows_asked as rows_summed
from viewer.session.window import Mask, Rows, window_of
from viewer.store.columns import FAR_PAST
from viewer.store.dataset import DataSet

__all__ = ["ALL_MEASURES", "DIMENSIONS", "RECORDS", "Breakdown", "Cell", "Cross", "Group", "Question", "breakdown",
           "cell_of", "crossed", "rows_asked"]  # fmt: skip

RECORDS = "records"
"""The measure that counts the records themselves, a tally as one."""
ALL_MEASURES = (RECORDS, *MEASURES)
MOST_GROUPS = 60
MOST_TRIED = 240
"""Groups whose figures are worked out to find the largest; of records themselves as many as it takes."""
MOST_CROSSED = 12
"""Groups along each side of a cross table."""
TALLY = FORMS.index("tally")
Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Question:
    """Which records: filters, and a time or None for whatever their day."""

    filters: Filters
    time: Time | None

    @property
    def days(self) -> tuple[Day | None, Day | None]:
        """The first and last day asked for, both included; None where there is no bound."""
        return (None, None) if self.time is None else days_of(self.time)


def days_of(time: Time) -> tuple[Day | None, Day]:
    """The first and last day of a window; None where there is no first."""
    first, last = window_of(time)
    return (None if first == FAR_PAST else first), last


@dataclass(frozen=True, slots=True)
class Cell:
    """What a question comes to.

    records: how many may be meant; sure: how many of them surely lie in its days; tallies: how many of them count many
    as one record. total: of a measure, with what was left out and why; None where records are counted.
    """

    records: int
    sure: int
    tallies: int = 0
    total: Total | None = None

    @property
    def amount(self) -> float:
        """What it is ordered and drawn by: the lower bound of a figure."""
        return float(self.records) if self.total is None else self.total.figure.low

    @property
    def most(self) -> float:
        """How far it may reach: the upper bound of a figure."""
        return float(self.records) if self.total is None else self.total.figure.high

    @property
    def certain(self) -> float:
        """What of the amount is sure to lie in the days asked for; of a figure all, as it leaves the rest out."""
        return float(self.sure) if self.total is None else self.total.figure.low

    def __str__(self) -> str:
        if self.total is None:
            return f"{self.records:,}"
        return str(self.total.figure) if self.total.counted else "\u2013"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a dimension: its name and key, and the question it narrows the whole one to.

    inside: whether the filters, or the window, ask for it now; asked: whether it is one of those they name.
    """

    name: str
    key: str
    question: Question
    inside: bool = True
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Groups with what they come to, the largest first (periods in their order), and the whole.

    left_out: (why, how many records) the groups do not show, or only as possible; unnamed: how many records belong to
    none of them; more: how many groups were left out; unit: of periods, '' for other groups.
    """

    question: Question
    by: str
    measure: str
    groups: tuple[tuple[Group, Cell], ...]
    whole: Cell
    left_out: tuple[tuple[str, int], ...]
    unnamed: int
    more: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Cross:
    """Two dimensions against each other; cells[i][j] is of row i and column j, with the sums of both sides.

    A cell holds the records that both sides mean. more: how many groups of each side are not shown.
    """

    question: Question
    by: tuple[str, str]
    measure: str
    rows: tuple[tuple[Group, Cell], ...]
    columns: tuple[tuple[Group, Cell], ...]
    cells: tuple[tuple[Cell, ...], ...]
    whole: Cell
    left_out: tuple[tuple[str, int], ...] = ()
    more: tuple[int, int] = (0, 0)


class Sums:
    """The records of one question, gone through once, so that any part of them is a matter of arrays.

    Nothing of it takes the place of what map and table remember.
    """

    def __init__(self, data: DataSet, question: Question, measure: str) -> None:
        self.data, self.question, self.measure = data, question, measure
        mask = filter_mask(data, question.filters)
        if question.time is None:
            self.rows: Rows = np.flatnonzero(mask)
            self.certain: Mask = np.ones(len(self.rows), dtype=bool)
        else:
            seen = seen_among(data, mask, question.time)
            self.rows, self.certain = seen.rows, seen.certain
        self._counts: list[tuple[str, list[Count]]] = []
        if measure != RECORDS:
            asked = rows_summed(data, mask_asked(data, question.filters), *question.days)
            self._counts = list(counts_of(data, measure, asked).items())
        self._counted = data.events.row_of.rows_of([key for key, _ in self._counts])

    def cell(self, member: Mask | None = None, time: Time | None = None) -> Cell:
        """Those of a mask of shape (n,), None for all, within a shorter time, None for the question's own."""
        rows, certain = self.rows, self.certain
        if member is not None:
            keep = member[rows]
            rows, certain = rows[keep], certain[keep]
        if time is not None:
            may, surely = falling(self.data, rows, time)
            rows, certain = rows[may], surely[may]
        tallies = int(np.count_nonzero(self.data.events.form[rows] == TALLY))
        return Cell(len(rows), int(np.count_nonzero(certain)), tallies, self._total(member, time))

    def _total(self, member: Mask | None, time: Time | None) -> Total | None:
        if self.measure == RECORDS:
            return None
        rows, events = self._counted, self.data.events
        keep = np.ones(len(rows), dtype=bool) if member is None else member[rows]
        if time is not None:
            begin, end = window_of(time)
            keep = keep & ((events.earliest[rows] <= end) & (events.latest[rows] >= begin) | ~events.dated[rows])
        first, last = self.question.days if time is None else days_of(time)
        counts = dict(self._counts[number] for number in np.flatnonzero(keep).tolist())
        return total_among(self.data, self.measure, counts, self.question.filters.placed, first, last)


def rows_asked(data: DataSet, question: Question) -> Rows:
    """The rows that a question means, or may mean."""
    return Sums(data, question, RECORDS).rows


def cell_of(data: DataSet, question: Question, measure: str) -> Cell:
    """What a question comes to."""
    return Sums(data, question, measure).cell()


def breakdown(
    data: DataSet, question: Question, by: str, measure: str = RECORDS, tick: Tick = lambda _: None
) -> Breakdown:
    """The groups of one dimension, the largest first; `tick` is told the share done and may stop it by raising."""
    tick(0.0)
    own = Sums(data, question, measure)
    if by == "period":
        return _by_period(data, own, tick)
    wide = replace(question, filters=widened(question.filters, by))
    sums = own if wide == question else Sums(data, wide, measure)
    keys = candidates(data, wide.filters, by, sums.rows)
    asked_for = [key for key in keys if inside(data, question.filters, by, key)]
    others = [key for key in keys if key not in set(asked_for)]
    found, tried = _largest(sums, by, {key: keys[key] for key in asked_for}, MOST_GROUPS, tick)
    if others and len(found) < MOST_GROUPS:
        found += _largest(sums, by, {key: keys[key] for key in others}, MOST_GROUPS - len(found), tick)[0]
    found.sort(key=lambda one: (-one[1].amount, -one[1].records))  # so that one that is asked for keeps its place
    groups = tuple((_group(data, question, by, key), cell) for key, cell in found)
    unnamed = unnamed_mask(data, question.filters, by, keys)
    nowhere = int(np.count_nonzero(unnamed[own.rows]))
    left = [(_unnamed_words(by, question.filters), nowhere)]
    if len(asked_for) > len(tried) or len(found) < len(asked_for):
        shown = passing(data, part_alone(question.filters, by, tuple(group.key for group, _ in groups)))
        beyond = int(np.count_nonzero(~(shown | unnamed)[own.rows]))
        left.append((f"only in groups smaller than the {MOST_GROUPS} shown", beyond))
    whole = own.cell()
    left += left_of(data, question, measure, whole)
    return Breakdown(
        question, by, measure, groups, whole, _told(left), nowhere, max(0, len(keys) - len(groups))
    )  # fmt: skip


def _largest(
    sums: Sums, by: str, bounds: dict[str, int], most: int, tick: Tick
) -> tuple[list[tuple[str, Cell]], list[str]]:
    """The groups with the largest amounts, and all that were tried; bounds: the most records each can have."""
    found: list[tuple[str, Cell]] = []
    ordered = sorted(bounds, key=lambda key: (-bounds[key], key))
    for number, key in enumerate(ordered):
        tick(number / len(ordered))
        if len(found) >= most and (
            number >= MOST_TRIED
            or (sums.measure == RECORDS and bounds[key] <= sorted(cell.amount for _, cell in found)[-most])
        ):
            break
        cell = sums.cell(passing(sums.data, part_alone(sums.question.filters, by, (key,))))
        if cell.records:
            found.append((key, cell))
    tried = [key for key, _ in found]
    found.sort(key=lambda one: (-one[1].amount, -one[1].records))
    return found[:most], tried


def _group(data: DataSet, question: Question, by: str, key: str) -> Group:
    filters = question.filters
    narrow = replace(question, filters=narrowed(filters, by, key))
    named = key in getattr(filters, FIELDS[by])
    return Group(name_of(data, by, key), key, narrow, inside(data, filters, by, key), named)


UNNAMED = {"actor": "names no actor", "place": "names no place", "province": "no place within any province"}


def _unnamed_words(by: str, filters: Filters) -> str:
    if by == "actor" and filters.responsible:
        return f"nobody is named as {filters.responsible} responsible"
    return UNNAMED.get(by, "")


def _told(left: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple((said, number) for said, number in left if number and said)


# periods


def _by_period(data: DataSet, own: Sums, tick: Tick) -> Breakdown:
    question, whole = own.question, own.cell()
    periods = periods_of(data, own.rows, question.days)
    groups = []
    for number, (group, time) in enumerate(_periods(question, periods)):
        tick(number / len(periods))
        groups.append((group, own.cell(None, time)))
    fuzzy, undated = periods.told_apart(data, own.rows)
    left = [_fuzzy(periods.unit, fuzzy, whole, groups), ("no date", undated),
            *left_of(data, question, own.measure, whole)]  # fmt: skip
    return Breakdown(
        question, "period", own.measure, tuple(groups), whole, _told(left), undated, 0, periods.unit
    )  # fmt: skip


def _fuzzy(unit: str, fuzzy: int, whole: Cell, groups: Sequence[tuple[Group, Cell]]) -> tuple[str, int]:
    """What becomes of records whose date no single period holds, and how many: none is put into one of them."""
    if whole.total is None:
        return f"date fuzzier than a {unit}: possible in each it touches, sure in none", fuzzy
    told = {key for _, cell in groups if cell.total is not None for key in cell.total.counted}
    alone = sum(key not in told for key in whole.total.counted)
    return f"date fuzzier than a {unit}: in the figure of the whole, in that of no single {unit}", alone


def _periods(question: Question, periods: Periods) -> Iterator[tuple[Group, Time]]:
    for name, first, last in periods:
        starts = question.time is not None and question.time.starts_in
        time = Time(last, "window", last - first + 1, starts_in=starts)
        yield Group(name, f"{first}/{last}", replace(question, time=time)), time


def marked(found: Breakdown, time: Time) -> Breakdown:
    """The periods with those told apart that the window shows now, when it shows some of them and not all."""
    first, last = window_of(time)
    spans = [group.question.days for group, _ in found.groups]
    shown = [begin is not None and first <= begin and (end or begin) <= last for begin, end in spans]
    if all(shown) or not any(shown):
        return found
    one = sum(shown) == 1
    groups = tuple(
        (replace(group, inside=there, asked=there and one), cell)
        for (group, cell), there in zip(found.groups, shown, strict=True)
    )
    return replace(found, groups=groups)


# two dimensions


def crossed(
    data: DataSet, question: Question, by: str, other: str, measure: str = RECORDS, tick: Tick = lambda _: None
) -> Cross:
    """Two different dimensions against each other, the largest groups of each; cells hold what both sides mean."""
    sums = Sums(data, question, measure)
    rows, rows_more = _side(data, sums, by, lambda share: tick(share * 0.2))
    columns, columns_more = _side(data, sums, other, lambda share: tick(0.2 + share * 0.2))
    cells = []
    for number, (_, _, mask, time) in enumerate(rows):
        tick(0.4 + 0.6 * number / len(rows))
        cells.append(tuple(sums.cell(_and(mask, beside), time or apart) for _, _, beside, apart in columns))
    whole = sums.cell()
    left: list[tuple[str, int]] = []
    for one, side in ((by, rows), (other, columns)):
        if one == "period":
            periods = periods_of(data, sums.rows, question.days, MOST_CROSSED)
            fuzzy, undated = periods.told_apart(data, sums.rows)
            left += [_fuzzy(periods.unit, fuzzy, whole, [(group, cell) for group, cell, _, _ in side])]
            left += [("no date", undated)]
        else:
            keys = candidates(data, question.filters, one, sums.rows)
            unnamed = unnamed_mask(data, question.filters, one, keys)
            left.append((_unnamed_words(one, question.filters), int(np.count_nonzero(unnamed[sums.rows]))))
    left += left_of(data, question, measure, whole)
    return Cross(
        question, (by, other), measure, tuple((group, cell) for group, cell, _, _ in rows),
        tuple((group, cell) for group, cell, _, _ in columns), tuple(cells), whole, _told(left),
        (rows_more, columns_more),
    )  # fmt: skip


Side = list[tuple[Group, Cell, Mask | None, Time | None]]


def _side(data: DataSet, sums: Sums, by: str, tick: Tick) -> tuple[Side, int]:
    """The largest groups of one dimension among the records, with their masks or times; how many there are beside."""
    question = sums.question
    if by == "period":
        periods = periods_of(data, sums.rows, question.days, MOST_CROSSED)
        return [(group, sums.cell(None, time), None, time) for group, time in _periods(question, periods)], 0
    keys = candidates(data, question.filters, by, sums.rows)
    found, _ = _largest(sums, by, keys, MOST_CROSSED, tick)
    side: Side = [
        (_group(data, question, by, key), cell, passing(data, part_alone(question.filters, by, (key,))), None)
        for key, cell in found
    ]
    return side, max(0, len(keys) - len(found))


def _and(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return one if other is None else other
    both: Mask = one & other
    return both


# what is left out

ONE_OF = {
    "part of ": "part of another record that is counted",
    "same incident as ": "told more than once: one incident, whose figures make a range",
}  # fmt: skip
"""Reasons that name a record, by how they begin, and what they have in common."""


def left_of(data: DataSet, question: Question, measure: str, whole: Cell) -> tuple[tuple[str, int], ...]:
    """What is left out of the whole of a question, or only possible in it, and why: (why, how many records)."""
    if whole.total is not None:
        reasons = Counter(reason_in_short(reason) for _, reason in whole.total.left_out)
        told = len(whole.total.counted) + _meant(data, question, [key for key, _ in whole.total.left_out])
        silent = whole.records - told
        return (*reasons.most_common(), (f"say nothing of {measure}", max(0, silent)))
    left = [("only possibly in these days; counted", whole.records - whole.sure)]
    if question.time is not None:
        mask = filter_mask(data, question.filters)
        left.append(("no date; not counted", int(np.count_nonzero(mask & ~data.events.dated))))
    if question.filters.placed:
        anywhere = passing(data, question.filters.anywhere) & ~data.events.placed
        number = np.count_nonzero(anywhere) if question.time is None else len(
            seen_among(data, anywhere, question.time).rows)  # fmt: skip
        left.append(("no place, so nobody knows whether on that ground; not counted", int(number)))
    return tuple(left)


def _meant(data: DataSet, question: Question, keys: Sequence[str]) -> int:
    """How many of the records that a sum leaves out are among those that are counted as records."""
    rows = data.events.row_of.rows_of(keys)
    if question.filters.placed:
        rows = rows[data.events.placed[rows]]
    return len(rows) if question.time is None else int(np.count_nonzero(falling(data, rows, question.time)[0]))


def reason_in_short(reason: str) -> str:
    """Why a record is left out of a sum, without the record that it names."""
    return next((said for begins, said in ONE_OF.items() if reason.startswith(begins)), reason)


def figure_words(cell: Cell, measure: str) -> str:
    """What a cell says in full: its figure, from how many records, and what was left out."""
    if cell.total is None:
        doubtful = cell.records - cell.sure
        return f"{cell.records:,} records" + (f", {doubtful:,} of them only possibly in these days" if doubtful else "")
    left = Counter(reason_in_short(reason) for _, reason in cell.total.left_out)
    said = f"{cell} {measure} in {len(cell.total.counted):,} records"
    return said + "".join(f"; {number:,} left out: {reason}" for reason, number in left.most_common())
