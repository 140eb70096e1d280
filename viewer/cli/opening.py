"""What most commands do first: open the store, and make words into days, filters and a box."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from viewer.cli.console import UsageError, complain
from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.geo.basemap import Basemap, read_basemap
from viewer.paths import resources_dir
from viewer.session.builtin import open_builtin
from viewer.session.learned import hidden_in, never_published
from viewer.session.query import actor_keys, event_type, first_day, last_day, place_keys
from viewer.session.state import Filters, State, Time
from viewer.store.columns import FAR_FUTURE
from viewer.store.dataset import DataSet, open_dataset

Box = tuple[float, float, float, float]


@contextmanager
def opened(path: Path | None) -> Iterator[DataSet]:
    """The data set of a store file, or the built-in one; closed at the end."""
    data = open_builtin() if path is None else open_dataset(path)
    try:
        yield data
    finally:
        data.close()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: filters, and the first and last day, None where open."""

    filters: Filters
    first: Day | None
    last: Day | None

    @property
    def bounded(self) -> bool:
        """Whether any day was given."""
        return self.first is not None or self.last is not None

    def state(self, starts_in: bool = False) -> State:
        """The session that shows exactly this; only of use when a day was given."""
        last = FAR_FUTURE if self.last is None else self.last
        if self.first is None:
            return State(filters=self.filters, time=Time(cursor=last, mode="cumulative", starts_in=starts_in))
        days = last - self.first + 1
        return State(filters=self.filters, time=Time(cursor=last, window_days=days, starts_in=starts_in))


def question(data: DataSet, arguments: argparse.Namespace) -> Question:
    """The question the options put; QueryError or UsageError for a word that fits nothing."""
    first = first_day(arguments.first) if arguments.first else None
    last = last_day(arguments.last) if arguments.last else None
    if first is not None and last is not None and last < first:
        raise UsageError(f"--from {arguments.first} lies after --to {arguments.last}; swap the two days")
    filters = replace(filters_of(data, arguments), bbox=box(arguments.bbox) if arguments.bbox else None)
    return Question(filters, first, last)


def filters_of(data: DataSet, arguments: argparse.Namespace) -> Filters:
    """The filters the options ask for but for --bbox; QueryError or UsageError for a word that fits nothing."""
    if (arguments.responsible or not arguments.parts) and not arguments.actor:
        raise UsageError("--responsible and --no-parts are about --actor; name one")
    within = None
    if arguments.within:
        from viewer.session.ground_words import within_of  # shapely takes long to load

        within = within_of(data, basemap(), arguments.within)
    return Filters(
        actors=_each(actor_keys, data, arguments.actor),
        parts=arguments.parts,
        responsible=arguments.responsible,
        types=tuple(event_type(text) for text in arguments.type),
        places=_each(place_keys, data, arguments.place),
        text=arguments.text or "",
        within=within,
        known_by=known_by(arguments),
    )


def known_by(arguments: argparse.Namespace) -> Day | None:
    """The day by which things must have been published, None for any."""
    return last_day(arguments.known_by) if arguments.known_by else None


def basemap() -> Basemap:
    """The base map, by which places and ground are told."""
    return read_basemap(resources_dir() / "basemap.bin")


def tell_unpublished(data: DataSet, asked: Question, starts_in: bool = False) -> None:
    """Nothing vanishes: say how many fit but for --known-by, as nobody knows when they were published."""
    if asked.filters.known_by is None:
        return
    state = asked.state(starts_in)
    number = hidden_in(data, state).unpublished if asked.bounded else len(never_published(data, state))
    if number:
        have = "has" if number == 1 else "have"
        complain(f"{number} more {have} no date of publication; list them without --known-by")


def _each(keys_of: object, data: DataSet, texts: list[str]) -> tuple[str, ...]:
    found = [key for text in texts for key in keys_of(data, text)]  # type: ignore[operator]
    return tuple(dict.fromkeys(found))


def box(text: str) -> Box:
    """West, south, east and north in degrees."""
    try:
        west, south, east, north = (float(side) for side in text.split(","))
    except ValueError:
        raise UsageError(f"'{text}' is no box; write W,S,E,N in degrees, such as 38,33,42,37") from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise UsageError(f"'{text}' is no box; its sides must be finite numbers")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise UsageError(f"'{text}' is no box; write west before east and south before north, in degrees")
    return west, south, east, north


def one_day(text: str) -> Day:
    """A single day; the last one of a month or year."""
    return last_day(text)
