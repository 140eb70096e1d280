"""Two series on one axis of time: the share of ground that an actor held, and the incidents near a place, by month.

The two are never mixed: each has a whole of its own, which is named. Ground is that of `share`; an incident is near
when its point lies within the distance, and one whose date is fuzzier than a month is possible in each it touches.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from viewer.domain.control import BESIDE, UNSHOWN
from viewer.domain.dates import MONTHS, Day, date_of, day_of, iso
from viewer.domain.frozen import dataclass
from viewer.geo.basemap import Basemap
from viewer.session.analysis import TALLY, Tick
from viewer.session.analysis_periods import end_of
from viewer.session.analysis_words import Sheet, thanks_of
from viewer.session.change_words import IN_SHORT, WHOLE_TITLES, whole_words
from viewer.session.describe import length_words
from viewer.session.filter_words import sentence_of
from viewer.session.known import known_data
from viewer.session.selectors import passing
from viewer.session.share import Months, ground_by_month
from viewer.session.state import Filters, Within
from viewer.store.dataset import DataSet

Shares = NDArray[np.float64]
Numbers = NDArray[np.int64]
DISTANCES_KM = (1, 200)
USUAL_KM = 25


@dataclass(frozen=True, slots=True)
class SeriesAsked:
    """An actor's share of one of `share.WHOLES` by a reading of the desert, and what is near a place, in metres."""

    actor: str
    whole: str
    reading: str
    place: str
    metres: float
    filters: Filters


@dataclass(frozen=True, eq=False)
class Series:
    """By month, (d,) each, of which `days` are the first days.

    alone: the share held by the actor alone; shared: what it held together with others, or in contest, on top of that.
    may: the incidents that may fall into the month; sure: those of them that surely do. whole_km2: the denominator.
    left: (why, how many records) are not shown, or only as possible.
    """

    asked: SeriesAsked
    days: tuple[Day, ...]
    alone: Shares
    shared: Shares
    whole_km2: Shares
    may: Numbers
    sure: Numbers
    left: tuple[tuple[str, int], ...]

    @property
    def last(self) -> Day:
        """The last day of the last month."""
        return end_of(self.days[-1], "month") if self.days else 0

    def month_of(self, day: Day) -> int | None:
        """The number of the month that a day lies in."""
        if not self.days or not self.days[0] <= day <= self.last:
            return None
        return int(np.searchsorted(np.array(self.days), day, side="right")) - 1


def holders(data: DataSet) -> tuple[str, ...]:
    """The actors that claims give ground to, those of most claims first."""
    found: Counter[str] = Counter()
    for claim in data.claims:
        if claim.control not in (*UNSHOWN, *BESIDE):
            found.update(actor for actor in claim.actors.split() if actor in data.actors)
    return tuple(sorted(found, key=lambda key: (-found[key], data.actors[key].name)))


def near(data: DataSet, place: str, metres: float) -> Within | None:
    """The ground within a distance of a place; None when nobody knows where it is."""
    found = data.places.get(place)
    if found is None or found.lon is None or found.lat is None:
        return None
    return Within("circle", ((found.lon, found.lat),), metres, found.name)


def series(data: DataSet, basemap: Basemap, asked: SeriesAsked, tick: Tick = lambda _: None) -> Series:
    """Both series. The ground takes long the first time and is remembered month by month."""
    months = ground_by_month(known_data(data, asked.filters.known_by), basemap, asked.reading, tick)
    days = months.days or _months_of_records(data)
    alone, shared = _held(months, asked.whole, asked.actor, len(days))
    may, sure, left = incidents_near(data, asked, days)
    km2 = months.wholes[asked.whole] if months.days else np.zeros(len(days))
    return Series(asked, days, alone, shared, km2, may, sure, left)


def _months_of_records(data: DataSet) -> tuple[Day, ...]:
    """The months of the records, where nobody claims any ground; the last fifty years of them."""
    known = data.events.earliest[data.events.dated]
    known = known[np.abs(known) < day_of(dt.date.max)]
    if not len(known):
        return ()
    first, last = (np.datetime64(int(day), "D").astype("M8[M]") for day in (known.min(), known.max()))
    days = np.arange(max(first, last - 600), last + 1).astype("M8[D]").astype(np.int64)
    return tuple(days.tolist())


def _held(months: Months, whole: str, actor: str, length: int) -> tuple[Shares, Shares]:
    """The share that an actor held alone, and what it held together with others or in contest; (d,) each."""
    alone, shared = np.zeros(length), np.zeros(length)
    if not months.days:
        return alone, shared
    against = np.where(months.wholes[whole] > 0, months.wholes[whole], 1.0)
    for party, km2 in zip(months.parties, months.km2[whole], strict=True):
        if party.actors == (actor,):
            alone += km2 / against
        elif actor in party.actors:
            shared += km2 / against
    return alone, shared


def incidents_near(
    data: DataSet, asked: SeriesAsked, days: tuple[Day, ...]
) -> tuple[Numbers, Numbers, tuple[tuple[str, int], ...]]:
    """The incidents within the distance that pass the filters, by month: possible, sure, and what is left out."""
    circle = near(data, asked.place, asked.metres)
    nothing = np.zeros(len(days), dtype=np.int64)
    if circle is None or not days:
        return nothing, nothing, ()
    events = data.events
    chosen = passing(data, asked.filters)
    rows = np.flatnonzero(chosen & passing(data, Filters(within=circle)))
    dated = rows[events.dated[rows]]
    begins, ends = events.earliest[dated].astype(np.int64), events.latest[dated].astype(np.int64)
    firsts = np.array(days, dtype=np.int64)
    lasts = np.append(firsts[1:] - 1, end_of(days[-1], "month"))
    may = np.searchsorted(np.sort(begins), lasts, side="right") - np.searchsorted(np.sort(ends), firsts, side="left")
    of_begin, of_end = (np.searchsorted(firsts, day, side="right") - 1 for day in (begins, ends))
    surely = (of_begin == of_end) & (begins >= firsts[0]) & (ends <= lasts[-1])
    shown = (ends >= firsts[0]) & (begins <= lasts[-1])
    radius = np.nan_to_num(events.radius_m[dated[shown]], nan=0.0)
    left = (
        ("date fuzzier than a month: possible in each it touches, sure in none", np.count_nonzero(shown & ~surely)),
        ("no date; not counted", len(rows) - len(dated)),
        ("before or after the months shown; not counted", np.count_nonzero(~shown)),
        (f"place known no better than to {length_words(asked.metres)}: counted where its point lies",
         np.count_nonzero(radius > asked.metres)),
        ("no place, so nobody knows whether near; not counted", np.count_nonzero(chosen & ~events.placed)),
        ("tallies: one record that counts many", np.count_nonzero(events.form[dated[shown]] == TALLY)),
    )  # fmt: skip
    sure = np.bincount(of_begin[surely], minlength=len(days)).astype(np.int64)
    return may.astype(np.int64), sure, tuple((said, int(number)) for said, number in left if number)


# words


def month_words(day: Day) -> str:
    """A month for people: "Nov 2017"."""
    date = date_of(day)
    return f"{MONTHS[date.month - 1]} {date.year}"


def share_title(data: DataSet, asked: SeriesAsked) -> str:
    """What the first series is of: "Islamic State: share of the land of Syria"."""
    name = data.actors[asked.actor].name if asked.actor in data.actors else "Nobody"
    return f"{name}: share {WHOLE_TITLES[asked.whole]}"


def incidents_title(data: DataSet, asked: SeriesAsked) -> str:
    """What the second series counts: "Incidents within 25 km of Mayadin"."""
    name = data.places[asked.place].name if asked.place in data.places else "no place"
    return f"Incidents by month within {length_words(asked.metres)} of {name}"


def baseline_words(found: Series, day: Day) -> str:
    """What the share is of, how large that is, in the month of a day where it changes, and the rule behind it."""
    if not found.whole_km2.any():
        return "No claim of control gives anybody ground here."
    month = found.month_of(day)
    number = len(found.days) - 1 if month is None else month
    when = f" ({month_words(found.days[number])})" if found.asked.whole == "claimed" else ""
    words = whole_words(found.asked.whole, float(found.whole_km2[number]))
    return f"Share worked out on the first of each month: {words}{when}. Rule: {IN_SHORT[found.asked.reading]}."


def month_tip(data: DataSet, found: Series, number: int) -> str:
    """Both series in one month."""
    may, sure = int(found.may[number]), int(found.sure[number])
    doubtful = f", {may - sure:,} of them only possibly" if may > sure else ""
    with_others = f", {found.shared[number]:.1%} more shared or contested" if found.shared[number] >= 0.0005 else ""
    return (f"{month_words(found.days[number])}: {found.alone[number]:.1%}{with_others}; "
            f"{may:,} incident{'' if may == 1 else 's'}{doubtful}")  # fmt: skip


def series_notes(data: DataSet, found: Series, day: Day) -> tuple[str, ...]:
    """Denominator and baseline, and what is left out and why."""
    counted = sentence_of(data, replace(found.asked.filters, known_by=None)).removesuffix(".")
    known = "" if found.asked.filters.known_by is None else f", known by {iso(found.asked.filters.known_by)}"
    base = f"Incidents counted: {counted[0].lower()}{counted[1:]}{known}, whatever their day, by geodesic distance."
    return (baseline_words(found, day), base, *(f"{said[0].upper()}{said[1:]}: {n:,}." for said, n in found.left))


def series_sheet(data: DataSet, found: Series, day: Day) -> Sheet:
    """Both series as a table."""
    head = ("month", "share alone", "shared or contested", "incidents possible", "incidents sure")
    lines = tuple(
        (iso(first) or "", f"{alone:.4f}", f"{shared:.4f}", str(may), str(sure))
        for first, alone, shared, may, sure in _rows(found)
    )
    about = f"{share_title(data, found.asked)}. {incidents_title(data, found.asked)}."
    return Sheet("Control and incidents", about, head, lines, series_notes(data, found, day))


def _rows(found: Series) -> Iterator[tuple[Day, float, float, int, int]]:
    yield from zip(found.days, found.alone.tolist(), found.shared.tolist(), found.may.tolist(), found.sure.tolist(),
                   strict=True)  # fmt: skip


def series_file_lines(data: DataSet, found: Series) -> Iterator[str]:
    """The lines of a CSV file: a month each, with what was asked and whom to thank."""
    from viewer.formats.exporters.event_csv import csv_line  # a panel need not wait for all formats

    asked = found.asked
    said = f"{data.meta.marking} {share_title(data, asked)}; {incidents_title(data, asked)}. " \
           f"{sentence_of(data, asked.filters)} Rule: {IN_SHORT[asked.reading]}".strip()  # fmt: skip
    ends = (said, thanks_of(data))
    yield csv_line(["month", "share_alone", "share_shared_or_contested", "denominator", "denominator_km2",
                    "incidents_possible", "incidents_sure", "selection", "attribution"])  # fmt: skip
    for (day, alone, shared, may, sure), km2 in zip(_rows(found), found.whole_km2.tolist(), strict=True):
        yield csv_line([iso(day), round(alone, 5), round(shared, 5), WHOLE_TITLES[asked.whole], round(km2, 1), may,
                        sure, *ends])  # fmt: skip
    for left, number in found.left:
        yield csv_line([f"note: {left}", "", "", "", "", number, "", *ends])
