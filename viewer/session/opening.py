"""What a store shows when it is opened for the first time: the whole region on the day the store asks for."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from viewer.domain.dates import DateError, Day, parse
from viewer.domain.frozen import dataclass
from viewer.geo.projection import point_to_degrees, point_to_map
from viewer.session.commands import SetCamera
from viewer.session.memo import remembered
from viewer.session.selectors import extent
from viewer.session.state import State, Time
from viewer.store.dataset import DataSet

REGION = (36.0, 32.2, 46.0, 37.4)
"""West, south, east, north in degrees: the border region."""
WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Settle(SetCamera):
    """Look at a part of the map because the window found its size; nobody wants to undo that."""

    undoable: ClassVar[bool] = False


def opening_state(data: DataSet, theme: str = "light") -> State:
    """The state before anybody touched anything; its camera waits for the size of the view."""
    lanes = tuple(key for key in data.meta.lanes.split() if key in data.places)
    return State(time=Time(cursor=opening_day(data), window_days=WINDOW_DAYS), theme=theme, pins=lanes)


def opening_day(data: DataSet) -> Day:
    """The day the store itself asks for, else its last day."""
    try:
        asked = parse(data.meta.opens_on).latest
    except DateError:
        asked = None
    return asked if asked is not None else extent(data)[1]


@remembered(1)
def region_of(data: DataSet) -> tuple[float, float, float, float]:
    """The box to show whole: the border region if anything lies there, else the box of what the store holds."""
    x, y = data.events.x, data.events.y
    (west, south), (east, north) = point_to_map(*REGION[:2]), point_to_map(*REGION[2:])
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    if inside.any() or not data.events.placed.any():
        return REGION
    west, south = point_to_degrees(float(np.nanmin(x)), float(np.nanmin(y)))
    east, north = point_to_degrees(float(np.nanmax(x)), float(np.nanmax(y)))
    pad = 0.5
    return west - pad, south - pad, east + pad, north + pad
