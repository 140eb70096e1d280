"""What a field is, said once: schema, import, validation, filter, pane and export all read it here."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any

from viewer.domain.dates import UNDATED
from viewer.domain.frozen import dataclass


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """How one field of a record is written, checked and shown.

    kind: key (the record's own name), ref (the key of another record of table `table`), refs (several,
    separated by blanks), text, long, term (one of `terms`), date (a DateSpan), edtf (the text of a
    date that is not the record's own), real, integer, flag (0 or 1), geometry (WKB bytes, EPSG:4326).
    """

    label: str
    kind: str
    table: str = ""
    terms: tuple[str, ...] = ()
    required: bool = False


def info(label: str, kind: str = "text", *, default: Any = dataclasses.MISSING, **more: Any) -> Any:
    """A dataclass field that carries its FieldInfo; a field without `required` has an empty default."""
    about = FieldInfo(label, kind, **more)
    if about.required:
        return field(metadata={"info": about})
    return field(default=_EMPTY[kind] if default is dataclasses.MISSING else default, metadata={"info": about})


_EMPTY: dict[str, Any] = {
    "key": "", "ref": "", "refs": "", "text": "", "long": "", "term": "", "edtf": "", "date": UNDATED,
    "real": None, "integer": None, "flag": False, "geometry": None,
}  # fmt: skip


def fields_of(record: type[Any]) -> Mapping[str, FieldInfo]:
    """The fields of a record class in order, by name."""
    return _fields_of(record)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _fields_of(record: Hashable) -> Mapping[str, FieldInfo]:
    return {f.name: f.metadata["info"] for f in dataclasses.fields(record)}  # type: ignore[arg-type]
