"""The workbook: numbers are numbers, days are days, no text runs, and nothing is left of half a file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.counts import Count
from viewer.domain.dates import parse
from viewer.domain.dossier import Dossier
from viewer.domain.events import Event, EventPlace, EventSource
from viewer.domain.places import Place
from viewer.domain.sources import Source
from viewer.formats.exported import About, Content, ExportError
from viewer.formats.exporters import event_xlsx
from viewer.formats.exporters.event_xlsx import CUT, MAX_CELL, XlsxExporter
from viewer.formats.plain import Names

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
TOWN = Place(key="town", name="Town", lon=-40.5, lat=35.25, radius_m=3000.0)
NAMES = Names({}, {"town": TOWN}, {"a": Source(key="a", publisher="A", title="Strikes")}, {})
ABOUT = About("A store", "everything", ("Name us", "and them"), "MIT", "Public", "2019", "2026-11-22")
EVENT = Event(key="e", title="Strikes", type="strike", date=parse("2017-12-22/2017-12-28"))
DOSSIER = Dossier(
    event=EVENT, places=(EventPlace(event="e", place="town"),), actors=(), dates=(), links=(), parts=(),
    sources=(EventSource(event="e", source="a"),),
    counts=(Count(event="e", measure="killed", min=20, max=30, reporter="A", source="a"),
            Count(event="e", measure="killed", value=12.5, reporter="B")),
)  # fmt: skip


def titled(title: str) -> Dossier:
    return replace(DOSSIER, event=replace(EVENT, title=title))


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    """Each sheet as rows of cells, as a reader that trusts nothing but the file sees them: text, number or None."""
    with ZipFile(path) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        return {name: list(_rows(book.read(f"xl/worksheets/sheet{n}.xml"))) for n, name in enumerate(names, 1)}


def _rows(xml: bytes) -> Iterator[list[Any]]:
    assert b"<f>" not in xml and b"<hyperlink" not in xml
    for row in ElementTree.fromstring(xml).iterfind(".//x:row", NS):  # noqa: S314 - written here
        cells: list[Any] = []
        for cell in row.iterfind("x:c", NS):
            column = re.match("[A-Z]+", cell.attrib["r"])
            assert column is not None
            place = sum(26**n * (ord(letter) - 64) for n, letter in enumerate(reversed(column[0]))) - 1
            cells += [None] * (place - len(cells))
            if cell.attrib.get("t") == "inlineStr":
                text = "".join(part.text or "" for part in cell.iterfind(".//x:t", NS))
                cells.append(re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text))
            else:
                cells.append(float(cell.findtext("x:v", "", NS)))
        yield cells


def written(path: Path, *dossiers: Dossier, about: About | None = ABOUT) -> dict[str, list[list[Any]]]:
    XlsxExporter().write(Content(NAMES, dossiers, (), about), path)
    return sheets(path)


def record(rows: list[list[Any]], line: int = 1) -> dict[str, Any]:
    return dict(zip(rows[0], [*rows[line], *[None] * len(rows[0])], strict=False))


def test_numbers_and_days_are_what_they_are(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", DOSSIER)
    event = record(book["events"])

    assert list(book) == ["events", "counts", "control claims", "sources", "about"]
    assert (event["lon"], event["lat"], event["radius_m"]) == (-40.5, 35.25, 3000)
    first = dt.date(1899, 12, 30) + dt.timedelta(days=event["earliest"])
    assert (first, event["latest"] - event["earliest"]) == (dt.date(2017, 12, 22), 6)
    assert (event["killed_low"], event["killed_high"], event["strikes_low"]) == (12.5, 30, None)
    counts = [record(book["counts"], line) for line in (1, 2)]
    assert [(c["event_id"], c["value"], c["min"], c["max"]) for c in counts] == [
        ("e", None, 20, 30), ("e", 12.5, None, None),
    ]  # fmt: skip


def test_sources_and_whom_to_name_are_there(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", DOSSIER)

    assert record(book["sources"])["publisher"] == "A"
    said = dict(row for row in book["about"][1:])
    assert (said["attribution"], said["marking"], said["exported on"]) == ("Name us | and them", "Public", "2026-11-22")


@pytest.mark.parametrize(
    "payload", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://x", "internal:a!A1", "12", "_x0041_", "{=1}", " = "]
)
def test_no_text_becomes_anything_else(tmp_path: Path, payload: str) -> None:
    book = written(tmp_path / "a.xlsx", titled(payload))

    assert record(book["events"])["title"] == payload


def test_days_that_the_format_cannot_count_stay_text(tmp_path: Path) -> None:
    old = replace(DOSSIER, event=replace(EVENT, date=parse("1899-05-01/1900-03-01")))
    event = record(written(tmp_path / "a.xlsx", old)["events"])

    assert (event["earliest"], event["latest"]) == ("1899-05-01", 61)


def test_a_text_that_is_too_long_says_that_it_was_cut(tmp_path: Path) -> None:
    title = record(written(tmp_path / "a.xlsx", titled("\U0001f30d" * MAX_CELL))["events"])["title"]

    assert title.endswith(CUT)
    assert MAX_CELL - 2 <= len(title.encode("utf-16-le")) // 2 <= MAX_CELL
    assert record(written(tmp_path / "b.xlsx", titled("x" * MAX_CELL))["events"])["title"] == "x" * MAX_CELL


@given(st.text())
def test_any_title_survives(tmp_path: Path, title: str) -> None:
    found = record(written(tmp_path / "a.xlsx", titled(title))["events"])["title"] or ""

    kept = title.replace("\r\n", "\n").replace("\r", "\n")
    assert len(found) == len(kept)
    assert all(a == b or a == "\ufffd" for a, b in zip(found, kept, strict=True))


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_xlsx, "MAX_ROWS", 3)
    bare = replace(DOSSIER, counts=())
    assert len(written(tmp_path / "a.xlsx", bare, bare, about=None)["events"]) == 3

    with pytest.raises(ExportError, match="'counts' needs more"):
        written(tmp_path / "b.xlsx", DOSSIER, DOSSIER, about=None)


def test_what_breaks_off_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    def broken() -> Iterator[Dossier]:
        yield DOSSIER
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        XlsxExporter().write(Content(NAMES, broken()), tmp_path / "a.xlsx")

    assert list(tmp_path.iterdir()) == []
