"""`export`: what is written is what `events` lists, says whom to name, and takes no file that is evidence."""

from __future__ import annotations

import csv
import json
import re
import resource
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pyogrio
import pytest

from tests.cli.conftest import Ask
from viewer.session.exporting import FORMATS

pytestmark = pytest.mark.usefixtures("builtin_stays_open")
ROOT = Path(__file__).parents[2]
WEEK = ("--from", "2017-12-22", "--to", "2017-12-28")
NAMES = [one.name for one in FORMATS]
LARGEST = 20_000


def ids_in(path: Path) -> list[str]:
    """The keys of the events in a file, in order."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [row["id"] for row in csv.DictReader(file)]
    if path.suffix == ".json":
        return [event["id"] for event in json.loads(path.read_text("utf-8"))["events"]]
    if path.suffix == ".xlsx":
        with ZipFile(path) as book:
            rows = book.read("xl/worksheets/sheet1.xml").decode()
        return re.findall(r'<c r="A(?!1")\d+"[^>]*><is><t[^>]*>([^<]*)', rows)
    layer, column = {".gpkg": ("event", "key"), ".kml": ("Incidents", "id"), ".geojson": (path.stem, "id")}[path.suffix]
    meta, _, _, columns = pyogrio.raw.read(path, layer=layer)
    names = list(meta["fields"])
    return [str(value) for value in columns[names.index(column)]]


def everything_in(path: Path) -> str:
    """All text of a file."""
    if path.suffix != ".xlsx":
        return path.read_bytes().decode("utf-8", "replace")
    with ZipFile(path) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_what_events_lists_and_whom_to_name(ask: Ask, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"week.{name}"
    listed = [event["id"] for event in ask("events", *WEEK, "--type", "strike", "--format", "json").json]
    answer = ask("export", path, *WEEK, "--type", "strike")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{len(listed)} events written to {path} ({name}): type strike; 22\u201328 Dec 2017")
    assert ids_in(path) == listed
    assert "coordinates GeoNames and UCDP GED, CC BY 4.0" in everything_in(path)
    assert list(tmp_path.iterdir()) == [path]


def test_json_tells_what_was_done(ask: Ask, small_store: Path, tmp_path: Path) -> None:
    told = ask("export", tmp_path / "a.json", small_store, "--actor", "IS", "--claims", "--json").json

    assert told == {
        "file": str(tmp_path / "a.json"), "format": "json", "events": 4, "claims": 6, "selection": "with Islamic State",
    }  # fmt: skip
    document = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert list(document) == ["attribution", "about", "events", "control_claims", "sources"]
    assert {claim["id"] for claim in document["control_claims"]} == {"m1", "m2", "m4", "d2", "d3", "a1"}
    assert document["events"] == ask("events", small_store, "--actor", "IS", "--format", "json").json
    assert {"n1", "n3"} <= {source["id"] for source in document["sources"]}


def test_claims_follow_place_box_and_days(ask: Ask, small_store: Path, tmp_path: Path) -> None:
    def claims(*options: str) -> set[str]:
        path = tmp_path / "a.json"
        assert ask("export", path, small_store, "--claims", *options).code == 0
        return {claim["id"] for claim in json.loads(path.read_text("utf-8"))["control_claims"]}

    assert claims("--place", "Abu Kamal") == {"k1", "k2"}
    assert claims("--bbox", "40.8,34.3,41,34.5") == {"k1", "k2", "a1"}
    assert claims("--from", "2019-01", "--to", "2019-10") == {"m4", "a1", "k1"}
    assert claims("--place", "Abu Kamal", "--from", "2020") == {"k2"}


@pytest.mark.parametrize("name", ["csv", "geojson"])
def test_attribution_changes_nothing_for_those_who_do_not_look(ask: Ask, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a.{name}"
    assert ask("export", path, *WEEK).code == 0
    printed, written = ask("events", *WEEK, "--format", name).out, path.read_text("utf-8")

    if name == "geojson":
        before, after = json.loads(printed), json.loads(written)
        assert after["features"] == before["features"]
        assert list(after) == ["type", "features", "attribution", "about"]
    else:
        before, after = (list(csv.DictReader(text.splitlines())) for text in (printed, written))
        assert [{**row, "attribution": after[0]["attribution"]} for row in before] == after


def test_a_format_can_be_named(ask: Ask, tmp_path: Path) -> None:
    assert ask("export", tmp_path / "week.txt", *WEEK, "--format", "csv").code == 0
    assert ids_in((tmp_path / "week.txt").rename(tmp_path / "week.csv"))


def test_nothing_found_is_still_a_file(ask: Ask, tmp_path: Path) -> None:
    for name in NAMES:
        assert ask("export", tmp_path / f"a.{name}", "--text", "qqqqzzzz").out.startswith("0 events written")


@pytest.mark.parametrize(
    ("name", "options", "part"),
    [
        ("a.txt", (), "does not tell the format"),
        ("a.csv", ("--format", "shp"), "'shp' is no format; there are gpkg, json, csv"),
        ("a.csv", ("--claims",), "csv holds incidents only; claims of control go into gpkg"),
        ("none/a.csv", (), "its folder does not exist"),
        (".", ("--format", "csv"), "is no file"),
        ("a.csv", ("--type", "party"), "'party' is no event type"),
    ],
)
def test_what_cannot_be_done_is_said(ask: Ask, tmp_path: Path, name: str, options: tuple[str, ...], part: str) -> None:
    answer = ask("export", tmp_path / name, *options)

    assert (answer.code, answer.out) == (2, "")
    assert part in answer.err
    assert answer.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["store.gpkg", "data.csv", "link.csv"])
def test_no_store_is_written_over(ask: Ask, small_store: Path, tmp_path: Path, name: str) -> None:
    store = tmp_path / name.replace("link.csv", "other.sqlite")
    store.write_bytes(small_store.read_bytes())
    if name == "link.csv":
        (tmp_path / name).symlink_to(store)
    answer = ask("export", tmp_path / name, small_store)

    assert answer.code == 2
    assert "nothing is written over one" in answer.err
    assert store.read_bytes() == small_store.read_bytes()


def test_an_older_export_is_written_over_in_one_step(ask: Ask, small_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old", "utf-8")
    with path.open(encoding="utf-8") as looking:
        assert ask("export", path, small_store).code == 0
        assert looking.read() == "old"

    assert len(ids_in(path)) == 12


@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_is_one_sentence_and_leaves_the_old_file(builtin_store: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a.{name}"
    if name != "gpkg":
        path.write_text("old", "utf-8")
    before = set(tmp_path.iterdir())
    command = [sys.executable, str(ROOT / "main.py"), "export", str(path), str(builtin_store)]
    answer = subprocess.run(
        command, capture_output=True, text=True, timeout=100, cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST)),
    )  # fmt: skip

    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith(f"badia: {path}: cannot be written (")
    assert "free some space" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert set(tmp_path.iterdir()) == before
    assert name == "gpkg" or path.read_text("utf-8") == "old"
