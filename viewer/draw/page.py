"""A scene as a page: the map with date, title, caption, legend, scale, sources and marking, on any paint device.

Presenter, pictures, handouts, slides and films all paint their pages here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.drawn import Drawn
from viewer.draw.frame import (
    MARGIN,
    PAD,
    Row,
    counter_words,
    date_words,
    paint_card,
    paint_legend,
    paint_maps,
    paint_rows,
    paint_scale_bar,
    paint_sources,
)
from viewer.draw.paint_measure import paint_overlay
from viewer.draw.picture import MapPicture
from viewer.draw.tokens import Tokens
from viewer.session.scenes import fitted
from viewer.session.selectors import counters
from viewer.session.state import CARD_CORNERS, CARDS, Scene, State

USUAL_HEIGHT = 720.0
"""Logical pixels of a page whose words have their usual size; on a larger one they are larger."""
LARGEST, SMALLEST = 4.0, 0.6
WIDEST_CARD = 0.36
"""Of the width of a page."""
GAP = 8.0
PREFERRED = {"date": "nw", "legend": "sw", "caption": "ne"}
ELSEWHERE = 1.5
"""How many marks covered weigh as much as a card in another corner than the usual."""
VEIL = 0.8
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True, eq=False)
class Page:
    """A page that was painted: what its map shows, and where its cards lie, in logical pixels."""

    drawn: Drawn
    cards: dict[str, QRectF]


def page_image(picture: MapPicture, scene: Scene, width: int, height: int, ratio: float = 1.0) -> QImage:
    """The page of a scene as an image of width times height logical pixels, `ratio` device pixels in each."""
    image = QImage(max(1, round(width * ratio)), max(1, round(height * ratio)), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    try:
        paint_page(painter, picture, scene, width, height)
    finally:
        painter.end()
    return image


def paint_page(painter: QPainter, picture: MapPicture, scene: Scene, width: int, height: int) -> Page:
    """The page of a scene in the rectangle (0, 0, width, height) of logical pixels."""
    state = fitted(scene, width, height)
    scratch = QImage(max(1, width), max(1, height), QImage.Format.Format_RGB32)
    trial = QPainter(scratch)
    try:
        cards = paint_cards(trial, picture, scene, state, paint_maps(trial, picture, state, width, height))
    finally:
        trial.end()
    clear = tuple(cards.values())
    drawn = paint_maps(painter, picture, state, width, height, clear)
    paint_overlay(painter, drawn.screen, state, picture.tokens(state.theme), clear=clear)
    return Page(drawn, paint_cards(painter, picture, scene, state, drawn))


def paint_cards(painter: QPainter, picture: MapPicture, scene: Scene, state: State, drawn: Drawn) -> dict[str, QRectF]:
    """All that lies on the map of a scene whose state is `state`; the rectangles it took."""
    width, height = drawn.screen.width, drawn.screen.height
    scale = min(max(height / USUAL_HEIGHT, SMALLEST), LARGEST)
    sheet = _Sheet(picture, scene, state, drawn, width / scale, height / scale, scale)
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    cards = sheet.paint_words(painter) if scene.kind != "map" else sheet.paint_map_cards(painter)
    painter.restore()
    return {name: QRectF(card.topLeft() * scale, card.size() * scale) for name, card in cards.items()}


@dataclass(frozen=True, eq=False)
class _Sheet:
    """The page in the units of its words: width and height of it, and how many logical pixels one of them has."""

    picture: MapPicture
    scene: Scene
    state: State
    drawn: Drawn
    width: float
    height: float
    scale: float

    @property
    def tokens(self) -> Tokens:
        return self.picture.tokens(self.state.theme)

    @property
    def marking(self) -> str:
        return self.scene.marking or self.picture.data.meta.marking

    def paint_map_cards(self, painter: QPainter) -> dict[str, QRectF]:
        cards = self._paint_edges(painter)
        camera = replace(self.state.camera, scale=self.state.camera.scale * self.scale)
        below = replace(self.state, camera=camera)
        cards["scale"] = paint_scale_bar(
            painter, self.width, self.height, cards["sources"].top(), self.tokens, below
        )
        makers: dict[str, Callable[[QPainter, float, float, float], QRectF]] = {
            "date": self._date_card, "legend": self._legend, "caption": self._caption,
        }  # fmt: skip
        sizes = {name: _measured(make) for name, make in makers.items()}
        corners = self._corners({name: size for name, size in sizes.items() if not size.isEmpty()}, cards)
        for name, corner in corners.items():
            spot = self._spot(corner, sizes[name], cards)
            cards[name] = makers[name](painter, spot.left(), spot.top(), spot.width())
        return cards

    def paint_words(self, painter: QPainter) -> dict[str, QRectF]:
        """A page of words: its map lies below a veil."""
        tokens = self.tokens
        painter.fillRect(QRectF(0, 0, self.width, self.height), tokens.colour("paper", VEIL))
        cards = self._paint_edges(painter)
        inner = QRectF(self.width * 0.12, 0, self.width * 0.76, self.height)
        title, caption = _scaled(tokens.font("date"), 1.9), _scaled(tokens.font("card"), 1.6)
        tall = [_height(self.scene.title, title, inner.width()), _height(self.scene.caption, caption, inner.width())]
        y = (self.height - sum(tall) - GAP * 2) / 2
        for text, font, high, colour in (
            (self.scene.title, title, tall[0], "ink"), (self.scene.caption, caption, tall[1], "ink"),
        ):  # fmt: skip
            painter.setFont(font)
            painter.setPen(tokens.colour(colour))
            painter.drawText(QRectF(inner.left(), y, inner.width(), high + 2), _WRAP, text)
            y += high + GAP * 2
        return cards

    def _paint_edges(self, painter: QPainter) -> dict[str, QRectF]:
        """The sources at the foot, and the marking at the head."""
        credits = self.picture.credits(self.state)
        cards = {"sources": paint_sources(painter, self.width, self.height, self.tokens, self.picture.data, credits)}
        if self.marking:
            metrics = QFontMetricsF(self.tokens.font("card"))
            wide = min(metrics.horizontalAdvance(self.marking) + 2 * PAD + 2, self.width * 0.5)
            cards["marking"] = paint_rows(
                painter, (self.width - wide) / 2, 4, self.width * 0.5, [Row(self.marking, "card", 17)], self.tokens
            )
        return cards

    # cards: painted with their upper left corner at a point; the width is the one measured before

    def _date_card(self, painter: QPainter, left: float, top: float, width: float) -> QRectF:
        state, data = self.state, self.picture.data
        rows = [Row(self.scene.title, "card", 18)] if self.scene.title else []
        rows.append(Row(date_words(state.time, state.compare), "date", 31))
        rows.append(Row(counter_words(counters(data, state)), "card", 17))
        if self.drawn.broken:
            rows.append(Row("not drawn: " + ", ".join(self.drawn.broken), "small", 15))
        return paint_rows(painter, left, top, min(self.width * 0.5, 520.0), rows, self.tokens)

    def _legend(self, painter: QPainter, left: float, top: float, width: float) -> QRectF:
        if self.width < 480 or not self.drawn.legend:
            return QRectF()
        highest = self.height * 0.5
        card = _measured(lambda p, x, y, w: paint_legend(p, x, highest, highest, self.tokens, self.drawn.legend))
        return paint_legend(painter, left, top + card.height(), highest, self.tokens, self.drawn.legend)

    def _caption(self, painter: QPainter, left: float, top: float, width: float) -> QRectF:
        if not self.scene.caption:
            return QRectF()
        font = _scaled(self.tokens.font("card"), 1.25)
        widest = self.width * WIDEST_CARD - 2 * PAD
        box = QFontMetricsF(font).boundingRect(QRectF(0, 0, widest, self.height * 0.5), _WRAP, self.scene.caption)
        high = min(box.height(), self.height * 0.5)
        card = QRectF(left, top, box.width() + 2 * PAD + 2, high + 2 * PAD)
        paint_card(painter, card, self.tokens)
        painter.setFont(font)
        painter.setPen(self.tokens.colour("ink"))
        painter.drawText(card.adjusted(PAD, PAD, -PAD + 2, -PAD + 2), _WRAP, self.scene.caption)
        return card

    # where they stand

    def _spot(self, corner: str, size: QSizeF, taken: dict[str, QRectF]) -> QRectF:
        left = MARGIN if "w" in corner else self.width - MARGIN - size.width()
        if "n" in corner:
            return QRectF(left, MARGIN, size.width(), size.height())
        foot = taken["scale"].top() if corner == "se" else taken["sources"].top()
        return QRectF(left, foot - GAP - size.height(), size.width(), size.height())

    def _corners(self, sizes: dict[str, QSizeF], taken: dict[str, QRectF]) -> dict[str, str]:
        """Where a hand put them, and the others where they cover least of what is marked."""
        chosen = {card: corner for card, corner in self.scene.places if card in sizes}
        free = [name for name in CARDS if name in sizes and name not in chosen]
        corners = [corner for corner in CARD_CORNERS if corner not in chosen.values()]
        weights = {
            (name, corner): self._covered(self._spot(corner, sizes[name], taken))
            + (0 if PREFERRED[name] == corner else ELSEWHERE)
            for name in free for corner in corners
        }  # fmt: skip
        best = min(
            permutations(corners, len(free)),
            key=lambda spots: sum(weights[name, corner] for name, corner in zip(free, spots, strict=True)),
            default=(),
        )
        return {**chosen, **dict(zip(free, best, strict=False))}

    def _covered(self, card: QRectF) -> float:
        """How much of what the map marks would lie below a card."""
        seen = QRectF(card.topLeft() * self.scale, card.size() * self.scale)
        found = 0.0
        for target in self.drawn.targets:
            x0, y0, x1, y1 = target.box
            if seen.contains((x0 + x1) / 2, (y0 + y1) / 2):
                found += 10.0 if self.state.selected in target.refs else 1.0
        return found


def _measured(make: Callable[[QPainter, float, float, float], QRectF]) -> QSizeF:
    """The size of a card, painted where nobody sees it."""
    nowhere = QImage(1, 1, QImage.Format.Format_RGB32)
    painter = QPainter(nowhere)
    try:
        return make(painter, 0.0, 0.0, 0.0).size()
    finally:
        painter.end()


def _scaled(font: QFont, factor: float) -> QFont:
    larger = QFont(font)
    larger.setPixelSize(round(font.pixelSize() * factor))
    return larger


def _height(text: str, font: QFont, width: float) -> float:
    return QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 10_000), _WRAP, text).height() if text else 0.0
