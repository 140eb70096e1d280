"""Events as Badia itself exports them: JSON, with claims of control, GeoJSON with the same objects, and CSV.

JSON and GeoJSON hold an event with all its rows; of a CSV what its cells leave of it. Keys are Badia's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from viewer.domain.counts import MEASURES
from viewer.domain.dates import DateError, parse
from viewer.domain.drafts import ActorMention, Draft, Item, PlaceMention, Rejected, Remark, SourceMention
from viewer.domain.events import ACTOR_ROLES, main_role_order
from viewer.domain.places import PINNED
from viewer.formats.cells import CellError, real
from viewer.formats.exporters.event_csv import bare_cell
from viewer.formats.features import text_of
from viewer.formats.geojson_features import parsed, unwrapped
from viewer.formats.geometries import as_several, from_geojson
from viewer.formats.infile import SQLITE_MAGIC, InFile, ReadError
from viewer.formats.json_stream import JsonStream
from viewer.formats.protocol import Shape
from viewer.formats.tabular import Row, Table, read_table
from viewer.formats.xlsx import Sheet, is_xlsx, read_sheet
from viewer.geo.errors import GeometryError

OWN_KEYS = frozenset({"id", "title", "type", "form", "actuality", "date", "date_basis", "places", "actors", "sources"})
OWN_COLUMNS = frozenset({"id", "title", "actuality", "date", "place_ids", "roles_of_places", "source_ids", "counts"})
CLAIM_KEYS = frozenset({"id", "class", "phase", "actors", "use", "geometry"})
EVENTS_SHEET, CLAIMS = "events", "control_claims"
LISTS = ("events", "features", CLAIMS)
SAME = (
    "title", "type", "form", "actuality", "date_basis", "country", "summary", "part_of", "entered_on", "note",
    "date_wording", "date_anchor", "date_note",
)  # fmt: skip
"""Fields of an event that stand in the object as they are."""
UNDATED_SOURCE, NO_NUMBER = "undated", "?"
SEVERAL = "only rows of several places tell its point; it was taken for that of the one whose role comes first"
_DOUBTED = re.compile(r"(?P<name>.*) \((?P<certainty>claimed|alleged|disputed)(?:, says (?P<by>.*))?\)", re.DOTALL)
_COUNT = re.compile(
    r"(?P<measure>[\w-]+) (?P<number>.*?) \((?P<qualifier>[\w-]+), (?P<group>.*), (?P<partition>[^,()]*)\)"
    r"(?: by (?P<by>.*))?", re.DOTALL,
)  # fmt: skip
_OTHERS = re.compile(rf"; (?=(?:{'|'.join(ACTOR_ROLES)}): )")
_COUNTS = re.compile(rf"; (?=(?:{'|'.join(MEASURES)}) )")
"""What parts several values of a cell, where the next one begins as such a value does."""
_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


class BadiaEventsImporter:
    """Events of an export; one of the same key takes the place of what was there."""

    name = "badia-events"
    title = "Badia's events (JSON, GeoJSON, CSV)"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Sure where the fields are those that Badia writes."""
        try:
            if _is_json(file):
                pieces = islice(JsonStream(file, LISTS).pieces(), 3)
                objects = [_object(piece.value) for piece in pieces]
                own = (one.keys() >= OWN_KEYS or one.keys() >= CLAIM_KEYS for one in objects)
                return 1.0 if objects and all(own) else 0.0
            if file.head.startswith(SQLITE_MAGIC):
                return 0.0
            return 1.0 if _table(file).at.keys() >= OWN_COLUMNS else 0.0
        except ReadError:
            return 0.0

    def shape(self, file: InFile) -> Shape:
        """Nothing has to be mapped."""
        return Shape(tabular=False) if _is_json(file) else Shape(_table(file).header)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """The events in order."""
        return _of_json(file) if _is_json(file) else _of_table(file)


def _is_json(file: InFile) -> bool:
    return file.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _object(value: Any) -> dict[str, Any]:
    """The object of an event: itself, or the properties of a feature."""
    value = unwrapped(value)
    properties = value.get("properties") if isinstance(value, dict) else None
    found = properties if isinstance(properties, dict) else value
    return found if isinstance(found, dict) else {}


def _of_json(file: InFile) -> Iterator[Item]:
    stream = JsonStream(file, LISTS)
    for piece in stream.pieces():
        told = _object(piece.value)
        if piece.problem or not told:
            yield Rejected(piece.number, piece.problem or "is no event", (piece.text,))
            continue
        read = _claim if stream.found == CLAIMS or told.keys() >= CLAIM_KEYS else _event
        try:
            yield read(piece.number, told, piece.text)
        except (CellError, DateError) as error:
            yield Rejected(piece.number, str(error), (piece.text,))


def _claim(number: int, told: Mapping[str, Any], text: str) -> Draft:
    key = text_of(told.get("id"))
    if not key:
        raise CellError("id: is empty; give each claim its own")
    values: dict[str, Any] = _same(told, "phase", "date_basis", "status", "basis", "use", "note")
    values["control"], values["date"] = _text(told, "class"), parse(_text(told, "date"))
    values["schematic"] = told.get("schematic") is True
    values["actors"] = tuple(map(_who, _rows(told, "actors")))
    source, place = _one(told, "source"), _one(told, "place")
    if not _text(source, "id"):
        raise CellError("source: has no id; say who claims it")
    values["source"] = _source(source)
    if place:
        values["place"] = _mentioned(place, _text(place, "precision") or "unknown", _number(place, "radius_m"))
    if told.get("geometry") is not None:
        values["geometry"] = _outline(told["geometry"])
    return Draft(number, f"control_claim:{key}", "control_claim", values, raw=(text,), key=key)


def _one(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object, empty where there is none."""
    value = told.get(name) or {}
    if not isinstance(value, dict):
        raise CellError(f"{name}: is no object")
    return value


def _outline(value: Any) -> bytes | None:
    """The geometry of a claim as WKB; several of one member stay several."""
    try:
        found = from_geojson(value)
    except GeometryError as error:
        raise CellError(f"geometry: {error}") from None
    several = isinstance(value, dict) and str(value.get("type")).startswith("Multi")
    return None if found is None else as_several(found.wkb) if several else found.wkb


def _event(number: int, told: Mapping[str, Any], text: str) -> Draft:
    key = text_of(told.get("id"))
    if not key:
        raise CellError("id: is empty; give each event its own")
    values: dict[str, Any] = {name: _text(told, name) for name in SAME if told.get(name) is not None}
    values["date"] = parse(_text(told, "date"))
    draft = Draft(number, key, "event", values, raw=(text,), key=key)
    sources = {_text(row, "id"): _source(row) for row in _rows(told, "sources")}
    rows: list[tuple[str, dict[str, Any]]] = [("event_place", _place(row)) for row in _rows(told, "places")]
    for row in _rows(told, "actors"):
        rows.append(("event_actor", {"actor": _who(row), **_same(row, "role", "certainty", "claimed_by", "note"),
                                     **_said_by(row, sources)}))  # fmt: skip
    rows += [
        ("event_source", {"source": sources[_text(row, "id")], **_same(row, "locator", "says")})
        for row in _rows(told, "sources")
    ]
    for row in _rows(told, "other_dates"):
        rows.append(("event_date", {"date": parse(_text(row, "date")), **_same(row, "note"), **_said_by(row, sources)}))
    rows += [
        ("event_link", {"other": _text(row, "to"), **_same(row, "kind", "note")})
        for row in _rows(told, "links")
        if _text(row, "from") == key
    ]
    for row in _rows(told, "counts"):
        numbers = {name: _number(row, name) for name in ("value", "min", "max")}
        words = _same(row, "measure", "qualifier", "group", "partition", "within", "reporter", "word", "note")
        rows.append(("count", {**numbers, **words, **_said_by(row, sources)}))
    draft.parts = rows
    return draft


def _rows(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A list of objects; of a GIS that keeps it as text, too."""
    value = told.get(name)
    if value is None or value == "":
        return []
    value = parsed(value) if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise CellError(f"{name}: is no list of objects")
    return value


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise CellError(f"{name}: {str(value)[:40]} is no text")


def _number(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise CellError(f"{name}: '{str(value)[:40]}' is no number")


def _same(row: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Fields that are taken as they are, those that are not there left to their defaults."""
    return {name: _text(row, name) for name in names if row.get(name) is not None}


def _who(row: Mapping[str, Any]) -> ActorMention:
    key = _text(row, "id")
    return ActorMention(_text(row, "name") or key, key=key)


def _source(row: Mapping[str, Any]) -> SourceMention:
    key = _text(row, "id")
    return SourceMention(
        _text(row, "publisher") or key, _text(row, "title"), _text(row, "published"), _text(row, "reference"),
        _text(row, "licence"), _text(row, "kind") or "report", key,
    )  # fmt: skip


def _said_by(row: Mapping[str, Any], sources: Mapping[str, SourceMention]) -> dict[str, SourceMention]:
    key = _text(row, "source")
    return {"source": sources.get(key) or SourceMention(key, key=key)} if key else {}


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    role = _text(row, "role") or "at"
    precision, radius = _text(row, "precision") or "unknown", _number(row, "radius_m")
    stated, stated_radius = _text(row, "stated_precision"), _number(row, "stated_radius_m")
    if of_place := _text(row, "place_precision"):
        mention = _mentioned(row, of_place, _number(row, "place_radius_m"))
    else:  # an export of before
        own = PINNED[1] if precision == "near" and "near" in (role, stated) else precision
        mention = _mentioned(row, own, None if stated_radius is not None else radius)
    told = {"precision": stated} if "stated_precision" in row or not precision else {"precision": precision}
    return {
        "place": mention, "role": role, **told, "radius_m": stated_radius,
        **_same(row, "certainty", "spelled", "note"),
    }  # fmt: skip


def _mentioned(row: Mapping[str, Any], precision: str, radius: float | None) -> PlaceMention:
    key = _text(row, "id")
    at = (_number(row, "lon"), _number(row, "lat"), precision, radius)
    return PlaceMention(_text(row, "name") or key, *at, _text(row, "kind") or "town", key=key)


class _Point(NamedTuple):
    lon: float
    lat: float
    precision: str
    radius_m: float | None


def _table(file: InFile) -> Table | Sheet:
    return read_sheet(file, EVENTS_SHEET) if is_xlsx(file) else read_table(file)


def _of_table(file: InFile) -> Iterator[Item]:
    table = _table(file)
    bare = str if is_xlsx(file) else bare_cell

    def cells(row: Row) -> dict[str, str]:
        return {name: bare(row.cells[position]) for name, position in table.at.items()}

    points, doubtful = _points(cells(row) for row in table.rows() if isinstance(row, Row))
    for row in table.rows():
        if not isinstance(row, Row):
            yield row
            continue
        try:
            yield _event_of_cells(row, cells(row), points)
        except (CellError, DateError) as error:
            yield Rejected(row.line, str(error), row.cells)
    if doubtful:
        yield Remark(f"{doubtful:,} place{'s' if doubtful > 1 else ''}: {SEVERAL}")


def _points(rows: Iterable[Mapping[str, str]]) -> tuple[dict[str, _Point], int]:
    """The point of each place, from rows that name it alone if there are any; and how many have theirs from others."""
    alone: dict[str, _Point] = {}
    together: dict[str, _Point] = {}
    for told in rows:
        keys, roles = _split(told["place_ids"]), _split(told["roles_of_places"])
        try:
            lon, lat = real(told.get("lon", ""), "lon"), real(told.get("lat", ""), "lat")
            radius = real(told.get("radius_m", ""), "radius_m")
        except CellError:
            continue
        if lon is None or lat is None or not keys or len(keys) != len(roles):
            continue
        main = _main(roles)
        precision = told.get("precision", "") or "unknown"
        own = PINNED[1] if precision == roles[main] == "near" else precision
        (alone if len(keys) == 1 else together).setdefault(keys[main], _Point(lon, lat, own, radius))
    return {**together, **alone}, len(together.keys() - alone.keys())


def _main(roles: Sequence[str]) -> int:
    return min(range(len(roles)), key=lambda at: main_role_order(roles[at]))


def _event_of_cells(row: Row, told: Mapping[str, str], points: Mapping[str, _Point]) -> Draft:
    if not told["id"]:
        raise CellError("id: is empty; give each event its own")
    values: dict[str, Any] = {name: told[name] for name in SAME if name in told}
    values["date"] = parse(told["date"])
    draft = Draft(row.line, told["id"], "event", values, raw=row.cells, key=told["id"])
    draft.parts += (("event_place", place) for place in _places_of_cells(told, points))
    for name, role in (("perpetrators", "perpetrator"), ("targets", "target")):
        draft.parts += (("event_actor", _actor_of(one, role)) for one in _actors(told.get(name, "")))
    for one in _OTHERS.split(told.get("other_actors", "")):
        role, _, named = one.partition(": ")
        draft.parts += [("event_actor", _actor_of(named, role))] if one else []
    keys = _split(told["source_ids"])
    publishers = _as_many(_split(told.get("sources", "")), keys)
    published = _split(told.get("published", ""))
    published = published if len(published) == len(keys) else [""] * len(keys)
    for key, publisher, day in zip(keys, publishers, published, strict=True):
        source = SourceMention(publisher, "", "" if day == UNDATED_SOURCE else parse(day).edtf, key=key)
        draft.parts.append(("event_source", {"source": source}))
    draft.parts += (("count", _count_of(one)) for one in _COUNTS.split(told["counts"]) if one)
    return draft


def _split(cell: str) -> list[str]:
    return [part for part in cell.split("; ") if part]


def _actors(cell: str) -> Iterator[str]:
    """The actors in a cell; what stands in brackets behind one may hold what parts them."""
    waiting = ""
    for part in _split(cell):
        waiting = f"{waiting}; {part}" if waiting else part
        if waiting.count("(") <= waiting.count(")"):
            yield waiting
            waiting = ""
    if waiting:
        yield waiting


def _as_many(names: list[str], keys: Sequence[str]) -> Sequence[str]:
    """One name for each key; the keys themselves where a name holds what parts them."""
    return names if len(names) == len(keys) else keys


def _places_of_cells(told: Mapping[str, str], points: Mapping[str, _Point]) -> Iterator[dict[str, Any]]:
    """The places of a row; where its exactness is not that of the place, it is the event's own."""
    keys = _split(told["place_ids"])
    names, roles = _as_many(_split(told.get("places", "")), keys), _split(told["roles_of_places"])
    if len(roles) != len(keys):
        raise CellError("roles_of_places: has not as many roles as there are places; separate them by '; '")
    lon, lat = real(told.get("lon", ""), "lon"), real(told.get("lat", ""), "lat")
    precision, radius = told.get("precision", ""), real(told.get("radius_m", ""), "radius_m")
    for key, name, role in zip(keys, names, roles, strict=True):
        point = points.get(key)
        row: dict[str, Any] = {"place": PlaceMention(name, key=key), "role": role}
        if point is not None:
            at = (point.lon, point.lat, point.precision, point.radius_m)
            row["place"] = PlaceMention(name, *at, key=key)
            if (lon, lat) == (point.lon, point.lat):
                near = role == "near" and point.precision in PINNED
                if precision != ("near" if near else point.precision):
                    row["precision"] = precision
                if radius != point.radius_m:
                    row["radius_m"] = radius
        yield row


def _actor_of(cell: str, role: str) -> dict[str, Any]:
    """An actor as a cell has it: "Name (alleged, says somebody)"."""
    told: dict[str, Any] = {"actor": ActorMention(cell), "role": role}
    if match := _DOUBTED.fullmatch(cell):
        told |= {"actor": ActorMention(match["name"]), "certainty": match["certainty"]}
        told["claimed_by"] = match["by"] or ""
    return told


def _count_of(cell: str) -> dict[str, Any]:
    """A count as a cell has it: "killed 20-30 (range, civilians, part) by police"."""
    match = _COUNT.fullmatch(cell)
    if match is None:
        raise CellError(f"counts: '{cell[:60]}' is no count; write: killed 20-30 (range, all, total) by police")
    told: dict[str, Any] = {name: match[name] for name in ("measure", "qualifier", "group", "partition")}
    if match["by"]:
        told["reporter"] = match["by"]
    number = _RANGE.fullmatch(match["number"])
    if number is None:
        return told if match["number"] == NO_NUMBER else {**told, "word": match["number"]}
    if number[2]:
        return {**told, "min": float(number[1]), "max": float(number[2])}
    return {**told, "value": float(number[1])}
