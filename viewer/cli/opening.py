"""What most commands do first: open the store, and make words into days, filters and a box."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viewer.cli.console import UsageError
from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.session.builtin import open_builtin
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
    filters = Filters(
        actors=_each(actor_keys, data, arguments.actor),
        types=tuple(event_type(text) for text in arguments.type),
        places=_each(place_keys, data, arguments.place),
        text=arguments.text,
        bbox=box(arguments.bbox) if arguments.bbox else None,
    )
    return Question(filters, first, last)


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
