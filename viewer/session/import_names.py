"""Which records the names of a file can be taken for, found by a text, and what a decision about a name is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from viewer.domain.actors import Actor
from viewer.store.intake.known import KnownRecord
from viewer.store.intake.names import Match, alike
from viewer.store.search_text import fold, sound

NEW = "a new record"
WELL_KNOWN = "well known, new to this store"
MOST_FOUND = 30
SURELY_ALIKE = 85
"""Of 100: from where on a record that sounds like it is told beside a new name."""
MOST_HEARD = 20_000
"""Names of one kind up to which they are found by their sound and by likeness, too: more would keep a hand waiting."""


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
        self._heard: dict[str, dict[str, str]] = {"actor": {}, "place": {}}
        self._wellknown = {folded: actor.key for folded, actor in wellknown.items()}
        for one in records:
            self._choices[one.table][one.key] = Choice(one.key, one.name, one.about)
            for name in one.spellings:
                self._spell(one.table, name, one.key)
        for folded, actor in wellknown.items():
            self._choices["actor"].setdefault(actor.key, Choice(actor.key, actor.name, WELL_KNOWN))
            self._spell("actor", folded, actor.key)

    def _spell(self, table: str, name: str, key: str) -> None:
        self._spelled[table].setdefault(fold(name), key)
        if len(self._spelled[table]) <= MOST_HEARD and (heard := sound(name)):
            self._heard[table].setdefault(heard, key)

    def choice(self, table: str, key: str) -> Choice | None:
        """The record of that key, None when there is none."""
        return self._choices[table].get(key)

    def find(self, table: str, text: str) -> list[Choice]:
        """Records by a text in any spelling: those that begin with it, have it in them, or sound so; else the like."""
        wanted, names = fold(text), self._spelled[table]
        if not wanted:
            return []
        begin = [key for name, key in names.items() if name.startswith(wanted)]
        within = [key for name, key in names.items() if wanted in name]
        named = [key for key in self._choices[table] if key.startswith(wanted.replace(" ", "-"))]
        told, some = sound(text), [*begin, *within, *named]
        if told and len(some) < MOST_FOUND:
            some += (key for heard, key in self._heard[table].items() if told in heard)
        found = dict.fromkeys(some or self._alike(table, text, 8))
        return [self._choices[table][key] for key in [*found][:MOST_FOUND]]

    def likely(self, match: Match) -> list[Choice]:
        """What looks like a name, the likest first."""
        keys = match.alike or self._alike(match.table, match.name, 5)
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
        from rapidfuzz import fuzz, process

        heard = self._heard[match.table]
        if match.table == "place":  # there may be thousands
            near = (one for key in match.alike if (one := self.choice("place", key)) is not None)
            heard = {sound(one.name): one.key for one in near}
        found = process.extractOne(sound(match.name), heard.keys(), scorer=fuzz.ratio, score_cutoff=SURELY_ALIKE)
        return self.choice(match.table, heard[found[0]]) if found is not None else None

    def _alike(self, table: str, name: str, most: int) -> list[str]:
        names = self._spelled[table]
        return alike(name, names, most) if len(names) <= MOST_HEARD else []

    def decided(self, table: str, key: str) -> str:
        """What somebody decided that a name is, in words."""
        found = self.choice(table, key)
        return NEW if not key else key if found is None else found.words
