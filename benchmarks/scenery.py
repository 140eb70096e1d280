"""The fixed part of a generated store: sources, actors, towns, provinces, areas, and claims who held them when."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.plan import Plan
from viewer.domain.actors import PATTERNS, Actor, ActorRelation
from viewer.domain.control import ControlClaim
from viewer.domain.dates import date_of, day_of, parse
from viewer.domain.places import Place, PlaceName
from viewer.domain.records import Meta, Records
from viewer.domain.sources import Source

FIRST, LAST = day_of(dt.date(2011, 1, 1)), day_of(dt.date(2024, 12, 31))
WEST, EAST, SOUTH, NORTH = 35.0, 47.0, 29.0, 38.0
TOWNS = 300
SOURCES = 40
COLOURS = ("#2f2f2f", "#a83232", "#2f6fb0", "#2f8f4e", "#b08a1e", "#7a4fa3", "#1f8f8f", "#c0622d", "#5a6b2f", "#8f2f6f")
NAMES = ("Hirak", "Asad Front", "Rafid Guard", "Jazira Council", "Wadi Brigade", "Coalition", "Badiya Tribes",
         "Northern Corps", "Border Force", "Southern Shield")  # fmt: skip
ACTIVE = np.array([5.0, 5, 3, 3, 2, 2, 1, 1, 1, 1]) / 24
"""How much of all that happens each actor does."""
PROVINCES = (
    ("Deir ez-Zor", "SY", 40.3, 35.0), ("Homs", "SY", 38.2, 34.3), ("Raqqa", "SY", 38.9, 36.0),
    ("Hasakah", "SY", 40.7, 36.5), ("Anbar", "IQ", 41.5, 32.9), ("Ninawa", "IQ", 42.3, 36.1),
)  # fmt: skip
PROVINCE_M = 90_000.0
UNPLACED = "somewhere"
"""The place whose position no source gives."""
SYLLABLES = ("ba", "dur", "ka", "mal", "tha", "rin", "sha", "fir", "qa", "zor", "hal", "mi", "wan", "sul", "da", "har")


@dataclass(frozen=True)
class Town:
    """Where a town lies, and how many of the events, and how widely, gather there."""

    key: str
    name: str
    lon: float
    lat: float
    weight: float
    reach: float
    """Standard deviation of the events around it, in degrees."""


def towns(rng: np.random.Generator) -> list[Town]:
    """300 towns, few large and many small."""
    lon, lat = rng.uniform(WEST + 0.5, EAST - 0.5, TOWNS), rng.uniform(SOUTH + 0.5, NORTH - 0.5, TOWNS)
    weight = 1.0 / np.arange(1, TOWNS + 1) ** 0.7
    reach = rng.uniform(0.05, 0.3, TOWNS)
    return [
        Town(f"t{n:03d}", _town_name(rng), *map(float, values))
        for n, values in enumerate(zip(lon, lat, weight / weight.sum(), reach, strict=True))
    ]


def _town_name(rng: np.random.Generator) -> str:
    return "Tell " + "".join(rng.choice(SYLLABLES, 3)).capitalize()


def spellings(around: list[Town]) -> dict[str, str]:
    """By place, the names under which an event there is found."""
    names = {f"p{n}": name for n, (name, *_) in enumerate(PROVINCES)}
    names[UNPLACED] = "Somewhere in the desert"
    for number, town in enumerate(around):
        names[town.key] = f"{town.name} {town.name} al-Balad" if number % 3 == 0 else town.name
    return names


def scenery(plan: Plan, rng: np.random.Generator, around: list[Town]) -> Records:
    """Everything but the events."""
    actors = [
        Actor(key=f"actor-{n}", name=name, colour=colour, pattern=PATTERNS[n % len(PATTERNS)], code=name[:2].upper())
        for n, (name, colour) in enumerate(zip(NAMES, COLOURS, strict=True))
    ]
    sites = list(_areas(plan, rng))
    held = [town.key for town in around] + [site.key for site in sites]
    part = ActorRelation(actor="actor-8", kind="part of", other="actor-7", source="s00")
    tables: dict[str, list[Any]] = {
        "source": [Source(key=f"s{n:02d}", publisher=f"Publisher {n}", title=f"Report {n}") for n in range(SOURCES)],
        "place": [*(_place(town) for town in around), *_provinces(), _nowhere(), *sites],
        "place_name": [PlaceName(place=town.key, name=f"{town.name} al-Balad") for town in around[::3]],
        "actor": actors,
        "actor_relation": [part],
        "control_claim": [
            claim for key in held for claim in _claims(key, 4 if key[0] == "t" else plan.changes, rng, len(actors))
        ],
    }
    lanes = " ".join(town.key for town in around[:4])
    meta = Meta(store_id=f"bench-{plan.name}", title=f"Generated, {plan.events:,} events", as_of="2024-12-31",
                opens_on="2017-11-17", lanes=lanes)  # fmt: skip
    return Records(meta, tables)


def _place(town: Town) -> Place:
    return Place(key=town.key, name=town.name, lon=town.lon, lat=town.lat)


def _provinces() -> Iterator[Place]:
    for n, (name, country, lon, lat) in enumerate(PROVINCES):
        yield Place(key=f"p{n}", name=name, kind="province", country=country, lon=lon, lat=lat, precision="province",
                    radius_m=PROVINCE_M)  # fmt: skip


def _nowhere() -> Place:
    return Place(key=UNPLACED, name="Somewhere in the desert", kind="desert", precision="unknown")


def _areas(plan: Plan, rng: np.random.Generator) -> Iterator[Place]:
    """Uneven rounds."""
    for n in range(plan.areas):
        lon, lat = float(rng.uniform(WEST, EAST)), float(rng.uniform(SOUTH, NORTH))
        ring = _round(rng, lon, lat, plan.across * rng.uniform(0.5, 1.2), plan.vertices)
        yield Place(key=f"a{n:05d}", name=f"Area {n}", kind="area", precision="area", lon=lon, lat=lat,
                    geometry=_polygon(ring))  # fmt: skip


def _round(rng: np.random.Generator, lon: float, lat: float, size: float, vertices: int) -> NDArray[np.float64]:
    """A ring of so many vertices, the closing one not counted: smooth bays with a rough shore."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    waves = sum(np.sin(k * angle + rng.uniform(0, 6.3)) / k for k in range(2, 7))
    radius = size * (1 + 0.25 * waves + rng.uniform(-0.02, 0.02, vertices))
    ring = np.column_stack((lon + radius * np.cos(angle), lat + 0.8 * radius * np.sin(angle)))
    return np.vstack((ring, ring[:1]))


def _polygon(ring: NDArray[np.float64]) -> bytes:
    return struct.pack("<BIII", 1, 3, 1, len(ring)) + ring.astype("<f8").tobytes()


def _claims(key: str, number: int, rng: np.random.Generator, actors: int) -> Iterator[ControlClaim]:
    """So many changes of hands; some contested, some dated only to a month."""
    holder = int(rng.integers(actors))
    for n, day in enumerate(sorted(rng.integers(FIRST, LAST, number).tolist())):
        holder = (holder + int(rng.integers(1, actors))) % actors
        text = date_of(day).isoformat()
        yield ControlClaim(
            key=f"c-{key}-{n}", actors=f"actor-{holder}", phase="begins", place=key, source="s00",
            control="contested" if rng.random() < 0.1 else "control",
            date=parse(text[:7] if rng.random() < 0.1 else text),
        )  # fmt: skip
