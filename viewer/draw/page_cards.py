"""The cards of a page: what is on them, how large they are, and in which corners they cover least of the map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations

from PySide6.QtCore import QLineF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter, QPen

from viewer.domain.frozen import dataclass
from viewer.draw.frame import MARGIN, PAD, date_words, filter_rows, paint_card, paint_scale_bar, sources_words
from viewer.draw.page_legend import Key, legend_size, paint_key
from viewer.draw.page_words import paint_words, room_for_words, words_box
from viewer.draw.picture import MapPicture
from viewer.draw.set_text import Block, fitted_text, whole_text
from viewer.draw.steps import Target
from viewer.draw.tokens import Tokens
from viewer.session.selectors import counters
from viewer.session.state import CARD_CORNERS, CARDS, Scene, State, Time

GAP = 8.0
PREFERRED = {"date": "nw", "legend": "sw", "caption": "ne"}
ELSEWHERE = {"date": 15.0, "legend": 6.0, "caption": 1.5}
"""How many marks covered weigh as much as a card in another corner than the usual: a room looks for the date where it
was on the page before."""
CHOSEN = 10.0
"""How many marks one that is selected weighs."""
WIDEST_HEAD, WIDEST_CAPTION, HIGHEST = 0.42, 0.34, 0.42
"""Of the width and the height of a page."""
TITLE, DATE, COUNT = (20, 19, 18, 17), (30, 28, 26, 24, 22, 20), (13, 12, 11)
CAPTIONS = (18, 17, 16, 15, 14, 13)
LARGER = 1.2
"""How much larger scale and sources are than in the window, where one sits close to them."""
CREDITS, SEVERAL_LINES = (12, 11, 10, 9), 10
FOOT_PAD, HEAD, SCALE_GAP = 8.0, 26.0, 12.0
"""Above and below the sources together; the height of the strip of the marking; below the scale, in its own units."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where cards stand on a page of across times down units, `scale` logical pixels in each."""

    scale: float
    across: int
    down: int
    cards: dict[str, QRectF]
    corners: dict[str, str]
    key: Key

    @property
    def clear(self) -> tuple[QRectF, ...]:
        """What the cards take of the map, in units."""
        return tuple(self.cards.values())

    @property
    def in_pixels(self) -> dict[str, QRectF]:
        """The cards in logical pixels of the page."""
        scaled = ((name, card, self.scale) for name, card in self.cards.items())
        return {name: QRectF(card.topLeft() * by, card.size() * by) for name, card, by in scaled}


@dataclass(frozen=True, eq=False)
class Cards:
    """What a page of `across` times `down` units says of a scene whose map shows `state`."""

    picture: MapPicture
    scene: Scene
    state: State
    across: int
    down: int
    broken: tuple[str, ...] = ()

    @property
    def tokens(self) -> Tokens:
        """The colours of its theme."""
        return self.picture.tokens(self.state.theme)

    @property
    def page(self) -> QRectF:
        """The whole of it."""
        return QRectF(0, 0, self.across, self.down)

    @property
    def marking(self) -> str:
        """Its own, or that of the store."""
        return self.scene.marking or self.picture.data.meta.marking

    # where they stand

    def arranged(
        self, scale: float, key: Key, targets: Sequence[Target], days: Sequence[Time],
        corners: dict[str, str] | None = None,
    ) -> Layout:  # fmt: skip
        """The layout. targets: what is marked on the map, on all of the days; days: times that it is laid out for.

        corners: where cards stand already; None for where they cover least.
        """
        foot = self._sources_block().height + FOOT_PAD
        cards = {"sources": QRectF(0, self.down - foot, self.across, foot)}
        if self.marking:
            cards["marking"] = QRectF(0, 0, self.across, HEAD)
        if self.scene.kind != "map":
            inner = room_for_words(self.page, cards.get("marking", QRectF()), cards["sources"])
            cards["words"] = words_box(inner, self.scene, self.picture.data, self.tokens)
            return Layout(scale, self.across, self.down, cards, {}, Key(()))
        cards["scale"] = self._scale_card(cards["sources"].top())
        sizes = {"date": self._date_size(days), "legend": legend_size(key, self.tokens), "caption": self._caption_size}
        there = {name: size for name, size in sizes.items() if not size.isEmpty()}
        known = {name: corner for name, corner in (corners or {}).items() if name in there}
        placed = self._corners(there, cards, targets, known, max(1, len(days)))
        for name in (one for one in CARDS if one in there):
            spot = self._spot(placed[name], there[name], cards)
            for other in (cards[one] for one in CARDS if one in cards):
                if spot.intersects(other):  # a hand put both into one corner
                    y = other.bottom() + GAP if "n" in placed[name] else other.top() - GAP - spot.height()
                    spot.moveTop(y)
            cards[name] = spot
        return Layout(scale, self.across, self.down, cards, placed, key)

    def _spot(self, corner: str, size: QSizeF, taken: dict[str, QRectF]) -> QRectF:
        left = MARGIN if "w" in corner else self.across - MARGIN - size.width()
        if "n" in corner:
            head = taken["marking"].bottom() if "marking" in taken else 0.0
            return QRectF(left, head + MARGIN, size.width(), size.height())
        foot = taken["scale"].top() if corner == "se" else taken["sources"].top()
        return QRectF(left, foot - (GAP if corner == "se" else MARGIN) - size.height(), size.width(), size.height())

    def _corners(
        self, sizes: dict[str, QSizeF], taken: dict[str, QRectF], targets: Sequence[Target], known: dict[str, str],
        pictures: int,
    ) -> dict[str, str]:  # fmt: skip
        """Where a hand put them, where they stand already, and the others where they cover least of what is marked."""
        chosen = known | {card: corner for card, corner in self.scene.places if card in sizes}
        free = [name for name in CARDS if name in sizes and name not in chosen]
        corners = [corner for corner in CARD_CORNERS if corner not in chosen.values()] or list(CARD_CORNERS)
        weights = {
            (name, corner): self._covered(self._spot(corner, sizes[name], taken), targets)
            + (0 if PREFERRED[name] == corner else ELSEWHERE[name] * pictures)
            for name in free for corner in corners
        }  # fmt: skip
        best = min(
            permutations(corners, min(len(free), len(corners))),
            key=lambda spots: sum(weights[name, corner] for name, corner in zip(free, spots, strict=False)),
            default=(),
        )
        return {**PREFERRED, **dict(zip(free, best, strict=False)), **chosen}

    def _covered(self, card: QRectF, targets: Sequence[Target]) -> float:
        """How much of what the map marks would lie below a card."""
        found = 0.0
        for target in targets:
            x0, y0, x1, y1 = target.box
            if card.contains((x0 + x1) / 2, (y0 + y1) / 2):
                found += CHOSEN if self.state.selected in target.refs else 1.0
        return found

    # how large they are

    def _date_size(self, days: Sequence[Time]) -> QSizeF:
        """Room for the date of each of these times, so that the card does not breathe while time plays."""
        sizes = [self._date_rows(time) for time in (self.state.time, *days)]
        wide = max(block.width for rows in sizes for block, _ in rows)
        high = max(sum(block.height for block, _ in rows) for rows in sizes)
        return QSizeF(wide + 2 * PAD + 2, high + 2 * PAD - 4)

    def _date_rows(self, time: Time) -> list[tuple[Block, str]]:
        """Title, date, and how much the map shows and cannot show, each with its colour."""
        room = QSizeF(self.across * WIDEST_HEAD - 2 * PAD, 60.0)
        state = self.state if time == self.state.time else replace(self.state, time=time)
        rows = []
        if self.scene.title:
            rows.append((fitted_text(self.scene.title, self.tokens, "card", TITLE, room, bold=True), "muted"))
        one, small = QSizeF(room.width(), 42.0), QSizeF(room.width(), 22.0)
        rows.append((fitted_text(date_words(time, state.compare), self.tokens, "date", DATE, one, bold=True), "ink"))
        rows.append((fitted_text(self._count_words(state), self.tokens, "card", COUNT, small), "muted"))
        for text, style in filter_rows(self.picture.data, state):
            colour = self.tokens.text(style).colour
            rows.append((fitted_text(text, self.tokens, "card", COUNT, one), colour))
        if self.broken:
            said = "not drawn: " + ", ".join(self.broken)
            rows.append((fitted_text(said, self.tokens, "card", COUNT, small), "error"))
        return rows

    def _count_words(self, state: State) -> str:
        """How many records count, and what of them no map can show."""
        count = counters(self.picture.data, state)
        parts = [f"{count.in_view:,} record{'s' if count.in_view != 1 else ''}"]
        if count.unplaced:
            parts.append(f"{count.unplaced:,} without a place")
        if count.undated:
            parts.append(f"{count.undated:,} without a date")
        return " \u00b7 ".join(parts)

    @property
    def _caption_size(self) -> QSizeF:
        if not self.scene.caption.strip():
            return QSizeF()
        block = self._caption_block()
        return QSizeF(block.width + 2 * PAD + 4, block.height + 2 * PAD)

    def _caption_block(self) -> Block:
        room = QSizeF(self.across * WIDEST_CAPTION - 2 * PAD - 4, self.down * HIGHEST - 2 * PAD)
        return fitted_text(self.scene.caption.strip(), self.tokens, "card", CAPTIONS, room)

    def _below(self) -> State:
        """The state as scale and sources see it, whose units are larger."""
        camera = self.state.camera
        return replace(self.state, camera=replace(camera, scale=camera.scale * LARGER))

    def _scale_card(self, bottom: float) -> QRectF:
        nowhere = QImage(1, 1, QImage.Format.Format_RGB32)
        painter = QPainter(nowhere)
        try:
            card = paint_scale_bar(
                painter, self.across / LARGER, self.down / LARGER, bottom / LARGER, self.tokens, self._below()
            )
        finally:
            painter.end()
        return QRectF(card.topLeft() * LARGER, card.size() * LARGER)

    # painting

    def paint(self, painter: QPainter, layout: Layout, names: Iterable[str] | None = None) -> None:
        """Those of its cards where a layout has them; None for all."""
        wanted = set(layout.cards) if names is None else set(names) & set(layout.cards)
        if self.scene.kind != "map":
            head, foot = layout.cards.get("marking", QRectF()), layout.cards["sources"]
            paint_words(
                painter, self.page, room_for_words(self.page, head, foot), self.scene, self.picture.data, self.tokens
            )
        makers = {
            "sources": self._paint_sources, "marking": self._paint_marking, "scale": self._paint_scale,
            "date": self._paint_date, "caption": self._paint_caption,
        }  # fmt: skip
        for name, make in makers.items():
            if name in wanted:
                make(painter, layout.cards[name], layout.corners.get(name, ""))
        if "legend" in wanted:
            paint_key(painter, layout.cards["legend"], layout.key, self.tokens)

    def _paint_date(self, painter: QPainter, card: QRectF, corner: str) -> None:
        rows = self._date_rows(self.state.time)
        wide = max([card.width(), *(block.width + 2 * PAD + 2 for block, _ in rows)])
        left = card.left() if "w" in corner else card.right() - wide
        paint_card(painter, QRectF(left, card.top(), wide, card.height()), self.tokens)
        y = card.top() + PAD - 2
        for block, colour in rows:
            x = left + PAD if block.width < wide / 2 or not _begins_right(block) else left + wide - PAD - block.width
            block.paint(painter, x, y, self.tokens.colour(colour))
            y += block.height

    def _paint_caption(self, painter: QPainter, card: QRectF, corner: str) -> None:
        paint_card(painter, card, self.tokens)
        block = self._caption_block()
        block.paint(painter, card.left() + PAD + 1, card.top() + PAD, self.tokens.colour("ink"))

    def _paint_marking(self, painter: QPainter, strip: QRectF, corner: str) -> None:
        """A strip at the head, in the middle of which the marking stands."""
        painter.fillRect(strip, self.tokens.colour("ink"))
        room = QSizeF(strip.width() - 2 * MARGIN, strip.height())
        block = fitted_text(self.marking, self.tokens, "card", (14, 13, 12), room, bold=True)
        x = strip.center().x() - block.width / 2
        block.paint(painter, x, strip.center().y() - block.height / 2, self.tokens.colour("card"))

    def _sources_block(self) -> Block:
        """As-of day, whose data these are, and whose map: in one line, or in as many as they take."""
        credits = self.picture.credits(self.state, (self.across, self.down))
        words, wide = sources_words(self.picture.data, credits), self.across - 2 * MARGIN
        block = whole_text(words, self.tokens, "small", CREDITS, wide)
        return block if block.lines < 2 else whole_text(words, self.tokens, "small", (SEVERAL_LINES,), wide)

    def _paint_sources(self, painter: QPainter, strip: QRectF, corner: str) -> None:
        tokens = self.tokens
        painter.fillRect(strip, tokens.colour("card", 0.93))
        painter.setPen(QPen(tokens.colour("card_edge"), 1.0))
        painter.drawLine(QLineF(strip.topLeft(), strip.topRight()))
        block = self._sources_block()
        block.paint(painter, strip.left() + MARGIN, strip.center().y() - block.height / 2, tokens.colour("muted"))

    def _paint_scale(self, painter: QPainter, card: QRectF, corner: str) -> None:
        painter.save()
        painter.scale(LARGER, LARGER)
        bottom = card.bottom() / LARGER + SCALE_GAP  # its length follows the map, its foot stays
        paint_scale_bar(painter, self.across / LARGER, self.down / LARGER, bottom, self.tokens, self._below())
        painter.restore()


def _begins_right(block: Block) -> bool:
    first = block.paragraphs[0] if block.paragraphs else None
    return first is not None and first.textOption().textDirection().name == "RightToLeft"


