"""The same events in the form each contestant likes best, made once and kept beside the generated store.

They get it easier than Badia does: one day per event instead of a span, positions already in map metres.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.domain.events import SPOKEN
from viewer.geo.projection import to_map
from viewer.store import schema
from viewer.store.dataset import open_dataset

MERCATOR = 3857
FOREVER = dt.date(2100, 1, 1)
POINT = np.dtype([("head", "S8"), ("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
HEAD = struct.pack("<2sBBi", b"GP", 0, 1, MERCATOR)


def columns(store: Path) -> Path:
    """Numpy columns x, y, day, actor of the mapped events in order of their day, for pyqtgraph."""
    return _made(store, "columns.npz", _write_columns)


def with_rtree(store: Path) -> Path:
    """A GeoPackage of points with an R-tree and an index over their date: what a GIS makes by itself."""
    return _made(store, "rtree.gpkg", lambda path, out: _write_points(columns(path), out, rtree=True))


def without_rtree(store: Path) -> Path:
    """A GeoPackage of points with the index over the date alone: the best case of a filter written by hand."""
    return _made(store, "plain.gpkg", lambda path, out: _write_points(columns(path), out, rtree=False))


def areas(store: Path) -> Path:
    """A GeoPackage of who held which area from when to when."""
    return _made(store, "areas.gpkg", _write_areas)


def _made(store: Path, suffix: str, write: Callable[[Path, Path], None]) -> Path:
    path = store.with_suffix(f".{suffix}")
    if not path.exists() or path.stat().st_mtime < store.stat().st_mtime:
        unfinished = path.with_name(f"{os.getpid()}-{path.name}")
        write(store, unfinished)
        unfinished.replace(path)
    return path


def _write_columns(store: Path, path: Path) -> None:
    db = sqlite3.connect(store)
    kinds = np.dtype([("lon", "f8"), ("lat", "f8"), ("day", "i4"), ("actor", "i4")])
    query = (
        "SELECT event.lon, event.lat, event.earliest, coalesce(actor.id, 0) FROM event "
        "LEFT JOIN actor ON actor.key = event.actor WHERE event.lon IS NOT NULL AND event.earliest IS NOT NULL "
        "AND event.type NOT IN (SELECT value FROM json_each(?))"
    )
    found = np.fromiter(db.execute(query, (json.dumps(SPOKEN),)), dtype=kinds)
    db.close()
    found = found[np.argsort(found["day"], kind="stable")]
    x, y = to_map(found["lon"], found["lat"])
    np.savez(path.with_suffix(".npz"), x=x, y=y, day=found["day"], actor=found["actor"].astype(np.uint8))


def _write_points(source: Path, path: Path, rtree: bool) -> None:
    known = np.load(source)
    x, y, day, actor = (known[name] for name in ("x", "y", "day", "actor"))
    db = _geopackage(path, "points", "POINT", (x.min(), y.min(), x.max(), y.max()))
    db.execute("CREATE TABLE points (fid INTEGER PRIMARY KEY, geom POINT, day DATE, n INTEGER, actor INTEGER)")
    db.executemany("INSERT INTO points VALUES (?, ?, ?, ?, ?)", _point_rows(x, y, day, actor))
    db.execute("CREATE INDEX points_day ON points (day)")
    db.execute("CREATE INDEX points_n ON points (n)")
    if rtree:
        db.execute("CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, "
                   "definition TEXT NOT NULL, scope TEXT NOT NULL)")  # fmt: skip
        db.execute("INSERT INTO gpkg_extensions VALUES ('points', 'geom', 'gpkg_rtree_index', 'annex L', 'write-only')")
        db.execute("CREATE VIRTUAL TABLE rtree_points_geom USING rtree(id, minx, maxx, miny, maxy)")
        boxes = zip(range(1, len(x) + 1), x.tolist(), x.tolist(), y.tolist(), y.tolist(), strict=True)
        db.executemany("INSERT INTO rtree_points_geom VALUES (?, ?, ?, ?, ?)", boxes)
    db.execute("ANALYZE")
    db.commit()
    db.close()


def _point_rows(
    x: NDArray[np.float64], y: NDArray[np.float64], day: NDArray[np.int32], actor: NDArray[np.uint8]
) -> Iterator[tuple[int, bytes, str, int, int]]:
    """The rows of a table of points, some thousand geometries packed at a time."""
    names = {n: str(np.datetime64(n, "D")) for n in np.unique(day).tolist()}
    tail = struct.pack("<BI", 1, 1)
    for start in range(0, len(x), 50_000):
        part = slice(start, start + 50_000)
        places = np.column_stack((x[part], y[part])).astype("<f8").tobytes()
        for n, (when, who) in enumerate(zip(day[part].tolist(), actor[part].tolist(), strict=True)):
            yield start + n + 1, HEAD + tail + places[16 * n : 16 * n + 16], names[when], when, who


def _write_areas(store: Path, path: Path) -> None:
    data = open_dataset(store)
    codes = {key: n for n, key in enumerate(data.actors, start=1)}
    db = _geopackage(path, "areas", "POLYGON", (-2e7, -2e7, 2e7, 2e7))
    db.execute("CREATE TABLE areas (fid INTEGER PRIMARY KEY, geom POLYGON, first DATE, last DATE, actor INTEGER)")
    for site, history in data.histories.items():
        place = data.places[site]
        shape = data.shape_of(place) if place.geometry is not None else None
        if shape is None:
            continue
        rings = [np.column_stack(to_map(ring[:, 0], ring[:, 1])) for part in shape.parts for ring in part]
        counted = b"".join(struct.pack("<I", len(ring)) + ring.astype("<f8").tobytes() for ring in rings)
        geom = HEAD + struct.pack("<BII", 1, 3, len(rings)) + counted
        for tenure in history.tenures:
            last = FOREVER if tenure.last is None else _date(tenure.last)
            for held in tenure.holdings:
                row = (geom, _date(tenure.first).isoformat(), last.isoformat(), codes[held.claim.actors.split()[0]])
                db.execute("INSERT INTO areas (geom, first, last, actor) VALUES (?, ?, ?, ?)", row)
    data.close()
    db.commit()
    db.close()


def _date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)


def _geopackage(path: Path, table: str, kind: str, box: tuple[float, ...]) -> sqlite3.Connection:
    """An empty GeoPackage with one layer in map metres, fast to fill."""
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = OFF").fetchall()
    db.execute("PRAGMA synchronous = OFF")
    db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {schema.USER_VERSION}")
    for statement in schema.GEOPACKAGE_TABLES:
        db.execute(statement)
    mercator = ("WGS 84 / Pseudo-Mercator", MERCATOR, "EPSG", MERCATOR, "undefined", "map metres")
    db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", [*schema.SPATIAL_REFERENCES, mercator])
    db.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', '2024-12-31T00:00:00.000Z', ?, ?, ?, ?, ?)",
        (table, table, *map(float, box), MERCATOR),
    )
    db.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (table, kind, MERCATOR))
    return db
