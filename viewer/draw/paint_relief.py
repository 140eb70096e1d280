"""The relief as one small image that is drawn as large as the map needs it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from viewer.draw.screen import Screen
from viewer.draw.tokens import Tokens
from viewer.draw.unlocked import lay_image
from viewer.geo.basemap import Relief

RIM = 0.06
"""So much of the shorter side of the relief, along its border, fades."""


def paint_relief(painter: QPainter, relief: Relief, screen: Screen, tokens: Tokens) -> None:
    """Lay the part of the relief that a view shows onto the paper, smoothly enlarged."""
    image = relief_image(relief, tokens)
    west, south, east, north = relief.bounds
    wide, high = (east - west) / (image.width() - 1), (north - south) / (image.height() - 1)
    left, low, right, top = screen.bounds
    # Pixels of the image that the view shows, and one more on each side; the outermost reach half a pixel further.
    x0, x1 = max(0, int((left - west) / wide) - 1), min(image.width(), int((right - west) / wide) + 3)
    y0, y1 = max(0, int((north - top) / high) - 1), min(image.height(), int((north - low) / high) + 3)
    if x0 >= x1 or y0 >= y1:
        return
    (px, py), (qx, qy) = (
        screen.point_px(west + (x - 0.5) * wide, north - (y - 0.5) * high) for x, y in ((x0, y0), (x1, y1))
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    lay_image(painter, QRectF(px, py, qx - px, qy - py), image, QRectF(x0, y0, x1 - x0, y1 - y0))
    painter.restore()


def relief_image(relief: Relief, tokens: Tokens) -> QImage:
    """The shading in the colours of a theme, transparent where the land is flat."""
    known = tokens.memo.get("relief")
    if known is None or known[0] is not relief:
        known = tokens.memo["relief"] = relief, _coloured(relief, tokens)
    image: QImage = known[1]
    return image


def _coloured(relief: Relief, tokens: Tokens) -> QImage:
    """A table of 255 colours, from the deepest shadow to the brightest light, looked up for each pixel."""
    dark, light = tokens.colour("relief_shadow"), tokens.colour("relief_light")
    table = np.array([_premultiplied(dark if step < 0 else light, abs(step) / 127) for step in range(-127, 128)])
    shade = np.round(relief.shade * _fading(relief.shade.shape)).astype(np.int16)
    pixels = np.ascontiguousarray(table.astype(np.uint32)[shade + 127])
    high, wide = pixels.shape
    image = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()  # with a memory of its own


def _fading(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """How much of the shading is left at each pixel: it fades to nothing where its heights end, as the land goes on."""
    wide = RIM * min(shape)
    high, across = (
        np.clip((np.minimum(np.arange(length), np.arange(length)[::-1])) / max(wide, 1.0), 0.0, 1.0) for length in shape
    )
    rim = np.minimum.outer(high, across)
    smooth: NDArray[np.float64] = rim * rim * (3 - 2 * rim)
    return smooth


def _premultiplied(colour: QColor, share: float) -> int:
    alpha = colour.alphaF() * share
    red, green, blue = (round(part * alpha) for part in (colour.red(), colour.green(), colour.blue()))
    return (round(255 * alpha) << 24) | (red << 16) | (green << 8) | blue
