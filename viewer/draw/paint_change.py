"""What changed hands as pixels, among the areas of control: a veil over what did not, pieces on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import cast

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath

from viewer.domain.frozen import dataclass
from viewer.draw.hatch import CALM, paint_change
from viewer.draw.paint_control import AreaKind, Paths
from viewer.draw.screen import Screen
from viewer.draw.steps import Box, Kind, Look, Surface
from viewer.draw.tokens import Tokens
from viewer.draw.unlocked import Stroke
from viewer.geo.outline import Boxes
from viewer.layers.primitives import Calm, ChangeArea, ControlArea

OUTSIDE = 3.0
Thing = ControlArea | Calm | ChangeArea


@dataclass
class GroundKind(Kind[Thing]):
    """How areas of control, the veil over them and what changed are painted into one image."""

    areas: AreaKind
    paths: Paths = field(default_factory=Paths)

    def reach(self, thing: Thing, screen: Screen, tokens: Tokens) -> Box:
        """The veil lies over all of a view."""
        if isinstance(thing, ControlArea):
            return self.areas.reach(thing, screen, tokens)
        if isinstance(thing, Calm):
            return 0.0, 0.0, float(screen.width), float(screen.height)
        left, top, right, bottom = screen.box_px(thing.ground.outline.box)
        return left - OUTSIDE, top - OUTSIDE, right + OUTSIDE, bottom + OUTSIDE

    def reaches(self, things: Sequence[Thing], screen: Screen, tokens: Tokens) -> Boxes:
        """The same of many: areas of control are asked for at once."""
        areas = _areas(things)
        known = self.areas.reaches(areas, screen, tokens)
        if len(areas) == len(things):
            return known
        of_areas = iter(known)
        return np.array([
            next(of_areas) if isinstance(thing, ControlArea) else self.reach(thing, screen, tokens) for thing in things
        ])  # fmt: skip

    def vertices(self, things: Sequence[Thing], screen: Screen, ratio: float) -> int:
        """Those of the areas of control: changes are few, and are always drawn with all their details."""
        return self.areas.vertices(_areas(things), screen, ratio)

    def within(self, thing: Thing, screen: Screen) -> bool:
        """Whether any of its rings may be in the view."""
        return isinstance(thing, Calm) or thing.ground.outline.touches(*screen.bounds)

    def all_within(self, things: Sequence[Thing], screen: Screen) -> list[bool]:
        """The same of many."""
        areas = _areas(things)
        known = iter(self.areas.all_within(areas, screen))
        if len(areas) == len(things):
            return list(known)
        return [next(known) if isinstance(thing, ControlArea) else self.within(thing, screen) for thing in things]

    def pointed(self, thing: Thing, screen: Screen, tokens: Tokens) -> tuple[Surface, ...]:
        """What changed is told first; a click finds the town below it."""
        if isinstance(thing, ControlArea):
            return self.areas.pointed(thing, screen, tokens)
        if isinstance(thing, Calm):
            return ()
        return (Surface(thing.ground.outline.rings, (), thing.title, foremost=True),)

    def paint_first(
        self, painter: QPainter, over: Stroke, things: Sequence[Thing], among: Sequence[Thing], look: Look,
        tokens: Tokens,
    ) -> Sequence[Thing]:  # fmt: skip
        """What of the areas of control can be painted at once: it lies below all else."""
        areas = _areas(things)
        return [*self.areas.paint_first(painter, over, areas, _areas(among), look, tokens), *things[len(areas) :]]

    def learn(self, things: Iterable[object]) -> None:
        """Those of the shares of towns."""
        self.areas.learn(things)

    def paint(self, painter: QPainter, thing: Thing, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Paint one of them."""
        if isinstance(thing, ControlArea):
            self.areas.paint(painter, thing, look, tokens, chosen)
        elif isinstance(thing, Calm):
            _paint_veil(painter, QRectF(0, 0, look.screen.width, look.screen.height), 1 - CALM, look, tokens)
        else:
            path = self.paths.on(thing.ground, look.screen, look.ratio)
            _paint_veil(painter, path, 1.0, look, tokens)
            paint_change(painter, path, thing.was, thing.now, thing.control, tokens, look.ratio)


def _areas(things: Sequence[Thing]) -> list[ControlArea]:
    """The areas of control, which come before all else."""
    if set(map(type, things)) <= {ControlArea}:  # as on most days: of hundreds of areas none is looked at
        return cast("list[ControlArea]", list(things))
    return [thing for thing in things if isinstance(thing, ControlArea)]


def _paint_veil(painter: QPainter, shape: QRectF | QPainterPath, share: float, look: Look, tokens: Tokens) -> None:
    """Take away a share of what was painted into an image; a device that cannot gets paper laid upon it."""
    path = shape if isinstance(shape, QPainterPath) else QPainterPath()
    if isinstance(shape, QRectF):
        path.addRect(shape)
    if look.vector:
        painter.fillPath(path, tokens.colour("paper", share))
        return
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    painter.fillPath(path, tokens.colour("ink", share))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
