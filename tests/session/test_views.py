"""Saved views: where they take the map, and that a store need not have any."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from viewer.domain.dates import parse
from viewer.domain.views import SavedView
from viewer.geo.projection import point_to_map
from viewer.session.camera import seen_at
from viewer.session.cards import card_of
from viewer.session.control import shown_holdings
from viewer.session.state import Ref, State
from viewer.session.suggest import suggestions
from viewer.session.views import box_of, view_shown
from viewer.store.dataset import DataSet, open_dataset

SIZE = (1366, 768)


@pytest.mark.parametrize("key", ["s1-map-pocket", "s1-map-badia", "s1-map-border"])
def test_a_view_brings_its_ground_and_day_onto_the_map(builtin: DataSet, key: str) -> None:
    (view,) = [view for view in builtin.views if view.key == key]
    state = view_shown(view, SIZE).apply(State())

    box = box_of(view)
    assert box is not None
    for lon, lat in (box[:2], box[2:]):
        x, y = seen_at(state.camera, *point_to_map(lon, lat), *SIZE)
        assert 0 <= x <= SIZE[0]
        assert 0 <= y <= SIZE[1]
    assert state.time.cursor == parse("2019-01-30").latest
    assert state.selected == Ref("view", key)


def test_the_details_tell_what_there_is_to_see(builtin: DataSet) -> None:
    card = card_of(builtin, Ref("view", "s1-map-border"))

    assert card is not None
    assert card.title == "Border from al-Tanf to Abu Kamal, January 2019"
    assert any("said to hide" in row.text for section in card.sections for row in section.rows)


@pytest.mark.parametrize(
    ("site", "actor", "control"),
    [
        ("last-pocket", "is", "control"),
        ("sukhnah-countryside", "is", "control"),
        ("government-badia", "syrian-government", "control"),
        ("border-strip-tanf-abu-kamal", "is", "hidden"),
    ],
)
def test_the_views_show_what_the_document_says_of_its_maps(
    builtin: DataSet, site: str, actor: str, control: str
) -> None:
    day = parse("2019-01-30").latest or 0
    held = shown_holdings(builtin, site, day)

    assert (actor, control) in {(held.claim.actors, held.claim.control) for held in held}


def test_a_view_is_found_by_its_words(builtin: DataSet) -> None:
    found = [one for one in suggestions(builtin, State(), "last pocket") if one.group == "View"]

    assert [one.title for one in found] == ["Last pocket east of the Euphrates, January 2019"]
    assert found[0].command is not None


def test_a_store_need_not_have_the_table(small_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.gpkg"
    shutil.copy(small_store, path)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE saved_view")
        db.execute("DELETE FROM gpkg_contents WHERE table_name = 'saved_view'")
    data = open_dataset(path)

    assert data.views == ()
    assert not [problem for problem in data.problems if "saved_view" in str(problem)]
    data.close()


def test_a_view_that_is_nowhere_moves_nothing() -> None:
    view = SavedView(
        key="v", name="Nowhere", on="2019", west=float("nan"), south=0.0, east=float("inf"), north=1.0, days=0.0
    )
    state = view_shown(view).apply(State())

    assert state.camera == State().camera
    assert state.time.window_days == State().time.window_days
