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
    """Painted once and kept, as it is the very same while only time moves; the sources stay while the view moves."""

    def __init__(self, picture: MapPicture) -> None:
        self._picture = picture
        self._kept: tuple[object, QImage] = None, QImage()
        self._sources: tuple[object, QImage] = None, QImage()
        """The line of sources, with room for the bar above it."""
        self._known_cards: tuple[object, tuple[QRectF, ...]] = None, ()

    def cards(self, state: State, width: int, height: int) -> tuple[QRectF, ...]:
        """Where it lies on a map of width times height pixels."""
        credits = self._picture.credits(state, (width, height))
        key = (state.camera, width, height, state.theme, state.units, credits)
        if self._known_cards[0] != key:
            tokens = self._picture.tokens(state.theme)
            self._known_cards = key, foot_cards(state, width, height, tokens, self._picture.data, credits)
        return self._known_cards[1]

    def image(self, state: State, width: int, height: int, ratio: float) -> QImage:
        """What stands at the foot of a map of width times height pixels, `ratio` device pixels in each."""
        strip, bar = self.cards(state, width, height)
        credits = self._picture.credits(state, (width, height))
        key = (state.camera, width, height, state.theme, state.units, ratio, credits)
        if self._kept[0] != key:
            high = math.ceil(height - min(strip.top(), bar.top())) + 2
            image = self._with_sources(state, width, high, ratio, credits).copy()
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(0, high - height)
            tokens = self._picture.tokens(state.theme)
            paint_scale_bar(painter, width, height, height - strip.height(), tokens, state)
            painter.end()
            self._kept = key, image
        return self._kept[1]

    def _with_sources(self, state: State, width: int, high: int, ratio: float, credits: tuple[str, ...]) -> QImage:
        """An image of width times `high` pixels with the line of sources at its foot."""
        key = (width, high, state.theme, ratio, credits)
        if self._sources[0] != key:
            image = QImage(round(width * ratio), round(high * ratio), QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_sources(painter, width, high, self._picture.tokens(state.theme), self._picture.data, credits)
            painter.end()
            self._sources = key, image
        return self._sources[1]
