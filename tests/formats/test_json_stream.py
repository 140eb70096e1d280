"""JSON piece by piece: the same values as when all is read at once, and a broken piece costs itself alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats import json_stream
from viewer.formats.infile import InFile, ReadError
from viewer.formats.json_stream import JsonStream, Piece

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e300, 1e300) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
PLAIN = st.text(st.characters(exclude_categories=("Cs",)))


def pieces(path: Path, text: str, *lists: str) -> tuple[list[Piece], JsonStream]:
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    stream = JsonStream(InFile(path), lists)
    return list(stream.pieces()), stream


@given(values=st.lists(VALUES, max_size=6), chunk=st.integers(1, 40), indent=st.sampled_from([None, 1]))
def test_the_elements_of_a_list_are_those_of_the_whole(tmp_path: Path, values: Any, chunk: int, indent: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        found, _ = pieces(tmp_path / "a.json", json.dumps(values, indent=indent))
        assert [(piece.number, piece.value) for piece in found] == list(enumerate(values, start=1))
        told = {"before": 'a "name\\" ]}', "features": values, "after": {"x": [1]}}
        found, stream = pieces(tmp_path / "a.json", json.dumps(told, indent=indent), "features")
        assert [piece.value for piece in found] == values
        assert stream.head == {"before": told["before"], "after": told["after"]}
        assert stream.found == "features"


@given(rows=st.lists(st.dictionaries(PLAIN, VALUES, min_size=1, max_size=3), min_size=2, max_size=5))
def test_values_stand_one_after_the_other(tmp_path: Path, rows: list[Any]) -> None:
    found, _ = pieces(tmp_path / "a.json", "\n".join(json.dumps(row) for row in rows))
    assert [piece.value for piece in found] == rows


def test_an_object_without_a_list_is_the_only_element(tmp_path: Path) -> None:
    found, _ = pieces(tmp_path / "a.json", '{"type": "Point",\n"coordinates": [1, 2]}', "features")
    assert [piece.value for piece in found] == [{"type": "Point", "coordinates": [1, 2]}]


def test_a_broken_element_costs_itself_alone(tmp_path: Path) -> None:
    deep = "[" * 50 + "]" * 50
    found, _ = pieces(tmp_path / "a.json", f'[{{"a": 1}}, {{"a": tru}}, {{"b": {deep}}}, {{"c": 3}}]')
    assert [piece.value for piece in found] == [{"a": 1}, None, None, {"c": 3}]
    assert "is no JSON" in found[1].problem
    assert "nested deeper" in found[2].problem


def test_a_bomb_of_brackets_is_told_not_obeyed(tmp_path: Path) -> None:
    found, _ = pieces(tmp_path / "a.json", '[{"a": 1}, ' + "[" * 1_000_000 + "]" * 1_000_000 + ', {"c": 3}]')
    assert [piece.value for piece in found] == [{"a": 1}, None, {"c": 3}]


def test_a_file_that_ends_in_the_middle_gives_what_came_before(tmp_path: Path) -> None:
    for text in ('{"features": [{"a": 1}, {"b": "never en', '{"features": [{"a": 1}, ', '[{"a": 1}'):
        found, _ = pieces(tmp_path / "a.json", text, "features")
        assert found[0].value == {"a": 1}
        assert [piece.problem for piece in found[1:]] == [json_stream.CUT]


def test_an_element_that_is_too_large_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MAX_PIECE", 1000)
    monkeypatch.setattr(json_stream, "CHUNK", 300)
    text = json.dumps([{"a": 1}, {"b": "x" * 5000}, {"b": [[1, 2]] * 500}, {"c": 3}])
    found, _ = pieces(tmp_path / "a.json", text)
    assert [piece.value for piece in found] == [{"a": 1}, None, None, {"c": 3}]
    assert "larger than" in found[1].problem
    assert len(found[1].text) <= json_stream.SHOWN


@pytest.mark.parametrize("text", ["", "  \n", "no JSON", "5", '{"a" 1', '{"a": "b'])
def test_what_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReadError):
        pieces(tmp_path / "a.json", text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"a": "دير الزور"}]', encoding=encoding)
    assert [piece.value for piece in JsonStream(InFile(path), ()).pieces()] == [{"a": "دير الزور"}]


@given(data=st.binary(max_size=200))
def test_any_bytes_end_in_pieces_or_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + data)
    try:
        list(JsonStream(InFile(path), ()).pieces())
    except ReadError as error:
        assert str(path) in str(error)
