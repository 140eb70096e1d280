"""Town marks as pixels, above the letters of ground: a square in the colours of whoever stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.letters import LettersKind
from viewer.draw.screen import Screen
from viewer.draw.sprites import Laid, Sprite, Sprites
from viewer.draw.steps import NOWHERE, Box, Kind, Look, Target
from viewer.draw.symbols import SQUARE, paint_holder
from viewer.draw.tokens import Tokens
from viewer.geo.outline import Boxes
from viewer.layers.primitives import HolderMark, Letters

Numbers = NDArray[np.float64]
X, Y = attrgetter("x"), attrgetter("y")
LOOK = attrgetter("actors", "control", "strength", "possible", "besieged")
LETTERS = frozenset((Letters,))
HALF = 12.0
"""Half the side of the picture of a mark with its rings."""
AIM = SQUARE + 1.5
"""Half the side of what can be pointed at."""


@dataclass
class HolderKind(Kind[HolderMark]):
    """How marks of towns are painted: one picture for each look."""

    sprites: Sprites = field(default_factory=Sprites)

    def reach(self, mark: HolderMark, screen: Screen, tokens: Tokens) -> Box:
        """The picture, which is laid on whole pixels; nothing if the square is out of sight."""
        px, py = screen.point_px(mark.x, mark.y)
        return (px - HALF - 1, py - HALF - 1, px + HALF + 1, py + HALF + 1) if _sees(screen, px, py) else NOWHERE

    def reaches(self, things: Sequence[HolderMark], screen: Screen, tokens: Tokens) -> Boxes:
        """The same of many, which a new view asks for."""
        x, y = _spots(things, screen)
        boxes = np.column_stack((x - HALF - 1, y - HALF - 1, x + HALF + 1, y + HALF + 1))
        boxes[~_all_seen(screen, x, y)] = NOWHERE
        return boxes

    def within(self, mark: HolderMark, screen: Screen) -> bool:
        """Whether any of its square is in the view."""
        return _sees(screen, *screen.point_px(mark.x, mark.y))

    def all_within(self, things: Sequence[HolderMark], screen: Screen) -> list[bool]:
        """The same of many."""
        seen: list[bool] = _all_seen(screen, *_spots(things, screen)).tolist()
        return seen

    def paint(self, painter: QPainter, mark: HolderMark, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Draw it, or lay down its picture."""
        key, draw = self._sprite(mark, tokens, chosen)
        self.sprites.paint(painter, key, (HALF, HALF), *look.screen.point_px(mark.x, mark.y), draw)

    def laid(self, mark: HolderMark, look: Look, tokens: Tokens, chosen: bool) -> Laid:
        """The picture of its look."""
        key, draw = self._sprite(mark, tokens, chosen)
        return self.sprites.laid(key, (HALF, HALF), *look.screen.point_px(mark.x, mark.y), draw, look.ratio)

    def laid_at_once(
        self, things: Sequence[HolderMark], look: Look, tokens: Tokens
    ) -> Iterator[tuple[HolderMark, Laid]]:
        """The same of many, which a new view asks for."""
        left, top = (np.round((side - HALF) * look.ratio) / look.ratio for side in _spots(things, look.screen))
        for mark, x, y in zip(things, left.tolist(), top.tolist(), strict=True):
            picture = self.sprites.picture(*self._sprite(mark, tokens, False), (HALF, HALF), look.ratio)
            yield mark, (QPointF(x, y), picture)

    def _sprite(self, mark: HolderMark, tokens: Tokens, chosen: bool) -> Sprite:
        key = (tokens.theme, LOOK(mark), chosen)
        return key, lambda inner: paint_holder(inner, mark, tokens, chosen)

    def pointed(self, mark: HolderMark, screen: Screen, tokens: Tokens) -> tuple[Target, ...]:
        """Its square."""
        if not self.within(mark, screen):
            return ()
        px, py = screen.point_px(mark.x, mark.y)
        return (Target((px - AIM, py - AIM, px + AIM, py + AIM), mark.refs, mark.title),)


def _spots(marks: Sequence[HolderMark], screen: Screen) -> tuple[Numbers, Numbers]:
    x, y = screen.to_px(list(map(X, marks)), list(map(Y, marks)))
    return x, y


def _all_seen(screen: Screen, px: Numbers, py: Numbers) -> NDArray[np.bool_]:
    """The same as of one, of many."""
    found: NDArray[np.bool_] = (
        (px >= -AIM) & (px <= screen.width + AIM) & (py >= -AIM) & (py <= screen.height + AIM)
    )
    return found


def _marks(things: Sequence[HolderMark | Letters]) -> list[HolderMark]:
    return [thing for thing in things if isinstance(thing, HolderMark)]


def _sees(screen: Screen, px: float, py: float) -> bool:
    """Whether any of a square around a point is in the view."""
    return -AIM <= px <= screen.width + AIM and -AIM <= py <= screen.height + AIM


@dataclass
class PlaceKind(Kind[HolderMark | Letters]):
    """How marks of towns and letters of ground are painted into one image."""

    holders: HolderKind
    letters: LettersKind

    def reach(self, thing: HolderMark | Letters, screen: Screen, tokens: Tokens) -> Box:
        """The picture of either."""
        if isinstance(thing, Letters):
            return self.letters.reach(thing, screen, tokens)
        return self.holders.reach(thing, screen, tokens)

    def reaches(self, things: Sequence[HolderMark | Letters], screen: Screen, tokens: Tokens) -> Boxes:
        """The same of many: marks are asked for at once."""
        marks, boxes = _marks(things), np.empty((len(things), 4))
        if len(marks) < len(things):
            letters = np.fromiter(map(LETTERS.__contains__, map(type, things)), bool, len(things))
            boxes[letters] = [self.letters.reach(one, screen, tokens) for one in things if isinstance(one, Letters)]
            boxes[~letters] = self.holders.reaches(marks, screen, tokens)
            return boxes
        return self.holders.reaches(marks, screen, tokens)

    def within(self, thing: HolderMark | Letters, screen: Screen) -> bool:
        """Whether any of a square is in the view; letters are not counted, their ground is."""
        return isinstance(thing, HolderMark) and self.holders.within(thing, screen)

    def all_within(self, things: Sequence[HolderMark | Letters], screen: Screen) -> list[bool]:
        """The same of many."""
        known = iter(self.holders.all_within(_marks(things), screen))
        return [isinstance(thing, HolderMark) and next(known) for thing in things]

    def paint(self, painter: QPainter, thing: HolderMark | Letters, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Draw it, or lay down its picture."""
        if isinstance(thing, Letters):
            self.letters.paint(painter, thing, look, tokens)
        else:
            self.holders.paint(painter, thing, look, tokens, chosen)

    def laid(self, thing: HolderMark | Letters, look: Look, tokens: Tokens, chosen: bool) -> Laid:
        """The picture of either."""
        if isinstance(thing, Letters):
            return self.letters.laid(thing, look, tokens)
        return self.holders.laid(thing, look, tokens, chosen)

    def laid_at_once(
        self, things: Sequence[HolderMark | Letters], look: Look, tokens: Tokens
    ) -> Iterator[tuple[HolderMark, Laid]]:
        """Those of the marks."""
        return self.holders.laid_at_once(_marks(things), look, tokens)

    def pointed(self, thing: HolderMark | Letters, screen: Screen, tokens: Tokens) -> tuple[Target, ...]:
        """A square; through letters a pointer meets the ground."""
        return self.holders.pointed(thing, screen, tokens) if isinstance(thing, HolderMark) else ()
