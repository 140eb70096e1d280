"""The tables of a data set in the order they are written: a table is a name and a record class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any

from viewer.domain.actors import Actor, ActorName, ActorRelation
from viewer.domain.control import ControlClaim
from viewer.domain.counts import Count
from viewer.domain.events import Event, EventActor, EventDate, EventLink, EventPlace, EventSource
from viewer.domain.frozen import dataclass
from viewer.domain.imports import ImportRun, Origin
from viewer.domain.places import Place, PlaceName, Route
from viewer.domain.sources import Caveat, Quantity, Source
from viewer.domain.views import SavedView

TABLES: dict[str, type] = {
    "source": Source,
    "place": Place,
    "place_name": PlaceName,
    "actor": Actor,
    "actor_name": ActorName,
    "actor_relation": ActorRelation,
    "event": Event,
    "event_place": EventPlace,
    "event_actor": EventActor,
    "event_source": EventSource,
    "event_date": EventDate,
    "event_link": EventLink,
    "count": Count,
    "control_claim": ControlClaim,
    "route": Route,
    "quantity": Quantity,
    "caveat": Caveat,
    "saved_view": SavedView,
    "import_run": ImportRun,
    "origin": Origin,
}
OPTIONAL = ("saved_view", "import_run", "origin")
"""Tables that a store need not have."""
EVENT_PARTS = ("event_place", "event_actor", "event_source", "event_date", "event_link", "count")
"""The tables whose rows belong to one event."""
PARTS = {"event": EVENT_PARTS, "place": ("place_name",), "actor": ("actor_name", "actor_relation")}
"""The tables whose rows come and go with a record of another, which they name in their first field."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What a store says of itself.

    as_of: the day (EDTF) its compilation ends; opens_on: the day (EDTF) a first look should land on; lanes:
    keys of the places whose holders that look shows as lanes, separated by blanks.
    """

    store_id: str
    title: str
    as_of: str = ""
    marking: str = ""
    licence: str = ""
    attribution: str = ""
    note: str = ""
    opens_on: str = ""
    lanes: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, said in one sentence with where it stands and what to do."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True)
class Records:
    """A whole data set as records, by table; the form in which importers hand over and writers take."""

    meta: Meta
    tables: dict[str, list[Any]] = field(default_factory=dict)

    def of(self, table: str) -> list[Any]:
        """The records of a table; empty when it has none."""
        return self.tables.get(table, [])

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for table in TABLES:
            for record in self.of(table):
                yield table, record
