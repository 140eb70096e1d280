"""Where the camera goes when a hand zooms and drags; pure, so that the canvas only passes numbers on."""

from __future__ import annotations

from dataclasses import replace

from viewer.session.commands import SCALE_LIMITS
from viewer.session.state import Camera


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
