"""Which record of a store a name in a file means, or the new record that has to be made for it.

A name matches in any spelling the store knows, a place only where it also lies near, and where it lies very near by
how it sounds, too: nothing is ever matched by likeness alone. What is merely alike can be suggested (`alike`), for
somebody to decide.
"""

from __future__ import annotations

import hashlib
import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any, NamedTuple

from viewer.domain.actors import Actor, ActorName
from viewer.domain.drafts import ActorMention, PlaceMention, SourceMention
from viewer.domain.frozen import dataclass
from viewer.domain.places import PINNED
from viewer.geo.wkb import point_wkb
from viewer.store.search_text import fold, sound

SAME_PLACE_KM = 10.0
"""How far two gazetteers may set one town apart (they differ by up to 3 km), with room for its outskirts."""
SAME_SOUND_KM = 3.0
FAR_KM = 3.0
"""From where on somebody is told that a place is taken to be at another point than a file gives."""
MOST_SUGGESTED = 500
"""New names for which likely records are looked for."""
SAME_SPOT_KM = 0.02
"""How far a point that is exact may lie from the place it is taken for: farther, the place would move it."""
POINTED = (*PINNED, "near")
MAX_KEY = 80
_CARRIED = ("key", "name", "kind", "bloc", "colour", "pattern", "code")
"""What a new actor takes over from one that is well known."""
_ODD = re.compile(r"[^a-z0-9]+")
NewRow = tuple[str, dict[str, Any]]
"""A table and the values of a record that the store lacks."""


class Match(NamedTuple):
    """What became of a name of a file: the record it was taken for; new, if the store had none.

    alike: keys of records the store had before whose names look like it, the likest first, for somebody to decide.
    how: by what it was known, the surest first in HOW. called: the name of the record.
    """

    table: str
    name: str
    key: str
    new: bool
    alike: tuple[str, ...] = ()
    how: str = ""
    called: str = ""


DECIDED, BY_KEY, BY_NAME, WELL_KNOWN, BY_SOUND, NOT_KNOWN = HOW = (
    "decided", "by its key", "by its name", "well known", "by its sound", "not known"
)  # fmt: skip
"""By what a record was known: somebody decided it, the file gives its key, it is called so, or nearly so at that spot;
what is not known is new."""


@dataclass(frozen=True)
class Corrections:
    """What somebody decided about names: the key that a spelling means, '' to make a new record of it.

    Of an actor it may be the key of one that is well known and that the store lacks.
    """

    actors: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)


class KnownPlace(NamedTuple):
    """What matching and the hot columns need of a place of the store."""

    key: str
    name: str
    lon: float | None
    lat: float | None
    precision: str
    radius_m: float | None
    country: str

    @property
    def located(self) -> bool:
        """Whether it has a point."""
        return self.lon is not None and self.lat is not None


class Names:
    """The names of a store, and those that an import adds while it goes on."""

    def __init__(
        self,
        db: sqlite3.Connection,
        corrections: Corrections,
        area_of: Callable[[PlaceMention], bytes | None],
        wellknown: Mapping[str, Actor],
    ) -> None:
        """area_of: the outline (WKB) of a rough place, if one is known; wellknown: see `by_every_name`."""
        self._wellknown = wellknown
        self._actors_told: dict[str, Match] = {}
        self._places_told: dict[tuple[str, str], Match] = {}
        self._corrections = corrections
        self._area_of = area_of
        self._places: dict[str, list[KnownPlace]] = {}
        self._sounding: dict[str, list[KnownPlace]] = {}
        self.places: dict[str, KnownPlace] = {}
        """Every place by its key."""
        self._actors: dict[str, str] = {}
        self._actor_keys: set[str] = set()
        self._sources: set[str] = set()
        self._found: dict[PlaceMention, str] = {}
        self._found_actors: dict[ActorMention, str] = {}
        self._made: set[str] = set()
        """Places and actors that this run made for mentions with a key of their own: another key is another one."""
        self._around: dict[PlaceMention, str] = {}
        """The place in which a mention lies that names it and keeps its own point."""
        self._far: list[float] = []
        self._own: list[float] = []
        """How far (km) points of the file are from the places they name: those that gave way, those that were kept."""
        self._spelled: dict[str, set[str]] = {}
        self._actor_names: dict[str, str] = {}
        self._read(db)

    def _read(self, db: sqlite3.Connection) -> None:
        for row in db.execute("SELECT key, name, lon, lat, precision, radius_m, country FROM place"):
            known = KnownPlace(*row)
            self._remember_place(known.name, known)
        for name, key in db.execute("SELECT name, place FROM place_name"):
            if key in self.places:
                self._remember_place(name, self.places[key])
        for key, name in db.execute("SELECT key, name FROM actor"):
            self._actors.setdefault(fold(name), key)
            self._actor_keys.add(key)
            self._actor_names[key] = name
        for name, key in db.execute("SELECT name, actor FROM actor_name"):
            self._actors.setdefault(fold(name), key)
        self._sources = {key for (key,) in db.execute("SELECT key FROM source")}
        self._actors_before = dict(self._actors)
        self._places_before = {name: known[0].key for name, known in self._places.items()}

    def _remember_place(self, name: str, known: KnownPlace) -> None:
        self.places.setdefault(known.key, known)
        self._spelled.setdefault(known.key, set()).add(name)
        for index, heard in ((self._places, _folded(name)), (self._sounding, _heard(name))):
            if not heard:
                continue
            named = index.setdefault(heard, [])
            if known not in named:
                named.append(known)

    def place(self, mention: PlaceMention) -> tuple[str, list[NewRow]]:
        """The key of a place, and the row to write when it is new."""
        if (key := self._found.get(mention)) is not None:
            return key, []
        key, how = self._known_place(mention)
        new: list[NewRow] = []
        if not key:
            key, new = self._new_place(mention)
            how = NOT_KNOWN if new else BY_NAME
        self._found[mention] = key
        told = Match("place", mention.name, key, bool(new), (), how, self.places[key].name)
        self._places_told.setdefault((mention.name, key), told)
        return key, new

    def _known_place(self, mention: PlaceMention) -> tuple[str, str]:
        """The key of the place that a mention means and by what it is known; '' when it is new."""
        decided = self._corrections.places.get(mention.name)
        if decided is not None:
            return (decided, DECIDED) if decided in self.places else ("", "")
        if mention.key and mention.key in self.places:
            return mention.key, BY_KEY
        if mention.geometry is not None:  # what a file draws is a place of its own
            return "", ""
        named = (known for known in self._places.get(_folded(mention.name), ()) if _fits(mention, known))
        fitting, how = [known for known in named if not (mention.key and known.key in self._made)], BY_NAME
        if not fitting and mention.lon is not None and mention.precision in POINTED:
            alike = (known for known in self._sounding.get(_heard(mention.name), ()) if _fits(mention, known))
            near = [known for known in alike if known.located and _apart_km(mention, known) <= SAME_SOUND_KM]
            fitting, how = near, BY_SOUND
        if not fitting or (mention.lon is None and len({known.key for known in fitting}) > 1):
            return "", ""
        best = min(fitting, key=lambda known: _apart_km(mention, known))
        apart = _apart_km(mention, best)
        if apart > _reach_km(mention, best):
            around = next((known for known in fitting if known.precision == "town"), None)
            if around is not None:
                self._around[mention] = around.key
                self._own.append(_apart_km(mention, around))
            return "", ""
        if apart > FAR_KM and best.precision in POINTED and mention.precision in POINTED:
            self._far.append(apart)
        return best.key, how

    def moved(self) -> Iterable[str]:
        """What is to be told of points of the file that are not those of the places they name, in sentences."""
        if self._far:
            yield (f"{len(self._far):,} places lie up to {max(self._far):.1f} km from where the store has a place of "
                   "that name; they were taken to be at the store's point")  # fmt: skip
        if self._own:
            yield (f"{len(self._own):,} points name a place of the store and lie up to {max(self._own):.1f} km from "
                   "its point; they keep their own, within that place")  # fmt: skip

    def _new_place(self, mention: PlaceMention) -> tuple[str, list[NewRow]]:
        key = mention.key or slug(mention.name) or "place"
        if key in self.places:
            where = f"{mention.name}|{mention.lon}|{mention.lat}|{mention.precision}|{mention.country}"
            key = f"{key[: MAX_KEY - 9]}-{hashed(where)}"
            if key in self.places:  # an earlier edition made it
                return key, []
        self._made.update({key} if mention.key else ())
        around = self._around.get(mention, "")
        within = [around] if around else []
        within += [found for name in mention.within if (found := self._one_wide(name, mention))]
        geometry = mention.geometry or self._area_of(mention)
        values: dict[str, Any] = {
            "key": key, "name": mention.name, "kind": "area" if around else mention.kind, "country": mention.country,
            "within": " ".join(dict.fromkeys(within)), "lon": mention.lon, "lat": mention.lat,
            "precision": mention.precision, "radius_m": mention.radius_m, "geometry": geometry,
            "note": "; ".join(mention.within),
        }  # fmt: skip
        if geometry is None and mention.lon is not None and mention.lat is not None:
            values["geometry"] = point_wkb(mention.lon, mention.lat)
        at = (mention.lon, mention.lat, mention.precision, mention.radius_m)
        self._remember_place(mention.name, KnownPlace(key, mention.name, *at, mention.country))
        return key, [("place", values)]

    def _one_wide(self, name: str, inside: PlaceMention) -> str:
        """The province or region of that name, if just one is known."""
        found = {
            known.key for known in self._places.get(_folded(name), ())
            if known.precision not in POINTED and inside.country in ("", known.country)
        }  # fmt: skip
        return found.pop() if len(found) == 1 else ""

    def forget(self, mention: PlaceMention | ActorMention | SourceMention) -> None:
        """Take back that a mention was made a new record of: it could not be written."""
        if isinstance(mention, PlaceMention):
            key = self._found.pop(mention, "")
            self.places.pop(key, None)
            for index in (self._places, self._sounding):
                for name in [name for name, known in index.items() if any(one.key == key for one in known)]:
                    index[name] = [one for one in index[name] if one.key != key]
        elif isinstance(mention, ActorMention):
            key = self._found_actors.pop(mention, "")
            self._actor_keys.discard(key)
            self._actors = {name: known for name, known in self._actors.items() if known != key}
        else:
            self._sources.discard(_source_key(mention))

    def matches(self) -> list[Match]:
        """What became of each name of an actor or place so far, those that are new to the store first."""
        told = [*self._actors_told.values(), *self._places_told.values()]
        known = {"actor": self._actors_before, "place": self._places_before}
        looked_at = 0
        for number, match in enumerate(told):
            if match.new and known[match.table] and looked_at < MOST_SUGGESTED:
                told[number] = match._replace(alike=tuple(alike(match.name, known[match.table])))
                looked_at += 1
        return sorted(told, key=lambda match: not match.new)

    def actor(self, mention: ActorMention) -> tuple[str, list[NewRow]]:
        """The key of an actor, and the rows to write when it is new."""
        if (found := self._found_actors.get(mention)) is not None:
            return found, []
        key, new = self._actor(mention)
        self._found_actors[mention] = key
        called, folded = self._actor_names.get(key, ""), fold(mention.name)
        known = self._wellknown.get(folded)
        how = (DECIDED if self._corrections.actors.get(mention.name) == key else BY_KEY if mention.key == key
               else WELL_KNOWN if known is not None and known.key == key and folded not in self._actors_before
               else NOT_KNOWN if new else BY_NAME)  # fmt: skip
        self._actors_told.setdefault(mention.name, Match("actor", mention.name, key, bool(new), (), how, called))
        return key, new

    def _actor(self, mention: ActorMention) -> tuple[str, list[NewRow]]:
        decided = self._corrections.actors.get(mention.name)
        if decided in self._actor_keys:
            return decided or "", []
        chosen = next((one for one in self._wellknown.values() if one.key == decided), None) if decided else None
        if mention.key in self._actor_keys and chosen is None:
            return mention.key, []
        folded = fold(mention.name)
        named = self._actors.get(folded, "")
        if named and decided is None and not (mention.key and named in self._made):
            return named, []
        known = self._wellknown.get(folded) if decided is None else chosen
        if known is not None and mention.key and chosen is None:
            known = known if known.key == mention.key else None
        if known is not None and known.key in self._actor_keys:
            self._actors[folded] = known.key
            return known.key, []
        values = {"key": "", "name": mention.name, "kind": mention.kind}
        values |= {name: getattr(known, name) for name in _CARRIED} if known is not None else {}
        key = values["key"] or mention.key or slug(mention.name) or f"actor-{hashed(mention.name)}"
        if key in self._actor_keys:
            key = f"{key[: MAX_KEY - 9]}-{hashed(mention.name)}"
            if key in self._actor_keys:  # an earlier edition made it
                return key, []
        self._made.update({key} if mention.key else ())
        self._actors.setdefault(folded, key)
        self._actor_keys.add(key)
        self._actor_names[key] = values["name"]
        new: list[NewRow] = [("actor", {**values, "key": key})]
        if values["name"] != mention.name:
            new.append(("actor_name", {"actor": key, "name": mention.name}))
        return key, new

    def has(self, table: str, key: str) -> bool:
        """Whether the store has that place, actor or source, or this run made it."""
        known = {"place": self.places, "actor": self._actor_keys, "source": self._sources}[table]
        return key in known

    def learn(self, table: str, values: Mapping[str, Any], spellings: Iterable[str]) -> None:
        """Know a place, actor or source that is written as a record of its own; spellings: other names of it."""
        key, name = values["key"], values.get("name", "")
        if table == "place":
            told = (values.get(field) for field in ("lon", "lat", "precision", "radius_m", "country"))
            self.places[key] = KnownPlace(key, name, *told)  # type: ignore[arg-type]
            for one in (name, *spellings):
                self._remember_place(one, self.places[key])
        elif table == "actor":
            self._actor_keys.add(key)
            self._actor_names[key] = name
            for one in (name, *spellings):
                self._actors.setdefault(fold(one), key)
        else:
            self._sources.add(key)

    def spellings(self, table: str, key: str) -> Iterable[str]:
        """Every name of a place, the name of an actor."""
        return sorted(self._spelled.get(key, ())) if table == "place" else (self._actor_names.get(key, ""),)

    def source(self, mention: SourceMention) -> tuple[str, list[NewRow]]:
        """The key of a source, and the row to write when it is new."""
        key = _source_key(mention)
        if key in self._sources:
            return key, []
        self._sources.add(key)
        values = dict(zip(mention._fields, mention, strict=True))
        values["key"], values["published_basis"] = key, "stated" if mention.published else "unknown"
        return key, [("source", values)]


def by_every_name(actors: Iterable[Actor], names: Iterable[ActorName]) -> dict[str, Actor]:
    """Actors by each of their names, folded: those whose colour and letters a new store takes over."""
    by_key = {actor.key: actor for actor in actors}
    found = {fold(actor.name): actor for actor in by_key.values()}
    for name in names:
        if name.actor in by_key:
            found.setdefault(fold(name.name), by_key[name.actor])
    return found


def _heard(name: str) -> str:
    """How a name sounds; a coordinate in place of a name sounds like nothing, least of all like its neighbour."""
    return sound(name) if any(map(str.isalpha, name)) else ""


def _fits(mention: PlaceMention, known: KnownPlace) -> bool:
    """Whether a known place of the same name may be the one that is meant."""
    if mention.country and known.country and mention.country != known.country:
        return False
    if mention.precision != "unknown" and (mention.precision in POINTED) != (known.precision in POINTED):
        return False
    if mention.lon is None or known.lon is None or known.precision not in POINTED:
        return True
    return _apart_km(mention, known) <= SAME_PLACE_KM


def _reach_km(mention: PlaceMention, known: KnownPlace) -> float:
    """How far a point of a file may lie from a place of that name to be this place, and not a point in it."""
    if mention.lon is None or known.precision not in POINTED:
        return math.inf
    if "exact" in (mention.precision, known.precision):
        return SAME_SPOT_KM
    return SAME_PLACE_KM if mention.own_m is None else mention.own_m / 1000


def _apart_km(mention: PlaceMention, known: KnownPlace) -> float:
    """How far apart two points lie, as exactly as telling towns apart needs."""
    if mention.lon is None or mention.lat is None or known.lon is None or known.lat is None:
        return 0.0
    across = (mention.lon - known.lon) * math.cos(math.radians(mention.lat))
    return 111.2 * math.hypot(across, mention.lat - known.lat)


def alike(name: str, known: Mapping[str, str], most: int = 3) -> list[str]:
    """The keys whose names look most like a name that matched none; known: key by folded name."""
    from rapidfuzz import fuzz, process

    found = process.extract(fold(name), list(known), scorer=fuzz.WRatio, limit=most, score_cutoff=75)
    return list(dict.fromkeys(known[match] for match, _, _ in found))


def _source_key(mention: SourceMention) -> str:
    return mention.key or f"{slug(mention.publisher)[:40] or 'source'}-{hashed('|'.join(mention[:4]))}"


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return fold(name)


@lru_cache(maxsize=65536)
def slug(name: str) -> str:
    """Letters and digits of a name with hyphens between them, as keys are written; '' when it has no Latin ones."""
    return _ODD.sub("-", _folded(name)).strip("-")[: MAX_KEY - 10]


def hashed(text: str, size: int = 4) -> str:
    """A digest of so many bytes, as hexadecimal digits."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=size).hexdigest()
