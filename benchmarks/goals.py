"""The goals as a table: what is promised, what must hold, what is aimed at, and what a measurement makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.measure import Times


@dataclass(frozen=True, slots=True)
class Goal:
    """One row. unit: "x" (so many times), "ms", "%", "MB", "rows/s" or "frames/s"; more: whether more is better."""

    id: str
    name: str
    must: float
    aim: float
    unit: str
    more: bool

    def verdict(self, value: float) -> str:
        """What a value means: the aim reached, the must alone, or neither."""
        for name, bound in (("aim", self.aim), ("must", self.must)):
            if value >= bound if self.more else value <= bound:
                return name
        return "MISSED"

    def bound(self, number: float) -> str:
        """A bound as it is printed."""
        return f"{'>=' if self.more else '<='} {number:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured for a goal; `value` is None when nothing could be, and `note` says why."""

    goal: str
    value: float | None
    note: str = ""
    ours: Times | None = None
    theirs: Times | None = None


GOALS = (
    Goal("month_controller", "1M, 30-day step, against QGIS's temporal controller", 150, 400, "x", True),
    Goal("month_filter", "1M, 30-day step, against QGIS's filter without R-tree", 4, 8, "x", True),
    Goal("all_qgis", "1M, full-range step, against QGIS's best", 150, 400, "x", True),
    Goal("all_scatter", "1M, full-range step, against tuned pyqtgraph", 100, 200, "x", True),
    Goal("window", "1M, any window and filter, whole window: steps within 16.7 ms", 95, 99, "%", True),
    Goal("pan", "1M, pan and zoom with everything shown, p95", 33, 16.7, "ms", False),
    Goal("play", "10M, playing over the full range, p95", 33, 16.7, "ms", False),
    Goal("jump_moved", "10M, jump or new view: something moved, p95", 16.7, 16.7, "ms", False),
    Goal("jump_exact", "10M, jump or new view: exact picture, p95", 250, 50, "ms", False),
    Goal("sparse", "10k, 60 spots in view, a step at each refresh, against naive pyqtgraph", 1.5, 1, "x", False),
    Goal("floor", "1M, full range: frame against the memory floor", 10, 5, "x", False),
    Goal("areas_again", "40 areas x 2,000 vertices: one of 12 dates again, p95, against QGIS", 20, 60, "x", True),
    Goal("areas_first", "40 areas x 2,000 vertices: a date for the first time, against QGIS", 1, 2, "x", True),
    Goal("areas_play", "2,000 areas, 200,000 vertices: day step while playing, p95", 16.7, 8, "ms", False),
    Goal("open_first", "1M, opened for the first time, against fetchall", 2, 3, "x", True),
    Goal("open_again", "1M, opened from the column cache, against fetchall", 100, 300, "x", True),
    Goal("memory_1m", "memory above start for 1M rows", 60, 30, "MB", False),
    Goal("memory_10m", "memory above start for 10M rows", 350, 180, "MB", False),
    Goal("start", "start to first drawn frame, 1M, against QGIS core", 4, 8, "x", True),
    Goal("top_1m", "top event in painted pixels as an exact painter's, 1M, all", 99.8, 100, "%", True),
    Goal("top_10m", "top event in painted pixels as an exact painter's, 10M, all", 99, 100, "%", True),
    Goal("import_country", "a country's file of 7,473 rows imported, end to end", 5_000, 2_000, "ms", False),
    Goal("import_rate", "1M rows imported, rows a second", 50_000, 100_000, "rows/s", True),
    Goal("import_growth", "cost of an imported row, 1M against 10k", 1.2, 1, "x", False),
    Goal("import_memory", "most memory while 1M rows are imported", 600, 300, "MB", False),
    Goal("film", "film of 1920 x 1080, a day or a view a frame, drawn and encoded", 15, 25, "frames/s", True),
)
BY_ID = {goal.id: goal for goal in GOALS}
