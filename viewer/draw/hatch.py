"""How ground looks that changed hands: the colour of who gained it, the pattern of who lost it, and an outline."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from viewer.draw.patterns import fill_brush, pattern_brush
from viewer.draw.tokens import Tokens, contrast, mixed

CALM = 0.38
"""How much of what did not change is left."""
GAIN, BELOW = 0.62, 0.35
"""Opacity of the gainer's colour, and of the first one's below the stripes of several."""
HATCH = 2.6
"""The loser's pattern, so many times as strong as on ground that is held."""
STRIPES = 1.5
OUTLINE, DASHED = 1.8, (4.0, 2.5)
DARKER = 0.45
"""How much ink is in an outline."""
LEAST_CONTRAST = 2.0
"""Of a pattern to the colour below it."""
UNKNOWN_BEFORE = "dots"
"""The pattern of ground that nobody was known to hold before: no actor has it."""


def paint_change(
    painter: QPainter, path: QPainterPath, was: tuple[str, ...], now: tuple[str, ...], control: str, tokens: Tokens,
    ratio: float,
) -> None:  # fmt: skip
    """Fill and outline what changed hands: nobody now is no filling, nobody before dots on it."""
    if len(now) > 1:
        painter.fillPath(path, tokens.actor_colour(now[0], BELOW))
        painter.fillPath(path, fill_brush(tokens, now, control, STRIPES, ratio))
    elif now:
        painter.fillPath(path, tokens.actor_colour(now[0], GAIN))
    for key in was or ("",):
        painter.fillPath(path, _hatch(tokens, key, now[0] if now else None, ratio))
    pen = QPen(mixed(tokens.actor_colour((now or was or ("",))[0]), tokens.colour("ink"), DARKER), OUTLINE)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if not now:
        pen.setDashPattern(list(DASHED))
    painter.strokePath(path, pen)


def _hatch(tokens: Tokens, key: str, upon: str | None, ratio: float) -> QBrush:
    """The pattern of who lost it, in a shade of his colour that is seen upon that of who gained it.

    One whose ground has no pattern gets slanted lines.
    """
    look = ("change hatch", key, upon, ratio)
    if look not in tokens.memo:
        pattern = tokens.pattern(key) if key else UNKNOWN_BEFORE
        colour, below = tokens.actor_colour(key) if key else tokens.colour("ink"), tokens.colour("paper")
        if upon is not None:
            below = mixed(below, tokens.actor_colour(upon), GAIN)
        slanted = "lines-right" if pattern == "solid" else pattern
        tokens.memo[look] = pattern_brush(slanted, _seen_on(colour, below, tokens), HATCH, ratio, 0.0)
    brush: QBrush = tokens.memo[look]
    return brush


def _seen_on(colour: QColor, below: QColor, tokens: Tokens) -> QColor:
    """The colour with as much ink or paper in it as it needs to be seen."""
    ends = (tokens.colour("ink"), tokens.colour("paper"))
    end = max(ends, key=lambda one: contrast(one, below))
    shades = (mixed(colour, end, share / 10) for share in range(11))
    return next((shade for shade in shades if contrast(shade, below) >= LEAST_CONTRAST), end)
