"""Values of cells: what they mean, and what is told of those that mean nothing."""

from __future__ import annotations

import pytest

from viewer.formats.cells import CellError, coordinate, country_code, real, span_between, whole


def test_countries_of_the_region_become_codes() -> None:
    told = [country_code(text) for text in ("Iraq ", "SYR", "sy", "Türkiye", "Chad")]
    assert told == ["IQ", "SY", "SY", "TR", "Chad"]


def test_numbers() -> None:
    assert [real(text, "x") for text in (" 1.5 ", "", "-2")] == [1.5, None, -2.0]
    assert [whole(text, "x") for text in ("12", "12.0", "")] == [12, 12, None]


@pytest.mark.parametrize("text", ["abc", "nan", "inf", "1,5"])
def test_what_is_no_number_is_told_with_its_column(text: str) -> None:
    with pytest.raises(CellError, match=r"^best: "):
        real(text, "best")


@pytest.mark.parametrize("text", ["1.5", "-1"])
def test_parts_of_people_are_not_counted(text: str) -> None:
    with pytest.raises(CellError, match="whole number"):
        whole(text, "best")


def test_coordinates() -> None:
    assert coordinate("40.1", "35.3") == (40.1, 35.3)
    assert coordinate("", " ") == (None, None)
    assert coordinate("0", "35.3") == (0.0, 35.3)


@pytest.mark.parametrize(
    ("lon", "lat", "told"),
    [
        ("40", "", "latitude: is empty"),
        ("0", "0", "Gulf of Guinea"),
        ("33", "94", "coordinates swapped"),
        ("200", "33", "no longitude and latitude"),
        ("x", "33", "longitude: 'x' is no number"),
    ],
)
def test_coordinates_that_are_none(lon: str, lat: str, told: str) -> None:
    with pytest.raises(CellError, match=told):
        coordinate(lon, lat)


@pytest.mark.parametrize(
    ("first", "last", "edtf"),
    [
        ("2017-10-01", "2017-10-31", "2017-10"),
        ("2017-01-01", "2017-12-31", "2017"),
        ("2017-10-01", "2017-10-30", "2017-10-01/2017-10-30"),
        ("2017-10-03", "2017-10-03", "2017-10-03/2017-10-03"),
    ],
)
def test_days_that_are_just_a_month_or_a_year_are_written_so(first: str, last: str, edtf: str) -> None:
    assert span_between(first, last).edtf == edtf
