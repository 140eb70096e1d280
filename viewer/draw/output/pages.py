"""The frames of a film: pages one after the other, whose cards stand still while a scene lasts."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QImage

from viewer.draw.output.order import Order
from viewer.draw.page import lay_out, page_image, units
from viewer.session.shots import shots


def frames(order: Order) -> Iterator[tuple[QImage, int]]:
    """The film of the scenes: an image, and for how many frames it stays. Only one is painted at a time."""
    picture, number, layout = order.picture, -1, None
    for shot in shots(order.scenes, units(*order.size), order.per_second):
        if shot.number != number:
            number = shot.number
            layout = lay_out(picture, order.scenes[number], *order.size, order.ratio)
        yield page_image(picture, shot.scene, *order.size, order.ratio, layout), shot.frames
