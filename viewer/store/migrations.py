"""Numbered steps that make a store of one version into one of the next; the first makes it from nothing.

A published store is never altered: whoever opens an older one works on a private copy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from viewer.domain.records import TABLES
from viewer.store import schema

Migration = Callable[[sqlite3.Connection], None]


def create_tables(db: sqlite3.Connection) -> None:
    """Version 1: the GeoPackage tables, one table per record, its indexes, and the search table."""
    db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {schema.USER_VERSION}")
    for statement in schema.GEOPACKAGE_TABLES:
        db.execute(statement)
    db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", schema.SPATIAL_REFERENCES)
    db.execute(f"CREATE TABLE {schema.META_TABLE} (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    for table in TABLES:
        create_table(db, table)
    db.execute(f"CREATE VIRTUAL TABLE {schema.SEARCH_TABLE} USING fts5(text, kind UNINDEXED, key UNINDEXED, "
               "tokenize='trigram', detail=full)")  # fmt: skip


def create_table(db: sqlite3.Connection, table: str) -> None:
    """One table of the store with its indexes."""
    columns = schema.columns_of(table)
    listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    db.execute(f'CREATE TABLE "{table}" ({listed})')
    for statement in index_statements(table).values():
        db.execute(statement)


def index_statements(table: str) -> dict[str, str]:
    """What makes each index of a table, by its name."""
    made = {}
    if "key" in schema.columns_of(table):
        made[f"{table}_key"] = f'CREATE UNIQUE INDEX "{table}_key" ON "{table}" ("key")'
    for column in schema.INDEXES.get(table, ()):
        made[f"{table}_{column}"] = f'CREATE INDEX "{table}_{column}" ON "{table}" ("{column}")'
    return made


MIGRATIONS: Mapping[int, Migration] = {1: create_tables}


def migrate(db: sqlite3.Connection, version: int, steps: Mapping[int, Migration] = MIGRATIONS) -> int:
    """Run every step above `version` in order inside one transaction; the version reached."""
    reached = version
    with db:
        for number in sorted(n for n in steps if n > version):
            steps[number](db)
            reached = number
        db.execute(f"INSERT OR REPLACE INTO {schema.META_TABLE} VALUES ('schema_version', ?)", (str(reached),))
    return reached
