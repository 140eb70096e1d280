"""How things are timed: frames asked in turn of each contestant, medians and p95, memory, and the memory floor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

STEPS = 60
LOOP = 500_000
FEWEST = 3
"""Frames that even the slowest contestant is asked for."""


@dataclass(frozen=True, slots=True)
class View:
    """A frame to draw: days first to last, both included; west, south, east, north in map metres; pixels."""

    first: int
    last: int
    box: tuple[float, float, float, float]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """How long a frame took and how many of its pixels are not background; `moved`: until anything was seen."""

    ms: float
    ink: int = 0
    moved: float = 0.0


@dataclass(slots=True)
class Times:
    """The times of one thing, in milliseconds, and the ink of its frames."""

    ms: list[float] = field(default_factory=list)
    ink: list[int] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)

    def add(self, frame: Frame) -> None:
        """Keep a frame."""
        self.ms.append(frame.ms)
        self.ink.append(frame.ink)
        self.moved.append(frame.moved)

    def extend(self, other: Times) -> None:
        """Keep another series as well."""
        self.ms += other.ms
        self.ink += other.ink
        self.moved += other.moved

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        """19 of 20 took no longer."""
        return percentile(self.ms, 0.95)

    def share_within(self, ms: float) -> float:
        """The share, 0 to 1, that took no longer."""
        return sum(one <= ms for one in self.ms) / len(self.ms)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


Asker = Callable[[int], Frame]
"""Draws the frame of a step."""


def interleaved(askers: Mapping[str, Asker], steps: int = STEPS, seconds: float = 40.0) -> dict[str, Times]:
    """Ask each step of each in turn, so that a busy machine slows all alike.

    Whoever has used up so many seconds is asked no more; the others go on.
    """
    times = {name: Times() for name in askers}
    for ask in askers.values():
        ask(0)  # caches fill, sizes settle
    for step in range(1, steps + 1):
        for name, ask in askers.items():
            spent = sum(times[name].ms) / 1000
            if spent < seconds or len(times[name].ms) < FEWEST:
                times[name].add(ask(step))
    return times


def seconds_of(act: Callable[[], object]) -> float:
    """How long something takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def loop_ms() -> float:
    """What a loop of Python takes on this machine just now: some change their speed by half within minutes."""
    return min(seconds_of(lambda: sum(number & 7 for number in range(LOOP))) for _ in range(3)) * 1000


def memory() -> dict[str, float]:
    """What this process holds in memory, in MB: all of it, and the part that no file backs."""
    lines = Path("/proc/self/status").read_text().splitlines()
    found = {line.split(":")[0]: float(line.split()[1]) / 1024 for line in lines if line.startswith(("VmRSS", "RssA"))}
    return {"rss": found.get("VmRSS", 0.0), "anonymous": found.get("RssAnon", 0.0)}


class Floor:
    """What moving a frame's bytes through memory would take at the least, measured beside the frames themselves.

    A full window reads x, y (float32) and a code of every row: 9 bytes. The picture moves 18 bytes a pixel:
    a 16-bit rank written and read, 32-bit colours written, then read and written by Qt's drawImage.
    """

    BYTES = 64 << 20

    def __init__(self, rows: int, pixels: int) -> None:
        self._read, self._moved = 9 * rows, 18 * pixels
        self._one, self._other = bytes(self.BYTES), bytes(self.BYTES)
        self._source, self._target = (np.ones(self.BYTES, dtype=np.uint8) for _ in range(2))
        self.times = Times()

    def ask(self, step: int) -> Frame:
        """One estimate from the bandwidths of this moment."""
        read = 2 * self.BYTES / seconds_of(lambda: self._one == self._other)
        copied = 2 * self.BYTES / seconds_of(lambda: np.copyto(self._target, self._source))
        return Frame((self._read / read + self._moved / copied) * 1000)
