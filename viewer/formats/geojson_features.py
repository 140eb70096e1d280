"""The features of a GeoJSON file (RFC 7946): a collection, features one after the other, or a bare geometry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from viewer.domain.drafts import Rejected
from viewer.formats.features import Feature, FeatureItem
from viewer.formats.geometries import from_geojson
from viewer.formats.infile import InFile, ReadError
from viewer.formats.json_stream import JsonStream, Piece
from viewer.geo.errors import GeometryError

GEOMETRIES = (
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection",
)  # fmt: skip
LIST = "features"
_DEGREES = ("crs84", "4326", "wgs84", "wgs 84")


def geojson_features(file: InFile) -> Iterator[FeatureItem]:
    """Its features in order; ReadError when it is no GeoJSON or not in degrees of WGS 84."""
    stream = JsonStream(file, (LIST,))
    for piece in stream.pieces():
        _check_system(stream)
        yield _feature(piece)
    _check_system(stream)


def _check_system(stream: JsonStream) -> None:
    """Old files may name a coordinate system; in all others coordinates are degrees."""
    told = stream.head.pop("crs", None)
    if not isinstance(told, dict):
        return
    properties = told.get("properties")
    name = str(properties.get("name", "")) if isinstance(properties, dict) else str(told)
    if not any(known in name.casefold() for known in _DEGREES):
        raise ReadError(
            f"{stream.file.path}: is in the coordinate system {name[:60] or 'that another file tells'}; "
            "export it in WGS 84 (EPSG:4326)"
        )


def _feature(piece: Piece) -> FeatureItem:
    if piece.problem:
        return Rejected(piece.number, piece.problem, (piece.text,))
    value = unwrapped(piece.value)
    if not isinstance(value, dict):
        return Rejected(piece.number, "is no feature", (piece.text,))
    if value.get("type") in GEOMETRIES:
        value = {"geometry": value}
    elif value.get("type") != "Feature":
        return Rejected(piece.number, "is no feature: its type is not 'Feature'", (piece.text,))
    properties = value.get("properties")
    try:
        geometry = from_geojson(value.get("geometry"))
    except GeometryError as error:
        return Rejected(piece.number, str(error), (piece.text,))
    told = value.get("id")
    number = str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""
    return Feature(piece.number, number, properties if isinstance(properties, dict) else {}, geometry, piece.text)


def unwrapped(value: Any) -> Any:
    """What was kept of a rejected feature and mended, as it was before; anything else as it is."""
    if not isinstance(value, dict) or not {"line", "reason", "row"} <= value.keys():
        return value
    row = value["row"]
    text = row[0] if isinstance(row, list) and row else None
    if not isinstance(text, str):
        return value
    return parsed(text)


def parsed(text: str) -> Any:
    """The value of a JSON text, None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def looks_like_geojson(file: InFile) -> float:
    """How surely a file holds features, from its first ones."""
    if file.head.lstrip(b"\xef\xbb\xbf\x1e \t\r\n\0\xff\xfe")[:1] not in (b"{", b"["):
        return 0.0
    stream = JsonStream(file, (LIST,))
    try:
        pieces = [piece for piece in islice(stream.pieces(), 5) if not piece.problem]
    except ReadError:
        return 0.0
    if stream.found == LIST and not pieces:
        return 1.0
    values = [unwrapped(piece.value) for piece in pieces]
    kinds = [value.get("type") for value in values if isinstance(value, dict)]
    sure = len([kind for kind in kinds if kind == "Feature" or kind in GEOMETRIES])
    return 0.6 * sure / max(1, len(values))
