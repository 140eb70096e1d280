"""The events of a generated store, chunk by chunk, as the rows of all tables they touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import scenery
from benchmarks.plan import Plan
from benchmarks.texts import Texts
from viewer.domain.dates import DateSpan, date_of, day_of, parse
from viewer.domain.events import ACTUALITIES, EVENT_TYPES, SPOKEN
from viewer.geo.wkb import point_wkb, to_blob
from viewer.store import schema

CHUNK = 50_000
COLUMNS = {
    "event": ("id", "key", "title", "type", "form", "actuality", "date_edtf", "earliest", "latest", "date_precision",
              "part_of", "note", "lon", "lat", "location_precision", "radius_m", "place", "geom", "actor", "rival",
              "amount"),
    "event_place": ("event", "place", "role", "precision", "radius_m"),
    "event_actor": ("event", "actor", "role", "certainty"),
    "event_source": ("event", "source"),
    "event_link": ("event", "kind", "other"),
    "count": ("event", "measure", "value"),
    schema.SEARCH_TABLE: ("text", "kind", "key"),
}  # fmt: skip
"""What varies from row to row."""
RARE_TYPES = {"siege", "agreement", "training", "plan", "threat", "forecast", "background", "other", *SPOKEN}
MOVING = ("movement", "displacement")
ACTUAL = (0.8, 0.1, 0.03, 0.02, 0.02, 0.01, 0.01, 0.01)
PART, TOLD_TWICE = 0.005, 2000
"""The share of events that are part of the one before; every so many-th is one told twice."""
Reals = NDArray[np.float64]
Rows = dict[str, list[tuple[Any, ...]]]


class Where(NamedTuple):
    """The hot columns of an event's place in the order of COLUMNS, and its rows of event_place."""

    hot: tuple[Any, ...]
    rows: tuple[tuple[str, str, str, float | None], ...]


class Who(NamedTuple):
    """The actor that colours an event, a rival, and its rows of event_actor."""

    hot: tuple[str, str]
    rows: tuple[tuple[str, str, str], ...]


class Events:
    """The events of a plan; the same plan gives the same ones."""

    def __init__(self, plan: Plan, rng: np.random.Generator, around: list[scenery.Town]) -> None:
        self._plan, self._rng, self._towns = plan, rng, around
        self._texts = Texts(plan.texts, rng)
        self._dates = Dates(plan.on)
        self._weights = np.array([town.weight for town in around])
        likely = np.array([0.1 if name in RARE_TYPES else 1.0 for name in EVENT_TYPES])
        likely[EVENT_TYPES.index("strike")] = 4.0
        self._likely = likely / likely.sum()
        self._places = {key: self._texts.folded(name) for key, name in scenery.spellings(around).items()}
        self._actors = {f"actor-{n}": self._texts.folded(name) for n, name in enumerate(scenery.NAMES)}

    def chunks(self) -> Iterator[Rows]:
        """The rows by table, some thousand events at a time."""
        for first in range(1, self._plan.events + 1, CHUNK):
            yield self._chunk(range(first, min(first + CHUNK, self._plan.events + 1)))

    def _chunk(self, numbers: range) -> Rows:
        rng, number = self._rng, len(numbers)
        keys = [_key(n) for n in numbers]
        types = [EVENT_TYPES[code] for code in rng.choice(len(EVENT_TYPES), number, p=self._likely).tolist()]
        where = self._where(number, types)
        who = self._who(number)
        forms, amounts = self._forms(types)
        titles, notes, folded = self._texts.of(number)
        parts = self._parts(numbers)
        actualities = [ACTUALITIES[code] for code in rng.choice(len(ACTUALITIES), number, p=ACTUAL).tolist()]
        dates = self._dates.of(rng, number)
        events = zip(numbers, keys, titles, types, forms, actualities, dates, parts, notes, where, who, amounts,
                     strict=True)  # fmt: skip
        sources = [f"s{code:02d}" for code in rng.integers(0, scenery.SOURCES, number).tolist()]
        rows: Rows = {
            "event": [
                (n, key, title, kind, form, actuality, *date, part, note, *at.hot, *by.hot, amount)
                for n, key, title, kind, form, actuality, date, part, note, at, by, amount in events
            ],
            "event_place": [(key, *row) for key, at in zip(keys, where, strict=True) for row in at.rows],
            "event_actor": [(key, *row) for key, by in zip(keys, who, strict=True) for row in by.rows],
            "event_source": list(zip(keys, sources, strict=True)),
            "event_link": [(_key(n), "same as", _key(n - 1)) for n in numbers if n % TOLD_TWICE == 2],
            "count": [(key, "strikes", size) for key, size in zip(keys, amounts, strict=True) if size is not None],
        }
        if self._plan.search:
            found = zip(keys, types, folded, where, who, strict=True)
            rows[schema.SEARCH_TABLE] = [(self._words(*one), "event", one[0]) for one in found]
        return rows

    def _parts(self, numbers: range) -> list[str]:
        """The event that each is part of, mostly none."""
        chances = self._rng.random(len(numbers)).tolist()
        return [
            _key(n - 1) if chance < PART and n > 1 else "" for n, chance in zip(numbers, chances, strict=True)
        ]

    def _words(self, key: str, kind: str, text: tuple[str, str], at: Where, by: Who) -> str:
        """The folded text as the writer makes it, from pieces that were folded once."""
        names = [*(self._places[row[0]] for row in at.rows), *(self._actors[row[0]] for row in by.rows)]
        return " ".join(dict.fromkeys(" ".join([text[0], kind, *names, text[1], key]).split()))

    def _where(self, number: int, types: list[str]) -> list[Where]:
        rng, towns = self._rng, self._towns
        if self._plan.at == "point":
            code = np.zeros(number, dtype=np.int64)
        else:
            code = rng.choice(len(towns), number, p=self._weights)
        lon, lat = self._scattered(code)
        points = zip(lon.tolist(), lat.tolist(), _points(lon, lat), strict=True)
        others = rng.integers(0, len(towns), number).tolist()
        chances = rng.random(number).tolist() if self._plan.at == "towns" else [0.0] * number
        kilometres = rng.integers(5, 40, number).tolist()
        return [
            self._place(*one)
            for one in zip(points, (towns[n] for n in code), types, others, chances, kilometres, strict=True)
        ]

    def _place(
        self, point: tuple[float, float, bytes], town: scenery.Town, kind: str, other: int, chance: float, km: int
    ) -> Where:
        """Mostly a town, sometimes near it, an area around it, a province, or nowhere."""
        lon, lat, geom = point
        if chance < 0.84:
            here = (town.key, "to" if kind in MOVING else "at", "", None)
            away = ((self._towns[other].key, "from", "", None),) if kind in MOVING else ()
            return Where((lon, lat, "town", None, town.key, geom), (*away, here))
        if chance < 0.91:
            return Where((lon, lat, "near", None, town.key, geom), ((town.key, "near", "", None),))
        if chance < 0.96:
            radius = km * 1000.0
            return Where((lon, lat, "area", radius, town.key, geom), ((town.key, "at", "area", radius),))
        if chance < 0.99:
            key = f"p{other % len(scenery.PROVINCES)}"
            _, _, lon, lat = scenery.PROVINCES[other % len(scenery.PROVINCES)]
            middle = to_blob(point_wkb(lon, lat))
            return Where((lon, lat, "province", scenery.PROVINCE_M, key, middle), ((key, "at", "", None),))
        nowhere = scenery.UNPLACED
        return Where((None, None, "unknown", None, nowhere, None), ((nowhere, "at", "", None),))

    def _scattered(self, code: NDArray[np.int64]) -> tuple[Reals, Reals]:
        towns = self._towns
        lon, lat, reach = (np.array([getattr(t, name) for t in towns])[code] for name in ("lon", "lat", "reach"))
        if self._plan.at == "point":
            return lon, lat
        lon = lon + self._rng.normal(0.0, 1.0, len(code)) * reach
        lat = lat + self._rng.normal(0.0, 0.8, len(code)) * reach
        west, east, south, north = scenery.WEST, scenery.EAST, scenery.SOUTH, scenery.NORTH
        return np.clip(lon, west, east).round(6), np.clip(lat, south, north).round(6)

    def _who(self, number: int) -> list[Who]:
        rng, actors = self._rng, len(scenery.NAMES)
        first = rng.choice(actors, number, p=scenery.ACTIVE)
        second = (first + rng.integers(1, actors, number)) % actors
        chances = rng.random(number).tolist()
        return [
            _actors(f"actor-{one}", f"actor-{other}", chance)
            for one, other, chance in zip(first.tolist(), second.tolist(), chances, strict=True)
        ]

    def _forms(self, types: list[str]) -> tuple[list[str], list[float | None]]:
        """What each event is, and the number of the tallies."""
        chances = self._rng.random(len(types)).tolist()
        sizes = self._rng.integers(2, 60, len(types)).tolist()
        tallies = [kind == "strike" and chance < 0.05 for kind, chance in zip(types, chances, strict=True)]
        forms = [
            "tally" if tally else "movement" if kind in MOVING else "single"
            for kind, tally in zip(types, tallies, strict=True)
        ]
        return forms, [float(size) if tally else None for size, tally in zip(sizes, tallies, strict=True)]


def _key(number: int) -> str:
    return f"e{number:08d}"


def _actors(actor: str, other: str, chance: float) -> Who:
    """Mostly one who did it, sometimes its target too, sometimes two who may have done it, or nobody."""
    if chance < 0.83:
        return Who((actor, ""), ((actor, "perpetrator", "established"),))
    if chance < 0.95:
        return Who((actor, ""), ((actor, "perpetrator", "established"), (other, "target", "established")))
    if chance < 0.98:
        return Who((actor, other), ((actor, "perpetrator", "alleged"), (other, "perpetrator", "alleged")))
    return Who(("", ""), ())


def _points(lon: Reals, lat: Reals) -> list[bytes]:
    """The GeoPackage blobs of many points at once: one head, and two numbers each."""
    head = to_blob(point_wkb(0.0, 0.0))[:-16]
    raw = np.column_stack((lon, lat)).astype("<f8").tobytes()
    return [head + raw[start : start + 16] for start in range(0, len(raw), 16)]


class Dates:
    """Dates as sources give them: mostly a day, some spans of a week, a month, a year, few open or missing."""

    SHARES = (0.93, 0.02, 0.035, 0.008, 0.002, 0.005)

    def __init__(self, only: str) -> None:
        days = [day_of(dt.date.fromisoformat(only))] if only else range(scenery.FIRST, scenery.LAST + 1)
        texts, weeks = ([date_of(day + more).isoformat() for day in days] for more in (0, 6))
        spans = [
            texts,
            [f"{first}/{last}" for first, last in zip(texts, weeks, strict=True)],
            [text[:7] for text in texts],
            [text[:4] for text in texts],
            [f"{text}/.." for text in texts],
            [""] * len(texts),
        ]
        self._stored = [[_stored(parse(text)) for text in kind] for kind in spans]
        self._shares = (1.0, 0, 0, 0, 0, 0) if only else self.SHARES

    def of(self, rng: np.random.Generator, number: int) -> list[tuple[Any, ...]]:
        """What is stored of so many dates; the middle years hold more than the others."""
        days = len(self._stored[0])
        when = np.where(rng.random(number) < 0.3, rng.random(number), rng.beta(3, 3, number))
        kinds = rng.choice(len(self._stored), number, p=self._shares).tolist()
        starts = (when * days).astype(int).tolist()
        return [self._stored[kind][day] for kind, day in zip(kinds, starts, strict=True)]


def _stored(span: DateSpan) -> tuple[Any, ...]:
    return span.edtf, span.earliest, span.latest, span.precision
