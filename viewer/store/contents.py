"""What other GeoPackage readers are told of the tables of a store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from viewer.store import schema

NOWHERE = (None, None, None, None)


def register(
    db: sqlite3.Connection, table: str, changed: str, bounds: Sequence[float | None] = NOWHERE, kind: str = ""
) -> None:
    """Tell of one table; changed: a day; bounds: west, south, east, north; kind: of geometry, if not the usual."""
    feature = table in schema.GEOMETRY
    db.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)",
        (table, "features" if feature else "attributes", table, f"{changed}T00:00:00.000Z", *bounds,
         schema.SRS_ID if feature else None),
    )  # fmt: skip
    if feature:
        db.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
            (table, kind or schema.GEOMETRY[table], schema.SRS_ID),
        )


def widen(db: sqlite3.Connection, table: str, bounds: Sequence[float]) -> None:
    """Tell that a table reaches at least as far as these bounds, too."""
    db.execute(
        "UPDATE gpkg_contents SET min_x = min(ifnull(min_x, ?1), ?1), min_y = min(ifnull(min_y, ?2), ?2), "
        "max_x = max(ifnull(max_x, ?3), ?3), max_y = max(ifnull(max_y, ?4), ?4) WHERE table_name = ?5",
        (*bounds, table),
    )
