"""Events and claims of control as KML 2.2 (OGC 07-147r2) with their days, for globes and phones.

Longitude first. A span of days is a TimeSpan, open where the date is; a single day is a TimeStamp. What no source
places or dates has no geometry or time, and is listed all the same. What is known no better than to an area is never a
pin: it has the outline of its place, a ring of its radius, or else a name without a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from viewer.domain.control import ControlClaim
from viewer.domain.dates import DateSpan, iso, words
from viewer.domain.dossier import Dossier
from viewer.domain.places import PINNED, Place
from viewer.formats.exported import About, Content, TextFile
from viewer.formats.plain import Names, Plain, point_of
from viewer.formats.plain_table import claim_row, event_row
from viewer.formats.plain_xml import xml_attribute, xml_text
from viewer.geo.errors import GeometryError
from viewer.geo.geodesic import ground_circle
from viewer.geo.shapes import is_flat
from viewer.geo.wkb import plain_point, simple_geometries

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2">
<Document>
"""
BALLOON = (
    '<Style id="plain"><BalloonStyle><text>&lt;b&gt;$[name]&lt;/b&gt;&lt;br/&gt;$[description]</text>'
    "</BalloonStyle></Style>\n"
)
"""Shows what a reader wants of a record, without the table of its fields that programs read."""
ROUGH = (
    '<Style id="rough"><IconStyle><scale>0</scale></IconStyle><PolyStyle><fill>0</fill></PolyStyle>'
    "<BalloonStyle><text>&lt;b&gt;$[name]&lt;/b&gt;&lt;br/&gt;$[description]</text></BalloonStyle></Style>\n"
)
"""The same without a pin, and with an outline that is not filled."""
RING_STEPS = 36
MOST_BYTES = 4_000
"""Of the outline (WKB) of a place that is written for each event there; of a longer one the ring is."""
_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_TOLD = {
    "date": "Date", "places": "Where", "precision": "How exact", "perpetrators": "By", "targets": "Against",
    "other_actors": "Others", "counts": "Numbers", "caveats": "Caveats", "sources": "Sources",
}  # fmt: skip
"""The fields that a balloon tells of below the summary, and what it calls them."""


class KmlExporter(TextFile):
    """A folder of incidents and one of claims; every field of the table is among the extended data of its placemark."""

    name = "kml"
    title = "KML with days, for globes and phones"
    suffix = ".kml"
    holds_claims = True

    def pieces(self, content: Content) -> Iterator[str]:
        """The document, placemark by placemark."""
        names = content.names
        yield HEAD + _about(content.about) + BALLOON + ROUGH
        yield "<Folder><name>Incidents</name>\n"
        for dossier in content.events:
            yield _event(dossier, names)
        yield "</Folder>\n"
        head = "<Folder><name>Claims of control</name>\n"
        for claim in content.control:
            yield head + _claim(claim, names)
            head = ""
        yield ("" if head else "</Folder>\n") + "</Document>\n</kml>\n"


def _about(about: About | None) -> str:
    if about is None:
        return "<name>Incidents</name>\n"
    said = [about.marking, about.selection, about.line, about.licence, about.note]
    text = "\n".join(part for part in said if part)
    return f"<name>{xml_text(about.title)}</name>\n<description>{_html(text)}</description>\n"


def _event(dossier: Dossier, names: Names) -> str:
    row = event_row(dossier, names)
    main = point_of(dossier, names)
    shape = _where(names.places.get(main["id"]), main["precision"], main["radius_m"]) if main else ""
    told = "\n".join(f"{label}: {row[name]}" for name, label in _TOLD.items() if row[name])
    text = "\n\n".join(part for part in (row["summary"], told) if part)
    rough = row["precision"] not in PINNED
    return _placemark(f"event-{row['id']}", row["title"], text, dossier.event.date, row, shape, rough)


def _claim(claim: ControlClaim, names: Names) -> str:
    row = claim_row(claim, names)
    place = names.places.get(claim.place)
    outline = _own(claim) or (_own(place) if place else None)
    if outline is not None and plain_point(outline) is None:
        shape = _shape(outline)
    else:
        shape = _where(place, place.precision, place.radius_m) if place else ""
    name = f"{row['place'] or 'an area'}: {row['actors']}, {row['class']} {row['phase']}"
    text = "\n".join(part for part in (words(claim.date), row["status"], row["note"], row["source"]) if part)
    rough = place is not None and place.precision not in PINNED
    return _placemark(f"claim-{claim.key}", name, text, claim.date, row, shape, rough)


def _placemark(ident: str, name: str, text: str, date: DateSpan, row: Plain, shape: str, rough: bool) -> str:
    known = f" id={xml_attribute(ident)}" if _ID.fullmatch(ident) else ""
    style = "rough" if rough else "plain"
    return (
        f"<Placemark{known}><name>{xml_text(name)}</name>"
        f"<description>{_html(text)}</description>{_time(date)}<styleUrl>#{style}</styleUrl>"
        f"<ExtendedData>{''.join(_data(row))}</ExtendedData>{shape}</Placemark>\n"
    )


def _html(text: str) -> str:
    """Plain text for an element that readers take for HTML."""
    return xml_text(escape(text, quote=False)).replace("\n", "&lt;br/&gt;\n")


def _data(row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        if value is not None and value != "":
            yield f"<Data name={xml_attribute(name)}><value>{xml_text(str(value))}</value></Data>"


def _time(date: DateSpan) -> str:
    first, last = iso(date.earliest), iso(date.latest)
    if first is not None and first == last:
        return f"<TimeStamp><when>{first}</when></TimeStamp>"
    ends = (f"<begin>{first}</begin>" if first else "") + (f"<end>{last}</end>" if last else "")
    return f"<TimeSpan>{ends}</TimeSpan>" if ends else ""


def _own(record: Place | ControlClaim) -> bytes | None:
    """The geometry of a record, if it has one that is no outline around nothing."""
    return None if record.geometry is None or is_flat(record.geometry) else record.geometry


def _where(place: Place | None, precision: str, radius_m: float | None) -> str:
    """The point of a place that is known as one; of another its outline, or a ring where that is shorter."""
    if place is None:
        return ""
    if precision not in PINNED:
        own = _own(place)
        if own is not None and plain_point(own) is None and (len(own) <= MOST_BYTES or not radius_m):
            return _shape(own)
        if radius_m and place.lon is not None and place.lat is not None:
            return _ring(place.lon, place.lat, radius_m)
    return _point(place.lon, place.lat)


@lru_cache(maxsize=4096)
def _ring(lon: float, lat: float, radius_m: float) -> str:
    ring = ground_circle((lon, lat), radius_m, RING_STEPS).round(5).tolist()
    return _simple("POLYGON", [[*ring[:-1], ring[0]]])


def _point(lon: float | None, lat: float | None) -> str:
    return "" if lon is None or lat is None else f"<Point><coordinates>{lon},{lat}</coordinates></Point>"


def _shape(wkb: bytes) -> str:
    """A geometry; '' for one that is none."""
    try:
        parts = [_simple(kind, rings) for kind, rings in simple_geometries(wkb)]
    except GeometryError:
        return ""
    return parts[0] if len(parts) == 1 else f"<MultiGeometry>{''.join(parts)}</MultiGeometry>"


def _simple(kind: str, rings: list[Any]) -> str:
    if kind == "POLYGON":
        outline, *holes = (f"<LinearRing>{_line(ring)}</LinearRing>" for ring in rings)
        inner = "".join(f"<innerBoundaryIs>{hole}</innerBoundaryIs>" for hole in holes)
        return f"<Polygon><outerBoundaryIs>{outline}</outerBoundaryIs>{inner}</Polygon>"
    element = "Point" if kind == "POINT" else "LineString"
    return f"<{element}>{_line(rings[0])}</{element}>"


def _line(ring: Iterable[Any]) -> str:
    return f"<coordinates>{' '.join(f'{lon},{lat}' for lon, lat in ring)}</coordinates>"
