"""The 36 hard cases of the five documents, each read from the built store as a reader of the store would.

The numbers are those of the table "The hard cases" in the project's description of the product; what is
asserted is what its column "store" demands.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from viewer.domain.control import ControlClaim, Holding
from viewer.domain.counts import Count
from viewer.domain.dates import Day, iso, parse
from viewer.domain.dossier import Dossier
from viewer.domain.events import Event
from viewer.session.describe import measured_words
from viewer.session.selectors import filter_mask, holdings_on
from viewer.session.state import Filters
from viewer.session.totals import total_of
from viewer.session.window import span_between
from viewer.store.dataset import DataSet

DOCUMENTS = ("s0", "s1", "s2", "s3", "s4")


def told(data: DataSet, key: str) -> Dossier:
    dossier = data.dossier(key)
    assert dossier is not None, f"no event '{key}'"
    return dossier


def of_document(data: DataSet, number: int) -> list[Dossier]:
    keys = [row.event for row in data.reader.where("event_source", "source", [f"s{number}"])]
    return data.reader.dossiers(list(dict.fromkeys(keys)))


def days(event: Event) -> tuple[str | None, str | None]:
    return iso(event.date.earliest), iso(event.date.latest)


def counts(dossier: Dossier, measure: str) -> list[Count]:
    return [count for count in dossier.counts if count.measure == measure]


def day(text: str) -> Day:
    found = parse(text).latest
    assert found is not None
    return found


def held(data: DataSet, site: str, on: str) -> dict[str, Holding]:
    return {holding.claim.actors: holding for holding in holdings_on(data, day(on)).get(site, ())}


def claims_on(data: DataSet, site: str) -> tuple[ControlClaim, ...]:
    return data.claims_by_site.get(site, ())


def first_places(data: DataSet, text: str) -> list[str]:
    hits = [hit for hit in data.finder.find(text) if hit.kind == "place"]
    return [hit.key for hit in hits if hit.score == hits[0].score or hit.score > 99]


def values(rows: Iterable[Count]) -> list[float]:
    return sorted(row.value for row in rows if row.value is not None)


def test_01_a_date_relative_to_publication_keeps_phrase_anchor_and_both_readings(builtin: DataSet) -> None:
    found = told(builtin, "s0-resources-diverted")

    assert found.event.date.edtf == "2017-10-23/2017-10-29"
    assert days(found.event) == ("2017-10-23", "2017-10-29")
    assert found.event.date_basis == "relative"
    assert found.event.date_wording == "last week"
    assert found.event.date_anchor == "2017-10-30"
    assert "2017-10-22/2017-10-28" in {row.date.edtf for row in found.dates}


def test_02_a_missing_publication_date_is_reasoned_and_says_so(builtin: DataSet) -> None:
    s1, s2, s3 = (builtin.sources[key] for key in ("s1", "s2", "s3"))

    assert parse(s1.published).earliest is None
    assert iso(parse(s1.published).latest) == "2019-01-30"
    assert s1.published_basis == "bounded"
    assert "comment" in s1.published_note
    for source in (s2, s3):
        assert source.published_basis == "inferred"
        assert source.published_note
        assert parse(source.published).approximate
    assert "year" in s3.published_note
    assert builtin.sources["s0"].published_basis == builtin.sources["s4"].published_basis == "stated"


def test_03_a_month_stays_a_month(builtin: DataSet) -> None:
    captured = told(builtin, "s4-abu-kamal-captured").event
    defeat = told(builtin, "s2-territorial-defeat").event
    tally = told(builtin, "s2-january-tally").event

    for event, first, last in (
        (captured, "2017-11-01", "2017-11-30"),
        (defeat, "2019-03-01", "2019-03-31"),
        (tally, "2021-01-01", "2021-01-31"),
    ):
        assert days(event) == (first, last)
        assert event.date.precision == "month"


def test_04_open_ends_are_null_and_overlap_is_not_starting(builtin: DataSet) -> None:
    attacks, plan = told(builtin, "s1-highway-attacks").event, told(builtin, "s3-relief-plan").event
    assert (attacks.date.edtf, attacks.date.earliest) == ("../2019-01-30~", None)
    assert (plan.date.edtf, plan.date.latest) == ("2017-06~/..", None)
    raw = builtin.store.within().execute("SELECT earliest FROM event WHERE key = ?", (attacks.key,)).fetchone()
    assert raw == (None,)

    row = builtin.events.row_of[attacks.key]
    first, last = day("2018-06-01"), day("2018-06-30")
    everything = np.ones(len(builtin.events), dtype=bool)
    assert row in span_between(builtin, first, last).passing(everything)
    assert row not in span_between(builtin, first, last, starts_in=True).passing(everything)


def test_05_an_order_without_dates_is_bounded_by_two_documents(builtin: DataSet) -> None:
    event = told(builtin, "s0-raqqa-captured").event

    assert days(event) == ("2017-06-15", "2017-10-30")
    assert event.date_basis == "bounded"
    assert "s3" in event.date_note
    assert "s0" in event.date_note


def test_06_several_dated_claims_and_one_preferred(builtin: DataSet) -> None:
    found = told(builtin, "s4-hawija-liberated")

    assert found.event.date.edtf == "2017-09"
    others = {row.date.edtf: row.source for row in found.dates}
    assert "2017-10-05" in others
    assert others["2017-10-05"] not in DOCUMENTS
    uses = {(claim.date.edtf, claim.use) for claim in claims_on(builtin, "hawija") if claim.actors == "iraq-government"}
    assert ("2017-09", "alternative") in uses
    assert any(date.startswith("2017-10") and use == "main" for date, use in uses)


@pytest.mark.parametrize(
    ("key", "measure", "number"),
    [("s4-strikes-syria", "strikes", 28), ("s3-coalition-five", "strikes", 5), ("s2-january-tally", "attacks", 46)],
)
def test_07_a_tally_is_one_record_with_a_count_and_a_span(
    builtin: DataSet, key: str, measure: str, number: int
) -> None:
    found = told(builtin, key)

    assert found.event.form == "tally"
    assert values(counts(found, measure)) == [number]
    assert found.event.date.earliest is not None
    assert found.event.date.earliest < (found.event.date.latest or 0)
    assert builtin.events.amount[builtin.events.row_of[key]] == number


def test_08_parents_and_parts_are_linked_and_counted_once(builtin: DataSet) -> None:
    for whole, number, parts in (("s4-strikes-iraq", 6, [1, 1, 1, 3]), ("s4-strikes-syria", 28, [1, 27])):
        found = told(builtin, whole)
        pieces = [told(builtin, key) for key in found.parts]
        assert values(counts(found, "strikes")) == [number]
        assert sorted(n for piece in pieces for n in values(counts(piece, "strikes"))) == parts
        assert {piece.event.part_of for piece in pieces} == {whole}

    first, last = day("2017-12-22"), day("2017-12-28")
    everything = total_of(builtin, "strikes", Filters(), first, last)
    assert (everything.figure.low, everything.figure.high) == (34, 34)
    in_iraq = total_of(builtin, "strikes", Filters(places=("iraq",)), first, last)
    assert in_iraq.figure.low == 6
    towns = ("hawija", "mosul", "jalawla", "ain-al-asad-air-base")
    assert total_of(builtin, "strikes", Filters(places=towns), first, last).figure.low == 6


@pytest.mark.parametrize(
    ("key", "number"),
    [("s4-strike-mosul", 1), ("s4-strike-jalawla", 1), ("s4-strikes-abu-kamal", 27), ("s4-strike-unplaced", 1)],
)
def test_09_a_deduced_number_is_marked(builtin: DataSet, key: str, number: int) -> None:
    (count,) = counts(told(builtin, key), "strikes")

    assert (count.value, count.qualifier) == (number, "derived")
    assert count.note, "the sum it comes from"
    for stated in ("s4-strike-al-asad", "s4-strikes-hawija"):
        assert {row.qualifier for row in counts(told(builtin, stated), "strikes")} == {"exact"}


def test_10_breakdowns_are_partitions_and_cross_cuts_stand_apart(builtin: DataSet) -> None:
    rows = counts(told(builtin, "s3-mayadeen-late-may"), "killed")
    wholes = [row for row in rows if row.partition == "total"]
    divided: dict[str, list[Count]] = {}
    for row in rows:
        if row.partition not in ("total", "part"):
            divided.setdefault(row.partition, []).append(row)

    assert values(wholes) == [202]
    outer = next(part for part in divided.values() if values(part) == [20, 182])
    inner = next(part for part in divided.values() if values(part) == [28, 154])
    assert {row.within for row in outer} <= {"", "all"}
    assert {row.within for row in inner} == {row.group for row in outer if row.value == 182}
    apart = {row.group: row.value for row in rows if row.partition == "part"}
    assert (apart["children"], apart["women"]) == (68, 57)
    found = total_of(builtin, "killed", Filters(text="Strikes on Mayadin since late May"), None, None)
    assert found.figure.high == 202


def test_11_minimums_and_words_are_kept(builtin: DataSet) -> None:
    january = told(builtin, "s2-january-tally")
    attacks = counts(january, "attacks")
    assert [(row.value, row.qualifier) for row in attacks] == [(46, "at-least")]
    assert sorted((row.value, row.qualifier) for row in counts(january, "killed")) == [
        (26, "at-least"), (55, "at-least"),
    ]  # fmt: skip
    arrests = counts(told(builtin, "s2-arrests"), "arrested")
    assert {row.qualifier for row in arrests} == {"dozens", "over"}
    assert all(row.word for row in arrests)
    late_may = counts(told(builtin, "s3-mayadeen-late-may"), "killed")
    assert any(row.qualifier == "scores" and row.min == 40 and row.max is None for row in late_may)
    assert [row.qualifier for row in counts(told(builtin, "s3-coalition-five"), "strikes")] == ["only"]

    sums = total_of(builtin, "attacks", Filters(), day("2021-01-01"), day("2021-01-31"))
    assert sums.figure.at_least


def test_12_two_reporters_of_one_group_are_not_added(builtin: DataSet) -> None:
    rows = counts(told(builtin, "s2-arrests"), "arrested")

    assert len({row.reporter for row in rows}) == 2
    assert {row.partition for row in rows} == {"total"}
    found = total_of(builtin, "arrested", Filters(text="SDF arrest members"), None, None)
    assert found.figure.high < 54
    assert found.figure.at_least


def test_13_disputed_responsibility_names_both_and_who_says_so(builtin: DataSet) -> None:
    found = told(builtin, "s3-mayadeen-late-may")
    blamed = {row.actor: row for row in found.actors if row.role == "perpetrator"}

    assert set(blamed) == {"us-coalition", "russia"}
    assert all(row.certainty in ("alleged", "claimed", "disputed") and row.claimed_by for row in blamed.values())
    row = builtin.events.row_of[found.event.key]
    shown = {builtin.actor_keys[builtin.events.actor[row]], builtin.actor_keys[builtin.events.rival[row]]}
    assert shown == {"us-coalition", "russia"}
    for actor in shown:
        assert filter_mask(builtin, Filters(actors=(actor,)))[row]


def test_14_a_claim_is_no_fact_and_says_whose_it_is(builtin: DataSet) -> None:
    killed, rumour = told(builtin, "s3-agency-founder"), told(builtin, "s3-leader-rumour")

    assert killed.event.actuality == "claimed"
    assert any("brother" in row.claimed_by for row in killed.actors)
    assert rumour.event.actuality == "alleged"
    assert any(row.claimed_by for row in rumour.actors)


def test_15_an_event_filed_at_a_larger_town_is_linked_to_both(builtin: DataSet) -> None:
    found = told(builtin, "s3-filed-elsewhere")

    assert {(row.place, row.role) for row in found.places} >= {
        ("mayadin", "assessed-as"), ("deir-ez-zor", "reported-as"),
    }  # fmt: skip
    for town in ("mayadin", "deir-ez-zor"):
        assert builtin.caveats_on("place", town)


@pytest.mark.parametrize("key", ["s4-strikes-abu-kamal", "s4-strike-al-asad"])
def test_16_near_has_a_precision_and_a_radius(builtin: DataSet, key: str) -> None:
    near = [row for row in told(builtin, key).places if row.role == "near"]

    assert near
    assert all(row.precision == "near" and row.radius_m for row in near)


@pytest.mark.parametrize("key", ["s4-strike-unplaced", "s4-assassinations", "s0-iraqi-kurdish-clashes"])
def test_17_no_place_at_all_is_allowed_and_the_country_kept(builtin: DataSet, key: str) -> None:
    event = told(builtin, key).event

    assert event.country in ("SY", "IQ")
    assert not builtin.events.placed[builtin.events.row_of[key]]
    assert builtin.store.within().execute("SELECT geom FROM event WHERE key = ?", (key,)).fetchone() == (None,)


def test_18_one_name_two_extents(builtin: DataSet) -> None:
    wide, narrow = builtin.places["badiat-al-sham"], builtin.places["badia-homs-deir-ez-zor"]

    assert wide.key in narrow.within.split()
    for place in (wide, narrow):
        assert place.geometry is not None
        assert place.schematic
        spelled = {name.name for name in builtin.names_of_place[place.key]}
        assert any("Badia" in name or "Badiy" in name for name in spelled)
    assert {wide.key, narrow.key} <= {hit.key for hit in builtin.finder.find("Badia")}


@pytest.mark.parametrize(
    ("name", "town", "province"),
    [("Deir el-Zour", "deir-ez-zor", "deir-ez-zor-province"), ("Homs", "homs", "homs-province"),
     ("Hama", "hama", "hama-province")],
)  # fmt: skip
def test_19_town_and_province_are_two(builtin: DataSet, name: str, town: str, province: str) -> None:
    assert builtin.places[province].kind == "province"
    assert builtin.places[town].kind in ("city", "town")
    assert province in builtin.places[town].within.split()
    found = [hit.key for hit in builtin.finder.find(name) if hit.kind == "place"]
    assert {town, province} <= set(found[:4])
    spelled = {n.source for key in (town, province) for n in builtin.names_of_place[key] if n.source}
    assert spelled & set(DOCUMENTS)


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Abu Kamal", "Albukamal", "Al-Bukamal", "Boukamal", "البوكمال"), "abu-kamal"),
        (("Jalula", "Jalawla"), "jalawla"),
        (("Sukhna", "Al-Sukhnah", "السخنة"), "al-sukhnah"),
        (("Tanf", "Al-Tanf", "التنف"), "al-tanf"),
        (("Deir el-Zour", "Deir Ezzor", "دير الزور"), "deir-ez-zor"),
        (("Mayadeen", "Mayadin", "الميادين"), "mayadin"),
    ],
)
def test_20_any_spelling_finds_the_place(builtin: DataSet, names: tuple[str, ...], key: str) -> None:
    for name in names:
        assert key in first_places(builtin, name), name


def test_20_a_spelling_names_the_document_that_uses_it(builtin: DataSet) -> None:
    spelled = {(name.name, name.source) for name in builtin.names_of_place["abu-kamal"]}

    assert {source for name, source in spelled if source in DOCUMENTS}
    assert all(any(n.script == "arabic" for n in builtin.names_of_place[key]) for key in ("abu-kamal", "mayadin"))


@pytest.mark.parametrize("name", ["IS", "ISIS", "ISIL", "Daesh", "Islamic State", "the group"])
def test_21_one_actor_under_all_its_names(builtin: DataSet, name: str) -> None:
    assert builtin.finder.keys_of("actor", name)[0] == "is"
    named = {alias.source for alias in builtin.names_of_actor["is"] if alias.name == name}
    assert named & set(DOCUMENTS)


def test_21_short_aliases_match_whole_words(builtin: DataSet) -> None:
    assert builtin.finder.keys_of("actor", "US")[0] == "us"
    assert "is" not in builtin.finder.keys_of("actor", "US")
    assert "sdf" in builtin.finder.keys_of("actor", "Kurdish and Arab forces")
    sources = {n.source for n in builtin.names_of_actor["sdf"] if "Kurdish and Arab forces" in n.name}
    assert "s3" in sources


@pytest.mark.parametrize(
    ("actor", "kinds", "other"),
    [
        ("ypg", {"part of"}, "sdf"),
        ("saa", {"part of", "branch of"}, "syrian-government"),
        ("hashd", {"part of", "branch of"}, "iraq-government"),
        ("hashd", {"allied with"}, "saa"),
        ("us", {"leads"}, "us-coalition"),
    ],
)
def test_22_relations_are_typed_directed_and_sourced(
    builtin: DataSet, actor: str, kinds: set[str], other: str
) -> None:
    found = [r for r in builtin.relations if (r.actor, r.other) == (actor, other) and r.kind in kinds]

    assert found
    assert all(relation.source in builtin.sources for relation in found)


def test_22_an_actor_can_be_asked_for_with_its_parts(builtin: DataSet) -> None:
    assert {"sdf", "ypg"} <= builtin.actors_with_parts(["sdf"])
    assert "saa" in builtin.actors_with_parts(["syrian-government"])


def test_23_two_attackers_who_are_not_allies(builtin: DataSet) -> None:
    sdf, government = told(builtin, "s0-sdf-offensive"), told(builtin, "s0-gov-offensive")

    for found, attacker in ((sdf, "sdf"), (government, "syrian-government")):
        roles = {row.role: builtin.actors_with_parts([attacker]) & {row.actor} for row in found.actors}
        assert roles.get("perpetrator") or roles.get("mover"), found.event.key
        assert "is" in {row.actor for row in found.actors if row.role == "target"}
    on_the_day = held(builtin, "deir-ez-zor-province", "2017-10-20")
    assert set(on_the_day) == {"is", "sdf", "syrian-government"}
    assert {holding.claim.control for holding in on_the_day.values()} == {"contested"}
    assert not [
        r for r in builtin.relations
        if {r.actor, r.other} == {"sdf", "syrian-government"} and r.kind in ("allied with", "part of")
    ]  # fmt: skip


def test_24_two_fronts_at_one_date(builtin: DataSet) -> None:
    pocket, block = held(builtin, "last-pocket", "2019-01-30"), held(builtin, "sukhnah-countryside", "2019-01-30")

    assert "is" in pocket
    assert "is" in block
    assert builtin.places["last-pocket"].geometry != builtin.places["sukhnah-countryside"].geometry


def test_25_hidden_presence_is_a_class_of_its_own(builtin: DataSet) -> None:
    strip = held(builtin, "border-strip-tanf-abu-kamal", "2019-01-30")

    assert strip["is"].claim.control == "hidden"
    classes = {claim.control for claim in builtin.claims}
    assert {"control", "presence", "contested", "hidden"} <= classes


def test_26_a_snapshot_has_a_phase_and_an_age(builtin: DataSet) -> None:
    claim = next(claim for claim in builtin.claims if claim.key == "s1-gov-around")
    assert (claim.phase, claim.date.edtf) == ("holds", "2019-01~")

    (holding,) = held(builtin, "east-of-euphrates", "2021-02-15").values()
    assert holding.claim.phase == "holds"
    old = held(builtin, "humaymah-region", "2021-02-15")["is"]
    assert iso(old.as_of) == "2019-01-31"
    assert old.age_days(day("2021-02-28")) == 759


def test_27_the_next_holder_is_marked_inferred(builtin: DataSet) -> None:
    claims = {claim.key: claim for claim in claims_on(builtin, "mayadin")}

    begins = claims["s0-mayadin-gov"]
    assert (begins.actors, begins.phase, begins.status) == ("syrian-government", "begins", "inferred")
    assert any(c.actors == "is" and c.phase == "ends" and c.source == "s0" for c in claims.values())
    assert set(held(builtin, "mayadin", "2017-06-15")) == {"is"}
    assert set(held(builtin, "mayadin", "2017-11-15")) == {"syrian-government"}


@pytest.mark.parametrize(
    ("key", "actuality"),
    [("s1-joint-operation", "planned"), ("s1-turkey-threat", "threatened"), ("s3-relief-plan", "planned")],
)
def test_28_plans_and_threats_are_open_towards_the_future(builtin: DataSet, key: str, actuality: str) -> None:
    event = told(builtin, key).event

    assert event.actuality == actuality
    assert event.form == "plan"
    assert event.date.latest is None


def test_28_the_sweep_names_all_who_were_to_take_part(builtin: DataSet) -> None:
    actors = {row.actor for row in told(builtin, "s1-joint-operation").actors}

    assert "hashd" in actors
    assert actors & {"saa", "syrian-government"}
    assert "iran-backed-militias" in actors


@pytest.mark.parametrize(
    ("key", "kind"),
    [("s0-ten-percent", "statement"), ("s4-2018-decides", "forecast"), ("s0-invasion-2003", "background"),
     ("s4-surge-2007", "background")],
)  # fmt: skip
def test_29_words_and_background_have_types_of_their_own(builtin: DataSet, key: str, kind: str) -> None:
    assert told(builtin, key).event.type == kind


def test_30_routes_with_and_without_a_course(builtin: DataSet) -> None:
    routes = {route.key: route for route in builtin.routes}

    for key, start in (("s3-route-mosul-mayadin", "mosul"), ("s3-route-raqqa-mayadin", "raqqa")):
        assert (routes[key].from_place, routes[key].to_place) == (start, "mayadin")
    assert routes["s1-highway"].kind == "highway"
    assert routes["s1-highway"].geometry is not None
    assert routes["s1-highway"].schematic
    assert routes["s1-supply-routes"].geometry is None
    assert routes["s1-night-route"].kind in ("crossing", "movement")
    assert all(route.source in builtin.sources for route in builtin.routes)


def test_31_quantities_have_unit_place_and_source(builtin: DataSet) -> None:
    rows = {row.key: row for row in builtin.quantities}
    area = rows["s0-desert-area"]

    assert (area.value, area.unit, area.place, area.source) == (500_000, "km2", "badiat-al-sham", "s0")
    assert rows["s0-search-force"].word
    assert (rows["s3-distance-km"].value, rows["s3-distance-km"].unit) == (190, "km")
    assert (rows["s3-distance-miles"].value, rows["s3-distance-miles"].unit) == (120, "mi")
    assert all(row.source in builtin.sources for row in builtin.quantities)


def test_32_the_stated_and_the_measured_distance_stand_side_by_side(builtin: DataSet) -> None:
    rows = {row.key: row for row in builtin.quantities}

    assert measured_words(builtin, rows["s3-distance-km"]) == "text says 190 km, geodesic 167.0 km"
    assert measured_words(builtin, rows["s3-distance-miles"]) == "text says 120 mi, geodesic 103.7 mi"


def test_33_the_definition_of_a_strike_hangs_on_every_count_of_the_week(builtin: DataSet) -> None:
    for found in of_document(builtin, 4):
        if found.event.type == "strike" and counts(found, "strikes"):
            texts = " ".join(caveat.text for caveat in builtin.caveats_on("event", found.event.key))
            assert "drone" in texts, found.event.key
            assert "artillery" in texts, found.event.key


def test_34_documents_that_contradict_each_other_are_all_kept(builtin: DataSet) -> None:
    for key in ("s4-victory-syria", "s4-victory-iraq"):
        assert told(builtin, key).event.actuality == "claimed"
        assert (told(builtin, key).event.date.latest or 0) <= day("2017-12-30")
    assert any(
        claim.actors == "is" and claim.control == "control" and claim.source == "s1" for claim in builtin.claims
    )
    assert told(builtin, "s2-territorial-defeat").event.date.edtf == "2019-03"
    declared = [c for c in builtin.claims if c.source == "s4" and c.control == "unheld" and c.place == "syria"]
    defeated = [c for c in builtin.claims if c.source == "s2" and c.control == "unheld" and c.place == "syria"]
    assert declared
    assert defeated
    contradicting = [
        link for key in ("s4-victory-syria", "s1-desert-held", "s2-territorial-defeat")
        for link in told(builtin, key).links if link.kind == "contradicts"
    ]  # fmt: skip
    assert contradicting


def test_35_junk_in_the_files_is_no_fact(builtin: DataSet) -> None:
    junk = ("share this", "comment", "subscribe", "read more", "copyright", "http", "click")
    for number in range(5):
        dossiers = of_document(builtin, number)
        assert dossiers
        for found in dossiers:
            assert found.sources
            text = f"{found.event.title} {found.event.summary}".lower()
            assert not [word for word in junk if word in text], found.event.key


def test_36_people_stand_there_by_role_and_classes_are_not_merged(builtin: DataSet) -> None:
    victims = {row.actor for row in told(builtin, "s2-women-killed").actors if row.role in ("victim", "target")}
    assert victims
    for key in victims:
        assert builtin.actors[key].kind in ("person role", "people")
    rows = counts(told(builtin, "s3-mayadeen-late-may"), "killed")
    groups = {row.group.replace("-", " ").lower(): row.value for row in rows}
    family = [value for group, value in groups.items() if "famil" in group]
    assert family == [154]
    assert any("civilian" in group and value == 28 for group, value in groups.items())


def test_every_document_carries_the_whole_of_its_facts(builtin: DataSet) -> None:
    """What the documents alone are to bring: over seventy events, fifty places, forty actors, forty claims."""
    events = {d.event.key for number in range(5) for d in of_document(builtin, number)}
    claims = [claim for claim in builtin.claims if claim.source in DOCUMENTS]
    spelled = {name.place for name in builtin.place_names if name.source in DOCUMENTS}
    named = {name.actor for name in builtin.actor_names if name.source in DOCUMENTS}

    assert len(events) > 70
    assert len(claims) > 40
    assert len(spelled) > 50
    assert len(named) > 40


def test_every_event_and_claim_has_a_source(builtin: DataSet) -> None:
    with_source = {row.event for row in builtin.reader.all("event_source")}

    assert set(builtin.events.keys) == with_source
    assert all(claim.source in builtin.sources for claim in builtin.claims)


def test_the_data_ends_where_it_says(builtin: DataSet) -> None:
    assert builtin.problems == ()
    assert parse(builtin.meta.as_of).latest == day("2021-02-28")
