"""Lines of longitude and latitude, or of the military grid, so that a position can be read without a pointer."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from viewer.geo.basemap import Basemap
from viewer.geo.mgrs_grid import GridLine, grid_lines, grid_squares, zone_borders, zone_fields
from viewer.geo.projection import point_to_degrees, point_to_map, to_map
from viewer.layers.primitives import EdgeFigures, Entry, GridLetters, Label, Line, Points, Primitive
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet

WEST, SOUTH, EAST, NORTH = 25, 20, 58, 45
STEPS = ((4000.0, 1e9, 5.0), (1400.0, 4000.0, 2.0), (260.0, 1400.0, 1.0), (60.0, 260.0, 0.25), (0.0, 60.0, 0.1))
"""Map metres per pixel from, to, and the distance of the lines in degrees."""


MGRS_STEPS = ((25.0, 1_000), (250.0, 10_000), (2200.0, 100_000))
"""Up to which scale lines of a step in metres are drawn; farther out there are only the zones."""
BLOCK_PX, REACH_PX = 1_000, 3_500
"""The grid is made for blocks of so many pixels, and reaches so far from their middle: beyond any picture's edge."""


class GraticuleLayer:
    """Meridians and parallels, or MGRS, closer together the closer one looks; figures stand at the picture's edge."""

    id = "graticule"
    depends = ("camera", "grid")
    group = "ground"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """The lines of the grid that is chosen; the very same ones while they still fit the view."""
        if state.grid == "mgrs":
            return _mgrs(*_block(state.camera))
        return _grid(grid_step(state.camera.scale))


def _block(camera: Camera) -> tuple[int, float, float, float]:
    """The step of the lines (metres, 0 for zones alone), the middle of the block in which a camera lies, its reach."""
    limit, step = next(((limit, step) for limit, step in MGRS_STEPS if camera.scale <= limit), (np.inf, 0))
    if step in (0, 100_000):
        return step, 0.0, 0.0, np.inf
    block = BLOCK_PX * limit
    return step, round(camera.x / block) * block, round(camera.y / block) * block, REACH_PX * limit


@lru_cache(maxsize=12)
def _mgrs(step: int, x: float, y: float, reach: float) -> tuple[Primitive, ...]:
    """Zones, squares of 100 km with their letters, and lines of 10 and 1 km with their figures."""
    whole = (float(WEST), float(SOUTH), float(EAST), float(NORTH))
    box = whole
    if np.isfinite(reach):
        (west, south), (east, north) = point_to_degrees(x - reach, y - reach), point_to_degrees(x + reach, y + reach)
        box = (max(west, WEST), max(south, SOUTH), min(east, EAST), min(north, NORTH))
    borders = Line(zone_borders(box), "grid_zone", 1.6, entry=_entry(step))
    if not step or box[0] >= box[2] or box[1] >= box[3]:
        return borders, GridLetters(tuple((field.zone, "", field.box) for field in zone_fields(whole)))
    fine = grid_lines(box, step)
    squares = GridLetters(tuple((square.zone, square.letters, square.box) for square in grid_squares(box)))
    return (*_weighted(fine, step), borders, squares, *(_figures(fine, up) for up in (True, False) if step < 100_000))


def _weighted(lines: tuple[GridLine, ...], step: int) -> tuple[Line, ...]:
    """Each line once: those of 100 km bold, those of 10 km firmer than those of 1 km."""
    looks = {100_000: ("grid_square", 1.3), 10_000: ("grid_line", 1.1 if step < 10_000 else 0.8),
             1_000: ("grid_line", 0.6)}  # fmt: skip
    parts: dict[int, list[Points]] = {size: [] for size in reversed(looks) if size >= step}
    for line in lines:
        parts[next(size for size in looks if line.metres % size == 0)].append(line.points)
    return tuple(Line(tuple(found), *looks[size]) for size, found in parts.items() if found)


def _figures(lines: tuple[GridLine, ...], upright: bool) -> EdgeFigures:
    """The kilometres of each line within its square of 100 km, as two digits."""
    chosen = [line for line in lines if line.upright == upright]
    points = np.concatenate([line.points for line in chosen]) if chosen else np.empty((0, 2))
    number = np.repeat(np.arange(len(chosen)), [len(line.points) for line in chosen])
    return EdgeFigures(points, number, tuple(f"{line.metres // 1000 % 100:02d}" for line in chosen), upright)


def _entry(step: int) -> Entry:
    lines = f"lines of {step // 1000} km" if step else "zones"
    return Entry("Map", f"Military grid (MGRS, WGS 84), {lines}", "line", "grid_zone")


@lru_cache(maxsize=len(STEPS))
def _grid(step: float) -> tuple[Primitive, ...]:
    """Straight in Mercator, so two points a line are enough.

    The same objects for every scale that has the same lines, so that whoever keeps what he made of them may.
    """
    meridians = np.arange(WEST, EAST + step / 2, step)
    parallels = np.arange(SOUTH, NORTH + step / 2, step)
    return (Line(_lines(meridians, parallels), "graticule", 0.8), *edge_figures(meridians, parallels, step))


def _lines(meridians: np.ndarray, parallels: np.ndarray) -> tuple[Points, ...]:
    """The ends of each, all from one call: close up there are many lines."""
    (west, east), (south, north) = (edge.tolist() for edge in to_map([WEST, EAST], [SOUTH, NORTH]))
    x, _ = to_map(meridians, np.full(len(meridians), SOUTH))
    _, y = to_map(np.full(len(parallels), WEST), parallels)
    upright = np.stack((np.repeat(x, 2), np.tile([south, north], len(x))), axis=1).reshape(-1, 2, 2)
    level = np.stack((np.tile([west, east], len(y)), np.repeat(y, 2)), axis=1).reshape(-1, 2, 2)
    return (*upright, *level)


def grid_step(scale: float) -> float:
    """The distance of the lines in degrees at a scale."""
    return next((step for low, high, step in STEPS if low <= scale < high), 5.0)


def edge_figures(meridians: np.ndarray, parallels: np.ndarray, step: float) -> tuple[Label, ...]:
    """The figures of the lines; draw slides labels of style `grid` along their line to the picture's edge."""
    places = 0 if step >= 1 else 2 if step == 0.25 else 1
    east = [Label(point_to_map(lon, 0)[0], np.nan, f"{lon:.{places}f}\u00b0E", "", "grid", 90) for lon in meridians]
    north = [Label(np.nan, point_to_map(0, lat)[1], f"{lat:.{places}f}\u00b0N", "", "grid", 90) for lat in parallels]
    return (*east, *north)
