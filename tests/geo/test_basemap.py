"""The base map is read whole, and its absence or damage never stops the program."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from viewer.geo.basemap import Basemap, Feature, read_basemap
from viewer.geo.basemap_file import MAGIC, MAX_BYTES, pack
from viewer.geo.pick import inside
from viewer.geo.projection import point_to_map, to_degrees
from viewer.paths import resources_dir

LINE = np.array([(400000, 350000, 0), (410000, 350000, 3), (405000, 355000, 1), (410000, 360000, 0)])
SHADE = np.array([[0, 127, -127], [5, 5, -5]], dtype=np.int8)
RAQQA = "\u0627\u0644\u0631\u0642\u0629"


def layer(parts: int, **columns: Any) -> dict[str, Any]:
    """A layer of one feature."""
    plain: dict[str, Any] = {"name": ["A - B"], "name_ar": [""], "rank": [2], "country": [""], "parts": [parts]}
    return {**plain, **columns}


def small(**changed: Any) -> dict[str, Any]:
    """The head of a file with two lines and a relief."""
    head = {
        "quantum": 1e-4, "attribution": "Somebody", "bbox": [35, 30, 45, 38],
        "layers": {"borders": layer(1), "rivers": layer(1, name=["Euphrates"])},
        "towns": {"name": ["Raqqa"], "name_ar": [RAQQA], "country": ["SY"], "rank": [1],
                  "lon": [390079], "lat": [359528]},
        "sites": {"name": ["T2"], "name_ar": [""], "kind": ["station"], "rank": [5], "lon": [401522], "lat": [343764]},
        "regions": {"name": ["Badia"], "name_ar": [""], "kind": ["desert"], "size_m": [240000], "angle": [12],
                    "lon": [388300], "lat": [340000]},
        "relief": {"box": [35, 30, 45, 38]},
    }  # fmt: skip
    return {**head, **changed}


def written(head: dict[str, Any], path: Path, shade: np.ndarray | None = SHADE) -> Path:
    path.write_bytes(pack(head, [LINE[:, [0, 1, 2]] * (1, 1, 0), LINE], shade))
    return path


@pytest.fixture(scope="module")
def shipped() -> Basemap:
    return read_basemap(resources_dir() / "basemap.bin")


def test_what_is_packed_is_read(tmp_path: Path) -> None:
    basemap = read_basemap(written(small(), tmp_path / "b.bin"))

    assert basemap.problem is None
    (part,) = basemap.borders[0].parts
    np.testing.assert_allclose(part, [point_to_map(x / 1e4, y / 1e4) for x, y, _ in LINE])
    assert basemap.borders[0].details == ((part,),)
    assert [len(parts[0]) for parts in basemap.rivers[0].details] == [2, 3, 3, 4]
    np.testing.assert_array_equal(basemap.rivers[0].at(0)[0], part[[0, 3]])
    assert (basemap.towns[0].name, basemap.towns[0].name_ar, basemap.towns[0].rank) == ("Raqqa", RAQQA, 1)
    assert (basemap.towns[0].x, basemap.towns[0].y) == pytest.approx(point_to_map(39.0079, 35.9528))
    assert (basemap.sites[0].kind, basemap.regions[0].size_m) == ("station", 240_000)
    assert basemap.relief is not None
    np.testing.assert_array_equal(basemap.relief.shade, SHADE)
    assert basemap.relief.bounds == basemap.sheet == (*point_to_map(35, 30), *point_to_map(45, 38))
    assert basemap.attribution == "Somebody"


def test_the_same_is_packed_to_the_same_bytes() -> None:
    assert pack(small(), [LINE], SHADE) == pack(small(), [LINE], SHADE)


def test_a_layer_nobody_knows_is_passed_over(tmp_path: Path) -> None:
    head = small(layers={"canals": layer(1), "rivers": layer(1, name=["Euphrates"])})
    basemap = read_basemap(written(head, tmp_path / "b.bin"))

    assert basemap.problem is None and not basemap.borders
    assert [river.name for river in basemap.rivers] == ["Euphrates"]


WRONG: dict[str, dict[str, Any]] = {
    "no quantum": small(quantum="x"),
    "a quantum beyond the globe": small(quantum=1e-2),
    "an endless quantum": small(quantum=float("nan")),
    "more parts than lines": small(layers={"borders": layer(1), "rivers": layer(7)}),
    "fewer than none": small(layers={"borders": layer(-1), "rivers": layer(1)}),
    "no rank": small(layers={"borders": layer(1, rank=[None])}),
    "columns of two lengths": small(layers={"borders": layer(1, name=["A", "B"])}),
    "layers without names": small(layers=5),
    "towns without names": small(towns={"lon": [1], "lat": [1]}),
    "towns of two lengths": small(towns={**small()["towns"], "lat": [1, 2]}),
    "a town beyond the globe": small(towns={**small()["towns"], "lat": [99990000]}),
    "a sheet beyond the globe": small(bbox=[0, 0, 999, 0]),
    "a relief of no width": small(relief={"box": [40, 30, 40, 38]}),
    "a relief without place": small(relief={"box": "here"}),
}


@pytest.mark.parametrize("head", WRONG.values(), ids=WRONG)
def test_wrong_numbers_give_an_empty_map_and_say_so(head: dict[str, Any], tmp_path: Path) -> None:
    basemap = read_basemap(written(head, tmp_path / "b.bin"))

    assert basemap.problem is not None and "cannot be read" in str(basemap.problem)
    assert not basemap.rivers and not basemap.towns


def sealed(text: bytes, rest: bytes = b"", length: int | None = None) -> bytes:
    return MAGIC + zlib.compress(struct.pack("<I", len(text) if length is None else length) + text + rest)


WHOLE = pack(small(), [LINE, LINE], SHADE)
HEAD = b'{"quantum":1,"layers":{},"lengths":'
DAMAGED = {
    "empty": b"", "something else": b"no map", "an older one": b"\x1f\x8b" + WHOLE, "nothing behind": MAGIC,
    "cut": WHOLE[:-6], "a bit turned": WHOLE[:60] + bytes([WHOLE[60] ^ 4]) + WHOLE[61:], "no head": sealed(b""),
    "half a head": sealed(b"{"), "a list": sealed(b"[]"), "no text": sealed(b"\xff"),
    "a head that is too long": sealed(b"{}", length=4_000_000_000),
    "vertices missing": sealed(HEAD + b"[5]}", b"1234"),
    "a negative length": sealed(HEAD + b"[-5]}"), "a line of one vertex": sealed(HEAD + b"[1]}", bytes(9)),
    "an enormous length": sealed(HEAD + b"[9000000000000000000]}"),
    "lengths of lengths": sealed(HEAD + b"[[2],[3,4]]}"),
    "lengths without end": sealed(HEAD + b"[1e999]}"),
    "a relief of minus size": sealed(HEAD + b'[],"relief":{"box":[1,2,3,4],"shape":[-1,3]}}'),
    "a relief that is not there": sealed(HEAD + b'[],"relief":{"box":[1,2,3,4],"shape":[100,100]}}'),
    "a bomb": MAGIC + zlib.compress(bytes(MAX_BYTES + 100)),
}  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_gives_an_empty_map_and_says_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "b.bin"
    path.write_bytes(content)

    basemap = read_basemap(path)

    assert basemap.problem is not None and "cannot be read" in str(basemap.problem)
    assert not basemap.rivers


def test_a_missing_file_gives_an_empty_map_and_says_so(tmp_path: Path) -> None:
    assert read_basemap(tmp_path / "none.bin").problem is not None


def test_the_shipped_map_has_its_rivers_towns_and_borders(shipped: Basemap) -> None:
    assert shipped.problem is None
    assert {"Euphrates", "Tigris", "Khabur", "Great Zab", "Wadi Hauran"} <= {river.name for river in shipped.rivers}
    assert {"Raqqa", "Mosul", "Deir ez-Zor", "Abu Kamal"} <= {town.name for town in shipped.towns}
    lakes = {"Mosul Dam lake", "Lake Qadisiyah", "Tishrin reservoir", "Lake Dukan"}
    assert lakes <= {lake.name for lake in shipped.lakes}
    assert len(shipped.borders) > 5


@pytest.mark.parametrize(
    "source", ["Natural Earth", "GSHHG", "OpenStreetMap", "NOAA ETOPO5", "airportsdata", "GeoNames", "UCDP GED"]
)
def test_the_shipped_map_names_its_sources(source: str, shipped: Basemap) -> None:
    assert source in shipped.attribution
    assert source in (resources_dir() / "NOTICE.md").read_text(encoding="utf-8")


def test_a_coarser_detail_has_fewer_vertices_and_the_same_ends(shipped: Basemap) -> None:
    for feature in (*shipped.rivers, *shipped.borders, *shipped.provinces, *shipped.roads):
        for coarse, fine in zip(feature.details, feature.details[1:], strict=False):
            for one, other in zip(coarse, fine, strict=True):
                assert 2 <= len(one) <= len(other)
                np.testing.assert_array_equal(one[[0, -1]], other[[0, -1]])
    numbers = [sum(len(part) for river in shipped.rivers for part in river.at(detail)) for detail in range(4)]
    assert numbers[1] < numbers[3] / 3


def within(shipped: Basemap, x: float, y: float) -> bool:
    assert shipped.sheet is not None
    west, south, east, north = shipped.sheet
    return west < x < east and south < y < north


def test_each_site_stands_once_on_dry_land(shipped: Basemap) -> None:
    names = [site.name for site in shipped.sites]
    assert len(names) == len(set(names)) > 50
    for site in shipped.sites:
        assert within(shipped, site.x, site.y), site.name
        assert not inside(shipped.sea[0].parts, site.x, site.y), site.name
        assert site.kind == "dam" or not any(inside(lake.parts, site.x, site.y) for lake in shipped.lakes), site.name
        twins = [o for o in shipped.sites if o.kind == site.kind and np.hypot(o.x - site.x, o.y - site.y) < 5_000]
        assert twins == [site], site.name


def test_every_site_and_road_has_an_arabic_name(shipped: Basemap) -> None:
    for thing in (*shipped.sites, *shipped.roads):
        assert any("\u0621" <= letter <= "\u064a" for letter in thing.name_ar), thing.name


def crossings(line: np.ndarray, other: np.ndarray) -> int:
    """How often two lines cut each other."""
    a, b = line[:-1, None], line[1:, None]
    c, d = other[None, :-1], other[None, 1:]

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) > (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    return int(((side(a, c, d) != side(b, c, d)) & (side(a, b, c) != side(a, b, d))).sum())


def of_name(features: tuple[Feature, ...], name: str) -> Feature:
    (found,) = (feature for feature in features if feature.name == name)
    return found


def test_roads_run_on_land_and_stay_on_their_bank(shipped: Basemap) -> None:
    euphrates = of_name(shipped.rivers, "Euphrates").parts
    bridges = {"M4": 1, "Damascus \u2013 Baghdad highway": 1}
    assert len({road.name for road in shipped.roads}) == len(shipped.roads)
    for road in shipped.roads:
        (line,) = road.parts
        assert all(within(shipped, x, y) for x, y in line.tolist()), road.name
        assert not any(inside(shipped.sea[0].parts, x, y) for x, y in line.tolist()), road.name
        assert sum(crossings(line, part) for part in euphrates) == bridges.get(road.name, 0), road.name


@pytest.mark.parametrize(
    ("road", "towns"),
    [("Homs \u2013 Palmyra \u2013 Deir ez-Zor road", ["Homs", "Palmyra", "al-Sukhnah", "al-Shula", "Deir ez-Zor"]),
     ("Euphrates road", ["Aleppo", "Deir ez-Zor", "Mayadin", "al-Qaim", "Anah", "Ramadi"]),
     ("East bank road", ["Raqqa", "al-Busayrah", "Hajin", "Baghuz"]),
     ("T2 road", ["Palmyra", "Humaymah"])],
)  # fmt: skip
def test_a_road_leads_through_its_towns(road: str, towns: list[str], shipped: Basemap) -> None:
    (line,) = of_name(shipped.roads, road).parts
    for name in towns:
        town = next(town for town in shipped.towns if town.name == name)
        assert np.hypot(*(line - (town.x, town.y)).T).min() < 100, name


def test_the_relief_is_flat_over_the_sea_and_not_in_the_mountains(shipped: Basemap) -> None:
    assert shipped.relief is not None
    shade, (west, south, east, north) = shipped.relief.shade, shipped.relief.bounds
    lon = to_degrees(np.linspace(west, east, shade.shape[1]), 0.0)[0]
    lat = to_degrees(0.0, np.linspace(north, south, shade.shape[0]))[1]

    def part(w: float, s: float, e: float, n: float) -> np.ndarray:
        return shade[np.ix_((lat > s) & (lat < n), (lon > w) & (lon < e))]

    assert not part(34.5, 34.2, 35.2, 35.2).any()
    assert np.abs(part(35.8, 33.6, 36.4, 34.4).astype(int)).max() > 60
    assert np.abs(np.diff(shade.astype(int), axis=1)).max() < 100
