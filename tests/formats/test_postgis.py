"""Pulling from a real PostgreSQL with PostGIS, where Debian's packages of both are installed."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from viewer.formats.infile import ReadError
from viewer.formats.postgis import Pull, forget, pulled

psycopg = pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
ROWS = 12_000


def _as_server(*command: str | Path) -> None:
    """Run a program of PostgreSQL's, which refuses to be root."""
    user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd="/", **user)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A server of its own in a folder of its own, reached by a socket there; how libpq is told of it."""
    if not BINARIES:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql-15 postgresql-15-postgis-3): pull is not tested")
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/badia-pg-XXXXXX"], text=True).strip())
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    programs = BINARIES[-1].parent
    _as_server(programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "badia", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    _as_server(programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start")
    where = f"host={folder} user=badia dbname=postgres"
    try:
        with psycopg.connect(where, autocommit=True) as connection:
            _fill(connection)
        yield where
    finally:
        _as_server(programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _fill(connection: Any) -> None:
    try:
        connection.execute("CREATE EXTENSION postgis")
    except psycopg.Error:
        pytest.skip("PostGIS is not installed (Debian: postgresql-15-postgis-3): pull is not tested")
    connection.execute(
        'CREATE TABLE incident (gid integer PRIMARY KEY, "Title" text, day date, geom geometry(Geometry, 3857))'
    )
    connection.execute(
        "INSERT INTO incident SELECT n, 'Incident, ' || n || E'\\n' || 'غارة', date '2017-01-01' + n / 100, "
        "ST_Transform(ST_SetSRID(ST_MakePoint(38 + n / 2000.0, 34), 4326), 3857) FROM generate_series(1, %s) n",
        (ROWS,),
    )  # fmt: skip
    area = "ST_Transform(ST_GeomFromText('POLYGON((40 34, 41 34, 41 35, 40 34))', 4326), 3857)"
    connection.execute(f"UPDATE incident SET geom = {area} WHERE gid = 3")


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_comes_in_the_order_of_its_id(database: str, tmp_path: Path) -> None:
    shares: list[float] = []
    rows = rows_of(pulled(Pull(database, "public.incident", "gid", "geom"), tmp_path, "team", shares.append))
    assert [row["gid"] for row in rows] == [str(number) for number in range(1, ROWS + 1)]
    assert rows[0]["Title"] == "Incident, 1\nغارة"
    assert (round(float(rows[0]["badia_lon"]), 6), round(float(rows[0]["badia_lat"]), 6)) == (38.0005, 34)
    assert (rows[2]["badia_lon"], rows[2]["badia_wkt"][:10]) == ("", "POLYGON((4")
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_box_and_days_leave_out_the_rest(database: str, tmp_path: Path) -> None:
    asked = Pull(database, "incident", "gid", "geom", "day", (39, 33, 40, 35), "2017-02-01", "2017-02-10")
    rows = rows_of(pulled(asked, tmp_path, "team"))
    assert rows
    assert {row["day"] for row in rows} <= {f"2017-02-{day:02}" for day in range(1, 11)}
    assert all(39 <= float(row["badia_lon"]) <= 40 for row in rows)


def test_an_interrupted_pull_goes_on_where_it_was(database: str, tmp_path: Path) -> None:
    asked = Pull(database, "incident", "gid", "geom")

    def stop(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pulled(asked, tmp_path, "team", stop)
    spool = tmp_path / ".team.pull"
    spool.write_bytes(spool.read_bytes()[:-7])
    first: list[float] = []
    rows = rows_of(pulled(asked, tmp_path, "team", first.append))
    assert first[0] > 0.5
    assert [row["gid"] for row in rows] == [str(number) for number in range(1, ROWS + 1)]
    other = Pull(database, "incident", "gid", "", "day", None, "2017-04-30")
    assert len(rows_of(pulled(other, tmp_path, "team"))) == 101
    forget(tmp_path, "team")
    assert [path.name for path in tmp_path.iterdir()] == ["team.csv"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Pull("", "nothing", "gid"), "nothing: cannot be read"),
        (Pull("", "incident", "id"), "has no column 'id'; it has gid, Title, day, geom"),
        (Pull("", "incident", "gid", first="2017-01-01"), "column of the date"),
        (Pull("", "incident", "gid", box=(1, 2, 3, 4)), "column of the geometry"),
        (Pull("", "incident", "day"), "same in several rows"),
        (Pull("", 'incident"; DROP TABLE incident; --', "gid"), "cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_told(database: str, tmp_path: Path, asked: Pull, told: str) -> None:
    with pytest.raises(ReadError, match=r"^[^\n]*$") as error:
        pulled(Pull(**{**asked.__dict__, "database": database}), tmp_path, "team")
    assert told in str(error.value)


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be reached"):
        pulled(Pull(f"host={tmp_path} dbname=none", "incident", "gid"), tmp_path, "team")
