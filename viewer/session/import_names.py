"""Which records the names of a file can be taken for, found by a text, and what a decision about a name is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from viewer.domain.actors import Actor
from viewer.store.intake.known import KnownRecord
from viewer.store.intake.names import Match, alike
from viewer.store.search_text import fold

NEW = "a new record"
WELL_KNOWN = "well known, new to this store"
MOST_FOUND = 30
SURELY_ALIKE = 88
"""Of 100: from where on a record is told beside a new name."""


class Choice(NamedTuple):
    """A record that a name can be taken for."""

    key: str
    name: str
    about: str

    @property
    def words(self) -> str:
        """The record in one line: its name, its key where that says more, and what it is."""
        return " \u00b7 ".join(part for part in (self.name, self.key, self.about) if part)


class Directory:
    """The records of a store by every spelling, with the actors that are well known and would be made with its name."""

    def __init__(self, records: Iterable[KnownRecord], wellknown: Mapping[str, Actor]) -> None:
        """wellknown: actors by their folded names."""
        self._choices: dict[str, dict[str, Choice]] = {"actor": {}, "place": {}}
        self._spelled: dict[str, dict[str, str]] = {"actor": {}, "place": {}}
        self._wellknown = {folded: actor.key for folded, actor in wellknown.items()}
        for one in records:
            self._choices[one.table][one.key] = Choice(one.key, one.name, one.about)
            for name in one.spellings:
                self._spelled[one.table].setdefault(fold(name), one.key)
        for folded, actor in wellknown.items():
            self._choices["actor"].setdefault(actor.key, Choice(actor.key, actor.name, WELL_KNOWN))
            self._spelled["actor"].setdefault(folded, actor.key)

    def choice(self, table: str, key: str) -> Choice | None:
        """The record of that key, None when there is none."""
        return self._choices[table].get(key)

    def find(self, table: str, text: str) -> list[Choice]:
        """Records by a text in any spelling: those that begin with it, those that have it in them, and the like."""
        wanted, names = fold(text), self._spelled[table]
        if not wanted:
            return []
        begin = [key for name, key in names.items() if name.startswith(wanted)]
        within = [key for name, key in names.items() if wanted in name]
        named = [key for key in self._choices[table] if key.startswith(wanted.replace(" ", "-"))]
        few = len(begin) + len(within) < MOST_FOUND
        found = dict.fromkeys((*begin, *within, *named, *(alike(text, names, 8) if few else ())))
        return [self._choices[table][key] for key in [*found][:MOST_FOUND]]

    def likely(self, match: Match) -> list[Choice]:
        """What looks like a name, the likest first."""
        keys = match.alike or alike(match.name, self._spelled[match.table], 5)
        return [found for key in dict.fromkeys(keys) if (found := self.choice(match.table, key)) is not None]

    def words(self, match: Match) -> str:
        """What a name was taken for, in words."""
        if match.new and self._wellknown.get(fold(match.name)) != match.key:
            like = self._like(match)
            return NEW if like is None else f"{NEW} (alike: {like.name})"
        found = self.choice(match.table, match.key)
        return match.key if found is None else found.words

    def _like(self, match: Match) -> Choice | None:
        """What a new name is surely like."""
        if match.table == "actor":
            known = self._spelled["actor"]
        else:
            known = {fold(found.name): key for key in match.alike if (found := self.choice(match.table, key)) is not None}
        return next((self.choice(match.table, key) for key in alike(match.name, known, 1, SURELY_ALIKE)), None)

    def decided(self, table: str, key: str) -> str:
        """What somebody decided that a name is, in words."""
        found = self.choice(table, key)
        return NEW if not key else key if found is None else found.words
