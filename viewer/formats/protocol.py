"""What a format has to offer to stand in the list of exporters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from viewer.domain.dossier import Dossier
from viewer.formats.plain import Names


class Exporter(Protocol):
    """Turns events into the text of a file, piece by piece, so that size does not matter."""

    @property
    def name(self) -> str:
        """What the format is called on the command line."""

    @property
    def suffix(self) -> str:
        """How a file of it ends, with the dot."""

    def pieces(self, dossiers: Iterable[Dossier], names: Names) -> Iterator[str]:
        """The text of the file in pieces, the last one ending the last line."""
