"""The placemarks of a KML or KMZ file (OGC 12-007r2): geometry, TimeStamp, TimeSpan, ExtendedData, and folders."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, BinaryIO

import numpy as np

from viewer.domain.drafts import Rejected, Remark
from viewer.formats.archive import is_archive, opened_member
from viewer.formats.features import Feature, FeatureItem
from viewer.formats.geometries import DROPPED_HEIGHT, Line, Parts, as_geojson, in_degrees, made_of, no_parts
from viewer.formats.infile import InFile, ReadError
from viewer.formats.xml import Begins, BrokenXmlError, Step, steps
from viewer.geo.errors import GeometryError

NAME, DESCRIPTION, FOLDER = "name", "description", "folder"
WHEN, BEGIN, END, ADDRESS = "when", "begin", "end", "address"
OVERLAYS = ("GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour")
MAX_DESCRIPTION = 200_000
_BREAKS = ("br", "p", "div", "li", "tr", "table", "h1", "h2", "h3")
_SILENT = ("script", "style")
_SPACES = re.compile(r"[ \t\xa0]+")
_TAG = re.compile(r"<[a-zA-Z/!]|&\w+;|&#")


@dataclass
class _Placemark:
    id: str
    folder: str
    told: dict[str, Any] = field(default_factory=dict)
    parts: Parts = field(default_factory=no_parts)
    rings: list[Line] = field(default_factory=list)
    track: list[str] = field(default_factory=list)
    whens: list[str] = field(default_factory=list)
    data: str = ""
    problem: str = ""


@contextmanager
def opened_kml(file: InFile) -> Iterator[BinaryIO]:
    """The document itself: of a KMZ the doc.kml at its root, else its first .kml."""
    if is_archive(file):
        with opened_member(file, _wanted) as member:
            yield member
    else:
        with file.opened() as opened:
            yield opened


def _wanted(name: str) -> int:
    if name.casefold() == "doc.kml":
        return 2
    return int(name.casefold().endswith(".kml"))


def is_kml(file: InFile) -> bool:
    """Whether a file is a KML document, packed or not; False for whatever cannot be read."""
    try:
        with opened_kml(file) as opened:
            head = opened.read(4096)
    except ReadError:
        return False
    return b"<kml" in head or b":kml" in head or b"opengis.net/kml" in head or b"earth.google.com/kml" in head


def kml_features(file: InFile) -> Iterator[FeatureItem]:
    """Its placemarks in order, then what was left out."""
    reader = _Reader()
    try:
        with opened_kml(file) as opened:
            for step in steps(opened, str(file.path)):
                if (found := reader.take(step)) is not None:
                    yield found
    except BrokenXmlError as error:
        yield Rejected(reader.number + 1, f"the rest cannot be read: {error}")
    for text, number in reader.left_out.items():
        yield Remark(f"{number:,} {text}")


class _Reader:
    """Puts placemarks together from what begins and ends in a document."""

    def __init__(self) -> None:
        self.number = 0
        self.left_out: Counter[str] = Counter()
        self._path: list[str] = []
        self._folders: list[str] = []
        self._mark: _Placemark | None = None

    def take(self, step: Step) -> FeatureItem | None:
        """Take one step; the feature that is complete with it."""
        if isinstance(step, Begins):
            self._begin(step.name, step.attributes)
            return None
        self._path.pop()
        if self._mark is not None:
            if step.name == "Placemark":
                mark, self._mark = self._mark, None
                self.number += 1
                return _feature(self.number, mark)
            self._end(self._mark, step.name, step.text)
        elif step.name in ("Folder", "Document"):
            self._folders.pop()
        elif step.name == "name" and self._path and self._path[-1] in ("Folder", "Document"):
            self._folders[-1] = step.text.strip()
        return None

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if self._mark is not None:
            if name in ("Data", "SimpleData"):
                self._mark.data = attributes.get("name", "")
            elif name == "Polygon":
                self._mark.rings = []
            elif name == "Model":
                self.left_out["models were left out"] += 1
        elif name == "Placemark":
            folder = " / ".join(one for one in self._folders[1:] if one)
            self._mark = _Placemark(attributes.get("id", ""), folder)
        elif name in ("Folder", "Document"):
            self._folders.append("")
        elif name == "NetworkLink":
            self.left_out["links to other files were not followed; save those files and import them"] += 1
        elif name in OVERLAYS:
            self.left_out["overlays and tours were left out"] += 1

    def _end(self, mark: _Placemark, name: str, text: str) -> None:
        above = self._path[-1] if self._path else ""
        if name in (NAME, DESCRIPTION, ADDRESS) and above == "Placemark":
            mark.told[name] = plain_text(text) if name == DESCRIPTION else text.strip()
        elif name == WHEN and above in ("TimeStamp", "TimeSpan"):
            mark.told[WHEN] = text.strip()
        elif name == WHEN:
            mark.whens.append(text.strip())
        elif name in (BEGIN, END) and above == "TimeSpan":
            mark.told[name] = text.strip()
        elif (name == "value" and above == "Data") or name == "SimpleData":
            mark.told[mark.data] = text.strip()
        elif name == "coord":
            mark.track.append(",".join(text.split()))
        else:
            try:
                _shape(mark, name, above, self._path, text)
            except GeometryError as error:
                mark.problem = mark.problem or str(error)


def _shape(mark: _Placemark, name: str, above: str, path: list[str], text: str) -> None:
    """Take up the coordinates of a part of a geometry."""
    if name == "coordinates":
        line = coordinates(text, mark.parts.remarks)
        if not len(line):
            return
        if above == "Point":
            mark.parts.points.append(line[:1])
        elif above == "LineString":
            mark.parts.lines.append(line)
        elif above == "LinearRing" and "innerBoundaryIs" in path:
            mark.rings.append(line)
        elif above == "LinearRing" and "Polygon" in path:
            mark.rings.insert(0, line)
        elif above == "LinearRing":
            mark.parts.areas.append([line])
    elif name == "Polygon" and mark.rings:
        mark.parts.areas.append(mark.rings)
        mark.rings = []
    elif name == "Track" and mark.track:
        line = coordinates(" ".join(mark.track), mark.parts.remarks)
        (mark.parts.lines if len(line) > 1 else mark.parts.points).append(line)
        mark.track = []
        if mark.whens:
            mark.told.setdefault(BEGIN, min(mark.whens))
            mark.told.setdefault(END, max(mark.whens))


def coordinates(text: str, remarks: list[str]) -> Line:
    """The vertices of a list of coordinates, shape (n, 2): lon,lat or lon,lat,height apart by blanks, in degrees."""
    told = [one.split(",") for one in re.sub(r"\s*,\s*", ",", text).split()]
    try:
        every = np.array([[float(one[0]), float(one[1])] for one in told], dtype=np.float64).reshape(-1, 2)
    except (ValueError, LookupError):
        raise GeometryError(f"'{text.strip()[:40]}' are no coordinates; write lon,lat") from None
    if any(len(one) > 2 and one[2] not in ("0", "0.0", "") for one in told):
        remarks.append(DROPPED_HEIGHT)
    return in_degrees(every) if len(every) else every


def _feature(number: int, mark: _Placemark) -> FeatureItem:
    properties = {**mark.told, **({FOLDER: mark.folder} if mark.folder else {})}
    geometry, problem = None, mark.problem
    if not problem:
        try:
            geometry = made_of(mark.parts)
        except GeometryError as error:
            problem = str(error)
    shape = as_geojson(geometry.wkb) if geometry is not None else "null"
    head = json.dumps({"type": "Feature", "id": mark.id, "properties": properties}, ensure_ascii=False)
    text = f'{head[:-1]}, "geometry": {shape}}}'
    if problem:
        return Rejected(number, problem, (text,))
    return Feature(number, mark.id, properties, geometry, text)


def plain_text(text: str) -> str:
    """The words of a description, which may be HTML: no markup, scripts or pictures."""
    if not _TAG.search(text):
        return text.strip()
    words = _Words()
    words.feed(text[:MAX_DESCRIPTION])
    words.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(words.told).splitlines())
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """The text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.told: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.told.append("\n")
        elif tag in ("td", "th"):
            self.told.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _BREAKS:
            self.told.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.told.append(data)
