"""Dates as people and spreadsheets write them, in several languages, made into spans of days.

Whether 3/4/2016 is in March or in April no single cell can tell: the whole column is asked (`Orders`), and if it
cannot tell either, the reader says so.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from viewer.domain.dates import UNDATED, DateError, DateSpan, parse
from viewer.formats.cells import NOTHING, span_between

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day", "month", "year"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
NO_ORDER = ""
"""Nobody knows what comes first: what can be read in two ways is not read."""
MAX_DATE = 120
_MONTHS = (
    "jan january januari janvier januar jaenner ocak enero يناير كانون_الثاني",
    "feb february februari fevrier februar fev fevr subat febrero فبراير شباط",
    "mar march maart mars maerz marz mrt mrz mart marzo مارس اذار",
    "apr april avril avr nisan abril ابريل نيسان",
    "may mei mai mayis mayo مايو ايار",
    "jun june juni juin haziran junio يونيو حزيران",
    "jul july juli juillet juil temmuz julio يوليو تموز",
    "aug august augustus aout agustos agosto اغسطس اب",
    "sep sept september septembre eylul septiembre سبتمبر ايلول",
    "oct okt october oktober octobre ekim octubre اكتوبر تشرين_الاول",
    "nov november novembre kasim noviembre نوفمبر تشرين_الثاني",
    "dec dez december dezember decembre aralik diciembre ديسمبر كانون_الاول",
)
"""What the months are called: English, Dutch, French, German, Turkish, Spanish, Arabic of Egypt and of the Levant."""
MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_TWO_WORDS = re.compile(r"(كانون|تشرين) +(الاول|الثاني)")
_ARABIC_FORMS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "،": ",", "ـ": "", "\u200e": "", "\u200f": ""})
_FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "‐": "-", "‑": "-", "−": "-", "‒": "-",
                        "—": "–"})  # fmt: skip
_TIME = re.compile(
    r"(?:[t ,]\s*|^)(?:at |um |om |a )?(?P<h>\d{1,2})[:h.](?P<m>\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*"
    r"(?:[ap]\.?m\.?|uhr|uur)?\s*(?:z|zulu|utc|gmt|lt|local|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?$"
)
_TIME_FIRST = re.compile(r"^\d{1,2}:\d{2}(?::\d{2})?\s*(?:z|zulu|utc|gmt|[ap]m)?,?\s+(?=\S)")
_GROUP = re.compile(r"(\d{2})(\d{4})\s*([a-z])\s*([a-z]{3,})\s*(\d{4}|\d{2})")
"""A date-time group: day, hour and minute, zone letter, month and year (301430ZOCT17)."""
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun|maan|dins|woens|donder|vrij|zater|zon|mo|di|mi|do|fr|sa|so"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche)(?:day|dag)?\.?,?\s+(?=\d)"
)
_ABOUT = re.compile(r"^(?:~|±|ca?\.|circa |about |around |approx(?:\.|imately)? ?|ongeveer |omstreeks |um |etwa |vers "
                    r"|environ |نحو |حوالي )\s*")  # fmt: skip
_UNTIL = re.compile(r"^(?:before |until |till |by |up to |voor |tot |vor |bis |avant |jusqu'a |قبل |حتى )\s*")
_SINCE = re.compile(r"^(?:after |since |from |sinds |vanaf |na |seit |ab |nach |depuis |apres |بعد |منذ )\s*")
_LEAD = re.compile(r"^(?:from |between |van |tussen |von |vom |zwischen |du |de |entre |من |بين )\s*")
_BETWEEN = re.compile(
    r"\s*–\s*|\s+-\s+|\s*/\s*(?=\.\.)|(?<=\.\.)\s*/\s*|\s+(?:to|until|till|through|thru|and|tot|t/m|tot en met|en|bis"
    r"|und|au|a|et|الي|حتى|حتي|و)\s+"
)
_EDTF = re.compile(r"[~?%]?\d{2}[\dX]{2}[~?%]?(?:-[\dX~?%]{2,4}){0,2}", re.IGNORECASE)
_DASHED = re.compile(r"(\d{4})([-./])(\d{1,2})(?:\2(\d{1,2}))?(?<!\d\.0)")
_NUMERIC = re.compile(r"(\d{1,2})\s*([-./ ])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})\.?")
_IN_TEXT = re.compile(rf"(?<![\d./-]){_NUMERIC.pattern}(?![\d/-])")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-./](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t\d{4,6}z?)?")
_MILLISECONDS = re.compile(r"-?\d{11,14}(?:\.0)?")
"""Milliseconds since 1970, as ArcGIS writes them."""
_DAYS = re.compile(r"(\d{1,2})\.?\s*-\s*(\d{1,2})\.?(?=[\s./])")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|eme|e|de|ste|º|ª)\b")
_PIECE = re.compile(r"\d+|[^\W\d_]+(?:_[^\W\d_]+)?")
_SERIAL = re.compile(r"[2-6]\d{4}(?:[.,]\d+)?")
_NO_NUMBER = frozenset({"of", "de", "den", "le", "the", "der"})


class _Parts(NamedTuple):
    """What one side of a date says; None is what it leaves open."""

    year: int | None
    month: int | None
    day: int | None


@dataclass
class Orders:
    """What the dates of a column say about the order of day and month: votes, and whether there was need of any."""

    votes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDERS, 0))
    undecided: int = 0

    def hear(self, texts: Iterable[str]) -> None:
        """Count what some cells say."""
        for text in texts:
            for match in _IN_TEXT.finditer(_plain(text[:MAX_DATE])):
                first, second = int(match[1]), int(match[3])
                if first > 31:
                    self.votes[YEAR_FIRST] += 1
                elif first > 12 >= second:
                    self.votes[DAY_FIRST] += 1
                elif second > 12 >= first:
                    self.votes[MONTH_FIRST] += 1
                else:
                    self.undecided += first != second

    @property
    def order(self) -> str:
        """The order most dates speak for; '' when none speaks for any."""
        best = max(ORDERS, key=lambda one: self.votes[one])
        return best if self.votes[best] else ""

    @property
    def open(self) -> bool:
        """Whether there are dates that can be read in two ways, and nothing to tell which is meant."""
        return bool(self.undecided) and not self.order


@lru_cache(maxsize=65536)
def read_date(text: str, order: str = DAY_FIRST) -> DateSpan:
    """The span a cell means, undated when it says nothing; DateError with a remedy when it means none.

    Read are EDTF, ISO with or without a time, days in numbers in the order given, names of months in several
    languages, ranges, "about", "before" and "since". The day is the one that is written, whatever the time zone.
    order: '' where it is not known; then what could be two days is no date.
    """
    if len(text) > MAX_DATE:
        raise DateError(f"'{text[:40]}' is too long for a date: write 2017-10-30")
    plain = _plain(text)
    if plain in NOTHING:
        return UNDATED
    if "/" in plain and (edtf := _as_edtf(plain)) is not None:
        return edtf
    if _MILLISECONDS.fullmatch(plain):
        return parse(_moment(plain).date().isoformat())
    return _read(plain, text.strip(), order)


def read_moment(value: Any, order: str = NO_ORDER) -> tuple[DateSpan, str]:
    """The same of a value of any kind, and the time of day that it tells as it is written, '' when it tells none."""
    told = "" if value is None else str(value).strip()
    span = read_date(told, order)
    if _MILLISECONDS.fullmatch(told):
        moment = _moment(told)
        return span, f"{moment:%H:%M} UTC" if moment.time() != dt.time() else ""
    small = told.lower()
    found = _TIME.search(small) or _TIME_FIRST.match(small) if len(small) == len(told) else None
    clock = told[found.start() : found.end()].strip(" ,tT") if found else ""
    return span, "" if clock.startswith(("00:00", "0:00")) else clock


def _moment(milliseconds: str) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=float(milliseconds))


def dates_between(first: DateSpan, last: DateSpan) -> DateSpan:
    """From the first day of one span to the last of another; DateError when the end comes before."""
    if not last.dated or last == first:
        return first
    if not first.dated:
        return parse(f"../{last.edtf}") if "/" not in last.edtf else last
    if first.precision == last.precision == "day" and not (first.approximate or last.approximate):
        return span_between(first.edtf, last.edtf)
    if "/" in first.edtf or "/" in last.edtf:
        start, end = first.edtf.partition("/")[0], last.edtf.rpartition("/")[2]
        return parse(f"{start}/{end}")
    return parse(f"{first.edtf}/{last.edtf}")


def _plain(text: str) -> str:
    """Small letters without accents, western digits, one kind of blank."""
    if text.isascii():
        plain = text.strip().lower()
        return " ".join(plain.split()) if "  " in plain or "\t" in plain or "\n" in plain else plain
    folded = text.strip().lower().translate(_FOLDS).translate(_ARABIC_FORMS)
    folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in folded)
    return _TWO_WORDS.sub(r"\1_\2", " ".join(digits.split()))


def _as_edtf(plain: str) -> DateSpan | None:
    sides = plain.upper().split("/")
    if len(sides) != 2 or not all(side in ("", "..") or _EDTF.fullmatch(side) for side in sides):
        return None
    return parse(f"{sides[0] or '..'}/{sides[1] or '..'}")


def _read(plain: str, told: str, order: str) -> DateSpan:
    if _EDTF.fullmatch(plain):
        return parse(plain.upper())
    if match := _GROUP.fullmatch(plain):
        return _span(_Parts(_year(match[5]), MONTH_OF.get(match[4]), int(match[1])), told)
    for pattern, form in ((_UNTIL, "../{}"), (_SINCE, "{}/..")):
        if (found := pattern.match(plain)) and not _BETWEEN.search(plain):
            inner = _read(plain[found.end() :], told, order)
            return parse(form.format(inner.edtf)) if "/" not in inner.edtf else inner
    if found := _ABOUT.match(plain):
        inner = _read(plain[found.end() :], told, order)
        return parse(f"{inner.edtf}~") if "/" not in inner.edtf and not inner.approximate else inner
    bare = _TIME.sub("", _TIME_FIRST.sub("", plain)).strip(" ,")
    if bare != plain and bare:
        return _read(bare, told, order)
    sides = _BETWEEN.split(_LEAD.sub("", plain))
    if len(sides) == 2 and all(sides):
        return _range(sides[0], sides[1], told, order)
    if match := _DAYS.match(plain):
        return _range(match[1], f"{match[2]}{plain[match.end() :]}", told, order)
    return _span(_parts(plain, told, order), told)


def _range(first: str, last: str, told: str, order: str) -> DateSpan:
    """What lies between two dates, of which the first may leave to the second what both share."""
    end = _parts(_TIME.sub("", last), told, order)
    start = _parts(_TIME.sub("", first), told, order, end)
    if start.year is None:
        start = start._replace(year=end.year)
    return dates_between(_span(start, told), _span(end, told))


def _parts(plain: str, told: str, order: str, end: _Parts | None = None) -> _Parts:
    """Year, month and day of one date; end: of the date that follows, for a first one that says only its day."""
    plain = _WEEKDAY.sub("", plain).strip(" ,")
    if match := _DASHED.fullmatch(plain):
        return _Parts(int(match[1]), int(match[3]), int(match[4]) if match[4] else None)
    if match := _NUMERIC.fullmatch(plain):
        return _in_order(int(match[1]), int(match[3]), match[4], order)
    if match := _MONTH_YEAR.fullmatch(plain):
        return _Parts(int(match[2]), int(match[1]), None)
    if match := _COMPACT.fullmatch(plain):
        return _Parts(int(match[1]), int(match[2]), int(match[3]))
    if plain.removesuffix(".0").isdecimal():
        number = plain.removesuffix(".0")
        if len(number) == 4:
            return _Parts(int(number), None, None)
        if end is not None and len(number) <= 2:
            return _Parts(end.year, end.month, int(number))
    if found := _named(plain, end is not None):
        return found
    if _SERIAL.fullmatch(plain):
        raise DateError(f"'{told[:40]}' looks like a spreadsheet's count of days: format the column as dates")
    raise DateError(f"'{told[:40]}' is no date: write 2017-10-30, 30 October 2017, October 2017 or 2017")


def _in_order(first: int, second: int, last: str, order: str) -> _Parts:
    if order == NO_ORDER and first != second and max(first, second) <= 12:
        raise DateError(f"{first}/{second}/{last} may be two days: set order=day or order=month")
    if order == NO_ORDER and first <= 12 < second:
        order = MONTH_FIRST
    if order == YEAR_FIRST and len(last) == 2:
        return _Parts(_year(f"{first:02}"), second, int(last))
    day, month = (second, first) if order == MONTH_FIRST else (first, second)
    return _Parts(_year(last), month, day)


def _named(plain: str, year_follows: bool) -> _Parts | None:
    """A date with the name of its month: 7-Oct-14, 3 mars 2016, October 2017, Oct 7, 2014."""
    pieces = [piece for piece in _PIECE.findall(_ORDINAL.sub("", plain)) if piece not in _NO_NUMBER]
    months = [MONTH_OF[piece] for piece in pieces if piece in MONTH_OF]
    numbers = [piece for piece in pieces if piece.isdecimal()]
    if len(months) != 1 or len(months) + len(numbers) != len(pieces):
        return None
    if len(numbers) == 1:
        is_year = len(numbers[0]) == 4 or (len(numbers[0]) == 2 and not year_follows and pieces[0] not in numbers)
        return _Parts(_year(numbers[0]), months[0], None) if is_year else _Parts(None, months[0], int(numbers[0]))
    if len(numbers) == 2:
        year, day = numbers if len(numbers[0]) == 4 else reversed(numbers)
        return _Parts(_year(year), months[0], int(day))
    return _Parts(None, months[0], None) if not numbers and year_follows else None


def _year(text: str) -> int:
    """The year of two digits or four; two are of the last century from 70 on."""
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 70 else 1900)


def _span(parts: _Parts, told: str) -> DateSpan:
    year, month, day = parts
    if year is None or (day is not None and month is None):
        raise DateError(f"'{told[:40]}' lacks the year: write 2017-10-30")
    try:
        return parse("-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)]))
    except DateError as error:
        raise DateError(f"'{told[:40]}': {error}") from None
