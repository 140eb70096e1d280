"""Finding in any spelling: exact names first, then beginnings, then likenesses, and events below them."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.store import file, search
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.progress import Cancelled
from viewer.store.search_text import fold, sound, squeezed


def events_with(data: DataSet, text: str) -> set[str]:
    """The keys of the events in whose text every word occurs."""
    return {data.events.keys[int(row)] for row in data.finder.rows_with(text)}


@pytest.mark.parametrize("query", ["Albukamal", "abu kamal", "Boukamal", "البوكمال", "ABU-KAMAL", "al boukamal"])
@pytest.mark.parametrize("which", ["small", "builtin"])
def test_every_spelling_finds_the_same_place_first(which: str, query: str, request: pytest.FixtureRequest) -> None:
    data: DataSet = request.getfixturevalue(which)
    first = data.finder.find(query)[0]
    assert (first.kind, first.key) == ("place", "abu-kamal")


@pytest.mark.parametrize("which", ["small", "builtin"])
def test_city_and_province_of_one_name_are_both_offered(which: str, request: pytest.FixtureRequest) -> None:
    data: DataSet = request.getfixturevalue(which)
    hits = data.finder.find("Deir Ezzor")[:2]
    assert [data.places[hit.key].kind in ("city", "town") for hit in hits] == [True, False]
    assert data.places[hits[1].key].kind == "province"
    assert data.finder.keys_of("place", "Deir Ezzor") == [hit.key for hit in hits]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("Humeimah", "humaymah"), ("Humaimah", "humaymah"), ("Mayadeen", "mayadin"), ("Myadin", "mayadin"),
        ("Sukhna", "al-sukhnah"), ("Sokhna", "al-sukhnah"), ("Jalula", "jalawla"), ("Jalawlah", "jalawla"),
        ("Raqa", "raqqa"), ("Tanf", "al-tanf"), ("الرقه", "raqqa"), ("تدمر", "palmyra"),
    ],
)  # fmt: skip
def test_misspellings_hit_the_place(builtin: DataSet, query: str, key: str) -> None:
    hits = builtin.finder.find(query)
    assert hits[0].key == key, hits[:3]


@pytest.mark.parametrize(
    ("query", "key"), [("IS", "is"), ("isis", "is"), ("داعش", "is"), ("SDF", "sdf"), ("Goverment forces", "gov")]
)
def test_actors_are_found_by_alias(small: DataSet, query: str, key: str) -> None:
    assert (small.finder.find(query)[0].kind, small.finder.find(query)[0].key) == ("actor", key)
    assert small.finder.keys_of("actor", query) == [key]


def test_names_stand_above_events_and_words_of_titles_above_words_of_texts(small: DataSet) -> None:
    hits = small.finder.find("mayadin")
    assert [hit.kind for hit in hits[:2]] == ["place", "event"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert small.finder.find("russia struck")[0].score < small.finder.find("coalition strikes")[0].score
    assert [hit.key for hit in small.finder.find("families")] == ["may-strikes"]


def test_what_has_the_very_words_stands_above_what_is_spelled_like_them(builtin: DataSet) -> None:
    hits = builtin.finder.find("tribal")
    with_words = [hit.key for hit in hits if "tribal" in hit.name.casefold()]

    assert {hit.kind for hit in hits[: len(with_words)]} == {"actor", "event"}
    assert [hit.key for hit in hits[: len(with_words)]] == with_words
    assert "trebil-crossing" in [hit.key for hit in hits[len(with_words) :]]


def test_beginnings_of_words_count_as_the_words_do(builtin: DataSet) -> None:
    hits = builtin.finder.find("convoy")
    titles = [hit.name.casefold() for hit in hits]
    plural = next(number for number, title in enumerate(titles) if "convoys" in title)

    assert all("convoy" in title for title in titles[:plural])
    assert hits[plural].score > 90


def test_a_kind_of_event_finds_events(small: DataSet) -> None:
    hits = small.finder.find("strike")
    assert {hit.kind for hit in hits} == {"event"}
    assert {"week", "may-strikes", "may-strikes-again"} <= {hit.key for hit in hits}
    assert [hit.key for hit in small.finder.find("ambush")] == ["highway"]


def test_an_event_is_found_by_its_key(small: DataSet) -> None:
    hit = small.finder.find("week-syria-town")[0]
    assert (hit.kind, hit.key, hit.score) == ("event", "week-syria-town", 100.0)


def test_every_word_must_occur(small: DataSet) -> None:
    assert events_with(small, "coalition week") == {"week", "week-iraq", "week-syria"}
    assert events_with(small, "coalition counted") == {"week"}
    assert events_with(small, "coalition zebra") == set()
    assert events_with(small, "") == set()


def test_parts_of_arabic_words_are_found(small: DataSet) -> None:
    assert "month" in events_with(small, "كمال")
    assert "month" in events_with(small, "بو")
    assert small.finder.find("المي")[0].key == "mayadin"
    assert small.finder.find("مي")[0].key == "mayadin"


def test_short_latin_words_count_whole(small: DataSet) -> None:
    found = events_with(small, "is")
    assert found == {"speech", "sweep"}
    assert "month" not in found


@pytest.mark.parametrize(
    "query",
    ['"', "'", '" OR "', "week OR", "NEAR(a b)", "title:week", "a*", "%", "_", "--", "(", "^x", "\\", "AND", "\0",
     "-week", "week " * 5000, "x" * 100_000, "َ", "ـ",
     "a b c d e f g h i j k l m n o p q r s t u v w x y z"],
)  # fmt: skip
def test_operators_are_letters_like_any_other(small: DataSet, query: str) -> None:
    assert isinstance(small.finder.find(query), list)
    assert len(small.finder.rows_with(query)) <= len(small.events)
    assert isinstance(small.finder.keys_of("place", query), list)


def test_a_percent_sign_is_no_wildcard(small: DataSet) -> None:
    assert events_with(small, "_k") == set()
    assert events_with(small, "%") == set()


def test_a_text_that_was_looked_ahead_for_is_not_looked_for_again(
    small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW_EVENTS", 0)
    found = small.finder.rows_with("highway").tolist()
    fresh = small.finder
    fresh._found.clear()
    assert not fresh.knows("highway")
    fresh.look_ahead("highway", lambda: None)
    assert fresh.knows(" Highway ")
    monkeypatch.setattr(fresh, "_rows_of", None)
    assert fresh.rows_with("highway").tolist() == found != []


@given(st.lists(st.sampled_from(["is", "highway", "river", "strike", "deir", "zzz", "al", "e"]), max_size=3))
def test_what_is_kept_of_a_text_is_what_was_found(small: DataSet, words: list[str]) -> None:
    finder, text = small.finder, " ".join(words)
    expected = finder._rows_of(search._words(text), finder._reader.store, lambda: None).tolist()
    finder._found.clear()
    assert [finder.rows_with(text).tolist() for _ in range(2)] == [expected, expected]


def test_looking_ahead_can_be_given_up_and_spoils_nothing(small: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW_EVENTS", 0)
    monkeypatch.setattr(file, "UNTOLD_STEPS", 1)
    small.finder._found.clear()

    def give_up() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        small.finder.look_ahead("hi", give_up)
    assert small.finder.indexed
    assert not small.finder.knows("hi")
    assert events_with(small, "highway")


def test_only_the_texts_asked_for_last_are_kept(small: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW_EVENTS", 0)
    monkeypatch.setattr(search, "TEXTS_KEPT", 2)
    small.finder._found.clear()
    for text in ("highway", "river", "highway", "bridge"):
        small.finder.rows_with(text)
    assert [small.finder.knows(text) for text in ("highway", "river", "bridge")] == [True, False, True]


def test_a_search_of_limited_time_ends_and_leaves_the_index(small: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    store = small.finder._reader.store
    store.within().set_progress_handler(store._overdue, 1)
    assert [hit for hit in small.finder.find("is", seconds=-1.0) if hit.kind == "event"] == []
    assert small.finder.indexed
    assert [hit for hit in small.finder.find("is") if hit.kind == "event"] != []


def test_a_search_that_ran_out_of_time_may_be_told_of_another_error(
    small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite keeps one last error for each connection, which is another thread's when that asked in the meantime."""

    class Confused:
        def execute(self, *_: object) -> None:
            raise sqlite3.DatabaseError("another row available")

    store = small.finder._reader.store
    honest = store.within

    def within(seconds: float = 1.0) -> object:
        return Confused() if honest(seconds) and seconds < 0 else honest()

    monkeypatch.setattr(store, "within", within)
    assert [hit for hit in small.finder.find("strike", seconds=-1.0) if hit.kind == "event"] == []
    assert small.finder.indexed


@given(st.text(max_size=20))
def test_any_text_may_be_asked(small: DataSet, query: str) -> None:
    hits = small.finder.find(query, 5)
    assert len(hits) <= 5
    assert all(0 <= hit.score <= 100 for hit in hits)


DESTROYS_THE_INDEX = (
    "DELETE FROM search_data", "UPDATE search_data SET block = x'ffffffff'", "DELETE FROM search_content WHERE id < 5",
    "DROP TABLE search_content", "DROP TABLE search_config", "DROP TABLE search_idx", "DROP TABLE search_data",
)  # fmt: skip


@pytest.mark.parametrize("spoil", [*DESTROYS_THE_INDEX, "DROP TABLE search", "DROP TABLE search_docsize"])
def test_without_the_index_texts_are_searched_all_the_same(small_store: Path, tmp_path: Path, spoil: str) -> None:
    path = Path(shutil.copy(small_store, tmp_path / "copy.gpkg"))
    db = sqlite3.connect(path)
    db.execute("PRAGMA writable_schema = ON")
    if spoil.startswith("DROP TABLE search_"):
        name = spoil.rsplit(maxsplit=1)[-1]
        db.execute("DELETE FROM sqlite_schema WHERE name = ?", (name,))
        db.commit()
        db.execute("VACUUM")
    else:
        db.execute(spoil)
    db.commit()
    db.close()
    data = open_dataset(path)
    assert {str(p).split(":")[0] for p in data.problems} <= {"search"}
    assert len(data.problems) == (spoil in DESTROYS_THE_INDEX)
    assert "week" in {hit.key for hit in data.finder.find("coalition strikes")}
    assert data.finder.find("Boukamal")[0].key == "abu-kamal"
    data.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Al-Mayadin", "mayadin"), ("Deir ez-Zor", "deir zor"), ("As-Sukhnah", "SUKHNAH"), ("Jalula’", "jalula"),
        ("Tell Afar", "tell-afar"), ("أبو كمال", "ابو كمال"), ("الرقّة", "رقه"), ("مَيَادِين", "ميادين"),
        ("ميـــادين", "ميادين"),
        ("الميادين", "ميادين"), ("موسى", "موسي"), ("ﻣﻮﺻﻞ", "موصل"), ("Île", "ile"),
        ("  a   b ", "a b"), ("Ra'qa", "raqa"),
    ],
)  # fmt: skip
def test_spellings_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other) == fold(fold(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Humaymah", "Humeima"), ("Mayadeen", "Mayadin"), ("Sukhnah", "Sokhna"), ("Jalawla", "Jalula"), ("Raqqa", "Raka"),
     ("Abu Kamal", "Albukamal"), ("Qaim", "Kaim"), ("Boukamal", "Albu Kamal")],
)  # fmt: skip
def test_names_that_sound_alike_are_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_different_names_do_not_sound_alike() -> None:
    names = ["Mosul", "Raqqa", "Hawija", "Palmyra", "Rawa", "Hit", "Ana", "Anah", "Tikrit", "Kirkuk"]
    assert len({sound(name) for name in names}) == len(names) - 1
    assert squeezed("Albukamal") == "bukamal"
