"""Rows of a PostgreSQL table or view, as a table on the disk that can be imported.

Rows come in the order of their id, a page at a time, and every page is brought to the disk with the id it ended with:
whoever is interrupted goes on there. Plain SQL is asked (one relation, ORDER BY, LIMIT), so that a database spread
over several servers answers as well; of PostGIS only what turns a geometry into coordinates. The driver is the extra
`postgis`, and only here is it named.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from viewer.domain.frozen import dataclass
from viewer.formats.infile import ReadError

PAGE = 5000
"""Rows that are asked for at once."""
LON, LAT, WKT = "badia_lon", "badia_lat", "badia_wkt"
"""The columns that a geometry becomes: coordinates of points, text of all else; degrees, EPSG:4326."""
ENOUGH_SECONDS = 20

Progress = Callable[[float], None]
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True)
class Pull:
    """What is wanted of which database.

    database: how libpq is told of it ("service=team", "host=... dbname=..."); passwords belong into its own files.
    relation: a table or view, with its schema if need be. key: the column that tells its rows apart and orders them.
    geometry: the column of a PostGIS geometry, '' for none. date: the column by which days are asked for.
    box: only what touches it; first, last: ISO days, '' where open.
    """

    database: str
    relation: str
    key: str
    geometry: str = ""
    date: str = ""
    box: Box | None = None
    first: str = ""
    last: str = ""


def pulled(
    pull: Pull, folder: Path, name: str, progress: Progress = lambda _: None, place: Path | None = None
) -> Path:
    """The rows as a CSV file in `place`; what an earlier, interrupted pull of the same brought is not asked again.

    folder: where rows lie meanwhile, and the table too where no place is named.
    ReadError when the database cannot be reached or asked, or the driver is missing; OSError when the disk is full.
    """
    spool = _Spool(folder / f".{name}.pull", pull)
    with _connected(pull.database) as connection, spool:
        try:
            _fill(connection, pull, spool, progress)
        except _driver().Error as error:
            raise ReadError(f"{pull.relation}: cannot be read ({_words(error)}); check its name and columns") from None
    table = (place or folder) / f"{name}.csv"
    spool.write_table(table)
    return table


def forget(folder: Path, name: str) -> None:
    """Remove what an interrupted pull left."""
    (folder / f".{name}.pull").unlink(missing_ok=True)


def _driver() -> Any:
    try:
        import psycopg
    except ImportError:
        raise ReadError("pull needs the driver of PostgreSQL: install badia-viewer[postgis]") from None
    return psycopg


@contextmanager
def _connected(database: str) -> Iterator[Any]:
    psycopg = _driver()
    try:
        connection = psycopg.connect(database, connect_timeout=ENOUGH_SECONDS, autocommit=True)
    except psycopg.Error as error:
        raise ReadError(f"the database cannot be reached ({_words(error)}); check that it runs") from None
    try:
        connection.execute("SET default_transaction_read_only = on")
        yield connection
    finally:
        connection.close()


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _fill(connection: Any, pull: Pull, spool: _Spool, progress: Progress) -> None:
    from psycopg import sql

    relation = sql.Identifier(*pull.relation.split("."))
    asked = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(relation))
    columns = [column.name for column in asked.description]
    for column in (pull.key, pull.geometry, pull.date):
        if column and column not in columns:
            raise ReadError(f"{pull.relation}: has no column '{column}'; it has {', '.join(columns)}")
    plain = [column for column in columns if column != pull.geometry]
    spool.begin([*plain, *((LON, LAT, WKT) if pull.geometry else ())], plain.index(pull.key))
    told = [sql.SQL("{}::text").format(sql.Identifier(column)) for column in plain] + _coordinates(pull, sql)
    where, values = _conditions(pull, sql)
    key = sql.Identifier("asked", pull.key)  # by itself it would be the text that is selected
    _check_key(connection, pull, sql)
    (whole,) = connection.execute(
        sql.SQL("SELECT count(*) FROM {}{}").format(relation, _where(where, sql)), values
    ).fetchone()
    while True:
        beyond = [] if spool.last is None else [sql.SQL("{} > {}").format(key, sql.Literal(spool.last))]
        page = connection.execute(
            sql.SQL("SELECT {} FROM {} AS asked{} ORDER BY {} LIMIT {}").format(
                sql.SQL(", ").join(told), relation, _where([*where, *beyond], sql), key, sql.Literal(PAGE)
            ),
            values,
        ).fetchall()
        if not page:
            return
        spool.add(page)
        progress(min(1.0, spool.rows / max(1, whole)))


def _check_key(connection: Any, pull: Pull, sql: Any) -> None:
    """A key that is empty or comes twice would lose rows at the borders of pages."""
    asked = sql.SQL("SELECT count(*), count({0}), count(DISTINCT {0}) FROM {1}").format(
        sql.Identifier(pull.key), sql.Identifier(*pull.relation.split("."))
    )
    rows, named, different = connection.execute(asked).fetchone()
    if different < rows:
        told = "is empty in some rows" if named < rows else "is the same in several rows"
        raise ReadError(f"{pull.relation}: {pull.key} {told}; name a column that tells all rows apart")


def _coordinates(pull: Pull, sql: Any) -> list[Any]:
    if not pull.geometry:
        return []
    shape = sql.SQL("ST_Transform({}, 4326)").format(sql.Identifier(pull.geometry))
    is_point = sql.SQL("GeometryType({}) = 'POINT'").format(sql.Identifier(pull.geometry))
    return [
        sql.SQL("CASE WHEN {} THEN ST_X({})::text END").format(is_point, shape),
        sql.SQL("CASE WHEN {} THEN ST_Y({})::text END").format(is_point, shape),
        sql.SQL("CASE WHEN NOT ({}) THEN ST_AsText({}) END").format(is_point, shape),
    ]


def _conditions(pull: Pull, sql: Any) -> tuple[list[Any], list[Any]]:
    """The conditions that every page has, and the values they ask with."""
    found: list[Any] = []
    values: list[Any] = []
    if pull.box is not None:
        if not pull.geometry:
            raise ReadError("a bounding box needs the column of the geometry")
        envelope = "ST_Intersects(ST_Transform({}, 4326), ST_MakeEnvelope(%s, %s, %s, %s, 4326))"
        found.append(sql.SQL(envelope).format(sql.Identifier(pull.geometry)))
        values += pull.box
    if (pull.first or pull.last) and not pull.date:
        raise ReadError("days need the column of the date")
    for day, sign in ((pull.first, ">="), (pull.last, "<=")):
        if day:
            found.append(sql.SQL("{}::date " + sign + " %s::date").format(sql.Identifier(pull.date)))
            values.append(day)
    return found, values


def _where(conditions: Sequence[Any], sql: Any) -> Any:
    return sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("")


class _Spool:
    """Rows on the disk, one line of JSON each, under a line that says what was asked and which columns there are."""

    def __init__(self, path: Path, pull: Pull) -> None:
        self._asked = hashlib.sha256(json.dumps(asdict(pull), sort_keys=True).encode()).hexdigest()
        self._path = path
        self._file: Any = None
        self._key = 0
        self.columns: list[str] = []
        self.last: str | None = None
        self.rows = 0

    def __enter__(self) -> _Spool:
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.close()

    def begin(self, columns: list[str], key: int) -> None:
        """Go on where an earlier pull of the same columns ended, or begin anew."""
        self.columns, self._key = columns, key
        head = json.dumps({"asked": self._asked, "columns": columns}).encode() + b"\n"
        kept = self._whole_lines(head)
        self._file = self._path.open("r+b" if kept else "wb")
        if kept:
            self._file.truncate(kept)
            self._file.seek(kept)
        else:
            self._file.write(head)

    def _whole_lines(self, head: bytes) -> int:
        """How many bytes of an earlier spool hold whole rows of the same; 0 when there is none."""
        try:
            with self._path.open("rb") as file:
                if file.readline() != head:
                    return 0
                whole = len(head)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self.last, self.rows, whole = json.loads(line)[self._key], self.rows + 1, whole + len(line)
        except (OSError, ValueError, LookupError):
            self.last, self.rows = None, 0
            return 0
        return whole

    def add(self, page: Sequence[Sequence[Any]]) -> None:
        """Bring a page to the disk."""
        self._file.writelines(json.dumps(list(row)).encode() + b"\n" for row in page)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.last, self.rows = page[-1][self._key], self.rows + len(page)

    def write_table(self, table: Path) -> None:
        """All rows as CSV, in one step."""
        part = table.with_name(f".{table.name}.part")
        try:
            with self._path.open("rb") as spooled, part.open("w", encoding="utf-8", newline="") as file:
                spooled.readline()
                writer = csv.writer(file)
                writer.writerow(self.columns)
                for line in spooled:
                    writer.writerow(["" if cell is None else cell for cell in json.loads(line)])
                file.flush()
                os.fsync(file.fileno())
            part.replace(table)
        finally:
            part.unlink(missing_ok=True)
