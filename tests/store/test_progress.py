"""Progress: a part of the work is a part of the whole, and who takes the opening back is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from viewer.store.dataset import open_dataset
from viewer.store.progress import Cancelled, part, quiet


def test_a_part_of_the_work_is_a_part_of_the_whole() -> None:
    heard: list[tuple[str, float]] = []
    report = part(lambda doing, share: heard.append((doing, share)), 0.5, 0.9)
    for share in (0.0, 0.5, 1.0):
        report("Reading", share)
    part(report, 0.0, 0.5)("Reading", 1.0)

    assert [doing for doing, _ in heard] == ["Reading"] * 4
    assert [share for _, share in heard] == pytest.approx([0.5, 0.7, 0.9, 0.7])


def test_quiet_goes_on() -> None:
    quiet("Reading", 1.0)


def test_an_opening_reports_in_words_and_can_be_taken_back(small_store: Path) -> None:
    heard: list[tuple[str, float]] = []

    def listen(doing: str, share: float) -> None:
        heard.append((doing, share))

    def take_back(doing: str, share: float) -> None:
        raise Cancelled

    open_dataset(small_store, listen).close()
    assert all(doing and 0 <= share <= 1 for doing, share in heard)
    assert heard[-1][1] > heard[0][1]
    with pytest.raises(Cancelled):
        open_dataset(small_store, take_back)
