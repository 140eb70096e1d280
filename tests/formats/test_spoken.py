"""Numbers as reports give them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.cells import CellError
from viewer.formats.spoken import read_count, with_bounds


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12", {"value": 12, "qualifier": "stated"}), ("12.0", {"value": 12, "qualifier": "stated"}),
        ("1,234", {"value": 1234, "qualifier": "stated"}), ("1.234.567", {"value": 1234567, "qualifier": "stated"}),
        ("١٢", {"value": 12, "qualifier": "stated"}), ("0", {"value": 0, "qualifier": "stated"}),
        ("12-15", {"min": 12, "max": 15, "qualifier": "range", "word": "12-15"}),
        ("12 à 15", {"min": 12, "max": 15, "qualifier": "range", "word": "12 à 15"}),
        ("at least 12", {"value": 12, "qualifier": "at-least", "word": "at least 12"}),
        ("minstens 12", {"value": 12, "qualifier": "at-least", "word": "minstens 12"}),
        ("على الأقل 12", {"value": 12, "qualifier": "at-least", "word": "على الأقل 12"}),
        ("12+", {"value": 12, "qualifier": "at-least", "word": "12+"}),
        ("mehr als 12", {"value": 12, "qualifier": "over", "word": "mehr als 12"}),
        ("up to 5", {"value": 5, "qualifier": "up-to", "word": "up to 5"}),
        ("about 20", {"value": 20, "qualifier": "about", "word": "about 20"}),
        ("dozens", {"min": 24, "qualifier": "dozens", "word": "dozens"}),
        ("Tientallen", {"min": 24, "qualifier": "dozens", "word": "Tientallen"}),
        ("n/a", {}), ("", {}), ("unknown", {}),
    ],
)  # fmt: skip
def test_what_a_number_means(text: str, count: dict[str, Any]) -> None:
    assert read_count(text, "killed") == count


@pytest.mark.parametrize("text", ["abc", "-3", "1.5", "15-12", "12 or so many", "9" * 5000])
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(CellError, match=r"^killed: "):
        read_count(text, "killed")


@pytest.mark.parametrize(
    ("count", "low", "high", "found"),
    [
        ({"value": 7, "qualifier": "stated"}, 5, 9, {"value": 7, "min": 5, "max": 9, "qualifier": "estimate"}),
        ({"value": 7, "qualifier": "stated"}, 7, 7, {"value": 7, "min": 7, "max": 7, "qualifier": "stated"}),
        ({"value": 7, "qualifier": "stated"}, None, None, {"value": 7, "qualifier": "stated"}),
        ({}, 5, 9, {"min": 5, "max": 9, "qualifier": "range"}),
        ({}, 5, None, {"min": 5, "qualifier": "at-least"}),
        ({}, None, 9, {"max": 9, "qualifier": "up-to"}),
        ({}, None, None, {}),
    ],
)
def test_figures_beside_the_number_bound_it(
    count: dict[str, Any], low: int | None, high: int | None, found: dict[str, Any]
) -> None:
    assert with_bounds(count, low, high, "killed") == found


@pytest.mark.parametrize(("value", "low", "high"), [(7, 8, 9), (7, 1, 6), (7, 9, 5)])
def test_figures_that_contradict_each_other_are_told(value: int, low: int, high: int) -> None:
    with pytest.raises(CellError, match=r"^killed: "):
        with_bounds({"value": value}, low, high, "killed")


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    try:
        read_count(text, "killed")
    except CellError as error:
        assert str(error)
