"""Files of features through the command: what is in the store afterwards, and what is said."""

from __future__ import annotations

import json
import shutil
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ask
from tests.formats.importers.reading import area, collection, feature, point
from viewer.cli.entry import run
from viewer.store.dataset import open_dataset


@pytest.fixture
def import_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Import a file into one store, and what the command says of it as JSON."""

    def imported(file: Path, *options: str) -> dict[str, Any]:
        capsys.readouterr()
        code = run(["import", str(file), "--into", str(tmp_path / "store.gpkg"), "--json", *options])
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert code == (1 if told["rejected"] else 0)
        assert told["read"] == told["added"] + told["updated"] + told["unchanged"] + told["rejected"]
        return told

    return imported


def events(tmp_path: Path, ask: Ask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("events", tmp_path / "store.gpkg", "--format", "json").json
    return found


def test_points_of_one_name_stay_where_they_are(tmp_path: Path, import_file: Any, ask: Ask) -> None:
    near = [feature(point(40.14 + n / 1000, 35.33), n, title="Strike", location="Mosul", date="2017") for n in range(3)]
    far = [feature(point(40.14 + n / 1000, 35.33), n + 10, title="Strike", date="2017") for n in range(3)]
    import_file(collection(tmp_path / "a.geojson", *near, *far))
    found = events(tmp_path, ask)
    assert {one["places"][0]["precision"] for one in found} == {"exact"}
    for name in ("Mosul", ""):
        assert sorted(one["places"][0]["lon"] for one in found if one["places"][0]["spelled"] == name) == [
            40.14, 40.141, 40.142,
        ]  # fmt: skip
    assert ask("check", tmp_path / "store.gpkg").code == 0


def test_a_named_outline_is_its_own_place_and_not_one_of_that_name(tmp_path: Path, import_file: Any) -> None:
    shapes = [area(), area((42, 35), (43, 35), (43, 36), (42, 35)), area()]
    file = collection(tmp_path / "a.geojson", *[feature(one, title="x", place="Valley") for one in shapes])
    assert import_file(file)["new"]["place"] == 2
    with closing(open_dataset(tmp_path / "store.gpkg")) as data:
        assert {place.precision for place in data.places.values()} == {"area"}
        assert all(place.geometry for place in data.places.values())
    assert import_file(file)["unchanged"] == 3


def test_exchanged_coordinates_are_asked_about_and_outlines_turn_too(tmp_path: Path, import_file: Any) -> None:
    ring = area((35, 40), (36, 40), (36, 41), (35, 40))
    file = collection(tmp_path / "a.geojson", feature(point(35.33, 40.14), 1, title="a"), feature(ring, 2, title="b"))
    assert [one["question"] for one in import_file(file)["remarks"]] == ["swap"]
    assert import_file(file, "--swap")["updated"] == 2
    with closing(open_dataset(tmp_path / "store.gpkg")) as data:
        found = {one.event.title: data.places[one.places[0].place] for one in data.reader.dossiers(data.events.keys)}
        assert (found["a"].lon, found["a"].lat) == (40.14, 35.33)
        outline = data.shape_of(found["b"])
        assert outline is not None
        assert outline.bounds == (40, 35, 41, 36)


def test_a_second_edition_updates_by_id(tmp_path: Path, import_file: Any, ask: Ask) -> None:
    path = tmp_path / "a.geojson"
    old = [feature(point(), n, title="Old", date="2017") for n in range(3)]
    assert import_file(collection(path, *old))["added"] == 3
    new = [feature(point(), 0, title="Old", date="2017"), feature(point(), 1, title="New", date="2017")]
    told = import_file(collection(path, *new), "--delete-missing")
    assert (told["unchanged"], told["updated"], told["deleted"]) == (1, 1, 1)
    assert sorted(one["title"] for one in events(tmp_path, ask)) == ["New", "Old"]


def test_what_was_rejected_is_kept_beside_the_file_and_mended_there(tmp_path: Path, import_file: Any) -> None:
    lost = feature(point(0, 0), title="Lost")
    told = import_file(collection(tmp_path / "a.geojson", lost, feature(point(), title="b")))
    assert (told["rejected"], told["rejects"]) == (1, "a.rejected.json")
    kept = tmp_path / told["rejects"]
    kept.write_text(kept.read_text().replace("[0, 0]", "[40, 35]"))
    assert import_file(kept)["added"] == 1


def test_an_unknown_coordinate_system_leaves_the_store_as_it_was(tmp_path: Path, ask: Ask, small_store: Path) -> None:
    store = Path(shutil.copy(small_store, tmp_path / "store.gpkg"))
    before = store.read_bytes()
    path = tmp_path / "a.geojson"
    crs = {"type": "name", "properties": {"name": "EPSG:32637"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature(point())] * 3000, "crs": crs}))
    answer = ask("import", path, "--into", store)
    assert answer.code == 2
    assert "EPSG:32637; export it in WGS 84" in answer.err
    assert store.read_bytes() == before
    assert {one.name for one in tmp_path.iterdir()} == {"store.gpkg", "a.geojson"}


def test_control_by_area_shows_on_its_days(tmp_path: Path, import_file: Any, ask: Ask) -> None:
    told = {"controller": "Group A", "start": "2017-01-01", "end": "2017-06-30"}
    assert import_file(collection(tmp_path / "a.geojson", feature(area(), 1, **told)))["format"] == "areas"

    def held(day: str) -> list[str]:
        return [one["class"] for one in ask("control", tmp_path / "store.gpkg", "--on", day, "--format", "json").json]

    assert [held(day) for day in ("2016-12-31", "2017-03-01", "2017-07-01")] == [[], ["control"], []]


def test_a_kmz_comes_in(tmp_path: Path, import_file: Any, ask: Ask) -> None:
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(
            "doc.kml",
            '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark id="p"><name>Clash</name><TimeStamp><when>2017-11'
            "</when></TimeStamp><Point><coordinates>40,35</coordinates></Point></Placemark></kml>",
        )
    assert import_file(path)["format"] == "kml"
    assert [(one["title"], one["date"]) for one in events(tmp_path, ask)] == [("Clash", "2017-11")]


def test_another_store_comes_in_whole(tmp_path: Path, import_file: Any, small_store: Path, ask: Ask) -> None:
    told = import_file(small_store)
    assert (told["format"], told["rejected"]) == ("badia", 0)
    assert import_file(small_store)["unchanged"] == told["read"]
    counts = [ask("info", store, "--json").json["counts"] for store in (tmp_path / "store.gpkg", small_store)]
    for table in ("import_run", "origin"):
        for one in counts:
            one.pop(table, None)
    assert counts[0] == counts[1]
