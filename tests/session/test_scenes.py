"""Scenes: arranging them, taking it back, showing them, and what becomes of them on another store and in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.session.briefing import (
    Briefing,
    BriefingError,
    briefing_from_json,
    briefing_to_json,
    read_briefing,
    scene_from_json,
)
from viewer.session.briefing import scene_to_json as to_json
from viewer.session.commands import SetCursor, SetTheme
from viewer.session.keeping import Keeping
from viewer.session.scenes import (
    AddScenes,
    ChangeScene,
    ChooseScene,
    DropScene,
    MoveScene,
    ShowScene,
    between,
    duplicated,
    fitted,
    fitting,
    scene_of,
    updated,
)
from viewer.session.session import Session
from viewer.session.state import Camera, Filters, Play, Raster, Ref, Scene, State, Stretch, Time
from viewer.store.dataset import DataSet

SIZE = (1000, 600)


def scenes(*titles: str) -> tuple[Scene, ...]:
    return tuple(scene_of(State(time=Time(cursor=100 * n)), SIZE, title) for n, title in enumerate(titles, start=1))


def titles(session: Session) -> str:
    return " ".join(scene.title for scene in session.state.scenes)


@pytest.fixture
def session() -> Session:
    made = Session(State())
    made.dispatch(AddScenes(scenes("a", "b", "c")))
    return made


def test_scenes_are_arranged_and_every_step_is_taken_back(session: Session) -> None:
    first = session.state.scenes[0]
    assert session.state.scene == first.key
    session.dispatch(AddScenes((duplicated(first),)))
    assert titles(session) == "a a b c"
    session.dispatch(MoveScene(first.key, 99))
    assert titles(session) == "a b c a"
    session.dispatch(DropScene(first.key))
    assert titles(session) == "a b c"
    session.dispatch(ChangeScene(replace(session.state.scenes[1], title="B")))
    assert titles(session) == "a B c"
    seen = []
    for _ in range(4):
        session.undo()
        seen.append(titles(session))
    assert seen == ["a b c", "a b c a", "a a b c", "a b c"]
    session.redo()
    assert titles(session) == "a a b c"


def test_a_scene_that_is_dropped_hands_the_work_to_the_next(session: Session) -> None:
    a, b, c = session.state.scenes
    session.dispatch(ChooseScene(b.key))
    session.dispatch(DropScene(b.key))
    assert session.state.scene == c.key
    session.dispatch(DropScene(c.key))
    assert session.state.scene == a.key
    session.dispatch(DropScene(a.key))
    assert (session.state.scene, session.state.scenes) == ("", ())


def test_a_scene_brings_its_own_filters_and_undo_gives_mine_back() -> None:
    mine = Filters(text="mine")
    session = Session(State(filters=mine, units="mi"))
    shown = scene_of(State(time=Time(cursor=9), filters=Filters(text="its"), theme="dark"), SIZE)
    session.dispatch(AddScenes((shown,)))
    session.dispatch(SetTheme("light"))
    session.dispatch(ShowScene(shown.key, SIZE))
    state = session.state
    assert (state.filters.text, state.time.cursor, state.theme, state.units) == ("its", 9, "dark", "mi")
    session.undo()
    assert (session.state.filters, session.state.theme) == (mine, "light")
    assert session.state.scenes == (shown,)


def test_a_scene_keeps_nothing_that_is_the_windows() -> None:
    state = State(play=Play(running=True), listed="view", stack=("e1",), coordinates="mgrs", scenes=scenes("x"))
    view = scene_of(state, SIZE).view
    assert view == State()


def test_the_scene_is_updated_with_the_view_and_keeps_its_words(session: Session) -> None:
    old = replace(session.state.scenes[0], caption="said")
    session.dispatch(SetCursor(777))
    new = updated(old, session.state, (50, 60))
    assert (new.key, new.title, new.caption) == (old.key, "a", "said")
    assert (new.view.time.cursor, new.size) == (777, (50, 60))


@given(width=st.integers(200, 4000), height=st.integers(200, 3000))
def test_all_ground_of_a_scene_is_seen_on_a_map_of_any_size(width: int, height: int) -> None:
    scene = scene_of(State(camera=Camera(0, 0, 500)), SIZE)
    scale = fitted(scene, width, height).camera.scale
    assert scale * width >= 500 * SIZE[0] * 0.999
    assert scale * height >= 500 * SIZE[1] * 0.999
    assert min(scale * width / SIZE[0], scale * height / SIZE[1]) == pytest.approx(500)


@given(share=st.floats(0, 1), scale=st.floats(50, 4000))
def test_a_glide_goes_from_one_view_to_the_other(share: float, scale: float) -> None:
    start = State(camera=Camera(0, 0, 900), time=Time(cursor=0))
    goal = State(camera=Camera(10_000, -4_000, scale), time=Time(cursor=1000))
    there = between(start, goal, share)
    assert between(start, goal, 1.0) == goal
    assert min(900, scale) * 0.999 <= there.camera.scale <= max(900, scale) * 1.001
    assert -1 <= there.camera.x <= 10_001
    assert 0 <= there.time.cursor <= 1000
    assert between(start, goal, 0.0).camera.x == pytest.approx(0.0)


# files


def full() -> Scene:
    view = State(
        camera=Camera(1.0, 2.0, 300.0), time=Time(17_000, "day", 7, "week", True), theme="print", labels="arabic",
        filters=Filters(actors=("is",), text="oil", bbox=(38.0, 33.0, 42.0, 36.0)), selected=Ref("event", "e1"),
        layers=frozenset({"towns", "borders"}), compare=16_000, swipe=0.25, pins=("raqqa",),
        raster=Raster("/tiles.mbtiles", 70), ground="roads", grid="mgrs",
    )  # fmt: skip
    return Scene(
        "k1", view, (1234, 567), "end", "Title", "Caption\nin two lines", "Notes \u062f\u064a\u0631", "MARKED",
        Stretch(16_900, 17_000, 30.0), (("date", "se"), ("legend", "nw")),
    )  # fmt: skip


def test_a_scene_comes_back_from_a_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "briefing.json"
    path.write_text(briefing_to_json((full(), replace(full(), key="k2", stretch=None)), "store-1"), encoding="utf-8")
    assert read_briefing(path) == Briefing("store-1", (full(), replace(full(), key="k2", stretch=None)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"), ("[" * 100_000, "no JSON"), ("[]", "no briefing"), ("{}", "no briefing"),
        ('{"kind": "badia briefing", "scenes": {}}', "no briefing"),
        ('{"kind": "badia briefing", "version": 99, "scenes": []}', "newer version"),
        ('{"kind": "badia briefing", "version": true, "scenes": []}', "newer version"),
    ],
)  # fmt: skip
def test_what_is_no_briefing_is_told_in_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(BriefingError, match=says) as told:
        read_briefing(path)
    assert str(path) in str(told.value)


def test_a_missing_file_and_one_that_is_no_text_are_told(tmp_path: Path) -> None:
    with pytest.raises(BriefingError, match="cannot be read"):
        read_briefing(tmp_path / "none.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BriefingError, match="UTF-8"):
        read_briefing(tmp_path / "b.json")


def test_what_is_no_scene_is_left_out_and_the_rest_goes_on(tmp_path: Path) -> None:
    plain = json.loads(briefing_to_json((full(),), "s"))
    plain["scenes"] += [7, {"view": {}}, {**plain["scenes"][0]}, {**plain["scenes"][0], "key": "k9"}]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(plain))
    read = read_briefing(path)
    assert [scene.key for scene in read.scenes] == ["k1", "k9"]
    assert [notice.split(" ")[1] for notice in read.notices] == ["2", "3", "4"]


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["view", "key", "kind", "title", "size", "places", "stretch", "first", "last", "selected",
                         "days_per_second", "camera", "time", "cursor"]), inner, max_size=6),
    max_leaves=20,
))  # fmt: skip
def test_whatever_stands_in_a_file_a_scene_is_sound_or_refused(plain: object) -> None:
    try:
        scene = scene_from_json(plain)
    except ValueError:
        return
    assert scene_from_json(json.loads(json.dumps(to_json(scene), allow_nan=False))) == scene


# another store


def test_what_another_store_lacks_is_told_and_left_out(small: DataSet) -> None:
    known = next(iter(small.actors))
    view = replace(
        full().view, filters=Filters(actors=(known, "nobody"), places=("nowhere",)), pins=("nowhere",),
        time=Time(cursor=-300_000),
    )  # fmt: skip
    fit = fitting(replace(full(), view=view), small, lambda path: False)
    assert fit.scene.view.filters == Filters(actors=(known,))
    assert (fit.scene.view.pins, fit.scene.view.selected, fit.scene.view.raster.path) == ((), None, "")
    said = "\n".join(fit.notices)
    for word in ("nobody", "nowhere", "e1", "/tiles.mbtiles", "before or after"):
        assert word in said
    assert all(notice.startswith("Scene 'Title' ") for notice in fit.notices)


# the user's own file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own.workspace"


def test_scenes_are_there_again_in_their_order(path: Path) -> None:
    a, b, c = scenes("a", "b", "c")
    first = Keeping("s", path)
    first.keep_scenes((a, b, c))
    first.keep_scenes((c, a), before=(a, b, c))
    first.close()
    again = Keeping("s", path)
    assert again.scenes() == (c, a)
    again.close()


def test_what_another_program_added_is_not_taken_out(path: Path) -> None:
    a, b = scenes("a", "b")
    one, other = Keeping("s", path), Keeping("s", path)
    assert one.scenes() == ()
    other.keep_scenes((b,))
    one.keep_scenes((a,))
    one.keep_scenes((), before=(a,))
    one.close()
    assert other.scenes() == (b,)
    other.close()


def test_a_scene_that_is_too_long_is_told_and_the_others_are_kept(path: Path) -> None:
    a, b = scenes("a", "b")
    keeping = Keeping("s", path)
    keeping.keep_scenes((replace(a, notes="n" * 100_001), b))
    (said,) = keeping.notices()
    assert "too long to be kept" in said
    assert keeping.scenes() == (b,)
    keeping.keep_scenes((a, b))
    assert keeping.scenes() == (a, b) and not keeping.notices()
    keeping.close()


@pytest.fixture
def broken(path: Path) -> Iterator[Keeping]:
    path.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    keeping = Keeping("s", path)
    yield keeping
    keeping.close()


def test_a_damaged_file_is_put_aside_and_told(broken: Keeping, path: Path) -> None:
    assert broken.scenes() == ()
    broken.keep_scenes(scenes("a"))
    (said,) = broken.notices()
    assert "own.workspace.bad" in said
    assert broken.notices() == ()


def test_a_file_of_another_store_is_left_alone_and_told(path: Path) -> None:
    first = Keeping("s", path)
    first.keep_scenes(scenes("a"))
    first.close()
    before = path.read_bytes()
    other = Keeping("t", path)
    other.keep_scenes(scenes("b"))
    assert "another store" in other.notices()[0]
    assert path.read_bytes() == before


LONG = 100_001


def test_long_words_are_kept_to_their_end_and_what_is_too_long_is_told(tmp_path: Path, path: Path) -> None:
    words = {name: name * (99_000 // len(name)) for name in ("caption", "notes")}
    file = tmp_path / "x.json"
    file.write_text(briefing_to_json((replace(full(), **words),), "s"))
    read = read_briefing(file)
    assert (read.scenes[0].caption, read.scenes[0].notes, read.notices) == (words["caption"], words["notes"], ())
    file.write_text(briefing_to_json((replace(full(), notes="n" * LONG, title="t" * LONG),), "s"))
    read = read_briefing(file)
    assert read.scenes[0].notes == "n" * 100_000
    assert read.notices == tuple(
        f"Of scene 1 only the first 100,000 of 100,001 letters of its {name} were read" for name in ("title", "notes")
    )


def test_long_notes_of_the_own_file_come_back_whole(path: Path) -> None:
    scene = replace(full(), notes="n" * 60_000)
    first = Keeping("s", path)
    first.keep_scenes((scene,))
    first.close()
    again = Keeping("s", path)
    assert again.scenes() == (scene,)
    assert again.notices() == ()
    again.close()


def test_half_a_letter_in_a_briefing_becomes_a_question_mark_so_that_it_can_be_written() -> None:
    plain = json.loads(briefing_to_json((Scene("one", State(filters=Filters(text="here")), title="Title"),), "small"))
    (scene,) = plain["scenes"]
    scene["key"], scene["title"], scene["view"]["filters"]["text"] = "one\ud800", "Ti\udc00", "he\ud800"
    (read,) = briefing_from_json(json.dumps(plain)).scenes
    assert (read.key, read.title, read.view.filters.text) == ("one?", "Ti?", "he?")
    assert briefing_to_json((read,), "small").encode("utf-8")
