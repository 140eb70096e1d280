"""The report prints every goal, judges only what was measured, and leaves alone what people wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import measure, report
from benchmarks.goals import BY_ID, GOALS, Outcome
from benchmarks.measure import Floor, Frame, Times, interleaved, percentile


def test_every_goal_has_a_row() -> None:
    ours = Times(ms=[1.0, 2.0, 3.0])
    title, heads, rows = report.goals_table([Outcome("play", 12.0, "here", ours)])
    assert len(rows) == len(GOALS) == len({goal.id for goal in GOALS})
    assert all(len(row) == len(heads) for row in rows)
    verdicts = {row[0]: row[-2] for row in rows}
    assert verdicts[BY_ID["play"].name] == "aim"
    assert set(verdicts.values()) == {"aim", "not measured"}
    assert title in report.as_text((title, heads, rows))


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        ("play", 16.7, "aim"), ("play", 33.0, "must"), ("play", 33.1, "MISSED"),
        ("month_filter", 8.0, "aim"), ("month_filter", 4.0, "must"), ("month_filter", 3.9, "MISSED"),
    ],
)  # fmt: skip
def test_verdict(goal: str, value: float, verdict: str) -> None:
    assert BY_ID[goal].verdict(value) == verdict


def test_what_failed_is_no_value() -> None:
    _, _, rows = report.goals_table([Outcome("play", None, "it fell over")])
    (row,) = [row for row in rows if row[0] == BY_ID["play"].name]
    assert row[-2:] == ("not measured", "it fell over")


def test_document_keeps_what_people_wrote(tmp_path: Path) -> None:
    path = tmp_path / "performance.md"
    path.write_text(f"# Speed\n\nOurs.\n\n{report.BEGIN}\nold\n{report.END}\n\n## Notes\n\nKept.\n", encoding="utf-8")
    tables = [("Goals", ("goal", "value"), [("all | of it", "1")])]
    report.write_document(tables, "a machine", path)
    report.write_document(tables, "another machine", path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Speed\n\nOurs.\n")
    assert text.endswith("\n\n## Notes\n\nKept.\n")
    assert "old" not in text
    assert text.count("another machine") == 1
    assert "a machine." not in text
    assert "| all \\| of it | 1 |" in text


def test_document_is_begun(tmp_path: Path) -> None:
    report.write_document([], "a machine", tmp_path / "performance.md")
    assert "a machine" in (tmp_path / "performance.md").read_text(encoding="utf-8")


def test_slow_contestants_are_asked_less() -> None:
    times = interleaved({"fast": lambda n: Frame(1.0), "slow": lambda n: Frame(5_000.0)}, steps=20, seconds=10.0)
    assert len(times["fast"].ms) == 20
    assert len(times["slow"].ms) == measure.FEWEST


def test_contestants_are_asked_in_turn() -> None:
    order: list[tuple[str, int]] = []

    def asker(name: str) -> measure.Asker:
        def ask(n: int) -> Frame:
            order.append((name, n))
            return Frame(1.0)

        return ask

    interleaved({name: asker(name) for name in "ab"}, steps=3)
    assert order == [(name, n) for n in range(4) for name in "ab"]


def test_percentile_is_one_of_the_values() -> None:
    assert percentile(list(range(100)), 0.95) == 95
    assert percentile([7.0], 0.95) == 7.0


def test_floor_takes_time() -> None:
    small, large = Floor(1, 1), Floor(10_000_000, 1_440_000)
    assert 0 < small.ask(0).ms < large.ask(0).ms


def test_memory_is_known() -> None:
    held = np.ones(20_000_000, dtype=np.uint8)
    known = measure.memory()
    assert held.all()
    assert known["rss"] >= known["anonymous"] > 19
