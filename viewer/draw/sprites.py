"""Small pictures painted once and laid down often: most marks of a day look like some other."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import field

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter

from viewer.domain.frozen import dataclass

MOST = 4000
"""Pictures kept; enough for every look of a large data set, and about 20 MB."""


Laid = tuple[QPointF, QImage]
"""The upper left corner of a picture in logical pixels, and the picture."""
Sprite = tuple[Hashable, Callable[[QPainter], None]]
"""What a picture shows, and what paints it around the origin."""


@dataclass
class Sprites:
    """Pictures by what they show and the device pixels in a logical one."""

    kept: dict[Hashable, QImage] = field(default_factory=dict)

    def paint(
        self, painter: QPainter, key: Hashable, half: tuple[float, float], px: float, py: float,
        draw: Callable[[QPainter], None], ratio: float | None = None,
    ) -> None:
        """Lay the picture of `key` with its middle at (px, py); `draw` makes it around the origin.

        half: half the width and height it may take, in logical pixels; ratio: device pixels in a logical one, where
        the device does not know it. A vector device gets it drawn.
        """  # fmt: skip
        if painter.paintEngine().type() == QPaintEngine.Type.Raster:
            ratio = ratio or float(painter.device().devicePixelRatioF())
            painter.drawImage(*self.laid(key, half, px, py, draw, ratio))
            return
        painter.save()
        painter.translate(px, py)
        draw(painter)
        painter.restore()

    def laid(
        self, key: Hashable, half: tuple[float, float], px: float, py: float, draw: Callable[[QPainter], None],
        ratio: float,
    ) -> Laid:  # fmt: skip
        """The same picture and where its corner lies, for an image of `ratio` device pixels in a logical one."""
        left, top = round((px - half[0]) * ratio) / ratio, round((py - half[1]) * ratio) / ratio
        return QPointF(left, top), self.picture(key, draw, half, ratio)

    def picture(
        self, key: Hashable, draw: Callable[[QPainter], None], half: tuple[float, float], ratio: float
    ) -> QImage:
        """The picture alone."""
        sprite = self.kept.get((key, ratio))
        if sprite is None:
            if len(self.kept) >= MOST:
                self.kept.clear()
            sprite = self.kept[key, ratio] = _made(half, ratio, draw)
        return sprite


def _made(half: tuple[float, float], ratio: float, draw: Callable[[QPainter], None]) -> QImage:
    width, height = (max(1, round(2 * side * ratio)) for side in half)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.translate(*half)
    try:
        draw(painter)
    finally:
        painter.end()
    return image
