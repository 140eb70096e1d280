"""Which events somebody did: certainly, when nothing doubts it; possibly, when it is claimed, alleged or disputed."""

from __future__ import annotations

import numpy as np

from viewer.domain.events import DOUBTED
from viewer.session.memo import remembered
from viewer.session.window import Rows
from viewer.store.dataset import DataSet

DOERS = ("perpetrator", "mover", "party")


@remembered(4)
def responsible_rows(data: DataSet, actors: frozenset[str], how: str) -> Rows:
    """The rows of the events that any of these actors did; how: 'certainly' or 'possibly'."""
    rows = data.reader.columns("event_actor", ("event", "certainty"), {"actor": actors, "role": DOERS})
    sure = {event for event, certainty in rows if certainty not in DOUBTED}
    found = sure if how == "certainly" else {event for event, _ in rows} - sure
    numbers = np.asarray(data.events.row_of.rows_of(sorted(found)), dtype=np.int64)
    return np.sort(numbers[numbers >= 0])
