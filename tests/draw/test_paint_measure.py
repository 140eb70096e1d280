"""What was measured is on the picture where the ground says, on screen and in exports; the scale bar is true."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from viewer.draw import paint_measure
from viewer.draw.frame import render_frame, scale_bar
from viewer.draw.paint_measure import Overlay
from viewer.draw.screen import Screen
from viewer.draw.tokens import contrast, tokens_for
from viewer.geo.basemap import Basemap
from viewer.geo.geodesic import geodesic, point_at
from viewer.geo.projection import distance_m, point_to_degrees, point_to_map
from viewer.session.camera import fit_camera, under
from viewer.session.state import Camera, LonLat, Measure, RangeRings, State
from viewer.store.dataset import DataSet

SIZE = (900, 700)
VIEW = fit_camera(36, 31, 46, 38, *SIZE)
CENTRE, WEST, EAST = (41.0, 34.5), (37.0, 34.5), (45.0, 34.5)


def overlay(state: State, pointer: LonLat | None = None, by: Overlay | None = None) -> QImage:
    """The overlay on plain paper."""
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(tokens_for("light").colour("paper"))
    painter = QPainter(image)
    (by or Overlay()).paint(painter, Screen(state.camera, *SIZE), state, tokens_for("light"), pointer)
    painter.end()
    return image


def at(image: QImage, point: LonLat, camera: Camera = VIEW) -> QColor:
    x, y = Screen(camera, *SIZE).point_px(*point_to_map(*point))
    return image.pixelColor(math.floor(x), math.floor(y))


def is_like(colour: QColor, token: str) -> bool:
    """Whether a pixel is nearly of a colour: edges are smooth."""
    wanted = tokens_for("light").colour(token)
    return max(abs(a - b) for a, b in zip(colour.getRgb()[:3], wanted.getRgb()[:3], strict=True)) < 90


@pytest.mark.parametrize("bearing", [20, 70, 110, 160, 200, 250, 290, 340])
def test_a_range_ring_runs_at_its_distance_on_the_ground(bearing: float, qapp: object) -> None:
    image = overlay(State(camera=VIEW, range_rings=(RangeRings(CENTRE, (150_000.0, 300_000.0)),)))

    for radius in (150_000.0, 300_000.0):
        assert is_like(at(image, point_at(CENTRE, bearing, radius)), "range_ring")
        assert not is_like(at(image, point_at(CENTRE, bearing, radius + 30_000)), "range_ring")


def test_a_long_leg_is_the_geodesic_and_not_the_straight_line(qapp: object) -> None:
    image = overlay(State(camera=VIEW, measure=Measure((WEST, EAST))))
    line = geodesic(WEST, EAST)

    for share in (0.25, 0.35, 0.65, 0.75):
        lon, lat = line[round(share * (len(line) - 1))].tolist()
        assert is_like(at(image, (lon, lat)), "measure")
        assert not is_like(at(image, (lon, 34.5)), "measure")


def test_the_next_leg_leads_to_the_pointer(qapp: object) -> None:
    state = State(camera=VIEW, measure=Measure((WEST,)))
    quarter = tuple(geodesic(WEST, EAST)[18].tolist())

    assert not is_like(at(overlay(state), quarter), "measure")
    assert is_like(at(overlay(state, EAST), quarter), "measure")


def test_what_is_kept_of_a_view_is_what_would_be_painted_afresh(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, lines, painted = Overlay(), paint_measure._paint_lines, list[State]()

    def noted(painter: QPainter, screen: Screen, state: State, *more: Any) -> None:
        painted.append(state)
        lines(painter, screen, state, *more)

    corners = tuple(point_at(CENTRE, 40.0 * n, 90_000.0 + 12_000 * n) for n in range(9))
    rings = (RangeRings(CENTRE, (150_000.0, 60_000.0)), RangeRings(WEST, (90_000.0,)))
    path = State(camera=VIEW, measure=Measure(corners), range_rings=rings)
    longer, closed = (replace(path, measure=one) for one in (Measure((*corners, EAST)), Measure(corners, True)))
    nearer = replace(path, camera=replace(VIEW, scale=VIEW.scale / 2), units="nmi")
    moves = ((path, None), (path, EAST), (path, WEST), (longer, WEST), (nearer, None), (nearer, EAST), (closed, EAST),
             (State(camera=VIEW), None), (replace(path, range_rings=()), EAST), (path, EAST))  # fmt: skip
    for state, pointer in moves:
        fresh = overlay(state, pointer)
        monkeypatch.setattr(paint_measure, "_paint_lines", noted)
        assert overlay(state, pointer, kept) == fresh
        monkeypatch.setattr(paint_measure, "_paint_lines", lines)

    assert len(painted) == 6, "a pointer that moves costs no line that stays"


def test_the_inside_of_a_closed_path_is_tinted(qapp: object) -> None:
    corners = ((38.0, 32.0), (44.0, 32.0), (41.0, 37.0))
    paper = tokens_for("light").colour("paper").name()
    open_, closed = (overlay(State(camera=VIEW, measure=Measure(corners, one))) for one in (False, True))

    assert at(open_, (41.0, 32.6)).name() == paper
    assert at(closed, (41.0, 32.6)).name() != paper
    assert at(closed, (37.0, 36.0)).name() == paper


def test_the_length_of_a_leg_gives_way_to_the_middle_of_rings(qapp: object) -> None:
    """It stands elsewhere on the leg, for the map tells every leg that has room."""
    leg, middle = Measure((WEST, EAST)), tuple(geodesic(WEST, EAST)[36].tolist())

    def slips(image: QImage) -> int:
        on_line = [tuple(point) for point in geodesic(WEST, EAST).tolist()]
        return sum(not is_like(at(image, point), "measure") for point in on_line[2:-2])

    rings = (RangeRings(middle, (500_000.0,)),)
    alone, beside = (overlay(State(camera=VIEW, measure=leg, range_rings=one)) for one in ((), rings))
    assert not is_like(at(alone, middle), "measure")
    assert is_like(at(beside, middle), "measure")
    assert slips(beside) > 5


def test_nothing_is_painted_where_nothing_is_measured(qapp: object) -> None:
    bare = overlay(State(camera=VIEW))
    away = overlay(State(camera=VIEW, measure=Measure(((10.0, 10.0), (11.0, 11.0)))))
    assert at(bare, CENTRE) == at(away, CENTRE)


@pytest.mark.parametrize("scale", [2.0, 50.0, 6000.0])
def test_huge_and_tiny_things_are_painted_at_any_scale(scale: float, qapp: object) -> None:
    x, y = point_to_map(*CENTRE)
    rings = RangeRings(CENTRE, (1.0, 500.0, 2_000_000.0))
    state = State(camera=Camera(x, y, scale), measure=Measure((WEST, EAST, (41.0, -80.0))), range_rings=(rings,))
    overlay(state, CENTRE)


def test_an_export_shows_what_was_measured(builtin: DataSet, qapp: object) -> None:
    bare = State(camera=VIEW)
    drawn = replace(bare, measure=Measure((WEST, EAST)), range_rings=(RangeRings(CENTRE, (200_000.0,)),))
    one, other = (render_frame(builtin, state, Basemap(), *SIZE) for state in (bare, drawn))
    lon, lat = geodesic(WEST, EAST)[-20].tolist()

    assert is_like(at(other, (lon, lat)), "measure")
    assert not is_like(at(one, (lon, lat)), "measure")
    assert is_like(at(other, point_at(CENTRE, 160, 200_000.0)), "range_ring")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_of_the_hand_stand_out_from_the_paper(theme: str, qapp: object) -> None:
    tokens = tokens_for(theme)
    assert all(contrast(tokens.colour(name), tokens.colour("paper")) > 3 for name in ("measure", "range_ring"))


@pytest.mark.parametrize("lat", [-20.0, 0.0, 28.0, 34.0, 38.5, 55.0])
@pytest.mark.parametrize("scale", [2.0, 15.0, 240.0, 900.0, 3000.0])
@pytest.mark.parametrize("units", ["km", "mi", "nmi"])
def test_the_scale_bar_is_as_long_as_the_ground_where_it_lies(lat: float, scale: float, units: str) -> None:
    """A bar follows a parallel, which is longer than the shortest way by less than this at any such length."""
    width, height, foot = 1000, 640, 600.0
    camera = Camera(*point_to_map(40.0, lat), scale)
    bars = scale_bar(camera, width, height, foot, units).bars

    assert [unit for unit, _, _ in bars] == (["km"] if units == "km" else ["km", units])
    for row, (unit, number, pixels) in enumerate(reversed(bars)):
        y = foot - 28.0 * row
        ends = [point_to_degrees(*under(camera, x, y, width, height)) for x in (800 - pixels, 800)]
        metres = number * {"km": 1000.0, "mi": 1609.344, "nmi": 1852.0}[unit]
        assert distance_m(ends[0], ends[1]) == pytest.approx(metres, rel=1.5e-3 if scale > 1000 else 2e-4)
        assert 40 <= pixels <= 170
        assert f"{number:e}"[0] in "125"
