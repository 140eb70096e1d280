"""The data set: everything a session reads, opened once and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from viewer.domain.actors import Actor, ActorName, ActorRelation, parts_of, with_parts
from viewer.domain.control import ControlClaim, History, history
from viewer.domain.dossier import Dossier
from viewer.domain.frozen import dataclass
from viewer.domain.places import Place, PlaceName, Route
from viewer.domain.records import Meta, Problem
from viewer.domain.sources import Caveat, Quantity, Source
from viewer.domain.views import SavedView
from viewer.geo.shapes import Shape, encloses_nothing, wkb_to_shape
from viewer.store.checks import Checks
from viewer.store.column_file import unload
from viewer.store.columns import Arrays, EventColumns, Pairs, events_of, keys_of, pairs_of
from viewer.store.file import StoreFile
from viewer.store.findings import Findings
from viewer.store.lookup import lookups_of
from viewer.store.open import open_store
from viewer.store.pace import Pace
from viewer.store.progress import Report, quiet
from viewer.store.reader import Reader
from viewer.store.recall import columns_and_findings
from viewer.store.same import Representatives
from viewer.store.search import Finder
from viewer.store.shelf import Shelf
from viewer.store.text_index import TextIndex
from viewer.store.trim import give_memory_back


@dataclass(frozen=True, eq=False)
class DataSet:
    """One open store. Small tables are whole in memory; texts and details of events stay in the file."""

    store: StoreFile
    reader: Reader
    meta: Meta
    events: EventColumns
    event_actors: Pairs
    event_places: Pairs
    actors: Mapping[str, Actor]
    actor_names: tuple[ActorName, ...]
    relations: tuple[ActorRelation, ...]
    places: Mapping[str, Place]
    place_names: tuple[PlaceName, ...]
    claims: tuple[ControlClaim, ...]
    sources: Mapping[str, Source]
    routes: tuple[Route, ...]
    quantities: tuple[Quantity, ...]
    caveats: tuple[Caveat, ...]
    views: tuple[SavedView, ...]
    same: Mapping[str, str]
    """For each event told more than once, the key that stands for the incident."""
    found: tuple[Problem, ...]
    """What was found wrong in its rows."""
    checks: Checks
    """What is still to be done, and what was found by it."""
    index: TextIndex
    """Which event each row of the text index tells of."""
    memo: dict[Callable[..., Any], dict[Any, Any]] = field(default_factory=dict, repr=False, init=False)
    """What `session.memo` remembers of this data set: the answers of each function."""
    _shapes: dict[str, Shape | None] = field(default_factory=dict, repr=False)

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self.store.path

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is known to be wrong with it: more, perhaps, once `checks` are over."""
        return (*self.store.notices, *self.checks.problems, *self.found)

    @cached_property
    def finder(self) -> Finder:
        """Search over names and texts."""
        return Finder(
            self.reader, self.events, self.index, self.places, self.place_names, self.actors, self.actor_names
        )

    @cached_property
    def actor_keys(self) -> tuple[str, ...]:
        """The actors in the order of their codes in the columns."""
        return tuple(self.actors)

    @cached_property
    def place_keys(self) -> tuple[str, ...]:
        """The places in the order of their codes in the columns."""
        return tuple(self.places)

    @cached_property
    def claims_by_site(self) -> Mapping[str, tuple[ControlClaim, ...]]:
        """The claims about each place, or about each area that only a claim draws (by the claim's key)."""
        sites: dict[str, list[ControlClaim]] = {}
        for claim in self.claims:
            sites.setdefault(claim.place or claim.key, []).append(claim)
        return {site: tuple(claims) for site, claims in sites.items()}

    @cached_property
    def histories(self) -> Mapping[str, History]:
        """Who held each site when, from its main claims."""
        return {site: history(claims) for site, claims in self.claims_by_site.items()}

    @cached_property
    def names_of_place(self) -> Mapping[str, tuple[PlaceName, ...]]:
        """The spellings of each place."""
        names: dict[str, list[PlaceName]] = {}
        for name in self.place_names:
            names.setdefault(name.place, []).append(name)
        return {place: tuple(spellings) for place, spellings in names.items()}

    @cached_property
    def names_of_actor(self) -> Mapping[str, tuple[ActorName, ...]]:
        """The aliases of each actor."""
        names: dict[str, list[ActorName]] = {}
        for name in self.actor_names:
            names.setdefault(name.actor, []).append(name)
        return {actor: tuple(aliases) for actor, aliases in names.items()}

    @cached_property
    def _parts(self) -> Mapping[str, frozenset[str]]:
        return parts_of(self.relations)

    @cached_property
    def _inside(self) -> Mapping[str, tuple[str, ...]]:
        inside: dict[str, list[str]] = {}
        for place in self.places.values():
            for outer in place.within.split():
                inside.setdefault(outer, []).append(place.key)
        return {outer: tuple(keys) for outer, keys in inside.items()}

    def places_within(self, keys: Iterable[str]) -> frozenset[str]:
        """The places and everything that lies in them, to any depth."""
        found: set[str] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting.extend(self._inside.get(key, ()))
        return frozenset(found)

    def actors_with_parts(self, keys: Iterable[str]) -> frozenset[str]:
        """The actors and everything they consist of."""
        return with_parts(keys, self._parts)

    def shape_of(self, record: Place | ControlClaim | Route) -> Shape | None:
        """The geometry of a record as arrays in degrees, or None; a claim that has none borrows its place's."""
        if isinstance(record, ControlClaim) and not self.has_geometry(record):
            place = self.places.get(record.place)
            return self._own_shape(place) if place else None
        return self._own_shape(record)

    def has_geometry(self, record: Place | ControlClaim | Route) -> bool:
        """Whether a record has a geometry of its own; an outline around nothing is none."""
        return self._own_shape(record) is not None

    def _own_shape(self, record: Place | ControlClaim | Route) -> Shape | None:
        if record.geometry is None:
            return None
        name = f"{type(record).__name__}:{record.key}"
        if name not in self._shapes:
            shape = wkb_to_shape(record.geometry)
            self._shapes[name] = None if encloses_nothing(shape) else shape
        return self._shapes[name]

    def arabic_name(self, place: str) -> str:
        """The place's first name in Arabic script, or ''."""
        return next((n.name for n in self.names_of_place.get(place, ()) if n.script == "arabic"), "")

    def dossier(self, key: str) -> Dossier | None:
        """An event with all its rows, read from the file now."""
        return self.reader.dossier(key)

    def with_claims(self, claims: tuple[ControlClaim, ...]) -> DataSet:
        """The same data set with other claims of control; it shares the file, the columns and what search knows."""
        other = replace(self, claims=claims)
        vars(other)["finder"] = self.finder  # in place of one that would look for all texts again
        return other

    def caveats_on(self, table: str, key: str) -> tuple[Caveat, ...]:
        """The caveats that affect a record."""
        return tuple(caveat for caveat in self.caveats if f"{table}:{key}" in caveat.affects.split())

    def rest(self) -> None:
        """Give back what looking through the columns took: their pages, which come back by themselves, and the rest."""
        unload(self.events.x)
        give_memory_back()

    def close(self) -> None:
        """Close the file and forget what was remembered of it; checks that still go on are ended."""
        self.checks.stop()
        self.memo.clear()
        self.store.close()


def open_dataset(path: Path, report: Report = quiet, ahead: bool = False) -> DataSet:
    """Open and read a store; StoreError when it cannot be, and `problems` for rows that were left out.

    `report` hears what is being done and how far it is, often enough to stop at once: when it raises Cancelled,
    that comes out and nothing is left open. ahead: hand it over as soon as all that is shown is read and checked;
    whoever asked for that lets `checks` go on with the pages of a large store, and tells what they find.
    """
    pace = Pace(report)
    pace.begin("Opening the file", 0.01)
    store = open_store(path, pace.tick)
    checks: Checks | None = None
    try:
        with store.reading():
            arrays, findings, checks = columns_and_findings(store, pace, ahead)
            pace.begin("Reading the records", 0.97)
            data = _read(store, arrays, findings, checks)
        if not ahead:
            pace.begin("Checking the file", 1.0)
            checks.wait(pace.tick)
        pace.finish()
        store.tick = None
        return data
    except BaseException:
        if checks is not None:
            checks.stop()
        store.close()
        raise


def _read(store: StoreFile, arrays: Arrays, findings: Findings, checks: Checks) -> DataSet:
    events = events_of(arrays)
    reader = Reader(store, findings.bad, lookups_of(arrays, events))
    return DataSet(
        store=store, reader=reader, meta=reader.meta(), events=events,
        event_actors=pairs_of(arrays, "event_actor"),
        event_places=pairs_of(arrays, "event_place"),
        actors={actor.key: actor for actor in reader.all("actor")},
        actor_names=tuple(reader.all("actor_name")),
        relations=tuple(reader.all("actor_relation")),
        places={place.key: place for place in reader.all("place")},
        place_names=tuple(reader.all("place_name")),
        claims=tuple(reader.all("control_claim")),
        sources=_sources(reader, arrays),
        routes=tuple(reader.all("route")),
        quantities=tuple(reader.all("quantity")),
        caveats=tuple(reader.all("caveat")),
        views=tuple(reader.all("saved_view")),
        same=Representatives(events.keys, events.row_of, arrays["same.members"], arrays["same.chosen"]),
        found=tuple(findings.problems),
        checks=checks,
        index=checks.index,
    )  # fmt: skip


def _sources(reader: Reader, arrays: Arrays) -> Mapping[str, Source]:
    """All of them, or a shelf of them when they are many."""
    if "source.order" not in arrays:
        return {source.key: source for source in reader.all("source")}
    read = partial(reader.record, "source")
    return Shelf(keys_of(arrays, "source"), arrays["source.ids"], arrays["source.order"], read)
