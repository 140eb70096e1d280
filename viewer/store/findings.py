"""What is found out about a store while it is read, and kept beside its columns."""

from __future__ import annotations

from typing import NamedTuple

from viewer.domain.records import Problem
from viewer.store.left_out import Bad


class Findings(NamedTuple):
    """What is found out about a store beside its columns; actors, places: how many of them the columns name."""

    bad: Bad
    problems: list[Problem]
    actors: int
    places: int
