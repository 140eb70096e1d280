"""The commands that look at one thing: info, show and check."""

from __future__ import annotations

import argparse
import dataclasses
import re
from typing import Any

from viewer.cli.console import UsageError, counted, say, say_json, say_table
from viewer.cli.opening import one_day, opened
from viewer.domain.dates import DateSpan, iso
from viewer.domain.fields import fields_of
from viewer.domain.records import TABLES
from viewer.formats.plain import event_object
from viewer.session.cards import Card, Row, card_of, card_text, citation
from viewer.session.control import shape_object
from viewer.session.describe import names_of, record_of, refs_of
from viewer.session.nearby import near_of
from viewer.session.selectors import extent
from viewer.session.state import Reading, Ref
from viewer.store.dataset import DataSet
from viewer.store.open import schema_version

PROBLEMS_FOUND = 1
_ROW = re.compile(r"(\w+) row (\d+)")


def info(arguments: argparse.Namespace) -> int:
    """Print what a store holds."""
    with opened(arguments.store) as data:
        about = _about(data)
    if arguments.json:
        say_json(about)
        return 0
    for name in ("title", "store_id", "path", "schema_version", "first", "last", "as_of", "marking", "licence",
                 "attribution", "note", "problems"):  # fmt: skip
        say(f"{name.replace('_', ' ')}: {about[name]}")
    say(f"views: {', '.join(view['id'] for view in about['views']) or 'none'}")
    say_table(("table", "records"), ((table, f"{number}") for table, number in about["counts"].items()))
    return 0


def _about(data: DataSet) -> dict[str, Any]:
    meta = data.meta
    first, last = extent(data)
    return {
        "store_id": meta.store_id,
        "title": meta.title,
        "schema_version": schema_version(data.store),
        "counts": {table: data.reader.number(table) for table in TABLES},
        "first": iso(first),
        "last": iso(last),
        "as_of": meta.as_of,
        "marking": meta.marking,
        "licence": meta.licence,
        "attribution": meta.attribution,
        "note": meta.note,
        "path": str(data.path),
        "problems": len(data.problems),
        "views": [{"id": view.key, "name": view.name} for view in data.views],
    }


def show(arguments: argparse.Namespace) -> int:
    """Print one record with everything the pane shows."""
    with opened(arguments.store) as data:
        ref = _only(data, arguments.id)
        reading = Reading()
        near = near_of(data, ref.key, reading) if ref.kind == "event" else None
        card = card_of(data, ref, one_day(arguments.on) if arguments.on else None, reading, near)
        if card is None:
            raise UsageError(f"{ref.kind} '{ref.key}' cannot be read; run check on the store")
        if arguments.json:
            say_json(_card_object(data, card))
        else:
            for line in card_text(card):
                say(line)
    return 0


def _only(data: DataSet, text: str) -> Ref:
    found = refs_of(data, text)
    if not found:
        dashes = "-- " if text.startswith("-") else ""
        raise UsageError(f"no record has the key '{text}'; find one with: badia find {dashes}'{text}'")
    if len(found) > 1:
        choices = " or ".join(f"{ref.kind}:{ref.key}" for ref in found)
        raise UsageError(f"'{text}' is the key of several records; write {choices}")
    return found[0]


def _card_object(data: DataSet, card: Card) -> dict[str, Any]:
    return {
        "kind": card.ref.kind,
        "id": card.ref.key,
        "title": card.title,
        "about": card.kind,
        "record": _record_object(data, card.ref),
        "sections": [
            {"title": section.title, "rows": [_row_object(row) for row in section.rows]} for section in card.sections
        ],
        "citation": citation(data, card.ref),
    }


def _row_object(row: Row) -> dict[str, Any]:
    return {
        "label": row.label,
        "text": row.text,
        "note": "; ".join(filter(None, (row.note, row.stake))),
        "level": row.level,
        "ref": {"kind": row.ref.kind, "id": row.ref.key} if row.ref else None,
        "bar": dataclasses.asdict(row.bar) if row.bar else None,
    }


def _record_object(data: DataSet, ref: Ref) -> dict[str, Any]:
    """The record's own fields; an event as `events --format json` gives it."""
    if ref.kind == "event" and (dossier := data.dossier(ref.key)):
        return event_object(dossier, names_of(data, [ref.key]))
    record: Any = record_of(data, ref)
    plain: dict[str, Any] = {}
    for name, about in fields_of(type(record)).items():
        value = getattr(record, name)
        if isinstance(value, DateSpan):
            plain |= {"date": value.edtf, "earliest": iso(value.earliest), "latest": iso(value.latest),
                      "date_precision": value.precision}  # fmt: skip
        elif about.kind == "geometry":
            shape = data.shape_of(record)
            plain[name] = shape_object(shape) if shape else None
        elif about.kind == "refs":
            plain[name] = value.split()
        else:
            plain[name] = value
    return plain


def check(arguments: argparse.Namespace) -> int:
    """Print every problem of a store; exit code 1 when there are any."""
    with opened(arguments.store) as data:
        problems, path = data.problems, data.path
    if arguments.json:
        listed = [{**_located(problem.where), "message": problem.message} for problem in problems]
        say_json({"store": str(path), "problems": listed})
    else:
        for problem in problems:
            say(" ".join(str(problem).split()))
        say(f"{path}: {counted(len(problems), 'problem')}")
    return PROBLEMS_FOUND if problems else 0


def _located(where: str) -> dict[str, Any]:
    match = _ROW.fullmatch(where)
    if match:
        return {"table": match[1], "row": int(match[2])}
    return {"table": where if where in TABLES else None, "row": None}
