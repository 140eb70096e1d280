"""Makes valid stores of any size within minutes: the fixed part by the writer itself, the events streamed in chunks.

`python -m benchmarks.generator FILE EVENTS [--areas K --vertices V ...]` writes one; `store(plan)` keeps it for later.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import time
from dataclasses import MISSING, fields
from pathlib import Path

import numpy as np

from benchmarks.events import COLUMNS, Events
from benchmarks.plan import Plan, folder
from benchmarks.scenery import scenery, towns
from viewer.domain.counts import Count
from viewer.domain.events import Event, EventActor, EventLink, EventPlace, EventSource
from viewer.store import schema
from viewer.store.writer import write_store

RECORDS = {"event": Event, "event_place": EventPlace, "event_actor": EventActor, "event_source": EventSource,
           "event_link": EventLink, "count": Count}  # fmt: skip


def store(plan: Plan) -> Path:
    """The store of a plan, written when it is not there yet."""
    path = folder() / f"{plan.name}.gpkg"
    if not path.exists():
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            write(plan, unfinished)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return path


def write(plan: Plan, path: Path) -> None:
    """Write the store of a plan at `path`."""
    rng = np.random.default_rng(plan.seed)
    around = towns(rng)
    write_store(scenery(plan, rng, around), path)
    events = Events(plan, rng, around)
    db = sqlite3.connect(path)
    try:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144", "locking_mode = EXCLUSIVE"):
            db.execute(f"PRAGMA {setting}").fetchall()
        indexes = _without_indexes(db)
        if not plan.search:
            db.execute(f"DROP TABLE {schema.SEARCH_TABLE}")
        for rows in events.chunks():
            for table, found in rows.items():
                db.executemany(_insert(table), found)
        for statement in indexes:
            db.execute(statement)
        _bound(db)
        db.commit()
    finally:
        db.close()


def _without_indexes(db: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the tables to be filled; the statements that make them again, all at once and faster."""
    query = "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    found = [(name, sql) for name, table, sql in db.execute(query).fetchall() if table in RECORDS]
    for name, _ in found:
        db.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in found]


def _bound(db: sqlite3.Connection) -> None:
    """Tell GeoPackage readers where the events lie."""
    db.execute(
        "UPDATE gpkg_contents SET (min_x, min_y, max_x, max_y) = "
        "(SELECT min(lon), min(lat), max(lon), max(lat) FROM event) WHERE table_name = 'event'"
    )


def _insert(table: str) -> str:
    """The statement for a table: what varies is bound, the rest of the record as empty as the writer leaves it."""
    given = dict.fromkeys(COLUMNS[table], "?")
    if table in RECORDS:
        for one in fields(RECORDS[table]):
            about = one.metadata["info"]
            if one.name not in given and about.kind not in ("date", "geometry"):
                given[one.name] = _literal(None if one.default is MISSING else one.default)
    names = ", ".join(f'"{name}"' for name in given)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(given.values())})'  # noqa: S608


def _literal(value: object) -> str:
    return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)


def main() -> None:
    """Write one store from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("events", type=int)
    for one in fields(Plan)[1:]:
        if one.name == "search":
            parser.add_argument("--no-search", dest="search", action="store_false")
        else:
            parser.add_argument(f"--{one.name}", type=type(one.default), default=one.default)
    given = vars(parser.parse_args())
    begun = time.perf_counter()
    path = given.pop("file")
    write(Plan(**given), path)
    print(f"{path}: {path.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
