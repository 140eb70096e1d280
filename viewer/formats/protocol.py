"""What a format has to offer to stand in the list of importers or of exporters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from viewer.domain.drafts import Item
from viewer.domain.frozen import dataclass
from viewer.formats.exported import Content
from viewer.formats.infile import InFile


class Exporter(Protocol):
    """Makes a file of events, one at a time, so that size does not matter."""

    @property
    def name(self) -> str:
        """What the format is called on the command line."""

    @property
    def title(self) -> str:
        """What the format is called in a dialog, and what it is good for."""

    @property
    def suffix(self) -> str:
        """How a file of it ends, with the dot."""

    @property
    def holds_claims(self) -> bool:
        """Whether it has room for claims of control beside the events."""

    def write(self, content: Content, path: Path) -> None:
        """Fill an empty file; OSError and ExportError when it cannot be, and what going through `content` raises."""


class TextExporter(Exporter, Protocol):
    """A format that is text from its beginning to its end, so that it can be printed, too."""

    def pieces(self, content: Content) -> Iterator[str]:
        """The text of the file in pieces, the last one ending the last line."""


@dataclass(frozen=True)
class Shape:
    """What a file of a format looks like before it is read.

    columns: what it has to offer; fields: what a reader of it can take (name and what it means); mapping: which
    column each field is taken from, as far as it can be guessed; settings: other options with their guessed values.
    tabular: whether a row is its cells in the order of the columns, so that rejected rows can be kept as a table.
    """

    columns: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    tabular: bool = True


class Importer(Protocol):
    """Turns a file into drafts, one at a time, so that size does not matter."""

    @property
    def name(self) -> str:
        """What the format is called on the command line."""

    @property
    def title(self) -> str:
        """What the format is called in a dialog."""

    @property
    def feed(self) -> str:
        """What all its files are editions of; '' when each file is a feed of its own."""

    @property
    def attribution(self) -> str:
        """Whom to name wherever the data is shown; '' when the format does not say."""

    def recognises(self, file: InFile) -> float:
        """How surely the file is of this format by its content, from 0 (not) to 1; never raises for a strange file."""

    def shape(self, file: InFile) -> Shape:
        """What can be said of the file before it is read; ReadError when it is none of this format."""

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """Its drafts in order, with what was rejected and remarked; options: fields by column, and settings.

        ReadError when the file as a whole cannot be read.
        """
