"""UCDP GED: the georeferenced event dataset of the Uppsala Conflict Data Program, every version of its CSV.

Columns are found by name, so their number and order do not matter; ids come as 114064 or as 114064.0. Codes of
exactness are those of the codebook (version 19.1): where_prec 1 to 7, date_prec 1 to 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from viewer.domain.dates import DateError, DateSpan, parse
from viewer.domain.drafts import ActorMention, Draft, Item, PlaceMention, SourceMention
from viewer.formats.cells import CellError, coordinate, country_code, span_between, whole
from viewer.formats.infile import InFile, ReadError
from viewer.formats.protocol import Shape
from viewer.formats.tabular import Row, Table, drafts_from, read_table, table_with

DATASET = SourceMention(
    "Uppsala Conflict Data Program", "UCDP Georeferenced Event Dataset (GED)", "", "doi 10.1177/0022343313484347",
    "CC BY 4.0", "dataset", "ucdp-ged",
)  # fmt: skip
NEEDED = ("id", "type_of_violence", "where_prec", "latitude", "longitude", "date_start", "date_end", "best")
SIDES = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
NEAR_M, DISTRICT_M, PROVINCE_M, FUZZY_M, COUNTRY_M = 25_000.0, 30_000.0, 80_000.0, 100_000.0, 300_000.0
"""How far a place of each class of exactness may be off, where nothing draws its outline. The first is the codebook's,
the others are estimates for this region."""
MAX_SIDES = 6
_GENERIC = re.compile(
    r"\s+(?:town|city|village|area|province|governorate|district|subdistrict|neighbourhood|state)$"
    r"|^qa[dḑ]ā['’ʼ]?\s+", re.IGNORECASE,
)  # fmt: skip
_ARTICLE = re.compile(r'"([^",]+),\s*(\d{4}-\d{2}-\d{2}),([^"]*)"')
_WITHIN_DAYS = ("2", "3", "4", "5")


class _Place(NamedTuple):
    """The place of a row, and how its event lies to it."""

    mention: PlaceMention
    role: str = "at"
    precision: str = ""
    radius_m: float | None = None


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
        cell = _reader(table)
        return drafts_from(table, lambda row: _event(row, cell))


_Cell = Callable[[Sequence[str], str], str]


def _reader(table: Table) -> _Cell:
    at = table.at

    def cell(cells: Sequence[str], name: str) -> str:
        position = at.get(name)
        return "" if position is None else cells[position].strip()

    return cell


def _event(row: Row, cell: _Cell) -> Draft:
    cells = row.cells
    number = _id(cell(cells, "id"))
    kind = cell(cells, "type_of_violence").removesuffix(".0")
    if kind not in ("1", "2", "3"):
        raise CellError(f"type_of_violence: '{kind}' is none of 1, 2, 3")
    place = _place(cells, cell)
    one_sided = kind == "3"
    sides = [split_sides(cell(cells, name)) for name in ("side_a", "side_b")]
    values: dict[str, Any] = {
        "title": _title(one_sided, sides, place.mention.name),
        "type": "killing" if one_sided else "battle",
        "form": "tally" if cell(cells, "event_clarity").startswith("2") else "single",
        "date": _date(cells, cell),
        "country": country_code(cell(cells, "country")),
    }
    if witness := cell(cells, "source_original"):
        values["note"] = f"Reported by: {witness}"
    at: dict[str, Any] = {"place": place.mention, "role": place.role, "spelled": cell(cells, "where_coordinates")}
    if place.precision:
        at |= {"precision": place.precision, "radius_m": place.radius_m}
    draft = Draft(row.line, number, "event", values, [("event_place", at)], cells)
    roles = ("perpetrator", "victim") if one_sided else ("party", "party")
    for names, role in zip(sides, roles, strict=True):
        draft.parts += (("event_actor", {"actor": _actor(name), "role": role}) for name in names)
    draft.parts += _sources(cells, cell)
    draft.parts += _counts(cells, cell, sides)
    return draft


def _id(text: str) -> str:
    number = text.removesuffix(".0")
    if not number.isdecimal():
        raise CellError(f"id: '{text[:40]}' is no whole number")
    return number


def _title(one_sided: bool, sides: Sequence[Sequence[str]], place: str) -> str:
    first, second = (", ".join(names) or "unknown" for names in sides)
    told = f"Violence by {first} against {second.lower()}" if one_sided else f"Fighting of {first} with {second}"
    return f"{told}, {place}" if place else told


def split_sides(text: str) -> list[str]:
    """The groups of one side of a dyad: up to six names between commas; more is one name that holds commas."""
    names = [name.strip() for name in text.split(", ") if name.strip()]
    return names if len(names) <= MAX_SIDES else [text]


@lru_cache(maxsize=4096)
def _actor(name: str) -> ActorMention:
    kind = "armed group"
    if name.startswith("Government of "):
        kind = "state"
    elif name == "Civilians":
        kind = "people"
    return ActorMention(name, kind)


def _date(cells: Sequence[str], cell: _Cell) -> DateSpan:
    """The days of a row; that some of them only bound it, date_prec says by the span they make."""
    first, last = cell(cells, "date_start")[:10], cell(cells, "date_end")[:10]
    return span_between(first, last) if first != last else parse(first or last)


def _place(cells: Sequence[str], cell: _Cell) -> _Place:
    lon, lat = coordinate(cell(cells, "longitude"), cell(cells, "latitude"))
    names = tuple(cell(cells, name) for name in ("where_coordinates", "adm_2", "adm_1", "country"))
    return _place_of(lon, lat, cell(cells, "where_prec").removesuffix(".0"), names)


@lru_cache(maxsize=65536)
def _place_of(lon: float | None, lat: float | None, exactness: str, names: tuple[str, str, str, str]) -> _Place:
    where, district, province, country = names
    code = country_code(country)
    town = bare_name(where) or where or "unnamed place"
    around = tuple(name for name in (bare_name(district), bare_name(province)) if name)
    if exactness in ("1", "2"):
        mention = PlaceMention(town, lon, lat, "town", None, "town", code, around)
        return _Place(mention) if exactness == "1" else _Place(mention, "near", "near", NEAR_M)
    if exactness == "3":
        name = bare_name(district) or town
        return _Place(PlaceMention(name, lon, lat, "area", DISTRICT_M, "district", code, around[1:]))
    if exactness == "4":
        name = bare_name(province) or town
        return _Place(PlaceMention(name, lon, lat, "province", PROVINCE_M, "province", code))
    if exactness == "5":
        return _Place(PlaceMention(where or town, lon, lat, "region", FUZZY_M, "area", code, around))
    if exactness == "6":
        return _Place(PlaceMention(country or town, lon, lat, "country", COUNTRY_M, "country", code))
    if exactness == "7":
        return _Place(PlaceMention(where or town, None, None, "unknown", None, "area", code))
    raise CellError(f"where_prec: '{exactness}' is none of 1 to 7")


def bare_name(text: str) -> str:
    """A place's name without the word for what it is: "Al Fallūjah town" is Al Fallūjah."""
    return _GENERIC.sub("", text.strip()).strip()


def _sources(cells: Sequence[str], cell: _Cell) -> Iterator[tuple[str, dict[str, Any]]]:
    """The dataset itself, and each article it names with its day."""
    told = cell(cells, "source_article")
    articles = [_article(*found) for found in _ARTICLE.findall(told)]
    if not articles and (office := cell(cells, "source_office")):
        articles = [_article(office, cell(cells, "source_date")[:10], cell(cells, "source_headline"))]
    locator = f"event {_id(cell(cells, 'id'))}"
    yield "event_source", {"source": DATASET, "locator": locator if articles or not told else f"{locator}: {told}"}
    for article in dict.fromkeys(articles):
        yield "event_source", {"source": article}


def _article(publisher: str, day: str, title: str) -> SourceMention:
    try:
        published = parse(day).edtf
    except DateError:
        published = ""
    return SourceMention(publisher.strip(), title.strip(), published, kind="article")


def _counts(
    cells: Sequence[str], cell: _Cell, sides: Sequence[Sequence[str]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The deaths: the best figure between the lowest and the highest, and by side where the sides make it up."""
    best, low, high = (whole(cell(cells, name), name) for name in ("best", "low", "high"))
    if best is None:
        return
    total: dict[str, Any] = {"measure": "killed", "value": best, "min": low, "max": high, "source": DATASET}
    total["qualifier"] = "exact" if (low, high) == (best, best) else "estimate"
    yield "count", total
    numbers = [whole(cell(cells, name), name) or 0 for name in SIDES]
    partition = "side" if sum(numbers) == best else "part"
    groups = (", ".join(sides[0]), ", ".join(sides[1]), "civilians", "unknown")
    for number, group in zip(numbers, groups, strict=True):
        if number:
            yield "count", {"measure": "killed", "value": number, "group": group or "unnamed side",
                            "partition": partition, "source": DATASET}  # fmt: skip
