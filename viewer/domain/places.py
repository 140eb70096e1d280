"""Places as exact as their sources, with every spelling; and routes between them."""

from __future__ import annotations

from viewer.domain.dates import UNDATED, DateSpan
from viewer.domain.fields import info
from viewer.domain.frozen import dataclass

LonLat = tuple[float, float]
"""Longitude, latitude in degrees."""

PLACE_KINDS = (
    "town", "city", "village", "district", "province", "region", "country", "desert", "mountain", "river",
    "airbase", "oilfield", "crossing", "camp", "dam", "station", "site", "area", "road", "line",
)  # fmt: skip
PRECISIONS = ("exact", "town", "near", "area", "province", "region", "country", "line", "unknown")
"""From a known building to nothing known; what is no better than `area` is never drawn as a pin."""
PINNED = ("exact", "town")
BOUNDED = ("province", "country")
"""Kinds of places whose borders everybody knows, and as exact as what is only placed in one of them."""
SCRIPTS = ("latin", "arabic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named place; lon and lat (degrees, EPSG:4326) are a representative point, None when unknown."""

    key: str = info("Key", "key", required=True)
    name: str = info("Name", required=True)
    kind: str = info("Kind", "term", terms=PLACE_KINDS, default="town")
    country: str = info("Country", default="")
    within: str = info("Lies within", "refs", table="place")
    lon: float | None = info("Longitude", "real")
    lat: float | None = info("Latitude", "real")
    precision: str = info("Place precision", "term", terms=PRECISIONS, default="town")
    radius_m: float | None = info("Radius in metres", "real")
    geometry: bytes | None = info("Geometry", "geometry")
    coord_source: str = info("Source of the coordinate", default="")
    schematic: bool = info("Schematic", "flag")
    note: str = info("Note", "long")

    @property
    def located(self) -> bool:
        """Whether it has a point."""
        return self.lon is not None and self.lat is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """One spelling of a place, and the source that uses it (empty when it is a gazetteer's)."""

    place: str = info("Place", "ref", table="place", required=True)
    name: str = info("Name", required=True)
    script: str = info("Script", "term", terms=SCRIPTS, default="latin")
    language: str = info("Language", default="")
    source: str = info("Spelled so in", "ref", table="source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A movement corridor, supply line or road; without a geometry its course is not known."""

    key: str = info("Key", "key", required=True)
    name: str = info("Name", required=True)
    kind: str = info("Kind", "term", terms=("supply", "movement", "highway", "crossing"), default="movement")
    actor: str = info("Actor", "ref", table="actor")
    from_place: str = info("From", "ref", table="place")
    to_place: str = info("To", "ref", table="place")
    geometry: bytes | None = info("Geometry", "geometry")
    date: DateSpan = info("Date", "date", default=UNDATED)
    status: str = info("Status", "term", terms=("", "open", "contested", "closed"))
    schematic: bool = info("Schematic", "flag")
    source: str = info("Source", "ref", table="source", required=True)
    note: str = info("Note", "long")
