"""Delimited text as it comes: found encodings and delimiters, broken rows told one by one, nothing grows unbounded."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.formats.tables import text_file
from viewer.domain.drafts import Rejected, Remark
from viewer.formats import infile
from viewer.formats.importers import importer_for
from viewer.formats.infile import InFile, ReadError
from viewer.formats.tabular import Row, read_table

HEAD = "id,name,note"


def rows_of(path: Path) -> list[Row]:
    return [row for row in read_table(InFile(path)).rows() if isinstance(row, Row)]


def rejected_of(path: Path) -> list[Rejected]:
    return [row for row in read_table(InFile(path)).rows() if isinstance(row, Rejected)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_all_rows_alike(tmp_path: Path, delimiter: str) -> None:
    lines = [delimiter.join(cells) for cells in (("id", "a b", "where"), ("1", "x. y", "here"), ("2", "z", "there"))]
    table = read_table(InFile(text_file(tmp_path / "any.txt", *lines)))
    assert (table.delimiter, table.header) == (delimiter, ("id", "a b", "where"))


def test_commas_within_cells_do_not_make_the_delimiter(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "id;breite;text", "1;33,5;a, b, c", "2;34,5;d, e", "3;35,25;f")
    assert [row.cells[1:] for row in rows_of(path)] == [("33,5", "a, b, c"), ("34,5", "d, e"), ("35,25", "f")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_encodings_of_unicode_are_found(tmp_path: Path, encoding: str) -> None:
    path = text_file(tmp_path / "a.csv", HEAD, "1,دير الزور,Zürich", encoding=encoding)
    assert read_table(InFile(path)).header == ("id", "name", "note")
    assert [row.cells for row in rows_of(path)] == [("1", "دير الزور", "Zürich")]


@pytest.mark.parametrize(("encoding", "word"), [("cp1252", "Köln é"), ("cp1256", "الميادين")])
def test_bytes_that_are_no_utf_8_are_read_as_windows_writes_them_and_it_is_told(
    tmp_path: Path, encoding: str, word: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"{HEAD}\n1,{word},x\n".encode(encoding) + "2,Ḩawījah,y\n".encode())
    table = read_table(InFile(path))
    told = [*table.rows()]
    assert [row.cells[1] for row in told if isinstance(row, Row)] == [word, "Ḩawījah"]
    assert [row.text for row in told if isinstance(row, Remark)] == [
        f"1 row is not utf-8; it was read as {encoding}"
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"empty|no row"):
        read_table(InFile(path))


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"SQLite format 3\0\x10\x00")
    with pytest.raises(ReadError, match="is no text"):
        read_table(InFile(path))


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert [*read_table(InFile(text_file(tmp_path / "a.csv", HEAD))).rows()] == []


def test_columns_without_a_name_or_with_one_twice_get_one(tmp_path: Path) -> None:
    table = read_table(InFile(text_file(tmp_path / "a.csv", " id ,,ID,", "1,2,3,4")))
    assert table.header == ("id", "column 2", "ID 2", "column 4")


def test_the_tags_of_hxl_are_passed_over_with_a_word(tmp_path: Path) -> None:
    told = [*read_table(InFile(text_file(tmp_path / "a.csv", HEAD, "#id,,#note", "1,a,b"))).rows()]
    assert [type(one) for one in told] == [Row, Remark]
    tags = [*read_table(InFile(text_file(tmp_path / "b.csv", HEAD, "1,a,b", "#x,,#y"))).rows()]
    assert [type(one) for one in tags] == [Row, Row]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('2,"open,x', "opens a quote that is not closed"),
        ("2,a,b,c,d", "has 5 cells where the header has 3"),
        ("2", "has 1 cells where the header has 3"),
    ],
)
def test_a_broken_row_costs_itself_only(tmp_path: Path, line: str, reason: str) -> None:
    path = text_file(tmp_path / "a.csv", HEAD, "1,a,b", line, "3,c,d")
    assert [(row.line, row.cells[0]) for row in rows_of(path)] == [(2, "1"), (4, "3")]
    (bad,) = rejected_of(path)
    assert bad.line == 3
    assert reason in bad.reason


def test_line_breaks_within_quotes_belong_to_the_row(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", HEAD, '1,"a', 'b","say ""x"""', "2,c,d")
    assert [(row.line, row.cells) for row in rows_of(path)] == [(2, ("1", "a\nb", 'say "x"')), (4, ("2", "c", "d"))]


def test_empty_cells_at_the_end_may_be_missing_or_too_many(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", HEAD, "1,a", "2,b,c,,", "", ",,")
    assert [row.cells for row in rows_of(path)] == [("1", "a", ""), ("2", "b", "c")]


def test_a_packed_file_is_unpacked_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(f"{HEAD}\n1,a,b\n".encode()))
    assert InFile(path).name == "a.csv"
    assert [row.cells for row in rows_of(path)] == [("1", "a", "b")]


def test_a_packed_file_may_not_grow_beyond_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, most = tmp_path / "bomb.csv.gz", 500_000
    monkeypatch.setattr(infile, "ALWAYS_READ", most)
    path.write_bytes(gzip.compress(HEAD.encode() + b"\n" + b"1,a,b\n" * (most // 8)))
    assert len(rows_of(path)) == most // 8
    path.write_bytes(gzip.compress(HEAD.encode() + b"\n" + b"1,a,b\n" * (most // 4)))
    with pytest.raises(ReadError, match="times as large when it is unpacked"):
        rows_of(path)


def test_a_packed_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(f"{HEAD}\n1,a,b\n".encode())[:-12])
    with pytest.raises(ReadError, match="cannot be read"):
        rows_of(path)


def test_lines_may_end_with_a_carriage_return_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id;name\r1;a\r2;b")
    assert [row.cells for row in rows_of(path)] == [("1", "a"), ("2", "b")]


@given(st.binary(max_size=400))
@example(b"\r\x01")
def test_no_bytes_make_the_reader_stumble(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content)
    try:
        table = read_table(InFile(path))
        for row in table.rows():
            assert not isinstance(row, Row) or len(row.cells) == len(table.header)
    except ReadError as error:
        assert str(path) in str(error)


def test_a_character_that_no_text_has_costs_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 60 + b"3,\x004\n5,6\n")
    table = read_table(InFile(path))
    rows = [*table.rows()]
    assert [row.line for row in rows if isinstance(row, Rejected)] == [62]
    assert sum(isinstance(row, Row) for row in rows) == 61


def test_blank_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n,,\n  a , b,c\n\n1,2,3\n")
    table = read_table(InFile(path))
    assert table.header == ("a", "b", "c")
    assert [*table.rows()] == [Row(5, ("1", "2", "3"))]


def test_a_broken_line_above_the_header_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'"open\na,b\n1,2\n')
    rows = [*read_table(InFile(path)).rows()]
    assert [type(row) for row in rows] == [Rejected, Row]


def test_why_a_container_is_refused_is_told_without_naming_its_format(tmp_path: Path) -> None:
    bomb, letter, base = tmp_path / "a.xlsx", tmp_path / "letter.zip", tmp_path / "some.db"
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 64 * 1024 * 1024)
    with ZipFile(letter, "w") as archive:
        archive.writestr("letter.txt", "Dear reader")
    with closing(sqlite3.connect(base)) as db:
        db.execute("CREATE TABLE t (a)")
    for path, reason in ((bomb, "unpacks to more than"), (letter, "without the file"), (base, "no GeoPackage")):
        with pytest.raises(ReadError, match=reason):
            importer_for(InFile(path))
