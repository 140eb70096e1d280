"""Signs stay readable on every disc they stand on."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage, QPainter, QPdfWriter

from tests.draw.conftest import Pixels, pixels_of
from viewer.domain.events import EVENT_TYPES
from viewer.draw.paint_mark import Marked, standing
from viewer.draw.screen import Screen
from viewer.draw.symbols import RADIUS, disc_centre, paint_disc, paint_glyph
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers.incidents import IncidentsLayer
from viewer.layers.primitives import Look
from viewer.session.state import THEMES, State
from viewer.store.dataset import DataSet

SIDE, RATIO = 24, 2
LEAST_APART = 0.24
"""The share of the ink of two signs that is not common to both, however they are laid over each other."""
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


@pytest.mark.usefixtures("qapp")
def test_no_two_types_look_alike_at_twelve_pixels() -> None:
    """However two signs are laid over each other, a good part of their ink is of one of them alone."""
    signs = {event_type: ink(event_type) for event_type in EVENT_TYPES}
    apart = {
        (one, other): min(
            float(np.abs(signs[one] - np.roll(signs[other], (down, right), (0, 1))).sum())
            / float(signs[one].sum() + signs[other].sum())
            for down in (-1, 0, 1) for right in (-1, 0, 1)
        )
        for one, other in combinations(EVENT_TYPES, 2)
    }  # fmt: skip
    closest = min(apart, key=apart.__getitem__)

    assert all(sign.sum() > 8 for sign in signs.values())
    assert apart[closest] > LEAST_APART, (closest, apart[closest])


def ink(event_type: str) -> np.ndarray:
    """How much of each of 18 by 18 pixels a sign of twelve pixels covers, 0 to 1."""
    image = QImage(18, 18, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(9, 9)
    paint_glyph(painter, event_type, QColor("black"))
    painter.end()
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(18, 18, 4)
    return rows[:, :, 3].astype(float) / 255


@pytest.mark.parametrize("box", [(40.0, 34.2, 41.2, 35.5), (39.5, 34.0, 41.5, 35.8), (42.5, 34.0, 44.8, 36.6)])
def test_badges_that_are_brought_into_sight_cover_no_other_mark(
    box: tuple[float, float, float, float], builtin: DataSet, basemap: Basemap, view: Callable[..., State]
) -> None:
    state = view("2017-11-17", (1366, 768), box, window_days=180)
    screen = Screen(state.camera, 1366, 768)
    every = list(standing(IncidentsLayer().primitives(state, builtin, basemap), screen, tokens_for("light")))
    discs = [np.array((one.px, one.py)) + (one.mark.aside if any(one.mark.aside) else disc_centre(one.mark.pinned))
             for one in every]  # fmt: skip
    own = [screen.point_px(one.mark.x, one.mark.y) == (one.px, one.py) for one in every]

    assert not all(own)
    for (one, here), (other, there) in combinations(zip(discs, own, strict=True), 2):
        assert (here and there) or np.hypot(*(one - other)) > 18


def test_a_mark_that_stays_is_the_very_same(builtin: DataSet, basemap: Basemap, view: Callable[..., State]) -> None:
    """An image of marks looks each up among those of the day before: by what they are, not by what is in them."""
    state, marked = view("2017-11-17", (1366, 768), window_days=180), Marked()
    screen, other = Screen(state.camera, 1366, 768), Screen(replace(state.camera, x=state.camera.x + 5000), 1366, 768)
    layer = IncidentsLayer().primitives(state, builtin, basemap)
    tokens = tokens_for("light")
    first = {one.mark: one for one in marked.standing(layer, screen, tokens)}
    less = marked.standing(layer[:-1], screen, tokens)
    stays = [one for one in less if (one.px, one.py) == (first[one.mark].px, first[one.mark].py)]
    moved = marked.standing(layer, other, tokens)

    assert len(stays) > 3 and all(first[one.mark] is one for one in stays)
    assert moved and not any(first.get(one.mark) is one for one in moved)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_signs_in_a_pdf_are_whole_paths(qapp: object, event_type: str) -> None:
    """A sign of lines alone has no filling: closing a path that never began is an error to readers of PDF."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    painter = QPainter(writer)
    paint_glyph(painter, event_type, QColor(0, 0, 0, 150))
    painter.end()
    content = buffer.data().data()
    pages = [zlib.decompress(part) for part in re.findall(rb"stream\r?\n(x.*?)endstream", content, re.DOTALL)]
    drawing = [page.split() for page in pages if b" m" in page or b" re" in page]
    assert drawing
    for words in drawing:
        begun = False
        for word in words:
            begun = word in (b"m", b"re") or (begun and word not in (b"f", b"f*", b"S", b"B", b"B*", b"n"))
            assert word != b"h" or begun
