"""What threads do for the import dialog; what cannot be done comes back as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from viewer.domain.actors import Actor
from viewer.domain.frozen import dataclass
from viewer.geo.basemap import Basemap
from viewer.session.import_look import Look, look_at
from viewer.session.importing import REFUSED, Order, Summary, keep_mapping, run_import

Actors = Callable[[], Mapping[str, Actor]]
"""The actors that are well known, by their folded names."""
Tick = Callable[[float], None]


@dataclass(frozen=True)
class Job:
    """An import; keep_as: the name under which its columns are kept, '' when nobody chose any."""

    order: Order
    keep_as: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a job; kept: the name under which its columns were kept, '' for none."""

    summary: Summary
    kept: str


def look(actors: Actors, order: Order, tick: Tick) -> Look | str:
    """How the file would be read, or the sentence why it cannot be."""
    try:
        return look_at(order, actors(), partial(tick, 0.0))
    except REFUSED as error:
        return str(error)


def do(basemap: Basemap, actors: Actors, job: Job, tick: Tick) -> Outcome | str:
    """The import, or the sentence why it cannot be; that columns are not kept does not undo it."""
    try:
        summary = run_import(job.order, basemap, actors(), tick)
    except REFUSED as error:
        return str(error)
    if job.keep_as:
        with suppress(*REFUSED):
            keep_mapping(job.order, job.keep_as)
            return Outcome(summary, job.keep_as)
    return Outcome(summary, "")


def keep(asked: tuple[Order, str], tick: Tick) -> str:
    """Keep the columns of an order under a name; what to say of it."""
    order, name = asked
    try:
        keep_mapping(order, name)
    except REFUSED as error:
        return str(error)
    return f"Kept as {name}: files with the same header are read so by themselves."
