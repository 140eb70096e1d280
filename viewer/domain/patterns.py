"""Patterns for what a person types, compiled when somebody types it: at a start that takes longer than loading them."""

from __future__ import annotations

import re
from functools import cached_property


class Pattern:
    """A regular expression that is compiled when it is first asked."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text, self._flags = text, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._text, self._flags)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """What all of a text is, None when it is none of this."""
        return self._compiled.fullmatch(text)

    def split(self, text: str) -> list[str]:
        """A text without what is this in it."""
        return self._compiled.split(text)

    def sub(self, by: str, text: str) -> str:
        """A text with something else for each of these in it."""
        return self._compiled.sub(by, text)
