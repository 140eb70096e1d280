"""A person's own raster below the map: an MBTiles file, read as if somebody hostile had made it.

Most of these files have their tiles as a view, which a store may not have. So what a question may touch is checked by
SQLite while it reads the question: tables and views of the file, and no function, no recursion, no virtual table.
Nothing is held open: a file may go while it is shown.
"""

from __future__ import annotations

import math
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from viewer.domain.frozen import dataclass
from viewer.domain.records import Problem
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile
from viewer.store.open import checked_file
from viewer.untrusted import Identity, beside, identity_of

SUFFIX = ".mbtiles"
WHOLE_WORLD = (-180.0, -90.0, 180.0, 90.0)
DEEPEST = 24
"""Tiles of this level are two metres wide; nobody can zoom farther."""
MAX_TILE_BYTES = 4_000_000
MAX_WORDS = 500
LOOK_SECONDS = 3.0
"""How long the first look may take; with an index over the tiles it takes milliseconds."""
TOO_LARGE = f"has more than {MAX_TILE_BYTES // 1_000_000} MB"
UNREADABLE = "cannot be read from the file, which is damaged there"
NO_BLOB = "is no picture"
LATE = "could not be read in time"
VECTOR_FORMATS = ("pbf", "mvt", "application/x-protobuf")
_ASKED = ("name", "format", "bounds", "attribution", "scheme")
_MARKUP = re.compile(r"<[^<>]*>")
_GZIP = b"\x1f\x8b"
_READS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_SCHEMA = frozenset({"sqlite_master", "sqlite_schema"})

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


class NoTileSetError(StoreError):
    """The file may be good for something, but holds no tiles."""


class TileError(Exception):
    """Why one tile cannot be had; a reason that stands after "a tile"."""


class LateError(TileError):
    """The time for a picture is over: other tiles would come too late as well."""


@dataclass(frozen=True)
class TileSet:
    """What a file says of its tiles. levels: those that have any, ascending; flipped: rows count from the south."""

    path: Path
    identity: Identity
    uri: str
    sources: frozenset[str]
    """The tables and views that may be read."""
    name: str
    attribution: str
    bounds: Bounds
    levels: tuple[int, ...]
    flipped: bool = True
    sample: bytes | None = None
    """Some tile, from which their size can be told."""
    notices: tuple[Problem, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the file was replaced, rewritten or removed since."""
        try:
            return identity_of(self.path.stat()) != self.identity
        except OSError:
            return True

    @contextmanager
    def reading(self, seconds: float) -> Iterator[TileReader]:
        """Tiles for one picture, within so many seconds for all of them; StoreError when the file cannot be read."""
        with _connected(self.path, self.identity, self.uri, self.sources) as file:
            yield TileReader(file, self.flipped, time.monotonic() + seconds)


@dataclass(frozen=True)
class TileReader:
    """Hands out tiles while the file is open."""

    file: StoreFile
    flipped: bool
    until: float

    def tile(self, level: int, column: int, row: int) -> bytes | None:
        """The bytes of a tile, None where there is none; rows count from the north. TileError says why not."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise LateError(LATE)
        at = level, column, 2**level - 1 - row if self.flipped else row
        query = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1"
        try:
            found = self.file.within(left).execute(query, at).fetchone()
        except sqlite3.DataError:
            raise TileError(TOO_LARGE) from None
        except sqlite3.Error as error:
            if self.file.late:
                raise LateError(LATE) from error
            raise TileError(UNREADABLE) from None
        if found is None or found[0] in (None, b""):
            return None
        if not isinstance(found[0], bytes):
            raise TileError(NO_BLOB)
        return found[0]


def open_tiles(path: Path) -> TileSet:
    """What is in an MBTiles file; StoreError says in one sentence why it cannot be drawn."""
    identity, write_ahead = _checked(path)
    uri = f"file:{quote(os.fsencode(path.resolve()))}?mode=ro{'&immutable=1' if write_ahead else ''}"
    with _connected(path, identity, uri, _SCHEMA) as file:
        sources = _sources(file)
    with _connected(path, identity, uri, sources) as file:
        about, notices = _about(file) if "metadata" in sources else ({}, [f"has no metadata; {_UNSAID}"])
        if about.get("format", "").casefold() in VECTOR_FORMATS:
            raise _vector(path)
        levels, beyond = _levels(file)
        if not levels:
            raise StoreError(f"{path}: holds no tile from level 0 to {DEEPEST}; choose another file")
        sample = _sample(file, levels[0])
    if sample is not None and sample.startswith(_GZIP):
        raise _vector(path)
    bounds = _bounds(about.get("bounds", ""))
    if bounds is None and about.get("bounds"):
        notices.append("states bounds that are none; tiles are drawn wherever there are any")
    if beyond:
        notices.append(f"has tiles beyond the map at level {beyond}; they are left out")
    return TileSet(
        path, identity, uri, sources, _plain(about.get("name", "")) or path.stem, _plain(about.get("attribution", "")),
        bounds or WHOLE_WORLD, levels, about.get("scheme", "").casefold() != "xyz", sample,
        tuple(Problem(path.name, notice) for notice in notices),
    )  # fmt: skip


_UNSAID = "nobody says whose picture it is"


def _checked(path: Path) -> tuple[Identity, bool]:
    try:
        identity, write_ahead = checked_file(path, "tile set", "choose an MBTiles file")
    except StoreError as error:
        raise NoTileSetError(str(error)) from None
    if any(part.is_file() and part.stat().st_size for part in beside(path.resolve())):
        raise StoreError(f"{path}: has unfinished changes beside it; close the program that writes it")
    return identity, write_ahead


def _vector(path: Path) -> StoreError:
    return StoreError(f"{path}: holds vector tiles (pbf); choose a file with raster tiles: PNG, JPEG or WebP")


@contextmanager
def _connected(path: Path, identity: Identity, uri: str, sources: frozenset[str]) -> Iterator[StoreFile]:
    """The file on a connection that can do nothing but read from these tables and views."""
    def prepare(database: sqlite3.Connection) -> None:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TILE_BYTES)
        database.set_authorizer(_allowing(sources))

    file = StoreFile(path, identity, prepare=prepare)
    try:
        with file.reading():
            file.attach(uri, spare=False)
            try:
                yield file
            except sqlite3.Error as error:
                if file.late:
                    raise StoreError(
                        f"{path}: takes too long to look through; it needs an index over level, column and row"
                    ) from None
                if "not authorized" in str(error) or "prohibited" in str(error):
                    raise StoreError(
                        f"{path}: does more to find a tile than look it up, which is code; choose another file"
                    ) from None
                raise
    finally:
        file.close()


def _allowing(sources: frozenset[str]) -> Callable[..., int]:
    """What SQLite asks before it does anything: tables and views of the file may be read, and that is all."""

    def allowed(action: int, what: str | None, more: str | None, database: str | None, within: str | None) -> int:
        fits = action != sqlite3.SQLITE_READ or (database in ("main", None) and str(what).casefold() in sources)
        return sqlite3.SQLITE_OK if action in _READS and fits else sqlite3.SQLITE_DENY

    return allowed


def _sources(file: StoreFile) -> frozenset[str]:
    """Its tables and views, without virtual tables, which are code."""
    rows = file.within(LOOK_SECONDS).execute("SELECT type, name, rootpage FROM sqlite_master").fetchall()
    named = {str(name).casefold() for kind, name, root in rows if kind == "view" or (kind == "table" and root)}
    if "tiles" not in named:
        raise NoTileSetError(f"{file.path}: is a SQLite file but has no tiles; choose an MBTiles file")
    return frozenset(named)


def _about(file: StoreFile) -> tuple[dict[str, str], list[str]]:
    """What the metadata say, and what is wrong with them."""
    places = ", ".join("?" * len(_ASKED))
    query = f"SELECT name, value FROM metadata WHERE name IN ({places}) LIMIT 50"
    try:
        rows = file.within(LOOK_SECONDS).execute(query, _ASKED).fetchall()
    except (sqlite3.OperationalError, sqlite3.DataError):
        if file.late:
            raise
        return {}, [f"has metadata that cannot be read; {_UNSAID}"]
    return {str(name): str(value)[: 2 * MAX_WORDS].strip() for name, value in rows if value is not None}, []


def _levels(file: StoreFile) -> tuple[tuple[int, ...], str]:
    """The levels that have tiles; and those, in words, whose first tile lies beyond the map."""
    until = time.monotonic() + LOOK_SECONDS
    query = "SELECT tile_column, tile_row FROM tiles WHERE zoom_level = ? LIMIT 1"
    found, beyond = [], []
    for level in range(DEEPEST + 1):
        row = file.within(until - time.monotonic()).execute(query, (level,)).fetchone()
        if row is not None:
            found.append(level)
            if not all(isinstance(number, int) and 0 <= number < 2**level for number in row):
                beyond.append(str(level))
    return tuple(found), ", ".join(beyond)


def _sample(file: StoreFile, level: int) -> bytes | None:
    query = "SELECT tile_data FROM tiles WHERE zoom_level = ? LIMIT 1"
    try:
        found = file.within(LOOK_SECONDS).execute(query, (level,)).fetchone()
    except sqlite3.DataError:
        return None  # it is too large: told where it should be drawn
    return found[0] if found is not None and isinstance(found[0], bytes) else None


def _bounds(text: str) -> Bounds | None:
    """Bounds as the metadata state them; None when they are none."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not all(map(math.isfinite, (west, south, east, north))):
        return None
    return (west, south, east, north) if -180 <= west < east <= 180 and -90 <= south < north <= 90 else None


def _plain(text: str) -> str:
    """Words without the links and other markup that attributions often have, and on one line."""
    from html import unescape  # loads the names of all characters, which no map without tiles needs

    words = unescape(_MARKUP.sub("", text))
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())[:MAX_WORDS]
