"""Where ground is: the states of a base map, in an equal-area plane, and the banks of great rivers in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from threading import Lock
from typing import Any

import numpy as np

from viewer.domain.frozen import dataclass
from viewer.geo.basemap import Basemap
from viewer.geo.plane import Geometry, Plane, Points
from viewer.geo.projection import to_degrees

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


@dataclass(frozen=True, slots=True)
class Site:
    """A place on the ground: degrees, and the code of its state if that is known."""

    lon: float
    lat: float
    country: str = ""


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
    homes: dict[Site, str] = field(default_factory=dict, repr=False)
    """The states of the sites that were asked about."""
    kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    """Pieces of cells, by what they follow from."""
    answers: dict[Any, list[Geometry]] = field(default_factory=dict, repr=False)
    """The cells of a state's sites, by all of them."""

    def states_of(self, sites: Sequence[Site]) -> list[str]:
        """The code of the state each site belongs to, or of the one whose coast or border is near; "" elsewhere.

        For who holds the lock.
        """
        new = [site for site in dict.fromkeys(sites) if site not in self.homes]
        stated = {site: site.country for site in new if site.country in self.states}
        self.homes.update(stated)
        self.homes.update(self._found([site for site in new if site not in stated]))
        return [self.homes[site] for site in sites]

    def _found(self, sites: list[Site]) -> dict[Site, str]:
        """The nearest state of each site, of several that in the order of codes first."""
        import shapely

        lon, lat = np.array([(site.lon, site.lat) for site in sites]).reshape(-1, 2).T
        points = shapely.points(self.plane.from_degrees(lon, lat))
        best, code_of = np.full(len(sites), np.inf), np.full(len(sites), "", dtype=object)
        for code in sorted(self.states):
            shapely.prepare(self.states[code])
            close = np.flatnonzero(shapely.dwithin(self.states[code], points, OFF_COAST_M))
            off = np.where(shapely.intersects(self.states[code], points[close]), 0.0, np.inf)
            off[off > 0] = shapely.distance(self.states[code], points[close[off > 0]])
            nearer = off < best[close]
            best[close[nearer]], code_of[close[nearer]] = off[nearer], code
        return dict(zip(sites, code_of.tolist(), strict=True))


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
            surface = surface.symmetric_difference(areal(shapely.make_valid(shapely.Polygon(plane.from_map(ring)))))
    return areal(surface)


def areal(shape: Geometry) -> Geometry:
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
