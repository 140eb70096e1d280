"""The relief is one small picture that lies where the land lies."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from viewer.draw.paint_relief import paint_relief, relief_image
from viewer.draw.screen import Screen
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Relief
from viewer.session.state import Camera

SHADE = np.zeros((20, 30), dtype=np.int8)
SHADE[:, :10], SHADE[:, 20:] = 127, -127
RELIEF = Relief((0.0, 0.0, 29_000.0, 19_000.0), SHADE)


@pytest.fixture(params=["light", "dark"])
def tokens(request: pytest.FixtureRequest, qapp: object) -> Tokens:
    return tokens_for(request.param)


def painted(tokens: Tokens, camera: Camera) -> QImage:
    image = QImage(60, 40, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    paint_relief(painter, RELIEF, Screen(camera, 60, 40), tokens)
    painter.end()
    return image


def test_light_and_shadow_are_faint_and_flat_land_is_clear(tokens: Tokens) -> None:
    image = relief_image(RELIEF, tokens)
    west, middle, east = (image.pixelColor(x, 10) for x in (2, 15, 27))

    assert (image.width(), image.height()) == (30, 20)
    assert middle.alpha() == 0
    assert 0 < west.alpha() < 110 and 0 < east.alpha() < 110
    assert west.lightness() > east.lightness()


def test_the_picture_is_made_once_for_a_theme(tokens: Tokens) -> None:
    assert relief_image(RELIEF, tokens) is relief_image(RELIEF, tokens)
    assert relief_image(Relief(RELIEF.bounds, SHADE[:, ::-1].copy()), tokens) is not relief_image(RELIEF, tokens)


def test_it_lies_on_its_bounds_and_nowhere_else(tokens: Tokens) -> None:
    image = painted(tokens, Camera(14_500.0, 9_500.0, 1_000.0))  # 30 x 20 pixels in the middle of 60 x 40

    assert image.pixelColor(17, 20).alpha() and image.pixelColor(42, 20).alpha()
    assert not any(image.pixelColor(x, y).alpha() for x, y in ((12, 20), (47, 20), (17, 7), (17, 32)))


@pytest.mark.parametrize("scale", [1.0, 37.0, 300.0])
def test_close_up_it_is_where_it_was(scale: float, tokens: Tokens) -> None:
    image = painted(tokens, Camera(10_000.0, 9_500.0, scale))  # the edge of the light
    left, right = image.pixelColor(0, 20).alpha(), image.pixelColor(59, 20).alpha()

    assert left >= right and (scale < 2 or left > right)


def test_far_from_it_nothing_is_painted(tokens: Tokens) -> None:
    image = painted(tokens, Camera(9e6, 9e6, 100.0))

    assert not image.pixelColor(30, 20).alpha()


def test_it_fades_where_its_heights_end_as_the_land_goes_on(tokens: Tokens) -> None:
    shade = np.full((60, 90), 127, dtype=np.int8)
    image = relief_image(Relief((0.0, 0.0, 89_000.0, 59_000.0), shade), tokens)
    inward = [image.pixelColor(x, 30).alpha() for x in range(8)]

    assert inward[0] == 0 and inward == sorted(inward) and inward[-1] == image.pixelColor(45, 30).alpha()
    assert image.pixelColor(45, 0).alpha() == image.pixelColor(89, 30).alpha() == 0
