"""The table of incidents: its columns, how they are sorted and grouped, and what a cell says.

A column has a rank for every event, so that any number of them is sorted by arrays alone; texts are made for the few
lines that are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.actors import Actor
from viewer.domain.counts import event_figure
from viewer.domain.dates import DateError, date_of, parse, words
from viewer.domain.dossier import Dossier
from viewer.domain.events import ACTUALITIES, EVENT_TYPES, FORMS
from viewer.domain.frozen import dataclass
from viewer.domain.marks import STATUSES
from viewer.domain.places import PRECISIONS, Place
from viewer.session.known import known_days
from viewer.session.memo import remembered
from viewer.session.review import CONFLICT, EVENT, status_codes
from viewer.session.state import Marks
from viewer.session.window import Rows
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet

Ranks = NDArray[np.integer[Any]]
Ranking = Callable[[DataSet, Marks], Ranks]
ByRow = Callable[[DataSet, Marks, int], str]
ByRecord = Callable[[DataSet, Dossier], str]
NOBODY, NOWHERE = "unknown", "unplaced"
TITLE_BYTES = 128
"""Hardly two titles begin alike for so long: those that do are read again, each by itself, which takes longest."""
COMPARED_AT_ONCE = 65_536
"""Neighbours among the sorted beginnings: to copy all of these at once would take as much room again."""
READ_AT_ONCE = 2_000
"""Rows of which the whole titles are read at a time."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ranks: a number for each event, shape (n,), in the order of which it is sorted. letters: how wide it
    usually is. says: the text of a cell where the row of an event is enough for it, else `tells`, what its record
    says. parts: the tables of the record that are read for that. grouped: what the group of an event is called; None:
    it makes no groups.
    """

    id: str
    title: str
    letters: int
    ranks: Ranking
    says: ByRow | None = None
    tells: ByRecord | None = None
    parts: tuple[str, ...] = ()
    grouped: ByRow | None = None
    usual: bool = True

    def text(self, data: DataSet, marks: Marks, row: int, found: Dossier | None) -> str:
        """What a cell says of the event of a row; its record is asked for by columns that tell."""
        if self.says is not None:
            return self.says(data, marks, row)
        return self.tells(data, found) if self.tells is not None and found is not None else ""


# ranks


def _in_time(data: DataSet, marks: Marks) -> Ranks:
    return np.arange(len(data.events), dtype=np.int32)


def _by_code(column: str) -> Ranking:
    return lambda data, marks: getattr(data.events, column)


@remembered(4)
def _by_name(data: DataSet, column: str) -> Ranks:
    """Actors or places in the order of their names; those without come last."""
    records: Mapping[str, Actor | Place] = data.actors if column == "actor" else data.places
    keys = data.actor_keys if column == "actor" else data.place_keys
    names = [records[key].name.casefold() for key in keys]
    rank = np.empty(len(keys) + 1, dtype=np.int32)
    rank[np.argsort(np.array(names, dtype=object), kind="stable")] = np.arange(len(keys), dtype=np.int32)
    rank[-1] = len(keys)
    codes = np.minimum(getattr(data.events, column), len(keys)).astype(np.int64)
    ranks: Ranks = np.take(rank, codes)
    return ranks


@remembered(1)
def _by_title(data: DataSet) -> Ranks:
    """By the beginnings of the titles as bytes, which numpy sorts without keeping the window's thread from its work;
    the few that begin alike are told apart by the rest.
    """
    begins = np.zeros(len(data.events), dtype=f"S{TITLE_BYTES}")
    for piece in data.reader.pieces("event", ("key", "title")):
        rows, there = _rows_of(data, [key for key, _ in piece])
        begins[rows] = np.array([_folded(title) for _, title in piece], dtype=begins.dtype)[there]
    order = np.argsort(begins, kind="stable")
    _tell_apart(data, begins, order)
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks


def _tell_apart(data: DataSet, begins: NDArray[np.bytes_], order: NDArray[np.int64]) -> None:
    """Bring rows whose titles begin alike into the order of their whole titles."""
    edges = np.append(np.flatnonzero(_differs(begins, order)), len(order))
    waiting: list[slice] = []
    number = 0
    for at in np.flatnonzero(np.diff(edges) > 1).tolist():
        first, last = int(edges[at]), int(edges[at + 1])
        if len(begins[order[first]]) == TITLE_BYTES:
            waiting.append(slice(first, last))
            number += last - first
        if number >= READ_AT_ONCE:
            _by_whole_titles(data, order, waiting)
            waiting, number = [], 0
    _by_whole_titles(data, order, waiting)


def _differs(begins: NDArray[np.bytes_], order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each in that order begins otherwise than the one before it; shape (n,)."""
    differs = np.ones(len(order), dtype=bool)
    for first in range(1, len(order), COMPARED_AT_ONCE):
        some = begins[order[first - 1 : first + COMPARED_AT_ONCE]]
        differs[first : first + COMPARED_AT_ONCE] = some[1:] != some[:-1]
    return differs


def _by_whole_titles(data: DataSet, order: NDArray[np.int64], parts: Sequence[slice]) -> None:
    """Bring the rows of each of these parts of an order into that of their titles, read for all of them at once."""
    keys = {row: data.events.keys[row] for part in parts for row in order[part].tolist()}
    whole = dict(data.reader.columns("event", ("key", "title"), {"key": keys.values()}))
    titles = {row: whole.get(key, "").casefold() for row, key in keys.items()}
    for part in parts:
        order[part] = sorted(order[part].tolist(), key=titles.__getitem__)


def _folded(title: str) -> bytes:
    return title.casefold().encode("utf-8", "replace")[:TITLE_BYTES]


def _rows_of(data: DataSet, keys: Sequence[str]) -> tuple[Rows, NDArray[np.bool_]]:
    """The rows of those of some events that there are, and which of them those are."""
    rows = np.asarray(data.events.row_of.rows_of(keys), dtype=np.int64)
    there = rows >= 0
    return rows[there], there


@remembered(1)
def _by_sources(data: DataSet) -> Ranks:
    """How many sources each event has."""
    numbers = np.zeros(len(data.events), dtype=np.int32)
    for piece in data.reader.pieces("event_source", ("event",)):
        rows, _ = _rows_of(data, [event for event, in piece])
        np.add.at(numbers, rows, 1)
    return numbers


@remembered(1)
def _by_dead(data: DataSet) -> Ranks:
    """The most that any row says of those killed, -1 where none does."""
    ranks = np.full(len(data.events), -1, dtype=np.int64)
    for piece in data.reader.pieces("count", ("event", "value", "min", "max"), {"measure": ["killed"]}):
        told = [(event, max(numbers)) for event, *three in piece if (numbers := [n for n in three if n is not None])]
        rows, there = _rows_of(data, [event for event, _ in told])
        np.maximum.at(ranks, rows, np.array([number for _, number in told], dtype=np.int64)[there])
    return ranks


@remembered(1)
def _by_key(data: DataSet) -> Ranks:
    ranks = np.empty(len(data.events), dtype=np.int32)
    ranks[data.events.row_of.order] = np.arange(len(data.events), dtype=np.int32)
    return ranks


# texts


def _actor(data: DataSet, code: int) -> str:
    return data.actors[data.actor_keys[code]].name if code < len(data.actor_keys) else NOBODY


def _place(data: DataSet, code: int) -> str:
    return data.places[data.place_keys[code]].name if code < len(data.place_keys) else NOWHERE


def _who(data: DataSet, marks: Marks, row: int) -> str:
    rival = int(data.events.rival[row])
    first = _actor(data, int(data.events.actor[row]))
    return f"{first} or {_actor(data, rival)}" if rival < len(data.actor_keys) else first


def _dead(data: DataSet, found: Dossier) -> str:
    figure = event_figure(found.counts, "killed")
    return str(figure) if figure is not None else ""


def _known(data: DataSet, found: Dossier) -> str:
    days = []
    for row in found.sources:
        try:
            source = data.sources.get(row.source)
            day = parse(source.published).latest if source is not None and source.published else None
        except DateError:
            day = None
        if day is not None:
            days.append(day)
    return date_of(min(days)).isoformat() if days else ""


def _status(data: DataSet, marks: Marks, row: int) -> str:
    key = data.events.keys[row]
    mark = marks.of(EVENT, key)
    status = mark.status if mark is not None else STATUSES[0]
    return f"{status}, {CONFLICT}" if marks.against(EVENT, key) else status


def _said(name: str) -> ByRow:
    def text(data: DataSet, marks: Marks, row: int) -> str:
        mark = marks.of(EVENT, data.events.keys[row])
        return str(getattr(mark, name)) if mark is not None else ""

    return text


def _term(column: str, terms: Sequence[str]) -> ByRow:
    return lambda data, marks, row: terms[int(getattr(data.events, column)[row])]


_TYPE, _ACTUALITY = _term("type", EVENT_TYPES), _term("actuality", ACTUALITIES)
_FORM, _PRECISION = _term("form", FORMS), _term("precision", PRECISIONS)


def _where(data: DataSet, marks: Marks, row: int) -> str:
    return _place(data, int(data.events.place[row]))


# groups


def _month(data: DataSet, marks: Marks, row: int) -> str:
    begins, ends = int(data.events.earliest[row]), int(data.events.latest[row])
    if begins > ends:
        return "no date"
    day = begins if begins != FAR_PAST else ends
    return f"{date_of(day):%B %Y}" if day not in (FAR_PAST, FAR_FUTURE) else "no date"


COLUMNS = (
    Column("status", "Review", 13, status_codes, _status,
           grouped=lambda data, marks, row: STATUSES[int(status_codes(data, marks)[row])]),
    Column("date", "When", 17, _in_time, tells=lambda data, found: words(found.event.date), grouped=_month),
    Column("title", "What", 34, lambda data, marks: _by_title(data), tells=lambda data, found: found.event.title),
    Column("type", "Type", 12, _by_code("type"), _TYPE, grouped=_TYPE),
    Column("place", "Where", 18, lambda data, marks: _by_name(data, "place"), _where, grouped=_where),
    Column("who", "Who", 24, lambda data, marks: _by_name(data, "actor"), _who,
           grouped=lambda data, marks, row: _actor(data, int(data.events.actor[row]))),
    Column("killed", "Killed", 9, lambda data, marks: _by_dead(data), tells=_dead, parts=("count",)),
    Column("certainty", "Certainty", 12, _by_code("actuality"), _ACTUALITY, grouped=_ACTUALITY),
    Column("sources", "Sources", 8, lambda data, marks: _by_sources(data),
           tells=lambda data, found: str(len(found.sources)), parts=("event_source",)),
    Column("form", "Form", 10, _by_code("form"), _FORM, grouped=_FORM, usual=False),
    Column("precision", "Place is", 12, _by_code("precision"), _PRECISION, grouped=_PRECISION, usual=False),
    Column("known", "Known by", 11, lambda data, marks: known_days(data), tells=_known, parts=("event_source",),
           usual=False),
    Column("by", "Reviewer", 9, _in_time, _said("by"), usual=False),
    Column("note", "Note", 30, _in_time, _said("note"), usual=False),
    Column("key", "Id", 20, lambda data, marks: _by_key(data), lambda data, marks, row: data.events.keys[row],
           usual=False),
)  # fmt: skip
BY_ID: Mapping[str, Column] = {column.id: column for column in COLUMNS}


# lines


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What the lines of a table show: of each an event's row, or for the head of a group -1 - its number.

    heads: of each group its name and how many events it has.
    """

    lines: Rows
    heads: tuple[tuple[str, int], ...] = ()

    def row(self, line: int) -> int | None:
        """The event of a line; None for the head of a group."""
        row = int(self.lines[line])
        return row if row >= 0 else None

    def head(self, line: int) -> tuple[str, int] | None:
        """The group that a line is the head of."""
        row = int(self.lines[line])
        return self.heads[-1 - row] if row < 0 else None

    def line_of(self, row: int) -> int | None:
        """The line of an event, if it is there."""
        found = np.flatnonzero(self.lines == row)
        return int(found[0]) if len(found) else None


def ordered(data: DataSet, marks: Marks, rows: Rows, by: str, falling: bool = False) -> Rows:
    """Rows in the order of a column; equal ones stay in the order of time."""
    if by == "date" and not falling:
        return np.sort(rows)
    ranks = BY_ID[by].ranks(data, marks)[rows]
    order = np.argsort(-ranks.astype(np.int64) if falling else ranks, kind="stable")
    found: Rows = rows[order]
    return found


def grouped(data: DataSet, marks: Marks, rows: Rows, by: str, closed: frozenset[str] = frozenset()) -> Lines:
    """Rows under the heads of their groups, in the order they have; closed: the names of groups whose events hide."""
    name_of = BY_ID[by].grouped if by in BY_ID else None
    if name_of is None or not len(rows):
        return Lines(rows)
    codes = _group_codes(data, marks, rows, by)
    order = np.argsort(codes, kind="stable")
    edges = np.flatnonzero(np.append(True, np.diff(codes[order]) != 0))
    groups: dict[str, list[Rows]] = {}
    for members in np.split(rows[order], edges[1:]):
        groups.setdefault(name_of(data, marks, int(members[0])), []).append(members)
    lines: list[Rows] = []
    heads = []
    for number, (name, parts) in enumerate(groups.items()):
        heads.append((name, sum(len(part) for part in parts)))
        lines += [np.array([-1 - number], dtype=np.int64), *([] if name in closed else parts)]
    return Lines(np.concatenate(lines), tuple(heads))


def _group_codes(data: DataSet, marks: Marks, rows: Rows, by: str) -> NDArray[np.int64]:
    """A number for each row, the same for those of one group."""
    if by != "date":
        return BY_ID[by].ranks(data, marks)[rows].astype(np.int64)
    days = data.events.earliest[rows].astype(np.int64)
    days = np.where(days == FAR_PAST, data.events.latest[rows], days)
    days = np.where(data.events.dated[rows] & (np.abs(days) < FAR_FUTURE), days, FAR_FUTURE)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(days == FAR_FUTURE, FAR_FUTURE, months)
