"""Stores that lack a column or a table, or hold rows that cannot be trusted: the rest is still answered."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from viewer.cli import asking, looking
from viewer.domain.records import OPTIONAL, TABLES
from viewer.formats.exported import Content
from viewer.formats.exporters import TEXTS
from viewer.session.cards import card_of, card_text
from viewer.session.control import control_feature, standing_claims
from viewer.session.describe import names_of, refs_of
from viewer.store import schema
from viewer.store.dataset import open_dataset

QUESTIONS = (
    ("info",), ("events",), ("events", "--format", "json"), ("events", "--format", "csv"),
    ("events", "--format", "geojson"), ("events", "--from", "2017", "--to", "2017", "--text", "strikes"),
    ("control", "--on", "2018"), ("control", "--on", "2018", "--format", "geojson"),
    ("total", "--measure", "strikes"), ("find", "mayadin"), ("find", "week"),
)  # fmt: skip
KEYS = ("may-strikes", "week", "mayadin", "dz-province", "gov", "claim:m3", "n1", "road", "area", "one-strike")
COLUMNS = [(table, column) for table in TABLES for column in schema.columns_of(table) if column not in ("id", "key")]


@pytest.fixture
def spoiled(small_store: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the small store after some SQL."""

    def spoil(*statements: str) -> Path:
        path = tmp_path / "poor.gpkg"
        shutil.copyfile(small_store, path)
        with sqlite3.connect(path) as db:
            for statement in statements:
                db.execute(statement)
        db.close()
        return path

    return spoil


def answers(ask: Ask, store: Path) -> None:
    """Every question gets an answer or one sentence, never a traceback; `ask` lets exceptions through.

    The store is opened once for all of them, as that takes most of the time.
    """
    data = open_dataset(store)
    with closing(data), pytest.MonkeyPatch.context() as patch:
        for module in (asking, looking):
            patch.setattr(module, "opened", lambda path: nullcontext(data))
        for question in QUESTIONS:
            found = ask(*question, store)
            assert (found.code, found.err) == (0, ""), (question, found.err)
        for key in KEYS:
            found = ask("show", key, store)
            assert found.code in (0, 2)
            assert found.err.count("\n") == (1 if found.code else 0)
    found = ask("check", store, "--json")
    assert found.code in (0, 1)


def without(table: str, *columns: str) -> list[str]:
    """The SQL that takes columns away."""
    indexed = [column for column in columns if column in schema.INDEXES.get(table, ())]
    drops = [f'DROP INDEX "{table}_{column}"' for column in indexed]
    return [*drops, *(f'ALTER TABLE "{table}" DROP COLUMN "{column}"' for column in columns)]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda name: name)
def test_a_missing_column_reads_as_empty(spoiled: Callable[..., Path], table: str, column: str) -> None:
    data = open_dataset(spoiled(*without(table, column)))
    try:
        absent = "lon, lat" if column in ("lon", "lat") else column
        assert f"lacks the columns {absent}" in " ".join(problem.message for problem in data.problems)
        content = Content(names_of(data, data.events.keys), data.reader.dossiers(data.events.keys))
        for exporter in TEXTS:
            assert "".join(exporter.pieces(content))
        for day in (16000, 18000):
            for site, holding in standing_claims(data, day):
                assert control_feature(data, site, holding, day)
        for ref in (ref for key in KEYS for ref in refs_of(data, key)):
            found = card_of(data, ref)
            assert found is None or list(card_text(found))
    finally:
        data.close()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_keys_alone_is_enough_to_answer(ask: Ask, spoiled: Callable[..., Path], table: str) -> None:
    answers(ask, spoiled(*without(table, *(column for name, column in COLUMNS if name == table))))


@pytest.mark.parametrize("table", [table for table in TABLES if table not in ("event", "source")])
def test_a_missing_table_reads_as_empty(ask: Ask, spoiled: Callable[..., Path], table: str) -> None:
    store = spoiled(f'DROP TABLE "{table}"')

    answers(ask, store)
    assert (f"{table}: is missing" in ask("check", store).out) == (table not in OPTIONAL)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE place SET lat = 'north' WHERE key = 'mosul'", "place row"),
        ("UPDATE place SET lon = 9e999 WHERE key = 'mosul'", "place row"),
        ("UPDATE event SET date_edtf = 'soon' WHERE key = 'week'", "event row 1"),
        ("UPDATE event SET earliest = 99999, latest = 0 WHERE key = 'week'", "event row 1"),
        ("UPDATE count SET value = 'many' WHERE id = 1", "count row 1"),
        ("UPDATE event_actor SET actor = 'nobody' WHERE id = 1", "event_actor row 1"),
        ("UPDATE event SET title = CAST(x'ff41fe' AS TEXT) WHERE key = 'week'", "damaged text"),
        ("UPDATE place SET geom = x'00' WHERE key = 'river'", "place row"),
        ("UPDATE place SET within = 'dz dz-province' WHERE key = 'dz-province'", ""),
        ("UPDATE event SET part_of = 'week-syria-town' WHERE key = 'week'", ""),
        ("UPDATE actor_relation SET other = actor", ""),
    ],
)
def test_a_bad_value_is_named_and_the_rest_answered(
    ask: Ask, spoiled: Callable[..., Path], statement: str, said: str
) -> None:
    store = spoiled(statement)

    answers(ask, store)
    assert said in ask("check", store).out


def test_no_text_of_a_store_reaches_the_terminal_raw(ask: Ask, spoiled: Callable[..., Path]) -> None:
    evil = "char(27) || '[2J' || char(8238) || char(155)"
    columns = [("event", "title"), ("event", "summary"), ("place", "name"), ("actor", "name"), ("source", "publisher")]
    store = spoiled(
        *(f"UPDATE {table} SET {column} = {column} || {evil}" for table, column in columns),
        f"UPDATE badia_meta SET value = value || {evil} WHERE name = 'title'",
    )
    for question in (*QUESTIONS, *(("show", key) for key in KEYS), ("show", "week", "--json"), ("info", "--json")):
        out = ask(*question, store).out
        if "csv" not in question:
            assert not {"\x1b", "\u202e", "\x9b"} & set(out), question
