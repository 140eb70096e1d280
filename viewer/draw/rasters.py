"""Tiles of a raster file to pixels: decoded when they are seen, each within limits, and none can stop the map.

What cannot be drawn is drawn from a coarser level, or left open, and counted by its reason.
"""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QImage, QImageReader, QPainter

from viewer.domain.frozen import dataclass
from viewer.domain.records import Problem
from viewer.draw.screen import Screen
from viewer.geo.projection import point_to_map
from viewer.session.commands import MAP_LIMIT
from viewer.session.state import Raster
from viewer.store.errors import StoreError
from viewer.store.tiles import LateError, TileError, TileReader, TileSet, open_tiles

LOG = logging.getLogger(__name__)
BUDGET = 64_000_000
"""Bytes of decoded tiles that are kept."""
MISSING_BYTES = 200
"""What it costs to remember that there is no tile."""
MAX_SIDE = 2048
USUAL_SIDE = 256
MAX_TILES = 1600
"""Tiles of one picture; more are taken from a coarser level."""
MAX_COARSER = 8
"""Over more levels a tile of the finer one is less than a pixel of the coarser."""
TOO_LONG = "takes too long to read; the map goes on without the rest of it"
GOES_ON = "takes long to read; the rest of it follows"
PICTURE_SECONDS = 4.0
MAX_COUNTED = 10_000
NOT_KNOWN = "is neither PNG, JPEG nor WebP"
TOO_WIDE = f"is wider or higher than {MAX_SIDE:,} pixels"
BROKEN = "is a picture that is damaged or cut off"

Cell = tuple[int, int, int]
"""Level, column, and row from the north."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was painted last."""

    raster: Raster
    screen: Screen
    any: bool
    """Whether there was anything of it."""


class Rasters:
    """Paints the raster that was chosen, and knows what is wrong with it. One thread at a time."""

    def __init__(self) -> None:
        self._path = ""
        self._set: TileSet | None = None
        self._refusal = ""
        self._side = USUAL_SIDE
        self._tiles: OrderedDict[Cell, QImage | None] = OrderedDict()
        self._bytes = 0
        self._bad: dict[str, set[Cell]] = {}
        self._short: dict[float, str] = {}
        """By scale, why a picture lacks tiles that are in the file."""
        self._shown: Shown | None = None
        self._fetched = 0
        """How many tiles were ever read."""
        self.unfinished = False
        """Whether the last picture lacks tiles for want of time, and another one of the same would have more."""

    def covers(self, raster: Raster, screen: Screen) -> bool:
        """Whether a view was just painted, so that nothing has to be read for it."""
        shown = self._shown
        return (
            shown is not None and shown.raster == raster
            and shown.screen.camera.scale == screen.camera.scale and shown.screen.holds(screen)
        )  # fmt: skip

    def credit(self, raster: Raster, screen: Screen | None = None) -> str:
        """Whose picture it is, or at least which file; '' where a view is known to hold nothing of it."""
        found = self._set if self._path == raster.path else None
        if found is None:
            return Path(raster.path).name if not self._refusal else ""
        if screen is not None and not self._may_draw(raster, found, screen):
            return ""
        return found.attribution or found.name

    def _may_draw(self, raster: Raster, found: TileSet, screen: Screen) -> bool:
        """Whether a view may hold something of a set of tiles: its box does, and it was not painted without any."""
        shown = self._shown  # another thread may paint meanwhile
        nothing = shown is not None and not shown.any and self.covers(raster, screen)
        return not nothing and not _box(screen, found.bounds).isEmpty()

    def problems(self, raster: Raster, scale: float) -> tuple[Problem, ...]:
        """What is wrong with it as far as it was looked at, and at a scale: each kind once with its number."""
        if self._path != raster.path:
            return ()
        name = Path(raster.path).name
        if self._refusal:
            return (Problem(name, self._refusal),)
        found = [] if self._set is None else list(self._set.notices)
        found += [Problem(name, _counted(len(cells), reason)) for reason, cells in self._bad.items()]
        return (*found, *([Problem(name, self._short[scale])] if scale in self._short else ()))

    def paint(self, painter: QPainter, screen: Screen, ratio: float, raster: Raster) -> None:
        """The part of a raster that a view holds; on paper where there is none."""
        found, scale, fetched = self._opened(raster.path), screen.camera.scale, self._fetched
        self._short.pop(scale, None)
        self.unfinished, drawn = False, False
        if found is not None and (cells := self._cells(found, screen, ratio)):
            painter.setOpacity(raster.opacity / 100)
            painter.setClipRect(_box(screen, found.bounds))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            try:
                with found.reading(PICTURE_SECONDS) as reader:
                    drawn = self._paint(painter, screen, ratio, found, reader, cells)
            except LateError:
                drawn = True  # as far as anybody knows
                self.unfinished = self._fetched > fetched  # what was read is kept, so each try gets further
                self._short[scale] = GOES_ON if self.unfinished else TOO_LONG
            except StoreError as error:
                self._short[scale] = _without(str(error), raster.path)
        self._shown = None if self.unfinished else Shown(raster, screen, drawn)

    def _opened(self, path: str) -> TileSet | None:
        """What is in the file now; looked at again when it is another one, or has changed."""
        if self._path == path and self._set is not None and not self._set.changed:
            return self._set
        self._path, self._set, self._refusal, self._side = path, None, "", USUAL_SIDE
        self._tiles.clear()
        self._bad.clear()
        self._short.clear()
        self._bytes = 0
        try:
            self._set = open_tiles(Path(path))
        except StoreError as error:
            self._refusal = _without(str(error), path)
            return None
        if self._set.sample is not None:
            try:
                self._side = decoded(self._set.sample).width()
            except TileError:
                LOG.info("the first tile of %s cannot be drawn", path)
        return self._set

    def _cells(self, found: TileSet, screen: Screen, ratio: float) -> list[Cell]:
        """The tiles in view of the level that fits best; of a coarser one where those would be too many."""
        fitting = level_for(screen.camera.scale / ratio, self._side, found.levels)
        for level in (fitting, *(one for one in reversed(found.levels) if one < fitting)):
            columns, rows = _seen(level, screen, found.bounds)
            if len(columns) * len(rows) <= MAX_TILES:
                return [(level, column, row) for row in rows for column in columns]
        self._short[screen.camera.scale] = "has only tiles for larger scales; zoom in to see it"
        return []

    def _paint(
        self, painter: QPainter, screen: Screen, ratio: float, found: TileSet, reader: TileReader, cells: list[Cell]
    ) -> bool:
        """Whether there was any tile."""
        drawn = False
        for cell in cells:
            place = _pixels(cell, screen, ratio)
            for coarser in _standing_in(cell, found.levels):
                image = self._image(reader, coarser)
                if image is not None:
                    painter.drawImage(place, image, _part(cell, coarser, image))
                    drawn = True
                    break
        return drawn

    def _image(self, reader: TileReader, cell: Cell) -> QImage | None:
        if cell in self._tiles:
            self._tiles.move_to_end(cell)
            return self._tiles[cell]
        image: QImage | None = None
        try:
            content = reader.tile(*cell)
            self._fetched += 1
            image = decoded(content) if content is not None else None
        except LateError:
            raise
        except TileError as error:
            counted = self._bad.setdefault(str(error), set())
            if len(counted) < MAX_COUNTED:
                counted.add(cell)
        self._keep(cell, image)
        return image

    def _keep(self, cell: Cell, image: QImage | None) -> None:
        self._tiles[cell] = image
        self._bytes += _weight(image)
        while self._bytes > BUDGET and len(self._tiles) > 1:
            self._bytes -= _weight(self._tiles.popitem(last=False)[1])


def decoded(content: bytes) -> QImage:
    """A tile as an image; TileError says why not. Its size is looked at before any pixel is."""
    kind = _kind(content)
    if not kind:
        raise TileError(NOT_KNOWN)
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if not size.isValid() or size.isEmpty():
        raise TileError(BROKEN)
    if max(size.width(), size.height()) > MAX_SIDE:
        raise TileError(TOO_WIDE)
    image = reader.read()
    if image.isNull() or image.size() != size:
        raise TileError(BROKEN)
    clear = image.hasAlphaChannel()
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied if clear else QImage.Format.Format_RGB32)


def _kind(content: bytes) -> bytes:
    """What it is by its first bytes: Qt would try formats that nobody asked for."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"png"
    if content.startswith(b"\xff\xd8\xff"):
        return b"jpeg"
    return b"webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else b""


def level_for(metres: float, side: int, levels: tuple[int, ...]) -> int:
    """The level of which a pixel of a tile is most nearly as large as one of the device, in map metres."""
    wanted: float = math.log2(2 * MAP_LIMIT / (side * metres))
    return min(levels, key=lambda level: abs(level - wanted))


def _seen(level: int, screen: Screen, bounds: tuple[float, ...]) -> tuple[range, range]:
    """Columns and rows of a level that a view within some bounds touches."""
    west, south, east, north = screen.bounds
    (left, low), (right, high) = point_to_map(*bounds[:2]), point_to_map(*bounds[2:])
    west, south, east, north = max(west, left), max(south, low), min(east, right), min(north, high)
    if west >= east or south >= north:
        return range(0), range(0)
    width, last = 2 * MAP_LIMIT / 2**level, (1 << level) - 1

    def at(metres: float, end: bool) -> int:
        steps = metres / width
        found = math.ceil(steps) - 1 if end else math.floor(steps)
        return 0 if found < 0 else min(found, last)

    columns = range(at(west + MAP_LIMIT, False), at(east + MAP_LIMIT, True) + 1)
    return columns, range(at(MAP_LIMIT - north, False), at(MAP_LIMIT - south, True) + 1)


def _standing_in(cell: Cell, levels: tuple[int, ...]) -> Iterator[Cell]:
    """The tile, and those of coarser levels that hold it."""
    level, column, row = cell
    for coarser in reversed(levels):
        if 0 <= level - coarser <= MAX_COARSER:
            yield coarser, column >> (level - coarser), row >> (level - coarser)


def _part(cell: Cell, coarser: Cell, image: QImage) -> QRectF:
    """Where a tile lies in the image of one that holds it."""
    steps = 2 ** (cell[0] - coarser[0])
    width, height = image.width() / steps, image.height() / steps
    return QRectF((cell[1] % steps) * width, (cell[2] % steps) * height, width, height)


def _pixels(cell: Cell, screen: Screen, ratio: float) -> QRectF:
    """Where a tile lies, on whole device pixels: neighbours share an edge, without a gap or overlap."""
    level, column, row = cell
    width = 2 * MAP_LIMIT / 2**level
    left, top = screen.point_px(column * width - MAP_LIMIT, MAP_LIMIT - row * width)
    right, bottom = screen.point_px((column + 1) * width - MAP_LIMIT, MAP_LIMIT - (row + 1) * width)
    x0, y0, x1, y1 = (round(edge * ratio) / ratio for edge in (left, top, right, bottom))
    return QRectF(x0, y0, x1 - x0, y1 - y0)


def _box(screen: Screen, bounds: tuple[float, ...]) -> QRectF:
    """Bounds in degrees as pixels of a view, cut to what its rasterizer can count."""
    left, top, right, bottom = screen.box_px((*point_to_map(*bounds[:2]), *point_to_map(*bounds[2:])))
    return QRectF(left, top, right - left, bottom - top).intersected(QRectF(0, 0, screen.width, screen.height))


def _weight(image: QImage | None) -> int:
    return MISSING_BYTES if image is None else int(image.sizeInBytes())


def _counted(number: int, reason: str) -> str:
    more = "or more " if number >= MAX_COUNTED else ""
    tiles = "1 tile" if number == 1 else f"{number:,} {more}tiles, each of which"
    return f"{tiles} {reason}; a coarser one or paper stands there"


def _without(sentence: str, path: str) -> str:
    """A sentence about a file without its path, which stands beside it."""
    return sentence.removeprefix(f"{path}: ")
