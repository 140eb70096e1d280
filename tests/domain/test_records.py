"""Records and their fields: said once, read everywhere."""

from __future__ import annotations

import dataclasses

import pytest

from viewer.domain.actors import ActorRelation, parts_of, with_parts
from viewer.domain.dates import UNDATED
from viewer.domain.events import SPOKEN, Event
from viewer.domain.fields import fields_of, info
from viewer.domain.records import EVENT_PARTS, TABLES, Meta, Problem, Records
from viewer.domain.sources import Source


@pytest.mark.parametrize("table", TABLES)
def test_every_field_says_what_it_is(table: str) -> None:
    record = TABLES[table]
    for name, about in fields_of(record).items():
        assert about.label and about.kind, name
        assert not about.table or about.table in TABLES, name
        assert (about.kind in ("ref", "refs")) == bool(about.table), name
        assert (about.kind == "term") == bool(about.terms), name
    assert dataclasses.fields(record)
    assert record.__doc__ and "(key" not in record.__doc__


@pytest.mark.parametrize("table", TABLES)
def test_a_record_needs_only_what_is_required_and_is_a_value(table: str) -> None:
    needed = {name: name for name, about in fields_of(TABLES[table]).items() if about.required}
    record = TABLES[table](**needed)
    assert record == TABLES[table](**needed)
    assert len({record, TABLES[table](**needed)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, next(iter(needed)), "x")


@pytest.mark.parametrize("table", TABLES)
def test_defaults_are_among_the_known_terms(table: str) -> None:
    for field in dataclasses.fields(TABLES[table]):
        about = field.metadata["info"]
        if about.kind == "term" and not about.required:
            assert field.default in ("", *about.terms)
        if about.kind == "date" and not about.required:
            assert field.default is UNDATED


@pytest.mark.parametrize("table", EVENT_PARTS)
def test_the_rows_of_an_event_name_it(table: str) -> None:
    about = fields_of(TABLES[table])["event"]
    assert (about.kind, about.table, about.required) == ("ref", "event", True)


def test_words_are_event_types() -> None:
    assert set(SPOKEN) < set(fields_of(Event)["type"].terms)


def test_an_unknown_kind_of_field_is_refused_at_once() -> None:
    with pytest.raises(KeyError):
        info("Label", "colour")


def test_records_come_in_the_order_of_the_tables() -> None:
    source = Source(key="s", publisher="p")
    event = Event(key="e", title="t", type="raid")
    records = Records(Meta("id", "title"), {"event": [event], "source": [source]})
    assert list(records) == [("source", source), ("event", event)]
    assert records.of("place") == []


def test_a_problem_is_one_sentence_with_its_place() -> None:
    assert str(Problem("event row 3", "key is empty")) == "event row 3: key is empty"


def test_parts_of_an_actor_are_found_at_any_depth_and_in_a_loop() -> None:
    def relation(actor: str, kind: str, other: str) -> ActorRelation:
        return ActorRelation(actor=actor, kind=kind, other=other, source="s")

    relations = [relation("b", "part of", "a"), relation("c", "branch of", "b"), relation("d", "backed by", "a")]
    assert with_parts(["a"], parts_of(relations)) == {"a", "b", "c"}
    assert with_parts(["c", "x"], parts_of(relations)) == {"c", "x"}
    assert with_parts(["a"], parts_of([*relations, relation("a", "part of", "c")])) == {"a", "b", "c"}
    assert with_parts([], parts_of(relations)) == frozenset()
