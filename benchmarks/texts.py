"""Titles and notes that read like reports and are cheap to make: halves from a pool, folded once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from viewer.store.search_text import fold

WORDS = (
    "fighters", "convoy", "reported", "killed", "wounded", "village", "road", "north", "south", "bridge", "attacked",
    "position", "soldiers", "checkpoint", "explosion", "vehicle", "market", "during", "night", "after", "heavy",
    "clashes", "between", "militia", "patrol", "ambushed", "near", "oilfield", "desert", "border", "crossing", "base",
    "shelled", "artillery", "residents", "fled", "camp", "captured", "weapons", "destroyed", "tunnel", "mine", "river",
    "farms", "houses", "burned", "prisoners", "released", "sources", "activists", "governor", "command", "unknown",
    "gunmen", "targeted", "headquarters", "withdrew", "hospital", "school", "pipeline", "station", "morning", "drone",
)  # fmt: skip
POOL = 4_000
LENGTHS = {"long": (30, 80), "short": (8, 14)}


class Texts:
    """Pools of halves; two of them make a title, two others a note."""

    def __init__(self, kind: str, rng: np.random.Generator) -> None:
        self._rng = rng
        self._halves = [_half(rng, *LENGTHS[kind]) for _ in range(POOL)]
        self._folds = [fold(half) for half in self._halves]

    def of(self, number: int) -> tuple[list[str], list[str], list[tuple[str, str]]]:
        """So many titles, notes, and the two folded."""
        picked = self._rng.integers(0, POOL, (4, number)).tolist()
        halves, folds = self._halves, self._folds
        joined = [[f"{halves[a]} {halves[b]}" for a, b in zip(*pair, strict=True)] for pair in (picked[:2], picked[2:])]
        folded: Iterator[tuple[str, str]] = (
            (f"{folds[a]} {folds[b]}", f"{folds[c]} {folds[d]}") for a, b, c, d in zip(*picked, strict=True)
        )
        return joined[0], joined[1], list(folded)

    @staticmethod
    def folded(text: str) -> str:
        """The folded form of a name."""
        return fold(text)


def _half(rng: np.random.Generator, least: int, most: int) -> str:
    """Words up to a length in letters."""
    length = int(rng.integers(least, most + 1))
    text = " ".join(rng.choice(WORDS, 16).tolist())[:length].rsplit(" ", 1)[0]
    return text.capitalize()
