"""The base map is read whole, and its absence or damage never stops the program."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from viewer.geo.basemap import read_basemap
from viewer.geo.projection import point_to_map
from viewer.paths import resources_dir

SMALL: dict[str, Any] = {
    "quantum": 1e-4,
    "attribution": "Somebody",
    "layers": {
        "borders": [{"name": "A - B", "rank": 2, "xy": [[400000, 350000, 10000, 0, 0, 10000]]}],
        "towns": [
            {"name": "Raqqa", "name_ar": "\u0627\u0644\u0631\u0642\u0629", "country": "SY", "rank": 1,
             "lon": 390079, "lat": 359528, "pop": 1},
            {"name": "Nowhere", "rank": 1, "lon": 99990000, "lat": 0},
            {"name": "No rank", "lon": 390000, "lat": 350000},
        ],
        "regions": [{"name": "Badia", "kind": "desert", "lon": 388300, "lat": 340000, "size": 240, "angle": 12}],
    },
}  # fmt: skip


def written(content: Any, path: Path) -> Path:
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    return path


def test_the_shipped_map_has_its_rivers_towns_and_borders() -> None:
    basemap = read_basemap(resources_dir() / "basemap.json.gz")

    assert basemap.problem is None
    assert {"Euphrates", "Tigris", "Khabur"} <= {river.name for river in basemap.rivers}
    assert {"Raqqa", "Mosul", "Deir ez-Zor", "Abu Kamal"} <= {town.name for town in basemap.towns}
    assert len(basemap.borders) > 5
    assert "GeoNames" in basemap.attribution


def test_differences_are_added_up_and_bad_rows_left_out(tmp_path: Path) -> None:
    basemap = read_basemap(written(SMALL, tmp_path / "b.json.gz"))

    (part,) = basemap.borders[0].parts
    np.testing.assert_allclose(part[0], point_to_map(40.0, 35.0))
    np.testing.assert_allclose(part[2], point_to_map(41.0, 36.0))
    assert [town.name for town in basemap.towns] == ["Raqqa"]
    assert basemap.regions[0].size_m == 240_000
    assert basemap.attribution == "Somebody"


@pytest.mark.parametrize(
    "content", [b"", b"no gzip", gzip.compress(b"{"), gzip.compress(b"[]"), gzip.compress(b"\xff"),
                gzip.compress(b'{"quantum": "x", "layers": {}}'), gzip.compress(b'{"layers": {}}')[:-6],
                gzip.compress(b'{"quantum": 1, "layers": {"towns": 5}}')],
)  # fmt: skip
def test_a_damaged_file_gives_an_empty_map_and_says_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "b.json.gz"
    path.write_bytes(content)

    basemap = read_basemap(path)

    assert basemap.problem is not None and "cannot be read" in str(basemap.problem)
    assert not basemap.rivers


def test_a_missing_file_gives_an_empty_map_and_says_so(tmp_path: Path) -> None:
    assert read_basemap(tmp_path / "none.gz").problem is not None
