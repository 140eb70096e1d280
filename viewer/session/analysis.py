"""What the records that are asked for add up to: by actor, type, place, province and period, alone and crossed.

Every cell is asked of the same selectors and sums as map, table and totals, with filters that are narrower by one part:
so they agree, and a group can become a filter. An incident that belongs to several groups counts in each of them; the
whole is worked out by itself and never from its groups.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from viewer.domain.counts import MEASURES, Figure, Total
from viewer.domain.dates import Day, date_of, day_of, day_words
from viewer.domain.events import ACTUALITIES, EVENT_TYPES, FORMS
from viewer.domain.frozen import dataclass
from viewer.session.by_day import tally
from viewer.session.selectors import extent, filter_mask, visible_events
from viewer.session.state import Filters, State, Time
from viewer.session.totals import total_of
from viewer.session.window import Rows, window_of
from viewer.store.columns import FAR_PAST
from viewer.store.dataset import DataSet

RECORDS = "records"
"""The measure that counts the records themselves, a tally as one."""
ALL_MEASURES = (RECORDS, *MEASURES)
DIMENSIONS = ("actor", "type", "place", "province", "period", "certainty", "form")
MOST_GROUPS = 60
MOST_CROSSED = 12
"""Groups along each side of a cross table."""
Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Question:
    """Which records: filters, and a time or None for whatever their day."""

    filters: Filters
    time: Time | None

    @property
    def days(self) -> tuple[Day | None, Day | None]:
        """The first and last day asked for, both included; None where there is no bound."""
        if self.time is None:
            return None, None
        first, last = window_of(self.time)
        return (None if first == FAR_PAST else first), last


@dataclass(frozen=True, slots=True)
class Cell:
    """What a question comes to.

    records: how many may be meant; sure: how many of them surely lie in its days. total: of a measure, with what was
    left out and why; None where records are counted.
    """

    records: int
    sure: int
    total: Total | None = None

    @property
    def amount(self) -> float:
        """What it is ordered and drawn by: the lower bound of a figure."""
        return float(self.records) if self.total is None else self.total.figure.low

    def __str__(self) -> str:
        if self.total is None:
            return f"{self.records:,}"
        return str(self.total.figure) if self.total.counted else "\u2013"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a dimension: its name, and the question it narrows the whole one to."""

    name: str
    question: Question


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Groups with what they come to, the largest first (periods in their order), and the whole.

    unnamed: how many records belong to none of the groups; more: how many groups were left out.
    """

    groups: tuple[tuple[Group, Cell], ...]
    whole: Cell
    unnamed: int
    more: int


@dataclass(frozen=True, slots=True)
class Cross:
    """Two dimensions against each other; cells[i][j] is of row i and column j, with the sums of both sides."""

    rows: tuple[tuple[Group, Cell], ...]
    columns: tuple[tuple[Group, Cell], ...]
    cells: tuple[tuple[Cell, ...], ...]
    whole: Cell


def rows_asked(data: DataSet, question: Question) -> Rows:
    """The rows that a question means, or may mean."""
    if question.time is None:
        return np.flatnonzero(filter_mask(data, question.filters))
    return visible_events(data, State(time=question.time, filters=question.filters)).rows


def cell_of(data: DataSet, question: Question, measure: str) -> Cell:
    """What a question comes to."""
    if question.time is None:
        records = int(np.count_nonzero(filter_mask(data, question.filters)))
        sure = records
    else:
        seen = visible_events(data, State(time=question.time, filters=question.filters))
        records, sure = len(seen.rows), int(np.count_nonzero(seen.certain))
    total = None if measure == RECORDS else total_of(data, measure, question.filters, *question.days)
    return Cell(records, sure, total)


def breakdown(
    data: DataSet, question: Question, by: str, measure: str = RECORDS, tick: Tick = lambda _: None
) -> Breakdown:
    """The groups of one dimension, the largest first; `tick` is told the share done and may stop it by raising."""
    rows = rows_asked(data, question)
    groups = list(_groups(data, question, by, rows))
    found = []
    for number, group in enumerate(groups[:MOST_GROUPS]):
        tick(number / max(len(groups), 1))
        found.append((group, cell_of(data, group.question, measure)))
    if by != "period":
        found.sort(key=lambda one: -one[1].amount)
    return Breakdown(
        tuple(found), cell_of(data, question, measure), _unnamed(data, by, rows), max(0, len(groups) - MOST_GROUPS)
    )


def crossed(
    data: DataSet, question: Question, by: str, other: str, measure: str = RECORDS, tick: Tick = lambda _: None
) -> Cross:
    """Two dimensions against each other, the largest groups of each."""
    rows = breakdown(data, question, by, measure, lambda share: tick(share * 0.2)).groups[:MOST_CROSSED]
    columns = breakdown(data, question, other, measure, lambda share: tick(0.2 + share * 0.2)).groups[:MOST_CROSSED]
    cells = []
    for number, (row, _) in enumerate(rows):
        tick(0.4 + 0.6 * number / max(len(rows), 1))
        cells.append(tuple(
            cell_of(data, both, measure) if (both := _both(row.question, column.question, question)) is not None
            else Cell(0, 0) for column, _ in columns
        ))  # fmt: skip
    return Cross(rows, columns, tuple(cells), cell_of(data, question, measure))


def _both(one: Question, other: Question, whole: Question) -> Question | None:
    """The question that is narrowed by both; None when nothing can be both."""
    filters = one.filters
    for name in ("actors", "types", "places", "actualities", "forms"):
        asked = getattr(other.filters, name)
        if asked != getattr(whole.filters, name):
            if getattr(filters, name) not in (getattr(whole.filters, name), asked):
                return None
            filters = replace(filters, **{name: asked})
    return Question(filters, other.time if other.time != whole.time else one.time)


# groups


def _groups(data: DataSet, question: Question, by: str, rows: Rows) -> Iterator[Group]:
    """The groups that some rows belong to, those of most records first."""
    if by == "period":
        yield from _periods(data, question, rows)
        return
    numbers = _numbers(data, by, rows)
    for key, _ in sorted(numbers.items(), key=lambda one: (-one[1], one[0])):
        yield Group(_named(data, by, key), replace(question, filters=_narrowed(question.filters, by, key)))


def _numbers(data: DataSet, by: str, rows: Rows) -> dict[str, int]:
    """How many of some rows each group has, roughly: by how many rows name it."""
    events = data.events
    for name, terms, column in (
        ("type", EVENT_TYPES, events.type), ("certainty", ACTUALITIES, events.actuality), ("form", FORMS, events.form),
    ):  # fmt: skip
        if by == name:
            return _there(dict(zip(terms, tally(column[rows], len(terms)).tolist(), strict=True)))
    chosen = np.zeros(len(events), dtype=bool)
    chosen[rows] = True
    pairs, keys = (
        (data.event_actors, data.actor_keys) if by == "actor" else (data.event_places, data.place_keys)
    )
    codes = np.bincount(pairs.codes[chosen[pairs.rows]], minlength=len(keys))
    numbers = _there({key: int(count) for key, count in zip(keys, codes.tolist(), strict=True)})
    return numbers if by != "province" else _by_province(data, numbers)


def _there(numbers: dict[str, int]) -> dict[str, int]:
    return {key: count for key, count in numbers.items() if count}


def _by_province(data: DataSet, numbers: dict[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for key, count in numbers.items():
        for province in provinces_of(data, key):
            found[province] += count
    return dict(found)


def provinces_of(data: DataSet, place: str) -> frozenset[str]:
    """The provinces that a place is, or lies in."""
    seen: set[str] = set()
    waiting = [place]
    while waiting:
        key = waiting.pop()
        if key not in seen and key in data.places:
            seen.add(key)
            waiting += data.places[key].within.split()
    return frozenset(key for key in seen if data.places[key].kind == "province")


def _narrowed(filters: Filters, by: str, key: str) -> Filters:
    if by == "actor":
        return replace(filters, actors=(key,), parts=False)
    name = {"type": "types", "certainty": "actualities", "form": "forms"}.get(by, "places")
    return replace(filters, **{name: (key,)})  # type: ignore[arg-type]


def _named(data: DataSet, by: str, key: str) -> str:
    if by == "actor":
        return data.actors[key].name
    return data.places[key].name if by in ("place", "province") else key


def _unnamed(data: DataSet, by: str, rows: Rows) -> int:
    """How many rows belong to no group, because nobody or no place is named, or no day."""
    if by == "period":
        return int(np.count_nonzero(~data.events.dated[rows]))
    if by not in ("actor", "place", "province"):
        return 0
    pairs, keys = (data.event_actors, data.actor_keys) if by == "actor" else (data.event_places, data.place_keys)
    named = np.zeros(len(data.events), dtype=bool)
    if by == "province":
        inside = np.array([bool(provinces_of(data, key)) for key in keys], dtype=bool)
        named[pairs.rows[inside[pairs.codes]]] = True
    else:
        named[pairs.rows] = True
    return int(np.count_nonzero(~named[rows]))


# periods

UNITS = (("day", 45), ("week", 300), ("month", 1_900))
"""Up to how many days are told in which unit; more by year."""


def _periods(data: DataSet, question: Question, rows: Rows) -> Iterator[Group]:
    """Days, weeks, months or years of what is asked, in order, each once and whole but for the ends."""
    first, last = question.days
    begin, end = extent(data)
    begin, end = max(begin, begin if first is None else first), min(end, end if last is None else last)
    if begin > end or not len(rows):
        return
    unit = next((name for name, days in UNITS if end - begin < days), "year")
    day = begin
    while day <= end:
        until = min(_last_of(day, unit), end)
        yield Group(_period_words(day, until, unit), replace(question, time=Time(until, "window", until - day + 1)))
        day = until + 1


def _last_of(day: Day, unit: str) -> Day:
    """The last day of the unit that a day lies in; weeks begin on Monday."""
    date = date_of(day)
    if unit == "day":
        return day
    if unit == "week":
        return day + 6 - date.weekday()
    if unit == "month":
        later = date.replace(day=28) + dt.timedelta(days=4)
        return day_of(later.replace(day=1)) - 1
    return day_of(date.replace(month=12, day=31))


def _period_words(first: Day, last: Day, unit: str) -> str:
    date = date_of(first)
    if unit == "month":
        return f"{date:%b %Y}"
    return {"day": day_words(first), "week": f"week of {day_words(first)}"}.get(unit, str(date.year))


def figure_words(cell: Cell, measure: str) -> str:
    """What a cell says in full: its figure, from how many records, and what was left out."""
    if cell.total is None:
        doubtful = cell.records - cell.sure
        return f"{cell.records:,} records" + (f", {doubtful:,} of them only possibly in these days" if doubtful else "")
    left = Counter(reason for _, reason in cell.total.left_out)
    said = f"{cell} {measure} in {len(cell.total.counted):,} records"
    return said + "".join(f"; {number:,} left out: {reason}" for reason, number in left.most_common())


def whole_figure(cell: Cell) -> Figure:
    """A cell as a figure, for charts."""
    return Figure(cell.records, cell.records) if cell.total is None else cell.total.figure
