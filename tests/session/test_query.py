"""Words to filters: any spelling, any alias, and a clear refusal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from viewer.domain.dates import iso
from viewer.session.query import QueryError, actor_keys, event_type, first_day, last_day, place_keys
from viewer.store.dataset import DataSet


@pytest.mark.parametrize("text", ["abu-kamal", "Abu Kamal", "albukamal", "Al-Boukamal", "البوكمال", "abukamal"])
def test_a_place_by_any_spelling(small: DataSet, text: str) -> None:
    assert place_keys(small, text) == ("abu-kamal",)


def test_a_name_that_town_and_province_share_means_both(small: DataSet) -> None:
    assert set(place_keys(small, "Deir Ezzor")) == {"dz", "dz-province"}
    assert place_keys(small, "dz") == ("dz",)


@pytest.mark.parametrize("text", ["is", "ISIS", "isis", "Islamic State", "داعش"])
def test_an_actor_by_any_alias(small: DataSet, text: str) -> None:
    assert actor_keys(small, text) == ("is",)


@pytest.mark.parametrize("text", ["", "xqzv", "!!!", "12345"])
def test_an_unknown_name_is_refused_with_advice(small: DataSet, text: str) -> None:
    with pytest.raises(QueryError, match="try"):
        actor_keys(small, text)
    with pytest.raises(QueryError, match="try"):
        place_keys(small, text)


@pytest.mark.parametrize(
    ("ask", "text", "offered"),
    [
        (actor_keys, "coalition", "us-coalition"), (actor_keys, "army", "saa"), (actor_keys, "Kurdish", "sdf"),
        (place_keys, "Ankara", "al-asharah"), (place_keys, "Kamal", "abu-kamal"),
    ],
)  # fmt: skip
def test_a_doubtful_name_is_refused_with_candidates(
    builtin: DataSet, ask: Callable[[DataSet, str], tuple[str, ...]], text: str, offered: str
) -> None:
    with pytest.raises(QueryError, match=f"is called '{text}'; did you mean: .*{offered} ") as refused:
        ask(builtin, text)
    assert str(refused.value).count(" (") <= 5 * 2


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Humeimah", {"humaymah"}), ("Mayadeen", {"mayadin"}), ("Albukamal", {"abu-kamal"}), ("Myadin", {"mayadin"}),
        ("Raqah", {"raqqa"}), ("Deir Ezor", {"deir-ez-zor", "deir-ez-zor-province"}), ("Mosil", {"mosul"}),
    ],
)  # fmt: skip
def test_a_clear_misspelling_is_accepted(builtin: DataSet, text: str, keys: set[str]) -> None:
    assert set(place_keys(builtin, text)) == keys


def test_a_type_is_known_or_refused() -> None:
    assert event_type("strike") == "strike"
    with pytest.raises(QueryError, match="known are battle"):
        event_type("party")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017-12-22", "2017-12-22", "2017-12-22"),
        ("2017-02", "2017-02-01", "2017-02-28"),
        ("2017", "2017-01-01", "2017-12-31"),
        ("2017-12-22/2017-12-28", "2017-12-22", "2017-12-28"),
    ],
)
def test_a_date_has_a_first_and_a_last_day(text: str, first: str, last: str) -> None:
    assert (iso(first_day(text)), iso(last_day(text))) == (first, last)


@pytest.mark.parametrize("text", ["", "../2017", "soon", "2017-13"])
def test_a_date_without_a_first_day_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        first_day(text)
