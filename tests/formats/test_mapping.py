"""Mappings that are kept by name and found again by the header."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.mapping import (
    FILE_NAME,
    MappingError,
    SavedMapping,
    mapping_for,
    mapping_named,
    save_mapping,
    saved_mappings,
    shaped,
)
from viewer.formats.protocol import Shape

ONE = SavedMapping("Field reports", "table", ("Datum", "Was"), {"date": "Datum", "type": "Was"}, {"order": "month"})


def test_a_mapping_is_found_by_its_name_and_by_the_header(tmp_path: Path) -> None:
    save_mapping(tmp_path, ONE)
    assert mapping_named(tmp_path, "field REPORTS") == ONE
    assert mapping_for(tmp_path, "table", ("was", "Datum")) == ONE
    assert mapping_for(tmp_path, "table", ("badia_line", "badia_reason", "Datum", "Was")) == ONE
    assert mapping_for(tmp_path, "table", ("Datum", "Was", "Wo")) is None
    assert mapping_for(tmp_path, "towns", ("Datum", "Was")) is None


def test_the_same_name_again_takes_its_place_and_the_last_fits_first(tmp_path: Path) -> None:
    for number in ("1", "2"):
        save_mapping(tmp_path, SavedMapping("A", "table", ("x",), {"date": number}, {}))
    save_mapping(tmp_path, SavedMapping("B", "table", ("x",), {"date": "3"}, {}))
    assert [one.fields["date"] for one in saved_mappings(tmp_path)] == ["2", "3"]
    found = mapping_for(tmp_path, "table", ("x",))
    assert found is not None
    assert found.name == "B"


def test_an_unknown_name_is_told_with_those_that_are_kept(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="none is kept yet"):
        mapping_named(tmp_path, "x")
    save_mapping(tmp_path, ONE)
    with pytest.raises(MappingError, match="there are: Field reports"):
        mapping_named(tmp_path, "x")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\0b"])
def test_what_is_no_name_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(MappingError, match="is no name"):
        save_mapping(tmp_path, SavedMapping(name, "table", (), {}, {}))


@pytest.mark.parametrize(
    "content",
    ["no toml [", "mapping = 3", "[[mapping]]\nname = 1", '[[mapping]]\nname = "a"\nformat = "b"\ncolumns = [1]'],
)
def test_a_file_that_cannot_be_read_is_set_aside_before_it_is_written_over(tmp_path: Path, content: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(content, encoding="utf-8")
    assert saved_mappings(tmp_path) == ()
    save_mapping(tmp_path, ONE)
    assert saved_mappings(tmp_path) == (ONE,)
    assert path.with_suffix(".bad").read_text(encoding="utf-8") == content


@given(columns=st.lists(st.text()), told=st.dictionaries(st.text(), st.text()))
def test_any_texts_come_back_as_they_were_kept(
    tmp_path_factory: pytest.TempPathFactory, columns: list[str], told: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    kept = SavedMapping("a", "table", tuple(columns), told, told)
    save_mapping(folder, kept)
    assert saved_mappings(folder) == (kept,)


def test_a_kept_mapping_stands_in_for_all_that_was_guessed() -> None:
    shape = Shape(("datum", "Was", "Wo"), {"date": "", "type": "", "place": ""}, {"place": "Wo"}, {"rest": ""})
    found = shaped(shape, ONE)
    assert found.mapping == {"date": "Datum", "type": "Was", "place": ""}
    assert found.settings == {"rest": "", "order": "month"}
