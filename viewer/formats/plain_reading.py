"""Plain objects of events read back, one at a time, from a file however long, and made into drafts."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from viewer.domain.dates import parse
from viewer.domain.drafts import ActorMention, Draft, PlaceMention, SourceMention
from viewer.formats.cells import CellError
from viewer.formats.infile import ReadError
from viewer.formats.plain import Plain
from viewer.formats.plain_json import json_text

PIECE = 1 << 20
MAX_ELEMENT = 16 << 20
"""Characters of one element; whatever is longer is no event."""
_BETWEEN = re.compile(r"[\s,]*")
_EVENT = ("title", "type", "form", "actuality", "date_basis", "date_wording", "date_anchor", "date_note", "country",
          "summary", "part_of", "entered_on", "note")  # fmt: skip
_COUNT = ("measure", "qualifier", "group", "partition", "reporter", "within", "word", "note")
_FIGURES = ("value", "min", "max")


def elements(file: BinaryIO, start: re.Pattern[str]) -> Iterator[Any]:
    """The values of the array that begins where `start` ends; ReadError where the text is no JSON or breaks off."""
    text = _Text(file)
    found = text.find(start)
    if not found:
        raise ReadError("has no list of events; export it again")
    decoder = json.JSONDecoder(parse_constant=str)  # NaN is no number, and is told as what it is
    while True:
        text.skip(_BETWEEN)
        if text.rest.startswith("]", text.at):
            return
        while True:
            try:
                value, text.at = decoder.raw_decode(text.rest, text.at)
                break
            except RecursionError:
                raise ReadError("holds a value that is nested too deeply; export it again") from None
            except json.JSONDecodeError as error:
                if len(text.rest) - text.at > MAX_ELEMENT or not text.more():
                    raise ReadError(f"is no JSON, or breaks off ({error.msg}); export it again") from None
            except ValueError as error:
                raise ReadError(f"holds what is no value ({error}); export it again") from None
        yield value


class _Text:
    """A text that is read as far as it is needed, and forgotten behind that."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._decoder = file, codecs.getincrementaldecoder("utf-8-sig")("replace")
        self.rest, self.at = "", 0

    def more(self) -> bool:
        """Read on; False at the end."""
        piece = self._file.read(PIECE)
        self.rest, self.at = self.rest[self.at :] + self._decoder.decode(piece, not piece), 0
        return bool(piece)

    def find(self, pattern: re.Pattern[str]) -> bool:
        """Go to the end of the first match, which has to stand near the beginning."""
        while self.more():
            if match := pattern.search(self.rest):
                self.at = match.end()
                return True
            if len(self.rest) > MAX_ELEMENT:
                return False
        return False

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Go behind what matches here."""
        while True:
            match = pattern.match(self.rest, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.rest) or not self.more():
                return


def draft_of(number: int, told: Any) -> Draft:
    """The draft of an event as `event_object` tells it; CellError and DateError when it is none."""
    event = _object(told, "event")
    key = _text(event, "id")
    if not key:
        raise CellError("id: is empty; give each event its own")
    sources = {one.key: one for one in map(_source, _list(event, "sources"))}
    values: dict[str, Any] = {name: _text(event, name) for name in _EVENT}
    values["date"] = parse(_text(event, "date"))
    parts = [("event_place", _place(row)) for row in _list(event, "places")]
    parts += [("event_actor", _actor(row, sources)) for row in _list(event, "actors")]
    parts += [
        ("event_source", {"source": _source(row), **_texts(row, "locator", "says")}) for row in _list(event, "sources")
    ]
    parts += [
        ("event_date", {
            "date": parse(_text(row, "date")), "source": _cited(row, sources), "note": _text(row, "note"),
        }) for row in _list(event, "other_dates")
    ]  # fmt: skip
    parts += [
        ("event_link", {"kind": _text(row, "kind"), "other": _text(row, "to"), "note": _text(row, "note")})
        for row in _list(event, "links")
        if row.get("from") == key
    ]
    parts += [
        ("count", {
            **_texts(row, *_COUNT), **{name: _number(row, name) for name in _FIGURES}, "source": _cited(row, sources),
        }) for row in _list(event, "counts")
    ]  # fmt: skip
    return Draft(number, key, "event", values, parts, (json_text(event, None),), key)


def _place(row: Plain) -> Plain:
    stated, radius = _text(row, "stated_precision"), _number(row, "stated_radius_m")
    mention = PlaceMention(
        _text(row, "name"), _number(row, "lon"), _number(row, "lat"),
        "unknown" if stated else _own_precision(row), None if radius is not None else _number(row, "radius_m"),
        key=_text(row, "id"),
    )  # fmt: skip
    return {"place": mention, "precision": stated, "radius_m": radius, **_texts(row, "role", "certainty", "spelled",
            "note")}  # fmt: skip


def _own_precision(row: Plain) -> str:
    """How exact the place is by itself: near a town is a town."""
    told = _text(row, "precision")
    return "town" if told == "near" and row.get("role") == "near" else told


def _actor(row: Plain, sources: Mapping[str, SourceMention]) -> Plain:
    mention = ActorMention(_text(row, "name"), key=_text(row, "id"))
    return {"actor": mention, **_texts(row, "role", "certainty", "claimed_by", "note"), "source": _cited(row, sources)}


def _source(row: Plain) -> SourceMention:
    key = _text(row, "id")
    return SourceMention(_text(row, "publisher") or key, _text(row, "title"), _text(row, "published"), key=key)


def _cited(row: Plain, sources: Mapping[str, SourceMention]) -> SourceMention | str:
    """The source that a row names by its key, '' if none."""
    key = _text(row, "source")
    return sources.get(key, SourceMention(key, key=key)) if key else ""


def _texts(row: Plain, *names: str) -> Plain:
    return {name: _text(row, name) for name in names}


def _text(row: Plain, name: str) -> str:
    return _of(row, name, str, "text") or ""


def _number(row: Plain, name: str) -> float | None:
    value: float | None = _of(row, name, (int, float), "number")
    return value


def _list(row: Plain, name: str) -> list[Plain]:
    return [_object(one, name) for one in _of(row, name, list, "list") or []]


def _object(value: Any, name: str) -> Plain:
    if not isinstance(value, dict):
        raise CellError(f"{name}: is no object of fields")
    return value


def _of(row: Plain, name: str, kind: Any, called: str) -> Any:
    value = row.get(name)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise CellError(f"{name}: {str(value)[:40]!r} is no {called}")
    return value
