"""Timemap JSON, as Bellingcat's and others' maps of incidents publish it: events with sources, dates month first.

Events stand in a list, alone or as a member `events`; sources stand in the event, or are ids of a member `sources`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from viewer.domain.dates import DateError
from viewer.domain.drafts import Draft, Item, PlaceMention, Rejected, Remark, SourceMention
from viewer.formats.cells import CellError, coordinate
from viewer.formats.features import MAX_TITLE, source_of, text_of
from viewer.formats.geojson_features import unwrapped
from viewer.formats.infile import InFile, ReadError
from viewer.formats.json_stream import JsonStream, Piece
from viewer.formats.protocol import Shape
from viewer.formats.vocabulary import TYPE_OF, folded
from viewer.formats.written_dates import MONTH_FIRST, read_moment

EVENTS, SOURCES = "events", "sources"
PLACED = {"latitude", "longitude"}
TOLD = {"date", "description", "location", "place_desc", "sources", "title", "category", "associations", "associated"}


class TimemapImporter:
    """One event an entry; an entry without coordinates is unplaced, and never lies at 0, 0."""

    name = "timemap"
    title = "Timemap (JSON)"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Sure of entries with coordinates, a date and what such maps call the rest."""
        if not file_begins_as_json(file):
            return 0.0
        stream = JsonStream(file, (EVENTS,))
        try:
            values = [unwrapped(piece.value) for piece in islice(stream.pieces(), 5)]
        except ReadError:
            return 0.0
        keys = [set(value) for value in values if isinstance(value, dict)]
        fits = [one for one in keys if one >= PLACED and "date" in one and len(one & TOLD) > 1]
        return 0.8 * len(fits) / max(1, len(values))

    def shape(self, file: InFile) -> Shape:
        """Nothing has to be mapped."""
        return Shape(settings={"order": MONTH_FIRST}, tabular=False)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """An event for each entry."""
        stream = JsonStream(file, (EVENTS,))
        known = _sources_of(file)
        order = options.get("order", MONTH_FIRST)
        noted: Counter[str] = Counter()
        for piece in stream.pieces():
            value = unwrapped(piece.value)
            if piece.problem or not isinstance(value, dict):
                yield Rejected(piece.number, piece.problem or "is no entry", (piece.text,))
                continue
            try:
                yield _event(piece, value, known, order, noted)
            except (CellError, DateError) as error:
                yield Rejected(piece.number, str(error), (piece.text,))
        for text, number in noted.items():
            yield Remark(f"{number:,} entr{'ies' if number > 1 else 'y'}: {text}")


def file_begins_as_json(file: InFile) -> bool:
    """Whether the first character is a bracket; False when the file cannot be read."""
    try:
        return file.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    except ReadError:
        return False


def _sources_of(file: InFile) -> dict[str, Any]:
    """The sources that stand beside the events, by their ids; passing over the events costs no memory."""
    stream = JsonStream(file, (EVENTS,))
    for _ in stream.pieces():
        pass
    told = stream.head.get(SOURCES)
    if isinstance(told, dict):
        return {str(key): value for key, value in told.items()}
    if isinstance(told, list):
        return {str(one["id"]): one for one in told if isinstance(one, dict) and "id" in one}
    return {}


def _event(piece: Piece, told: Mapping[str, Any], known: Mapping[str, Any], order: str, noted: Counter[str]) -> Draft:
    span, clock = read_moment(told.get("date") or "", order)
    clock = text_of(told.get("time")) or clock
    title, summary = text_of(told.get("title")), text_of(told.get("description"))
    where = text_of(told.get("location")) or text_of(told.get("place_desc"))
    category = text_of(told.get("category")) or text_of(told.get("type"))
    word = category.casefold()
    kind = TYPE_OF.get(folded(category), "other")
    groups = text_of(told.get("associations")) or text_of(told.get("associated"))
    notes = [f"Category: {category}" if category and word != kind else "", f"Associations: {groups}" if groups else ""]
    values: dict[str, Any] = {
        "title": _short(title or " ".join(summary.split()) or where or f"Entry {piece.number}"),
        "type": kind, "date": span, "summary": summary, "note": "; ".join(note for note in notes if note),
    }  # fmt: skip
    if clock:
        values["date_wording"] = " ".join(part for part in (span.edtf, clock) if part)
    draft = Draft(piece.number, text_of(told.get("id")), "event", values, raw=(piece.text,))
    lon, lat = coordinate(text_of(told.get("longitude")), text_of(told.get("latitude")))
    if lon is None or lat is None:
        noted["has no coordinates; its place is not known"] += 1
        mention = PlaceMention(where, None, None, "unknown", None, "area") if where else None
    else:
        mention = PlaceMention(where or f"{lat:.5f}, {lon:.5f}", lon, lat, "exact", None, "site")
    if mention is not None:
        draft.parts.append(("event_place", {"place": mention, "spelled": where}))
    for one in _listed(told.get("sources")):
        if (source := _source(one, known)) is not None:
            draft.parts.append(("event_source", {"source": source}))
    return draft


def _short(title: str) -> str:
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1].rstrip()}\u2026"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _source(told: Any, known: Mapping[str, Any]) -> SourceMention | None:
    """The source that an entry names: an object, an address, or the id of one that the file tells of."""
    if not isinstance(told, dict):
        name = text_of(told)
        if not isinstance(known.get(name), dict):
            return source_of(name) if name else None
        told = {"id": name, **known[name]}
    paths = _listed(told.get("paths")) or _listed(told.get("path")) or _listed(told.get("url"))
    path = text_of(paths[0]) if paths else ""
    name = text_of(told.get("title")) or text_of(told.get("id"))
    if not path and not name:
        return None
    found = source_of(path or name)
    return found._replace(title=text_of(told.get("title")) or text_of(told.get("description")), kind="article")
