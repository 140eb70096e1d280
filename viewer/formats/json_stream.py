"""JSON piece by piece, so that size does not matter: the elements of its one large list, or one value after the other.

Where a piece ends is found from its brackets and quotes, with no recursion; only then is it parsed. So a piece that is
broken, nested too deep or too large costs itself alone.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from viewer.formats.infile import InFile, ReadError
from viewer.formats.tabular import encoding_of

MAX_PIECE = 64 * 1024 * 1024
"""Characters one element may have."""
MAX_DEPTH = 32
MAX_HEAD = 1024 * 1024
"""Characters of a member beside the list that are read."""
CHUNK = 1024 * 1024
SHOWN = 200
"""Characters of a broken piece that are kept to show it."""
CUT = "the file ends in the middle; copy it again from where it came from"
_SPACE = re.compile("[\\s,\x1e\ufeff]*")
_TOKEN = re.compile(r'\[[^\[\]{}"]*+\]|"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_PLAIN = re.compile(r"[^\s,\[\]{}\"\x1e]+")
_COLON = re.compile(r"[\s:]*")


class Piece(NamedTuple):
    """One element: its number from 1, its text, and its value or else what is wrong with it."""

    number: int
    text: str
    value: Any
    problem: str = ""


@dataclass
class JsonStream:
    """A JSON file: the elements of its outermost list, of a list that is a member of its outermost object, or values
    one after the other (a line each, for instance).

    lists: the members that may be such a list. head: the other members of the object, as far as they were passed.
    """

    file: InFile
    lists: Collection[str]
    head: dict[str, Any] = field(default_factory=dict)
    found: str = ""
    """What the elements are: "[]" of the outermost list, else the name of the member; '' of values in a row."""

    def pieces(self) -> Iterator[Piece]:
        """The elements in order; ReadError when the file is no JSON at all."""
        with self.file.opened() as binary:
            for piece in self._pieces(_Text(binary, encoding_of(self.file.head))):
                yield piece
                if piece.problem.endswith(CUT):
                    return

    def _pieces(self, text: _Text) -> Iterator[Piece]:
        number = 0
        while opening := text.skip(_SPACE):
            if opening == "[" and number == 0:
                self.found = "[]"
                text.take(1)
                for piece in self._list(text, number):
                    number = piece.number
                    yield piece
            elif opening == "{" and number == 0 and self._has_list():
                for piece in self._object(text):
                    number = piece.number
                    yield piece
                number = max(number, 1)
            elif opening in "[{":
                number += 1
                yield _piece(number, *text.value())
            else:
                raise ReadError(f"{self.file.path}: is no JSON; check what it is")
        if number == 0 and not self.found:
            raise ReadError(f"{self.file.path}: is empty; nothing was imported")

    def _has_list(self) -> bool:
        """Whether the outermost object may be one with a list in it, and not the first of many values in a row."""
        start = self.file.head.lstrip(b"\xef\xbb\xbf\x1e \t\r\n")
        first, _, rest = start.partition(b"\n")
        if not rest.strip(b"\x1e \t\r\n"):
            return True
        try:
            return not isinstance(json.loads(first), dict)
        except (ValueError, RecursionError):
            return True

    def _object(self, text: _Text) -> Iterator[Piece]:
        """The elements of the list in the object that begins here; without one, the object itself."""
        text.take(1)
        number = 0
        members: dict[str, Any] = {}
        while (opening := text.skip(_SPACE)) == '"':
            name = _piece(0, *text.value()).value
            text.skip(_COLON)
            if name in self.lists and text.ahead() == "[":
                self.found = str(name)
                text.take(1)
                for piece in self._list(text, number):
                    number = piece.number
                    yield piece
                continue
            whole, problem = text.value()
            if problem:
                raise ReadError(f"{self.file.path}: '{str(name)[:40]}' cannot be read ({problem}); check the file")
            members[str(name)] = _piece(0, whole, "").value
            if len(whole) <= MAX_HEAD:
                self.head[str(name)] = members[str(name)]
            if self.found:
                members.clear()
        if opening == "}":
            text.take(1)
        elif opening:
            raise ReadError(f"{self.file.path}: is no JSON (near '{opening}'); check the file")
        elif not self.found:
            raise ReadError(f"{self.file.path}: {CUT}")
        else:
            yield Piece(number + 1, "", None, CUT)
        if not self.found:
            yield Piece(1, json.dumps(members, ensure_ascii=False), members)

    def _list(self, text: _Text, number: int) -> Iterator[Piece]:
        while (opening := text.skip(_SPACE)) not in ("]", ""):
            if opening == "}":
                text.take(1)
                continue
            number += 1
            yield _piece(number, *text.value())
        if opening:
            text.take(1)
        else:
            yield Piece(number + 1, "", None, CUT)


def _piece(number: int, text: str, problem: str) -> Piece:
    if problem:
        return Piece(number, text[:SHOWN], None, problem)
    try:
        return Piece(number, text, json.loads(text))
    except (ValueError, RecursionError) as error:
        return Piece(number, text, None, f"is no JSON ({error}); mend it")


class _Text:
    """A text of which only what is looked at is in memory."""

    def __init__(self, binary: BinaryIO, encoding: str) -> None:
        self._binary = binary
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._buffer = ""
        self._at = 0
        self._ended = False

    def ahead(self) -> str:
        """The next character, '' at the end."""
        return self._buffer[self._at] if self._at < len(self._buffer) or self._more() else ""

    def take(self, number: int) -> None:
        """Pass over so many characters that were seen."""
        self._at += number

    def skip(self, these: re.Pattern[str]) -> str:
        """Pass over what the pattern matches; the character after it."""
        while True:
            match = these.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer) or not self._more():
                return self.ahead()

    def value(self) -> tuple[str, str]:
        """The text of the value that begins here, and what is wrong with it or ''; nothing of it stays ahead."""
        if self.ahead() not in '"[{':
            return self._word(), ""
        depth = deepest = passed = 0
        over = False
        while True:
            match = _TOKEN.search(self._buffer, self._at + passed)
            if match is None or not _whole(match):
                passed = (len(self._buffer) if match is None else match.start()) - self._at
                if passed > MAX_PIECE:
                    over, passed = True, self._drop(passed)
                if not self._more():
                    cut = self._buffer[self._at :]
                    self._at = len(self._buffer)
                    return cut, CUT
                continue
            passed = match.end() - self._at
            found = match[0]
            if found in "[{":
                depth += 1
                deepest = max(deepest, depth)
            elif found in "]}":
                depth -= 1
            elif found[0] == "[":
                deepest = max(deepest, depth + 1)
            if depth <= 0:
                break
        whole = self._buffer[self._at : self._at + passed]
        self._at += passed
        if over or len(whole) > MAX_PIECE:
            return whole, f"is larger than {MAX_PIECE // 1024**2} MB; make it simpler"
        return whole, f"is nested deeper than {MAX_DEPTH}; no feature needs that" if deepest > MAX_DEPTH else ""

    def _word(self) -> str:
        """A number, true, false or null."""
        while True:
            match = _PLAIN.match(self._buffer, self._at)
            if match is None:
                self._at += 1
                return self._buffer[self._at - 1 : self._at]
            if match.end() < len(self._buffer) or not self._more():
                self._at = match.end()
                return match[0]

    def _drop(self, passed: int) -> int:
        """Forget most of what was passed of a value that is too large anyway; how much of it is left."""
        kept = self._buffer[self._at : self._at + SHOWN]
        self._buffer, self._at = kept + self._buffer[self._at + passed :], 0
        return len(kept)

    def _more(self) -> bool:
        """Read on, and forget what was taken; False at the end."""
        if self._ended:
            return False
        data = self._binary.read(max(CHUNK, len(self._buffer) - self._at))
        self._ended = not data
        told = self._decoder.decode(data, self._ended)
        self._buffer, self._at = self._buffer[self._at :] + told, 0
        return bool(told) or not self._ended


def _whole(match: re.Match[str]) -> bool:
    """Whether a token is all of it: a string at the end of what was read may go on."""
    token = match[0]
    if token[0] != '"' or match.end() < len(match.string):
        return True
    body = token[1:-1]
    return len(token) > 1 and token[-1] == '"' and (len(body) - len(body.rstrip("\\"))) % 2 == 0
