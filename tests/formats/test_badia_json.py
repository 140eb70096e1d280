"""What Badia exports as JSON comes back: the same events under the same keys; what is broken is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.drafts import Draft, Rejected, Remark
from viewer.formats.importers.badia_json import BadiaJsonImporter
from viewer.formats.infile import InFile, ReadError
from viewer.geo.basemap import read_basemap
from viewer.paths import resources_dir
from viewer.session.exporting import asked_of_all, export, format_of
from viewer.session.importing import Order, Summary, run_import
from viewer.session.state import Filters
from viewer.store.dataset import DataSet, open_dataset

READ = BadiaJsonImporter()
BARE = {
    "id": "e", "title": "A raid", "type": "raid", "date": "2017-12", "actuality": "", "date_basis": "stated",
    "date_wording": "", "stated_precision": "",
}  # fmt: skip


def exported(data: DataSet, path: Path) -> Path:
    export(data, asked_of_all(data, Filters()), format_of(path), path, "2026-11-22")
    return path


def imported(path: Path, store: Path) -> Summary:
    order = Order(path, store, "2026-11-22")
    return run_import(order, read_basemap(resources_dir() / "basemap.bin"), {})


@pytest.fixture
def items(tmp_path: Path) -> Callable[..., list[Any]]:
    """What comes of a text."""

    def read(text: str | bytes) -> list[Any]:
        path = tmp_path / "a.json"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return list(READ.items(InFile(path), {}))

    return read


@pytest.mark.parametrize("name", ["small", "builtin"])
@pytest.mark.parametrize("suffix", ["json", "geojson"])
def test_events_come_back_with_all_their_rows(
    name: str, suffix: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    data: DataSet = request.getfixturevalue(name)
    summary = imported(exported(data, tmp_path / f"a.{suffix}"), tmp_path / "new.gpkg")

    assert summary.run.format == "badia-json"
    assert (summary.tally.added, summary.tally.rejected) == (len(data.events), 0)
    with closing(open_dataset(tmp_path / "new.gpkg")) as copy:
        assert copy.problems == ()
        keys = data.events.keys
        for mine, other in zip(copy.reader.dossiers(keys), data.reader.dossiers(keys), strict=True):
            assert replace(mine, links=(), parts=()) == replace(other, links=(), parts=())
            assert (set(mine.links), set(mine.parts)) == (set(other.links), set(other.parts))


def test_where_they_come_from_nothing_changes(small: DataSet, small_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copy(small_store, tmp_path / "same.gpkg"))
    summary = imported(exported(small, tmp_path / "a.json"), store)

    assert (summary.tally.unchanged, summary.tally.new) == (12, {})


def test_a_bare_list_is_read_and_whom_to_name_is_told(small: DataSet, tmp_path: Path, items: Callable) -> None:
    document = json.loads(exported(small, tmp_path / "b.json").read_text("utf-8"))
    document["attribution"] = 'Name "us"'

    assert [item.id for item in items(json.dumps(document["events"]))] == list(small.events.keys)
    told, *drafts = items('{"attribution": "Name \\"us\\"",\n"events": ' + json.dumps(document["events"]) + "}")
    assert isinstance(told, Remark) and told.text.endswith('names: Name "us"')
    assert len(drafts) == 12


def test_a_row_that_is_none_is_told_and_the_rest_is_read(items: Callable) -> None:
    rows = [
        BARE, 7, {**BARE, "id": ""}, {**BARE, "title": 5}, {**BARE, "date": "soon"}, {**BARE, "places": {}},
        {**BARE, "places": [{"id": "x", "name": "X", "lon": float("nan")}]}, {**BARE, "id": "f"},
    ]  # fmt: skip
    found = items(json.dumps(rows))

    assert [type(item) for item in found] == [Draft, *[Rejected] * 6, Draft]
    reasons = [item.reason for item in found if isinstance(item, Rejected)]
    assert [reason.split(":")[0] for reason in reasons[:1] + reasons[1:3] + reasons[4:]] == [
        "event", "id", "title", "places", "lon",
    ]  # fmt: skip
    assert "soon" in reasons[3]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[" + json.dumps(BARE)[:-5], "breaks off"),
        ("[" + json.dumps(BARE), "breaks off"),
        ("[" + "[" * 200_000, "nested too deeply"),
        ("[" + "9" * 5000 + "]", "no value"),
        ("{}", "no JSON that Badia exported"),
    ],
)
def test_a_broken_file_is_one_sentence(items: Callable, text: str, part: str) -> None:
    with pytest.raises(ReadError, match=part):
        items(text)


def test_elements_may_lie_across_the_pieces_of_a_file(items: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.formats.plain_reading.PIECE", 7)
    rows = [{**BARE, "id": f"e{number}", "title": "Raqqa \u0627\u0644\u0631\u0642\u0629"} for number in range(5)]

    assert [item.values["title"] for item in items(json.dumps(rows, ensure_ascii=False))] == [rows[0]["title"]] * 5


@given(st.binary(max_size=200))
def test_nothing_strange_is_recognised(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)

    assert READ.recognises(InFile(path)) == 0
