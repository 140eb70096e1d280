"""Cards: what the pane and `show` say of a record, the hard cases first."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest

from viewer.domain.counts import Count
from viewer.domain.dates import parse
from viewer.domain.events import ACTOR_ROLES, EventPlace
from viewer.domain.places import Place
from viewer.domain.sources import Quantity
from viewer.geo.shapes import wkt_to_wkb
from viewer.session import card_event
from viewer.session.card import CONTRADICTIONS, Row, Section, sections
from viewer.session.card_place import LISTED
from viewer.session.cards import Card, card_of, card_text, citation
from viewer.session.contradictions import contradictions, disputed_counts
from viewer.session.describe import TABLE_OF, count_words, place_words, quantity_words, refs_of
from viewer.session.state import Ref
from viewer.store.dataset import DataSet


def card(data: DataSet, key: str, day: str = "") -> Card:
    (ref,) = refs_of(data, key)
    found = card_of(data, ref, parse(day).latest if day else None)
    assert found is not None
    return found


def rows(found: Card, title: str) -> tuple[Row, ...]:
    section = found.section(title)
    assert section is not None, [s.title for s in found.sections]
    return section.rows


def texts(found: Card, title: str) -> list[str]:
    return [row.text for row in rows(found, title)]


def test_contradictions_come_first(small: DataSet) -> None:
    found = card(small, "may-strikes")
    first = rows(found, CONTRADICTIONS)

    assert found.sections[0].title == CONTRADICTIONS
    labels = [row.label for row in first]
    assert "Certainty" in labels
    blamed = {row.label: row.text for row in first if "perpetrator" in row.label}
    assert list(blamed) == ["US-led coalition, perpetrator", "Russia, perpetrator"]
    assert [who.partition(",")[0] for who in blamed.values()] == ["activists", "Russian ministry"]
    assert "Dates" in labels
    assert {"25\u201326 May 2017", "27 May 2017"} <= set(labels)
    assert {"Places", "Al-Mayadin", "Deir ez-Zor"} <= set(labels)
    assert {"Killed", "202", "none, a denial"} <= set(labels)
    (twin,) = (row for row in first if row.label == "Told again")
    assert twin.text == "Bombs on the river town"


def test_a_plain_event_has_no_contradictions(small: DataSet) -> None:
    assert card(small, "month").section(CONTRADICTIONS) is None


def test_breakdowns_add_up_to_what_they_divide(small: DataSet) -> None:
    numbers = rows(card(small, "may-strikes"), "How many")
    said = [row.text for row in numbers]

    assert "202 = 20 + 182" in said
    assert "182 = 28 + 154" in said
    whole, *_ = [row for row in numbers if row.bar]
    assert whole.bar is not None
    assert (whole.bar.low, whole.bar.whole) == (202, 202)
    assert all(row.bar is None or row.bar.whole == 202 for row in numbers), "one scale for all bars"
    (children,) = (row for row in numbers if row.label == "children")
    assert "adds to nothing" in children.note
    levels = {row.text: row.level for row in numbers}
    assert levels["202"] < levels["182"] < levels["154"]


def test_a_breakdown_that_does_not_add_up_says_so(small: DataSet) -> None:
    from viewer.session.card_counts import count_rows

    counts = [
        Count(event="e", measure="killed", value=100),
        Count(event="e", measure="killed", value=60, partition="by-kind", group="men"),
        Count(event="e", measure="killed", value=30, partition="by-kind", group="women"),
    ]
    (heading,) = (row for row in count_rows(small, counts) if row.label == "by kind")

    assert heading.text == "60 + 30, of 100"
    assert heading.note == "10 not broken down"


def test_a_breakdown_without_a_whole_is_its_own(small: DataSet) -> None:
    from viewer.session.card_counts import count_rows

    counts = [
        Count(event="e", measure="strikes", value=5, partition="by-country", group="iraq", reporter="r"),
        Count(event="e", measure="strikes", value=7, partition="by-country", group="syria", reporter="r"),
    ]
    said = list(count_rows(small, counts))

    assert said[0].text == "12 = 5 + 7"
    assert len(said) == 3


def test_every_row_of_counts_is_shown_once(builtin: DataSet) -> None:
    """No number may fall between the breakdowns, or between them and the contradictions."""
    from viewer.session.card_counts import count_rows, group_words

    for dossier in builtin.reader.dossiers(builtin.events.keys):
        shown = [row for row in count_rows(builtin, dossier.counts) if not row.label.startswith("by ")]
        shown = [row for row in shown if "broken down" not in row.label and ", by " not in row.label]
        ranges = {row.label: row for row in shown if "Contradictions" in row.note}
        own = [row for row in shown if row not in ranges.values()]
        rivals = disputed_counts(dossier.counts)
        accounts = [one for c in contradictions(builtin, dossier) if c.about == "numbers" for one in c.accounts]
        assert sorted(one.says for one in accounts) == sorted(count_words(count) for count in rivals)
        for count in dossier.counts:
            name = count.measure if count.group == "all" else f"{count.measure}, {group_words(count)}"
            in_range = count in rivals and count.partition == "total" and name in ranges
            assert in_range or any(row.text == count_words(count) for row in own), (dossier.event.key, count)
        assert len(own) <= len(dossier.counts)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": 202}, "202"),
        ({"value": 30, "qualifier": "over"}, "30+"),
        ({"min": 46, "qualifier": "at-least"}, "\u2265 46"),
        ({"min": 40, "qualifier": "scores", "word": "scores"}, "scores (40+)"),
        ({"min": 24, "qualifier": "dozens"}, "dozens (24+)"),
        ({"value": 5, "qualifier": "only"}, "only 5"),
        ({"value": 27, "qualifier": "derived"}, "27 (derived)"),
        ({"min": 20, "max": 30, "qualifier": "range"}, "20\u201330"),
        ({"value": 0, "qualifier": "claimed-none"}, "none, a denial"),
        ({"max": 40, "qualifier": "up-to"}, "up to 40"),
        ({"word": "many", "qualifier": "word"}, "many"),
        ({"value": 12000, "qualifier": "about"}, "about 12,000"),
        ({}, "no number given"),
    ],
)
def test_a_count_keeps_its_doubt(fields: dict[str, object], said: str) -> None:
    assert count_words(Count(event="e", measure="killed", **fields)) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": 190, "unit": "km", "qualifier": "about"}, "about 190 km"),
        ({"min": 200_000, "unit": "soldiers", "qualifier": "hundreds", "word": "hundreds of thousands"},
         "hundreds of thousands (200,000+ soldiers)"),
        ({"min": 24, "unit": "countries", "qualifier": "dozens"}, "dozens (24+ countries)"),
        ({"min": 2, "unit": "days", "qualifier": "word", "word": "a few days"}, "a few days (2+ days)"),
        ({"word": "many", "unit": "caves", "qualifier": "word"}, "many caves"),
        ({"min": 20, "max": 30, "qualifier": "range"}, "20\u201330"),
        ({"value": 10, "unit": "percent", "word": "a tenth"}, "10 percent (\u201ca tenth\u201d)"),
    ],
)  # fmt: skip
def test_a_quantity_keeps_its_doubt(fields: dict[str, object], said: str) -> None:
    assert quantity_words(Quantity(key="q", what="size", source="s", **fields)) == said  # type: ignore[arg-type]


def test_when_says_how_the_date_is_known(small: DataSet) -> None:
    when = rows(card(small, "week"), "When")

    assert when[0].text == "22\u201328 Dec 2017"
    assert "counted from the publication day, from 29 Dec 2017" in when[1].text
    assert "\u201clast week\u201d" in [row.text for row in when]
    assert texts(card(small, "undated"), "When")[0] == "undated"
    assert texts(card(small, "highway"), "When")[0] == "until about 30 Jan 2019"


def test_where_keeps_the_spelling_and_the_radius(small: DataSet) -> None:
    (row,) = rows(card(small, "week-syria"), "Where")
    assert (row.label, row.text, row.ref) == ("near", "Abu Kamal", Ref("place", "abu-kamal"))
    assert "spelled \u201cAlbukamal\u201d" in row.note
    (row,) = rows(card(small, "week-iraq"), "Where")
    assert "within about 15 km" in row.note
    assert texts(card(small, "sweep"), "Where") == ["no source places it"]


def test_related_records_can_be_followed(small: DataSet) -> None:
    found = rows(card(small, "week-syria"), "Parts and whole")

    assert [row.ref.key for row in found if row.label == "Part of" and row.ref] == ["week"]
    assert [row.ref.key for row in found if row.label == "Has part" and row.ref] == ["week-syria-town"]
    twin = rows(card(small, "may-strikes"), "Related")
    assert ("same as", "may-strikes-again") in [(row.label, row.ref.key) for row in twin if row.ref]


def test_a_caveat_stands_at_each_record_it_affects(small: DataSet) -> None:
    for key in ("week", "week-iraq", "week-syria"):
        assert "One strike may be several" in texts(card(small, key), "Caveats")[0]
    assert {row.ref.key for row in rows(card(small, "one-strike"), "Affects") if row.ref} == {
        "week", "week-iraq", "week-syria",
    }  # fmt: skip


def test_a_place_tells_who_held_it_when(small: DataSet) -> None:
    found = card(small, "mayadin", "2018-01-01")
    held = rows(found, "Who held it")

    assert held[0].text == "Islamic State, control"
    assert any("only possible then" in row.note for row in held), "the change is dated to a week"
    assert rows(found, "Held now")[0].text == "Government forces, control"
    assert "inferred" in rows(found, "Held now")[0].note
    (outlier,) = rows(found, CONTRADICTIONS)
    assert outlier.label == "Outlier"
    assert "Syrian Democratic Forces" in outlier.text


def test_hidden_presence_is_not_called_control(small: DataSet) -> None:
    held = texts(card(small, "mayadin", "2019-01-15"), "Held now")

    assert "Islamic State, hidden presence, not control" in held


def test_a_place_lists_its_names_and_events_newest_first(small: DataSet) -> None:
    found = card(small, "mayadin")
    names = {row.text: row for row in rows(found, "Names")}

    assert names["الميادين"].label == "Arabic"
    assert names["Mayadeen"].note == "so in n2"
    happened = [row.ref.key for row in rows(found, "What happened here") if row.ref]
    assert happened.index("may-strikes-again") < happened.index("may-strikes")


def test_a_place_includes_what_happened_within(small: DataSet) -> None:
    province = [row.ref.key for row in rows(card(small, "dz-province"), "What happened here") if row.ref]

    assert {"may-strikes", "week-syria", "undated"} <= set(province)


def test_an_actor_shows_relations_both_ways(small: DataSet) -> None:
    found = {(row.label, row.text) for row in rows(card(small, "gov"), "Relations")}

    assert ("has part", "Allied militia") in found
    assert ("backs", "Russia") in found
    assert ("part of", "Government forces") in {
        (row.label, row.text) for row in rows(card(small, "militia"), "Relations")
    }


def test_an_actor_holds_what_it_holds_on_the_day(small: DataSet) -> None:
    assert "Al-Mayadin" in [row.label for row in rows(card(small, "is", "2016-01-01"), "Holds on 1 Jan 2016")]
    later = card(small, "gov", "2018-01-01")
    assert "Al-Mayadin" in [row.label for row in rows(later, "Holds on 1 Jan 2018")]


def test_a_stated_distance_stands_beside_the_measured_one(builtin: DataSet) -> None:
    for place in ("raqqa", "mayadin"):
        notes = " ".join(row.note for row in rows(card(builtin, place), "Numbers"))
        assert "text says 190 km, geodesic 167.0 km" in notes
        assert "text says 120 mi, geodesic 103.7 mi" in notes


def test_how_large_a_place_is_stands_before_its_names_and_its_history(builtin: DataSet) -> None:
    titles = [section.title for section in card(builtin, "badiat-al-sham").sections]
    assert titles.index("Numbers") < min(titles.index(title) for title in ("Names", "Where"))


def test_a_source_says_how_its_date_is_known_and_what_rests_on_it(builtin: DataSet) -> None:
    found = card(builtin, "s3")

    assert "inferred" in texts(found, "Source")
    assert any("Raqqa" in row.text for row in rows(found, "Source"))
    assert len(rows(found, "Events it tells of")) > 10
    assert len(rows(found, "Claims of control it makes")) > 3


@pytest.mark.parametrize("kind", TABLE_OF)
def test_every_record_has_a_card_and_a_citation(builtin: DataSet, kind: str) -> None:
    records = builtin.reader.all(TABLE_OF[kind])
    assert records
    for record in records[:: max(1, len(records) // 60)]:
        ref = Ref(kind, record.key)
        found = card_of(builtin, ref)
        assert found is not None, ref
        assert found.sections
        assert all(section.rows for section in found.sections)
        for section in found.sections:
            for row in section.rows:
                assert row.label, (ref, section.title)
                assert row.text, (ref, section.title, row.label)
                if row.ref:
                    assert refs_of(builtin, f"{row.ref.kind}:{row.ref.key}") == (row.ref,)
        assert all("\n" not in line for line in card_text(found))
        assert record.key in citation(builtin, ref)


def test_an_unknown_record_has_no_card(small: DataSet) -> None:
    for kind in TABLE_OF:
        assert card_of(small, Ref(kind, "nobody")) is None


@pytest.mark.parametrize("block", [1, 3, 20_000])
def test_before_and_after_are_the_nearest_at_its_places(
    builtin: DataSet, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(card_event, "BLOCK", block)
    events, pairs = builtin.events, builtin.event_places
    places: dict[int, set[int]] = {}
    for row, code in zip(pairs.rows.tolist(), pairs.codes.tolist(), strict=True):
        places.setdefault(row, set()).add(code)
    dated = [row for row in places if events.earliest[row] <= events.latest[row]]
    for row in dated[:: len(dated) // 12]:
        same = [other for other in dated if other != row and places[other] & places[row]]
        near = [max((one for one in same if one < row), default=None), min((o for o in same if o > row), default=None)]
        found = card(builtin, events.keys[row]).section("Related")
        told = {one.label: one.ref for one in found.rows} if found is not None else {}
        labels = ("Before at this place", "Next at this place")
        assert [told.get(label) for label in labels] == [
            Ref("event", events.keys[one]) if one is not None else None for one in near
        ]


def test_an_actor_and_a_place_count_each_incident_once(builtin: DataSet) -> None:
    pairs = builtin.event_actors
    actor = builtin.actor_keys[int(np.bincount(pairs.codes).argmax())]
    own = builtin.actors_with_parts((actor,))
    told: dict[str, set[int]] = {}
    for row, code, role in zip(pairs.rows.tolist(), pairs.codes.tolist(), pairs.roles.tolist(), strict=True):
        if builtin.actor_keys[code] in own:
            told.setdefault(ACTOR_ROLES[role], set()).add(row)
    found = card_of(builtin, Ref("actor", actor), 0)
    assert found is not None
    assert {one.label: int(one.text) for one in rows(found, "Incidents by role")} == {
        role: len(some) for role, some in told.items()
    }
    latest = sorted(set().union(*told.values()), reverse=True)
    listed = rows(found, "Latest incidents")
    assert [one.ref for one in listed[:LISTED]] == [Ref("event", builtin.events.keys[row]) for row in latest[:LISTED]]
    assert listed[LISTED].text == f"{len(latest) - LISTED} earlier ones"


def test_a_citation_says_what_when_and_on_whose_word(small: DataSet) -> None:
    what, where, differ, sources, found = citation(small, Ref("event", "may-strikes")).splitlines()

    assert what == "Strikes on Mayadin, 25\u201326 May 2017, disputed."
    assert where == "Place: Al-Mayadin (somewhere in or at the town)."
    assert differ == "Sources differ on the date, the place, who did it, the numbers."
    assert sources.startswith("Sources: A monitor")
    assert found == "In: A small data set [small, as of 2019-03], event may-strikes."


@pytest.mark.parametrize("key", ["s4-referendum", "s1-joint-operation"])
def test_a_plan_or_background_is_no_contradiction(builtin: DataSet, key: str) -> None:
    card = card_of(builtin, Ref("event", key))
    assert card is not None
    assert not any(row.label == "Certainty" for section in card.sections for row in section.rows)
    assert builtin.dossier(key).event.actuality in card.kind  # type: ignore[union-attr]


def test_a_place_with_borders_has_its_own_extent_and_no_radius(builtin: DataSet) -> None:
    events = {row.event: row for row in builtin.reader.all("event_place") if row.place == "anbar-province"}
    assert events
    for row in events.values():
        assert place_words(row, builtin.places["anbar-province"]).startswith("somewhere in the province")
        assert "km" not in place_words(row, builtin.places["anbar-province"])
    assert [row.note for row in rows(card(builtin, "anbar-province"), "Where") if row.text == "province"] == [
        "its own extent"
    ]


def test_a_place_with_an_outline_around_nothing_has_its_radius() -> None:
    flat = struct.pack("<BIII8d", 1, 3, 1, 4, 40.0, 34.0, 41.0, 35.0, 40.0, 34.0, 40.0, 34.0)
    place = Place(key="a", name="A", precision="area", radius_m=80_000.0, geometry=flat)
    row = EventPlace(event="e", place="a")
    assert place_words(row, place) == "somewhere in the area, within about 80 km"
    drawn = replace(place, geometry=wkt_to_wkb("POLYGON ((40 34, 41 34, 41 35, 40 34))"))
    assert place_words(row, drawn) == "somewhere in the area"


def test_a_landscape_that_is_known_as_roughly_as_a_province_keeps_its_radius(builtin: DataSet) -> None:
    (row,) = builtin.reader.where("event_place", "event", ["truffle-kidnappings-2019"])
    said = place_words(row, builtin.places[row.place])
    assert said == "somewhere around it in the province, within about 80 km"


def test_a_text_of_nothing_but_blanks_is_no_line_and_no_section_unless_it_leads_somewhere() -> None:
    blank, told, leads = Row("Note", " \u00a0"), Row("Id", "e1"), Row("At", " ", ref=Ref("place", "raqqa"))
    assert sections(("What", (blank, told)), ("Where", (leads,)), ("Notes", (blank,))) == (
        Section("What", (told,)), Section("Where", (leads,))
    )  # fmt: skip
