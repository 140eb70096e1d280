"""Shapes of the base map are recorded once and played at views near by, where they look as if made for each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.draw.conftest import pixels_of
from viewer.draw import lasting
from viewer.draw.lasting import LastingShapes, lay_runs, runs_of
from viewer.draw.made_layers import GROUND, LINES
from viewer.draw.paint import Canvas, paint_layer, smooth_painter
from viewer.draw.picture import MapPicture
from viewer.draw.screen import Screen
from viewer.draw.tokens import tokens_for
from viewer.draw.unlocked import lay_drawings
from viewer.geo.basemap import Basemap
from viewer.layers import LAYERS
from viewer.layers.primitives import Line
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet

View = Callable[..., State]
SIZE = (420, 280)
LAYERS_OF_SHAPES = ("provinces", "borders", "rivers", "roads")
Shown = dict[str, tuple]


@pytest.fixture
def shown(builtin: DataSet, basemap: Basemap, view: View) -> Shown:
    """The layers of the base map, with a road of far more vertices than there are pixels."""
    state = view("2019-03-31", SIZE)
    made = {one.id: one.primitives(state, builtin, basemap) for one in LAYERS if one.id in (*GROUND, *LINES)}
    steps = np.random.default_rng(1).normal(0.0, 150.0, (9_000, 2))
    winding = Line((np.add(np.cumsum(steps, axis=0), (4_530_000.0, 3_950_000.0)),), "border", 1.5)
    return {**made, "roads": (*made["roads"], winding)}


def played(known: LastingShapes, shown: Shown, screen: Screen, ratio: float, theme: str = "light") -> QImage:
    image = QImage(round(screen.width * ratio), round(screen.height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    canvas = Canvas(smooth_painter(image), screen, tokens_for(theme, {}))

    def draw(layers: tuple[str, ...], painter: object, *, recorded_for: float | None = None) -> Canvas:
        raise AssertionError(f"{layers} do not last")

    drawings = lay_runs(canvas, runs_of(LAYERS_OF_SHAPES, shown, screen.camera.scale), draw, ratio, known)
    canvas.painter.end()
    lay_drawings(drawings, lambda drawing, painter: drawing.play(painter), image)
    return image


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_a_view_looks_alike_wherever_its_shapes_were_recorded(shown: Shown, ratio: float) -> None:
    camera, known = Camera(4_530_123.0, 3_950_077.0, 700.0), LastingShapes()
    views = ((0, 0, 700.0), (37_000, 5_000, 655.0), (61_000, -9_000, 913.0), (-50_000, 0, 512.0), (300_000, 0, 700.0))
    for across, down, scale in views:
        screen = Screen(replace(camera, x=camera.x + across, y=camera.y + down, scale=scale), *SIZE)
        found, fresh = played(known, shown, screen, ratio), played(LastingShapes(), shown, screen, ratio)
        assert pixels_of(found).any()
        np.testing.assert_array_equal(pixels_of(found), pixels_of(fresh))
    assert len(known.kept) < len(views)


@pytest.mark.usefixtures("qapp")
def test_shapes_that_last_are_where_shapes_that_are_painted_for_one_view_are(shown: Shown) -> None:
    screen = Screen(Camera(4_530_123.0, 3_950_077.0, 700.0), *SIZE)
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    canvas = Canvas(smooth_painter(image), screen, tokens_for("light", {}))
    for layer in LAYERS_OF_SHAPES:
        paint_layer(canvas, layer, shown[layer])
    canvas.painter.end()
    found = pixels_of(played(LastingShapes(), shown, screen, 1.0)).astype(int)

    assert np.abs(found - pixels_of(image)).mean() < 0.1


@pytest.mark.usefixtures("qapp")
def test_a_new_view_near_by_needs_no_recording(
    builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded, paint = list[str](), lasting.paint_shapes

    def noted(canvas: Canvas, layer: str, shapes: tuple) -> None:
        recorded.append(layer)
        paint(canvas, layer, shapes)

    monkeypatch.setattr(lasting, "paint_shapes", noted)
    made, state = MapPicture(builtin, basemap), view("2019-03-31", SIZE)
    state = replace(state, camera=replace(state.camera, scale=700.0))
    made._beside.helps = True
    made.image(state, *SIZE)
    assert {"borders", "rivers", "water"} <= set(recorded)
    recorded.clear()
    for scale in (690.0, 800.0):
        made.image(replace(state, camera=replace(state.camera, x=state.camera.x + 2e4, scale=scale)), *SIZE)
    assert not recorded

    made.image(replace(state, theme="dark"), *SIZE)
    assert "borders" in recorded


@pytest.mark.usefixtures("qapp")
def test_lines_are_shown_at_their_scales(shown: Shown) -> None:
    lines = {scale: runs_of(("borders",), shown, scale)[0].shapes for scale in (200.0, 600.0)}
    assert lines[200.0] and lines[600.0]
    assert not {id(one) for one in lines[200.0][0]} & {id(one) for one in lines[600.0][0]}


def test_what_changes_with_the_view_is_recorded_for_each(shown: Shown) -> None:
    assert [(run.layers, run.shapes is not None) for run in runs_of(GROUND, shown, 700.0)] == [
        (("raster", "relief"), False), (("water",), True), (("graticule",), False),
    ]  # fmt: skip
