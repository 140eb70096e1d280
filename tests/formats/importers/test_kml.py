"""KML and KMZ as events: times, shapes and words of placemarks; bombs and archives that are told, not obeyed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.importers.reading import drafts, known_as, place_of, read, reasons, remarks
from viewer.domain.dates import parse
from viewer.domain.drafts import ActorMention
from viewer.formats import archive
from viewer.formats.importers.kml import KmlImporter
from viewer.formats.infile import ReadError
from viewer.formats.kml_features import plain_text

IMPORTER = KmlImporter()
HEAD = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'
POINT = "<Point><coordinates>40.14,35.33,0</coordinates></Point>"
RING = "<LinearRing><coordinates>40,35 41,35 41,36 40,36 40,35</coordinates></LinearRing>"
HOLE = "<LinearRing><coordinates>40.2,35.2 40.4,35.2 40.4,35.4 40.2,35.2</coordinates></LinearRing>"


def kml(path: Path, *marks: str) -> Path:
    body = "".join(f"<Placemark>{mark}</Placemark>" for mark in marks)
    path.write_text(f"{HEAD}<Document><name>D</name>{body}</Document></kml>", encoding="utf-8")
    return path


def one(tmp_path: Path, mark: str) -> Any:
    (draft,) = drafts(read(IMPORTER, kml(tmp_path / "a.kml", mark)))
    return draft


@pytest.mark.parametrize(
    ("time", "edtf"),
    [
        ("<TimeStamp><when>2017</when></TimeStamp>", "2017"),
        ("<TimeStamp><when>2017-11</when></TimeStamp>", "2017-11"),
        ("<TimeStamp><when>2017-11-03</when></TimeStamp>", "2017-11-03"),
        ("<TimeStamp><when>2017-11-03T05:30:00+03:00</when></TimeStamp>", "2017-11-03"),
        ("<TimeSpan><begin>2017-11-03</begin><end>2017-11-05</end></TimeSpan>", "2017-11-03/2017-11-05"),
        ("<TimeSpan><begin>2017-11</begin></TimeSpan>", "2017-11/.."),
        ("<TimeSpan><end>2017</end></TimeSpan>", "../2017"),
        ("", ""),
    ],
)
def test_when(tmp_path: Path, time: str, edtf: str) -> None:
    assert one(tmp_path, f"<name>a</name>{time}{POINT}").values["date"] == parse(edtf)


def test_words_and_extended_data_are_read(tmp_path: Path) -> None:
    draft = one(
        tmp_path,
        "<name>Clash &amp; more</name><description><![CDATA[<b>Bold</b>&nbsp;text<br><img src='file:///x'>"
        "<script>bad()</script>next<style>p{}</style>]]></description>" + POINT
        + "<ExtendedData><Data name='actor'><value>Group A</value></Data><SchemaData schemaUrl='#s'>"
        "<SimpleData name='type'>Strike</SimpleData></SchemaData></ExtendedData>",
    )  # fmt: skip
    assert draft.values["title"] == "Clash & more"
    assert draft.values["summary"] == "Bold text\nnext"
    assert draft.values["type"] == "strike"
    assert ("event_actor", {"actor": ActorMention("Group A"), "role": "party"}) in draft.parts
    assert (place_of(draft).lon, place_of(draft).lat, place_of(draft).precision) == (40.14, 35.33, "exact")


@given(st.text())
def test_no_markup_is_left_of_a_description(text: str) -> None:
    assert "<img" not in plain_text(f"<p>{text}</p><img src='x'>")


@pytest.mark.parametrize(
    ("shape", "precision", "kind"),
    [
        (f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs><innerBoundaryIs>{HOLE}</innerBoundaryIs></Polygon>",
         "area", "Polygon"),
        (f"<Polygon><innerBoundaryIs>{HOLE}</innerBoundaryIs><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>",
         "area", "Polygon"),
        (RING, "area", "Polygon"),
        ("<LineString><coordinates>\n40,35,1\n41 , 36\n</coordinates></LineString>", "line", "LineString"),
        (f"<MultiGeometry>{POINT}<Point><coordinates>41,36</coordinates></Point></MultiGeometry>",
         "area", "MultiPoint"),
        (f"<MultiGeometry>{POINT}<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon></MultiGeometry>",
         "area", "Polygon"),
        ("<gx:Track><when>2017-11-03</when><when>2017-11-05</when><gx:coord>40 35 1</gx:coord>"
         "<gx:coord>41 36 1</gx:coord></gx:Track>", "line", "LineString"),
    ],
)  # fmt: skip
def test_where(tmp_path: Path, shape: str, precision: str, kind: str) -> None:
    import shapely

    place = place_of(one(tmp_path, f"<name>a</name>{shape}"))
    assert place.precision == precision
    assert place.geometry is not None
    geometry = shapely.from_wkb(place.geometry)
    assert geometry.geom_type == kind
    if "innerBoundaryIs" in shape:
        assert len(geometry.interiors) == 1


def test_what_was_left_out_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text(f"{HEAD}<Folder><name>F</name><Folder><name>Strikes</name><NetworkLink/><GroundOverlay/>"
                    f"<Placemark>{POINT}</Placemark></Folder></Folder></kml>")  # fmt: skip
    items = read(IMPORTER, path)
    assert len(drafts(items)) == 1
    assert any("links to other files" in told for told in remarks(items))
    assert any("overlays" in told for told in remarks(items))
    assert "folder" in IMPORTER.shape(_file(path)).columns


def _file(path: Path) -> Any:
    from viewer.formats.infile import InFile

    return InFile(path)


def test_a_bad_placemark_costs_itself_alone(tmp_path: Path) -> None:
    bad = "<name>b</name><Point><coordinates>x,y</coordinates></Point>"
    items = read(IMPORTER, kml(tmp_path / "a.kml", POINT, bad, POINT))
    assert len(drafts(items)) == 2
    assert "no coordinates; write lon,lat" in reasons(items)[2]


def test_a_document_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    path = kml(tmp_path / "a.kml", POINT, POINT)
    path.write_text(path.read_text()[:-40])
    items = read(IMPORTER, path)
    assert len(drafts(items)) == 1
    assert "the rest cannot be read" in reasons(items)[2]


ENTITIES = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE kml [{ENTITIES}]>",
        '<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE kml [<!ENTITY % a SYSTEM "http://example.org/x"> %a;]>',
    ],
)
def test_entities_are_refused_before_they_are_used(tmp_path: Path, doctype: str) -> None:
    path = kml(tmp_path / "a.kml", f"<name>x</name>{POINT}")
    path.write_text(path.read_text().replace("<kml ", f"{doctype}<kml ", 1))
    with pytest.raises(ReadError, match="defines entities"):
        read(IMPORTER, path)


def test_depth_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text(HEAD + "<Folder>" * 100_000)
    with pytest.raises(ReadError, match="nested deeper than 100"):
        read(IMPORTER, path)


def kmz(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("_up_", "../").replace("__", "/"), content)
    return path


def test_a_kmz_is_read_in_memory_from_its_first_document(tmp_path: Path) -> None:
    good, other = (kml(tmp_path / "a.kml", f"<name>{name}</name>{POINT}").read_bytes() for name in ("good", "other"))
    path = kmz(tmp_path / "a.kmz", **{"files__b.kml": other, "_up_doc.kml": other, "doc.kml": good, "i.png": b"x"})
    assert known_as(path) == "kml"
    assert [draft.values["title"] for draft in drafts(read(IMPORTER, path))] == ["good"]
    assert {one.name for one in tmp_path.iterdir()} == {"a.kml", "a.kmz"}, "nothing is extracted"
    path = kmz(tmp_path / "b.kmz", **{"_up_doc.kml": other})
    with pytest.raises(ReadError, match="without the file"):
        read(IMPORTER, path)


def test_a_kmz_that_swells_is_refused_by_what_it_declares_and_by_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kmz(tmp_path / "bomb.kmz", **{"doc.kml": HEAD.encode() + b" " * 30_000_000})
    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it is not even opened"))
        with pytest.raises(ReadError, match="more than 100 times as large"):
            read(IMPORTER, path)
    with monkeypatch.context() as patch:
        patch.setattr(archive, "_check", lambda *_: None)
        with pytest.raises(ReadError, match="more than 100 times as large"):
            read(IMPORTER, path)
    lying = bytearray(path.read_bytes())
    real = (len(HEAD) + 30_000_000).to_bytes(4, "little")
    for at in (lying.find(real), lying.rfind(real)):
        lying[at : at + 4] = (15_000_000).to_bytes(4, "little")
    path.write_bytes(lying)
    with pytest.raises(ReadError):
        read(IMPORTER, path)
    monkeypatch.setattr(archive, "MAX_MEMBERS", 1)
    with pytest.raises(ReadError, match="more than 1 files"):
        read(IMPORTER, kmz(tmp_path / "many.kmz", **{"doc.kml": b"x", "b.kml": b"y"}))


def test_an_encrypted_or_broken_archive_is_told(tmp_path: Path) -> None:
    path = kmz(tmp_path / "a.kmz", **{"doc.kml": HEAD.encode()})
    whole = path.read_bytes()
    marked = bytearray(whole)
    for sign in (b"PK\x03\x04", b"PK\x01\x02"):
        marked[marked.find(sign) + (6 if sign[2] == 3 else 8)] |= 1
    path.write_bytes(marked)
    with pytest.raises(ReadError, match="is encrypted"):
        read(IMPORTER, path)
    path.write_bytes(whole[: len(whole) // 2])
    assert known_as(path) == ""
    with pytest.raises(ReadError, match="cannot be unpacked"):
        read(IMPORTER, path)


@given(cut=st.integers(0, 600), junk=st.binary(max_size=20))
def test_any_spoilt_document_gives_placemarks_or_one_sentence(tmp_path: Path, cut: int, junk: bytes) -> None:
    path = kml(tmp_path / "a.kml", f"<name>x</name>{POINT}", RING)
    whole = path.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as kmz_file:
        kmz_file.writestr("doc.kml", whole)
    for content in (whole, packed.getvalue()):
        path.write_bytes(content[:cut] + junk + content[cut + len(junk) :])
        known_as(path)
        try:
            read(IMPORTER, path)
        except ReadError as error:
            assert str(path) in str(error)
