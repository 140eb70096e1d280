"""Figures and letters of the grid: at the picture's edge, and pale within their squares, never in the way of names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.paint import Canvas
from viewer.draw.room import Occupied, Room
from viewer.draw.screen import Screen
from viewer.draw.text import paint_text
from viewer.layers.primitives import EdgeFigures, GridLetters, Label, Primitive
from viewer.session.camera import under

FOOT_PX, SIDE_PX, ABOVE = 25.0, 22.0, 5.0
"""From the lower edge of a picture, where the line of sources is, and from the right edge to the figures there; and
from the top of sources that take more lines."""
WIDE, HIGH = 40.0, 11.0
"""What a figure takes, across and above its baseline."""
LETTERS_PX = (54.0, 40.0)
"""The least that must be seen of a square for its letters, across and down."""
ACROSS, DOWN = 20.0, 16.0
"""Half of what letters of a square take, across and down."""
SHARES = ((0.5, 0.5), (0.5, 0.3), (0.5, 0.7), (0.3, 0.5), (0.7, 0.5), (0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7))
"""Where in a square its letters may stand, as shares of its sides."""
MARGIN_PX = 26.0
RIGHT_PX, TOP_PX = 44.0, 100.0
"""What lies at the right side, where figures stand, and at the top, where the date does: letters slide no farther."""
Figure = tuple[float, str, bool]
"""How many pixels from the left at the foot of a picture, or from the top at its right; a text; whether at the foot."""


def figure_bands(screen: Screen, clear: Iterable[QRectF]) -> tuple[QRectF, QRectF]:
    """Where figures stand in a view: at its foot and at its right, for the letters of ground to keep clear.

    clear: the cards that lie over the view, the sources among them.
    """
    foot = QRectF(0, _foot(screen, clear) - HIGH, screen.width, HIGH + 3)
    return foot, QRectF(screen.width - SIDE_PX - WIDE / 2, 0, WIDE, screen.height)


def _foot(screen: Screen, clear: Iterable[QRectF]) -> float:
    """Where figures at the foot of a picture stand (y): above the sources, which may take several lines."""
    strips = (card.top() for card in clear if card.width() >= screen.width and card.bottom() >= screen.height - 1)
    return min([screen.height - FOOT_PX, *(top - ABOVE for top in strips)])


def paint_figures(canvas: Canvas, figures: Iterable[Figure], clear: Sequence[QRectF]) -> None:
    """The figures of grid lines that nothing covers and that the picture has room for."""
    screen, foot, reach = canvas.screen, _foot(canvas.screen, clear), (-WIDE, -HIGH, WIDE, HIGH)
    at_foot, at_side = (  # of all names, few can be in the way
        [card for card in clear if card.intersects(band.adjusted(*reach))] for band in figure_bands(screen, clear)
    )
    for along, text, upright in figures:
        x, y = (along, foot) if upright else (screen.width - SIDE_PX, along + 3.0)
        if not (30 < x < screen.width - 15 and 20 < y <= foot):
            continue
        box = QRectF(x - WIDE / 2, y - HIGH, WIDE, HIGH + 3)
        if not any(box.intersects(card) for card in (at_foot if upright else at_side)):
            def draw(inner: QPainter, text: str = text) -> None:
                paint_text(inner, text, QPointF(0, 0), "grid", canvas.tokens)

            canvas.sprites.paint(canvas.painter, (canvas.tokens.theme, "grid", text), (24.0, 14.0), x, y, draw)


def figures_of(primitives: Iterable[Primitive], screen: Screen, clear: Sequence[QRectF]) -> Iterator[Figure]:
    """The figures of straight lines, and those of curved ones where each crosses the foot or the right side."""
    for one in primitives:
        if isinstance(one, Label):
            upright = not math.isnan(one.x)
            px, py = screen.point_px(one.x if upright else 0.0, 0.0 if upright else one.y)
            yield px if upright else py, one.text, upright
        elif isinstance(one, EdgeFigures):
            edge = _foot(screen, clear) if one.upright else screen.width - SIDE_PX
            for line, along in crossings(one, screen.points_px(one.points), edge):
                yield along, one.texts[line], one.upright


def crossings(figures: EdgeFigures, pixels: np.ndarray, edge: float) -> list[tuple[int, float]]:
    """Which lines cross an edge, and where along it: a level edge for upright lines, an upright one for the others."""
    across, along = (pixels[:, 1], pixels[:, 0]) if figures.upright else (pixels[:, 0], pixels[:, 1])
    before = across < edge
    at = np.flatnonzero((before[1:] != before[:-1]) & (figures.line[1:] == figures.line[:-1]))
    share = (edge - across[at]) / (across[at + 1] - across[at])
    return list(zip(figures.line[at].tolist(), (along[at] + share * (along[at + 1] - along[at])).tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Square:
    """The letters of a grid square in their place in the picture (logical pixels)."""

    zone: str
    name: str
    at: QPointF


@dataclass
class SquareLetters:
    """Places the letters of grid squares; what it placed last is kept, for steps of time do not move them."""

    _known: tuple[object, ...] = ()
    _placed: tuple[tuple[Square, ...], Occupied] = field(default_factory=lambda: ((), Occupied()))

    def place(
        self, primitives: tuple[Primitive, ...], screen: Screen, room: Room, clear: Sequence[QRectF]
    ) -> tuple[tuple[Square, ...], Occupied]:
        """The letters of a view clear of names, and what they take in pixels of the room's scale."""
        key = primitives, screen, room, tuple(clear)
        if self._known != key:
            squares = _placed(primitives, screen, room, clear)
            self._known, self._placed = key, (squares, _taken_by(squares, screen, room.scale))
        return self._placed


def _placed(
    primitives: tuple[Primitive, ...], screen: Screen, room: Room, clear: Sequence[QRectF]
) -> tuple[Square, ...]:
    """The letters of grid squares, each where names and towns leave room in what is seen of its square.

    Best in its middle; of one whose middle is out of the picture they stand at the near edge.
    """
    width, foot = screen.width - RIGHT_PX, _foot(screen, clear)
    whole, clear_of_date = QRectF(0, 0, width, foot), QRectF(0, TOP_PX, width, foot - TOP_PX)
    found = []
    for letters in primitives:
        for zone, name, box in letters.squares if isinstance(letters, GridLetters) else ():
            left, top = screen.point_px(box[0], box[3])
            right, bottom = screen.point_px(box[2], box[1])
            square = QRectF(left, top, right - left, bottom - top)
            seen = square.intersected(whole if whole.contains(square.center()) else clear_of_date)
            if seen.width() >= LETTERS_PX[0] and seen.height() >= LETTERS_PX[1]:
                places = (_held(square, seen, *share) for share in SHARES)
                at = next((at for at in places if _is_free(at, screen, room, clear)), None)
                found += [Square(zone, name, at)] if at is not None else []
    return tuple(found)


def _taken_by(squares: Iterable[Square], screen: Screen, scale: float) -> Occupied:
    """The room of letters of squares, in pixels of a scale."""
    taken = Occupied()
    for square in squares:
        x, y = under(screen.camera, square.at.x(), square.at.y(), screen.width, screen.height)
        taken.take([(x / scale - ACROSS, -y / scale - DOWN, x / scale + ACROSS, -y / scale + DOWN)])
    return taken


def paint_letters(canvas: Canvas, squares: Iterable[Square]) -> None:
    """The letters of grid squares, as pale as the ground."""
    for square in squares:
        _paint_name(canvas, square.at, square.zone, square.name)


def _is_free(at: QPointF, screen: Screen, room: Room, clear: Sequence[QRectF]) -> bool:
    """Whether letters around a point in the picture lie under no card, no name and no town."""
    box = QRectF(at.x() - ACROSS, at.y() - DOWN, 2 * ACROSS, 2 * DOWN)
    if any(box.intersects(card) for card in clear):
        return False
    return room.clear(*under(screen.camera, at.x(), at.y(), screen.width, screen.height), ACROSS, DOWN)


def _held(square: QRectF, seen: QRectF, across: float, down: float) -> QPointF:
    """A place at some shares of a square, or the nearest that is well within what is seen of it."""
    x, y = square.left() + across * square.width(), square.top() + down * square.height()
    beside, above = min(MARGIN_PX, seen.width() / 2), min(MARGIN_PX, seen.height() / 2)
    return QPointF(
        min(max(x, seen.left() + beside), seen.right() - beside),
        min(max(y, seen.top() + above), seen.bottom() - above),
    )


def _paint_name(canvas: Canvas, at: QPointF, zone: str, name: str) -> None:
    tokens = canvas.tokens
    if name:
        canvas.sprites.paint(
            canvas.painter, (tokens.theme, "grid_zone", zone), (24.0, 16.0), at.x(), at.y() - 6,
            lambda inner: paint_text(inner, zone, QPointF(0, 0), "grid_zone", tokens, halo=1.6),
        )  # fmt: skip
    canvas.sprites.paint(
        canvas.painter, (tokens.theme, "grid_letters", name or zone), (40.0, 20.0), at.x(), at.y() + 9,
        lambda inner: paint_text(inner, name or zone, QPointF(0, 0), "grid_letters", tokens, halo=1.6),
    )  # fmt: skip
