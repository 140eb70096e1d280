"""What the tests of the drawing share: states, the shipped base map, and pictures to look into."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from viewer.domain.dates import parse
from viewer.draw.drawn import Drawn
from viewer.draw.picture import MapPicture
from viewer.session.camera import fit_camera
from viewer.session.state import State, Time

REGION = (36.8, 32.2, 44.6, 37.4)
Pixels = NDArray[np.uint8]


@pytest.fixture
def view() -> Callable[..., State]:
    """A state on a day over a box in degrees that fits a picture of a size."""

    def made(
        day: str, size: tuple[int, int] = (800, 500), box: tuple[float, float, float, float] = REGION,
        mode: str = "window", window_days: int = 30, theme: str = "light",
    ) -> State:  # fmt: skip
        cursor = parse(day).earliest
        assert cursor is not None
        return State(fit_camera(*box, *size), Time(cursor, mode, window_days), theme=theme)

    return made


@pytest.fixture
def painted(qapp: object) -> Callable[..., tuple[Drawn, Pixels]]:
    """Paint a state: what was drawn, and the pixels as an array (height, width, 3)."""

    def made(
        picture: MapPicture, state: State, size: tuple[int, int] = (800, 500), ratio: float = 1.0
    ) -> tuple[Drawn, Pixels]:
        image = QImage(round(size[0] * ratio), round(size[1] * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        try:
            drawn = picture.paint(painter, state, *size)
        finally:
            painter.end()
        return drawn, pixels_of(image)

    return made


def pixels_of(image: QImage) -> Pixels:
    """A copy of an image's red, green and blue."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return rows[:, : plain.width(), 2::-1].copy()
