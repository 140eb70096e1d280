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
HEAD_PX = 96.0
"""How far from its top, where the date stands."""
MIDDLE, WELL_INSIDE = 1 / 5, 1 / 3
"""The shares of a view that are not its middle part, at each side; what left that comes so far inside."""
FARTHEST_BROUGHT, CLOSE = 3_000.0, 200.0
"""The farthest scale to which a view goes by itself, so that what it is about is seen; and one close enough to see
where a point lies."""
Box = tuple[float, float, float, float]
"""Where a view stands in its window: left, top, width, height in pixels."""
Ground = tuple[float, float, float, float]
"""West, south, east, north in map metres."""
XY = tuple[float, float]


def level_of(scale: float) -> int:
    """The level of a scale: names stand as they are placed for the farthest scale of its level."""
    return max(0, math.floor(LEVELS * math.log2(FARTHEST / scale) + 1e-9))


def scale_of(level: int) -> float:
    """The farthest scale of a level."""
    return float(FARTHEST / 2.0 ** (level / LEVELS))


def scales_beside(scale: float) -> tuple[float, float]:
    """A scale of the next closer level and one of the next farther one, as far as there are such."""
    apart = 2.0 ** (1 / LEVELS)
    return max(SCALE_LIMITS[0], scale / apart), min(FARTHEST, scale * apart)


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


def holds(camera: Camera, ground: Ground, width: float, height: float) -> bool:
    """Whether a view of that size shows all of some ground."""
    (left, top), (right, bottom) = _corners(camera, ground, width, height)
    return left >= 0 and top >= 0 and right <= width and bottom <= height


def meets(camera: Camera, ground: Ground, width: float, height: float) -> bool:
    """Whether a view of that size shows any of some ground."""
    (left, top), (right, bottom) = _corners(camera, ground, width, height)
    return left <= width and top <= height and right >= 0 and bottom >= 0


def brought(camera: Camera, ground: Ground, width: float, height: float, leap: bool = False) -> Camera:
    """The camera that shows all of some ground: the same if it does, else moved as little as may be.

    It goes farther away where the ground is too large for it, never closer. leap: what is wholly out of sight comes to
    the middle.
    """
    if holds(camera, ground, width, height):
        return camera
    needed = _needed(ground, width, height)
    (left, top), (right, bottom) = _corners(camera, ground, width, height)
    out_of_sight = right < 0 or left > width or bottom < 0 or top > height
    if needed > camera.scale or (leap and out_of_sight):
        return _around(ground, max(camera.scale, min(needed, FARTHEST_BROUGHT)), width, height)
    side, head, foot = _margins(width, height)
    return dragged(camera, _inward(left, right, side, width - side), _inward(top, bottom, head, height - foot))


def kept_in_middle(camera: Camera, point: XY, stood: XY, width: float, height: float, edge: float = MIDDLE) -> Camera:
    """The camera that shows a point in map metres in the middle part of a view, or as near that as it stood before.

    stood: the shares of the former view at its left and above it; edge: the share at each side that is not the middle
    part. The same camera if it does so, else the point comes well inside.
    """
    x, y = seen_at(camera, *point, width, height)
    side, head, foot = _margins(width, height)
    right = 0.0 if _in_part(x, stood[0], width, edge) else _well_inside(x, stood[0], width, (side, side))
    down = 0.0 if _in_part(y, stood[1], height, edge) else _well_inside(y, stood[1], height, (head, foot))
    return dragged(camera, right, down) if right or down else camera


def _in_part(pixel: float, stood: float, length: float, edge: float) -> bool:
    return min(edge, stood) * length - 0.5 <= pixel <= max(1 - edge, stood) * length + 0.5


def _well_inside(pixel: float, stood: float, length: float, margins: XY) -> float:
    """How far what stands at a pixel is to move, so that it stands well inside or as it stood, never in the margins."""
    low, high = min(WELL_INSIDE, stood) * length, max(1 - WELL_INSIDE, stood) * length
    return _inward(pixel, pixel, max(low, margins[0]), min(high, length - margins[1]))


def zoomed_to(camera: Camera, ground: Ground, width: float, height: float) -> Camera:
    """The camera with some ground in the middle: closer if it is far away, never so close that a part is hidden."""
    needed = min(_needed(ground, width, height), FARTHEST_BROUGHT)
    return _around(ground, max(min(camera.scale, CLOSE), needed), width, height)


def _margins(width: float, height: float) -> tuple[float, float, float]:
    """How far what is brought into a view keeps from its sides, from its top, where the date is, and from its foot."""
    return min(EDGE_PX, width / 4), min(HEAD_PX, height / 4), min(EDGE_PX, height / 4)


def _needed(ground: Ground, width: float, height: float) -> float:
    """The closest scale at which all of some ground is seen, clear of the edges."""
    west, south, east, north = ground
    side, head, foot = _margins(width, height)
    return max((east - west) / (width - 2 * side), (north - south) / (height - head - foot))


def _around(ground: Ground, scale: float, width: float, height: float) -> Camera:
    """The camera with some ground in the middle, lower where it would lie below the date there."""
    west, south, east, north = ground
    _, head, foot = _margins(width, height)
    above = max(0.0, head - (height / 2 - (north - south) / scale / 2))
    return Camera((west + east) / 2, (south + north) / 2 + min(above, (head - foot) / 2) * scale, scale)


def _corners(camera: Camera, ground: Ground, width: float, height: float) -> tuple[XY, XY]:
    """The pixels at the upper left and the lower right of some ground."""
    west, south, east, north = ground
    return seen_at(camera, west, north, width, height), seen_at(camera, east, south, width, height)


def _inward(first: float, last: float, low: float, high: float) -> float:
    """How far what lies between two places moves to lie between two others."""
    return max(low - first, 0.0) + min(high - last, 0.0)


def held(camera: Camera, before: Box, after: Box) -> Camera:
    """The camera with which a view at another place shows the same ground under each pixel of the window."""
    left, top, width, height = after
    x, y = under(camera, left - before[0] + width / 2, top - before[1] + height / 2, *before[2:])
    return replace(camera, x=x, y=y)
