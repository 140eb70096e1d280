"""Coordinates as people write them are understood, and what is written is understood again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.geo.gridref import as_decimal, as_dms, as_mgrs, parse_coordinate

HERE = (40.14, 35.33)
lons = st.floats(-179.9, 179.9)
lats = st.floats(-79.9, 83.9)


@pytest.mark.parametrize(
    "text",
    [
        "35.33, 40.14", "35.33 40.14", "35.33N 40.14E", "35.33\u00b0 N, 40.14\u00b0 E", "N35.33 E40.14",
        "40.14E 35.33N", "\u0663\u0665\u066b\u0663\u0663\u060c \u0664\u0660\u066b\u0661\u0664", " 35.33;40.14 ",
        "35\u00b019'48\"N 40\u00b08'24\"E", "35\u00b019\u203248\u2033N 40\u00b008\u203224\u2033E",
        "35 19 48 N 40 8 24 E", "35:19:48 40:08:24", "35\u00b019.8'N 40\u00b08.4'E", "35\u00b019'48\"N40\u00b008'24\"E",
        "37S FV 03609 10235", "37SFV0360910235",
    ],
)  # fmt: skip
def test_many_spellings_mean_one_place(text: str) -> None:
    found = parse_coordinate(text)

    assert found == pytest.approx(HERE, abs=2e-5)


@pytest.mark.parametrize(
    "text",
    ["", "Raqqa", "35.33", "99, 200", "35.33N 40.14N", "35 61 00 N 40 8 24 E", "N35.33N 40E", "0" * 500,
     "37I FV 12345 67890", "nan, nan", "1e3, 4"],
)  # fmt: skip
def test_what_is_no_place_is_refused(text: str) -> None:
    assert parse_coordinate(text) is None


def test_a_coarse_grid_reference_is_a_place_too() -> None:
    assert parse_coordinate("37S FV 0311") == pytest.approx(HERE, abs=0.02)


def test_south_and_west_are_negative() -> None:
    assert parse_coordinate("33.5S 70.25W") == (-70.25, -33.5)
    assert parse_coordinate("-33.5, -70.25") == (-70.25, -33.5)


@given(lons, lats)
def test_decimal_comes_back(lon: float, lat: float) -> None:
    assert parse_coordinate(as_decimal(lon, lat)) == pytest.approx((lon, lat), abs=6e-5)


@given(lons, lats)
def test_degrees_minutes_seconds_come_back(lon: float, lat: float) -> None:
    assert parse_coordinate(as_dms(lon, lat)) == pytest.approx((lon, lat), abs=1.5e-4)


@settings(max_examples=60)
@given(st.floats(34.6, 47.4), st.floats(28.6, 38.4))
def test_mgrs_comes_back(lon: float, lat: float) -> None:
    assert parse_coordinate(as_mgrs(lon, lat)) == pytest.approx((lon, lat), abs=3e-5)


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    parse_coordinate(text)


def test_mgrs_ends_at_the_poles() -> None:
    assert as_mgrs(0.0, 89.0) == ""
    assert as_mgrs(*HERE, digits=3) == "37S FV 036 102"
