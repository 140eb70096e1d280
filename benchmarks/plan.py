"""What a generated store holds: a few numbers from which the same store always comes out."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from viewer.store.migrations import MIGRATIONS

VERSION = 1
"""Counts up whenever the generator writes something else for the same plan."""
FOLDER = "BADIA_BENCH_DIR"
"""The environment variable that names where generated stores are kept."""
LARGE = 3_000_000
"""From so many events on, texts are short and there is no text index: ten million would take 12 GB with them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A store to generate: `events` around 300 towns, or all at one point, or all on one day; and areas.

    areas of `vertices` each, about `across` degrees from their middle to their shore, change hands `changes` times;
    texts: "long" (60 to 160 letters) or "short".
    """

    events: int
    seed: int = 1
    at: str = "towns"
    on: str = ""
    areas: int = 0
    vertices: int = 100
    changes: int = 3
    across: float = 0.35
    texts: str = "long"
    search: bool = True

    @property
    def name(self) -> str:
        """A file name that tells plans, versions of the generator and of the schema apart."""
        parts = [f"{f.name}-{value}" for f in dataclasses.fields(self) if (value := getattr(self, f.name)) != f.default]
        return "_".join([*parts, f"v{VERSION}.{max(MIGRATIONS)}"])


def of_size(events: int) -> Plan:
    """The plan for so many events around towns."""
    large = events >= LARGE
    return Plan(events, texts="short" if large else "long", search=not large)


POINT = Plan(20_000, at="point")
ONE_DAY = Plan(100_000, on="2017-11-17")
AREAS_FEW = Plan(10_000, areas=40, vertices=2_000, changes=12, across=2.4)
AREAS_MANY = Plan(10_000, areas=2_000, vertices=100)


def folder() -> Path:
    """Where generated stores are kept between runs."""
    given = os.environ.get(FOLDER)
    found = Path(given) if given else user_cache_path("badia") / "benchmarks"
    found.mkdir(parents=True, exist_ok=True)
    return found
