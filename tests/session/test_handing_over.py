"""A hand-over opened elsewhere shows the same view and marks, and can be merged back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.test_importing import ged, taken_in
from viewer.domain.marks import Kept, Mark
from viewer.geo.basemap import Basemap
from viewer.session import handing_over, keeping
from viewer.session.handing_over import hand_over, merge_back, receive
from viewer.session.importing import Order
from viewer.session.keeping import workspace_file
from viewer.session.remember import state_from_json, state_to_json
from viewer.session.state import State
from viewer.store.dataset import open_dataset
from viewer.store.remember import load
from viewer.store.workspace import Workspace


class Homes:
    """Two users on two machines; one is at work at a time."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._patch = folder, monkeypatch

    def at(self, name: str) -> Path:
        home = self._folder / name
        home.mkdir(exist_ok=True)
        self._patch.setattr(keeping, "user_dir", lambda: home)
        self._patch.setattr(handing_over, "state_dir", lambda: home)
        return home


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Homes]:
    yield Homes(tmp_path, monkeypatch)


def mark(key: str, status: str, by: str) -> Mark:
    return Mark("event", key, status, by, "2026-01-01T00:00:00Z")


def test_it_shows_the_same_view_and_marks_elsewhere(
    homes: Homes, basemap: Basemap, small_store: Path, tmp_path: Path
) -> None:
    homes.at("office")
    layer = tmp_path / "relief.mbtiles"
    layer.write_bytes(b"tiles")
    state = State()
    state = replace(state, theme="dark", raster=replace(state.raster, path=str(layer), opacity=70))
    with closing(open_dataset(small_store)) as data:
        store_id = data.meta.store_id
        with closing(Workspace(workspace_file(store_id), store_id)) as own:
            own.add([mark("raid", "reviewed", "AB"), mark("raid", "disputed", "AB")])
            own.keep([Kept("scene", "one", 1.0, "{}", "2026-01-01T00:00:00Z")])
        hand_over(data, state, tmp_path / "briefing.badia.zip")

    home = homes.at("field")
    store, notices = receive(tmp_path / "briefing.badia.zip", home)
    assert notices == ()
    assert store.read_bytes() == small_store.read_bytes()
    view = state_from_json(load(home, store_id) or {})
    assert Path(view.raster.path).read_bytes() == b"tiles"
    assert Path(view.raster.path).is_relative_to(home)
    assert state_to_json(replace(view, raster=state.raster)) == state_to_json(state)
    with closing(Workspace(workspace_file(store_id), store_id)) as theirs:
        assert [one.status for one in theirs.history("event", "raid")] == ["reviewed", "disputed"]
        assert [one.key for one in theirs.kept("scene")] == ["one"]


def test_it_can_be_merged_back(homes: Homes, basemap: Basemap, tmp_path: Path) -> None:
    home = homes.at("office")
    mine = home / "mine.gpkg"
    taken_in(ged(tmp_path / "one.csv", {}, {"id": "2"}), mine, basemap)
    with closing(open_dataset(mine)) as data:
        store_id = data.meta.store_id
        with closing(Workspace(workspace_file(store_id), store_id)) as own:
            own.add([mark("ucdp-1", "reviewed", "AB")])
        hand_over(data, None, tmp_path / "to-field.badia.zip")

    field = homes.at("field")
    store, _ = receive(tmp_path / "to-field.badia.zip", field)
    taken_in(ged(tmp_path / "two.csv", {"best": "9"}, {"id": "2"}, {"id": "3"}), store, basemap)
    with closing(Workspace(workspace_file(store_id), store_id)) as theirs:
        theirs.add([mark("ucdp-1", "disputed", "CD"), mark("ucdp-3", "needs a source", "CD")])
    with closing(open_dataset(store)) as data:
        hand_over(data, None, tmp_path / "back.badia.zip")

    homes.at("office")
    order = Order(tmp_path / "back.badia.zip", mine, "2026-01-02")
    trial = merge_back(tmp_path / "back.badia.zip", replace(order, dry_run=True), basemap, {})
    assert trial.clashes == ()
    merged = merge_back(tmp_path / "back.badia.zip", order, basemap, {})
    assert [(a.by, b.by) for a, b in merged.clashes] == [("AB", "CD")]
    assert merged.summary.tally.rejected == 0
    with closing(open_dataset(mine)) as data:
        assert not data.problems
        assert [event.key for event in data.reader.all("event")] == ["ucdp-1", "ucdp-2", "ucdp-3"]
        changed = data.reader.dossier("ucdp-1")
        assert changed is not None
        assert changed.counts[0].value == 9
    with closing(Workspace(workspace_file(store_id), store_id)) as own:
        assert {key: found.status for (_, key), found in own.marks().items()} == {
            "ucdp-1": "reviewed", "ucdp-3": "needs a source",
        }  # fmt: skip
        assert [one.by for one in own.history("event", "ucdp-1")] == ["AB", "CD", "AB"]
    again = merge_back(tmp_path / "back.badia.zip", order, basemap, {})
    assert (again.clashes, again.summary.tally.added, again.summary.tally.updated) == ((), 0, 0)
