"""What a typed text may mean: a name, words of an event, a coordinate or a date."""

from __future__ import annotations

from viewer.domain.dates import words
from viewer.session.spoken_date import spoken_span
from viewer.store.dataset import DataSet
from viewer.store.search import Hit


def find_all(data: DataSet, text: str, limit: int = 40) -> list[Hit]:
    """The likeliest meanings first; a text that is a coordinate or a date surely means that."""
    return [*_coordinate(text), *_date(text), *data.finder.find(text, limit)][:limit]


def _coordinate(text: str) -> list[Hit]:
    """The point a text writes down, in decimal degrees, DMS or MGRS."""
    from viewer.geo.gridref import parse_coordinate

    found = parse_coordinate(text)
    if found is None:
        return []
    lon, lat = found
    return [Hit("coordinate", f"{lat:.5f},{lon:.5f}", f"{lat:.5f}, {lon:.5f}", text.strip(), 100.0)]


def _date(text: str) -> list[Hit]:
    """The day, month, year or interval that a text is, as people type it or as EDTF."""
    span = spoken_span(text)
    return [Hit("date", span.edtf, words(span), text.strip(), 100.0)] if span else []
