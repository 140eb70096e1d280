"""The card of a place: its names, who held it when, which claims disagree, and what happened there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np

from viewer.domain.control import Holding, Tenure, disagreeing
from viewer.domain.dates import Day, between, day_words, words
from viewer.domain.places import Place
from viewer.domain.sources import Quantity
from viewer.geo.projection import distance_m
from viewer.session.card import CONTRADICTIONS, Card, Row, label, sections
from viewer.session.control import shown_holdings
from viewer.session.describe import (
    has_extent,
    holder_words,
    holding_doubts,
    length_words,
    measured_words,
    place_name,
    quantity_words,
    source_brief,
)
from viewer.session.ground import RULES, is_point
from viewer.session.state import Ref
from viewer.session.window import Rows, SmallRows
from viewer.store.dataset import DataSet

LISTED = 60
"""So many events a card lists; the rest is counted, and the record list shows all."""
NEAREST = 5


def place_card(data: DataSet, ref: Ref, day: Day) -> Card | None:
    """The card of a place, None when there is none."""
    place = data.places.get(ref.key)
    if place is None:
        return None
    arabic = data.arabic_name(place.key)
    kind = " \u00b7 ".join(filter(None, (place.kind, place.country, arabic)))
    return Card(ref, place.name, kind, sections(
        (CONTRADICTIONS, _disagreements(data, place)),
        ("Held now", _now(data, place, day)),
        ("Numbers", _quantities(data, place)),
        ("Ground around it", _ground(data, place, day)),
        ("Held now, within", _parts_now(data, place, day)),
        ("Who held it", _tenures(data, place)),
        ("Names", _names(data, place)),
        ("Where", _where(data, place)),
        ("What happened here", incident_rows(data, _events_at(data, place))),
        ("Caveats", [Row("Caveat", c.text, "", Ref("caveat", c.key)) for c in data.caveats_on("place", place.key)]),
    ))  # fmt: skip


def _disagreements(data: DataSet, place: Place) -> Iterator[Row]:
    """The claims the picture does not follow; second dates, opposing accounts, outliers."""
    for claim in disagreeing(data.claims_by_site.get(place.key, ())):
        source = data.sources.get(claim.source)
        notes = (claim.status, claim.note, source_brief(source) if source else claim.source)
        name = "Outlier" if claim.use == "outlier" else "Another account"
        text = f"{holder_words(data, claim)}, {claim.phase} {words(claim.date)}"
        yield Row(name, text, "; ".join(filter(None, notes)), Ref("claim", claim.key))


def _now(data: DataSet, place: Place, day: Day) -> Iterator[Row]:
    history = data.histories.get(place.key)
    for held in history.on(day) if history else ():
        yield Row(f"On {day_words(day)}", holder_words(data, held.claim), holding_doubts(held, day),
                  Ref("claim", held.claim.key))  # fmt: skip


def _ground(data: DataSet, place: Place, day: Day) -> Iterator[Row]:
    """By which rule the land around is painted in the holders' colours."""
    if shown_holdings(data, place.key, day) and is_point(data, place):
        yield Row("Painted as held so", RULES["reach"])


def _parts_now(data: DataSet, place: Place, day: Day) -> Iterator[Row]:
    """Who stands in the places within, where claims name parts: the banks of a city, the towns of a province."""
    inside = data.places_within([place.key]) - {place.key}
    for site in sorted(inside & set(data.histories), key=lambda key: place_name(data, key)):
        for held in data.histories[site].on(day):
            text = f"{holder_words(data, held.claim)}{', possible' if held.possible else ''}"
            yield Row(place_name(data, site), text, holding_doubts(held, day), Ref("place", site))


def _tenures(data: DataSet, place: Place) -> Iterator[Row]:
    history = data.histories.get(place.key)
    for first, last, holdings in changes_of_holder(history.tenures if history else ()):
        when = f"from {day_words(first)}" if last is None else between(first, last)
        if not holdings:
            yield Row(when, "nobody is known to hold it")
        for number, held in enumerate(holdings):
            yield Row(when if number == 0 else "and", holder_words(data, held.claim), holding_doubts(held),
                      Ref("claim", held.claim.key), level=min(number, 1))  # fmt: skip


def changes_of_holder(tenures: Iterable[Tenure]) -> Iterator[tuple[Day, Day | None, tuple[Holding, ...]]]:
    """First and last day and holders of each tenure, those that only confirm the one before joined to it."""
    for _, same in groupby(tenures, lambda t: [(h.claim.actors, h.claim.control, h.possible) for h in t.holdings]):
        run = list(same)
        yield run[0].first, run[-1].last, run[-1].holdings


def _names(data: DataSet, place: Place) -> Iterator[Row]:
    """Each spelling once, by script, with the sources that use it."""
    users: dict[tuple[str, str], list[str]] = {}
    for name in data.names_of_place.get(place.key, ()):
        used = users.setdefault((name.script, name.name), [])
        if name.source and name.source not in used:
            used.append(name.source)
    for (script, spelling), sources in sorted(users.items(), key=lambda item: item[0][0] != "arabic"):
        note = f"so in {', '.join(sources)}" if sources else "usual elsewhere" if script != "arabic" else ""
        yield Row("Arabic" if script == "arabic" else "Spelled", spelling, note)


def _where(data: DataSet, place: Place) -> Iterator[Row]:
    if place.lon is not None and place.lat is not None:
        from viewer.geo.gridref import as_decimal, as_dms, as_mgrs

        here = (place.lon, place.lat)
        also = (as_dms(*here), as_mgrs(*here), place.coord_source)
        yield Row("Coordinate", as_decimal(*here), "; ".join(filter(None, also)))
    else:
        yield Row("Coordinate", "not known", place.coord_source)
    radius = f"within about {length_words(place.radius_m)}" if place.radius_m else ""
    radius = "its own extent" if has_extent(place, place.precision) else radius
    yield Row(label(Place, "precision"), place.precision, radius)
    for key in place.within.split():
        yield Row(label(Place, "within"), place_name(data, key), "", Ref("place", key))
    if place.schematic:
        yield Row(label(Place, "schematic"), "no source draws its outline")
    if place.note:
        yield Row(label(Place, "note"), place.note)
    yield Row("Id", place.key)
    yield from _nearest(data, place)


def _nearest(data: DataSet, place: Place) -> Iterator[Row]:
    """The towns around, by geodesic distance."""
    if place.lon is None or place.lat is None:
        return
    lon, lat = place.lon, place.lat
    towns = [
        (other.lon, other.lat, other)
        for other in data.places.values()
        if other.key != place.key and other.kind in ("town", "city") and other.lon is not None and other.lat is not None
    ]
    towns.sort(key=lambda found: (found[0] - lon) ** 2 * 0.67 + (found[1] - lat) ** 2)
    for other_lon, other_lat, other in towns[:NEAREST]:
        away = length_words(distance_m((lon, lat), (other_lon, other_lat)))
        yield Row("Near", other.name, away, Ref("place", other.key))


def _quantities(data: DataSet, place: Place) -> Iterator[Row]:
    for row in data.quantities:
        if place.key in (row.place, row.other_place):
            yield quantity_row(data, row)


def quantity_row(data: DataSet, row: Quantity) -> Row:
    """A quantity, and beside a stated distance the measured one."""
    source = data.sources.get(row.source)
    notes = (measured_words(data, row), row.baseline, row.reporter and f"says {row.reporter}",
             source_brief(source) if source else "")  # fmt: skip
    return Row(row.what, quantity_words(row), "; ".join(filter(None, notes)), Ref("quantity", row.key))


def _events_at(data: DataSet, place: Place) -> SmallRows:
    """The events here and in what lies within, newest first."""
    inside = data.places_within([place.key])
    return data.event_places.with_any(np.array([key in inside for key in data.place_keys], dtype=bool))[::-1]


def incident_rows(data: DataSet, rows: Rows | SmallRows) -> Iterator[Row]:
    """Events as rows, in the order given; long lists end with how many more there are."""
    keys = [data.events.keys[row] for row in rows[:LISTED].tolist()]
    titles = {event.key: event for event in data.reader.where("event", "key", keys)}
    for key in keys:
        if event := titles.get(key):
            yield Row(words(event.date), event.title, event.type, Ref("event", key))
    if len(rows) > LISTED:
        yield Row("and more", f"{len(rows) - LISTED} earlier ones")
