"""MBTiles files made for tests: small tiles that Qt paints, and every way in which such a file can be wrong."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from viewer.geo.projection import point_to_map
from viewer.session.commands import MAP_LIMIT

Cell = tuple[int, int, int]
"""Level, column, and row from the north."""
SYRIA = (36.0, 32.0, 45.0, 38.0)
TABLE = "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)"
INDEX = "CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)"
ABOUT = {"name": "A test", "format": "png", "attribution": "(c) <a href='https://x.invalid'>The testers</a> &amp; co"}


def cells(level: int, box: tuple[float, float, float, float] = SYRIA) -> list[Cell]:
    """The tiles of a level that touch a box in degrees."""
    (left, bottom), (right, top) = point_to_map(*box[:2]), point_to_map(*box[2:])
    width = 2 * MAP_LIMIT / 2**level
    columns = range(int((left + MAP_LIMIT) // width), int((right + MAP_LIMIT) // width) + 1)
    rows = range(int((MAP_LIMIT - top) // width), int((MAP_LIMIT - bottom) // width) + 1)
    return [(level, column, row) for row in rows for column in columns]


@lru_cache(maxsize=512)
def picture(colour: str, side: int = 256, kind: str = "PNG", words: str = "") -> bytes:
    """A tile of one colour, with words in it."""
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    if words:
        painter = QPainter(image)
        painter.setPen(QColor("black"))
        painter.drawRect(0, 0, side - 1, side - 1)
        painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG that says it is huge; there is no more of it than a row."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


def write(
    path: Path, tiles: Mapping[Cell, object], about: Mapping[str, str] | None = ABOUT,
    schema: Iterable[str] = (TABLE, INDEX),
) -> Path:  # fmt: skip
    """A file of tiles; about: its metadata, None for no such table."""
    with closing(sqlite3.connect(path)) as database, database:
        for statement in schema:
            database.execute(statement)
        if about is not None:
            database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
            database.executemany("INSERT INTO metadata VALUES (?, ?)", about.items())
        rows = ((level, column, 2**level - 1 - row, content) for (level, column, row), content in tiles.items())
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    return path


def as_view(path: Path, select: str = "SELECT * FROM map", name: str = "tiles") -> Path:
    """Turn the table of tiles into one of another name, and a view in its place."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("ALTER TABLE tiles RENAME TO map")
        database.execute(f"CREATE VIEW {name} AS {select}")
    return path


def checker(path: Path, levels: Iterable[int] = range(4, 9), **other: object) -> Path:
    """Tiles over Syria with their level, column and row painted on them, light and dark in turn."""
    colours = ("#f2d7a0", "#a9cfa0")
    tiles = {
        cell: picture(colours[(cell[1] + cell[2]) % 2], words="/".join(map(str, cell)))
        for level in levels
        for cell in cells(level)
    }
    return write(path, tiles, **other)  # type: ignore[arg-type]
