"""The tables of a store, derived from the records: a GeoPackage that any GIS opens without Badia.

GeoPackage: OGC 12-128r18. No triggers, no views, no R*Tree: a store holds data, never code.
"""

from __future__ import annotations

from viewer.domain.fields import FieldInfo, fields_of
from viewer.domain.records import TABLES

APPLICATION_ID = 0x47504B47
"""`GPKG`, the GeoPackage mark."""
USER_VERSION = 10300
SCHEMA_VERSION = 1
SRS_ID = 4326

GEOMETRY = {"place": "GEOMETRY", "event": "POINT", "control_claim": "GEOMETRY", "route": "LINESTRING"}
"""The feature tables and the type of their column `geom`."""

HOT_COLUMNS = {
    "lon": "REAL", "lat": "REAL", "location_precision": "TEXT", "radius_m": "REAL", "place": "TEXT", "actor": "TEXT",
    "rival": "TEXT", "amount": "REAL",
}  # fmt: skip
"""What the map needs of an event without a join: its main place, the actor that colours it, a second
one when responsibility is disputed, and the number on a tally's badge. Worked out by the writer."""

INDEXES = {
    "place_name": ("place",), "actor_name": ("actor",), "actor_relation": ("actor", "other"),
    "event": ("part_of",), "event_place": ("event", "place"), "event_actor": ("event", "actor"),
    "event_source": ("event", "source"), "event_date": ("event",), "event_link": ("event", "other"),
    "count": ("event",), "control_claim": ("place",), "origin": ("of_key", "feed_id"),
}  # fmt: skip

SEARCH_TABLE = "search"
SEARCH_SHADOWS = tuple(f"{SEARCH_TABLE}_{part}" for part in ("data", "idx", "content", "docsize", "config"))
META_TABLE = "badia_meta"
FOR_OTHERS = ("holding", "gpkg_metadata", "gpkg_metadata_reference", "layer_styles")
"""What a part of a store holds for other programs (see `part`), and no reader of stores looks at."""

_SQL_TYPES = {"real": "REAL", "integer": "INTEGER", "flag": "INTEGER", "geometry": "BLOB"}

GEOPACKAGE_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
    description TEXT)""",
    """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
    identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE,
    max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
)
SPATIAL_REFERENCES = (
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined cartesian coordinate reference system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84 geodetic", 4326, "EPSG", 4326,
     'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
     'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]', "longitude and latitude in degrees"),
)  # fmt: skip


def columns_of(table: str) -> dict[str, str]:
    """The SQL columns of a table in order, with their types; `id` is the row's own number."""
    columns = {"id": "INTEGER PRIMARY KEY"}
    for name, about in fields_of(TABLES[table]).items():
        columns.update(_columns_of_field(name, about))
    if table == "event":
        columns.update(HOT_COLUMNS)
    if table in GEOMETRY:
        columns["geom"] = "BLOB"
    return columns


def _columns_of_field(name: str, about: FieldInfo) -> dict[str, str]:
    if about.kind == "date":
        return {"date_edtf": "TEXT", "earliest": "INTEGER", "latest": "INTEGER", "date_precision": "TEXT"}
    if about.kind == "geometry":
        return {}
    return {name: _SQL_TYPES.get(about.kind, "TEXT")}


def expected_tables() -> frozenset[str]:
    """Every table a store may hold; anything else is foreign."""
    return frozenset(
        (*TABLES, META_TABLE, SEARCH_TABLE, *SEARCH_SHADOWS, "gpkg_spatial_ref_sys", "gpkg_contents",
         "gpkg_geometry_columns", "gpkg_extensions", "gpkg_ogr_contents", "sqlite_sequence", "sqlite_stat1",
         *FOR_OTHERS)
    )  # fmt: skip
