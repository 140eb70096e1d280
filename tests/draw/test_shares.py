"""The ground of towns looks as if each share was filled by itself in its view, whatever was painted before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath

from tests.draw.conftest import pixels_of
from viewer.draw.paint_shares import Shares, _line, _look, _rings, _stroke
from viewer.draw.patterns import fill_brush
from viewer.draw.screen import Screen, polygon
from viewer.draw.steps import SMOOTH, origin
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers import layer_of
from viewer.layers.primitives import ControlArea
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet

View = Callable[..., State]
SIZE = (420, 280)


def blank(ratio: float) -> QImage:
    image = QImage(round(SIZE[0] * ratio), round(SIZE[1] * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    return image


def path_of(rings: list[np.ndarray], screen: Screen, closed: bool) -> QPainterPath:
    path = QPainterPath()
    for ring in rings:
        path.addPolygon(polygon(screen.points_px(ring)))
        if closed:
            path.closeSubpath()
    return path


def one_by_one(shares: list[ControlArea], screen: Screen, ratio: float, tokens: Tokens) -> QImage:
    image, scale = blank(ratio), screen.camera.scale / ratio
    painter = QPainter(image)
    painter.setBrushOrigin(origin(screen, ratio))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    for share in sorted((one for one in shares if one.filled), key=_look):
        brush = fill_brush(tokens, *_look(share), ratio)
        painter.fillPath(path_of(_rings(share.ground, scale), screen, True), brush)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setRenderHint(SMOOTH)
    edged = sorted((one for one in shares if one.edge), key=_line)
    for look in dict.fromkeys(map(_line, edged)):
        rings = [ring for one in edged if one.edge and _line(one) == look for ring in _rings(one.edge, scale)]
        _stroke(painter.strokePath, path_of(rings, screen, False), look, ratio, tokens)
    painter.end()
    return image


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 1.25])
def test_ground_looks_as_if_each_share_was_filled_in_its_view(
    ratio: float, builtin: DataSet, basemap: Basemap, view: View
) -> None:
    kept, tokens = Shares(), tokens_for("light", builtin.actors)
    moves = ((0.0, 0.0, 700.0), (0.0, 0.0, 1_000.0), (37_000.0, 9_000.0, 655.0), (0.0, 0.0, 300.0), (0.0, 0.0, 40.0))
    for day in ("2017-11-03", "2014-06-10"):
        made = layer_of("ground").primitives(view(day, SIZE), builtin, basemap)
        shares = [one for one in made if isinstance(one, ControlArea) and one.part == "fill"]
        west, south, east, north = next(one.ground.outline.box for one in shares if one.filled)
        x, y = (west + east) / 2, (south + north) / 2
        for across, down, scale in moves:
            screen = Screen(Camera(x + across, y + down, scale), *SIZE)
            image = blank(ratio)
            painter = QPainter(image)
            painter.setBrushOrigin(origin(screen, ratio))
            painter.setRenderHint(SMOOTH)
            painter.setPen(Qt.PenStyle.NoPen)
            kept.paint(painter, painter.strokePath, shares, shares, screen, ratio, tokens)
            painter.end()
            found, expected = pixels_of(image).astype(int), pixels_of(one_by_one(shares, screen, ratio, tokens))

            assert expected.any()
            assert np.count_nonzero(np.abs(found - expected).max(axis=2) > 2) <= 4, (day, screen.camera)
