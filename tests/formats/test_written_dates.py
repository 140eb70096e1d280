"""Dates as people and spreadsheets write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.dates import DateError
from viewer.formats.written_dates import MONTH_FIRST, YEAR_FIRST, Orders, read_date


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("2023-01-31", "2023-01-31"), ("16 May 2025", "2025-05-16"), ("7-Oct-14", "2014-10-07"),
        ("31-dec-18 ", "2018-12-31"), ("3 mars 2016", "2016-03-03"), ("15 أكتوبر 2017", "2017-10-15"),
        ("١٥ تشرين الأول ٢٠١٧", "2017-10-15"), ("1er mars 2016", "2016-03-01"), ("3. März 2016", "2016-03-03"),
        ("5 Sept. 2014", "2014-09-05"), ("12 mrt. 2016", "2016-03-12"), ("Oct 7, 2014", "2014-10-07"),
        ("Sunday 4 May 2014", "2014-05-04"), ("13/04/2016", "2016-04-13"), ("3.4.16", "2016-04-03"),
        ("2017/10/30", "2017-10-30"), ("20171030", "2017-10-30"), ("1-2-71", "1971-02-01"), ("1-2-69", "2069-02-01"),
        # the day is the one that is written, whatever the time and its zone
        ("2017-10-30T23:30:00Z", "2017-10-30"), ("30/10/2017 14:30", "2017-10-30"), ("301430ZOCT17", "2017-10-30"),
        ("14:30Z 30 Oct 2017", "2017-10-30"), ("2017-10-30T00:00:00.000+03:00", "2017-10-30"),
        # what is no better than a month or a year stays so
        ("Oct 14", "2014-10"),
        ("October 2014", "2014-10"), ("Oct-14", "2014-10"), ("août 2016", "2016-08"), ("10/2017", "2017-10"),
        ("2017", "2017"), ("2017.0", "2017"), ("2017-1X", "2017-1X"), ("2017-10-30~", "2017-10-30~"),
        ("ca. 2015", "2015~"), ("before 3 May 2017", "../2017-05-03"), ("since 2014", "2014/.."),
        ("../2019-01-30", "../2019-01-30"), ("2016-03-01/2016-03-05", "2016-03-01/2016-03-05"),
        ("2016-03-01 - 2016-03-05", "2016-03-01/2016-03-05"), ("1-3 March 2016", "2016-03-01/2016-03-03"),
        ("28 Feb–1 Mar 2016", "2016-02-28/2016-03-01"), ("du 3 au 5 avril 2016", "2016-04-03/2016-04-05"),
        ("3 t/m 5 april 2016", "2016-04-03/2016-04-05"), ("1.12.2016 - 31.12.2016", "2016-12"),
        ("May 2016 - June 2016", "2016-05/2016-06"), ("n/a", ""), ("", ""), ("unbekannt", ""),
    ],
)  # fmt: skip
def test_what_a_date_means(text: str, edtf: str) -> None:
    assert read_date(text).edtf == edtf


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("31/02/2017", "no day of the calendar"), ("February 30, 2016", "no day of the calendar"),
        ("1/13/2016", "no day of the calendar"), ("43038", "spreadsheet's count of days"), ("soon", "is no date"),
        ("7 Oct", "lacks the year"), ("5/4/2016 - 3/4/2016", "ends before it starts"),
        ("before " * 1000, "too long"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_told(text: str, told: str) -> None:
    with pytest.raises(DateError, match=told):
        read_date(text)


def test_the_order_of_day_and_month_makes_the_date() -> None:
    assert read_date("03/04/2016", MONTH_FIRST).edtf == "2016-03-04"
    assert read_date("16/03/04", YEAR_FIRST).edtf == "2016-03-04"


@pytest.mark.parametrize(
    ("column", "order", "is_open"),
    [
        (["03/04/2016", "13/04/2016"], "day", False),
        (["03/04/2016", "04/13/2016"], "month", False),
        (["03/04/2016", "05/06/2016"], "", True),
        (["03/03/2016", "2016-03-04", "7-Oct-14"], "", False),
        (["13/04/2016", "14/04/2016", "04/15/2016"], "day", False),
    ],
)
def test_the_column_as_a_whole_tells_the_order(column: list[str], order: str, is_open: bool) -> None:
    orders = Orders()
    orders.hear(column)
    assert (orders.order, orders.open) == (order, is_open)


@given(st.dates())
def test_every_day_is_read_in_each_way_of_writing_it(day) -> None:  # type: ignore[no-untyped-def]
    for text in (day.isoformat(), f"{day.day}/{day.month}/{day.year:04}", f"{day.day} {day:%B} {day.year:04}"):
        assert read_date(text).edtf == day.isoformat()


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    try:
        read_date(text)
    except DateError as error:
        assert str(error)
