"""The table of incidents: its order, its groups and its words, against plain walks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.marks import Mark
from viewer.session import table
from viewer.session.state import NO_MARKS
from viewer.session.table import BY_ID, COLUMNS, grouped, ordered
from viewer.store.dataset import DataSet

ROWS = st.lists(st.integers(0, 200), unique=True, max_size=40)


@pytest.mark.parametrize("column", [column.id for column in COLUMNS])
def test_every_column_sorts_both_ways_and_keeps_time_among_equals(builtin: DataSet, column: str) -> None:
    rows = np.arange(len(builtin.events))
    ranks = BY_ID[column].ranks(builtin, NO_MARKS)
    up, down = ordered(builtin, NO_MARKS, rows, column), ordered(builtin, NO_MARKS, rows, column, falling=True)
    assert up.tolist() == sorted(rows.tolist(), key=lambda row: (ranks[row], row))
    assert down.tolist() == sorted(rows.tolist(), key=lambda row: (-int(ranks[row]), row))


@pytest.mark.parametrize("column", ["title", "key"])
def test_words_stand_in_the_order_of_the_alphabet(builtin: DataSet, column: str) -> None:
    rows = ordered(builtin, NO_MARKS, np.arange(len(builtin.events)), column)
    found = builtin.reader.dossiers([builtin.events.keys[row] for row in rows.tolist()])
    texts = [BY_ID[column].text(builtin, NO_MARKS, row, one) for row, one in zip(rows.tolist(), found, strict=True)]
    assert texts == sorted(texts, key=str.casefold if column == "title" else str)


@pytest.mark.parametrize(("letters", "at_once"), [(1, 3), (4, 50), (128, 2_000)])
def test_titles_that_begin_alike_are_told_apart_by_the_rest(
    builtin: DataSet, monkeypatch: pytest.MonkeyPatch, letters: int, at_once: int
) -> None:
    monkeypatch.setattr(table, "TITLE_BYTES", letters)
    monkeypatch.setattr(table, "READ_AT_ONCE", at_once)
    monkeypatch.setattr(table, "COMPARED_AT_ONCE", 7)
    monkeypatch.setitem(vars(builtin), "memo", {})
    rows = ordered(builtin, NO_MARKS, np.arange(len(builtin.events)), "title").tolist()
    titles = {one.key: one.title.casefold() for one in builtin.reader.all("event")}
    assert rows == sorted(range(len(builtin.events)), key=lambda row: titles[builtin.events.keys[row]])


@given(rows=ROWS, column=st.sampled_from([c.id for c in COLUMNS if c.grouped is not None]), falling=st.booleans())
def test_groups_hold_each_row_once_in_its_order(builtin: DataSet, rows: list[int], column: str, falling: bool) -> None:
    marks = NO_MARKS.with_these(Mark("event", builtin.events.keys[row], "reviewed", "ab", "") for row in range(0, 99, 3))  # noqa: E501
    sorted_rows = ordered(builtin, marks, np.array(rows, dtype=np.int64), "title", falling)
    lines = grouped(builtin, marks, sorted_rows, column)
    name_of, members, head = BY_ID[column].grouped, {}, ""
    assert name_of is not None
    for line in range(len(lines.lines)):
        if (found := lines.head(line)) is not None:
            head = found[0]
            assert head not in members
            members[head] = []
        else:
            row = lines.row(line)
            assert row is not None
            assert name_of(builtin, marks, row) == head
            assert lines.line_of(row) == line
            members[head].append(row)
    assert {name: len(some) for name, some in members.items()} == dict(lines.heads)
    assert sorted(row for some in members.values() for row in some) == sorted(rows)
    order = sorted_rows.tolist()
    assert all(some == sorted(some, key=order.index) for some in members.values())


def test_a_closed_group_hides_its_rows_and_keeps_its_number(builtin: DataSet) -> None:
    rows = np.arange(50)
    whole = grouped(builtin, NO_MARKS, rows, "type")
    name, number = whole.heads[0]
    closed = grouped(builtin, NO_MARKS, rows, "type", frozenset([name]))
    assert closed.heads == whole.heads
    assert len(closed.lines) == len(whole.lines) - number


def test_the_words_of_a_line(builtin: DataSet) -> None:
    (dossier,) = builtin.reader.dossiers(["s3-mayadeen-late-may"])
    marks = NO_MARKS.with_these([Mark("event", "s3-mayadeen-late-may", "disputed", "ab", "", note="two authors")])
    row = builtin.events.row_of[dossier.event.key]
    said = {column.id: column.text(builtin, marks, row, dossier) for column in COLUMNS}
    assert said["status"] == "disputed"
    assert (said["by"], said["note"]) == ("ab", "two authors")
    assert " or " in said["who"]
    assert "202" in said["killed"]
    assert (said["place"], said["type"], said["key"]) == ("Mayadin", "strike", "s3-mayadeen-late-may")
    assert all(isinstance(text, str) for text in said.values())
