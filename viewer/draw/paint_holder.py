"""Town marks as pixels: a square in the colours of whoever stands there."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtGui import QPainter

from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import NOWHERE, Box, Look
from viewer.draw.symbols import SQUARE, paint_holder
from viewer.draw.tokens import Tokens
from viewer.layers.primitives import HolderMark

HALF = 12.0
"""Half the side of the picture of a mark with its rings."""
AIM = SQUARE + 1.5
"""Half the side of what can be pointed at."""


@dataclass
class HolderKind:
    """How marks of towns are painted: one picture for each look."""

    sprites: Sprites = field(default_factory=Sprites)

    def reach(self, mark: HolderMark, screen: Screen, tokens: Tokens) -> Box:
        """The picture, which is laid on whole pixels; nothing if the square is out of sight."""
        return self._around(mark, screen, HALF + 1) if self.within(mark, screen) else NOWHERE

    def vertices(self, mark: HolderMark, screen: Screen, ratio: float) -> int:
        """None: pictures are laid down whole."""
        return 0

    def within(self, mark: HolderMark, screen: Screen) -> bool:
        """Whether any of its square is in the view."""
        left, top, right, bottom = self.box(mark, screen)
        return right >= 0 and bottom >= 0 and left <= screen.width and top <= screen.height

    def paint(self, painter: QPainter, mark: HolderMark, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Lay down the picture of its look."""
        px, py = look.screen.point_px(mark.x, mark.y)
        key = (tokens.theme, mark.actors, mark.control, mark.strength, mark.possible, mark.besieged, chosen)
        self.sprites.paint(
            painter, key, (HALF, HALF), px, py, lambda inner: paint_holder(inner, mark, tokens, chosen), look.ratio
        )

    def box(self, mark: HolderMark, screen: Screen) -> Box:
        """What can be pointed at."""
        return self._around(mark, screen, AIM)

    def _around(self, mark: HolderMark, screen: Screen, half: float) -> Box:
        px, py = screen.point_px(mark.x, mark.y)
        return px - half, py - half, px + half, py + half
