"""Reading files as an import does: with what an importer guesses, and what a test sets besides."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from viewer.domain.drafts import Draft, Item, PlaceMention, Rejected, Remark
from viewer.formats.infile import InFile
from viewer.formats.protocol import Importer
from viewer.session.importing import ALL


def known_as(path: Path) -> str:
    """The name of the format that a file is taken for, '' when none is sure."""
    sure = {importer.name: importer.recognises(InFile(path)) for importer in ALL}
    best = max(sure, key=lambda name: sure[name])
    return best if sure[best] >= 0.3 else ""


def read(importer: Importer, path: Path, **options: str) -> list[Item]:
    """All that a file holds."""
    shape = importer.shape(InFile(path))
    return list(importer.items(InFile(path), {**shape.settings, **shape.mapping, **options}))


def drafts(items: Iterable[Item]) -> list[Draft]:
    return [item for item in items if isinstance(item, Draft)]


def reasons(items: Iterable[Item]) -> dict[int, str]:
    """Why a row was rejected, by its number."""
    return {item.line: item.reason for item in items if isinstance(item, Rejected)}


def remarks(items: Iterable[Item]) -> list[str]:
    return [item.text for item in items if isinstance(item, Remark)]


def place_of(draft: Draft) -> PlaceMention:
    (row,) = (row for table, row in draft.parts if table == "event_place")
    assert isinstance(row["place"], PlaceMention)
    return row["place"]


def feature(geometry: Mapping[str, Any] | None, number: Any = None, /, **properties: Any) -> dict[str, Any]:
    """One feature of GeoJSON."""
    told = {"type": "Feature", "geometry": geometry, "properties": properties}
    return told if number is None else {**told, "id": number}


def point(lon: Any = 40.14, lat: Any = 35.33) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def area(*corners: tuple[float, float]) -> dict[str, Any]:
    ring = corners or ((40, 35), (41, 35), (41, 36), (40, 35))
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in ring]]}


def collection(path: Path, *features: Any, **members: Any) -> Path:
    """A GeoJSON file of these features."""
    told = {"type": "FeatureCollection", "features": list(features), **members}
    path.write_text(json.dumps(told), encoding="utf-8")
    return path
