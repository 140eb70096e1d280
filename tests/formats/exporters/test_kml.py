"""KML: well formed whatever it holds, with days a globe understands, and read by GDAL."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.actors import Actor
from viewer.domain.control import ControlClaim
from viewer.domain.dates import parse
from viewer.domain.dossier import Dossier
from viewer.domain.events import Event, EventPlace, EventSource
from viewer.domain.places import Place
from viewer.domain.sources import Source
from viewer.formats.exported import About, Content
from viewer.formats.exporters.event_kml import KmlExporter
from viewer.formats.plain import Names
from viewer.geo.shapes import wkt_to_wkb
from viewer.geo.wkb import simple_geometries
from viewer.store.dataset import DataSet

NS = {"k": "http://www.opengis.net/kml/2.2"}
NAMES = Names(
    {"is": Actor(key="is", name="Islamic State")}, {"town": Place(key="town", name="Town", lon=40.5, lat=35.25)},
    {"a": Source(key="a", publisher="A & B")}, {},
)  # fmt: skip
EVENT = Event(key="e", title="Strikes", type="strike", date=parse("2017-12-22"), summary="Two <b>bombs</b> & more")
DOSSIER = Dossier(
    EVENT, (EventPlace(event="e", place="town"),), (), (EventSource(event="e", source="a"),), (), (), (), ()
)
CLAIM = ControlClaim(
    key="c", actors="is", control="control", phase="holds", place="town", date=parse("2019-01"), source="a"
)
ABOUT = About("A store", "everything", ("Name us",))


def text_of(*dossiers: Dossier, claims: tuple[ControlClaim, ...] = ()) -> str:
    return "".join(KmlExporter().pieces(Content(NAMES, dossiers, claims, ABOUT)))


def document(text: str) -> Element:
    return ElementTree.fromstring(text.encode())  # noqa: S314 - written here


def placemarks(text: str) -> list[Element]:
    return document(text).findall(".//k:Placemark", NS)


def dated(date: str) -> Dossier:
    return replace(DOSSIER, event=replace(EVENT, date=parse(date)))


def fields(mark: Element) -> dict[str, str]:
    return {data.attrib["name"]: data.findtext("k:value", "", NS) for data in mark.iterfind(".//k:Data", NS)}


@pytest.mark.parametrize(
    ("date", "when", "begin", "end"),
    [
        ("2017-12-22", "2017-12-22", None, None),
        ("2017-12", None, "2017-12-01", "2017-12-31"),
        ("../2019-01-30~", None, None, "2019-01-30"),
        ("2017-06~/..", None, "2017-06-01", None),
        ("", None, None, None),
    ],
)
def test_days_are_times(date: str, when: str | None, begin: str | None, end: str | None) -> None:
    (mark,) = placemarks(text_of(dated(date)))

    found = [mark.findtext(f".//k:{name}", None, NS) for name in ("when", "begin", "end")]
    assert found == [when, begin, end]
    assert fields(mark).get("date", "") == date


def test_a_placemark_holds_point_fields_and_words() -> None:
    (mark,) = placemarks(text_of(DOSSIER))

    assert mark.attrib["id"] == "event-e"
    assert mark.findtext(".//k:coordinates", "", NS) == "40.5,35.25"
    assert fields(mark)["source_ids"] == "a"
    said = mark.findtext("k:description", "", NS)
    assert "Two &lt;b&gt;bombs&lt;/b&gt; &amp; more" in said
    assert "Sources: A &amp; B" in said


def test_what_no_source_places_is_listed_without_a_point() -> None:
    (mark,) = placemarks(text_of(replace(DOSSIER, places=())))

    assert mark.find(".//k:coordinates", NS) is None


def test_claims_have_their_place_and_days() -> None:
    _, claim = placemarks(text_of(DOSSIER, claims=(CLAIM,)))

    assert claim.findtext("k:name", "", NS) == "Town: Islamic State, control holds"
    assert claim.findtext(".//k:begin", "", NS) == "2019-01-01"
    assert fields(claim)["actor_ids"] == "is"


def test_a_claim_around_nothing_has_the_area_of_its_place() -> None:
    place = Place(key="town", name="Town", precision="area", geometry=wkt_to_wkb("POLYGON ((1 1, 2 1, 2 2, 1 1))"))
    flat = struct.pack("<BIII8d", 1, 3, 1, 4, 1, 1, 2, 2, 1, 1, 1, 1)
    said = [
        "".join(KmlExporter().pieces(Content(replace(NAMES, places={"town": place}), (), (claim,), ABOUT)))
        for claim in (CLAIM, replace(CLAIM, geometry=flat))
    ]

    assert "<Polygon>" in said[0] and said[0] == said[1]


def test_the_document_says_whom_to_name() -> None:
    assert "Name us" in document(text_of()).findtext(".//k:description", "", NS)


def test_areas_keep_their_rings(small: DataSet) -> None:
    claim = replace(CLAIM, place="dz-province")
    names = Names(small.actors, small.places, small.sources, {})
    text = "".join(KmlExporter().pieces(Content(names, (), (claim,))))
    ((_, rings),) = simple_geometries(small.places["dz-province"].geometry or b"")

    (mark,) = placemarks(text)
    found = [ring.text for ring in mark.iterfind(".//k:LinearRing/k:coordinates", NS)]
    assert found == [" ".join(f"{lon},{lat}" for lon, lat in ring) for ring in rings]
    assert mark.find(".//k:innerBoundaryIs", NS) is not None


@given(st.text())
def test_any_title_is_well_formed(title: str) -> None:
    (mark,) = placemarks(text_of(replace(DOSSIER, event=replace(EVENT, title=title, summary=title, key=title or "e"))))

    found, kept = mark.findtext("k:name", "", NS), title.replace("\r\n", "\n").replace("\r", "\n")
    assert len(found) == len(kept)
    assert all(a == b or a == "\ufffd" for a, b in zip(found, kept, strict=True))


def test_gdal_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    KmlExporter().write(Content(NAMES, (DOSSIER, dated("2017-12")), (CLAIM,), ABOUT), path)

    layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    assert layers == ["Incidents", "Claims of control"]
    assert pyogrio.read_info(path, layer="Incidents")["features"] == 2


def at(place: Place, precision: str = "", radius_m: float | None = None) -> Element:
    """The placemark of an event there."""
    there = EventPlace(event="e", place="town", precision=precision, radius_m=radius_m)
    content = Content(replace(NAMES, places={"town": place}), [replace(DOSSIER, places=(there,))], (), ABOUT)
    (mark,) = placemarks("".join(KmlExporter().pieces(content)))
    return mark


def corners(mark: Element) -> list[tuple[float, float]]:
    told = mark.findtext("k:Polygon//k:coordinates", "", NS)
    return [(float(lon), float(lat)) for lon, lat in (one.split(",") for one in told.split())]


def test_what_is_known_to_some_kilometres_is_a_ring_and_no_pin() -> None:
    town = Place(key="town", name="Town", lon=40.5, lat=35.25)
    for mark in (at(replace(town, precision="province", radius_m=80_000.0)),
                 at(town, precision="near", radius_m=80_000.0)):  # fmt: skip
        assert mark.find("k:Point", NS) is None
        assert mark.findtext("k:styleUrl", "", NS) == "#rough"
        ring = corners(mark)
        assert ring[0] == ring[-1]
        assert max(lat for _, lat in ring) == pytest.approx(35.25 + 80 / 111.0, abs=0.01)
    assert at(town).find("k:Point", NS) is not None


def test_a_rough_place_with_an_outline_has_it_and_one_without_extent_has_no_sign() -> None:
    outline = wkt_to_wkb("POLYGON((40 35, 41 35, 41 36, 40 35))")
    area = Place(key="town", name="Town", lon=40.5, lat=35.25, precision="area", geometry=outline)
    assert corners(at(area)) == [(40, 35), (41, 35), (41, 36), (40, 35)]
    bare = at(replace(area, geometry=None))
    assert (bare.find("k:Point", NS) is not None, bare.findtext("k:styleUrl", "", NS)) == (True, "#rough")
    style = document(text_of(DOSSIER)).find(".//k:Style[@id='rough']/k:IconStyle/k:scale", NS)
    assert style is not None
    assert style.text == "0"
