"""The commands that ask for many records: events, control, total and find."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from viewer.cli.console import complain, counted, say, say_json, say_table
from viewer.cli.opening import Question, basemap, known_by, one_day, opened, question, tell_unpublished
from viewer.domain.dates import Day, day_words, iso, words
from viewer.domain.dossier import Dossier
from viewer.domain.events import DOUBTED
from viewer.formats.exported import Content
from viewer.formats.exporters import exporter_named
from viewer.formats.plain import number
from viewer.session.control import control_feature, control_object, standing_claims
from viewer.session.describe import actor_names, count_words, names_of
from viewer.session.filter_words import sentence_of
from viewer.session.finding import find_all
from viewer.session.ground import ground_features
from viewer.session.known import known_data
from viewer.session.query import actor_keys, place_keys
from viewer.session.selectors import filter_mask, unplaced_events, visible_events
from viewer.session.state import Filters
from viewer.session.totals import total_of
from viewer.store.dataset import DataSet

CHUNK = 500


def events(arguments: argparse.Namespace) -> int:
    """Print the events that fit."""
    with opened(arguments.store) as data:
        asked = question(data, arguments)
        keys = _keys(data, asked, arguments.starts_in)
        if arguments.format == "table":
            _event_table(data, keys, asked, arguments.starts_in)
        else:
            content = Content(names_of(data, keys), _dossiers(data, keys))
            sys.stdout.writelines(exporter_named(arguments.format).pieces(content))
        tell_unpublished(data, asked, arguments.starts_in)
    return 0


def _keys(data: DataSet, asked: Question, starts_in: bool) -> list[str]:
    """The keys of the events that fit, in order of time; undated ones only when no day was asked for."""
    if asked.bounded:
        rows = visible_events(data, asked.state(starts_in)).rows
    else:
        rows = np.flatnonzero(filter_mask(data, asked.filters))
    return [data.events.keys[row] for row in rows]


def _dossiers(data: DataSet, keys: Sequence[str]) -> Iterator[Dossier]:
    for start in range(0, len(keys), CHUNK):
        yield from data.reader.dossiers(keys[start : start + CHUNK])


def _event_table(data: DataSet, keys: Sequence[str], asked: Question, starts_in: bool) -> None:
    rows = [_event_row(data, dossier) for dossier in _dossiers(data, keys)]
    say_table(("date", "type", "id", "where", "who", "counts", "title"), rows)
    said = f". {sentence_of(data, asked.filters)}" if asked.filters != Filters() else ""
    say(f"{counted(len(keys), 'event')}{_left_out(data, asked)}{said}")
    if asked.filters.placed and (unplaced := _unplaced(data, asked, starts_in)):
        option = "--bbox" if asked.filters.bbox else "--within"
        complain(f"{unplaced} more {'has' if unplaced == 1 else 'have'} no place; list them without {option}")


def _left_out(data: DataSet, asked: Question) -> str:
    """Nothing vanishes: undated events cannot be in a window."""
    undated = int(np.count_nonzero(filter_mask(data, asked.filters) & ~data.events.dated)) if asked.bounded else 0
    return f"; {undated} undated ones fit too, list them without --from and --to" if undated else ""


def _unplaced(data: DataSet, asked: Question, starts_in: bool) -> int:
    """How many events fit that cannot be in a box, having no point."""
    if asked.bounded:
        return len(unplaced_events(data, asked.state(starts_in)))
    return int(np.count_nonzero(filter_mask(data, asked.filters.anywhere) & ~data.events.placed))


def _event_row(data: DataSet, dossier: Dossier) -> tuple[str, ...]:
    event = dossier.event
    where = [data.places[row.place].name for row in dossier.places if row.place in data.places]
    who = [actor_names(data, row.actor) + _mark(row.certainty) for row in dossier.actors if row.role == "perpetrator"]
    counts = [f"{c.measure} {count_words(c)}" for c in dossier.counts if c.partition == "total"]
    kind = event.type if event.actuality == "reported" else f"{event.type} ({event.actuality})"
    joined = (", ".join(dict.fromkeys(parts)) for parts in (where, who, counts))
    return (words(event.date), kind, event.key, *(_short(text) for text in joined), event.title)


def _mark(certainty: str) -> str:
    return "?" if certainty in DOUBTED else ""


def _short(text: str, width: int = 36) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}\u2026"


def control(arguments: argparse.Namespace) -> int:
    """Print the claims in force on a day."""
    with opened(arguments.store) as stored:
        day, data = one_day(arguments.on), known_data(stored, known_by(arguments))
        actors = data.actors_with_parts(key for text in arguments.actor for key in actor_keys(data, text))
        places = data.places_within(key for text in arguments.place for key in place_keys(data, text))
        found = [
            (site, holding)
            for site, holding in standing_claims(data, day)
            if (not actors or actors & set(holding.claim.actors.split())) and (not places or site in places)
        ]
        if arguments.format == "geojson":
            features = [control_feature(data, site, holding, day) for site, holding in found]
            features += ground_features(data, basemap(), day, arguments.ground, actors, places)
            say_json({"type": "FeatureCollection", "features": features})
        else:
            claims = [control_object(data, site, holding, day) for site, holding in found]
            say_json(claims) if arguments.format == "json" else _control_table(claims, day)
    return 0


def _control_table(claims: Sequence[dict[str, Any]], day: Day) -> None:
    head = ("place", "who", "class", "since", "as of", "age", "status", "id")
    say_table(head, ([
        claim["place"]["name"] if claim["place"] else "(an area)",
        ", ".join(actor["name"] for actor in claim["actors"]),
        claim["class"] + (" (possible)" if claim["possible"] else ""),
        claim["since"] or "?",
        claim["as_of"] or "?",
        f"{claim['age_days']} d",
        claim["status"] + (", schematic" if claim["schematic"] else "") + (" !" if claim["disagrees"] else ""),
        claim["id"],
    ] for claim in claims))  # fmt: skip
    found = f"{counted(len(claims), 'claim')} in force on {day_words(day)}"
    say(f"{found}; ! marks places where other claims disagree near that day")


def total(arguments: argparse.Namespace) -> int:
    """Print a sum that counts nothing twice."""
    with opened(arguments.store) as data:
        asked = question(data, arguments)
        result = total_of(data, arguments.measure, asked.filters, asked.first, asked.last)
        figure = result.figure
        tell_unpublished(data, asked)
        if not arguments.json:
            say(f"{arguments.measure}: {figure}, from {counted(len(result.counted), 'record')}")
            if asked.filters != Filters():
                say(f"  {sentence_of(data, asked.filters)}")
            for key, reason in result.left_out:
                say(f"  left out {key}: {reason}")
            return 0
        say_json({
            "measure": arguments.measure,
            "from": iso(asked.first),
            "to": iso(asked.last),
            "low": number(figure.low),
            "high": number(figure.high),
            "value": number(figure.low) if figure.low == figure.high else None,
            "at_least": figure.at_least,
            "counted": list(result.counted),
            "left_out": [{"id": key, "reason": reason} for key, reason in result.left_out],
            "selection": sentence_of(data, asked.filters),
        })  # fmt: skip
    return 0


def find(arguments: argparse.Namespace) -> int:
    """Print what a text may mean, the likeliest first."""
    with opened(arguments.store) as data:
        hits = find_all(data, arguments.text, arguments.limit)
        if arguments.json:
            say_json([
                {"kind": hit.kind, "id": hit.key, "name": hit.name, "matched": hit.matched, "score": hit.score}
                for hit in hits
            ])  # fmt: skip
        elif hits:
            rows = [(hit.kind, hit.key, f"{hit.score:.0f}", hit.matched, hit.name) for hit in hits]
            say_table(("kind", "id", "score", "matched", "name"), rows)
        else:
            say("nothing found; try fewer or other letters")
    return 0
