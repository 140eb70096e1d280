"""Holds the ground still on the screen while panels open and close beside the map.

What a hand pointed at, or what was selected, would come to lie under a panel that opens: then the map glides just as
far as it must, and back when the panel closes. What one looked at, the selected record or else the middle of the map,
stays in the middle part of what is left of it. What was selected elsewhere than on the map and is not seen whole is
brought into view, as if a hand had moved the map there.
"""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QEasingCurve, QObject, QRect, QTimer, QVariantAnimation

from viewer.domain.frozen import dataclass
from viewer.session.camera import MIDDLE, XY, Box, Ground, brought, held, holds, kept_in_middle, seen_at
from viewer.session.commands import SetCamera
from viewer.session.opening import Settle
from viewer.session.session import Session, Step
from viewer.session.state import Camera

HOLD_MS = 500
"""How long panels may take to come or go: they slide into their places."""
GLIDE_MS = 180
Off = tuple[float, float, float]
"""To the east and to the north in map metres, and how much farther away, as a logarithm."""
STAY: Off = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for when panels began to come or go.

    shown: what is to stay in sight, the first before all others; brings: that comes into view if it is not seen whole;
    aimed: the map was told where to look, and keeps that in its middle; pointed: a hand points at what is shown;
    camera: how the map looked then; step: with what it is taken back where the map was brought.
    """

    shown: tuple[Ground, ...] = ()
    brings: bool = False
    aimed: bool = False
    pointed: bool = False
    camera: Camera | None = None
    step: Step | None = None


class Steady(QTimer):
    """Runs while the map is to hold still; at other times its middle stays, as when the window is made larger.

    A hand left the map somewhere (`_start`). Panels move the same ground to where it stands now (`_base`), and from
    there the map looks so far off (`_off`, on the way from `_from` to `_goal`) that what was asked for is seen. That
    makes `_seen`: if the session looks elsewhere, a hand has moved the map, and all of this begins anew.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._stood = QRect()
        self._start: tuple[Camera, QRect] | None = None
        """Where the map looked and stood when a hand had moved it last: that is what closing panels gives back."""
        self._base: Camera | None = None
        """How it looks at the same ground now."""
        self._off, self._goal = STAY, STAY
        """How far it looks from there, and is to look."""
        self._seen: Camera | None = None
        self._covered: Camera | None = None
        """How it looked when a panel on the left covered ground last."""
        self._asked = Asked()
        self._brings = False
        """Whether what was asked for was not seen whole and comes into view."""
        self._gliding = QVariantAnimation(self)
        self._gliding.setDuration(GLIDE_MS)
        self._gliding.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._gliding.setStartValue(0.0)
        self._gliding.setEndValue(1.0)
        self._gliding.valueChanged.connect(self._glide)
        self._from = STAY
        self.setSingleShot(True)

    def begin(self, *shown: Ground, bring: bool = False, aimed: bool = False, pointed: bool = False) -> None:
        """A panel is about to come or go: the ground stays, and the first of what is shown that is seen whole stays so.

        bring: bring the first into view if it is not seen whole; aimed: the middle of the map stays its middle, and
        not the ground; pointed: a hand points at what is shown, which moves only if it would be covered.
        """
        if self._brings:  # where the map was brought to is where it is to look now
            self._start, self._brings = None, False
        self._asked = Asked(shown, bring, aimed, pointed, self._session.state.camera, self._session.step)
        self.start(HOLD_MS)
        QTimer.singleShot(0, self, self._go_on)  # what is laid out now may take longer than that

    def release(self) -> None:
        """Come to rest: the map goes, or looks where it was told to."""
        self.stop()
        self._gliding.stop()

    @property
    def gliding(self) -> bool:
        """Whether the map still moves."""
        return self._gliding.state() == QVariantAnimation.State.Running

    def _go_on(self) -> None:
        if self.isActive():
            self.start(HOLD_MS)
            if self._asked.brings and self._stood.isValid():
                self._aim(self._stood, self._stood)

    def follow(self, stands: QRect) -> None:
        """The map stands elsewhere in its window."""
        stood, self._stood = self._stood, QRect(stands)
        if not self.isActive() or not stood.isValid():
            self._start = None
            return
        self._aim(stood, stands)

    def _aim(self, stood: QRect, stands: QRect) -> None:
        """Look at the same ground where the map stands now, and glide to where it is to look."""
        camera = self._session.state.camera
        if camera not in (self._asked.camera, self._seen):  # a hand moved the map meanwhile
            self._asked = replace(self._asked, brings=False, aimed=False)
        if self._asked.aimed and self._asked.camera is not None:
            self._start, self._off = (self._asked.camera, QRect(stands)), STAY
        elif self._start is None or camera not in (self._start[0], self._seen):
            self._start, self._off = (camera, QRect(stood)), STAY
        first, place = self._start[0], _box(self._start[1])
        self._base = held(first, place, _box(stands))
        width, height = stands.width(), stands.height()
        asked = self._asked.shown
        seen = tuple(ground for ground in asked if holds(first, ground, *place[2:]))
        self._brings = self._asked.brings and asked[:1] != seen[:1]
        kept = self._base
        if stands.left() > place[0]:
            self._covered = first
        elif stands.left() < place[0] and self._covered is not None:
            kept = _uncovered(self._base, first, self._covered)
        if not self._brings:
            kept = self._with_looked_at(kept, seen, width, height)
        for ground in asked[:1] if self._brings else seen[:1]:
            kept = brought(kept, ground, width, height, self._brings)
        self._goal = kept.x - self._base.x, kept.y - self._base.y, math.log(kept.scale / self._base.scale)
        self._look()
        self._gliding.stop()
        if self._goal != self._off:
            self._from = self._off
            self._gliding.start()

    def _with_looked_at(self, camera: Camera, seen: tuple[Ground, ...], width: int, height: int) -> Camera:
        """What one looked at: the point of what is seen of the shown, else the middle of the map as it was."""
        if self._start is None:
            return camera
        first, place = self._start[0], self._start[1]
        point: XY = (first.x, first.y)
        if seen:
            west, south, east, north = seen[-1]
            point = (west + east) / 2, (south + north) / 2
        x, y = seen_at(first, *point, place.width(), place.height())
        stood = x / place.width(), y / place.height()
        return kept_in_middle(camera, point, stood, width, height, 0.0 if self._asked.pointed else MIDDLE)

    def _glide(self, part: float) -> None:
        """Look as far off as the time that has passed asks for, unless a hand moves the map."""
        if self._session.state.camera != self._seen:
            self._gliding.stop()
            return
        now = tuple(begin + (end - begin) * part for begin, end in zip(self._from, self._goal, strict=True))
        self._off = self._goal if part >= 1.0 else (now[0], now[1], now[2])
        self._look()

    def _look(self) -> None:
        base, (x, y, away) = self._base, self._off
        if base is not None:
            self._seen = Camera(base.x + x, base.y + y, base.scale * math.exp(away) if away else base.scale)
            if self._brings:
                self._session.dispatch(SetCamera(self._seen), joins=self._asked.step)
            else:
                self._session.dispatch(Settle(self._seen))


def _uncovered(held: Camera, beside: Camera, before: Camera) -> Camera:
    """How the map looks once a panel on its left has closed, as nearly as it can be as before that opened.

    held: at the same ground under each pixel; beside: how it looked beside the panel. What was looked for there, at
    another scale or as the whole region, would be left at the other edge: it comes to the middle.
    """
    middle = replace(held, x=beside.x)
    moved = abs(middle.x - before.x) < abs(held.x - before.x)
    return middle if moved or held.scale != before.scale else held


def _box(rect: QRect) -> Box:
    return float(rect.left()), float(rect.top()), float(rect.width()), float(rect.height())
