"""Fuzzy dates: what each form means, in days and in words, and what is refused."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.domain.dates import (
    UNDATED,
    DateError,
    DateSpan,
    age_words,
    between,
    date_of,
    day_of,
    day_words,
    iso,
    parse,
    words,
)

days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
marks = st.sampled_from(["", "", "~", "?", "%"])


@st.composite
def points(draw: st.DrawFn) -> str:
    """One EDTF point of any form that is read."""
    date = draw(days)
    y, m, d = f"{date.year:04d}", f"{date.month:02d}", f"{date.day:02d}"
    season = f"{y}-{draw(st.integers(21, 24))}"
    forms = [
        f"{y}-{m}-{d}", f"{y}-{m}", y, season, f"{y[:3]}X", f"{y[:2]}XX", f"{y}-XX", f"{y}-{m}-XX", f"{y}-XX-XX",
        f"{y}-1X", f"{y}-0X", f"{y}-{m}-1X", f"{y}-~{m}-{d}", f"{y}?-{m}",
    ]  # fmt: skip
    return draw(st.sampled_from(forms)) + draw(marks)


@st.composite
def dates(draw: st.DrawFn) -> str:
    """A point or an interval, perhaps open, in the right order."""
    if draw(st.booleans()):
        return draw(points())
    first, last = sorted((draw(points()), draw(points())), key=lambda text: parse(text).earliest or 0)
    if (parse(last).latest or 0) < (parse(first).earliest or 0):
        first, last = last, first
    return draw(st.sampled_from([f"{first}/{last}", f"{first}/..", f"../{last}", f"/{last}", f"{first}/"]))


@pytest.mark.parametrize(
    ("edtf", "first", "last", "precision"),
    [
        ("2017-10-30", "2017-10-30", "2017-10-30", "day"),
        ("2017-11", "2017-11-01", "2017-11-30", "month"),
        ("2016-02", "2016-02-01", "2016-02-29", "month"),
        ("2017", "2017-01-01", "2017-12-31", "year"),
        ("2017-21", "2017-03-01", "2017-05-31", "season"),
        ("2017-22", "2017-06-01", "2017-08-31", "season"),
        ("2017-23", "2017-09-01", "2017-11-30", "season"),
        ("2015-24", "2015-12-01", "2016-02-29", "season"),
        ("201X", "2010-01-01", "2019-12-31", "decade"),
        ("19XX", "1900-01-01", "1999-12-31", "century"),
        ("2017-XX", "2017-01-01", "2017-12-31", "year"),
        ("2017-XX-XX", "2017-01-01", "2017-12-31", "year"),
        ("2017-02-XX", "2017-02-01", "2017-02-28", "month"),
        ("2017-1X", "2017-10-01", "2017-12-31", "interval"),
        ("2017-0X", "2017-01-01", "2017-09-30", "interval"),
        ("2017-1X-XX", "2017-10-01", "2017-12-31", "interval"),
        ("2017-12-2X", "2017-12-20", "2017-12-29", "interval"),
        ("2017-12-3X", "2017-12-30", "2017-12-31", "interval"),
        ("2017-11-3X", "2017-11-30", "2017-11-30", "day"),
        ("2017-12-22/2017-12-28", "2017-12-22", "2017-12-28", "interval"),
        ("2017-06/2017-10-30", "2017-06-01", "2017-10-30", "interval"),
        ("../2019-01-30~", None, "2019-01-30", "open"),
        ("/2019-01-30", None, "2019-01-30", "open"),
        ("2017-06~/..", "2017-06-01", None, "open"),
        ("2017-06/", "2017-06-01", None, "open"),
        ("../..", None, None, "open"),
        ("  2017-10-30 ", "2017-10-30", "2017-10-30", "day"),
        ("0001-01-01", "0001-01-01", "0001-01-01", "day"),
        ("9999-12-31", "9999-12-31", "9999-12-31", "day"),
    ],
)
def test_each_form_means_its_days(edtf: str, first: str | None, last: str | None, precision: str) -> None:
    span = parse(edtf)
    assert (iso(span.earliest), iso(span.latest), span.precision) == (first, last, precision)
    assert span.edtf == edtf.strip()
    assert span.dated


@pytest.mark.parametrize(
    ("edtf", "approximate", "uncertain"),
    [
        ("2017-10", False, False),
        ("2017-10~", True, False),
        ("2017-10?", False, True),
        ("2017-10%", True, True),
        ("~2017-10", True, False),
        ("2017-~10-30", True, False),
        ("2017?-10-30", False, True),
        ("2017-06/2017-08~", True, False),
        ("../2019-01-30?", False, True),
    ],
)
def test_marks_of_doubt_are_kept_wherever_they_stand(edtf: str, approximate: bool, uncertain: bool) -> None:
    span = parse(edtf)
    assert (span.approximate, span.uncertain) == (approximate, uncertain)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", "'soon' is no EDTF date: write 2017-10-30, 2017-10, 2017, FIRST/LAST or ../LAST"),
        ("30.10.2017", "write 2017-10-30"),
        ("2017-10-30T12:00:00Z", "it has a time of day; write 2017-10-30"),
        ("..", "it is open at both ends; leave the date empty"),
        ("2017-02-30", "no day of the calendar"),
        ("2017-02-29", "no day of the calendar"),
        ("2017-13", "'13' is not between 01 and 12"),
        ("2017-25", "'25' is not between 01 and 12"),
        ("2017-00", "'00' is not between 01 and 12"),
        ("2017-10-00", "'00' is not between 01 and 31"),
        ("2017-02-3X", "'3X' is not between 01 and 28"),
        ("2017-22-05", "a season cannot have a day"),
        ("201X-05", "an unknown year cannot have a month"),
        ("2017-XX-05", "an unknown month cannot have a day"),
        ("0000", "no day of the calendar"),
        ("0000-01-01", "there is no year 0"),
        ("00XX", "no day of the calendar"),
        ("9999-24", "no day of the calendar"),
        ("2019/2018", "'2019/2018' ends before it starts: swap the two dates"),
        ("2017/2018/2019", "has more than one '/': write FIRST/LAST"),
        ("2017/soon", "'soon' is no EDTF date"),
        ("٢٠١٧", "is no EDTF date"),
        ("2017-1", "is no EDTF date"),
        ("17-10-30", "is no EDTF date"),
        ("2017-10-30\n2018", "is no EDTF date"),
    ],
)
def test_what_is_no_date_is_refused_with_a_remedy(text: str, said: str) -> None:
    with pytest.raises(DateError) as caught:
        parse(text)
    assert said in str(caught.value)


def test_a_book_in_place_of_a_date_is_not_repeated_in_the_message() -> None:
    for text in ("x" * 10_000_000, "2017/" * 1_000_000):
        with pytest.raises(DateError) as caught:
            parse(text)
        assert len(str(caught.value)) < 200


@given(st.text(max_size=30) | st.text("0123456789-/X~?%.T:", max_size=24))
def test_any_text_is_a_date_or_a_date_error(text: str) -> None:
    try:
        span = parse(text)
    except DateError:
        return
    assert words(span)
    if span.earliest is not None and span.latest is not None:
        assert span.earliest <= span.latest


@pytest.mark.parametrize(
    ("edtf", "said"),
    [
        ("", "undated"),
        ("2017-11-14", "14 Nov 2017"),
        ("2017-11", "Nov 2017"),
        ("2017", "2017"),
        ("2017-XX", "2017"),
        ("2017-21", "spring 2017"),
        ("2017-24", "winter 2017/18"),
        ("1999-24", "winter 1999/00"),
        ("201X", "2010s"),
        ("19XX", "1900–1999"),
        ("2017-12-22/2017-12-28", "22–28 Dec 2017"),
        ("2017-11-30/2017-12-02", "30 Nov – 2 Dec 2017"),
        ("2017-12-30/2018-01-02", "30 Dec 2017 – 2 Jan 2018"),
        ("2017-12-22/2017-12-22", "22 Dec 2017"),
        ("2017-10/2017-11", "Oct – Nov 2017"),
        ("2017-12/2018-01", "Dec 2017 – Jan 2018"),
        ("2017-06/2017-10-30", "Jun 2017 – 30 Oct 2017"),
        ("2016/2017", "2016 – 2017"),
        ("2017-1X", "Oct – Dec 2017"),
        ("2017-1X-XX", "Oct – Dec 2017"),
        ("2017-12-2X", "20–29 Dec 2017"),
        ("2017-12-XX", "Dec 2017"),
        ("../2019-01-30~", "until about 30 Jan 2019"),
        ("../2019-01-30", "until 30 Jan 2019"),
        ("2017-06~/..", "from about Jun 2017"),
        ("2017-22/..", "from summer 2017"),
        ("../..", "at an unknown time"),
        ("2017-10~", "about Oct 2017"),
        ("2017-10?", "Oct 2017 (uncertain)"),
        ("2017-10%", "about Oct 2017 (uncertain)"),
        ("2017-~10-30", "about 30 Oct 2017"),
        ("2017-09~/2017-10-30", "about Sep 2017 – 30 Oct 2017"),
        ("2017-06-01/2017-06-05?", "1 Jun 2017 – 5 Jun 2017 (uncertain)"),
    ],
)
def test_dates_are_said_as_people_say_them(edtf: str, said: str) -> None:
    assert words(parse(edtf)) == said
    assert str(parse(edtf)) == said


def test_windows_are_said_as_people_say_them() -> None:
    a, b = day_of(dt.date(2017, 10, 1)), day_of(dt.date(2017, 10, 31))
    assert between(a, b) == "1–31 Oct 2017"
    assert between(a, a) == day_words(a) == "1 Oct 2017"
    assert between(None, b) == "until 31 Oct 2017"
    assert between(a, None) == "from 1 Oct 2017"
    assert between(None, None) == "at an unknown time"
    assert between(0, 0) == "1 Jan 1970"


@given(dates())
def test_bounds_are_in_order_and_repeatable(edtf: str) -> None:
    span = parse(edtf)
    assert span.dated and span.edtf == edtf
    assert parse(span.edtf) == span
    if span.earliest is not None and span.latest is not None:
        assert span.earliest <= span.latest


@given(dates(), days, days)
def test_overlap_and_containment_agree_day_by_day(edtf: str, a: dt.date, b: dt.date) -> None:
    first, last = sorted((day_of(a), day_of(b)))
    span = parse(edtf)
    early = span.earliest if span.earliest is not None else first
    late = span.latest if span.latest is not None else last
    shared = max(early, first) <= min(late, last) and early <= last and late >= first
    assert span.overlaps(first, last) == shared
    closed = span.earliest is not None and span.latest is not None
    assert span.within(first, last) == (closed and early >= first and late <= last)
    if span.within(first, last):
        assert span.overlaps(first, last)


@given(dates())
def test_both_end_days_belong_to_the_span(edtf: str) -> None:
    span = parse(edtf)
    for day, outside in ((span.earliest, -1), (span.latest, 1)):
        if day is not None:
            assert span.overlaps(day, day)
            assert not span.overlaps(day + outside, day + outside)


def test_an_undated_record_is_in_no_window() -> None:
    assert parse("") is UNDATED
    assert not UNDATED.dated
    assert not UNDATED.overlaps(-(10**9), 10**9)
    assert not UNDATED.within(-(10**9), 10**9)
    assert parse("../..").overlaps(0, 0)


def _oracle_day(moment: time.struct_time) -> str:
    return f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d}"


@st.composite
def agreed(draw: st.DrawFn) -> str:
    """Forms the edtf library reads right: neither winter, nor open ends, nor one unspecified digit of a month."""
    date = draw(days)
    y, m, d = f"{date.year:04d}", f"{date.month:02d}", f"{date.day:02d}"
    forms = [f"{y}-{m}-{d}", f"{y}-{m}", y, f"{y}-2{draw(st.integers(1, 3))}", f"{y}-{m}-XX", f"{y}-XX", f"{y[:3]}X"]
    return draw(st.sampled_from(forms))


@settings(max_examples=40)
@given(agreed())
def test_points_agree_with_the_edtf_library(edtf: str) -> None:
    theirs, ours = parse_edtf(edtf), parse(edtf)
    assert iso(ours.earliest) == _oracle_day(theirs.lower_strict())
    assert iso(ours.latest) == _oracle_day(theirs.upper_strict())


@settings(max_examples=30)
@given(days, days)
def test_intervals_agree_with_the_edtf_library(a: dt.date, b: dt.date) -> None:
    edtf = "/".join(sorted((a.isoformat(), b.isoformat())))
    theirs, ours = parse_edtf(edtf), parse(edtf)
    assert iso(ours.earliest) == _oracle_day(theirs.lower_strict())
    assert iso(ours.latest) == _oracle_day(theirs.upper_strict())


@given(st.dates())
def test_days_and_calendar_dates_are_one(date: dt.date) -> None:
    assert date_of(day_of(date)) == date
    assert iso(day_of(date)) == date.isoformat()


def test_days_beyond_the_calendar_are_clamped_for_display() -> None:
    assert day_of(dt.date(1970, 1, 1)) == 0
    assert date_of(-(10**9)) == dt.date.min
    assert date_of(10**9) == dt.date.max
    assert iso(None) is None


def test_a_span_is_a_value() -> None:
    assert parse("2017") == DateSpan("2017", 17167, 17531, "year")
    assert len({parse("2017"), parse(" 2017")}) == 1


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "0 days"), (1, "1 day"), (60, "60 days"), (61, "2 months"), (365, "12 months"), (730, "24 months"),
     (731, "2 years"), (1461, "4 years")],
)  # fmt: skip
def test_ages_are_told_in_fitting_units(days: int, expected: str) -> None:
    assert age_words(days) == expected
