"""What lies at a point of the map, for the menu on the right mouse button."""

from __future__ import annotations

import math

from viewer.domain.places import LonLat
from viewer.store.dataset import DataSet

NEAR_METRES = 25_000.0
_SETTLED = ("city", "town", "village", "airbase", "oilfield", "crossing", "camp", "dam", "station", "site", "district")


def nearest_place(data: DataSet, where: LonLat, within_m: float = NEAR_METRES) -> str | None:
    """The key of the nearest settlement or site, or None when none is that near."""
    stretch = math.cos(math.radians(where[1]))
    best: tuple[float, str] | None = None
    for place in data.places.values():
        if place.lon is None or place.lat is None or place.kind not in _SETTLED:
            continue
        metres = math.hypot((place.lon - where[0]) * stretch, place.lat - where[1]) * 111_195.0
        if metres <= within_m and (best is None or metres < best[0]):
            best = (metres, place.key)
    return best[1] if best else None
