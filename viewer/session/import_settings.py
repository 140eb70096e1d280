"""What the settings of the formats are called in a dialog, and what each may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from viewer.domain.control import STATUSES
from viewer.domain.places import PRECISIONS

GUESSED = "Guessed from the names"


class Setting(NamedTuple):
    """A setting in words; choices: value and words of each it may be, none where anything can be written."""

    title: str
    choices: tuple[tuple[str, str], ...] = ()


_EXACTNESS = tuple((name, name) for name in PRECISIONS)
SETTINGS: Mapping[str, Setting] = {
    "table": Setting("A row is", (("event", "An incident"), ("control_claim", "A claim of who holds a place"))),
    "order": Setting("Dates have first", (
        ("", "Find out"), ("day", "The day: 3/4 is 3 April"), ("month", "The month: 3/4 is 4 March"),
        ("year", "The year"))),
    "default_precision": Setting("Coordinates are, if nothing is said", (("", "As exact as they look"), *_EXACTNESS)),
    "separator": Setting("Several names in a cell are parted by"),
    "publisher": Setting("Published by, if nothing is said"),
    "rest": Setting("Columns not used", (("", "Leave them out"), ("note", "Keep them in the note"))),
    "previous_dates": Setting("Days of earlier holders are", (
        ("", "Find out"), ("from", "Their first"), ("until", "Their last"))),
    "as_of": Setting("Holders without a day are as of"),
    "default_type": Setting("Kind of event, if nothing is said"),
    "sheet": Setting("Sheet"),
    "delimiter": Setting("Columns are parted by", (
        (",", "Comma"), (";", "Semicolon"), ("tab", "Tab"), ("|", "Bar"))),
    "encoding": Setting("Encoding"),
    "held": Setting("Class of control, if nothing is said"),
    "status": Setting("Claims count as", tuple((name, name) for name in STATUSES)),
    "layers": Setting("Layers"),
    "saved": Setting("Read as", (("", GUESSED),)),
}  # fmt: skip


def setting_of(name: str) -> Setting:
    """A setting in words; its own name where there are none."""
    return SETTINGS.get(name) or Setting(name[:1].upper() + name[1:].replace("_", " "))
