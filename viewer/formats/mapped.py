"""A table read through a mapping: which column holds which field, how its dates and coordinates are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from viewer.domain.dates import DateError, DateSpan
from viewer.domain.drafts import Item, PlaceMention, Rejected, Remark, SourceMention
from viewer.domain.places import PRECISIONS
from viewer.formats.guessing import CLAIM_FIELDS, FIELDS, FieldGuess, guess
from viewer.formats.infile import InFile, ReadError
from viewer.formats.placing import PLACE_FIELDS, place_told
from viewer.formats.protocol import Shape
from viewer.formats.rejects import LINE, REASON
from viewer.formats.tabular import Row, Table, read_table
from viewer.formats.vocabulary import folded
from viewer.formats.written_dates import DAY_FIRST, ORDERS, Orders, dates_between, read_date
from viewer.formats.xlsx import Sheet, is_xlsx, read_sheet

EVENTS, CLAIMS = "event", "control_claim"
SAMPLED = 200
TYPE_OPTION = "type:"
"""Begins an option that says what a word of the file's is: type:SAF=attack."""
SETTINGS = {
    "table": EVENTS, "order": "", "default_precision": "", "separator": ";", "publisher": "", "rest": "",
    "previous_dates": "", "as_of": "", "default_type": "other", "sheet": "", "delimiter": "", "encoding": "",
}  # fmt: skip
_CHOICES = {
    "table": (EVENTS, CLAIMS), "order": ("", *ORDERS), "rest": ("", "note"), "previous_dates": ("", "from", "until"),
}  # fmt: skip
_SAYS_NOTHING = frozenset({"-", "?", "n/a", "N/A", "NA", "nan", "NaN", "null", "NULL", "None"})


def open_table(file: InFile, settings: Mapping[str, str]) -> Table | Sheet:
    """The table of a text or of a sheet; ReadError when there is none."""
    if is_xlsx(file):
        return read_sheet(file, settings.get("sheet", ""))
    delimiter = {"tab": "\t", "\\t": "\t"}.get(settings.get("delimiter", ""), settings.get("delimiter", ""))
    encoding = settings.get("encoding", "")
    try:
        "".encode(encoding or "utf-8")
    except LookupError:
        raise ReadError(f"'{encoding}' is no encoding; write utf-8, cp1252, cp1256 or leave it out") from None
    if len(delimiter) > 1:
        raise ReadError(f"'{delimiter}' is no delimiter; write one character or tab")
    return read_table(file, delimiter, encoding)


def mapping_of(file: InFile, table_of: str) -> Mapping[str, str]:
    """What the columns of a table are taken for; ReadError when the file is none."""
    if file.head.lstrip()[:1] in (b"{", b"[", b"<"):
        raise ReadError(f"{file.path}: is no table")
    table = open_table(file, {})
    return guess(table.header, _sample(table), _wanted(table_of))


def shape_of(file: InFile, table_of: str) -> Shape:
    """What a dialog shows of a table: its columns, the fields, the guessed mapping and settings."""
    table = open_table(file, {})
    sample = _sample(table)
    mapping = guess(table.header, sample, _wanted(table_of))
    settings = {**SETTINGS, "table": table_of}
    if "date" in mapping:
        settings["order"] = _orders(table, mapping, sample).order
    if isinstance(table, Sheet):
        settings["sheet"] = table.name
        del settings["delimiter"], settings["encoding"]
    else:
        settings |= {"delimiter": "tab" if table.delimiter == "\t" else table.delimiter, "encoding": table.encoding}
        del settings["sheet"]
    return Shape(table.header, {one.name: one.meaning for one in _wanted(table_of)}, mapping, settings)


def _wanted(table_of: str) -> list[FieldGuess]:
    return [one for one in FIELDS if table_of == CLAIMS or one.name not in CLAIM_FIELDS]


def _sample(table: Table | Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in islice((row for row in table.rows() if isinstance(row, Row)), SAMPLED)]


def _orders(table: Table | Sheet, mapping: Mapping[str, str], sample: Sequence[Sequence[str]]) -> Orders:
    """What the date columns say of the order of day and month; of a sample first, of all rows when it cannot tell."""
    places = [table.at[mapping[name].casefold()] for name in ("date", "end", "since") if name in mapping]
    orders = Orders()
    for row in sample:
        orders.hear(row[place] for place in places)
    if orders.open and len(sample) == SAMPLED:
        for one in table.rows():
            if isinstance(one, Row):
                orders.hear(one.cells[place] for place in places)
                if orders.order:
                    break
    return orders
_FORMULA = re.compile(r"\x1f\s*(?:=\S|[+@-](?=[^\d\s.,\x1f]))")
"""A cell, behind what parts it from others, that a spreadsheet would run; a number with its sign is none."""


@dataclass
class Mapped:
    """A table with its mapping: `at` gives the column of each field that is mapped."""

    table: Table | Sheet
    at: Mapping[str, int]
    settings: Mapping[str, str]
    order: str
    types: Mapping[str, str]
    remarks: list[Remark] = field(default_factory=list)
    rest: tuple[tuple[str, int], ...] = ()
    """Columns that no field takes, with their positions."""

    def cell(self, cells: Sequence[str], name: str) -> str:
        """The cell of a field without blanks around it; '' where it is not mapped."""
        at = self.at.get(name)
        return "" if at is None else cells[at].strip()

    def told(self, cells: Sequence[str], name: str) -> str:
        """The same, '' too where the cell only says that it says nothing."""
        at = self.at.get(name)
        if at is None:
            return ""
        text = cells[at].strip()
        return "" if text in _SAYS_NOTHING else text

    def names(self, cells: Sequence[str], name: str) -> list[str]:
        """The several names of a cell."""
        text = self.told(cells, name)
        separator = self.settings["separator"]
        parts = text.split(separator) if separator else [text]
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def date(self, cells: Sequence[str], name: str, last: str = "") -> DateSpan:
        """The span of a date cell, or from it to that of the field `last`; DateError names what is wrong."""
        try:
            span = read_date(self.cell(cells, name), self.order)
            if last and last in self.at:
                return dates_between(span, read_date(self.cell(cells, last), self.order))
        except DateError as error:
            raise DateError(f"{name}: {error}") from None
        return span

    @cached_property
    def publication(self) -> SourceMention:
        """The file itself as a source, for rows that name none."""
        return self.table.file.as_source(self.settings["publisher"])

    def sources(self, cells: Sequence[str]) -> list[SourceMention]:
        """What a row names as its sources, or the file itself."""
        if "source" not in self.at and "url" not in self.at:
            return [self.publication]
        told, links = self.names(cells, "source"), [*filter(None, re.split(r"[\s;]+", self.told(cells, "url")))]
        links += (name for name in told if "://" in name)
        names = [name for name in told if "://" not in name]
        if not names and not links:
            return [self.publication]
        published = self.date(cells, "source_date") if "source_date" in self.at else None
        edtf = "" if published is None else published.edtf
        title = self.told(cells, "source_title")
        names = names or [_host(link) for link in links]
        if len(names) == len(links):
            return [SourceMention(name, title, edtf, link) for name, link in zip(names, links, strict=True)]
        return [SourceMention(name, title, edtf, " ".join(links) if at == 0 else "") for at, name in enumerate(names)]

    def place(self, cells: Sequence[str]) -> PlaceMention | None:
        """The place of a row; None when it says nothing of one."""
        told = [self.told(cells, name) for name in PLACE_FIELDS]
        return place_told(*told, self.told(cells, "wkt"), self.settings["default_precision"])

    def others(self, cells: Sequence[str]) -> str:
        """What stands in the columns that no field takes, if it is to be kept."""
        if self.settings["rest"] != "note":
            return ""
        return "; ".join(f"{name}: {told}" for name, at in self.rest if (told := cells[at].strip()))


def read_mapped(file: InFile, options: Mapping[str, str], table_of: str) -> Mapped:
    """The table of a file with the mapping and settings of the options; ReadError when they do not fit it.

    Fields that the options do not name are guessed; one that they give an empty column stays unmapped.
    """
    settings = {**SETTINGS, "table": table_of, **{name: options[name] for name in SETTINGS if name in options}}
    for name, choices in _CHOICES.items():
        if settings[name] not in choices:
            raise ReadError(f"{name}: '{settings[name]}' is none of {', '.join(one for one in choices if one)}")
    usual = settings["default_precision"]
    if usual and usual not in PRECISIONS:
        raise ReadError(f"default_precision: '{usual}' is no class of exactness; write one of {', '.join(PRECISIONS)}")
    table = open_table(file, settings)
    sample = _sample(table)
    wanted = _wanted(settings["table"])
    mapping = dict(guess(table.header, sample, wanted))
    types = _set(mapping, options, table, table_of)
    orders = _orders(table, mapping, sample) if settings["order"] == "" else Orders()
    at = {name: table.at[column.casefold()] for name, column in mapping.items()}
    used = {*at.values()}
    rest = tuple(
        (name, position) for position, name in enumerate(table.header)
        if position not in used and name not in (LINE, REASON) and any(row[position].strip() for row in sample)
    )  # fmt: skip
    mapped = Mapped(table, at, settings, settings["order"] or orders.order or DAY_FIRST, types, [], rest)
    if orders.open:
        mapped.remarks.append(Remark(
            f"{orders.undecided:,} dates can be read with the day or the month first, and no row tells which; the day "
            "was taken to come first", "set order=month",
        ))  # fmt: skip
    if rest and settings["rest"] != "note":
        told = ", ".join(name for name, _ in rest[:20]) + (" ..." if len(rest) > 20 else "")
        mapped.remarks.append(Remark(f"columns that nothing was taken from: {told}", "set rest=note"))
    return mapped


def _set(mapping: dict[str, str], options: Mapping[str, str], table: Table | Sheet, table_of: str) -> dict[str, str]:
    """Put what the options say into the mapping; the types they name, by the folded word of the file.

    A column that was guessed for the file as it is read without options may be missing in another of its sheets.
    """
    types: dict[str, str] = {}
    fields = {one.name for one in _wanted(options.get("table", table_of))}
    guessed: Mapping[str, str] | None = None
    for name, value in options.items():
        if name.startswith(TYPE_OPTION):
            types[folded(name.removeprefix(TYPE_OPTION))] = value
        elif name in fields and not value:
            mapping.pop(name, None)
        elif name in fields:
            if value.casefold() in table.at:
                mapping[name] = value
                continue
            guessed = shape_of(table.file, table_of).mapping if guessed is None else guessed
            if guessed.get(name) != value:
                raise ReadError(f"{table.file.path}: has no column '{value}'; it has {', '.join(table.header)}")
        elif name not in SETTINGS and name not in {one.name for one in FIELDS}:
            known = ", ".join(sorted({*fields, *SETTINGS}))
            raise ReadError(f"'{name}' is neither a field nor a setting; there are {known}")
    return types


def rows_of(mapped: Mapped) -> Iterator[Row | Item]:
    """The rows of the table, and what is to be told of it first."""
    yield from mapped.remarks
    number = 0
    for row in mapped.table.rows():
        number += isinstance(row, Row) and _FORMULA.search("\x1f".join(("", *row.cells))) is not None
        yield row
    if number:
        told = "row has cells that begin" if number == 1 else "rows have cells that begin"
        yield Remark(f"{number:,} {told} as formulas of a spreadsheet do (= + - @); they were read as text")


def _host(link: str) -> str:
    return re.sub(r"^[a-z]+://(?:www\.)?", "", link.lower()).split("/")[0] or link


def rejected(row: Row, error: Exception) -> Rejected:
    """The row with the reason why it cannot become a record."""
    return Rejected(row.line, str(error), row.cells)
