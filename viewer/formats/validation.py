"""Values from a text file to a record, each checked against what its field says it is."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from viewer.domain.dates import DateError, parse
from viewer.domain.fields import FieldInfo, fields_of
from viewer.domain.records import TABLES, Problem, Records
from viewer.geo.errors import GeometryError
from viewer.geo.shapes import wkt_to_wkb


class RowError(ValueError):
    """One row or file that cannot become records; the message names the field and the remedy."""


def record_from(table: str, row: Any) -> Any:
    """The record of a raw row; what is no row, unknown columns, wrong terms, bad dates and numbers raise RowError."""
    if not isinstance(row, Mapping):
        raise RowError(f"{row!r} is no {table}: write its fields as {{ name = value }}")
    fields = fields_of(TABLES[table])
    unknown = [str(name) for name in row if name not in fields]
    if unknown:
        raise RowError(f"'{unknown[0]}' is no field of {table}: it has {', '.join(fields)}")
    values: dict[str, Any] = {}
    for name, about in fields.items():
        raw = row.get(name)
        if raw is None or raw == "":
            if about.required:
                raise RowError(f"{name} is empty: fill it in")
            continue
        try:
            values[name] = _CONVERT[about.kind](raw, about)
        except (DateError, GeometryError, RowError) as error:
            raise RowError(f"{name}: {error}") from None
    return TABLES[table](**values)


def text_of(raw: Any, name: str = "") -> str:
    """A raw value as text, a TOML day as the ISO text it looks like; RowError, with the field's name, for all else."""
    if isinstance(raw, dt.date) and not isinstance(raw, dt.datetime):
        return raw.isoformat()
    if not isinstance(raw, str):
        raise RowError(f"{name + ': ' if name else ''}{raw!r} is no text: put it in quotes")
    return raw.strip()


def _text(raw: Any, about: FieldInfo) -> str:
    return text_of(raw)


def _key(raw: Any, about: FieldInfo) -> str:
    key = _text(raw, about)
    if not key or any(c.isspace() for c in key) or len(key) > 80:
        raise RowError(f"'{key}' is no key: write letters, digits and '-', at most 80")
    return key


def _keys(raw: Any, about: FieldInfo) -> str:
    texts = raw if isinstance(raw, list) else [raw]
    return " ".join(key for text in texts for key in _text(text, about).split())


def _term(raw: Any, about: FieldInfo) -> str:
    term = _text(raw, about)
    if term not in about.terms:
        raise RowError(f"'{term}' is none of: {', '.join(t for t in about.terms if t)}")
    return term


def _real(raw: Any, about: FieldInfo) -> float:
    try:
        number = float(raw)
    except (TypeError, ValueError, OverflowError):
        raise RowError(f"{raw!r} is no number") from None
    if not math.isfinite(number):
        raise RowError(f"{raw!r} is no finite number")
    return number


def _integer(raw: Any, about: FieldInfo) -> int:
    number = _real(raw, about)
    if number != int(number):
        raise RowError(f"{raw!r} is no whole number")
    return int(number)


def _flag(raw: Any, about: FieldInfo) -> bool:
    if str(raw).lower() not in ("0", "1", "true", "false"):
        raise RowError(f"{raw!r} is no flag: write 1 or 0")
    return str(raw).lower() in ("1", "true")


def _edtf(raw: Any, about: FieldInfo) -> str:
    return parse(_text(raw, about)).edtf


_CONVERT: dict[str, Callable[[Any, FieldInfo], Any]] = {
    "key": _key, "ref": _key, "refs": _keys, "text": _text, "long": _text, "term": _term, "real": _real,
    "integer": _integer, "flag": _flag, "edtf": _edtf,
    "date": lambda raw, about: parse(_text(raw, about)),
    "geometry": lambda raw, about: wkt_to_wkb(_text(raw, about)),
}  # fmt: skip


def missing_references(records: Records) -> Iterator[Problem]:
    """Every key that a record names and no record defines."""
    known = {table: {getattr(r, "key", "") for r in records.of(table)} for table in TABLES}
    for table, record in records:
        for name, about in fields_of(type(record)).items():
            if about.kind not in ("ref", "refs"):
                continue
            for key in getattr(record, name).split():
                if key not in known[about.table]:
                    where = f"{table} '{getattr(record, 'key', '') or getattr(record, 'event', '')}'"
                    said = f"{name} names the unknown {about.table} '{key}': define it or correct the key"
                    yield Problem(where, said)



