"""Data sets made up at random that make sense: every reference leads somewhere, every term is one."""

from __future__ import annotations

import dataclasses
from typing import Any

import shapely
from hypothesis import strategies as st

from viewer.domain.dates import parse
from viewer.domain.fields import fields_of
from viewer.domain.records import TABLES, Meta, Records

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
FILLED = TEXT.filter(lambda text: text.strip() != "")
EDTF = st.sampled_from(["", "2017", "2017-11", "2017-11-03", "2017-11-01/2017-11-03", "../2019-01-30~", "2017-06~/.."])
NUMBER = (st.floats(0, 1e6) | st.integers(0, 1000)).map(lambda number: number + 0.0)  # SQLite knows no minus zero
SHAPES = [
    shapely.to_wkb(shape, byte_order=1)
    for shape in (
        shapely.Polygon([(40, 35), (41, 35), (41, 36)]),
        shapely.MultiPolygon([shapely.box(40, 35, 41, 36), shapely.box(42, 35, 43, 36)]),
        shapely.LineString([(40, 35), (41, 36)]),
    )
]
DEGREES = ("lon", "lat", "west", "south", "east", "north")
KEYED = ("source", "place", "actor", "event", "control_claim", "route", "quantity", "caveat", "saved_view")
PARTS = ("place_name", "actor_name", "actor_relation", "event_place", "event_actor", "event_source", "event_date",
         "event_link", "count")  # fmt: skip


@st.composite
def data_sets(draw: st.DrawFn) -> Records:
    """Up to a few records of each table, and rows that belong to them."""
    keys = {table: [f"{table[0]}{n}" for n in range(draw(st.integers(0, 3)))] for table in KEYED}
    keys["source"] = keys["source"] or ["s0"]
    records = Records(Meta("random", "Random"))
    for table in KEYED:
        if all(keys[name] for name in _needed(table)):
            records.tables[table] = [_record(draw, table, key, keys) for key in keys[table]]
    keys.update({table: [record.key for record in records.of(table)] for table in KEYED})
    for table in PARTS:
        if all(keys[name] for name in _needed(table)):
            records.tables[table] = [_record(draw, table, "", keys) for _ in range(draw(st.integers(0, 4)))]
    return records


def _needed(table: str) -> set[str]:
    """The tables of which a record of this one names a record."""
    fields = fields_of(TABLES[table]).values()
    return {about.table for about in fields if about.kind in ("ref", "refs") and about.required}


def _record(draw: st.DrawFn, table: str, key: str, keys: dict[str, list[str]]) -> Any:
    record = TABLES[table]
    told: dict[str, Any] = {}
    for name, about in fields_of(record).items():
        if about.kind == "key":
            told[name] = key
        elif about.required or draw(st.booleans()):
            told[name] = _value(draw, table, name, about, keys)
    if table == "place" and ((told.get("lon") is None) != (told.get("lat") is None)):
        told |= {"lon": None, "lat": None}
    if record.__name__ == "ControlClaim" and told.get("place") is None and not told.get("geometry"):
        told["geometry"] = SHAPES[0]
    return record(**told)


def _value(draw: st.DrawFn, table: str, name: str, about: Any, keys: dict[str, list[str]]) -> Any:
    if about.kind in ("ref", "refs"):
        some = keys[about.table]
        if about.kind == "refs":
            least = 1 if about.required else 0
            return " ".join(draw(st.lists(st.sampled_from(some), min_size=least, unique=True))) if some else ""
        return draw(st.sampled_from(some if about.required else ["", *some])) if some else ""
    if about.kind == "term":
        return draw(st.sampled_from(about.terms))
    if about.kind == "date":
        return parse(draw(EDTF))
    if about.kind == "edtf":
        return draw(EDTF.filter(bool)) if about.required else draw(EDTF)
    if about.kind == "real":
        return draw(st.floats(-80, 80)) + 0.0 if name in DEGREES else draw(NUMBER)
    if about.kind == "flag":
        return draw(st.booleans())
    if about.kind == "geometry":
        return draw(st.sampled_from(SHAPES[2:] if table == "route" else SHAPES))
    return draw(FILLED) if about.required else draw(TEXT)


def told(records: Any) -> dict[str, list[str]]:
    """All rows of all tables in an order of their own; records: Records, or what reads a store."""
    rows_of = records.of if isinstance(records, Records) else records.all
    return {table: sorted(_row(one) for one in rows_of(table)) for table in (*KEYED, *PARTS)}


def _row(record: Any) -> str:
    return repr({one.name: getattr(record, one.name) for one in dataclasses.fields(record)})
