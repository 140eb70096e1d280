"""GeoPackages of any program as events: layers, coordinate systems, and files made to do harm."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from tests.formats.importers.reading import drafts, known_as, place_of, read, reasons, remarks
from viewer.domain.dates import parse
from viewer.formats.importers.geopackage import GeoPackageImporter
from viewer.formats.infile import ReadError
from viewer.geo.errors import GeometryError
from viewer.geo.wkb import checked_wkb, flattened

IMPORTER = GeoPackageImporter()
TOWN = shapely.Point(40.14, 35.33)
SQUARE = shapely.Polygon([(40, 35), (41, 35), (41, 36), (40, 36)])


def package(path: Path, shapes: Sequence[Any], layer: str = "things", crs: str = "EPSG:4326", **columns: Any) -> Path:
    """A layer of a GeoPackage as GDAL writes it, with its triggers and its index."""
    wkbs = [shapely.to_wkb(one, output_dimension=4) if one is not None else None for one in shapes]
    pyogrio.raw.write(
        path, geometry=np.array(wkbs, dtype=object), field_data=[np.array(values) for values in columns.values()],
        fields=list(columns), crs=crs, layer=layer, driver="GPKG", geometry_type="Unknown", append=path.exists(),
    )  # fmt: skip
    return path


@pytest.fixture
def things(tmp_path: Path) -> Path:
    return package(
        tmp_path / "things.gpkg", [TOWN, SQUARE, None], name=["a", "b", "c"], start=["2017-11-01", "2017-11", ""],
        end=["2017-11-03", "", ""],
    )  # fmt: skip


def changed(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    return path


def test_rows_are_events_with_their_geometry(things: Path) -> None:
    assert known_as(things) == "geopackage"
    found = drafts(read(IMPORTER, things))
    assert [draft.id for draft in found] == ["things:1", "things:2", "things:3"]
    assert [draft.values["title"] for draft in found] == ["a", "b", "c"]
    assert [draft.values["date"] for draft in found] == [parse("2017-11-01/2017-11-03"), parse("2017-11/.."), parse("")]
    assert (place_of(found[0]).lon, place_of(found[0]).precision) == (40.14, "exact")
    assert place_of(found[1]).precision == "area"
    assert [table for table, _ in found[2].parts] == ["event_source"]


def test_layers_are_chosen_by_name(things: Path) -> None:
    package(things, [TOWN], "other", name=["d"])
    assert IMPORTER.shape(_file(things)).settings["layers"] == "other,things"
    assert len(drafts(read(IMPORTER, things))) == 4
    assert [draft.values["title"] for draft in drafts(read(IMPORTER, things, layers="other"))] == ["d"]
    with pytest.raises(ReadError, match="no layer 'none'; it has other, things"):
        read(IMPORTER, things, layers="none")


def _file(path: Path) -> Any:
    from viewer.formats.infile import InFile

    return InFile(path)


def test_coordinates_of_a_known_system_become_degrees(tmp_path: Path) -> None:
    path = package(tmp_path / "utm.gpkg", [shapely.Point(500000, 3900000)], crs="EPSG:32637", name=["u"])
    (draft,) = drafts(read(IMPORTER, path))
    assert (round(place_of(draft).lon or 0, 6), round(place_of(draft).lat or 0, 3)) == (39.0, 35.243)


@pytest.mark.parametrize("organization", ["NOBODY", "EPSG"])
def test_a_layer_of_an_unknown_system_is_left_out_with_a_remark(tmp_path: Path, organization: str) -> None:
    path = package(tmp_path / "utm.gpkg", [shapely.Point(5, 3)], crs="EPSG:32637", name=["u"])
    changed(path, f"UPDATE gpkg_spatial_ref_sys SET organization = '{organization}', organization_coordsys_id = 9 "
                  "WHERE srs_id = 32637")  # fmt: skip
    items = read(IMPORTER, path)
    assert not drafts(items)
    assert "unknown coordinate system" in remarks(items)[0]


def test_heights_are_left_out_and_told(tmp_path: Path) -> None:
    square = shapely.force_3d(SQUARE, 7)
    items = read(IMPORTER, package(tmp_path / "high.gpkg", [shapely.Point(40, 35, 200), square], name=["a", "b"]))
    assert [place_of(draft).precision for draft in drafts(items)] == ["exact", "area"]
    assert any("height was left out" in told for told in remarks(items))


def test_a_bad_geometry_costs_its_row_alone(things: Path) -> None:
    head, nothing = b"GP\0\1\xe6\x10\0\0", b"\0" * 40
    for bad, said in ((b"GP\0\x0f" + nothing, "header"), (nothing, "no GeoPackage blob"), (head + b"\1" * 9, "type")):
        with sqlite3.connect(things) as db:
            for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                db.execute(f'DROP TRIGGER "{name}"')
            db.execute("UPDATE things SET geom = ? WHERE fid = 2", (bad,))
        db.close()
        items = read(IMPORTER, things)
        assert len(drafts(items)) == 2
        assert said in reasons(items)[2]


def test_what_is_code_is_never_run(things: Path) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS fid, x AS geom FROM n"
    changed(
        things, f"CREATE VIEW trap AS {endless}",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id) "
        "VALUES ('trap', 'features', 'trap', '2020-01-01', 4326)",
        "INSERT INTO gpkg_geometry_columns VALUES ('trap', 'geom', 'POINT', 4326, 0, 0)",
        "ALTER TABLE things ADD COLUMN worked_out TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL",
    )  # fmt: skip
    before = things.read_bytes()
    items = read(IMPORTER, things)
    assert len(drafts(items)) == 3
    assert "'trap' is no table with that geometry" in remarks(items)[0]
    assert "worked_out" not in IMPORTER.shape(_file(things)).columns
    assert things.read_bytes() == before
    assert [one.name for one in things.parent.iterdir()] == [things.name]


def test_a_name_that_looks_like_sql_is_a_name(tmp_path: Path) -> None:
    path = package(tmp_path / "odd.gpkg", [TOWN], layer='a"; DROP TABLE x; --', name=["a"])
    assert len(drafts(read(IMPORTER, path))) == 1


def test_unfinished_changes_and_other_databases_are_refused(things: Path, tmp_path: Path) -> None:
    wal = things.with_name(things.name + "-wal")
    wal.write_bytes(b"x")
    with pytest.raises(ReadError, match="unfinished changes"):
        read(IMPORTER, things)
    wal.unlink()
    plain = tmp_path / "plain.db"
    with sqlite3.connect(plain) as db:
        db.execute("CREATE TABLE a (b)")
    db.close()
    assert known_as(plain) == ""
    with pytest.raises(ReadError, match="no GeoPackage"):
        read(IMPORTER, plain)


def test_a_spoilt_file_gives_rows_or_one_sentence(things: Path) -> None:
    whole = things.read_bytes()
    chance = random.Random(5)  # noqa: S311
    for _ in range(150):
        spoilt = bytearray(whole)
        for _ in range(chance.choice((1, 20, 400))):
            spoilt[chance.randrange(100, len(spoilt))] = chance.randrange(256)
        things.write_bytes(spoilt)
        known_as(things)
        try:
            read(IMPORTER, things)
        except ReadError as error:
            assert things.name in str(error)


@pytest.mark.parametrize("flavor", ["extended", "iso"])
@pytest.mark.parametrize("order", [0, 1])
def test_wkb_is_flattened_in_each_of_its_forms(flavor: Any, order: int) -> None:
    shapes = [TOWN, SQUARE, shapely.LineString([(1, 2), (3, 4)]), shapely.MultiPoint([(1, 2), (3, 4)]),
              shapely.GeometryCollection([TOWN, shapely.MultiPolygon([SQUARE])])]  # fmt: skip
    for shape in shapes:
        for high in (shape, shapely.force_3d(shape, 5)):
            wkb = shapely.to_wkb(high, output_dimension=3, byte_order=order, flavor=flavor)
            assert shapely.from_wkb(checked_wkb(flattened(wkb))).equals(shape)


def test_wkb_that_is_none_or_too_deep_is_refused_before_anybody_parses_it() -> None:
    chance = random.Random(7)  # noqa: S311
    whole = shapely.to_wkb(shapely.force_3d(shapely.MultiPolygon([SQUARE]), 3))
    bomb = b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" * 20_000
    for wkb in [bomb, b"", *(whole[: chance.randrange(len(whole))] for _ in range(50))]:
        with pytest.raises(GeometryError):
            flattened(wkb)
    for _ in range(2000):
        spoilt = bytearray(whole)
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            checked_wkb(flattened(bytes(spoilt)))
        except GeometryError:
            continue
