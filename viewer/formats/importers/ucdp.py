"""UCDP GED: the georeferenced event dataset of the Uppsala Conflict Data Program, every version of its CSV.

Columns are found by name, so their number and order do not matter; ids come as 114064 or as 114064.0. Codes of
exactness are those of the codebook (version 19.1): where_prec 1 to 7, date_prec 1 to 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, NamedTuple

from viewer.domain.dates import DateError, DateSpan, parse
from viewer.domain.drafts import ActorMention, Draft, Item, PartRow, PlaceMention, SharedPart, SourceMention
from viewer.formats.cells import CellError, coordinate, country_code, span_between, whole
from viewer.formats.infile import InFile, ReadError
from viewer.formats.protocol import Shape
from viewer.formats.tabular import Row, Table, drafts_from, read_table, table_with

DATASET = SourceMention(
    "Uppsala Conflict Data Program", "UCDP Georeferenced Event Dataset (GED)", "", "doi 10.1177/0022343313484347",
    "CC BY 4.0", "dataset", "ucdp-ged",
)  # fmt: skip
NEEDED = ("id", "type_of_violence", "where_prec", "latitude", "longitude", "date_start", "date_end", "best")
SIDES_OF = ("type_of_violence", "side_a", "side_b")
PLACE_OF = ("longitude", "latitude", "where_prec", "where_coordinates", "adm_2", "adm_1", "country")
SHARES = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
READ = (
    *NEEDED, *SIDES_OF, *PLACE_OF, *SHARES, "low", "high", "event_clarity", "country", "source_original",
    "source_article", "source_office", "source_date", "source_headline",
)  # fmt: skip
NEAR_M, DISTRICT_M, PROVINCE_M, FUZZY_M, COUNTRY_M = 25_000.0, 30_000.0, 80_000.0, 100_000.0, 300_000.0
"""How far a place of each class of exactness may be off, where nothing draws its outline. The first is the codebook's,
the others are estimates for this region."""
MAX_SIDES = 6
KEPT = 65_536
"""Groups of cells of each kind that are remembered while a file is read."""
_GENERIC = re.compile(
    r"\s+(?:town|city|village|area|province|governorate|district|subdistrict|neighbourhood|state)$"
    r"|^qa[dḑ]ā['’ʼ]?\s+", re.IGNORECASE,
)  # fmt: skip
_ARTICLE = re.compile(r'"([^",]+),\s*(\d{4}-\d{2}-\d{2}),([^"]*)"')


class UcdpImporter:
    """One event a row, with its sides, its deaths low, best and high, and the deaths of each side."""

    name = "ucdp"
    title = "UCDP GED (CSV)"
    feed = "ucdp"
    attribution = (
        "UCDP Georeferenced Event Dataset (GED), Uppsala Conflict Data Program, Uppsala University, CC BY 4.0; "
        "Journal of Peace Research 50(4), 2013, doi 10.1177/0022343313484347"
    )

    def recognises(self, file: InFile) -> float:
        """Sure when all columns are there that every version has."""
        try:
            table = read_table(file)
        except ReadError:
            return 0.0
        return 1.0 if all(name in table.at for name in NEEDED) else 0.0

    def shape(self, file: InFile) -> Shape:
        """Its columns; nothing has to be mapped."""
        return Shape(read_table(file).header)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """An event for each row."""
        table = table_with(file, NEEDED, "UCDP GED")
        return drafts_from(table, _Reading(table).event)


class _Where(NamedTuple):
    """The place of a row: its name, and how the event lies to it."""

    name: str
    part: SharedPart


class _Who(NamedTuple):
    """What kind of event a row tells of, and its sides."""

    type: str
    title: str
    parts: tuple[SharedPart, ...]
    groups: tuple[str, str]


class _Reading:
    """Makes drafts of the rows of one table.

    Most of what a row says was said by others before, so that each group of cells is read once for all rows that have
    the same.
    """

    def __init__(self, table: Table) -> None:
        kept = lru_cache(maxsize=KEPT)
        self._who, self._where, self._date = kept(_who), kept(_where), kept(_date)
        self._total, self._numbers, self._share = kept(_total), kept(_numbers), kept(_share)
        self._lacks = any(name not in table.at for name in READ)
        cells_of = partial(_cells_of, table)
        self._sides, self._place = cells_of(*SIDES_OF), cells_of(*PLACE_OF)
        self._days, self._totals = cells_of("date_start", "date_end"), cells_of("best", "low", "high")
        self._shares = cells_of(*SHARES)
        self._single = cells_of("id", "event_clarity", "country", "source_original", "source_article")
        self._article = cells_of("source_office", "source_date", "source_headline")

    def event(self, row: Row) -> Draft:
        """One event of a row; CellError and DateError say what is wrong with it."""
        cells = (*row.cells, "") if self._lacks else row.cells
        number, clarity, country, witness, told = self._single(cells)
        number, told = _id(number.strip()), told.strip()
        who = self._who(*self._sides(cells))
        where = self._where(*self._place(cells))
        values: dict[str, Any] = {
            "title": f"{who.title}, {where.name}" if where.name else who.title,
            "type": who.type,
            "form": "tally" if clarity.strip().startswith("2") else "single",
            "date": self._date(*self._days(cells)),
            "country": country_code(country),
        }
        if witness := witness.strip():
            values["note"] = f"Reported by: {witness}"
        parts: list[PartRow] = [where.part, *who.parts]
        articles = self._articles(told, cells)
        locator = f"event {number}" if articles or not told else f"event {number}: {told}"
        parts.append(("event_source", {"source": DATASET, "locator": locator}))
        for article in articles:
            parts.append(("event_source", {"source": article}))
        best, total = self._total(*self._totals(cells))
        if total is not None:
            parts.append(total)
            numbers = self._numbers(*self._shares(cells))
            partition = "side" if sum(numbers) == best else "part"
            for share, group in zip(numbers, (*who.groups, "civilians", "unknown"), strict=True):
                if share:
                    parts.append(self._share(share, group or "unnamed side", partition))
        return Draft(row.line, number, "event", values, parts, row.cells)

    def _articles(self, told: str, cells: Sequence[str]) -> Iterable[SourceMention]:
        """Each article a row names, with its day."""
        articles = [_article(*found) for found in _ARTICLE.findall(told)]
        if not articles:
            office, day, headline = (cell.strip() for cell in self._article(cells))
            return [_article(office, day[:10], headline)] if office else []
        return articles if len(articles) == 1 else dict.fromkeys(articles)


def _cells_of(table: Table, *names: str) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """What takes those cells out of a row; of columns that a table lacks, the last one."""
    return itemgetter(*(table.at.get(name, -1) for name in names))


def _id(text: str) -> str:
    number = text.removesuffix(".0")
    if not number.isdecimal():
        raise CellError(f"id: '{text[:40]}' is no whole number")
    return number


def _who(kind: str, *sides: str) -> _Who:
    """The sides of a row by its cells."""
    kind = kind.strip().removesuffix(".0")
    if kind not in ("1", "2", "3"):
        raise CellError(f"type_of_violence: '{kind}' is none of 1, 2, 3")
    one_sided = kind == "3"
    names = [split_sides(side.strip()) for side in sides]
    roles = ("perpetrator", "victim") if one_sided else ("party", "party")
    parts = tuple(_actor(name, role) for told, role in zip(names, roles, strict=True) for name in told)
    first, second = (", ".join(told) or "unknown" for told in names)
    title = f"Violence by {first} against {second.lower()}" if one_sided else f"Fighting of {first} with {second}"
    return _Who("killing" if one_sided else "battle", title, parts, (", ".join(names[0]), ", ".join(names[1])))


def split_sides(text: str) -> list[str]:
    """The groups of one side of a dyad: up to six names between commas; more is one name that holds commas."""
    names = [name.strip() for name in text.split(", ") if name.strip()]
    return names if len(names) <= MAX_SIDES else [text]


@lru_cache(maxsize=4096)
def _actor(name: str, role: str) -> SharedPart:
    kind = "armed group"
    if name.startswith("Government of "):
        kind = "state"
    elif name == "Civilians":
        kind = "people"
    return SharedPart(("event_actor", {"actor": ActorMention(name, kind), "role": role}))


def _date(first: str, last: str) -> DateSpan:
    """The days of a row; that some of them only bound it, date_prec says by the span they make."""
    first, last = first.strip()[:10], last.strip()[:10]
    return span_between(first, last) if first != last else parse(first or last)


def _where(longitude: str, latitude: str, exactness: str, *names: str) -> _Where:
    """The place of a row by its cells."""
    lon, lat = coordinate(longitude, latitude)
    where, district, province, country = (name.strip() for name in names)
    mention, near = _place(lon, lat, exactness.strip().removesuffix(".0"), (where, district, province, country))
    at: dict[str, Any] = {"place": mention, "role": "near" if near else "at", "spelled": where}
    if near:
        at |= {"precision": "near", "radius_m": NEAR_M}
    return _Where(mention.name, SharedPart(("event_place", at)))


def _place(
    lon: float | None, lat: float | None, exactness: str, names: tuple[str, str, str, str]
) -> tuple[PlaceMention, bool]:
    """The place of these names, and whether the event was merely near it."""
    where, district, province, country = names
    code = country_code(country)
    town = bare_name(where) or where or "unnamed place"
    around = tuple(name for name in (bare_name(district), bare_name(province)) if name)
    if exactness in ("1", "2"):
        return PlaceMention(town, lon, lat, "town", None, "town", code, around), exactness == "2"
    if exactness == "3":
        name = bare_name(district) or town
        return PlaceMention(name, lon, lat, "area", DISTRICT_M, "district", code, around[1:]), False
    if exactness == "4":
        name = bare_name(province) or town
        return PlaceMention(name, lon, lat, "province", PROVINCE_M, "province", code), False
    if exactness == "5":
        return PlaceMention(where or town, lon, lat, "region", FUZZY_M, "area", code, around), False
    if exactness == "6":
        return PlaceMention(country or town, lon, lat, "country", COUNTRY_M, "country", code), False
    if exactness == "7":
        return PlaceMention(where or town, None, None, "unknown", None, "area", code), False
    raise CellError(f"where_prec: '{exactness}' is none of 1 to 7")


def bare_name(text: str) -> str:
    """A place's name without the word for what it is: "Al Fallūjah town" is Al Fallūjah."""
    return _GENERIC.sub("", text.strip()).strip()


def _article(publisher: str, day: str, title: str) -> SourceMention:
    return SourceMention(publisher.strip(), title.strip(), _published(day), kind="article")


@lru_cache(maxsize=65536)
def _published(day: str) -> str:
    try:
        return parse(day).edtf
    except DateError:
        return ""


def _total(*cells: str) -> tuple[int, SharedPart | None]:
    """All deaths: the best figure, and it between the lowest and the highest; no part where there is none."""
    best, low, high = (whole(cell.strip(), name) for name, cell in zip(("best", "low", "high"), cells, strict=True))
    if best is None:
        return 0, None
    total: dict[str, Any] = {"measure": "killed", "value": best, "min": low, "max": high, "source": DATASET}
    if (low, high) != (best, best):
        total["qualifier"] = "estimate"
    return best, SharedPart(("count", total))


def _numbers(*cells: str) -> tuple[int, ...]:
    return tuple(whole(cell.strip(), name) or 0 for name, cell in zip(SHARES, cells, strict=True))


def _share(number: int, group: str, partition: str) -> SharedPart:
    """The deaths of one side."""
    share = {"measure": "killed", "value": number, "group": group, "partition": partition, "source": DATASET}
    return SharedPart(("count", share))
