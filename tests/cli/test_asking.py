"""`info`, `total`, `find` and `show`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from viewer import cli
from viewer.domain.records import TABLES

pytestmark = pytest.mark.usefixtures("builtin_stays_open")


def test_info_tells_what_the_store_holds(ask: Ask) -> None:
    about = ask("info", "--json").json

    assert list(about)[:6] == ["store_id", "title", "schema_version", "counts", "first", "last"]
    assert about["store_id"] == "badia-builtin"
    assert list(about["counts"]) == list(TABLES)
    assert about["counts"]["event"] > 315
    assert about["counts"]["control_claim"] > 1380
    assert about["first"] < "2011-12-31" < "2021-01-01" < about["last"]
    assert about["problems"] == 0


def test_info_for_people_says_the_same(ask: Ask) -> None:
    answer = ask("info")

    assert answer.code == 0
    assert "Syria-Iraq border region" in answer.out
    assert "control_claim" in answer.out


def test_the_strikes_of_the_week_are_thirty_four(ask: Ask) -> None:
    week = ("--from", "2017-12-22", "--to", "2017-12-28")
    found = ask("total", "--measure", "strikes", *week, "--json").json

    assert (found["low"], found["high"], found["value"], found["at_least"]) == (34, 34, 34, False)
    assert len(found["counted"]) == 2
    listed = ask("events", *week, "--type", "strike", "--format", "json").json
    counted = [event for event in listed if event["id"] in found["counted"]]
    assert sum(event["counts"][0]["value"] for event in counted) == 34
    reasons = {row["id"]: row["reason"] for row in found["left_out"]}
    assert {e["id"] for e in listed if e["counts"]} == set(found["counted"]) | set(reasons)


@pytest.mark.parametrize(("country", "number"), [("iraq", 6), ("syria", 28)])
def test_each_country_has_its_own_part(ask: Ask, country: str, number: int) -> None:
    found = ask(
        "total", "--measure", "strikes", "--from", "2017-12-22", "--to", "2017-12-28", "--place", country, "--json"
    ).json

    assert found["value"] == number


def test_rival_tolls_are_a_range_and_minimums_a_sign(ask: Ask) -> None:
    found = ask("total", "--measure", "killed", "--from", "2013", "--to", "2013", "--json").json

    assert found["low"] < found["high"]
    assert found["value"] is None
    assert found["at_least"] is True


def test_total_for_people(ask: Ask) -> None:
    answer = ask("total", "--measure", "strikes", "--from", "2017-12-22", "--to", "2017-12-28")

    assert answer.out.startswith("strikes: 34, from 2 records\n")
    assert "part of s4-strikes-iraq" in answer.out


def test_total_wants_a_known_measure(ask: Ask) -> None:
    for arguments in ((), ("--measure", "apples")):
        answer = ask("total", *arguments)
        assert answer.code == 2
        assert answer.err.startswith("badia: ")


@pytest.mark.parametrize("name", ["Albukamal", "abu kamal", "Boukamal", "البوكمال", "Abu Kamal", "Al-Bukamal"])
def test_one_place_whatever_the_spelling(ask: Ask, name: str) -> None:
    hits = ask("find", name, "--json").json

    assert list(hits[0]) == ["kind", "id", "name", "matched", "score"]
    assert (hits[0]["kind"], hits[0]["id"]) == ("place", "abu-kamal")
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


def test_the_city_and_the_province_are_both_offered(ask: Ask) -> None:
    first_two = ask("find", "Deir Ezzor", "--json").json[:2]

    assert {hit["id"] for hit in first_two} == {"deir-ez-zor", "deir-ez-zor-province"}


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("35.3333 40.15", "coordinate", "35.33330,40.15000"),
        ("35°20'00\"N 40°09'00\"E", "coordinate", "35.33333,40.15000"),
        ("-34.5,40", "coordinate", "-34.50000,40.00000"),
        ("2017-11-14", "date", "2017-11-14"),
        ("14 Nov 2017", "date", "2017-11-14"),
        ("Daesh", "actor", "is"),
    ],
)
def test_coordinates_dates_and_actors_are_found(ask: Ask, text: str, kind: str, key: str) -> None:
    first = ask("find", text, "--json").json[0]

    assert (first["kind"], first["id"]) == (kind, key)


def test_nothing_found_is_no_error(ask: Ask) -> None:
    assert ask("find", "qqqqzzzzxxxx", "--json").json == []
    assert "nothing found" in ask("find", "qqqqzzzzxxxx").out


def test_every_key_that_is_found_can_be_shown(ask: Ask) -> None:
    for hit in ask("find", "mayadin", "--json").json:
        shown = ask("show", f"{hit['kind']}:{hit['id']}", "--json").json
        assert (shown["kind"], shown["id"]) == (hit["kind"], hit["id"])


def test_the_strikes_on_mayadin_name_both_and_who_says_so(ask: Ask) -> None:
    shown = ask("show", "s3-mayadeen-late-may", "--json").json
    rows = {section["title"]: section["rows"] for section in shown["sections"]}

    assert shown["sections"][0]["title"] == "Contradictions"
    blamed = {row["ref"]["id"]: row["note"] for row in rows["Who"] if row["label"] == "perpetrator"}
    assert set(blamed) == {"us-coalition", "russia"}
    assert all(", says " in note for note in blamed.values())
    texts = [row["text"] for row in rows["How many"]]
    assert "202 = 20 + 182" in texts
    assert "182 = 28 + 154" in texts
    apart = {row["label"]: row for row in rows["How many"] if "adds to nothing" in row["note"]}
    assert apart["children"]["text"] == "68"
    assert apart["women"]["text"] == "57"


def test_show_for_people_has_the_same_lines(ask: Ask) -> None:
    out = ask("show", "s3-mayadeen-late-may").out

    assert out.index("CONTRADICTIONS") < out.index("WHEN") < out.index("SOURCES") < out.index("HOW MANY")
    assert "202 = 20 + 182" in out
    assert "182 = 28 + 154" in out


@pytest.mark.parametrize(
    "key", ["raqqa", "sdf", "s0", "claim:raqqa-01", "s3-distance-km", "s1-highway", "s4-strike-definition"]
)
def test_any_record_can_be_shown(ask: Ask, key: str) -> None:
    shown = ask("show", key, "--json").json

    assert list(shown) == ["kind", "id", "title", "about", "record", "sections", "citation"]
    assert shown["sections"]
    assert shown["id"] in shown["citation"]
    assert ask("show", key).out.startswith(shown["title"])


def test_the_holdings_of_an_actor_are_those_of_the_day(ask: Ask) -> None:
    def places(day: str) -> set[str]:
        sections = ask("show", "is", "--on", day, "--json").json["sections"]
        (held,) = [section for section in sections if section["title"].startswith("Holds on")]
        return {row["label"] for row in held["rows"]}

    assert "Mosul (east bank)" in places("2015-06-01")
    assert "Mosul (east bank)" not in places("2018-06-01")


def test_an_unknown_key_gets_one_sentence(ask: Ask) -> None:
    answer = ask("show", "no-such-key")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "badia: no record has the key 'no-such-key'; find one with: badia find 'no-such-key'\n"


@pytest.fixture(scope="module")
def odd_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose keys look like an option, a southern latitude and another kind of record."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "meta.toml").write_text('store_id = "odd"\ntitle = "Odd"\n')
    (folder / "source.csv").write_text("key,publisher\n-x,P\n--json,P\n-5x,P\nevent:y,P\n")
    assert cli.run(["build", "--data", str(folder), "-o", str(folder / "odd.gpkg")]) == 0
    return folder / "odd.gpkg"


@pytest.mark.parametrize("key", ["-x", "--json", "-5x", "event:y", "source:event:y"])
def test_behind_dashes_a_key_may_look_like_anything(ask: Ask, odd_keys: Path, key: str) -> None:
    shown = ask("show", "--json", "--", key, odd_keys).json

    assert (shown["kind"], shown["id"]) == ("source", key.removeprefix("source:"))


@pytest.mark.parametrize("key", ["-5x", "event:y", "source:-x"])
def test_a_key_that_looks_like_no_option_needs_no_dashes(ask: Ask, odd_keys: Path, key: str) -> None:
    assert ask("show", key, odd_keys, "--json").json["id"] == key.removeprefix("source:")


def test_what_stands_behind_dashes_may_be_looked_for_too(ask: Ask, odd_keys: Path) -> None:
    unknown = ask("show", "--", "-y", odd_keys)

    assert unknown.err == "badia: no record has the key '-y'; find one with: badia find -- '-y'\n"
    assert ask("find", "--", "-y", odd_keys).code == 0


def test_options_may_stand_between_text_and_store(ask: Ask, builtin_store: Path) -> None:
    assert ask("find", "raqqa", "--json", builtin_store).json == ask("find", "raqqa", "--json").json
