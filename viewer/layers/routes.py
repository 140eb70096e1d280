"""Routes of the story: roads and supply lines, dashed because nobody gave their exact course."""

from __future__ import annotations

from viewer.domain.places import Route
from viewer.geo.basemap import Basemap
from viewer.geo.shapes import shape_rings
from viewer.layers.primitives import Entry, Line, LineLabel, Primitive
from viewer.session.state import Ref, State
from viewer.session.window import window_of
from viewer.store.dataset import DataSet

ENTRY = Entry("Map", "Route, schematic", "line", "route")


class RoutesLayer:
    """Routes with a course that may have been in use in the window; undated ones always."""

    id = "routes"
    depends = ("time",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """A dashed line and a name along it."""
        first, last = window_of(state.time)
        made: list[Primitive] = []
        for route in data.routes:
            if not route.date.dated or route.date.overlaps(first, last):
                made.extend(_drawn(route, data))
        return tuple(made)


def _drawn(route: Route, data: DataSet) -> tuple[Primitive, ...]:
    shape = data.shape_of(route)
    if shape is None or shape.kind != "line":
        return ()
    parts = shape_rings(shape)
    line = Line(
        parts, "route", 1.5, (6.0, 3.0), entry=ENTRY, refs=(Ref("route", route.key),), title=route.name,
        actor=route.actor,
    )  # fmt: skip
    return (line, LineLabel(max(parts, key=len), route.name, "", "route", 45, 1000.0))
