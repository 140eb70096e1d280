"""Rows of a mapped table as claims of control: who holds a place now, since when, and who held it before.

A day of which a table only says that a place was held is no day of change: it makes a claim that holds, not one that
begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from viewer.domain.dates import UNDATED, DateError, DateSpan
from viewer.domain.drafts import ActorMention, Draft, Item, PlaceMention, Remark
from viewer.formats.cells import NOTHING, CellError
from viewer.formats.infile import ReadError
from viewer.formats.mapped import Mapped, rejected, rows_of
from viewer.formats.tabular import Row
from viewer.formats.vocabulary import CLASS_NAMED, PHASE_NAMED, folded
from viewer.formats.written_dates import read_date

FROM, UNTIL = "from", "until"
_TOGETHER = re.compile(r"\s*[+&]\s*|\s+/\s+")
_PAIRS = re.compile(r"\s*[|\n]\s*|\s*,\s*(?=[^,;|\n]*;)")
_PAIR = re.compile(r"\s*[;:=]\s*(?!\d\d\b)")
_HOLDERS = ("controller", "actor", "perpetrator")


class _Step(NamedTuple):
    """What happened to one holder."""

    date: DateSpan
    actors: tuple[str, ...]
    phase: str
    control: str


def claim_items(mapped: Mapped) -> Iterator[Item]:
    """The claims of each row in the order of their dates; a row of which one part cannot be read is left out whole."""
    if not any(name in mapped.at for name in _HOLDERS):
        path = mapped.table.file.path
        raise ReadError(f"{path}: no column says who holds a place; say which with --set controller=COLUMN")
    reader = _Claims(mapped)
    for row in rows_of(mapped):
        if not isinstance(row, Row):
            yield row
            continue
        try:
            yield from reader.claims(row)
        except (CellError, DateError) as error:
            yield rejected(row, error)
    yield from reader.remarks()


class _Claims:
    def __init__(self, mapped: Mapped) -> None:
        self._mapped = mapped
        self._as_of = read_date(mapped.settings["as_of"], mapped.order)
        told = mapped.settings["previous_dates"]
        self._previous = told or (FROM if {"since", "date"} & mapped.at.keys() else UNTIL)
        self._chosen = bool(told)
        self._undated = self._with_previous = self._held = 0

    def claims(self, row: Row) -> list[Draft]:
        """The claims of a row; CellError or DateError when it makes none."""
        mapped, cells = self._mapped, row.cells
        place = mapped.place(cells)
        if place is None:
            raise CellError("place: is empty; a claim of control needs a place")
        place = place._replace(own_m=None)  # what is held is the place, not a point in it
        steps = sorted(self._steps(cells), key=lambda step: (step.date.dated, step.date.earliest or 0, step.phase))
        if not steps:
            raise CellError("controller: is empty; name who holds the place")
        source = mapped.sources(cells)[0]
        note = "; ".join(part for part in (mapped.told(cells, "note"), mapped.others(cells)) if part)
        return [self._draft(row, place, step, {"source": source, "note": note}) for step in steps]

    def _draft(self, row: Row, place: PlaceMention, step: _Step, more: dict[str, Any]) -> Draft:
        named = self._mapped.told(row.cells, "id") or f"{place.name} {place.lon} {place.lat}"
        told = f"{named} {step.date.edtf} {'+'.join(step.actors)} {step.phase} {step.control}"
        values = {
            "actors": tuple(ActorMention(name) for name in step.actors), "control": step.control, "phase": step.phase,
            "place": place, "date": step.date, **more,
        }  # fmt: skip
        if place.geometry is not None and place.precision == "area":
            values["geometry"] = place.geometry
            if not self._mapped.told(row.cells, "place"):
                del values["place"]
        return Draft(row.line, told, "control_claim", values, [], row.cells)

    def _steps(self, cells: Sequence[str]) -> Iterator[_Step]:
        mapped = self._mapped
        before = self._before(mapped.told(cells, "previous"))
        yield from before
        holder = next((told for name in _HOLDERS if (told := mapped.told(cells, name))), "")
        if not holder:
            return
        actors = self._actors(holder)
        control = self._control(mapped.told(cells, "control"), actors)
        since, date = mapped.date(cells, "since"), mapped.date(cells, "date")
        end = mapped.date(cells, "end")
        phase = _named(mapped.told(cells, "phase"), "phase", PHASE_NAMED)
        if since.dated:
            yield _Step(since, actors, "begins", control)
        elif before and self._previous == UNTIL:
            yield _Step(max(before, key=_day).date, actors, "begins", control)
        elif phase or end.dated:
            yield _Step(date, actors, phase or "begins", control)
        elif not date.dated:
            self._undated += not self._as_of.dated
            yield _Step(self._as_of, actors, "holds", control)
        if date.dated and not (phase or end.dated):
            self._held += 1
            yield _Step(date, actors, "holds", control)
        if end.dated and phase != "ends":
            yield _Step(end, actors, "ends", control)

    def _before(self, text: str) -> list[_Step]:
        """What pairs of a day and a holder say: since when each held the place, or until when."""
        if not text:
            return []
        self._with_previous += 1
        pairs = sorted((self._pair(part) for part in _PAIRS.split(text) if part.strip(" ,;")), key=_day)
        if self._previous == FROM:
            return [_Step(date, actors, "begins", self._control("", actors)) for date, actors in pairs]
        starts: list[DateSpan] = [UNDATED, *(date for date, _ in pairs)]
        steps: list[_Step] = []
        for start, (until, actors) in zip(starts, pairs, strict=False):
            if start.dated:
                steps.append(_Step(start, actors, "begins", self._control("", actors)))
            steps.append(_Step(until, actors, "ends", self._control("", actors)))
        return steps

    def _pair(self, text: str) -> tuple[DateSpan, tuple[str, ...]]:
        sides = [side.strip() for side in _PAIR.split(text.strip(" ;"), maxsplit=1)]
        if len(sides) != 2 or not all(sides):
            raise CellError(f"previous: '{text.strip()[:60]}' is no pair; write 2014-06-10;Islamic State")
        date = read_date(sides[0], self._mapped.order)
        if not date.dated:
            raise CellError(f"previous: '{text.strip()[:60]}' has no date; write 2014-06-10;Islamic State")
        return date, self._actors(sides[1])

    def _actors(self, text: str) -> tuple[str, ...]:
        separator = self._mapped.settings["separator"]
        parts = [part for some in (text.split(separator) if separator else [text]) for part in _TOGETHER.split(some)]
        names = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if folded(text) in CLASS_NAMED or text.casefold() in NOTHING or not names:
            raise CellError(f"controller: '{text[:40]}' names nobody; name who holds the place, or who contests it")
        return names

    def _control(self, text: str, actors: Sequence[str]) -> str:
        return _named(text, "control", CLASS_NAMED) or ("mixed" if len(actors) > 1 else "control")

    def remarks(self) -> Iterator[Remark]:
        """How dates were understood, where another way is possible."""
        if self._with_previous and not self._chosen:
            other = UNTIL if self._previous == FROM else FROM
            yield Remark(f"the days of earlier holders were read as those {self._previous} which each held the place",
                         f"set previous_dates={other}")  # fmt: skip
        if self._held:
            yield Remark(
                f"{self._held:,} dates were read as days on which a place was held, not as days of change",
                "set since=COLUMN",
            )
        if self._undated:
            yield Remark(f"{self._undated:,} holders have no date and are on no day's map", "set as_of=YYYY-MM-DD")


def _day(step: _Step | tuple[DateSpan, tuple[str, ...]]) -> int:
    latest, earliest = step[0].latest, step[0].earliest
    return latest if latest is not None else earliest if earliest is not None else 0


def _named(text: str, column: str, terms: dict[str, str]) -> str:
    """The term that a cell means, '' where it says nothing."""
    if not text:
        return ""
    found = terms.get(folded(text))
    if found is None:
        raise CellError(f"{column}: '{text[:40]}' is none of {', '.join(dict.fromkeys(terms.values()))}")
    return found
