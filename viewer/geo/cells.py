"""The ground around places: each point of land goes to the nearest place of its state, on its bank of a great river.

A Voronoi partition in an equal-area plane (Lambert azimuthal on WGS84), so that areas are right and "nearest" is
nearly so: within 600 km of the centre a length is off by less than 0.3 %. Cells never overlap, and neighbours share
their edge to the vertex.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.geo.land import GRID_M, Land, Site, areal
from viewer.geo.plane import Geometry, Plane, Points

LEAST_CELL_M2 = 50_000.0
"""Crumbs left by cutting that nobody could see."""
ARC = 16
"""Segments of a quarter circle at the end of the reach."""
LINES = (1, 2)
"""The kinds of a part that is a line or a ring."""
WORDS_WIDER = 3.2
"""Letters need less room above and below them than beside: so many times the distance to the edge will do."""
ACROSS, ALONG = np.reshape(np.meshgrid(*[np.linspace(0.04, 0.96, 15)] * 2), (2, -1))
"""The places tried for letters, as shares of a cell's width and height."""
FAR_M = 500_000.0
"""How far beyond a state and its sites the partition is worked out at least."""
KEPT = 12_000
"""So many pieces are kept for the next set of places, or three for each place if that is more."""

ANSWERS = 64
"""So many answers are kept whole, each for a state and the sites in it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A part of a cell: the very same object while all that it follows from is. bank: that which it lies well within,
    -1 for none."""

    shape: Geometry
    bank: int = -1


def cells_of(land: Land, sites: Sequence[Site], reach_m: float | None) -> tuple[Geometry, ...]:
    """The ground of each site, in the plane of the land: empty for all but the first of several on one point.

    reach_m: how far from its site ground is claimed at most; None until the neighbour's begins or the state ends.
    A cell whose neighbours are those of an earlier question is the very same object.
    """
    import shapely

    cells: list[Geometry] = [shapely.Polygon()] * len(sites)
    if not sites:
        return ()
    points = land.plane.from_degrees(np.array([site.lon for site in sites]), np.array([site.lat for site in sites]))
    by_state: dict[str, dict[tuple[float, float], int]] = {}
    with land.lock:
        for number, (code, (x, y)) in enumerate(zip(land.states_of(sites), np.round(points).tolist(), strict=True)):
            by_state.setdefault(code, {}).setdefault((x, y), number)
        for code, numbers in by_state.items():
            if code not in land.states and reach_m is None:
                continue  # beyond the base map nothing would end it
            for number, cell in zip(numbers.values(), _in_state(land, code, list(numbers), reach_m), strict=True):
                cells[number] = cell
        _forget(land.kept, max(KEPT, 3 * len(sites)))
        _forget(land.answers, ANSWERS)
    return tuple(cells)


def _in_state(land: Land, code: str, spots: list[tuple[float, float]], reach_m: float | None) -> list[Geometry]:
    """First each bank among the sites that stand on it, then what is out of their reach among all."""
    import shapely

    asked = (code, reach_m, tuple(spots))
    if (known := land.answers.get(asked)) is not None:
        return known
    points, places = np.array(spots), shapely.points(spots)
    every = _nearest(land, (code, -1, reach_m), points)
    own: list[tuple[_Piece, ...]] = [()] * len(points)
    home: list[_Piece | None] = [None if land.banks.get(code) else piece for piece in every]
    for number, bank in enumerate(land.banks.get(code, ())):
        shapely.prepare(bank)
        there = np.flatnonzero(shapely.intersects(bank, places))
        for site, piece in zip(there.tolist(), _nearest(land, (code, number, reach_m), points[there]), strict=True):
            own[site] = (*own[site], piece)
            home[site] = piece if every[site].bank == number else home[site]
    taken = _meeting(every, [site for site, piece in enumerate(home) if piece is None], own)
    questions = [
        (share, parts, tuple(others)) if (whole := home[site]) is None else (whole, (), ())
        for site, (share, parts, others) in enumerate(zip(every, own, taken, strict=True))
    ]
    found = _kept(land.kept, questions, lambda new: [_joined(*questions[n]) for n in new])
    land.answers[asked] = [piece.shape for piece in found]
    return land.answers[asked]


def _meeting(every: list[_Piece], away: list[int], own: list[tuple[_Piece, ...]]) -> list[list[_Piece]]:
    """For each site, if it is one of `away`, the others' parts of banks that may lie in its share of the state."""
    import shapely

    found: list[list[_Piece]] = [[] for _ in every]
    parts = [piece for pieces in own for piece in pieces]
    tree = shapely.STRtree([part.shape for part in parts])
    shares = np.array([every[site].shape for site in away], dtype=object)
    for one, part in zip(*tree.query(shares, predicate="intersects").tolist(), strict=True):
        if parts[part] not in own[away[one]]:
            found[away[one]].append(parts[part])
    return found


def _joined(share: _Piece, own: tuple[_Piece, ...], taken: tuple[_Piece, ...]) -> _Piece:
    """A site's own parts of banks, with what nobody on a bank takes of its share of the state."""
    import shapely

    left = share.shape
    for piece in (*own, *taken):
        left = areal(left.difference(piece.shape, grid_size=GRID_M))
        if left.is_empty:
            break
    parts = [piece.shape for piece in own] if left.is_empty else [left, *(piece.shape for piece in own)]
    return _Piece(without_crumbs(parts[0] if len(parts) == 1 else shapely.union_all(parts, grid_size=GRID_M)))


def _nearest(land: Land, where: tuple[str, int, float | None], points: Points) -> list[_Piece]:
    """The part of a state, or of one of its banks (-1: none), nearest to each point and in reach."""
    code, bank, reach_m = where
    within = land.states.get(code) if bank < 0 else land.banks[code][bank]
    if not len(points):
        return []
    rings, marks = _voronoi(points, land.sheet if within is None else within)
    questions = [(where, x, y, mark) for (x, y), mark in zip(points.tolist(), marks, strict=True)]

    def made(new: list[int]) -> list[_Piece]:
        cells = _cut([rings[n] for n in new], points[new], within, reach_m)
        if within is None and land.sheet is not None:
            cells = [areal(cell.difference(land.sheet, grid_size=GRID_M)) for cell in cells]
        banks = land.banks.get(code, ()) if bank < 0 else ()
        return [_Piece(cell, on) for cell, on in zip(cells, _banks_of(cells, banks), strict=True)]

    return _kept(land.kept, questions, made)


def _cut(rings: list[Points], points: Points, within: Geometry | None, reach_m: float | None) -> list[Geometry]:
    """What of convex rings around points lies in their reach and in `within`, None for everywhere."""
    import shapely

    cells = shapely.set_precision([shapely.Polygon(ring) for ring in rings], GRID_M)
    if reach_m is not None:
        sure = reach_m * np.cos(np.pi / (4 * ARC)) - GRID_M
        far = np.array([np.hypot(*(ring - point).T).max() > sure for ring, point in zip(rings, points, strict=True)])
        discs = shapely.buffer(shapely.points(points[far]), reach_m, quad_segs=ARC)
        cells[far] = shapely.intersection(cells[far], discs, grid_size=GRID_M)
    if within is not None:
        shapely.prepare(within)
        outer = ~shapely.contains_properly(within, cells)
        cells[outer] = shapely.intersection(cells[outer], within, grid_size=GRID_M)
    return [areal(cell) for cell in cells.tolist()]


def _banks_of(cells: list[Geometry], banks: Sequence[Geometry]) -> list[int]:
    """The number of the bank that each cell lies well within, -1 for none."""
    import shapely

    found = np.full(len(cells), -1)
    for number, bank in enumerate(banks):
        shapely.prepare(bank)
        found[shapely.contains_properly(bank, cells)] = number
    return [int(number) for number in found]


def _voronoi(points: Points, around: Geometry | None) -> tuple[list[Points], list[bytes]]:
    """The closed convex ring nearest to each point, with vertices on the grid, and what tells it from others.

    Neighbours share their vertices.
    """
    import shapely

    hull = shapely.box(*(points.min(axis=0) - FAR_M), *(points.max(axis=0) + FAR_M))
    if around is not None:
        west, south, east, north = around.bounds
        far = FAR_M + 2 * max(east - west, north - south)  # farther than a partition reaches by itself
        hull = shapely.union(hull, shapely.box(west - far, south - far, east + far, north + far)).envelope
    found = np.array([hull], dtype=object)
    if len(points) > 1:
        shares = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=hull, ordered=True)
        found = shapely.get_parts(shares)
    vertices, owner = shapely.get_coordinates(found, return_index=True)
    vertices = np.rint(vertices)
    order = np.lexsort((vertices[:, 1], vertices[:, 0], owner))
    known = np.column_stack((owner, vertices))[order]
    once = np.append(True, (np.diff(known, axis=0) != 0).any(axis=1))
    marks = np.split(known[once, 1:], np.flatnonzero(np.diff(known[once, 0])) + 1)
    return np.split(vertices, np.flatnonzero(np.diff(owner)) + 1), [mark.tobytes() for mark in marks]


def _kept(
    kept: dict[Any, _Piece], questions: Sequence[Hashable], made: Callable[[list[int]], list[_Piece]]
) -> list[_Piece]:
    """The pieces that answer questions; what nobody asked before is made, by the numbers of the questions."""
    new = [number for number, question in enumerate(questions) if question not in kept]
    if new:
        kept.update(zip([questions[number] for number in new], made(new), strict=True))
    return [kept[question] for question in questions]


def _forget(kept: dict[Any, Any], limit: int) -> None:
    """Leave out what was made first, down to so many."""
    for question in list(kept)[: max(0, len(kept) - limit)]:
        del kept[question]


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
    return all_rings([cell], plane)[0]


def all_rings(cells: Sequence[Geometry], plane: Plane) -> list[tuple[Points, ...]]:
    """The rings of each of many cells: one by one, calls take longer than points."""
    import shapely

    polygons, cell = shapely.get_parts(_array(cells), return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    return _on_map(rings, cell[polygon], len(cells), plane)


def all_lines(edges: Sequence[Geometry], plane: Plane) -> list[tuple[Points, ...]]:
    """The lines of each of many edges in map metres, those of one course as one."""
    import shapely

    found = _array(edges)
    several = shapely.get_type_id(found) == shapely.GeometryType.MULTILINESTRING
    found[several] = shapely.line_merge(found[several])
    parts, edge = shapely.get_parts(found, return_index=True)
    lines = np.isin(shapely.get_type_id(parts), LINES) & ~shapely.is_empty(parts)
    return _on_map(parts[lines], edge[lines], len(edges), plane)


def _array(shapes: Sequence[Geometry]) -> Any:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def _on_map(lines: Any, owner: NDArray[np.intp], number: int, plane: Plane) -> list[tuple[Points, ...]]:
    """Lines in map metres, for each of so many owners; none is empty."""
    import shapely

    found: list[list[Points]] = [[] for _ in range(number)]
    points, line = shapely.get_coordinates(lines, return_index=True)
    parts = np.split(plane.to_map(points), np.flatnonzero(np.diff(line)) + 1)
    for part, own in zip(parts, owner.tolist(), strict=False):  # of no lines there is one empty part
        found[own].append(part.copy())  # a part alone would hold all of them
    return [tuple(own) for own in found]


def in_order(cells: Sequence[Geometry]) -> list[Geometry]:
    """The same with parts and vertices in an order that follows from them alone, not from how they came about."""
    import shapely

    found: list[Geometry] = shapely.normalize(_array(cells)).tolist()
    return found


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


def clear_spots(
    cells: Sequence[Geometry], plane: Plane, sites: Sequence[tuple[float, float]]
) -> list[tuple[float, float, float]]:
    """For each cell a point in map metres well inside its largest part, off its site (degrees), and the room around."""
    towns = plane.from_degrees(*np.array(sites, dtype=np.float64).reshape(-1, 2).T)
    found = np.array([_clear(cell, town) for cell, town in zip(cells, towns, strict=True)]).reshape(-1, 3)
    spots = np.column_stack((plane.to_map(found[:, :2]), WORDS_WIDER * found[:, 2]))
    return [(x, y, room) for x, y, room in spots.tolist()]


def _clear(cell: Geometry, town: Points) -> tuple[float, float, float]:
    """A point of the plane and how far the edge is."""
    import shapely

    part = max(cell.geoms, key=lambda one: one.area) if cell.geom_type == "MultiPolygon" else cell
    west, south, east, north = part.bounds
    x, y = west + ACROSS * (east - west), south + ALONG * (north - south)
    inside = shapely.contains_xy(part, x, y)
    if not inside.any():
        x, y, inside = *np.array(part.representative_point().coords[0])[:, None], np.array([True])
    x, y = x[inside], y[inside]
    off, edge = np.hypot(x - town[0], y - town[1]), part.boundary
    shapely.prepare(edge)
    room = shapely.distance(edge, shapely.points(x, y))
    best = int(np.argmax(np.minimum(room, off)))
    return float(x[best]), float(y[best]), float(room[best])
