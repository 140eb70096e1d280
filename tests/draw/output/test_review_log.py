"""The review log on paper: all of it is there as text, over as many pages as it needs."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.draw.output.conftest import ARABIC
from tests.draw.output.test_stills import POPPLER, page_count, quiet, words
from viewer.domain.marks import Mark
from viewer.draw.output.review_log import write_log
from viewer.formats.exported import ExportError
from viewer.session.review_log import NOTHING, review_log
from viewer.store.dataset import DataSet


def mark(key: str, number: int = 0, note: str = "", status: str = "disputed") -> Mark:
    return Mark("event", key, status, "ab", f"2026-03-01T08:00:{number % 60:02d}.000+00:00", note, f"reason {number}")


@POPPLER
def test_all_of_a_long_log_can_be_found_in_it(qapp: object, small: DataSet, tmp_path: Path) -> None:
    marks = [mark("may-strikes", number, f"note{number:04}") for number in range(150)]
    marks.append(mark("week", 151, f"Toll {ARABIC}"))
    path = tmp_path / "log.pdf"
    write_log(review_log(small, marks, "2026-03-02", "type strike"), path, None, quiet)
    said = words(path)
    assert all(f"note{number:04}" in said for number in range(150))
    assert unicodedata.normalize("NFKC", ARABIC.split()[0]) in said
    assert "Review log of A small data set" in said
    assert "Records: type strike" in said
    assert "unreviewed \u2192 disputed" in said
    assert said.count("When (UTC)") == page_count(path) > 3


@POPPLER
def test_a_note_of_many_pages_goes_on(qapp: object, small: DataSet, tmp_path: Path) -> None:
    note = " ".join(f"word{number:05}" for number in range(4000))
    path = tmp_path / "log.pdf"
    write_log(review_log(small, [mark("week", 1, note), mark("week", 2, "the end")], "2026-03-02"), path, None, quiet)
    said = words(path)
    assert [number for number in range(4000) if f"word{number:05}" not in said] == []
    assert "the end" in said
    assert page_count(path) > 4


@POPPLER
def test_no_mark_is_a_sentence(qapp: object, small: DataSet, tmp_path: Path) -> None:
    write_log(review_log(small, [], "2026-03-02"), tmp_path / "log.pdf", None, quiet)
    assert NOTHING in words(tmp_path / "log.pdf")


def test_nothing_is_left_of_one_that_is_stopped(qapp: object, small: DataSet, tmp_path: Path) -> None:
    def stop(share: float) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        write_log(review_log(small, [mark("week")], "2026-03-02"), tmp_path / "log.pdf", None, stop)
    with pytest.raises(ExportError, match="does not exist"):
        write_log(review_log(small, [mark("week")], "2026-03-02"), tmp_path / "no" / "log.pdf", None, quiet)
    assert list(tmp_path.iterdir()) == []
