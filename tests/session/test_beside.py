"""Two incidents side by side, who held their place, and the citation: nothing said that the records do not say."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from viewer.domain.dates import parse, words
from viewer.session.beside import DIFFERS, FIELDS, SAME, pair_of, pair_text
from viewer.session.card import Row
from viewer.session.card_event import ELSEWHERE
from viewer.session.cards import card_of, citation
from viewer.session.commands import Batch, SetCamera, SetCursor, SetMeasure
from viewer.session.held_then import held_rows
from viewer.session.state import REACH_KM, Ref, State
from viewer.store.dataset import DataSet


def event(key: str) -> Ref:
    return Ref("event", key)


def test_an_incident_beside_itself_differs_in_nothing(builtin: DataSet) -> None:
    for key in list(builtin.events.keys)[::40]:
        pair = pair_of(builtin, event(key), event(key))
        assert pair is not None
        assert not any(line.differs for line in pair.lines)
        assert DIFFERS not in pair_text(pair)


def test_both_columns_hold_all_that_each_says_and_mark_what_the_other_lacks(builtin: DataSet) -> None:
    keys = list(builtin.events.keys)[::25]
    for one, other in pairwise(keys):
        pair, turned = pair_of(builtin, event(one), event(other)), pair_of(builtin, event(other), event(one))
        assert pair is not None and turned is not None
        assert [line.field for line in pair.lines] == [field for field in FIELDS if field in
                                                       {line.field for line in pair.lines}]  # fmt: skip
        assert [(line.right, line.left) for line in turned.lines] == [(line.left, line.right) for line in pair.lines]
        for line in pair.lines:
            left, right = ({entry.text for entry in side} for side in (line.left, line.right))
            assert {entry.text for entry in line.left if entry.alone} == left - right
            assert {entry.text for entry in line.right if entry.alone} == right - left
            assert line.differs == (left != right)


def test_no_number_of_either_is_left_out(builtin: DataSet) -> None:
    one, other = builtin.dossier("tokhar-2016-07-19"), builtin.dossier("jabal-tharda-2016-09-17")
    assert one is not None and other is not None
    pair = pair_of(builtin, event(one.event.key), event(other.event.key))
    assert pair is not None
    (line,) = (line for line in pair.lines if line.field == "How many")
    assert (len(line.left), len(line.right)) == (len(one.counts), len(other.counts))
    assert any("of them strikes during the hotline delay" in entry.text for entry in line.right)
    assert "60 days later" in pair.apart and "km apart" in pair.apart


def test_the_text_tells_who_says_what_and_whether_it_differs(small: DataSet) -> None:
    pair = pair_of(small, event("may-strikes"), event("may-strikes-again"))
    assert pair is not None
    lines = pair_text(pair).splitlines()

    assert lines[:2] == ["1: Strikes on Mayadin", "2: Bombs on the river town"]
    assert lines[2] == "the same spot, the second's date within it"
    assert f"{SAME} Type" in lines
    assert f"{DIFFERS} Title" in lines
    at = lines.index(f"{DIFFERS} Summary")
    assert lines[at + 2] == "  2: \u2013", "what one does not say stands there as nothing"


@pytest.mark.parametrize("other", [Ref("event", "gone"), Ref("place", "mayadin")])
def test_nothing_stands_beside_what_is_no_incident(small: DataSet, other: Ref) -> None:
    assert pair_of(small, event("may-strikes"), other) is None


# who held it then


def held(data: DataSet, key: str) -> list[Row]:
    dossier = data.dossier(key)
    assert dossier is not None
    return list(held_rows(data, dossier))


def test_who_held_the_place_on_the_day_is_told_with_the_claims_that_disagree(builtin: DataSet) -> None:
    rows = held(builtin, "saqlawiyah-2016-06-03")
    when = [(row.label, row.text) for row in rows if row.level]

    assert rows[0].ref == Ref("place", "saqlawiyah")
    assert when[0] == ("3\u20134 Jun 2016", "Islamic State, control")
    assert ("5 Jun 2016", "Hashd al-Shaabi, held together") in when
    assert [row.ref.key for row in rows if row.label == "But" and row.ref] == ["saqlawiyah-07", "saqlawiyah-08"]


def test_of_a_long_time_all_claims_that_disagree_are_told_and_an_open_end_is_said(builtin: DataSet) -> None:
    dossier = builtin.dossier("saqlawiyah-2016-06-03")
    assert dossier is not None

    def told(date: str) -> list[Row]:
        return list(held_rows(builtin, replace(dossier, event=replace(dossier.event, date=parse(date)))))

    against = [row.ref.key for row in told("2014-01-01/2019-12-31") if row.label == "But" and row.ref]
    assert against == ["saqlawiyah-07", "saqlawiyah-08"]
    assert told("2016-06-03/..")[-1].text == "later days are not told"
    assert told("../2016-06-03")[-1].text == "earlier days are not told"


def test_every_holder_told_is_one_whose_claim_stands_then(builtin: DataSet) -> None:
    told = 0
    for dossier in builtin.reader.dossiers(builtin.events.keys):
        for row in held_rows(builtin, dossier):
            if row.ref is None or row.ref.kind != "claim" or row.label == "But":
                continue
            claim = next(one for one in builtin.claims if one.key == row.ref.key)
            span = dossier.event.date
            days = [day for day in (span.earliest, span.latest) if day is not None]
            tenures = builtin.histories[claim.place or claim.key].tenures
            assert any(
                claim.key in {one.claim.key for one in tenure.holdings}
                for tenure in tenures if tenure.first <= days[-1] and (tenure.last is None or tenure.last >= days[0])
            ), (dossier.event.key, claim.key)  # fmt: skip
            told += 1
    assert told > 200


def test_a_place_without_claims_is_told_by_its_nearest_neighbour_and_says_so(builtin: DataSet) -> None:
    (first, *_) = held(builtin, "tokhar-2016-07-19")
    assert first.ref == Ref("place", "manbij")
    assert "13 km from Tokhar, which has none" in first.note
    assert REACH_KM >= 13


def test_without_a_day_nobody_is_said_to_hold_anything(small: DataSet) -> None:
    assert [row.text for row in held(small, "undated")] in ([], ["cannot be told"])


# where it might belong instead


def test_other_places_and_dates_can_be_shown_on_the_map(small: DataSet) -> None:
    card = card_of(small, event("may-strikes"))
    assert card is not None
    section = card.section(ELSEWHERE)
    assert section is not None
    place, date = section.rows
    (show,) = place.choices
    assert isinstance(show.command, Batch)
    measured, moved = show.command.commands
    assert isinstance(measured, SetMeasure) and isinstance(moved, SetCamera)
    assert measured.measure.path == ((40.4503, 35.0197), (40.1408, 35.3359)), "from its place to the other"
    there, back = date.choices
    assert isinstance(there.command, SetCursor) and isinstance(back.command, SetCursor)
    assert there.command.day == back.command.day + 1
    assert show.command.apply(State()).selected is None, "what is read stays selected"


# the citation


def test_a_citation_names_title_date_place_sources_edition_and_record(builtin: DataSet) -> None:
    for dossier in builtin.reader.dossiers(list(builtin.events.keys)[::10]):
        text = citation(builtin, event(dossier.event.key))
        what, *_, found = text.splitlines()
        assert what.startswith(dossier.event.title.rstrip("."))
        assert words(dossier.event.date) in what
        assert all(builtin.sources[row.source].publisher in text for row in dossier.sources)
        assert found.endswith(f"[{builtin.meta.store_id}, as of {builtin.meta.as_of}], event {dossier.event.key}.")
        assert "Place: " in text
