"""Pictures: a page, or the view, as PNG, SVG or PDF of any size; several scenes as a folder of them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from viewer.domain.frozen import dataclass
from viewer.draw.output.order import Order, Progress, Written
from viewer.draw.page import paint_page
from viewer.formats.exported import ExportError
from viewer.session.whole_file import whole_file, whole_folder

DPI = 96
"""Logical pixels in an inch, as browsers and SVG have it."""
POINTS = 72 / DPI
Paint = Callable[[QPainter, int, int], object]
"""Paints in a rectangle (0, 0, width, height) of logical pixels."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a picture is to be: logical pixels across and down, device pixels in each, what it is called."""

    size: tuple[int, int]
    ratio: float = 1.0
    title: str = ""


def write_picture(path: Path, store: Path | None, sheet: Sheet, paint: Paint) -> None:
    """A picture as a file, by the suffix of its name; whole or not at all. ExportError says why there is none."""
    with whole_file(path, store) as part:
        fill(part, path.suffix.casefold(), sheet, paint)


def obstacle_to_picture(path: Path, store: Path | None, sheet: Sheet, paint: Paint) -> str:
    """The same; what prevents it in one sentence, '' when it is written."""
    try:
        write_picture(path, store, sheet, paint)
    except ExportError as error:
        return str(error)
    return ""


def fill(path: Path, suffix: str, sheet: Sheet, paint: Paint) -> None:
    """Write a picture to a file that may be half written; OSError when it cannot be."""
    with writing(path) as file:
        FORMS[suffix](file, sheet, paint)


class Spool(QBuffer):
    """What Qt writes on the way to a file: its own files say nothing of a last piece that did not fit on the disk."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self.open(QIODevice.OpenModeFlag.WriteOnly)

    def drain(self) -> None:
        """Bring what was written so far to the file; OSError when it cannot be."""
        self._file.write(self.data().data())
        self.close()
        self.setData(b"")
        self.open(QIODevice.OpenModeFlag.WriteOnly)


@contextmanager
def writing(path: Path) -> Iterator[Spool]:
    """A file for Qt to write to; OSError when not all of it can be written."""
    with path.open("wb") as file:
        spool = Spool(file)
        yield spool
        spool.drain()


def _png(file: QIODevice, sheet: Sheet, paint: Paint) -> None:
    width, height = (round(side * sheet.ratio) for side in sheet.size)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise OSError("the picture does not fit into memory")
    image.setDevicePixelRatio(sheet.ratio)
    _painted(image, sheet, paint)
    save_png(image, file, sheet.ratio)


def save_png(image: QImage, file: QIODevice, ratio: float) -> None:
    """Write an image that is to be as large on paper, however many pixels make a logical one."""
    image.setDotsPerMeterX(round(DPI * ratio / 0.0254))
    image.setDotsPerMeterY(round(DPI * ratio / 0.0254))
    if not image.save(file, "PNG"):  # type: ignore[call-overload]
        raise OSError(errno.EIO, "it could not be encoded")


def _pdf(file: QIODevice, sheet: Sheet, paint: Paint) -> None:
    writer = pdf_writer(file, QSizeF(sheet.size[0] * POINTS, sheet.size[1] * POINTS), sheet.title)
    _painted(writer, sheet, paint)


def pdf_writer(file: QIODevice, points: QSizeF, title: str) -> QPdfWriter:
    """A PDF file of pages without margins, on which one unit is a logical pixel."""
    writer = QPdfWriter(file)
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(DPI)
    writer.setTitle(title)
    writer.setCreator("Badia")
    return writer


def _svg(file: QIODevice, sheet: Sheet, paint: Paint) -> None:
    drawing = QSvgGenerator()
    drawing.setOutputDevice(file)
    drawing.setResolution(DPI)
    drawing.setSize(QSize(*sheet.size))
    drawing.setViewBox(QRect(0, 0, *sheet.size))
    drawing.setTitle(sheet.title)
    _painted(drawing, sheet, paint)


def _painted(device: QImage | QPdfWriter | QSvgGenerator, sheet: Sheet, paint: Paint) -> None:
    painter = QPainter(device)
    if not painter.isActive():
        raise OSError("nothing can be painted there")
    try:
        paint(painter, *sheet.size)
    finally:
        painter.end()


FORMS = {".png": _png, ".svg": _svg, ".pdf": _pdf}
"""What writes a picture, by the suffix of its file."""


def write_scenes(suffix: str, order: Order, progress: Progress) -> Written:
    """One scene as a file; several as files in a new folder, numbered and in their order."""
    picture, sheet = order.picture, Sheet(order.size, order.ratio, order.title)
    paints = [lambda painter, *size, scene=scene: paint_page(painter, picture, scene, *size) for scene in order.scenes]
    if len(paints) == 1 and order.path.suffix:
        write_picture(order.path, picture.data.path, sheet, paints[0])
        progress(1.0)
        return Written(order.path, 1)
    with whole_folder(order.path) as part:
        for number, paint in enumerate(paints, start=1):
            progress((number - 1) / len(paints))
            fill(part / f"{number:03}{suffix}", suffix, sheet, paint)
    return Written(order.path, len(paints))


write_pngs = partial(write_scenes, ".png")
write_svgs = partial(write_scenes, ".svg")
