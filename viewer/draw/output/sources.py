"""Whom the pages of a briefing rest on: the sources of what each shows, numbered as they are met."""

from __future__ import annotations

from dataclasses import field

from viewer.domain.frozen import dataclass
from viewer.draw.drawn import Drawn
from viewer.session.control import shown_holdings
from viewer.session.describe import source_words
from viewer.store.dataset import DataSet

MOST = 1000
"""Sources that are listed; of more it is said how many there are."""


HOLDING = frozenset(("holders", "control", "ground"))
"""Layers whose marks of towns tell who holds them."""


@dataclass(eq=False)
class Bibliography:
    """Numbers of sources by key, and which scenes (counted from 1) show something of each."""

    data: DataSet
    scenes: dict[str, list[int]] = field(default_factory=dict)
    left_out: int = 0
    """Incidents that are shown as a crowd, one by one in no page and so not in the list."""

    def add(self, drawn: Drawn, layers: frozenset[str], scene: int) -> tuple[int, ...]:
        """The numbers of the sources of what is marked on a page with these layers."""
        found = cited(self.data, drawn, layers)
        self.left_out += sum(shown.number for shown in drawn.crowds)
        for key in found:
            self.scenes.setdefault(key, []).append(scene)
        numbers = {key: number for number, key in enumerate(self.scenes, start=1)}
        return tuple(sorted(numbers[key] for key in found if numbers[key] <= MOST))

    def lines(self) -> list[str]:
        """The list: number, publisher, title, date, reference, and where it is needed."""
        listed = list(self.scenes.items())[:MOST]
        lines = [f"{number}. {self._words(key, scenes)}" for number, (key, scenes) in enumerate(listed, start=1)]
        if len(self.scenes) > MOST:
            lines.append(f"and {len(self.scenes) - MOST:,} more, which are in the store")
        if self.left_out:
            lines.append(f"The sources of incidents that are shown as a crowd ({self.left_out:,}) are in the store.")
        return lines

    def _words(self, key: str, scenes: list[int]) -> str:
        source = self.data.sources[key]
        reference = f" {source.reference}." if source.reference else ""
        return f"{source_words(source)}.{reference} [{'scenes' if len(scenes) > 1 else 'scene'} {ranges(scenes)}]"


def cited(data: DataSet, drawn: Drawn, layers: frozenset[str]) -> list[str]:
    """The keys of the sources of what is marked on a map of these layers, those of who holds what first."""
    maps = [drawn] if drawn.beside is None else [drawn, drawn.beside]
    found: list[str] = []
    events: dict[str, None] = {}
    for one in maps:
        refs = dict.fromkeys(ref for surface in one.surfaces for ref in surface.refs)
        refs |= dict.fromkeys(ref for target in one.targets for ref in target.refs)
        claims = {ref.key for ref in refs if ref.kind == "claim"}
        found += [claim.source for claim in data.claims if claim.key in claims]
        if layers & HOLDING:
            towns = (ref.key for ref in refs if ref.kind == "place")
            found += [held.claim.source for town in towns for held in shown_holdings(data, town, one.day)]
        events |= dict.fromkeys(ref.key for ref in refs if ref.kind == "event")
    found += [row.source for row in data.reader.where("event_source", "event", events)]
    return [key for key in dict.fromkeys(found) if key in data.sources]


def ranges(numbers: list[int] | tuple[int, ...]) -> str:
    """Numbers in their order as people write them: "1-4, 7"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}\u2013{part[-1]}" for part in parts)
