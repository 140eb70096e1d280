"""What stands round the map: made when the map is already seen, a little at a time, in places kept for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from viewer.ui.panels import PANELS
from viewer.ui.preload import AT_ONCE_SECONDS, Preload
from viewer.ui.timeline.frame import MOST_ROWS, rows_for

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from viewer.draw.tokens import Tokens
    from viewer.ui.asking import Asking
    from viewer.ui.canvas import Canvas
    from viewer.ui.date_card import DateCard
    from viewer.ui.loaded import Loaded
    from viewer.ui.timeline.timeline import Timeline

CONTROLS, SCALE = 35, 36
"""Pixels of the timeline above and below its rows, at the usual size of type."""


def usual_height(pins: int) -> int:
    """How high the timeline will be with so many pinned places, as far as can be said before it is there."""
    return CONTROLS + rows_for(pins, MOST_ROWS).height + SCALE


class Parts:
    """Panels, timeline and date card of one data set, and the classes of Qt that threads need beside them."""

    def __init__(self, loaded: Loaded, canvas: Canvas, preload: Preload, asking: Asking) -> None:
        self._loaded, self._canvas, self._preload, self._asking = loaded, canvas, preload, asking
        self._steps = self._making()
        self.panels: dict[str, QWidget] = {}
        self.timeline: Timeline
        self.card: DateCard
        self.made: list[QWidget] = []
        """All that are there by now."""
        self.done = False

    def go_on(self, seconds: float = AT_ONCE_SECONDS) -> bool:
        """Take steps for so long, at least one; True when all are there."""
        until = time.monotonic() + seconds
        for _ in self._steps:
            if time.monotonic() >= until:
                return False
        self.done = True
        return True

    def _making(self) -> Iterator[None]:
        while not self._preload.go_on(0.0):
            yield
        from viewer.ui.date_card import DateCard
        from viewer.ui.timeline.timeline import Timeline

        session, data = self._loaded.session, self._loaded.data
        for panel in PANELS:
            self.panels[panel.id] = panel.make(session, data, self._tokens, self._loaded.basemap, self._asking)
            self.made.append(self.panels[panel.id])
            yield
        self.timeline = Timeline(session, data, self._tokens)
        self.made.append(self.timeline)
        yield
        self.card = DateCard(session, data, self._canvas)
        self.made.append(self.card)

    @property
    def _tokens(self) -> Tokens:
        """The colours of now: another theme may be asked for while parts are made."""
        return self._loaded.picture.tokens(self._loaded.session.state.theme)
