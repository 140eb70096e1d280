"""What an import changes or deletes of the records that a store had before, told field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from viewer.domain.fields import fields_of
from viewer.domain.records import TABLES
from viewer.store.intake.rows import rows_of
from viewer.store.schema import HOT_COLUMNS

LETTERS = 60
Told = Sequence[tuple[str, tuple[Any, ...]]]
"""The row of a record, under '', and the rows of its parts, each under its table."""
_PARTS = {
    "event_place": ("Places", ("place", "role")), "event_actor": ("Actors", ("actor", "role")),
    "event_source": ("Sources", ("source",)), "event_date": ("Dates", ("date_edtf",)),
    "event_link": ("Links", ("other",)), "count": ("Counts", ("measure", "group", "value", "min", "max")),
    "place_name": ("Names", ("name",)), "actor_name": ("Names", ("name",)),
    "actor_relation": ("Relations", ("kind", "other")),
}  # fmt: skip
"""What the parts of a record are called, and which of their columns tell most."""
_WORKED_OUT = frozenset({*HOT_COLUMNS, "earliest", "latest", "date_precision", "key", "geom"})


class Touched(NamedTuple):
    """A record that an import changed or deleted; id: what its feed calls it; date: its own (EDTF), '' for none.

    fields: what differs, by label, from and to, as text.
    """

    table: str
    key: str
    id: str
    title: str
    date: str = ""
    fields: tuple[tuple[str, str, str], ...] = ()


def title_of(table: str, row: Sequence[Any]) -> str:
    """What to call a record in a list."""
    at = rows_of(table).at
    if name := next((row[at[one]] for one in ("title", "name") if one in at), ""):
        return str(name)
    if table != "control_claim":
        return ""
    where, who, control, phase, date = (row[at[one]] for one in ("place", "actors", "control", "phase", "date_edtf"))
    return f"{where or 'an area'}: {who}, {control} {phase} {date or 'undated'}"


def going(table: str, key: str, feed_id: str, row: Sequence[Any]) -> Touched:
    """A record that is deleted."""
    return Touched(table, key, feed_id, title_of(table, row), _date(table, row))


def changing(table: str, key: str, feed_id: str, before: Told, after: Told) -> Touched:
    """What differs between a record as it stands and as it is read now."""
    (old,), (new,) = (tuple(row for part, row in told if not part) for told in (before, after))
    labels = fields_of(TABLES[table])
    differing = [
        (labels[name].label if name in labels else "Date", _short(one), _short(other))
        for name, one, other in zip(rows_of(table).columns, old, new, strict=True)
        if one != other and (name in labels or name == "date_edtf") and name not in _WORKED_OUT
    ]  # fmt: skip
    for part, (label, columns) in _PARTS.items():
        was, now = (
            Counter(_words(part, columns, row) for name, row in told if name == part) for told in (before, after)
        )
        if was != now:
            gone, come = ("; ".join(some.elements()) for some in (was - now, now - was))
            differing.append((label, _short(gone), _short(come)))
    return Touched(table, key, feed_id, title_of(table, new), _date(table, old), tuple(differing))


def _date(table: str, row: Sequence[Any]) -> str:
    at = rows_of(table).at.get("date_edtf")
    return "" if at is None else str(row[at] or "")


def _words(part: str, columns: Iterable[str], row: Sequence[Any]) -> str:
    at = rows_of(part).at
    return " ".join(_plain(row[at[name]]) for name in columns if name in at and row[at[name]] not in (None, ""))


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short(value: Any) -> str:
    text = "" if value is None or isinstance(value, bytes) else _plain(value)
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}\u2026"
