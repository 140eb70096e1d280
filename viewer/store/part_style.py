"""What QGIS and other readers of GeoPackages are told in tables of their own: times, and whom to thank."""

from __future__ import annotations

from html import escape

METADATA = (
    """CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL
    DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml',
    metadata TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT,
    row_id_value INTEGER, timestamp DATETIME NOT NULL, md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
    CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
    CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))""",
    """CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
    """INSERT INTO gpkg_extensions VALUES
    ('gpkg_metadata', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec120/#extension_metadata', 'read-write'),
    ('gpkg_metadata_reference', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec120/#extension_metadata',
    'read-write')""",
)
"""The tables of the metadata extension (OGC 12-128r18, annex F.8), and that they are there."""
LAYER_STYLES = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT,
f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT,
useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME)"""
"""Where QGIS looks for the style of a layer."""
STYLES_TOLD = """INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change)
VALUES ('layer_styles', 'attributes', 'layer_styles', ?)"""
"""Without it QGIS does not find the table."""
STYLED = """INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,
styleQML, styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?, 'geom', ?, ?, '', 1,
'Tells QGIS which columns are times', '', ?)"""
THANKS = """INSERT INTO gpkg_metadata (id, md_scope, md_standard_uri, mime_type, metadata)
VALUES (1, 'dataset', 'http://purl.org/dc/terms/', 'text/plain', ?)"""
THANKED = """INSERT INTO gpkg_metadata_reference (reference_scope, timestamp, md_file_id)
VALUES ('geopackage', ?, 1)"""
BY_EXPRESSIONS = 4
"""What QGIS calls the way of working out the first and the last instant of a feature."""


def style(first: str = "start", last: str = "end") -> str:
    """A style that says nothing but when a feature is there: from its first day to the end of its last, NULL is open.

    What has neither is never there, as in Badia. QGIS (3.22) compares the days of columns with the instants of its
    frames letter by letter, so that a day would be shown in the frame before it: they have to be made instants first.
    """
    dated = f'if(coalesce("{first}", "{last}") is null, null, coalesce(%s, make_datetime(%s, 0, 0, 0)))'
    begin = dated % (f'to_datetime("{first}")', "1, 1, 1")
    end = dated % (f"to_datetime(\"{last}\") + to_interval('1 day')", "9999, 12, 31")
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22.0" styleCategories="Temporal">\n'
        f'<temporal enabled="1" mode="{BY_EXPRESSIONS}" startField="{first}" endField="{last}" '
        f'startExpression="{escape(begin)}" endExpression="{escape(end)}" '
        'durationField="" durationUnit="day" fixedDuration="0" accumulate="0" limitMode="0">'
        "<fixedRange><start></start><end></end></fixedRange></temporal>\n"
        "</qgis>\n"
    )
