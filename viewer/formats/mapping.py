"""Mappings of tables that somebody made once and wants again: kept by name, found again by the header.

They lie in one file of the user's (TOML). What of it cannot be read is passed over, and the file is set aside before
it would be written over.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from viewer.formats.infile import ReadError
from viewer.formats.protocol import Shape
from viewer.formats.rejects import LINE, REASON

FILE_NAME = "mappings.toml"
MAX_BYTES = 4 * 1024 * 1024
MAX_NAME = 80


class MappingError(ReadError):
    """A mapping that cannot be kept or found, in one sentence with the remedy."""


@dataclass(frozen=True)
class SavedMapping:
    """A mapping by its name: the format and the header it was made for, columns by field, and other options."""

    name: str
    format: str
    columns: tuple[str, ...]
    fields: Mapping[str, str]
    settings: Mapping[str, str]

    def fits(self, format_name: str, columns: Sequence[str]) -> bool:
        """Whether it was made for a table with just these columns, in any order."""
        return self.format == format_name and _header(self.columns) == _header(columns)


def saved_mappings(folder: Path) -> tuple[SavedMapping, ...]:
    """All mappings kept in a folder, by name; those that cannot be read are left out."""
    return tuple(sorted(_read(folder / FILE_NAME)[0], key=lambda one: one.name.casefold()))


def mapping_named(folder: Path, name: str) -> SavedMapping:
    """The mapping of that name; MappingError when there is none."""
    saved = saved_mappings(folder)
    for one in saved:
        if one.name.casefold() == name.casefold():
            return one
    known = ", ".join(one.name for one in saved) or "none is kept yet"
    raise MappingError(f"'{name}' is no mapping that was kept; there are: {known}")


def mapping_for(folder: Path, format_name: str, columns: Sequence[str]) -> SavedMapping | None:
    """The mapping that was kept last for a table with this header, if any."""
    return next((one for one in reversed(_read(folder / FILE_NAME)[0]) if one.fits(format_name, columns)), None)


def save_mapping(folder: Path, mapping: SavedMapping) -> None:
    """Keep a mapping, in place of the one of the same name; MappingError when it cannot be kept."""
    name = " ".join(mapping.name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise MappingError(f"'{name[:MAX_NAME]}' is no name; write 1 to {MAX_NAME} letters or digits")
    path = folder / FILE_NAME
    saved, whole = _read(path)
    others = [one for one in saved if one.name.casefold() != name.casefold()]
    part = path.with_suffix(".part")
    try:
        if not whole:
            path.replace(path.with_suffix(".bad"))
        part.write_text(_written([*others, replace(mapping, name=name)]), encoding="utf-8")
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise MappingError(f"{path}: cannot be written ({error.strerror}); check the folder") from error


def shaped(shape: Shape, mapping: SavedMapping) -> Shape:
    """The shape of a file with a kept mapping in place of what was guessed."""
    has = {column.casefold() for column in shape.columns}
    fields = {name: column for name, column in mapping.fields.items() if column.casefold() in has}
    return replace(
        shape,
        mapping={**dict.fromkeys(shape.fields, ""), **fields},
        settings={**shape.settings, **mapping.settings},
    )


def _header(columns: Sequence[str]) -> frozenset[str]:
    return frozenset(column.casefold() for column in columns if column not in (LINE, REASON))


def _read(path: Path) -> tuple[list[SavedMapping], bool]:
    """The mappings of a file in its order, and whether all of it could be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return [], False
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return [], True
    except (OSError, ValueError, RecursionError):
        return [], False
    rows = told.get("mapping", [])
    if not isinstance(rows, list):
        return [], False
    found = [one for row in rows if (one := _mapping(row)) is not None]
    return found, len(found) == len(rows)


def _mapping(row: Any) -> SavedMapping | None:
    if not isinstance(row, dict):
        return None
    name, kind, columns = row.get("name"), row.get("format"), row.get("columns")
    fields, settings = row.get("fields", {}), row.get("settings", {})
    if not isinstance(name, str) or not isinstance(kind, str) or not isinstance(columns, list):
        return None
    if not all(isinstance(one, str) for one in columns) or not _of_texts(fields) or not _of_texts(settings):
        return None
    return SavedMapping(name, kind, tuple(columns), fields, settings)


def _of_texts(told: Any) -> bool:
    return isinstance(told, dict) and all(isinstance(value, str) for value in told.values())


def _written(mappings: Iterable[SavedMapping]) -> str:
    """Mappings as TOML; its quoted texts are those of JSON, but that DEL has to be escaped, too."""
    blocks = ["# Mappings of tables, kept by Badia.\n"]
    for one in mappings:
        lines = ["[[mapping]]", f"name = {_quoted(one.name)}", f"format = {_quoted(one.format)}",
                 f"columns = [{', '.join(map(_quoted, one.columns))}]"]  # fmt: skip
        for title, told in (("fields", one.fields), ("settings", one.settings)):
            lines.append(f"[mapping.{title}]")
            lines += (f"{_quoted(key)} = {_quoted(value)}" for key, value in told.items())
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _quoted(text: str) -> str:
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
