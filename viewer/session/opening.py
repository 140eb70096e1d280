"""What a store shows when it is opened for the first time: the whole region on the day the store asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from viewer.domain.dates import DateError, Day, parse
from viewer.session.commands import SetCamera
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


def region_of(data: DataSet) -> tuple[float, float, float, float]:
    """The box to show whole: the border region if anything lies there, else the box of what the store holds."""
    lon, lat = data.events.lon[data.events.placed], data.events.lat[data.events.placed]
    west, south, east, north = REGION
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if not len(lon) or bool(np.any(inside)):
        return REGION
    pad = 0.5
    return float(lon.min()) - pad, float(lat.min()) - pad, float(lon.max()) + pad, float(lat.max()) + pad
