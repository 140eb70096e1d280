"""The lowest part of the map: the line of sources, and the scale bar above it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from viewer.draw.frame import foot_cards, paint_scale_bar, paint_sources
from viewer.session.state import State

if TYPE_CHECKING:
    from viewer.draw.picture import MapPicture

class MapFoot:
    """Painted once and kept, as it is the very same while only time moves."""

    def __init__(self, picture: MapPicture) -> None:
        self._picture = picture
        self._kept: tuple[object, QImage] = None, QImage()

    def cards(self, state: State, width: int, height: int) -> tuple[QRectF, ...]:
        """Where it lies on a map of width times height pixels."""
        tokens, credits = self._picture.tokens(state.theme), self._picture.credits(state)
        return foot_cards(state, width, height, tokens, self._picture.data, credits)

    def image(self, state: State, width: int, height: int, ratio: float) -> QImage:
        """What stands at the foot of a map of width times height pixels, `ratio` device pixels in each."""
        credits = self._picture.credits(state)
        key = (state.camera, width, height, state.theme, state.units, ratio, credits)
        if self._kept[0] != key:
            high = math.ceil(height - min(card.top() for card in self.cards(state, width, height))) + 2
            image = QImage(round(width * ratio), round(high * ratio), QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            painter, tokens = QPainter(image), self._picture.tokens(state.theme)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(0, high - height)
            strip = paint_sources(painter, width, height, tokens, self._picture.data, credits)
            paint_scale_bar(painter, width, height, height - strip.height(), tokens, state)
            painter.end()
            self._kept = key, image
        return self._kept[1]
