"""Contradictions: every account is there beside who gives it, nothing is averaged, and interest is never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.random_records import data_sets
from viewer.domain.actors import Actor, ActorName, ActorRelation
from viewer.domain.counts import Count, figure_of
from viewer.domain.dates import parse, words
from viewer.domain.dossier import Dossier
from viewer.domain.events import DOUBTED, Event, EventActor, EventDate, EventPlace, EventSource
from viewer.domain.places import Place
from viewer.domain.records import Meta, Records
from viewer.domain.sources import Source
from viewer.session.card_event import event_card
from viewer.session.cards import card_of, card_text
from viewer.session.citation import citation
from viewer.session.contradictions import (
    Contradiction,
    apart_words,
    contradictions,
    disputed_counts,
    fit_words,
    span_words,
)
from viewer.session.describe import count_words
from viewer.session.interest import (
    AGAINST,
    FOR,
    NOT_KNOWN,
    interest_of_figure,
    interest_of_role,
    parties_of,
    side_of_source,
    sides_of,
    speakers,
)
from viewer.session.nearby import near_of
from viewer.session.state import Reading, Ref
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.writer import write_store

Build = Callable[..., DataSet]


def found(data: DataSet, key: str) -> dict[str, Contradiction]:
    dossier = data.dossier(key)
    assert dossier is not None
    return {one.title: one for one in contradictions(data, dossier)}


def every(data: DataSet) -> list[Dossier]:
    return data.reader.dossiers(data.events.keys)


# the built-in data


def test_each_disputed_incident_of_the_built_in_data_has_contradictions(builtin: DataSet) -> None:
    disputed = [dossier for dossier in every(builtin) if dossier.event.actuality == "disputed"]
    assert len(disputed) >= 95
    bare = [d.event.key for d in disputed if len(contradictions(builtin, d)) < 2]
    assert len(bare) <= len(disputed) // 10, "more than the word 'disputed' is known of nearly all"
    assert all(contradictions(builtin, dossier)[0].title == "Certainty" for dossier in disputed)


def test_the_strike_with_nine_tolls_shows_them_all(builtin: DataSet) -> None:
    killed = found(builtin, "tokhar-2016-07-19")["Killed"]
    said = {account.says: account for account in killed.accounts}

    assert len(killed.accounts) == 9
    assert set(said) == {"10\u201320", "up to 24", "up to 56", "about 60", "\u2265 73", "117", "124", "160",
                         "78\u2013203"}  # fmt: skip
    assert said["117"].who == "a Manbij activist"
    assert killed.says == "9 figures of 2 groups"
    assert killed.groups == (
        ("civilians", "0\u2013203", "no number fits all of them, the rough ones apart"), ("civilians named", "73+", ""),
    )  # fmt: skip
    interest = said["up to 24"].interest
    assert interest is not None and interest.verdict == FOR
    unknown = said["117"].interest
    assert unknown is not None and unknown.verdict == NOT_KNOWN


def test_no_account_of_a_number_is_made_up_or_lost(builtin: DataSet) -> None:
    """Whatever is shown as a number is one that a source gives, and all that rival each other are shown."""
    for dossier in every(builtin):
        accounts = [a for one in contradictions(builtin, dossier) if one.about == "numbers" for a in one.accounts]
        rivals = disputed_counts(dossier.counts)
        assert sorted(account.says for account in accounts) == sorted(map(count_words, rivals))
        stated = {(count.value, count.min, count.max) for count in rivals}
        ends = {number for numbers in stated for number in numbers if number is not None} | {0.0}
        assert all({a.figure.low, a.figure.high} <= ends for a in accounts if a.figure), dossier.event.key


def test_where_nothing_differs_nothing_is_contradicted(builtin: DataSet) -> None:
    for dossier in every(builtin):
        alone = len({count_words(count) for count in dossier.counts}) == len(dossier.counts) <= 1
        plain = (
            alone and dossier.event.actuality not in DOUBTED and not dossier.dates and not dossier.links
            and not any(source.says for source in dossier.sources)
            and all(row.certainty == "established" for row in (*dossier.actors, *dossier.places))
            and not any(row.role == "denier" for row in dossier.actors)
            and not any(row.role.endswith("-as") for row in dossier.places)
        )  # fmt: skip
        if plain:
            assert contradictions(builtin, dossier) == (), dossier.event.key


def test_interest_is_told_only_of_somebody_whose_side_is_known(builtin: DataSet) -> None:
    told = 0
    for dossier in every(builtin):
        parties = parties_of(builtin, dossier)
        for one in contradictions(builtin, dossier):
            for account in one.accounts:
                assert account.interest is None or account.interest.because
                told += account.interest is not None and account.interest.known
        for row in dossier.actors:
            interest = interest_of_role(builtin, parties, row)
            sides = sides_of(builtin, speakers(builtin, row.claimed_by))
            if row.claimed_by and not sides and row.role == "perpetrator":
                assert not interest.known, (dossier.event.key, row)
    assert told > 20


def test_a_monitor_and_civilians_are_no_side(builtin: DataSet) -> None:
    assert sides_of(builtin, ["sohr"]) == frozenset()
    assert sides_of(builtin, ["civilians"]) == frozenset()
    assert sides_of(builtin, ["coalition-spokesman"]) == {"US-led coalition"}, "by what he is part of"
    assert speakers(builtin, "US-led coalition, first estimate") == ("us-coalition",)
    assert speakers(builtin, "ISIS") == ("is",)
    assert speakers(builtin, "residents; local media") == ()


# made records


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    opened: list[DataSet] = []

    def built(**tables: list[Any]) -> DataSet:
        path = tmp_path / f"{len(opened)}.gpkg"
        write_store(Records(Meta("made", "Made"), dict(tables)), path)
        opened.append(open_dataset(path))
        return opened[-1]

    yield built
    for data in opened:
        data.close()


ACTORS = [
    Actor(key="red", name="Red army", kind="state", bloc="Red"),
    Actor(key="blue", name="Blue front", kind="armed group", bloc="Blue"),
    Actor(key="cell", name="A cell", kind="people"),
    Actor(key="people", name="People", kind="people", bloc="People"),
    Actor(key="twin1", name="Twins", kind="state", bloc="Red"),
    Actor(key="twin2", name="Twins", kind="state", bloc="Blue"),
]
SOURCES = [
    Source(key="s", publisher="Red daily", alignment="red", reliability="E"),
    Source(key="n", publisher="Nobody's paper"),
]


def of_parties(build: Build, doer: str, target: str, *counts: Count, more: tuple[EventActor, ...] = ()) -> DataSet:
    rows = [
        EventActor(event="e", actor=doer, role="perpetrator", certainty="alleged"),
        EventActor(event="e", actor=target, role="target"), *more,
    ]  # fmt: skip
    return build(
        actor=ACTORS, source=SOURCES, event=[Event(key="e", title="E", type="strike", date=parse("2017-01-01"))],
        event_actor=rows, count=list(counts), event_source=[EventSource(event="e", source="s")],
        actor_name=[ActorName(actor="red", name="The reds")],
        actor_relation=[ActorRelation(actor="cell", kind="part of", other="blue", source="s"),
                        ActorRelation(actor="blue", kind="part of", other="cell", source="s")],
    )  # fmt: skip


def killed(value: float, reporter: str = "", **more: Any) -> Count:
    return Count(event="e", measure="killed", value=value, reporter=reporter, **more)


def verdicts(data: DataSet) -> dict[str, str]:
    dossier = data.dossier("e")
    assert dossier is not None
    parties = parties_of(data, dossier)
    return {c.reporter: interest_of_figure(data, parties, c, dossier.counts).verdict for c in dossier.counts}


@pytest.mark.parametrize(
    ("target", "red", "blue", "expected"),
    [
        ("people", 5, 50, {"red": FOR, "blue": NOT_KNOWN}),
        ("people", 50, 5, {"red": AGAINST, "blue": NOT_KNOWN}),
        ("blue", 50, 5, {"red": FOR, "blue": FOR}),
        ("blue", 5, 50, {"red": AGAINST, "blue": AGAINST}),
        ("blue", 5, 5, {"red": NOT_KNOWN, "blue": NOT_KNOWN}),
    ],
)
def test_a_toll_serves_or_harms_the_side_that_gives_it(
    build: Build, target: str, red: float, blue: float, expected: dict[str, str]
) -> None:
    """Red did it. Few unarmed dead serve it, many dead of the other side do; losses of one's own are better few."""
    assert verdicts(of_parties(build, "red", target, killed(red, "red"), killed(blue, "blue"))) == expected


def test_civilians_among_the_dead_of_the_other_side_turn_it_round(build: Build) -> None:
    rows = (killed(5, "red", group="civilians"), killed(50, "blue", group="civilians"))
    assert verdicts(of_parties(build, "red", "blue", *rows)) == {"red": FOR, "blue": FOR}


def test_whoever_claims_the_deed_may_boast(build: Build) -> None:
    claim = EventActor(event="e", actor="red", role="claimant")
    data = of_parties(build, "red", "people", killed(50, "red"), killed(5, "x"), more=(claim,))
    assert verdicts(data)["red"] == NOT_KNOWN


@pytest.mark.parametrize("reporter", ["Twins", "a man in the street", "people", ""])
def test_without_a_side_nothing_is_known(build: Build, reporter: str) -> None:
    counts = (killed(5, reporter, source="n"), killed(50, "blue"), killed(70, "somebody else"))
    assert verdicts(of_parties(build, "red", "people", *counts))[reporter] == NOT_KNOWN


@pytest.mark.parametrize("reporter", ["red", "Red army", "the REDS", "Red army, later count", ""])
def test_a_side_is_known_by_key_name_alias_or_by_its_paper(build: Build, reporter: str) -> None:
    counts = (killed(5, reporter, source="s"), killed(50, "blue"))
    assert verdicts(of_parties(build, "red", "people", *counts))[reporter] == FOR


def test_a_denial_serves_the_accused_unless_its_part_is_established(build: Build) -> None:
    denier = EventActor(event="e", actor="red", role="denier")
    for certainty, expected in (("alleged", FOR), ("established", NOT_KNOWN)):
        data = build(
            actor=ACTORS, source=SOURCES, event=[Event(key="e", title="E", type="strike")],
            event_actor=[EventActor(event="e", actor="red", role="perpetrator", certainty=certainty), denier],
        )  # fmt: skip
        dossier = data.dossier("e")
        assert dossier is not None
        assert interest_of_role(data, parties_of(data, dossier), denier).verdict == expected


def test_naming_ones_own_side_that_was_hit_is_against_ones_interest(build: Build) -> None:
    own = EventActor(event="e", actor="blue", role="perpetrator", certainty="alleged", claimed_by="blue")
    other = EventActor(event="e", actor="red", role="perpetrator", certainty="alleged", claimed_by="blue")
    data = of_parties(build, "red", "blue", more=(own, other))
    dossier = data.dossier("e")
    assert dossier is not None
    parties = parties_of(data, dossier)
    assert interest_of_role(data, parties, own).verdict == AGAINST
    assert interest_of_role(data, parties, other).verdict == FOR


def test_a_source_is_set_against_both_ends(build: Build) -> None:
    data = of_parties(build, "red", "people")
    dossier = data.dossier("e")
    assert dossier is not None
    parties = parties_of(data, dossier)
    assert side_of_source(data, parties, "s") == "takes the side of Red army, which is said to have done it"
    assert side_of_source(data, parties, "n") == ""
    assert side_of_source(data, parties, "gone") == ""


def test_other_dates_and_places_stand_beside_the_records_own(build: Build) -> None:
    data = build(
        source=SOURCES,
        place=[Place(key="a", name="A", lon=40.0, lat=35.0), Place(key="b", name="B", lon=40.0, lat=36.0),
               Place(key="c", name="C")],
        event=[Event(key="e", title="E", type="strike", date=parse("2017-01-02"))],
        event_date=[EventDate(event="e", date=parse("2017-01-05"), source="s", note="a Thursday"),
                    EventDate(event="e", date=parse("2017-01-02"), source="n")],
        event_place=[EventPlace(event="e", place="a"), EventPlace(event="e", place="b", role="reported-as"),
                     EventPlace(event="e", place="c", certainty="alleged")],
    )  # fmt: skip
    told = found(data, "e")
    own, other = told["Dates"].accounts
    assert own.own and own.says == "2 Jan 2017" and "Nobody's paper" in own.who
    assert (other.says, other.who) == ("5 Jan 2017", "Red daily, undated")
    assert other.notes == ("3 days later", "a Thursday", "E, unreliable")
    main, reported, alleged = told["Places"].accounts
    assert [account.says for account in (main, reported, alleged)] == ["A", "B", "C"]
    assert "111 km away" in reported.notes
    assert alleged.who == "at, alleged"


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        ("2017-01-02", "2017-01-03", "1 day later"), ("2017-01-02", "2016-12-30", "3 days earlier"),
        ("2017-01", "2017-01-03", "within it"), ("2017-01-02", "2017-01", "overlaps it"), ("", "2017", ""),
        ("../2017-01-02", "2017-02", "30 days later"), ("2017-01-02/..", "2019", "overlaps it"),
    ],
)  # fmt: skip
def test_how_dates_lie_to_each_other(own: str, other: str, said: str) -> None:
    assert apart_words(parse(own), parse(other)) == said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"value": 18, "qualifier": "at-least"}, {"value": 42}], "42 would fit all of them"),
        ([{"value": 18}, {"value": 42}], "no number fits all of them"),
        ([{"value": 18, "qualifier": "at-least"}, {"value": 30, "qualifier": "at-least"}],
         "30 or more would fit all of them"),
        ([{"min": 10, "max": 20}, {"value": 15, "qualifier": "up-to"}], "10 to 15 would fit all of them"),
        ([{"value": 80, "qualifier": "over"}, {"value": 80}], "no number fits all of them"),
        ([{"value": 5}, {"qualifier": "claimed-none"}], "no number fits a denial and the others"),
        ([{"value": 5}, {"value": 6, "qualifier": "about"}], ""),
        ([{"value": 5}, {"value": 5, "qualifier": "at-least"}, {"value": 60, "qualifier": "about"}],
         "5 would fit all of them, the rough ones apart"),
    ],
)  # fmt: skip
def test_whether_one_number_could_be_meant_by_all(rows: list[dict[str, Any]], said: str) -> None:
    assert fit_words([Count(event="e", measure="killed", **row) for row in rows]) == said


NUMBERS = st.integers(0, 300).map(float)
COUNTS = st.builds(
    lambda value, least, most, qualifier: Count(
        event="e", measure="killed", value=value, min=least, qualifier=qualifier,
        max=None if most is None else most + (least or 0) + (value or 0),
    ),
    st.none() | NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS,
    st.sampled_from(["exact", "at-least", "over", "about", "up-to", "under", "range", "dozens", "claimed-none"]),
)  # fmt: skip


@given(st.lists(COUNTS, min_size=1, max_size=9))
def test_a_range_reaches_from_the_lowest_to_the_highest_figure(rows: list[Count]) -> None:
    figures = [figure for row in rows if (figure := figure_of(row)) is not None]
    said = span_words(rows)
    for figure in figures:
        assert min(one.low for one in figures) <= figure.low <= figure.high <= max(one.high for one in figures)
    if figures:
        numbers = said.replace(", and a denial", "").rstrip("+").split("\u2013")
        assert float(numbers[0].replace(",", "")) == min(one.low for one in figures)
        assert float(numbers[-1].replace(",", "")) == max(one.high for one in figures)
    else:
        assert said in ("denied", "no number")


@given(st.lists(COUNTS, max_size=9), st.randoms())
def test_the_order_of_the_rows_changes_nothing(rows: list[Count], chance: Any) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert sorted(map(repr, disputed_counts(rows))) == sorted(map(repr, disputed_counts(shuffled)))
    assert bool(disputed_counts(rows)) == (len({count_words(row) for row in rows}) > 1)


@settings(max_examples=40)
@given(data_sets())
def test_whatever_a_store_holds_its_records_read_well(tmp_path_factory: Any, records: Records) -> None:
    """Odd and missing parts: a card, a citation and what is near come out, every line with something to say."""
    path = tmp_path_factory.mktemp("odd") / "odd.gpkg"
    write_store(records, path)
    data = open_dataset(path)
    try:
        reading = Reading()
        for key in data.events.keys:
            ref = Ref("event", key)
            near = near_of(data, key, reading)
            card = card_of(data, ref, None, reading, near)
            assert card is not None
            for section in card.sections:
                assert all(row.label.strip() and row.text.strip() for row in section.rows), section
            assert all("\n" not in line for line in card_text(card))
            text = citation(data, ref)
            dossier = data.dossier(key)
            assert dossier is not None
            assert key in text and words(dossier.event.date) in text
    finally:
        data.close()


def test_what_is_only_claimed_stands_with_what_it_tells_and_contradicts_nothing(builtin: DataSet) -> None:
    doubted = [one for one in every(builtin) if one.event.actuality in DOUBTED and one.event.actuality != "disputed"]
    assert doubted
    for dossier in doubted:
        assert "Certainty" not in found(builtin, dossier.event.key)
        card = event_card(builtin, Ref("event", dossier.event.key))
        what = card.section("What") if card is not None else None
        assert what is not None
        assert (what.rows[0].label, what.rows[0].text) == ("Certainty", f"only {dossier.event.actuality}")
