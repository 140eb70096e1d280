"""The signs of sites on the map: a derrick, a pump, a gate, a runway, a dam."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from viewer.draw.glyphs import glyph_path
from viewer.draw.tokens import Tokens

SIGNS = {
    "oilfield": ("M -3.4,4 L -0.9,-4.4 L 0.9,-4.4 L 3.4,4 M -2.6,1.2 L 2.6,1.2 M -1.8,-1.6 L 1.8,-1.6", ""),
    "station": ("O 0,0,3.6", "O 0,0,1.4"),
    "crossing": ("M -2.2,-4 L -2.2,4 M 2.2,-4 L 2.2,4 M -5,0 L 5,0", ""),
    "airbase": ("M 0,-4.4 L 0,4 M -4.6,0.6 L 0,-1.4 L 4.6,0.6 M -2,4.2 L 0,3 L 2,4.2", ""),
    "dam": ("M -4.4,-2 Q 0,2.6 4.4,-2", "M -4.4,-0.6 Q 0,4 4.4,-0.6 L 3.4,3 L -3.4,3 Z"),
    "site": ("M -2.6,-2.6 L 2.6,-2.6 L 2.6,2.6 L -2.6,2.6 Z", ""),
}
"""Lines and filling of each kind, in the language of `glyphs`."""


@lru_cache(maxsize=len(SIGNS))
def _paths(kind: str) -> tuple[QPainterPath, QPainterPath]:
    lines, filling = SIGNS.get(kind, SIGNS["site"])
    return glyph_path(lines), glyph_path(filling)


def paint_site(painter: QPainter, kind: str, x: float, y: float, tokens: Tokens) -> None:
    """The sign of a kind of site around a point, in a halo of the paper's colour."""
    lines, filling = _paths(kind)
    painter.save()
    painter.translate(QPointF(x, y))
    painter.strokePath(lines + filling, _pen(tokens.colour("halo", 0.85), 3.2))
    painter.fillPath(filling, tokens.colour("site"))
    painter.strokePath(lines, _pen(tokens.colour("site"), 1.2))
    painter.restore()


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
