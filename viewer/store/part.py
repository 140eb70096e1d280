"""A part of a store as a store of its own, and made so that a GIS finds in it what it looks for.

Beside what every store has, events and claims carry their days as dates in `start` and `end` (NULL is open), events
a few columns in words, the layer `holding` says who held what from when to when, `layer_styles` tells QGIS which
columns are times, and `gpkg_metadata` whom to thank. Nothing but one batch of events is held in memory.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from viewer.domain.control import ControlClaim, Holding, Tenure
from viewer.domain.dates import Day, iso
from viewer.domain.dossier import Dossier
from viewer.domain.frozen import dataclass
from viewer.domain.records import EVENT_PARTS, Meta
from viewer.domain.sources import Caveat
from viewer.geo.wkb import envelope, kind_of, point_wkb
from viewer.store import schema
from viewer.store.contents import NOWHERE, register
from viewer.store.dataset import DataSet
from viewer.store.hot import hot_of
from viewer.store.migrations import migrate
from viewer.store.part_style import LAYER_STYLES, METADATA, STYLED, STYLES_TOLD, THANKED, THANKS, style
from viewer.store.search_text import event_words
from viewer.store.writer import blob_of, row_of, wkb_of

BATCH = 500
TIMED = ("event", "control_claim", "holding")
SPAN = {"start": "DATE", "end": "DATE"}
HOLDING = {
    "id": "INTEGER PRIMARY KEY", "geom": "BLOB", "place": "TEXT", "place_key": "TEXT", "actors": "TEXT",
    "actor_keys": "TEXT", "control": "TEXT", "possible": "INTEGER", "start": "DATE", "end": "DATE", "claim": "TEXT",
    "source": "TEXT",
}  # fmt: skip
_PARTS = {"event_place": "places", "event_actor": "actors", "event_source": "sources", "event_date": "dates",
          "event_link": "links", "count": "counts"}  # fmt: skip
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """What to take out of a store. words: columns of an event that tell of it in words (`columns` names them all)."""

    data: DataSet
    meta: Meta
    dossiers: Iterable[Dossier]
    claims: Iterable[ControlClaim]
    caveats: Mapping[str, tuple[Caveat, ...]]
    words: Callable[[Dossier], Row]
    columns: Mapping[str, str]
    thanks: str
    on: str


def write_part(part: Part, path: Path) -> None:
    """Fill an empty file; OSError when it cannot be written, and whatever going through the events raises."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        _Filling(db, part).run()
    except sqlite3.OperationalError as error:
        raise OSError(errno.ENOSPC, str(error)) from error
    finally:
        db.close()


class _Filling:
    """Writes one part, table by table; what the events name is noted, and written after them."""

    def __init__(self, db: sqlite3.Connection, part: Part) -> None:
        self._db, self._part, self._data = db, part, part.data
        self._columns: dict[str, tuple[str, ...]] = {}
        self._bounds: dict[str, tuple[float, ...]] = {}
        self._kinds: dict[str, set[str]] = {}
        self._numbers: dict[str, int] = {}
        self._named: dict[str, dict[str, None]] = {"source": {}, "place": {}, "actor": {}, "import_run": {}}
        self._caveats: dict[str, Caveat] = {}
        self._cited: set[str] = set()
        self._spellings = {
            key: (place.name, *(name.name for name in self._data.names_of_place.get(key, ())))
            for key, place in self._data.places.items()
        }

    def run(self) -> None:
        """Everything, in one transaction."""
        migrate(self._db, 0)
        self._db.execute("BEGIN")
        for statement in (*METADATA, LAYER_STYLES):
            self._db.execute(statement)
        self._widen("event", {**SPAN, **self._part.columns})
        self._widen("control_claim", SPAN)
        self._db.executemany(
            f"INSERT OR REPLACE INTO {schema.META_TABLE} (name, value) VALUES (?, ?)",
            [(name, getattr(self._part.meta, name)) for name in Meta.__slots__],
        )
        dossiers = iter(self._part.dossiers)
        while batch := list(islice(dossiers, BATCH)):
            self._events(batch)
        claims = list(self._part.claims)
        self._claims(claims)
        self._records()
        self._holdings(claims)
        self._register()
        self._db.execute("COMMIT")

    def _widen(self, table: str, columns: Mapping[str, str]) -> None:
        for name, kind in columns.items():
            self._db.execute(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}')
        self._columns[table] = (*schema.columns_of(table), *columns)

    def _insert(self, table: str, rows: Iterable[Row]) -> None:
        """Write rows by the names of their columns; `id` and what is missing are left to SQLite."""
        columns = self._columns.get(table) or tuple(schema.columns_of(table))
        names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
        values = [tuple(row.get(column) for column in columns) for row in rows]
        self._numbers[table] = self._numbers.get(table, 0) + len(values)
        self._db.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)

    def _note(self, table: str, keys: Iterable[str]) -> None:
        self._named[table].update(dict.fromkeys(key for key in keys if key))

    # events and claims

    def _events(self, batch: Sequence[Dossier]) -> None:
        self._insert("event", [self._event(dossier) for dossier in batch])
        for table in EVENT_PARTS:
            rows = [row for dossier in batch for row in _own(dossier, table)]
            self._insert(table, map(row_of, rows))
            for row in rows:
                self._note("source", [getattr(row, "source", "")])
                self._note("place", [getattr(row, "place", "")])
                self._note("actor", [getattr(row, "actor", "")])
        self._db.executemany(
            f"INSERT INTO {schema.SEARCH_TABLE} (text, kind, key) VALUES (?, 'event', ?)",
            [(self._found_by(dossier), dossier.event.key) for dossier in batch],
        )
        for dossier in batch:
            self._caveats.update((one.key, one) for one in self._part.caveats.get(dossier.event.key, ()))
        self._origins("event", [dossier.event.key for dossier in batch])

    def _event(self, dossier: Dossier) -> Row:
        event = dossier.event
        hot = hot_of(event.form, dossier.places, self._data.places, dossier.actors, dossier.counts)
        row = {**row_of(event), **hot, **self._part.words(dossier), **_span(event)}
        return self._with_geometry("event", event, row)

    def _found_by(self, dossier: Dossier) -> str:
        """The text under which an event is found."""
        event, actors = dossier.event, self._data.actors
        named = [name for row in dossier.places for name in (*self._spellings.get(row.place, ()), row.spelled)]
        named += [actors[row.actor].name for row in dossier.actors if row.actor in actors]
        return event_words(event.key, event.title, event.type, event.summary, event.note, named)

    def _claims(self, claims: Sequence[ControlClaim]) -> None:
        rows = [self._with_geometry("control_claim", claim, {**row_of(claim), **_span(claim)}) for claim in claims]
        self._insert("control_claim", rows)
        for claim in claims:
            self._note("source", [claim.source])
            self._note("place", [claim.place])
            self._note("actor", claim.actors.split())
        self._origins("control_claim", [claim.key for claim in claims])

    def _with_geometry(self, table: str, record: Any, row: dict[str, Any]) -> Row:
        wkb = wkb_of(record, row)
        return {**row, "geom": self._blob(table, wkb) if wkb is not None else None}

    def _blob(self, table: str, wkb: bytes) -> bytes:
        """A geometry as it is stored; how far its layer reaches is noted."""
        west, east, south, north = envelope(wkb)
        old = self._bounds.get(table, (west, south, east, north))
        self._bounds[table] = (min(old[0], west), min(old[1], south), max(old[2], east), max(old[3], north))
        self._kinds.setdefault(table, set()).add(kind_of(wkb))
        return blob_of(wkb)

    def _origins(self, table: str, keys: Sequence[str]) -> None:
        """Which run of which import brought these records."""
        found = [row for row in self._data.reader.where("origin", "of_key", keys) if row.of_table == table]
        self._insert("origin", map(row_of, found))
        self._note("import_run", [row.run for row in found])

    # what they name

    def _records(self) -> None:
        data, named = self._data, self._named
        self._sources()
        self._note("place", self._around(named["place"]))
        caveats = list(self._caveats.values())
        self._insert("caveat", map(row_of, caveats))
        places = [data.places[key] for key in named["place"] if key in data.places]
        self._insert("place", [self._with_geometry("place", place, row_of(place)) for place in places])
        place_names = [name for place in places for name in data.names_of_place.get(place.key, ())]
        self._insert("place_name", map(row_of, place_names))
        for rows in (caveats, place_names):
            self._note("source", (row.source for row in rows))
        self._sources()
        self._actors()
        for table in ("place", "actor", "source"):
            for some in _batches(named[table]):
                self._origins(table, some)
        self._insert("import_run", map(row_of, data.reader.where("import_run", "key", named["import_run"])))

    def _actors(self) -> None:
        """The actors named so far, their names and relations; and those that sources of these take the side of."""
        data, named = self._data, self._named["actor"]
        written: set[str] = set()
        while waiting := [key for key in named if key not in written]:
            written.update(waiting)
            self._insert("actor", (row_of(data.actors[key]) for key in waiting if key in data.actors))
            names = [name for key in waiting if key in data.actors for name in data.names_of_actor.get(key, ())]
            self._insert("actor_name", map(row_of, names))
            both = [row for row in data.relations if {row.actor, row.other} <= written]
            relations = [row for row in both if row.actor in waiting or row.other in waiting]
            self._insert("actor_relation", map(row_of, relations))
            self._note("source", [name.source for name in names])
            self._note("source", [relation.source for relation in relations])
            self._sources()

    def _sources(self) -> None:
        """The sources named so far that are not written yet; whose side they take is noted."""
        for some in _batches(key for key in self._named["source"] if key not in self._cited):
            found = [self._data.sources[key] for key in some if key in self._data.sources]
            self._insert("source", map(row_of, found))
            self._note("actor", [source.alignment for source in found])
            self._cited.update(some)

    def _around(self, keys: Iterable[str]) -> list[str]:
        """The places that these lie within, to any depth."""
        found: dict[str, None] = {}
        waiting = list(keys)
        while waiting:
            place = self._data.places.get(waiting.pop())
            outer = [key for key in place.within.split() if key not in found] if place else []
            found.update(dict.fromkeys(outer))
            waiting += outer
        return list(found)

    # for a GIS

    def _holdings(self, claims: Iterable[ControlClaim]) -> None:
        """Who held each of the sites from when to when, as all main claims about it tell."""
        if sites := dict.fromkeys(claim.place or claim.key for claim in claims):
            columns = ", ".join(f'"{name}" {kind}' for name, kind in HOLDING.items())
            self._db.execute(f"CREATE TABLE holding ({columns})")
            self._columns["holding"] = tuple(HOLDING)
            for site in sites:
                self._insert("holding", self._held(site))

    def _held(self, site: str) -> Iterator[Row]:
        data = self._data
        history = data.histories.get(site)
        for holding, first, last in _stays(history.tenures if history else ()):
            claim = holding.claim
            place, source = data.places.get(claim.place), data.sources.get(claim.source)
            outlined = next((one for one in (claim, place) if one is not None and data.has_geometry(one)), None)
            wkb = outlined.geometry if outlined is not None else None
            if wkb is None and place and place.lon is not None and place.lat is not None:
                wkb = point_wkb(place.lon, place.lat)
            keys = claim.actors.split()
            yield {
                "geom": self._blob("holding", wkb) if wkb is not None else None,
                "place": place.name if place else "", "place_key": claim.place, "claim": claim.key,
                "actors": ", ".join(data.actors[key].name if key in data.actors else key for key in keys),
                "actor_keys": claim.actors, "control": claim.control, "possible": int(holding.possible),
                "start": iso(first), "end": iso(last), "source": source.publisher if source else "",
            }  # fmt: skip

    def _register(self) -> None:
        """Tell other programs of every table that holds anything, which columns are times, and whom to thank."""
        db, moment = self._db, f"{self._part.on}T00:00:00.000Z"
        for table in (table for table, number in self._numbers.items() if number):
            kinds, bounds = self._kinds.get(table, set()), self._bounds.get(table, NOWHERE)
            if table == "holding":
                db.execute("INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
                           (table, table, moment, *bounds, schema.SRS_ID))  # fmt: skip
                db.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)",
                           (table, schema.SRS_ID))  # fmt: skip
            else:
                fits = kinds <= {schema.GEOMETRY.get(table)}
                register(db, table, self._part.on, bounds, "" if fits else "GEOMETRY")
            if table in TIMED:
                db.execute(STYLED, (table, f"{table} over time", style(), moment))
        db.execute(STYLES_TOLD, (moment,))
        db.execute("UPDATE gpkg_contents SET description = ?", (self._part.thanks,))
        db.execute(THANKS, (self._part.thanks,))
        db.execute(THANKED, (moment,))


def _own(dossier: Dossier, table: str) -> list[Any]:
    """The rows of a table that belong to an event; of its links, those that begin there."""
    return [row for row in getattr(dossier, _PARTS[table]) if row.event == dossier.event.key]


def _stays(tenures: Iterable[Tenure]) -> Iterator[tuple[Holding, Day, Day | None]]:
    """Each holding with its first and last day (None: until further notice), however often it was confirmed."""
    standing: dict[tuple[ControlClaim, bool], tuple[Holding, Day, Day | None]] = {}
    for tenure in tenures:
        still = {(holding.claim, holding.possible): holding for holding in tenure.holdings}
        for gone in [known for known in standing if known not in still]:
            yield standing.pop(gone)
        for known, holding in still.items():
            first = standing[known][1] if known in standing else tenure.first
            standing[known] = (holding, first, tenure.last)
    yield from standing.values()


def _span(record: Any) -> Row:
    """The first and last day as dates; NULL is open."""
    return {"start": iso(record.date.earliest), "end": iso(record.date.latest)}


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(list(keys))
    while some := list(islice(waiting, BATCH)):
        yield some
