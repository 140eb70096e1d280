"""ACLED: the Armed Conflict Location & Event Data export, of before March 2023 (data_id, iso3) and since.

Columns are found by name. Exactness is that of the codebook: time_precision 1 a day, 2 a week, 3 a month;
geo_precision 1 a town, 2 a town near it or its district, 3 a province or region. `data_id` changes with every
download, so the id is `event_id_cnty` wherever it is given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from viewer.domain.dates import DateError, DateSpan, iso, parse
from viewer.domain.drafts import ActorMention, Draft, Item, PlaceMention, Remark, SourceMention
from viewer.formats.cells import CellError, coordinate, country_code, whole
from viewer.formats.infile import InFile, ReadError
from viewer.formats.protocol import Shape
from viewer.formats.tabular import Row, Table, drafts_from, read_table, table_with
from viewer.formats.written_dates import DAY_FIRST, Orders, read_date

DATASET = SourceMention(
    "ACLED", "Armed Conflict Location & Event Data", "", "acleddata.com", "ACLED terms of use", "dataset", "acled"
)
NEEDED = ("event_date", "event_type", "actor1", "latitude", "longitude", "fatalities")
TYPICAL = ("time_precision", "sub_event_type", "geo_precision", "inter1", "source_scale", "notes")
TYPES = {
    "battles": "battle", "violence against civilians": "attack", "explosions/remote violence": "bombing",
    "protests": "other", "riots": "other", "strategic developments": "other",
    "remote violence": "bombing", "riots/protests": "other", "strategic development": "other",
    "headquarters or base established": "other", "non-violent transfer of territory": "capture",
    "battle-no change of territory": "battle", "battle-government regains territory": "capture",
    "battle-non-state actor overtakes territory": "capture",
    "armed clash": "battle", "government regains territory": "capture",
    "non-state actor overtakes territory": "capture", "air/drone strike": "strike",
    "shelling/artillery/missile attack": "shelling", "remote explosive/landmine/ied": "bombing",
    "suicide bomb": "bombing", "grenade": "bombing", "chemical weapon": "chemical", "attack": "attack",
    "abduction/forced disappearance": "kidnapping", "sexual violence": "attack", "arrests": "arrest",
    "agreement": "agreement", "looting/property destruction": "destruction", "disrupted weapons use": "operation",
    "change to group/activity": "other", "other": "other", "mob violence": "attack",
    "violent demonstration": "other", "peaceful protest": "other", "protest with intervention": "other",
    "excessive force against protesters": "attack", "excessive force against protestors": "attack",
}  # fmt: skip
"""What each event_type and sub_event_type is in Badia; the sub type counts where it is known."""
INTER = {
    "1": "state", "2": "armed group", "3": "armed group", "4": "armed group", "5": "people", "6": "people",
    "7": "people", "8": "state", "state forces": "state", "rebel group": "armed group", "rebel groups": "armed group",
    "political militia": "armed group", "political militias": "armed group", "identity militia": "armed group",
    "identity militias": "armed group", "rioters": "people", "protesters": "people", "civilians": "people",
    "external/other forces": "state", "other forces": "state",
}  # fmt: skip
"""What kind of actor a code or a word of inter1 and inter2 stands for."""
AGAINST = ("attack", "strike", "shelling", "bombing", "kidnapping", "arrest", "chemical", "destruction")
"""Types in which the first actor does something to the second."""
NEAR_M, PROVINCE_M = 25_000.0, 80_000.0
_SOURCES = re.compile(r"\s*;\s*")
_CODE = re.compile(r"[A-Z][\w/.-]{1,14}: (?=\S)")
"""Letters that ACLED puts before a name: "QSD: Syrian Democratic Forces"."""
_SCALE = "scale of the sources: "


class _When(NamedTuple):
    span: DateSpan
    note: str = ""


class AcledImporter:
    """One event a row, with its actors and those beside them, its fatalities and its sources."""

    name = "acled"
    title = "ACLED (CSV)"
    feed = "acled"
    attribution = "Armed Conflict Location & Event Data (ACLED), acleddata.com"

    def recognises(self, file: InFile) -> float:
        """Sure when an id and the columns are there that every export has."""
        try:
            table = read_table(file)
        except ReadError:
            return 0.0
        named = {"event_id_cnty", "data_id"} & table.at.keys()
        if not named or not all(name in table.at for name in NEEDED):
            return 0.0
        return 1.0 if any(name in table.at for name in TYPICAL) else 0.6

    def shape(self, file: InFile) -> Shape:
        """Its columns; nothing has to be mapped."""
        return Shape(read_table(file).header)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """An event for each row; at the end, the words for types that no table knows."""
        table = table_with(file, NEEDED, "ACLED")
        reader = _Events(table, options.get("order", "") or _order(table))
        yield from drafts_from(table, reader.event)
        if reader.unknown:
            told = ", ".join(f"'{word[:60]}' ({often:,})" for word, often in reader.unknown.most_common(10))
            yield Remark(f"event types that are not in ACLED's codebook were read as 'other': {told}")


def _order(table: Table) -> str:
    """The order of day and month where dates are all numbers; ACLED writes the day first."""
    orders = Orders()
    at = table.at["event_date"]
    for row in table.rows():
        if isinstance(row, Row):
            orders.hear((row.cells[at],))
            if orders.order or (not orders.undecided and row.line > 100):
                break
    return orders.order or DAY_FIRST


class _Events:
    """Makes events of the rows of one file."""

    def __init__(self, table: Table, order: str) -> None:
        self._at = table.at
        self._order = order
        self.unknown: Counter[str] = Counter()

    def _cell(self, cells: Sequence[str], name: str) -> str:
        position = self._at.get(name)
        return "" if position is None else cells[position].strip()

    def event(self, row: Row) -> Draft:
        """The event of a row; CellError or DateError when it is none."""
        cells = row.cells
        told = {name: self._cell(cells, name) for name in (
            "event_type", "sub_event_type", "actor1", "actor2", "location", "notes", "tags", "source_scale",
            "civilian_targeting", "disorder_type",
        )}  # fmt: skip
        kind = self._type(told["sub_event_type"], told["event_type"])
        when = _when(self._cell(cells, "event_date"), self._cell(cells, "time_precision"), self._order)
        country = self._cell(cells, "country") or self._cell(cells, "iso3")
        word = told["sub_event_type"] or told["event_type"]
        values: dict[str, Any] = {
            "title": ", ".join(part for part in (word or "Event", _sides(told), told["location"]) if part),
            "type": kind, "date": when.span, "summary": told["notes"], "country": country_code(country),
        }  # fmt: skip
        if when.note:
            values["date_note"] = when.note
            values["date_basis"] = "bounded"
        about = (told["event_type"] if told["sub_event_type"] else "", told["disorder_type"],
                 told["civilian_targeting"], f"tags: {told['tags']}" if told["tags"] else "",
                 f"{_SCALE}{told['source_scale']}" if told["source_scale"] else "")  # fmt: skip
        if note := "; ".join(dict.fromkeys(part for part in about if part)):
            values["note"] = note
        draft = Draft(row.line, self._id(cells), "event", values, [], cells)
        draft.parts.append(("event_place", self._place(cells, country)))
        draft.parts += self._actors(cells, kind, bool(told["civilian_targeting"]))
        sources = [SourceMention(name) for name in _SOURCES.split(self._cell(cells, "source")) if name]
        updated = _day_of(self._cell(cells, "timestamp").removesuffix(".0"))
        locator = f"event {draft.id}" + (f", as of {updated}" if updated else "")
        draft.parts.append(("event_source", {"source": DATASET, "locator": locator}))
        draft.parts += (("event_source", {"source": source}) for source in dict.fromkeys(sources))
        deaths = whole(self._cell(cells, "fatalities"), "fatalities")
        if deaths is not None:
            draft.parts.append(
                ("count", {"measure": "killed", "value": deaths, "qualifier": "estimate", "source": DATASET})
            )
        return draft

    def _id(self, cells: Sequence[str]) -> str:
        found = self._cell(cells, "event_id_cnty") or self._cell(cells, "data_id").removesuffix(".0")
        if not found:
            raise CellError("event_id_cnty: is empty; an ACLED event has an id")
        return found

    def _type(self, sub: str, event: str) -> str:
        for word in (sub, event):
            if found := TYPES.get(word.casefold()):
                return found
        if sub or event:
            self.unknown[sub or event] += 1
        return "other"

    def _actors(self, cells: Sequence[str], kind: str, civilians: bool) -> Iterator[tuple[str, dict[str, Any]]]:
        directed = kind in AGAINST or civilians
        seen: set[tuple[str, str]] = set()
        for number, side in (("1", "perpetrator" if directed else "party"), ("2", "target" if directed else "party")):
            of_kind = INTER.get(self._cell(cells, f"inter{number}").removesuffix(".0").casefold(), "armed group")
            main = self._cell(cells, f"actor{number}")
            role = "victim" if side == "target" and of_kind == "people" else side
            beside = _SOURCES.split(self._cell(cells, f"assoc_actor_{number}"))
            for name, note in ((main, ""), *((one, f"beside {main}") for one in beside)):
                if name and (name, role) not in seen:
                    seen.add((name, role))
                    mention, spelled = _actor(name, of_kind, self._cell(cells, "country"))
                    told = "; ".join(part for part in (note, spelled) if part)
                    yield "event_actor", {"actor": mention, "role": role, "note": told}

    def _place(self, cells: Sequence[str], country: str) -> dict[str, Any]:
        lon, lat = coordinate(self._cell(cells, "longitude"), self._cell(cells, "latitude"))
        around = tuple(self._cell(cells, name) for name in ("location", "admin3", "admin2", "admin1"))
        exactness = self._cell(cells, "geo_precision").removesuffix(".0")
        return _place(lon, lat, exactness, around, country_code(country))


@lru_cache(maxsize=65536)
def _place(
    lon: float | None, lat: float | None, exactness: str, around: tuple[str, ...], country: str
) -> dict[str, Any]:
    location, *wider = around
    within = tuple(dict.fromkeys(name for name in wider if name and name != location))
    province = around[-1] or location or "unnamed place"
    name = location or next((one for one in within), "") or "unnamed place"
    if lon is None:
        return {"place": PlaceMention(name, None, None, "unknown", None, "town", country, within), "spelled": location}
    if exactness in ("1", ""):
        return {"place": PlaceMention(name, lon, lat, "town", None, "town", country, within), "spelled": location}
    if exactness == "2":
        return {"place": PlaceMention(name, lon, lat, "town", None, "town", country, within), "spelled": location,
                "role": "near", "precision": "near", "radius_m": NEAR_M}  # fmt: skip
    if exactness == "3":
        mention = PlaceMention(province, lon, lat, "province", PROVINCE_M, "province", country)
        return {"place": mention, "spelled": location}
    raise CellError(f"geo_precision: '{exactness[:40]}' is none of 1, 2, 3")


@lru_cache(maxsize=16384)
def _when(text: str, exactness: str, order: str) -> _When:
    """The day of a row, or the days it may be where it is no better than a week or a month."""
    span = read_date(text, order)
    if span.earliest is None or span.precision != "day":
        raise DateError(f"event_date: '{text[:40]}' is no day; write 2023-01-31 or 31 January 2023")
    code = exactness.removesuffix(".0")
    if code in ("", "1"):
        return _When(span)
    if code == "2":
        first, last = iso(span.earliest - 3), iso(span.earliest + 3)
        return _When(parse(f"{first}~/{last}~"), f"known to the week; ACLED writes {span.edtf}")
    if code == "3":
        return _When(parse(span.edtf[:7]), f"known to the month; ACLED writes {span.edtf}")
    raise CellError(f"time_precision: '{exactness[:40]}' is none of 1, 2, 3")


@lru_cache(maxsize=16384)
def _actor(name: str, kind: str, country: str) -> tuple[ActorMention, str]:
    """An actor without the letters before its name and the event's own country behind it, and a note of the two."""
    bare = _CODE.sub("", name).removesuffix(f" ({country})") if country else _CODE.sub("", name)
    people = bare.split(" (")[0] in ("Civilians", "Protesters", "Rioters")
    return ActorMention(bare, "people" if people else kind), f"named '{name}'" if bare != name else ""


@lru_cache(maxsize=1024)
def _day_of(timestamp: str) -> str:
    """The day of a count of seconds since 1970, as it stands when it is none."""
    if not timestamp.isdecimal() or len(timestamp) > 10:
        return timestamp
    return dt.datetime.fromtimestamp(int(timestamp), dt.UTC).date().isoformat()


def _sides(told: Mapping[str, str]) -> str:
    first, second = told["actor1"], told["actor2"]
    return f"{first} and {second}" if first and second else first or second
