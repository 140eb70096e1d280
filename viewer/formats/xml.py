"""XML of strangers, read piece by piece: no entities, no other files, no more depth or text than a document needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from viewer.formats.infile import ReadError

CHUNK = 64 * 1024
MAX_DEPTH = 100
MAX_TEXT = 64 * 1024 * 1024
"""Characters of text one element may hold: a large outline has some millions."""
MAX_ATTRIBUTES = 1000


class Begins(NamedTuple):
    """An element begins; its name is without its namespace, as are those of its attributes."""

    name: str
    attributes: dict[str, str]


class Ends(NamedTuple):
    """An element ends: its name, and the text that stands in it beside its children."""

    name: str
    text: str


Step = Begins | Ends


class BrokenXmlError(Exception):
    """A document that ends in the middle or is not well formed; the message says where."""


def steps(file: BinaryIO, name: str) -> Iterator[Step]:
    """What begins and ends in a document, in order; name: what to call it in errors.

    ReadError for a document that defines entities or is too deep or too long; BrokenXmlError where it is not well
    formed, after all that came before.
    """
    heard = _Heard(name)
    broken = None
    while broken is None and (data := file.read(CHUNK)):
        broken = heard.hear(data, False)
        yield from heard.taken()
    broken = broken or heard.hear(b"", True)
    yield from heard.taken()
    if broken is not None:
        raise BrokenXmlError(f"line {broken.lineno}: {expat.ErrorString(broken.code)}; mend it there")


class _Heard:
    """What the parser told and nobody has taken yet."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._steps: list[Step] = []
        self._texts: list[list[str]] = []
        self._long = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._refuse
        parser.UnparsedEntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        self._parser = parser

    def hear(self, data: bytes, last: bool) -> expat.ExpatError | None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            return error
        return None

    def taken(self) -> list[Step]:
        taken, self._steps = self._steps, []
        return taken

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._texts) >= MAX_DEPTH:
            raise ReadError(f"{self._name}: is nested deeper than {MAX_DEPTH}; no map needs that")
        if len(attributes) > MAX_ATTRIBUTES:
            raise ReadError(f"{self._name}: has an element of more than {MAX_ATTRIBUTES:,} attributes")
        self._texts.append([])
        self._long = 0
        told = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._steps.append(Begins(name.rpartition(" ")[2], told))

    def _end(self, name: str) -> None:
        self._steps.append(Ends(name.rpartition(" ")[2], "".join(self._texts.pop())))
        self._long = 0

    def _text(self, text: str) -> None:
        self._long += len(text)
        if self._long > MAX_TEXT:
            raise ReadError(f"{self._name}: holds a text of more than {MAX_TEXT // 1024**2} MB; make it simpler")
        if self._texts:
            self._texts[-1].append(text)

    def _refuse(self, *_: object) -> int:
        raise ReadError(f"{self._name}: defines entities, which may be made to stall; remove its DOCTYPE")
