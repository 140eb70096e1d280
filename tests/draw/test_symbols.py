"""Signs stay readable on every disc they stand on."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from tests.draw.conftest import Pixels, pixels_of
from viewer.draw.symbols import RADIUS, paint_disc
from viewer.draw.tokens import Tokens, tokens_for
from viewer.layers.primitives import Look
from viewer.session.state import THEMES
from viewer.store.dataset import DataSet

SIDE, RATIO = 24, 2
READABLE = 2.4
"""Contrast of a sign to its disc, at least; WCAG 2.1 asks 3 of graphics, and paler ones are of old or possible ones."""


def disc(look: Look, tokens: Tokens) -> Pixels:
    """The picture of a disc in the middle of SIDE pixels, RATIO times as large."""
    image = QImage(SIDE * RATIO, SIDE * RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(RATIO)
    image.fill(tokens.colour("paper"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(SIDE / 2, SIDE / 2)
    paint_disc(painter, look, tokens)
    painter.end()
    return pixels_of(image)


def luminances(pixels: Pixels) -> np.ndarray:
    parts = pixels / 255.0
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ (0.2126, 0.7152, 0.0722))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "state", [{}, {"faint": True}, {"hollow": True}, {"ghost": True}], ids=["plain", "faint", "hollow", "ghost"]
)
def test_a_sign_is_read_on_the_disc_of_any_actor(theme: str, state: dict[str, bool], builtin: DataSet) -> None:
    tokens, middle = tokens_for(theme, builtin.actors), SIDE * RATIO // 2
    reach = int(RADIUS * RATIO * 0.5)
    inner = slice(middle - reach, middle + reach)
    for key in builtin.actors:
        light = luminances(disc(Look("killing", (key,), **state), tokens))[inner, inner]
        low, high = np.quantile(light, (0.04, 0.96))
        assert (high + 0.05) / (low + 0.05) >= READABLE, key


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES)
def test_a_sign_is_read_on_both_halves_of_a_disputed_disc(theme: str, builtin: DataSet) -> None:
    tokens, middle = tokens_for(theme, builtin.actors), SIDE * RATIO // 2
    reach, gap = int(RADIUS * RATIO * 0.5), 3
    light = luminances(disc(Look("killing", ("is", "sdf")), tokens))[middle - reach : middle + reach]
    for half in (light[:, middle - reach : middle - gap], light[:, middle + gap : middle + reach]):
        low, high = np.quantile(half, (0.04, 0.96))
        assert (high + 0.05) / (low + 0.05) >= READABLE
