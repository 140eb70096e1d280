"""KML: well formed whatever it holds, with days a globe understands, and read by GDAL."""

from __future__ import annotations

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
