"""What a detail pane shows of one record, as data: a title and sections of rows, free of any toolkit."""

from __future__ import annotations

from collections.abc import Iterable

from viewer.domain.fields import fields_of
from viewer.domain.frozen import dataclass
from viewer.session.commands import Command
from viewer.session.state import Ref


@dataclass(frozen=True, slots=True)
class Bar:
    """A number to draw: from `low` to `high` on a scale that ends at `whole`; `derived` looks derived.

    within: what it is a part of, None for a figure of its own: a part is drawn inside the outline of that.
    """

    low: float
    high: float
    whole: float
    at_least: bool = False
    derived: bool = False
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be done from a line, in words; without a command it is what is chosen already."""

    words: str
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is, what it says, how that is known, where it leads, and how deep it stands.

    account: the label is what is said and the text who says it, so that accounts stand in columns. stake: what saying
    so does for whoever says it. choices: what can be done from it.
    """

    label: str
    text: str
    note: str = ""
    ref: Ref | None = None
    bar: Bar | None = None
    level: int = 0
    account: bool = False
    stake: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Everything the pane shows of a record; sections without rows are not there."""

    ref: Ref
    title: str
    kind: str
    sections: tuple[Section, ...]

    def section(self, title: str) -> Section | None:
        """The section of that heading."""
        return next((section for section in self.sections if section.title == title), None)


CONTRADICTIONS = "Contradictions"
"""The heading under which a card that has any begins."""


def sections(*pairs: tuple[str, Iterable[Row]]) -> tuple[Section, ...]:
    """The sections that have rows, in order; a note of nothing but blanks is none."""
    made = (Section(title, tuple(row for row in rows if row.text.strip() or row.ref)) for title, rows in pairs)
    return tuple(section for section in made if section.rows)


def label(record: type, name: str) -> str:
    """What a field is called, as its record says."""
    return fields_of(record)[name].label
