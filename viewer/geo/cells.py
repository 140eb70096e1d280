"""The ground around places: each point of land goes to the nearest place of its state, on its bank of a great river.

A Voronoi partition in an equal-area plane (Lambert azimuthal on WGS84), so that areas are right and "nearest" is
nearly so: within 600 km of the centre a length is off by less than 0.3 %. Cells never overlap, and neighbours share
their edge to the vertex.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import field
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.geo.basemap import Basemap
from viewer.geo.projection import EARTH_RADIUS, to_degrees, to_map

Points = NDArray[np.float64]
"""Vertices, shape (n, 2)."""
Geometry = Any
"""A shapely geometry in metres of the plane."""

E2 = 0.00669437999014
"""The square of the eccentricity of WGS84."""
GRID_M = 1.0
"""Vertices stand on whole metres, so that cutting leaves neither gaps nor overlaps."""
DETAIL = 2
"""How exactly borders, lakes and rivers end the ground: it is no more exact than the towns it follows from."""
LEAST_BANK_M2 = 300e6
"""A piece of a state smaller than this is no bank of a river, but what a crooked line cut off."""
OFF_COAST_M = 10_000.0
"""A place this far outside every state is one that a simplified coast cut off."""
GAP_M = 8_000.0
"""A river's course may be broken by this much where two of its stretches meet."""
LEAST_CELL_M2 = 50_000.0
"""Crumbs left by cutting that nobody could see."""
ARC = 16
"""Segments of a quarter circle at the end of the reach."""
LINES = ("LineString", "LinearRing")
WORDS_WIDER = 3.2
"""Letters need less room above and below them than beside: so many times the distance to the edge will do."""
SPOTS_ALONG = 15
"""So many places for letters are tried from west to east, and from south to north."""
FAR_M = 500_000.0
"""How far beyond the outermost site the partition is worked out."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place on the ground: degrees, and the code of its state if that is known."""

    lon: float
    lat: float
    country: str = ""


@dataclass(frozen=True)
class Plane:
    """An equal-area plane around a point (degrees); x east, y north, in metres.

    Lambert's azimuthal projection of the ellipsoid in closed form (Snyder 1987, p. 187-190): the library's own may not
    be asked by two threads at once.
    """

    lon: float
    lat: float

    @cached_property
    def _middle(self) -> tuple[float, float, float]:
        """Sine and cosine of the authalic latitude of the centre, and what keeps its scale true."""
        phi = math.radians(self.lat)
        sine = float(_authalic(np.array([phi]))[0])
        cosine = math.sqrt(1 - sine**2)
        stretch = EARTH_RADIUS * math.cos(phi) / math.sqrt(1 - E2 * math.sin(phi) ** 2) / (AUTHALIC * cosine)
        return sine, cosine, stretch

    def from_degrees(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Points:
        """Points of degrees, shape (n, 2)."""
        sine, cosine, stretch = self._middle
        sin_b = _authalic(np.radians(lat))
        cos_b, turn = np.sqrt(1 - sin_b**2), np.radians(np.asarray(lon) - self.lon)
        along = 1 + sine * sin_b + cosine * cos_b * np.cos(turn)
        size = AUTHALIC * np.sqrt(2 / np.maximum(along, 1e-12))
        x = size * stretch * cos_b * np.sin(turn)
        return np.column_stack((x, size / stretch * (cosine * sin_b - sine * cos_b * np.cos(turn))))

    def to_degrees(self, points: Points) -> Points:
        """Points of the plane as longitude and latitude, shape (n, 2)."""
        sine, cosine, stretch = self._middle
        x, y = points[:, 0] / stretch, points[:, 1] * stretch
        away = np.maximum(np.hypot(x, y), 1e-9)
        angle = 2 * np.arcsin(np.clip(away / (2 * AUTHALIC), -1, 1))
        sin_b = np.cos(angle) * sine + y * np.sin(angle) * cosine / away
        turn = np.arctan2(x * np.sin(angle), away * cosine * np.cos(angle) - y * sine * np.sin(angle))
        beta = np.arcsin(np.clip(sin_b, -1, 1))
        phi = beta + sum(part * np.sin(2 * (n + 1) * beta) for n, part in enumerate(BACK))
        return np.column_stack((self.lon + np.degrees(turn), np.degrees(phi)))

    def from_map(self, points: Points) -> Points:
        """Map metres to the plane."""
        return self.from_degrees(*to_degrees(points[:, 0], points[:, 1]))

    def to_map(self, points: Points) -> Points:
        """The plane to map metres."""
        degrees = self.to_degrees(points)
        return np.column_stack(to_map(degrees[:, 0], degrees[:, 1]))


@dataclass(frozen=True, eq=False)
class Land:
    """Where ground is: the states of a base map without their lakes, and the pieces that great rivers cut them into."""

    plane: Plane
    states: dict[str, Geometry]
    banks: dict[str, tuple[Geometry, ...]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    """One thread at a time prepares its shapes."""
    sheet: Geometry | None = None
    """All that the base map shows, water as well; None if that is nothing."""

    def state_of(self, site: Site) -> str:
        """The code of the state a site belongs to, or of the one whose coast or border is near; "" elsewhere."""
        if site.country in self.states or not self.states:
            return site.country if site.country in self.states else ""
        import shapely

        point = shapely.Point(*self.plane.from_degrees(np.array([site.lon]), np.array([site.lat]))[0])
        off = {code: state.distance(point) for code, state in self.states.items()}
        nearest = min(off, key=lambda code: (off[code], code))
        return nearest if off[nearest] <= OFF_COAST_M else ""


def _authalic(phi: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sine of the latitude on a sphere of the same area."""
    sine: NDArray[np.float64] = np.clip(_zone(np.sin(phi)) / _zone(1.0), -1, 1)
    return sine


def _zone(sine: Any) -> Any:
    """The area between the equator and a latitude, as Snyder's q."""
    root = math.sqrt(E2)
    return (1 - E2) * (sine / (1 - E2 * sine**2) - np.log((1 - root * sine) / (1 + root * sine)) / (2 * root))


AUTHALIC = EARTH_RADIUS * math.sqrt(float(_zone(1.0)) / 2)
"""Radius of a sphere with the area of the ellipsoid."""
BACK = (
    E2 / 3 + 31 * E2**2 / 180 + 517 * E2**3 / 5040, 23 * E2**2 / 360 + 251 * E2**3 / 3780, 761 * E2**3 / 45360
)  # fmt: skip
"""From the authalic latitude back to the geographic one, as a series of sines."""


def land_of(basemap: Basemap) -> Land:
    """The land of a base map; great rivers are those of its first rank."""
    import shapely

    west, south, east, north = basemap.sheet or (0.0, 0.0, 0.0, 0.0)
    lon, lat = to_degrees((west + east) / 2, (south + north) / 2)
    plane = Plane(round(float(lon), 2), round(float(lat), 2))
    water = shapely.union_all([surface_of(lake.at(DETAIL), plane) for lake in basemap.lakes])
    states = {
        state.country: shapely.set_precision(surface_of(state.at(DETAIL), plane).difference(water), GRID_M)
        for state in basemap.countries
        if state.parts
    }
    lines = [part for river in basemap.rivers if river.rank == 1 for part in river.at(DETAIL) if len(part) > 1]
    rivers = _without_gaps([shapely.LineString(plane.from_map(part)) for part in lines])
    edge = plane.from_map(np.array([(west, south), (east, south), (east, north), (west, north)]))
    sheet = None if basemap.sheet is None else shapely.Polygon(edge)
    return Land(plane, states, {code: _banks(state, rivers) for code, state in states.items()}, sheet=sheet)


def _without_gaps(lines: list[Geometry]) -> Geometry:
    """The lines as one, with their ends led on to the next line where that is near."""
    import shapely

    links = []
    for number, line in enumerate(lines):
        others = shapely.union_all(lines[:number] + lines[number + 1 :])
        ends = (shapely.Point(line.coords[0]), shapely.Point(line.coords[-1]))
        links += [shapely.shortest_line(end, others) for end in ends if 0.0 < end.distance(others) < GAP_M]
    return shapely.union_all([*lines, *links], grid_size=GRID_M)


def surface_of(rings: Sequence[Points], plane: Plane) -> Geometry:
    """What rings of map metres that cut holes into each other enclose, in the plane."""
    import shapely

    surface = shapely.Polygon()
    for ring in rings:
        if len(ring) > 3:
            surface = surface.symmetric_difference(_areal(shapely.make_valid(shapely.Polygon(plane.from_map(ring)))))
    return _areal(surface)


def _areal(shape: Geometry) -> Geometry:
    """What of a shape has an area: lines and points are where outlines only touch, and cannot be cut with areas."""
    import shapely

    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape)).tolist()
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _banks(state: Geometry, rivers: Geometry) -> tuple[Geometry, ...]:
    """The large pieces that rivers cut a state into; none where they do not cut it."""
    import shapely

    if not rivers.intersects(state):
        return ()
    lines = shapely.union_all([state.boundary, rivers], grid_size=GRID_M)
    pieces = [
        piece for piece in shapely.polygonize(shapely.get_parts(lines).tolist()).geoms
        if piece.area >= LEAST_BANK_M2 and state.covers(piece.representative_point())
    ]  # fmt: skip
    return tuple(pieces) if len(pieces) > 1 else ()


def cells_of(land: Land, sites: Sequence[Site], reach_m: float | None) -> tuple[Geometry, ...]:
    """The ground of each site, in the plane of the land: empty for all but the first of several on one point.

    reach_m: how far from its site ground is claimed at most; None until the neighbour's begins or the state ends.
    """
    import shapely

    cells: list[Geometry] = [shapely.Polygon()] * len(sites)
    if not sites:
        return ()
    points = land.plane.from_degrees(np.array([site.lon for site in sites]), np.array([site.lat for site in sites]))
    by_state: dict[str, dict[tuple[float, float], int]] = {}
    for number, (site, (x, y)) in enumerate(zip(sites, np.round(points).tolist(), strict=True)):
        by_state.setdefault(land.state_of(site), {}).setdefault((x, y), number)
    for code, numbers in by_state.items():
        within, banks = land.states.get(code), land.banks.get(code, ())
        if within is None and reach_m is None:
            continue  # beyond the base map nothing would end it
        with land.lock:
            found = _in_state(np.array(list(numbers)), within, banks, reach_m)
        for number, cell in zip(numbers.values(), found, strict=True):
            at_sea = land.sheet if within is None else None
            cells[number] = without_crumbs(cell if at_sea is None else cell.difference(at_sea, grid_size=GRID_M))
    return tuple(cells)


def _in_state(
    points: Points, within: Geometry | None, banks: tuple[Geometry, ...], reach_m: float | None
) -> list[Geometry]:
    """First each bank among the sites that stand on it, then what is out of their reach among all."""
    import shapely

    every = _nearest(points, within, reach_m)
    if not banks:
        return every
    own: list[Geometry] = [shapely.Polygon()] * len(points)
    places = shapely.points(points)
    for bank in banks:
        shapely.prepare(bank)
        there = np.flatnonzero(shapely.intersects(bank, places))
        for number, cell in zip(there.tolist(), _nearest(points[there], bank, reach_m), strict=True):
            own[number] = cell
    taken = shapely.union_all(own, grid_size=GRID_M)
    across = [_areal(cell) for cell in shapely.difference(every, taken, grid_size=GRID_M).tolist()]
    return list(shapely.union(own, across, grid_size=GRID_M))


def _nearest(points: Points, within: Geometry | None, reach_m: float | None) -> list[Geometry]:
    """The part of `within` (None: of the plane) nearest to each point and in its reach."""
    import shapely

    if not len(points):
        return []
    if reach_m is None:
        cells = _voronoi(points, within)
    else:
        discs = shapely.buffer(shapely.points(points), reach_m, quad_segs=ARC)
        cells = shapely.intersection(_voronoi(points, within), discs, grid_size=GRID_M)
    if within is None:
        return list(cells)
    shapely.prepare(within)
    inner = shapely.contains_properly(within, cells)
    cells[~inner] = shapely.intersection(cells[~inner], within, grid_size=GRID_M)
    return [_areal(cell) for cell in shapely.set_precision(cells, GRID_M).tolist()]


def _voronoi(points: Points, within: Geometry | None) -> NDArray[np.object_]:
    import shapely

    hull = shapely.box(*(points.min(axis=0) - FAR_M), *(points.max(axis=0) + FAR_M))
    hull = hull if within is None else shapely.union(hull, shapely.box(*within.bounds))
    if len(points) == 1:
        return np.array([hull], dtype=object)
    found = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=hull, ordered=True)
    cells: NDArray[np.object_] = shapely.set_precision(shapely.get_parts(found), GRID_M)
    return cells


def without_crumbs(cell: Geometry) -> Geometry:
    """The polygons of what cutting left, without those too small to be seen."""
    import shapely

    parts = [p for p in shapely.get_parts(cell).tolist() if p.geom_type == "Polygon" and p.area >= LEAST_CELL_M2]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def merged(cells: Sequence[Geometry]) -> Geometry:
    """One outline around cells of a partition, without lines between neighbours."""
    import shapely

    return shapely.union_all(cells, grid_size=GRID_M)


def rings_of(cell: Geometry, plane: Plane) -> tuple[Points, ...]:
    """The rings of a cell in map metres, holes among them."""
    import shapely

    polygons = shapely.get_parts(cell).tolist()
    return tuple(
        plane.to_map(shapely.get_coordinates(ring))
        for polygon in polygons
        for ring in (polygon.exterior, *polygon.interiors)
    )


def lines_of(edge: Geometry, plane: Plane) -> tuple[Points, ...]:
    """Lines of the plane in map metres, those of one course as one."""
    import shapely

    merged_lines = shapely.line_merge(edge) if edge.geom_type == "MultiLineString" else edge
    parts = (part for part in shapely.get_parts(merged_lines).tolist() if part.geom_type in LINES and not part.is_empty)
    return tuple(plane.to_map(shapely.get_coordinates(part)) for part in parts)


def degrees_object(cell: Geometry, plane: Plane) -> dict[str, Any]:
    """A cell as a GeoJSON geometry in degrees, wound as RFC 7946 asks, to a tenth of a metre."""
    import shapely

    polygons = [
        [
            plane.to_degrees(shapely.get_coordinates(ring)).round(6).tolist()
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in shapely.get_parts(shapely.orient_polygons(cell)).tolist()
    ]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def clear_spot(cell: Geometry, plane: Plane, sites: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """A point in map metres well inside the largest part, off the sites (degrees) in it, and the room around it."""
    import shapely

    part = max(shapely.get_parts(cell).tolist(), key=lambda one: one.area)
    west, south, east, north = part.bounds
    steps = np.linspace(0.04, 0.96, SPOTS_ALONG)
    x, y = (axis.ravel() for axis in np.meshgrid(west + steps * (east - west), south + steps * (north - south)))
    inside = shapely.contains_xy(part, x, y)
    if not inside.any():
        x, y, inside = *np.array(part.representative_point().coords[0])[:, None], np.array([True])
    x, y = x[inside], y[inside]
    room = shapely.distance(part.boundary, shapely.points(x, y))
    lon, lat = np.array(sites, dtype=np.float64).reshape(-1, 2).T
    towns = plane.from_degrees(lon, lat)
    off = np.hypot(x[:, None] - towns[:, 0], y[:, None] - towns[:, 1]).min(axis=1, initial=np.inf)
    best = int(np.argmax(np.minimum(room, off)))
    mx, my = plane.to_map(np.array([[x[best], y[best]]]))[0].tolist()
    return mx, my, float(WORDS_WIDER * room[best])
