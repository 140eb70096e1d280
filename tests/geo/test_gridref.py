"""Coordinates as people write them are understood, and what is written is understood again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.geo.gridref import as_ddm, as_decimal, as_dms, as_mgrs, as_utm, parse_coordinate, written

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
        "37S FV 03609 10235", "37SFV0360910235", "37S 603609 3910235", "37 S 603609 m E, 3910235 m N",
        "37s 603609mE 3910235mN",
    ],
)  # fmt: skip
def test_many_spellings_mean_one_place(text: str) -> None:
    found = parse_coordinate(text)

    assert found == pytest.approx(HERE, abs=2e-5)


@pytest.mark.parametrize(
    "text",
    ["", "Raqqa", "35.33", "99, 200", "35.33N 40.14N", "35 61 00 N 40 8 24 E", "N35.33N 40E", "0" * 500,
     "37I FV 12345 67890", "37S 603609 110235", "99S 603609 3910235", "nan, nan", "1e3, 4"],
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


FORMS = {"decimal": 6e-6, "dms": 1.5e-5, "ddm": 1e-5, "utm": 1e-5, "mgrs": 3e-5}


@settings(max_examples=60)
@pytest.mark.parametrize(("form", "off"), FORMS.items())
@given(st.floats(34.6, 47.4), st.floats(28.6, 38.4))
def test_what_is_written_in_any_form_comes_back(form: str, off: float, lon: float, lat: float) -> None:
    assert parse_coordinate(written(lon, lat, form)) == pytest.approx((lon, lat), abs=off)


@pytest.mark.parametrize("form", FORMS)
@given(lons, st.floats(-90, 90).filter(lambda lat: lat >= 0 or lat < -1e-5))
def test_every_form_tells_every_place(form: str, lon: float, lat: float) -> None:
    """Near the poles the grids end; less than a metre south of the equator the `mgrs` package cannot read its own."""
    found = parse_coordinate(written(lon, lat, form))
    assert found is not None
    assert found[1] == pytest.approx(lat, abs=5e-5)
    if abs(lat) < 84:
        assert abs((found[0] - lon + 180) % 360 - 180) < 5e-4


def test_the_forms_as_they_are_written() -> None:
    assert written(*HERE, "decimal") == "35.33000, 40.14000"
    assert as_dms(*HERE) == "35\u00b019\u203248\u2033N 40\u00b008\u203224\u2033E"
    assert as_dms(*HERE, 1) == "35\u00b019\u203248.0\u2033N 40\u00b008\u203224.0\u2033E"
    assert as_ddm(*HERE) == "35\u00b019.800\u2032N 40\u00b008.400\u2032E"
    assert as_utm(*HERE) == "37S 603610 mE 3910236 mN"
    assert as_utm(-70.25, -33.5).startswith("19H ")
    assert as_ddm(-0.00000001, 59.9999999) == "60\u00b000.000\u2032N 0\u00b000.000\u2032E"
    assert written(40.0, 89.0, "mgrs") == written(40.0, 89.0, "utm") == "89.00000, 40.00000"


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    parse_coordinate(text)


def test_mgrs_ends_at_the_poles() -> None:
    assert as_mgrs(0.0, 89.0) == ""
    assert as_mgrs(*HERE, digits=3) == "37S FV 036 102"
