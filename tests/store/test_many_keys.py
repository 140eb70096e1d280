"""Many keys are found at once as each is found alone."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from viewer.store.keys import Keys, RowOf, sorted_rows

WORDS = st.text(st.sampled_from("ab\0é-0"), max_size=5)


@given(st.lists(WORDS, unique=True, max_size=30), st.lists(WORDS | st.just("\ud800"), max_size=12))
@example(["a", "a\0", "a\0\0", "", "aé"], ["a", "a\0", "a\0\0", "", "b"])
@example(["a" * 300, "b"], ["a" * 300, "b", "a" * 299])
@example([], ["a"])
@example(["a"], [])
def test_many_keys_are_found_like_each_of_them(known: list[str], asked: list[str]) -> None:
    keys = Keys.of(known)
    row_of = RowOf(keys, sorted_rows(lambda: keys))

    assert row_of.rows_of(asked + known).tolist() == [row_of.get(key, -1) for key in asked + known]
