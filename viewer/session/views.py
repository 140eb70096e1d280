"""Saved views: where they take the map and the time."""

from __future__ import annotations

from viewer.domain.dates import DateError, parse
from viewer.domain.views import SavedView
from viewer.session.camera import fit_camera
from viewer.session.commands import WINDOW_LIMITS, Batch, Command, Select, SetCamera, SetCursor, SetMode, SetWindow
from viewer.session.state import Ref

USUAL_SIZE = (1100, 640)
"""Logical pixels of a map when its size is not known."""


def view_shown(view: SavedView, size: tuple[int, int] = USUAL_SIZE) -> Command:
    """Bring a view's ground and time onto a map of that size, and what there is to see into the details."""
    box = box_of(view)
    moves: list[Command] = [SetCamera(fit_camera(*box, *size))] if box is not None else []
    try:
        day = parse(view.on).latest
    except DateError:
        day = None
    if day is not None:
        moves.append(SetCursor(day))
    if view.days is not None and WINDOW_LIMITS[0] <= view.days <= WINDOW_LIMITS[1]:
        moves += [SetMode("window"), SetWindow(int(view.days))]
    return Batch((*moves, Select(Ref("view", view.key))))


def box_of(view: SavedView) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees; None where the view names no place on the globe."""
    if view.west is None or view.south is None or view.east is None or view.north is None:
        return None
    sound = -180 <= view.west < view.east <= 180 and -85 <= view.south < view.north <= 85
    return (view.west, view.south, view.east, view.north) if sound else None
