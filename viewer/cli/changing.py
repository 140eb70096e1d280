"""The command that compares two days: change."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from viewer.cli.console import complain, say, say_json, say_table
from viewer.cli.opening import basemap, known_by, one_day, opened
from viewer.domain.dates import Day, day_words, iso
from viewer.formats.exporters.event_csv import csv_line
from viewer.session.change import Balance, balances
from viewer.session.change_words import IN_SHORT, numbers_of, party_words
from viewer.session.known import known_data
from viewer.session.query import first_day
from viewer.store.dataset import DataSet

FIELDS = ("before_km2", "after_km2", "gained_km2", "lost_km2", "held_km2")
"""The numbers of a balance, in its order."""


def change(arguments: argparse.Namespace) -> int:
    """Print what each party gained, lost and held between two days."""
    first, second = first_day(arguments.first), one_day(arguments.last)
    with opened(arguments.store) as data:
        known, ground = known_by(arguments), basemap()
        if ground.problem is not None:
            complain(f"{ground.problem}; ground is cut neither by borders nor by rivers")
        found = balances(known_data(data, known), ground, first, second, arguments.ground)
        if arguments.format == "json":
            say_json({
                "from": iso(first), "to": iso(second), "ground": arguments.ground, "rule": IN_SHORT[arguments.ground],
                "parties": [balance_object(data, one) for one in found], "known_by": iso(known),
            })  # fmt: skip
        elif arguments.format == "csv":
            _csv(data, found, first, second, arguments.ground)
        else:
            _table(data, found, first, second, arguments.ground)
            if known is not None:
                say(f"Only claims published by {day_words(known)}")
    return 0


def balance_object(data: DataSet, one: Balance) -> dict[str, Any]:
    """A balance as a plain object, km2 to a tenth."""
    actors = [{"id": key, "name": data.actors[key].name if key in data.actors else key} for key in one.party.actors]
    numbers = dict(zip(FIELDS, (round(number, 1) for number in numbers_of(one)), strict=True))
    return {"actors": actors, "class": one.party.control, **numbers}


def _csv(data: DataSet, found: tuple[Balance, ...], first: Day, second: Day, ground: str) -> None:
    sys.stdout.write(csv_line(("from", "to", "actors", "names", "class", *FIELDS, "rule")))
    for one in found:
        names = party_words(data, one.party)
        row = (iso(first), iso(second), "; ".join(one.party.actors), names, one.party.control)
        sys.stdout.write(csv_line((*row, *(round(number, 1) for number in numbers_of(one)), IN_SHORT[ground])))


def _table(data: DataSet, found: tuple[Balance, ...], first: Day, second: Day, ground: str) -> None:
    rows = [
        (*(f"{number:,.0f}" for number in numbers_of(one)), party_words(data, one.party)) for one in found
    ]
    say_table(("A km2", "B km2", "gained", "lost", "held", "party"), rows)
    say(f"A {day_words(first)}, B {day_words(second)}; square kilometres on the ground. Rule: {IN_SHORT[ground]}")
