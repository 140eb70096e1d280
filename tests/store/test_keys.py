"""Keys in two arrays are the same strings, and each is found where a dictionary would find it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.store import keys as keys_module
from viewer.store.keys import Keys, RowOf, gathered, sorted_rows, starts_of

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MANY = st.lists(WORDS, max_size=40)


@given(MANY)
@example(["", "", "é"])
def test_keys_are_the_strings_they_were_made_of(words: list[str]) -> None:
    keys = Keys.of(words)
    assert list(keys) == words
    assert [keys[row] for row in range(len(keys))] == words
    assert [keys[np.int64(row) - len(words)] for row in range(len(keys))] == words
    assert keys == tuple(words) and keys == Keys.of(words)
    assert keys != (*words, "more")


@given(MANY, st.slices(40))
def test_a_part_of_them_is_a_part_of_the_strings(words: list[str], part: slice) -> None:
    keys = Keys.of(words)
    assert list(keys[part]) == words[part]
    assert keys[part] == Keys.of(words[part])


@given(MANY, WORDS)
def test_they_answer_like_a_tuple(words: list[str], asked: str) -> None:
    keys, plain = Keys.of(words), tuple(words)
    assert (asked in keys, keys.count(asked)) == (asked in plain, plain.count(asked))
    for word in {asked, *words[:3]}:
        if word in plain:
            assert keys.index(word) == plain.index(word)
        else:
            with pytest.raises(ValueError, match="is not among the keys"):
                keys.index(word)


def test_what_is_no_row_and_no_key_is_refused() -> None:
    keys = Keys.of(["a", "b"])
    with pytest.raises(IndexError, match="row 2 of 2"):
        keys[2]
    with pytest.raises(IndexError):
        Keys.of([])[0]
    assert 5 not in keys and "\ud800" not in keys
    assert repr(Keys.of(["a", "b", "c", "d"])) == "Keys('a', 'b', 'c', ... of 4)"


@given(MANY)
def test_rows_are_sorted_like_strings(words: list[str]) -> None:
    found = sorted_rows(lambda: Keys.of(words)).tolist()
    assert found == sorted(range(len(words)), key=lambda row: (words[row], row))


@given(st.lists(st.text("ab\0", max_size=4).map(lambda end: "same" * 5 + end), max_size=20), st.integers(0, 30))
@example(["same" * 5 + "a", "same" * 5], 0)
@example(["same" * 5 + "b", "same" * 5 + "a\0", "same" * 5 + "a", "other"], 0)
def test_long_keys_that_begin_alike_are_sorted_too(words: list[str], sorted_bytes: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys_module, "SORTED_BYTES", sorted_bytes // 8 * 8)
        found = sorted_rows(lambda: Keys.of(words)).tolist()
    assert found == sorted(range(len(words)), key=lambda row: (words[row], row))


@given(st.lists(st.text("ab\0", min_size=9, max_size=9).map(lambda end: "ev-" + end), max_size=20), st.integers(0, 5))
def test_keys_of_one_length_are_sorted_too(words: list[str], first: int) -> None:
    keys = Keys.of(words)[first:]
    found = sorted_rows(lambda: keys).tolist()
    assert found == sorted(range(len(words[first:])), key=lambda row: (words[first + row], row))


@given(st.lists(WORDS, unique=True, max_size=40), WORDS)
def test_the_row_of_a_key_is_what_a_dictionary_says(words: list[str], asked: str) -> None:
    keys = Keys.of(words)
    row_of, plain = RowOf(keys, sorted_rows(lambda: keys)), {word: row for row, word in enumerate(words)}
    assert dict(row_of) == plain
    assert row_of.get(asked) == plain.get(asked)
    assert (asked in row_of) == (asked in plain)
    assert len(row_of) == len(plain) and list(row_of) == list(plain)
    with pytest.raises(KeyError):
        row_of["\ud800"]


@given(st.lists(st.text("ab\0é", max_size=4), unique=True, max_size=30), st.integers(0, 3))
@example(["a", "a\0", "aa"], 0)
@example(["ab", "ba", "bb"], 0)
def test_the_rows_of_many_keys_are_those_of_each(words: list[str], gone: int) -> None:
    keys = Keys.of(words[gone:])
    row_of = RowOf(keys, sorted_rows(lambda: keys))
    asked = [*reversed(words), *words[:2], "", "a\0\0", "zz", "\ud800", "ab" * 200][: len(words) + 6]
    for some in (asked, asked[: len(words)], asked[:-1], []):
        assert row_of.rows_of(some).tolist() == [row_of.get(key, -1) for key in some]


@given(MANY, st.data())
def test_keys_are_gathered_in_any_order(words: list[str], data: st.DataObject) -> None:
    rows = np.array(data.draw(st.permutations(range(len(words)))), dtype=np.int32)
    keys = Keys.of(words)
    lengths = np.diff(keys.starts)[rows].astype(np.uint32)
    assert list(Keys(gathered(keys, rows), starts_of(lengths))) == [words[row] for row in rows]
