"""Records in words: the phrases that pane, table and citation share, so that they say the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from viewer.domain.control import ControlClaim, Holding, class_of
from viewer.domain.counts import FROM_WORDS, Count, figure_of
from viewer.domain.dates import Day, age_words, day_words, parse, words
from viewer.domain.events import DOUBTED, EventActor, EventPlace, precision_at, radius_at
from viewer.domain.places import BOUNDED, PINNED, Place
from viewer.domain.sources import Caveat, Quantity, Source
from viewer.formats.plain import Names
from viewer.geo.projection import distance_m
from viewer.geo.shapes import is_flat
from viewer.session.selectors import compiled_until, extent
from viewer.session.state import Ref
from viewer.store.columns import FAR_FUTURE
from viewer.store.dataset import DataSet

TABLE_OF = {
    "event": "event", "place": "place", "actor": "actor", "claim": "control_claim", "source": "source",
    "route": "route", "quantity": "quantity", "caveat": "caveat", "view": "saved_view",
}  # fmt: skip
"""The kinds of record that can be looked at, and the table each stands in."""
METRES = {"m": 1.0, "km": 1000.0, "mi": 1609.344}
GRADES = {
    "A": "A, completely reliable", "B": "B, usually reliable", "C": "C, fairly reliable",
    "D": "D, not usually reliable", "E": "E, unreliable", "F": "F, cannot be judged",
}  # fmt: skip
BASIS_WORDS = {
    "stated": "stated in the source", "relative": "counted from the publication day", "inferred": "inferred",
    "bounded": "bounded by other reports", "unknown": "not known",
}  # fmt: skip


def names_of(data: DataSet, events: Iterable[str]) -> Names:
    """The records that these events name, for exporters."""
    keys = frozenset(events)
    caveats: dict[str, list[Caveat]] = {}
    for caveat in data.caveats:
        for affected in caveat.affects.split():
            table, _, key = affected.partition(":")
            if table == "event" and key in keys:
                caveats.setdefault(key, []).append(caveat)
    found = {key: tuple(rows) for key, rows in caveats.items()}
    return Names(data.actors, data.places, data.sources, found)


def refs_of(data: DataSet, text: str) -> tuple[Ref, ...]:
    """The records a key names: `kind:key` exactly, else a bare key, colons and all, in every kind that has it."""
    kind, colon, key = text.partition(":")
    kinds = {**{kind: kind for kind in TABLE_OF}, "control_claim": "claim"}
    if colon and kind in kinds and _known(data, kinds[kind], key):
        return (Ref(kinds[kind], key),)
    return tuple(Ref(kind, text) for kind in TABLE_OF if _known(data, kind, text))


def _known(data: DataSet, kind: str, key: str) -> bool:
    if kind == "event":
        return key in data.events.row_of
    if kind == "place":
        return key in data.places
    if kind == "actor":
        return key in data.actors
    if kind == "source":
        return key in data.sources
    return record_of(data, Ref(kind, key)) is not None


def record_of(data: DataSet, ref: Ref) -> object | None:
    """The record a ref names (of an event: the event itself), or None."""
    if ref.kind == "event":
        return next(iter(data.reader.where("event", "key", [ref.key])), None)
    tables: Mapping[str, Mapping[str, object]] = {
        "place": data.places, "actor": data.actors, "source": data.sources,
    }  # fmt: skip
    if ref.kind in tables:
        return tables[ref.kind].get(ref.key)
    rows: Mapping[str, tuple[object, ...]] = {
        "claim": data.claims, "route": data.routes, "quantity": data.quantities, "caveat": data.caveats,
        "view": data.views,
    }  # fmt: skip
    return next((row for row in rows.get(ref.kind, ()) if getattr(row, "key", "") == ref.key), None)


def name_of(data: DataSet, ref: Ref) -> str:
    """What a record is called in a line of text; its key when it has no name."""
    record = record_of(data, ref)
    if isinstance(record, ControlClaim):
        return claim_words(data, record)
    if isinstance(record, Source):
        return source_words(record)
    for name in ("name", "title", "what", "text"):
        if text := getattr(record, name, ""):
            return str(text)
    return ref.key


def place_name(data: DataSet, key: str) -> str:
    """A place's name, or its key when the store does not define it."""
    return data.places[key].name if key in data.places else key


def actor_names(data: DataSet, keys: str) -> str:
    """The names of the actors in a field of keys; free text stays as it is."""
    known = [data.actors[key].name for key in keys.split() if key in data.actors]
    return ", ".join(known) if known and len(known) == len(keys.split()) else keys


def last_told_day(data: DataSet) -> Day:
    """The day on which the compilation of a data set ends; without one, the last day any record names."""
    until = compiled_until(data)
    return extent(data)[1] if until == FAR_FUTURE else until


def number_words(number: float) -> str:
    """A number for people: thousands apart, no needless decimals."""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.4g}"


def count_words(count: Count) -> str:
    """A count with its doubt: "202", "30+", "≥ 46", "scores (40+)", "27 (derived)", "none, a denial"."""
    if count.qualifier == "claimed-none":
        return "none, a denial"
    figure = figure_of(count)
    if figure is None:
        return count.word or "no number given"
    low, high = number_words(figure.low), number_words(figure.high)
    return _qualified(count, low if low == high else f"{low}\u2013{high}", low, high)


def _qualified(count: Count, number: str, low: str, high: str) -> str:
    if count.qualifier in FROM_WORDS:
        word = count.word or ("" if count.qualifier == "word" else count.qualifier)
        return f"{word} ({number}{'+' if count.max is None else ''})" if word else f"{number}+"
    forms = {
        "at-least": f"\u2265 {number}", "over": f"{number}+", "about": f"about {number}", "up-to": f"up to {high}",
        "under": f"under {high}", "only": f"only {number}", "nearly": f"nearly {high}",
        "derived": f"{number} (derived)", "estimate": f"about {number} (estimate)",
    }  # fmt: skip
    return forms.get(count.qualifier, number)


def place_words(row: EventPlace, place: Place | None) -> str:
    """How exact an event's place is: "near, within about 15 km", without a radius where its own extent is meant."""
    precision = precision_at(row, place)
    radius = None if place is not None and has_extent(place, precision) else radius_at(row, place)
    said = {
        "exact": "exact place", "town": "somewhere in or at the town", "near": "near, not in it",
        "area": "somewhere in the area", "province": "somewhere in the province", "region": "somewhere in the region",
        "country": "somewhere in the country", "line": "along a line", "unknown": "how exact is not known",
    }  # fmt: skip
    if precision == "province" and place is not None and place.kind != precision:
        said[precision] = "somewhere around it in the province"
    text = said[precision] + (f", within about {length_words(radius)}" if radius else "")
    return f"{text}; {row.certainty}" if row.certainty in DOUBTED else text


def has_extent(place: Place, precision: str) -> bool:
    """Whether what is known of a place to this precision is its own extent, as the map outlines it, and no circle."""
    own = place.geometry if precision not in ("near", "line", "unknown", *PINNED) else None
    return (own is not None and not is_flat(own)) or (place.kind in BOUNDED and precision in BOUNDED)


def length_words(metres: float) -> str:
    """A length for people: "800 m", "15 km"."""
    if metres < 1000:
        return f"{metres:,.0f} m"
    return f"{metres / 1000:,.1f} km" if metres < 10_000 and metres % 1000 else f"{metres / 1000:,.0f} km"


def said_by(data: DataSet, row: EventActor) -> str:
    """On whose word an actor stands there: "established", "as the source says", "claimed, says the Islamic State"."""
    if row.certainty == "stated" and not row.claimed_by:
        return "as the source says"
    said = f", says {actor_names(data, row.claimed_by)}" if row.claimed_by else ""
    return f"{row.certainty}{said}"


def claim_words(data: DataSet, claim: ControlClaim) -> str:
    """A claim as a sentence: "Raqqa: Islamic State, control, begins Jan 2014"."""
    where = place_name(data, claim.place) if claim.place else "an area of its own"
    return f"{where}: {holder_words(data, claim)}, {claim.phase} {words(claim.date)}"


def class_words(control: str) -> str:
    """A class of control as people say it; a store that states none leaves it not known."""
    return class_of(control).words


def holder_words(data: DataSet, claim: ControlClaim) -> str:
    """Who, and how: "Islamic State, hidden presence, not control"."""
    return f"{actor_names(data, claim.actors)}, {class_words(claim.control)}"


def holding_doubts(holding: Holding, day: Day | None = None) -> str:
    """What is weak about a holding: possible only, inferred, general knowledge, and, on a day, how old it is."""
    claim = holding.claim
    doubts = ["only possible then: the change is not dated to the day"] if holding.possible else []
    if claim.status != "reported":
        doubts.append(claim.status)
    if claim.basis == "general":
        doubts.append("general knowledge, no text found")
    if claim.schematic:
        doubts.append("schematic")
    if holding.since is None:
        doubts.append("since when is not known")
    if day is None:
        return "; ".join([*doubts, confirmed_words(0, holding.as_of)])
    return "; ".join([*doubts, confirmed_words(holding.age_days(day), min(holding.as_of, day))])


def confirmed_words(days: int, as_of: Day) -> str:
    """How old the last confirmation is: "last confirmed 30 Jan 2019, 2 years ago"."""
    when = f"last confirmed {day_words(as_of)}"
    return f"{when}, {age_words(days)} ago" if days > 0 else when


def source_words(source: Source) -> str:
    """Publisher, title and date: "Voice of America, 'SDF campaign ...' (about Feb 2021)"."""
    title = f", \u2018{source.title}\u2019" if source.title else ""
    return f"{source.publisher}{title} ({published_words(source)})"


def source_brief(source: Source) -> str:
    """Publisher and date, where a title would be too long: "Reuters, 4 Mar 2013"."""
    return f"{source.publisher}, {published_words(source)}"


def published_words(source: Source) -> str:
    """When a source appeared: "30 Oct 2017", "about Feb 2021, inferred", "undated"."""
    when = words(parse(source.published)) if source.published else "undated"
    return when if source.published_basis == "stated" or not source.published else f"{when}, {source.published_basis}"


def quantity_words(row: Quantity) -> str:
    """A quantity with its unit and doubt: "about 190 km", "hundreds of thousands (200,000+ soldiers)"."""
    stated = [n for n in (row.value, row.min, row.max) if n is not None]
    if not stated:
        return f"{row.word} {row.unit}".strip()
    spread = "\u2013".join(number_words(n) for n in sorted({min(stated), max(stated)}))
    if row.qualifier in FROM_WORDS:
        number = f"{spread}{'+' if row.max is None else ''} {row.unit}".strip()
        word = row.word or ("" if row.qualifier == "word" else row.qualifier)
        return f"{word} ({number})" if word else number
    doubt = f"{row.qualifier} " if row.qualifier not in ("", "exact", "range") else ""
    word = f" (\u201c{row.word}\u201d)" if row.word else ""
    return f"{doubt}{spread} {row.unit}".strip() + word


def measured_words(data: DataSet, row: Quantity) -> str:
    """Stated against measured: "text says 190 km, geodesic 167.0 km"; '' when it is no distance."""
    ends = [data.places.get(row.place), data.places.get(row.other_place)]
    points = [(p.lon, p.lat) for p in ends if p is not None and p.lon is not None and p.lat is not None]
    if len(points) < 2 or row.unit not in METRES or row.value is None:
        return ""
    measured = distance_m(points[0], points[1]) / METRES[row.unit]
    return f"text says {number_words(row.value)} {row.unit}, geodesic {measured:,.1f} {row.unit}"
