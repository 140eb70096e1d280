"""Where the camera goes when a hand zooms and drags; pure, so that the canvas only passes numbers on."""

from __future__ import annotations

import math
from dataclasses import replace

from viewer.geo.projection import point_to_map
from viewer.session.commands import SCALE_LIMITS
from viewer.session.state import Camera

FARTHEST = SCALE_LIMITS[1]
"""The scale of level 0 (map metres in a logical pixel)."""
LEVELS = 3
"""So many levels until the scale is half."""
EDGE_PX = 48.0
"""How far from the edge of a view what it is about is kept."""
Box = tuple[float, float, float, float]
"""Where a view stands in its window: left, top, width, height in pixels."""


def level_of(scale: float) -> int:
    """The level of a scale: names stand as they are placed for the farthest scale of its level."""
    return max(0, math.floor(LEVELS * math.log2(FARTHEST / scale) + 1e-9))


def scale_of(level: int) -> float:
    """The farthest scale of a level."""
    return float(FARTHEST / 2.0 ** (level / LEVELS))


def under(camera: Camera, x: float, y: float, width: float, height: float) -> tuple[float, float]:
    """The map metres under a pixel (from the top left) of a view of that size."""
    return camera.x + (x - width / 2) * camera.scale, camera.y - (y - height / 2) * camera.scale


def seen_at(camera: Camera, x: float, y: float, width: float, height: float) -> tuple[float, float]:
    """The pixel at which a point in map metres is seen."""
    return (x - camera.x) / camera.scale + width / 2, (camera.y - y) / camera.scale + height / 2


def zoomed(camera: Camera, factor: float, x: float, y: float, width: float, height: float) -> Camera:
    """Zoom so that what lies under the pixel stays there; the limits of scale hold."""
    scale = min(max(camera.scale * factor, SCALE_LIMITS[0]), SCALE_LIMITS[1])
    at_x, at_y = under(camera, x, y, width, height)
    return Camera(at_x - (x - width / 2) * scale, at_y + (y - height / 2) * scale, scale)


def dragged(camera: Camera, right: float, down: float) -> Camera:
    """Move the map with the hand by so many pixels."""
    return replace(camera, x=camera.x - right * camera.scale, y=camera.y + down * camera.scale)


def moved_picture(
    drawn: Camera, size: tuple[float, float], now: Camera, width: float, height: float
) -> tuple[float, float, float]:
    """Where a picture of a `size`, drawn for one camera, belongs in another's view: left, top, how it is stretched."""
    stretch = drawn.scale / now.scale
    left, top = seen_at(now, *under(drawn, 0, 0, *size), width, height)
    return left, top, stretch


def fit_camera(
    west: float, south: float, east: float, north: float, width: int, height: int, margin: float = 0.04
) -> Camera:
    """The camera that shows a box in degrees as large as it fits, with a margin as a share of the picture.

    However far that is: a picture shows what was asked for.
    """
    (x0, y0), (x1, y1) = point_to_map(west, south), point_to_map(east, north)
    room = 1 - 2 * margin
    scale = max(abs(x1 - x0) / max(1.0, width * room), abs(y1 - y0) / max(1.0, height * room))
    return Camera((x0 + x1) / 2, (y0 + y1) / 2, max(SCALE_LIMITS[0], scale))


def leave_room(camera: Camera, box: tuple[float, float, float, float], width: float, aside: float) -> Camera:
    """The camera with a box in degrees moved to the left of a view as far as it has room there.

    aside: so many pixels at the right are enough for what stands beside it.
    """
    west, east = point_to_map(box[0], 0.0)[0], point_to_map(box[2], 0.0)[0]
    left = (west - camera.x) / camera.scale + width / 2
    right = width / 2 - (east - camera.x) / camera.scale
    return replace(camera, x=camera.x + max(0.0, min(left - EDGE_PX, aside - right)) * camera.scale)


def held(camera: Camera, before: Box, after: Box, shown: tuple[float, float] | None = None) -> Camera:
    """The camera with which a view at another place shows the same ground under each pixel of the window.

    A point that was shown stays shown: the map moves no farther for it than it must.
    """
    left, top, width, height = after
    x, y = under(camera, left - before[0] + width / 2, top - before[1] + height / 2, *before[2:])
    moved = replace(camera, x=x, y=y)
    if shown is None:
        return moved
    was, now = seen_at(camera, *shown, *before[2:]), seen_at(moved, *shown, width, height)
    if not (0 <= was[0] <= before[2] and 0 <= was[1] <= before[3]):
        return moved
    inside = (_within(now[0], width), _within(now[1], height))
    return dragged(moved, inside[0] - now[0], inside[1] - now[1])


def _within(at: float, length: float) -> float:
    """The place nearest to one that is not too near to the ends of a length."""
    margin = min(EDGE_PX, length / 2)
    return min(max(at, margin), length - margin)
