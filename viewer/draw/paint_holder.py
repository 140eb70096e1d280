"""Town marks as pixels, above the letters of ground: a square in the colours of whoever stands there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field

from PySide6.QtGui import QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.letters import LettersKind
from viewer.draw.screen import Screen
from viewer.draw.sprites import Laid, Sprite, Sprites
from viewer.draw.steps import NOWHERE, Box, Kind, Look, Target
from viewer.draw.symbols import SQUARE, paint_holder
from viewer.draw.tokens import Tokens
from viewer.layers.primitives import HolderMark, Letters

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

    def reaches(self, things: Sequence[HolderMark], screen: Screen, tokens: Tokens) -> list[Box]:
        """The same of many, which a new view asks for."""
        return [
            (px - HALF - 1, py - HALF - 1, px + HALF + 1, py + HALF + 1) if _sees(screen, px, py) else NOWHERE
            for px, py in _spots(things, screen)
        ]

    def within(self, mark: HolderMark, screen: Screen) -> bool:
        """Whether any of its square is in the view."""
        return _sees(screen, *screen.point_px(mark.x, mark.y))

    def all_within(self, things: Sequence[HolderMark], screen: Screen) -> list[bool]:
        """The same of many."""
        return [_sees(screen, px, py) for px, py in _spots(things, screen)]

    def paint(self, painter: QPainter, mark: HolderMark, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Draw it, or lay down its picture."""
        key, draw = self._sprite(mark, tokens, chosen)
        self.sprites.paint(painter, key, (HALF, HALF), *look.screen.point_px(mark.x, mark.y), draw)

    def laid(self, mark: HolderMark, look: Look, tokens: Tokens, chosen: bool) -> Laid:
        """The picture of its look."""
        key, draw = self._sprite(mark, tokens, chosen)
        return self.sprites.laid(key, (HALF, HALF), *look.screen.point_px(mark.x, mark.y), draw, look.ratio)

    def _sprite(self, mark: HolderMark, tokens: Tokens, chosen: bool) -> Sprite:
        key = (tokens.theme, mark.actors, mark.control, mark.strength, mark.possible, mark.besieged, chosen)
        return key, lambda inner: paint_holder(inner, mark, tokens, chosen)

    def pointed(self, mark: HolderMark, screen: Screen, tokens: Tokens) -> tuple[Target, ...]:
        """Its square."""
        if not self.within(mark, screen):
            return ()
        px, py = screen.point_px(mark.x, mark.y)
        return (Target((px - AIM, py - AIM, px + AIM, py + AIM), mark.refs, mark.title),)


def _spots(marks: Sequence[HolderMark], screen: Screen) -> Iterable[tuple[float, float]]:
    x, y = screen.to_px([mark.x for mark in marks], [mark.y for mark in marks])
    return zip(x.tolist(), y.tolist(), strict=True)


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

    def reaches(self, things: Sequence[HolderMark | Letters], screen: Screen, tokens: Tokens) -> list[Box]:
        """The same of many: marks are asked for at once."""
        marks = [thing for thing in things if isinstance(thing, HolderMark)]
        known = iter(self.holders.reaches(marks, screen, tokens))
        return [
            next(known) if isinstance(thing, HolderMark) else self.letters.reach(thing, screen, tokens)
            for thing in things
        ]

    def within(self, thing: HolderMark | Letters, screen: Screen) -> bool:
        """Whether any of a square is in the view; letters are not counted, their ground is."""
        return isinstance(thing, HolderMark) and self.holders.within(thing, screen)

    def all_within(self, things: Sequence[HolderMark | Letters], screen: Screen) -> list[bool]:
        """The same of many."""
        known = iter(self.holders.all_within([thing for thing in things if isinstance(thing, HolderMark)], screen))
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

    def pointed(self, thing: HolderMark | Letters, screen: Screen, tokens: Tokens) -> tuple[Target, ...]:
        """A square; through letters a pointer meets the ground."""
        return self.holders.pointed(thing, screen, tokens) if isinstance(thing, HolderMark) else ()
