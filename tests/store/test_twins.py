"""Events of other feeds that may be the same incident, asked of the file while an import goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from viewer.store.twins import MOST, twins_of

MANY = 2_000
TABLES = """
CREATE TABLE event (key TEXT, earliest INTEGER, latest INTEGER, part_of TEXT);
CREATE TABLE place (key TEXT, precision TEXT);
CREATE TABLE event_place (event TEXT, place TEXT);
CREATE TABLE event_actor (event TEXT, actor TEXT);
CREATE TABLE origin (of_table TEXT, of_key TEXT, feed TEXT);
CREATE UNIQUE INDEX event_key ON event (key);
CREATE UNIQUE INDEX place_key ON place (key);
CREATE INDEX event_place_event ON event_place (event);
CREATE INDEX event_place_place ON event_place (place);
CREATE INDEX event_actor_event ON event_actor (event);
CREATE INDEX event_actor_actor ON event_actor (actor);
CREATE INDEX origin_of ON origin (of_table, of_key);
INSERT INTO place VALUES ('town', 'town'), ('country', 'country');
"""


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Many events of one actor on as many days, of two feeds in turn: each in a town, and all in one country."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(TABLES)
        keys = [f"e{number}" for number in range(MANY)]
        made.executemany("INSERT INTO event VALUES (?, ?, ?, '')", [(key, day, day) for day, key in enumerate(keys)])
        made.executemany("INSERT INTO event_place VALUES (?, 'country')", [(key,) for key in keys])
        made.executemany("INSERT INTO event_actor VALUES (?, 'is')", [(key,) for key in keys])
        feeds = [(key, f"feed {number % 2}") for number, key in enumerate(keys)]
        made.executemany("INSERT INTO origin VALUES ('event', ?, ?)", feeds)
        yield made


def test_what_lies_somewhere_in_a_country_is_compared_with_nothing(db: sqlite3.Connection) -> None:
    asked = list[None]()
    db.execute("UPDATE event SET earliest = 0, latest = 0")
    db.set_progress_handler(lambda: asked.append(None), 100)
    assert twins_of(db, "e0") == ()
    assert len(asked) < 10, "its neighbours in all the country are not gone through"


def test_each_is_named_once_however_many_places_it_shares(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO place VALUES ('village', 'exact')")
    db.executemany("INSERT INTO event_place VALUES (?, ?)", [
        (key, place) for key in ("e0", "e1", "e2") for place in ("town", "village")
    ])  # fmt: skip
    db.execute("UPDATE event SET earliest = 0, latest = 0")
    assert twins_of(db, "e0") == ("e1",)
    db.executemany("INSERT INTO event_place VALUES (?, 'town')", [(f"e{number}",) for number in range(3, MANY)])
    assert len(twins_of(db, "e0")) == len(set(twins_of(db, "e0"))) == MOST
