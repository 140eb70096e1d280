"""Figures and letters of the grid: at the picture's edge, and pale within their squares, never in the way of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from viewer.draw.labels import paint_text
from viewer.draw.paint import Canvas
from viewer.layers.primitives import EdgeFigures, GridLetters, Primitive

FOOT_PX, SIDE_PX = 25.0, 22.0
"""From the lower edge of a picture, where the line of sources is, and from the right edge to the figures there."""
LETTERS_PX = (54.0, 40.0)
"""The least that must be seen of a square for its letters, across and down."""
MARGIN_PX = 30.0
RIGHT_PX, TOP_PX = 44.0, 100.0
"""What lies at the right side, where figures stand, and at the top, where the date does: letters slide no farther."""


def paint_figure(canvas: Canvas, along: float, text: str, upright: bool, clear: Iterable[QRectF]) -> None:
    """A figure of a grid line: at the picture's foot (`along` pixels from the left) or at its right (from the top)."""
    screen = canvas.screen
    foot = screen.height - FOOT_PX
    at = QPointF(along, foot) if upright else QPointF(screen.width - SIDE_PX, along + 3.0)
    box = QRectF(at.x() - 20, at.y() - 11, 40, 14)
    if 30 < at.x() < screen.width - 15 and 20 < at.y() <= foot and not any(box.intersects(card) for card in clear):
        key = (canvas.tokens.theme, "grid", text)
        canvas.sprites.paint(
            canvas.painter, key, (24.0, 14.0), at.x(), at.y(),
            lambda inner: paint_text(inner, text, QPointF(0, 0), "grid", canvas.tokens),
        )  # fmt: skip


def paint_edge_figures(canvas: Canvas, primitives: Iterable[Primitive], clear: Sequence[QRectF]) -> None:
    """The figures of curved lines, where each crosses the foot or the right side of the picture."""
    screen = canvas.screen
    for figures in primitives:
        if isinstance(figures, EdgeFigures):
            edge = screen.height - FOOT_PX if figures.upright else screen.width - SIDE_PX
            for line, along in crossings(figures, screen.points_px(figures.points), edge):
                paint_figure(canvas, along, figures.texts[line], figures.upright, clear)


def crossings(figures: EdgeFigures, pixels: np.ndarray, edge: float) -> list[tuple[int, float]]:
    """Which lines cross an edge, and where along it: a level edge for upright lines, an upright one for the others."""
    across, along = (pixels[:, 1], pixels[:, 0]) if figures.upright else (pixels[:, 0], pixels[:, 1])
    before = across < edge
    at = np.flatnonzero((before[1:] != before[:-1]) & (figures.line[1:] == figures.line[:-1]))
    share = (edge - across[at]) / (across[at + 1] - across[at])
    return list(zip(figures.line[at].tolist(), (along[at] + share * (along[at + 1] - along[at])).tolist(), strict=True))


def paint_letters(canvas: Canvas, primitives: Iterable[Primitive], clear: Sequence[QRectF]) -> None:
    """The letters of grid squares; of one whose middle is out of the picture they stand at the near edge."""
    width, foot = canvas.screen.width - RIGHT_PX, canvas.screen.height - FOOT_PX
    whole, clear_of_date = QRectF(0, 0, width, foot), QRectF(0, TOP_PX, width, foot - TOP_PX)
    for letters in primitives:
        for zone, name, box in letters.squares if isinstance(letters, GridLetters) else ():
            left, top = canvas.screen.point_px(box[0], box[3])
            right, bottom = canvas.screen.point_px(box[2], box[1])
            middle = QPointF((left + right) / 2, (top + bottom) / 2)
            room = whole if whole.contains(middle) else clear_of_date
            seen = QRectF(left, top, right - left, bottom - top).intersected(room)
            if seen.width() < LETTERS_PX[0] or seen.height() < LETTERS_PX[1]:
                continue
            at = QPointF(_held(middle.x(), seen.left(), seen.right()), _held(middle.y(), seen.top(), seen.bottom()))
            if not any(QRectF(at.x() - 24, at.y() - 18, 48, 30).intersects(card) for card in clear):
                _paint_name(canvas, at, zone, name)


def _held(middle: float, low: float, high: float) -> float:
    """The middle, or the nearest place that is well within what is seen."""
    margin = min(MARGIN_PX, (high - low) / 2)
    return min(max(middle, low + margin), high - margin)


def _paint_name(canvas: Canvas, at: QPointF, zone: str, name: str) -> None:
    tokens = canvas.tokens
    if name:
        canvas.sprites.paint(
            canvas.painter, (tokens.theme, "grid_zone", zone), (24.0, 16.0), at.x(), at.y() - 9,
            lambda inner: paint_text(inner, zone, QPointF(0, 0), "grid_zone", tokens, halo=1.6),
        )  # fmt: skip
    canvas.sprites.paint(
        canvas.painter, (tokens.theme, "grid_letters", name or zone), (40.0, 20.0), at.x(), at.y() + 6,
        lambda inner: paint_text(inner, name or zone, QPointF(0, 0), "grid_letters", tokens, halo=1.6),
    )  # fmt: skip
