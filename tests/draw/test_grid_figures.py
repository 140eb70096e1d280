"""Figures at the edge of a picture name the grid line that leaves it there."""

from __future__ import annotations

import mgrs
import pytest
from PySide6.QtGui import QImage, QPainter

from viewer.draw.frame import render_frame
from viewer.draw.grid_figures import FOOT_PX, SIDE_PX, crossings
from viewer.draw.labels import place_labels
from viewer.draw.picture import MapPicture
from viewer.draw.screen import Screen
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_degrees, point_to_map
from viewer.layers.graticule import GraticuleLayer
from viewer.layers.primitives import EdgeFigures
from viewer.session.camera import under
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet

SIZE = (1200, 800)


def near(lon: float, lat: float, scale: float, grid: str = "mgrs") -> State:
    return State(camera=Camera(*point_to_map(lon, lat), scale), grid=grid)


@pytest.mark.parametrize(("scale", "step"), [(200.0, 10_000), (12.0, 1_000)])
@pytest.mark.parametrize("lon", [39.3, 41.98, 47.97])
def test_figures_stand_where_their_line_is(lon: float, scale: float, step: int, small: DataSet) -> None:
    state = near(lon, 34.2, scale)
    screen, grid = Screen(state.camera, *SIZE), mgrs.MGRS()
    edges = {True: SIZE[1] - FOOT_PX, False: SIZE[0] - SIDE_PX}
    for figures in GraticuleLayer().primitives(state, small, Basemap()):
        if not isinstance(figures, EdgeFigures):
            continue
        edge = edges[figures.upright]
        found = [one for one in crossings(figures, screen.points_px(figures.points), edge) if 0 < one[1] < SIZE[0]]
        assert len(found) > 5
        for line, along in found:
            at = (along, edge) if figures.upright else (edge, along)
            there_lon, there_lat = point_to_degrees(*under(state.camera, *at, *SIZE))
            told = grid.toMGRS(there_lat, there_lon)
            metres = int(told[5:10] if figures.upright else told[10:])
            off = (metres - int(figures.texts[line]) * 1000) % 100_000
            assert min(off, 100_000 - off) < scale


@pytest.mark.parametrize("scale", [12.0, 200.0, 1500.0, 5000.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_grid_is_seen_in_a_picture(scale: float, theme: str, small: DataSet, qapp: object) -> None:
    one, other = (
        render_frame(small, State(camera=near(41.98, 34.2, scale).camera, grid=grid, theme=theme), Basemap(), *SIZE)
        for grid in ("graticule", "mgrs")
    )
    assert one != other


def test_no_name_gives_way_to_the_grid(builtin: DataSet, qapp: object) -> None:
    """Letters and figures are painted below the names and are no names themselves."""
    picture = MapPicture(builtin, Basemap())
    seen = []
    for grid in ("graticule", "mgrs"):
        image = QImage(*SIZE, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        drawn = picture.paint(painter, near(40.5, 35.0, 500.0, grid), *SIZE)
        painter.end()
        seen.append([target.box for part in drawn.parts for target in part.targets])
    assert seen[0] == seen[1] != []


def test_labels_of_the_grid_are_never_placed_as_names(small: DataSet, qapp: object) -> None:
    made = GraticuleLayer().primitives(near(40.5, 35.0, 500.0, "graticule"), small, Basemap())
    assert place_labels([one for one in made if hasattr(one, "text")], 500.0, tokens_for("light")) == ()  # type: ignore[misc]
