"""Lines reach the picture whole: what is done to all of them at once gives what each alone would."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPdfWriter, QPen

from viewer.draw.paint import Canvas, paint_layer
from viewer.draw.screen import CLOSE, LONGEST, Points, Screen, path_of, polygon, strips
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Area, Line
from viewer.layers.rivers import RiversLayer
from viewer.layers.water import WaterLayer
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet

SCREEN = Screen(Camera(0.0, 0.0, 2.0), 300, 200)
coordinates = st.integers(-500, 500).map(float)
lines = st.lists(st.tuples(coordinates, coordinates), max_size=40).map(
    lambda rows: np.array(rows, dtype=np.float64).reshape(-1, 2) / 1.7
)
parts = st.lists(lines, max_size=6).map(tuple)


def one_by_one(parts: tuple[Points, ...], screen: Screen, closed: bool) -> QPainterPath:
    """The path of lines or rings, each treated alone."""
    path = QPainterPath()
    for part in parts:
        if len(part) < 2 or not screen.sees(part, 12):
            continue
        pixels = screen.points_px(part)
        if len(pixels) > 3:
            cells = np.floor(pixels / CLOSE)
            keep = np.ones(len(pixels), dtype=bool)
            keep[1:-1] = (cells[1:-1] != cells[:-2]).any(axis=1)
            pixels = pixels[keep]
        path.addPolygon(polygon(pixels))
        if closed:
            path.closeSubpath()
    return path


def elements(path: QPainterPath) -> list[tuple[object, float, float]]:
    found = (path.elementAt(index) for index in range(path.elementCount()))
    return [(element.type, element.x, element.y) for element in found]


@given(parts, st.booleans())
def test_all_at_once_is_the_path_of_each(found: tuple[Points, ...], closed: bool) -> None:
    path = path_of(found, SCREEN, closed)

    assert elements(path) == elements(one_by_one(found, SCREEN, closed))
    assert path.fillRule() == Qt.FillRule.OddEvenFill


def test_an_open_ring_ends_where_it_began() -> None:
    bend = np.array([[0.0, 0.0], [50.0, 0.0], [50.0, 50.0]])
    path = path_of((bend, bend + 10), SCREEN, True)

    assert path.elementCount() == 8
    assert elements(path)[3][1:] == elements(path)[0][1:]


def segments(starts: np.ndarray, points: np.ndarray) -> list[tuple[float, ...]]:
    return sorted(
        (*a, *b)
        for begin, end in pairwise(starts)
        for a, b in zip(points[begin : end - 1].tolist(), points[begin + 1 : end].tolist(), strict=True)
    )


@given(parts)
def test_pieces_are_the_whole_line_and_nothing_twice(found: tuple[Points, ...]) -> None:
    whole = strips(found)
    cut = whole.cut(2.0)

    assert segments(cut.starts, cut.points) == segments(whole.starts, whole.points)
    assert np.diff(cut.starts).max(initial=0) <= LONGEST + 1


@given(parts)
def test_only_what_touches_the_picture_is_stroked(found: tuple[Points, ...]) -> None:
    near = strips(found).cut(2.0).within(-5, -5, 105, 85)
    kept = segments(near.starts, near.points)

    for x0, y0, x1, y1 in segments(strips(found).starts, strips(found).points):
        touches = min(x0, x1) <= 105 and max(x0, x1) >= -5 and min(y0, y1) <= 85 and max(y0, y1) >= -5
        assert not touches or (x0, y0, x1, y1) in kept


def difference(one: QImage, other: QImage) -> np.ndarray:
    a, b = (np.frombuffer(image.constBits(), dtype=np.uint8).astype(int) for image in (one, other))
    return np.abs(a - b)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_pieces_look_like_one_stroke(qapp: object, ratio: float) -> None:
    rng = np.random.default_rng(4)
    walk = np.cumsum(rng.normal(0, 6, (400, 2)), axis=0)
    line = Line((walk, np.array([[0.0, 0.0], [200.0, 0.0], [0.0, 2.0], [200.0, 90.0]])), "river1", 4.0)
    tokens, images = tokens_for("light"), []
    for whole in (False, True):
        image = QImage(round(300 * ratio), round(200 * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if whole:
            pen = QPen(tokens.colour("river1"), 4.0, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path_of(line.parts, SCREEN, False), pen)
        else:
            paint_layer(Canvas(painter, SCREEN, tokens), "rivers", [line])
        painter.end()
        images.append(image)
    off = difference(*images)

    assert off.max() < 110, "some pixel of an edge is another"
    assert off.mean() < 0.5


def test_a_drawing_of_vectors_has_whole_lines(qapp: object, tmp_path: object) -> None:
    class Counted(QPainter):
        strokes = 0

        def strokePath(self, *args: object) -> None:
            Counted.strokes += 1

    writer = QPdfWriter(f"{tmp_path}/lines.pdf")
    painter = Counted(writer)
    walk = np.cumsum(np.random.default_rng(4).normal(0, 6, (400, 2)), axis=0)
    paint_layer(Canvas(painter, SCREEN, tokens_for("light")), "rivers", [Line((walk,), "river1", 4.0)])
    painter.end()

    assert Counted.strokes == 1


def test_rivers_of_a_rank_are_one_line_at_a_scale(builtin: DataSet, basemap: Basemap) -> None:
    made = [p for p in RiversLayer().primitives(State(), builtin, basemap) if isinstance(p, Line)]
    shown = [line for line in made if line.min_scale < 50.0 <= line.max_scale]

    assert sum(len(line.parts) for line in shown) == sum(len(river.parts) for river in basemap.rivers)
    assert len(shown) == len({river.rank for river in basemap.rivers})


def test_no_lake_lies_in_another(builtin: DataSet, basemap: Basemap) -> None:
    """They are filled as one, and where two lay over each other there would be a hole."""
    (_, flats, lakes) = (p for p in WaterLayer().primitives(State(), builtin, basemap) if isinstance(p, Area))
    assert len(lakes.rings) == sum(len(lake.parts) for lake in basemap.lakes)
    assert len(flats.rings) == sum(len(flat.parts) for flat in basemap.flats)
    shapes = [shapely.make_valid(shapely.Polygon(max(lake.parts, key=len))) for lake in basemap.lakes]
    for index, one in enumerate(shapes):
        assert not any(one.intersection(other).area > 1.0 for other in shapes[index + 1 :])
