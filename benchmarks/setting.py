"""How large and how patient a run is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setting:
    """Sizes in events; steps per scene; seconds that a slow contestant may take per scene.

    memory: a folder for what the program remembers, empty at first.
    """

    memory: Path
    small: int = 10_000
    large: int = 1_000_000
    huge: int = 10_000_000
    growth: tuple[int, ...] = (10_000, 100_000, 1_000_000, 10_000_000)
    steps: int = 60
    seconds: float = 40.0
    starts: int = 7
    quick: bool = False


def quick(memory: Path) -> Setting:
    """Smaller stores and fewer steps: hints within minutes, no verdicts to quote."""
    return Setting(memory, large=100_000, huge=1_000_000, growth=(10_000, 100_000), steps=20, seconds=5.0, starts=3,
                   quick=True)  # fmt: skip
