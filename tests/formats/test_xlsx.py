"""Sheets of spreadsheets: saved values only, and what would burst the memory is refused before it is read."""

from __future__ import annotations

import struct
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.tables import DATED, cell, sheet_of, text_row, workbook
from viewer.domain.drafts import Remark
from viewer.formats.infile import InFile, ReadError
from viewer.formats.tabular import Row
from viewer.formats.xlsx import is_xlsx, read_sheet

HEADER = text_row(1, "date", "name", "n")


def rows_of(path: Path, sheet: str = "") -> list[tuple[int, tuple[str, ...]]]:
    return [tuple(row) for row in read_sheet(InFile(path), sheet).rows() if isinstance(row, Row)]


def test_values_are_told_as_text(tmp_path: Path) -> None:
    second = cell("A2", 43038, DATED) + cell("B2", "a b") + cell("C2", 2.5)
    fourth = cell("A4", 43038.5, DATED) + cell("B4", True) + cell("C4", 12)
    path = workbook(tmp_path / "a.xlsx", Sheet=sheet_of(HEADER, second, "", fourth))
    assert is_xlsx(InFile(path))
    assert read_sheet(InFile(path)).header == ("date", "name", "n")
    assert rows_of(path) == [(2, ("2017-10-30", "a b", "2.5")), (4, ("2017-10-30 12:00:00", "true", "12"))]


def test_formulas_give_what_was_saved_and_those_without_are_told(tmp_path: Path) -> None:
    second = cell("A2", "x") + cell("B2", 3, formula="1+2") + cell("C2", None, formula='HYPERLINK("http://x")')
    path = workbook(tmp_path / "a.xlsx", Sheet=sheet_of(HEADER, second))
    assert rows_of(path) == [(2, ("x", "3", ""))]
    remarks = [one.text for one in read_sheet(InFile(path)).rows() if isinstance(one, Remark)]
    assert remarks[0] == "1 formula was read as the value saved with the file"
    assert remarks[1].startswith("1 formulas were saved without a value")


def test_the_first_sheet_is_read_or_the_one_that_is_named(tmp_path: Path) -> None:
    sheets = {name: sheet_of(text_row(1, "name"), text_row(2, name)) for name in ("One", "Two")}
    path = workbook(tmp_path / "a.xlsx", **sheets)
    assert rows_of(path) == [(2, ("One",))]
    assert rows_of(path, "Two") == [(2, ("Two",))]
    with pytest.raises(ReadError, match="no sheet 'Three'; its sheets are One, Two"):
        read_sheet(InFile(path), "Three")


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    sheet = sheet_of(text_row(1, "Incidents of 2017"), "", text_row(3, "date", "name"), text_row(4, "2017", "a"))
    path = workbook(tmp_path / "a.xlsx", Sheet=sheet)
    assert read_sheet(InFile(path)).header == ("date", "name")
    assert rows_of(path) == [(4, ("2017", "a"))]


def test_an_empty_sheet_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is empty"):
        read_sheet(InFile(workbook(tmp_path / "a.xlsx", Sheet=sheet_of())))


def test_a_zip_that_unpacks_to_300_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Sheet=sheet_of(HEADER))
    with ZipFile(path, "a", ZIP_DEFLATED) as archive, archive.open("xl/sharedStrings.xml", "w") as member:
        for _ in range(300):
            member.write(b" " * 1_000_000)
    assert path.stat().st_size < 400_000
    with pytest.raises(ReadError, match="unpacks to more than 100 times"):
        read_sheet(InFile(path))


def test_a_zip_that_declares_less_than_it_unpacks_to_is_refused_too(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Sheet=sheet_of(HEADER))
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * 40_000_000)
    content = path.read_bytes()
    truth, lie = (struct.pack("<LL", crc32(b" " * size), size) for size in (40_000_000, 1000))
    for one, other in ((truth[4:], lie[4:]), (truth[:4], lie[:4])):
        assert content.count(one) == 2
        content = content.replace(one, other)
    path.write_bytes(content)
    with pytest.raises(ReadError, match="unpacks to more than 100 times"):
        read_sheet(InFile(path))


def test_a_sheet_whose_last_cell_lies_far_out_is_refused(tmp_path: Path) -> None:
    far = cell("XFD1048576", 1)
    path = workbook(tmp_path / "a.xlsx", Sheet=sheet_of(HEADER, cell("A2", "x") + far))
    with pytest.raises(ReadError, match="spans 1,048,576 rows and 16,384 columns"):
        read_sheet(InFile(path))


def test_rows_and_cells_without_a_name_are_counted(tmp_path: Path) -> None:
    rows = "<row>" + "<c/>" * 3000 + "</row>" + "<row/>" * 3000
    path = workbook(tmp_path / "a.xlsx", Sheet=sheet_of(HEADER).replace("<sheetData>", f"<sheetData>{rows}"))
    with pytest.raises(ReadError, match="cells; save it as CSV"):
        read_sheet(InFile(path))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, b"a,b\n1,2\n"])
def test_what_is_no_spreadsheet_is_not_taken_for_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert not is_xlsx(InFile(path))
    with pytest.raises(ReadError):
        read_sheet(InFile(path))


@pytest.fixture(scope="module")
def plain_book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("book") / "a.xlsx"
    return workbook(path, Sheet=sheet_of(HEADER, text_row(2, "a", "b", 3))).read_bytes()


@given(st.data())
def test_a_damaged_spreadsheet_ends_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, plain_book: bytes, data: st.DataObject
) -> None:
    content = bytearray(plain_book)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "a.xlsx"
    path.write_bytes(bytes(content))
    is_xlsx(InFile(path))
    try:
        assert len([*read_sheet(InFile(path)).rows()]) <= 2
    except ReadError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize(
    "cells", [
        '<c r="A99999999999"><v>1</v></c>', '<c r="ZZZZ1"><v>1</v></c>', '<c r="A0"><v>1</v></c>',
        '<c r="XFE1"><v>1</v></c>', '<c r="A1048577"><v>1</v></c>', '<c t=">" r="A9999999999"><v>1</v></c>',
        '<c r="A1" s="1"><v>-9e18</v></c>',
    ],
)  # fmt: skip
def test_a_cell_that_no_sheet_has_is_told_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], cells: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", S=sheet_of(cells))
    with pytest.raises(ReadError, match=r"a\.xlsx: .*save it again"):
        read_sheet(InFile(path))
    assert capfd.readouterr() == ("", "")


def test_a_member_that_begins_before_the_file_is_told(tmp_path: Path, plain_book: bytes) -> None:
    where = plain_book.rfind(b"PK\x05\x06")
    listed_at = int.from_bytes(plain_book[where + 16 : where + 20], "little")
    damaged = plain_book[: where + 16] + (listed_at + 65_536).to_bytes(4, "little") + plain_book[where + 20 :]
    path = tmp_path / "x.xlsx"
    path.write_bytes(damaged)
    with pytest.raises(ReadError, match=r"x\.xlsx"):
        [*read_sheet(InFile(path)).rows()]
