"""What an exporter is given: events and claims one at a time, the records they name, and whom to thank for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from pathlib import Path

from viewer.domain.control import ControlClaim
from viewer.domain.dossier import Dossier
from viewer.domain.frozen import dataclass
from viewer.formats.plain import Names, Plain


class ExportError(ValueError):
    """A file that cannot be written, in one sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class About:
    """Where exported records come from, and what was asked for.

    selection: the question in words; attribution: whom to name wherever the data is shown, one line each;
    exported_on and as_of: days (EDTF), the latter that on which the compilation ends.
    """

    title: str
    selection: str
    attribution: tuple[str, ...] = ()
    licence: str = ""
    marking: str = ""
    as_of: str = ""
    exported_on: str = ""
    note: str = ""

    @property
    def line(self) -> str:
        """The attribution as one line, '' when nobody asks for any."""
        return " | ".join(" ".join(text.split()) for text in self.attribution)


@dataclass(frozen=True)
class Content:
    """All that one file is to hold. `dossiers` and `claims` may be gone through once; they are never all in memory.

    about: None where somebody only reads along, and the records alone are asked for.
    """

    names: Names
    dossiers: Iterable[Dossier]
    claims: Iterable[ControlClaim] = ()
    about: About | None = None
    _cited: dict[str, None] = field(default_factory=dict, repr=False)

    @property
    def events(self) -> Iterator[Dossier]:
        """The events, of which the sources are noted on the way."""
        for dossier in self.dossiers:
            self._cited.update(dict.fromkeys(sources_of(dossier, self.names)))
            yield dossier

    @property
    def control(self) -> Iterator[ControlClaim]:
        """The claims, of which the sources are noted on the way."""
        for claim in self.claims:
            self._cited[claim.source] = None
            yield claim

    @property
    def cited(self) -> Sequence[str]:
        """Keys of the sources of all that was gone through so far, each once, in that order."""
        return tuple(self._cited)


def sources_of(dossier: Dossier, names: Names) -> Iterator[str]:
    """The keys of every source that an event or a row of it names; some may come twice."""
    yield from (row.source for row in dossier.sources)
    yield from (row.source for row in dossier.dates)
    yield from (row.source for rows in (dossier.actors, dossier.counts) for row in rows if row.source)
    yield from (caveat.source for caveat in names.caveats.get(dossier.event.key, ()))


def about_object(about: About) -> Plain:
    """What a file says of itself, as a plain object."""
    return {
        "title": about.title,
        "selection": about.selection,
        "attribution": about.line,
        "licence": about.licence,
        "marking": about.marking,
        "as_of": about.as_of,
        "exported_on": about.exported_on,
        "note": about.note,
    }


class TextFile(ABC):
    """A format that is text from its beginning to its end, so that it can be printed as well as written."""

    @abstractmethod
    def pieces(self, content: Content) -> Iterator[str]:
        """The text of the file in pieces, the last one ending the last line."""

    def write(self, content: Content, path: Path) -> None:
        """Write the pieces to a file one after the other."""
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(self.pieces(content))
