"""Where things stand in the chart: days across, rows of pixels down."""

from __future__ import annotations

from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass

LANE, LANES_MOST, LANE_LEAST = 14, 144, 9
BAR, MOST_ROWS = 5, 4
BINS = 48
CHANGES = 8


@dataclass(frozen=True, slots=True)
class Band:
    """A row of the chart from `top` to `bottom`, pixels from its upper edge."""

    top: float
    bottom: float

    @property
    def height(self) -> float:
        """How many pixels it is high."""
        return self.bottom - self.top

    def holds(self, y: float) -> bool:
        """True for the pixels in it."""
        return self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows from top to bottom: a lane per pinned place, a line per row of bars, the bins, the changes."""

    lanes: tuple[Band, ...]
    bars: tuple[Band, ...]
    bins: Band
    changes: Band

    @property
    def height(self) -> int:
        """Pixels of all rows together."""
        return round(self.changes.bottom)


def rows_for(lanes: int, bars: int) -> Rows:
    """The rows for so many lanes and lines of bars; with many lanes each gets thinner."""
    lane = max(LANE_LEAST, min(LANE, LANES_MOST // max(lanes, 1)))
    top = 3.0
    strips = tuple(Band(top + lane * i, top + lane * (i + 1)) for i in range(lanes))
    top += lane * lanes + (4 if lanes else 0)
    lines = tuple(Band(top + BAR * i, top + BAR * (i + 1)) for i in range(bars))
    top += BAR * bars + (2 if bars else 0)
    return Rows(strips, lines, Band(top, top + BINS), Band(top + BINS, top + BINS + CHANGES))


@dataclass(frozen=True, slots=True)
class Frame:
    """What of time is drawn: the (fractional) day at the left edge, days per pixel, pixels across."""

    start: float
    days_per_pixel: float
    width: float
    rows: Rows

    @property
    def end(self) -> float:
        """The day at the right edge."""
        return self.start + self.width * self.days_per_pixel

    def x(self, day: float) -> float:
        """The pixel at which a day begins."""
        return (day - self.start) / self.days_per_pixel

    def day_at(self, x: float) -> Day:
        """The day at a pixel."""
        return int((self.start + x * self.days_per_pixel) // 1)
