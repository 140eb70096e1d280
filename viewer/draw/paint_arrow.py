"""Arrows of movements as pixels: an image of their own, for they are long and few change on a day."""

from __future__ import annotations

import math
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from viewer.draw.arrows import BOW, HEAD, paint_arrow
from viewer.draw.screen import Screen
from viewer.draw.steps import NOWHERE, Box, Kind, Look
from viewer.draw.tokens import Tokens, apart, with_alpha
from viewer.layers.primitives import Arrow

SHAFT, HALO = 2.2, 4.6
"""Widths of an arrow, and of the paper's colour below it."""
PARTS = tuple(number / 8 for number in range(9))
"""The shares of a bow between which it is taken for straight."""
FIRM, FAINT = 0.85, 0.5
"""Opacity of an arrow, and of one that may not belong to the window."""
LEGIBLE = 3.0
"""How much darker or lighter than the paper an arrow is at least, as a contrast."""
SHORTEST = 14.0
"""Arrows of fewer pixels are left out: their two ends are one place at this scale."""


class ArrowKind(Kind[Arrow]):
    """How arrows are painted."""

    def reach(self, arrow: Arrow, screen: Screen, tokens: Tokens) -> Box:
        """Its bow and head; nothing if it is too short to be seen."""
        (x0, y0), (x1, y1) = _ends(arrow, screen)
        length = math.hypot(x1 - x0, y1 - y0)
        if length < SHORTEST:
            return NOWHERE
        more = length * BOW + HEAD + HALO
        return min(x0, x1) - more, min(y0, y1) - more, max(x0, x1) + more, max(y0, y1) + more

    def within(self, arrow: Arrow, screen: Screen) -> bool:
        """Whether the straight line between its ends may touch the view."""
        (x0, y0), (x1, y1) = _ends(arrow, screen)
        aside = max(x0, x1) < 0 or max(y0, y1) < 0 or min(x0, x1) > screen.width or min(y0, y1) > screen.height
        return not aside and math.hypot(x1 - x0, y1 - y0) >= SHORTEST

    def pointed(self, arrow: Arrow, screen: Screen, tokens: Tokens) -> tuple[()]:
        """Nothing: its incident's mark is pointed at."""
        return ()

    def paint(self, painter: QPainter, arrow: Arrow, look: Look, tokens: Tokens, chosen: bool) -> None:
        """The arrow on a stroke of the paper's colour."""
        if painter.hasClipping() and not _crosses(arrow, look.screen, painter.clipBoundingRect()):
            return
        start, end = (QPointF(*point) for point in _ends(arrow, look.screen))
        colour = with_alpha(line_colour(tokens, arrow.actor), FAINT if arrow.faint else FIRM)
        paint_arrow(painter, start, end, tokens.colour("halo", FAINT if arrow.faint else 0.6), HALO)
        paint_arrow(painter, start, end, tokens.colour("select") if chosen else colour, SHAFT, arrow.ghost)


def line_colour(tokens: Tokens, actor: str) -> QColor:
    """An actor's colour as it is seen on paper as a line: some are as pale as that."""
    key, memo = ("arrow", actor), tokens.memo
    if key not in memo:
        memo[key] = apart(tokens.actor_colour(actor), tokens.colour("paper"), LEGIBLE)
    found: QColor = memo[key]
    return found


def _crosses(arrow: Arrow, screen: Screen, place: QRectF) -> bool:
    """Whether any of the bow may touch a place: its box is large, and a stroke costs the same however little shows."""
    (x0, y0), (x1, y1) = _ends(arrow, screen)
    more = HEAD + HALO
    near = place.adjusted(-more, -more, more, more)
    middle = (x0 + x1) / 2 + (y1 - y0) * BOW, (y0 + y1) / 2 - (x1 - x0) * BOW
    bow = [
        ((1 - t) ** 2 * x0 + 2 * t * (1 - t) * middle[0] + t**2 * x1,
         (1 - t) ** 2 * y0 + 2 * t * (1 - t) * middle[1] + t**2 * y1)
        for t in PARTS
    ]  # fmt: skip
    pieces = pairwise(bow)
    return any(near.intersects(QRectF(QPointF(*a), QPointF(*b)).normalized().adjusted(0, 0, 1, 1)) for a, b in pieces)


def _ends(arrow: Arrow, screen: Screen) -> tuple[tuple[float, float], tuple[float, float]]:
    return screen.point_px(arrow.x0, arrow.y0), screen.point_px(arrow.x1, arrow.y1)
