"""The signs of event types, drawn on a grid from -6 to 6 so that they read at twelve pixels.

Each is a line drawing and a filling in a small language: M x,y moves, L x,y draws, Q cx,cy x,y bends,
Z closes, O x,y,r is a circle. y runs down.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

GLYPHS: dict[str, tuple[str, str]] = {
    "battle": ("M -4.5,-4.5 L 4,4 M 4.5,-4.5 L -4,4 M 0.8,5 L 5,0.8 M -0.8,5 L -5,0.8", ""),
    "strike": ("", "M 0,-5.5 L 1,-3.8 L 1,-1.4 L 5.4,1.6 L 5.4,2.8 L 1,1.6 L 0.7,3.8 L 2.3,5 L 2.3,5.8 L 0,5.2 "
                   "L -2.3,5.8 L -2.3,5 L -0.7,3.8 L -1,1.6 L -5.4,2.8 L -5.4,1.6 L -1,-1.4 L -1,-3.8 Z"),
    "shelling": ("M -5,4 Q -1,-8 3,1.5", "O 3.6,3.4,2"),
    "bombing": ("", "M 0,-6 L 1.3,-2.6 L 4.3,-4.3 L 3,-1.2 L 6,0 L 3,1.2 L 4.3,4.3 L 1.3,2.6 L 0,6 L -1.3,2.6 "
                    "L -4.3,4.3 L -3,1.2 L -6,0 L -3,-1.2 L -4.3,-4.3 L -1.3,-2.6 Z"),
    "ambush": ("M -5.2,-3.8 L -2,0 L -5.2,3.8 M 5.2,-3.8 L 2,0 L 5.2,3.8", "O 0,0,1.3"),
    "raid": ("M -5,0 L 2.2,0 M -0.6,-3 L 2.4,0 L -0.6,3 M 4.8,-4.5 L 4.8,4.5", ""),
    "attack": ("O 0,0,3.6 M 0,-5.8 L 0,-2 M 0,5.8 L 0,2 M -5.8,0 L -2,0 M 5.8,0 L 2,0", ""),
    "killing": ("M -3.8,-0.4 L 3.8,5.2 M 3.8,-0.4 L -3.8,5.2", "O 0,-3.9,2"),
    "execution": ("M -4.8,-4.8 L 4.8,-4.8 L 4.8,4.8 L -4.8,4.8 Z M -2.2,-2.2 L 2.2,2.2 M 2.2,-2.2 L -2.2,2.2", ""),
    "massacre": ("M -5.2,-4.9 L -0.5,-0.2 M -0.5,-4.9 L -5.2,-0.2 M 0.5,0.2 L 5.2,4.9 M 5.2,0.2 L 0.5,4.9", ""),
    "arrest": ("O -3.5,1.4,2.2 O 3.5,1.4,2.2 M -2.4,-0.8 Q 0,-4.4 2.4,-0.8", ""),
    "kidnapping": ("O -3,1,2.3 O 3,1,2.3 M -1,1 L 1,1 M 0,-1.4 L 0,-5.6 M -1.9,-3.8 L 0,-5.7 L 1.9,-3.8", ""),
    "chemical": ("M -2,-5.6 L 2,-5.6 M -1.1,-5.4 L -1.1,-1.8 L -4.8,5.4 L 4.8,5.4 L 1.1,-1.8 L 1.1,-5.4",
                 "M -2.6,1.6 L 2.6,1.6 L 4.8,5.4 L -4.8,5.4 Z"),
    "destruction": ("", "M -5.4,5.4 L -5.4,-2.2 L -2.9,-5.4 L -0.8,-0.6 L 1.2,-4.4 L 2.2,1 L 5.4,-1 L 5.4,5.4 Z"),
    "capture": ("M -3.6,-5.5 L -3.6,5.8", "M -3,-5.4 L 5.2,-2.8 L -3,-0.1 Z"),
    "withdrawal": ("M 5,4.6 L 5,-0.6 Q 5,-3 2.6,-3 L -3.6,-3 M -1.2,-5.8 L -4.2,-3 L -1.2,-0.2", ""),
    "movement": ("M -5.2,0 L 4.6,0 M 1.4,-3.6 L 5,0 L 1.4,3.6", ""),
    "displacement": ("M -5,2.6 L 4.6,2.6 M 2,0.2 L 4.8,2.6 L 2,5", "O -3,-3,1.7 O 1.4,-3,1.7"),
    "operation": ("M -5,-4 L -1,0 L -5,4 M 0,-4 L 4,0 L 0,4", ""),
    "siege": ("M -3.6,-3.8 Q 0,-7 3.6,-3.8 M 5,-2 Q 6.4,2.6 3,4.6 M -5,-2 Q -6.4,2.6 -3,4.6", "O 0,0.2,1.7"),
    "agreement": ("O -2,0,3.4 O 2,0,3.4", ""),
    "training": ("O 0,0,5 O 0,0,2.2", ""),
    "plan": ("M -4,-5.2 L 4,-5.2 L 4,5.2 L -4,5.2 Z M -1.8,-2 L 1.8,-2 M -1.8,0.8 L 1.8,0.8", ""),
    "threat": ("M 0,-5.4 L 0,1.6", "O 0,4.6,1.2"),
    "statement": ("M -5,-4.4 L 5,-4.4 L 5,2 L 0,2 L -2.6,5 L -2.6,2 L -5,2 Z", ""),
    "forecast": ("M -2.8,-3 Q -2.4,-5.4 0,-5.4 Q 3,-5.2 2.8,-2.8 Q 2.6,-1 0,0.2 L 0,1.8", "O 0,4.7,1.2"),
    "background": ("M 0,-1.4 L 0,5 M -1.6,5 L 1.6,5", "O 0,-4.4,1.2"),
    "other": ("", "O 0,0,2.6"),
}  # fmt: skip


@lru_cache(maxsize=128)
def glyph(event_type: str) -> tuple[QPainterPath, QPainterPath]:
    """The lines and the filling of a type's sign; an unknown type has the sign of `other`."""
    lines, filling = GLYPHS.get(event_type, GLYPHS["other"])
    return glyph_path(lines), glyph_path(filling)


def glyph_path(text: str) -> QPainterPath:
    """A path from the language above."""
    path = QPainterPath()
    words = text.split()
    while words:
        command = words.pop(0)
        if command == "Z":
            path.closeSubpath()
        elif command == "Q":
            path.quadTo(_point(words.pop(0)), _point(words.pop(0)))
        elif command == "O":
            x, y, radius = (float(number) for number in words.pop(0).split(","))
            path.addEllipse(QPointF(x, y), radius, radius)
        else:
            (path.moveTo if command == "M" else path.lineTo)(_point(words.pop(0)))
    return path


def _point(text: str) -> QPointF:
    x, y = text.split(",")
    return QPointF(float(x), float(y))
