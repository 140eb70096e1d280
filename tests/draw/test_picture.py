"""What is drawn is there in pixels, is found under the pointer, and is what the legend says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QPainter, QPainterPath, QPdfWriter

from viewer.domain.events import EVENT_TYPES
from viewer.draw import looking, paint_holder
from viewer.draw.drawn import Drawn
from viewer.draw.glyphs import GLYPHS, glyph
from viewer.draw.picture import MapPicture
from viewer.draw.screen import Screen, polygon, strips
from viewer.geo.basemap import Basemap
from viewer.geo.pick import inside
from viewer.geo.projection import point_to_map
from viewer.layers.control import ControlLayer
from viewer.layers.primitives import ControlArea
from viewer.session import crowds
from viewer.session.camera import fit_camera, under
from viewer.session.commands import SCALE_LIMITS
from viewer.session.selectors import mapped_events
from viewer.session.state import Camera, Ref, State
from viewer.store.dataset import DataSet

View = Callable[..., State]
Painted = Callable[..., tuple[Drawn, np.ndarray]]
EMPTY = Basemap()
CLOSE = (39.6, 34.2, 41.6, 35.6)


def alike(pixels: np.ndarray, colour: object, within: int = 12) -> int:
    wanted = np.array([colour.red(), colour.green(), colour.blue()])  # type: ignore[attr-defined]
    return int((np.abs(pixels.astype(int) - wanted).max(axis=2) <= within).sum())


def test_the_rivers_are_blue_on_paper(builtin: DataSet, basemap: Basemap, view: View, painted: Painted) -> None:
    picture = MapPicture(builtin, basemap)
    _, pixels = painted(picture, replace(view("2005-01-01"), layers=frozenset({"rivers", "water"})))
    tokens = picture.tokens("light")

    assert alike(pixels, tokens.colour("river1"), 30) > 700
    assert alike(pixels, tokens.colour("sea")) > 2_000
    assert alike(pixels, tokens.colour("paper"), 2) > 0.7 * 800 * 500


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_holder_is_painted_in_its_colour(
    theme: str, small: DataSet, view: View, painted: Painted
) -> None:
    picture = MapPicture(small, EMPTY)
    state = replace(view("2018-01-01", box=CLOSE, theme=theme), layers=frozenset({"holders"}))
    drawn, pixels = painted(picture, state)
    px, py = Screen(state.camera, 800, 500).point_px(*point_to_map(40.4503, 35.0197))
    spot = pixels[round(py) - 2 : round(py) + 3, round(px) - 2 : round(px) + 3]

    assert alike(spot, picture.tokens(theme).actor_colour("gov"), 40) > 15
    assert Ref("place", "mayadin") in drawn.pick(px, py)
    assert drawn.describe(px, py).startswith("Al-Mayadin: Government forces")


def test_disputed_incidents_show_both_colours(small: DataSet, view: View, painted: Painted) -> None:
    picture = MapPicture(small, EMPTY)
    state = replace(view("2017-05-25", box=CLOSE, mode="day"), layers=frozenset({"incidents"}))
    picture.tokens("light").memo["actor", "russia"] = picture.tokens("light").colour("select")
    drawn, pixels = painted(picture, state)
    (target,) = [target for target in drawn.targets if Ref("event", "may-strikes") in target.refs]
    left, top, right, bottom = (round(edge) for edge in target.box)
    coloured = np.ptp(pixels[top:bottom, left:right].astype(int), axis=2)
    half = (right - left) // 2

    assert target.refs == (Ref("event", "may-strikes"),)
    assert coloured[:, half + 1 : -2].max() > 3 * coloured[:, 2 : half - 1].max() or (
        coloured[:, 2 : half - 1].max() > 3 * coloured[:, half + 1 : -2].max()
    )


def test_hidden_presence_leaves_the_ground_as_it_was(builtin: DataSet, view: View, painted: Painted) -> None:
    picture = MapPicture(builtin, EMPTY)
    state = replace(view("2019-01-30"), layers=frozenset({"control"}))
    areas = [a for a in ControlLayer().primitives(state, builtin, EMPTY) if isinstance(a, ControlArea)]
    hidden = [a for a in areas if a.control == "hidden"]
    screen = Screen(state.camera, 800, 500)
    _, pixels = painted(picture, state)
    paper = picture.tokens("light").colour("paper")
    untouched = 0
    for area in hidden:
        others = [a for a in areas if a is not area]
        for x, y in _grid_within(area.rings):
            px, py = screen.point_px(x, y)
            if 3 < px < 797 and 3 < py < 497 and not any(inside(a.rings, x, y) for a in others):
                untouched += alike(pixels[round(py) : round(py) + 1, round(px) : round(px) + 1], paper, 1)

    assert hidden and untouched > 20


def _grid_within(rings: tuple[np.ndarray, ...]) -> list[tuple[float, float]]:
    every = np.vstack(rings)
    low, high = every.min(axis=0), every.max(axis=0)
    points = [(x, y) for x in np.linspace(low[0], high[0], 24) for y in np.linspace(low[1], high[1], 24)]
    return [(float(x), float(y)) for x, y in points if inside(rings, float(x), float(y))]


def test_every_mark_is_found_where_it_was_drawn(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    state = view("2017-11-14")
    drawn, _ = painted(MapPicture(builtin, basemap), state)
    on_screen = [target for target in drawn.targets if target.refs[0].kind == "event"]

    assert on_screen
    for target in on_screen:
        left, top, right, bottom = target.box
        assert set(target.refs) <= set(drawn.pick((left + right) / 2, (top + bottom) / 2))


def test_a_stack_gives_all_its_members_and_says_how_many(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    drawn, _ = painted(MapPicture(builtin, basemap), view("2019-03-31", mode="cumulative"))
    stack = max(drawn.targets, key=lambda target: len(target.refs))
    left, top, right, bottom = stack.box
    middle = (left + right) / 2, (top + bottom) / 2

    assert len(stack.refs) > 3
    assert drawn.pick(*middle)[: len(stack.refs)] == stack.refs
    assert drawn.describe(*middle).startswith(f"{len(stack.refs)} incidents")


def test_pointing_at_a_small_stack_names_what_is_in_it(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    drawn, _ = painted(MapPicture(builtin, basemap), view("2017-11-14", window_days=90))
    stack = next(target for target in drawn.targets if 1 < len(target.refs) < 6 and target.refs[0].kind == "event")
    left, top, right, bottom = stack.box
    said = drawn.describe((left + right) / 2, (top + bottom) / 2)
    titles = {event.title for event in builtin.reader.where("event", "key", [ref.key for ref in stack.refs])}

    assert said.startswith(f"{len(stack.refs)} incidents of a wider place, not of this spot:\n"), "of a province"
    assert all(title in said for title in titles)


def test_far_out_every_mapped_event_is_on_the_picture(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    state = view("2019-03-31", box=(25.0, 20.0, 56.0, 44.0), mode="cumulative")
    drawn, _ = painted(MapPicture(builtin, basemap), state)
    keys = [ref.key for target in drawn.targets for ref in target.refs if ref.kind == "event"]

    assert sorted(keys) == sorted(builtin.events.keys[row] for row in mapped_events(builtin, state).rows)


def test_the_legend_counts_what_is_drawn(builtin: DataSet, basemap: Basemap, view: View, painted: Painted) -> None:
    drawn, _ = painted(MapPicture(builtin, basemap), view("2017-11-14"))
    incidents = [ref for target in drawn.targets for ref in target.refs if ref.kind == "event"]
    by_type = {e.text: e.count for e in drawn.legend if e.group == "Incidents"}
    expected: dict[str, int] = {}
    for ref in incidents:
        name = EVENT_TYPES[builtin.events.type[builtin.events.row_of[ref.key]]].capitalize()
        expected[name] = expected.get(name, 0) + 1

    assert by_type == expected


def test_the_legend_forgets_what_is_out_of_the_picture(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    far_away = view("2017-11-14", box=(36.0, 29.0, 36.5, 29.4))
    drawn, _ = painted(MapPicture(builtin, basemap), far_away)
    nothing, _ = painted(MapPicture(builtin, basemap), replace(view("2017-11-14"), layers=frozenset()))

    assert not [entry for entry in drawn.legend if entry.group == "Incidents" and entry.count > 4]
    assert not [entry for entry in drawn.legend if "towns" in entry.detail]
    assert nothing.legend == ()


def test_panning_there_and_at_once_gives_the_same_legend(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    state, picture = view("2019-01-30", box=CLOSE), MapPicture(builtin, basemap)
    for step in range(12):
        moved = replace(state, camera=replace(state.camera, x=state.camera.x + step * 30 * state.camera.scale))
        drawn, _ = painted(picture, moved)
    fresh, _ = painted(MapPicture(builtin, basemap), moved)

    assert drawn.legend == fresh.legend
    assert [t.refs for t in drawn.targets] == [t.refs for t in fresh.targets]


def test_a_kept_picture_is_the_picture(builtin: DataSet, basemap: Basemap, view: View, painted: Painted) -> None:
    picture = MapPicture(builtin, basemap)
    painted(picture, view("2017-10-01"))
    _, kept = painted(picture, view("2017-11-14"))
    _, fresh = painted(MapPicture(builtin, basemap), view("2017-11-14"))

    np.testing.assert_array_equal(kept, fresh)


def test_names_are_those_of_the_state_however_often_it_changes(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    towns = replace(view("2017-11-14"), layers=frozenset({"towns"}))
    states = [replace(towns, labels=labels) for labels in ("latin", "arabic", "both")]
    states.append(replace(states[0], layers=frozenset({"towns", "holders"})))
    fresh = [painted(MapPicture(builtin, basemap), state)[1] for state in states]
    picture = MapPicture(builtin, basemap)
    for turn in range(16):
        _, pixels = painted(picture, states[turn % 4])
        np.testing.assert_array_equal(pixels, fresh[turn % 4], f"turn {turn}")


def test_a_broken_layer_is_named_and_the_rest_is_drawn(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewer.layers.rivers import RiversLayer

    def fail(*_: object) -> None:
        raise ValueError("no water")

    monkeypatch.setattr(RiversLayer, "primitives", fail)
    drawn, _ = painted(MapPicture(builtin, basemap), view("2017-11-14"))

    assert drawn.broken == ("Rivers and lakes",)
    assert any(entry.group == "Incidents" for entry in drawn.legend)


def test_a_layer_that_failed_once_is_made_again(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewer.layers.rivers import RiversLayer

    def fail(*_: object) -> None:
        raise ValueError("no water")

    state = replace(view("2017-11-14"), layers=frozenset({"rivers"}))
    picture = MapPicture(builtin, basemap)
    with monkeypatch.context() as dry:
        dry.setattr(RiversLayer, "primitives", fail)
        drawn, without = painted(picture, state)
        assert drawn.broken == ("Rivers and lakes",)
    drawn, pixels = painted(picture, state)

    assert drawn.broken == ()
    assert alike(pixels, picture.tokens("light").colour("river1"), 30) > 700
    assert alike(without, picture.tokens("light").colour("river1"), 30) == 0


def test_a_bad_record_does_not_stop_the_others(
    builtin: DataSet, view: View, painted: Painted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    honest, seen = paint_holder.paint_holder, []

    def fails_once(*arguments: object) -> None:
        seen.append(1)
        if len(seen) == 1:
            raise ValueError("bad record")
        honest(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(paint_holder, "paint_holder", fails_once)
    drawn, _ = painted(MapPicture(builtin, EMPTY), view("2017-11-14"))

    assert "could not be painted" in caplog.text
    assert len([t for t in drawn.targets if t.refs[0].kind == "place"]) > 100


def test_areas_and_rings_are_found_from_within(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    state = view("2019-01-30")
    drawn, _ = painted(MapPicture(builtin, basemap), state)
    px, py = Screen(state.camera, 800, 500).point_px(*point_to_map(39.0, 36.5))

    assert any(ref.kind == "claim" for ref in drawn.areas_at(px, py))
    assert "Syrian Democratic Forces" in drawn.describe(px, py)


@pytest.mark.parametrize(
    ("lon", "lat", "found", "said"),
    [
        (39.0, 36.5, Ref("claim", "s1-sdf-east"), "Ground of the SDF"),
        (38.3, 33.6, Ref("claim", "s1-tanf-us"), "Al-Tanf zone"),
    ],
)
def test_an_area_is_found_below_a_ring_as_large_as_a_country(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted, lon: float, lat: float, found: Ref, said: str
) -> None:
    state = view("2019-03-20")
    drawn, _ = painted(MapPicture(builtin, basemap), state)
    at = Screen(state.camera, 800, 500).point_px(*point_to_map(lon, lat))
    areas = drawn.areas_at(*at)

    assert areas[0] == found
    assert Ref("event", "s2-territorial-defeat") in areas
    assert drawn.describe(*at).startswith(said)


def test_an_empty_data_set_and_no_base_map_give_paper(
    small: DataSet, view: View, painted: Painted
) -> None:
    bare = replace(view("1950-01-01"), layers=frozenset())
    _, pixels = painted(MapPicture(small, EMPTY), bare)

    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_the_device_pixel_ratio_is_honoured(
    ratio: float, builtin: DataSet, basemap: Basemap, view: View, painted: Painted
) -> None:
    drawn, pixels = painted(MapPicture(builtin, basemap), view("2017-11-14"), ratio=ratio)

    assert pixels.shape == (round(500 * ratio), round(800 * ratio), 3)
    assert (pixels.std(axis=(1, 2))[-round(40 * ratio) :] > 0).any()
    assert all(target.box[0] < 830 for target in drawn.targets)


def test_rivers_lie_above_a_crowd_that_covers_the_ground(
    builtin: DataSet, basemap: Basemap, view: View, painted: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "MOST_MARKS", 3)
    state, picture = view("2017-11-14"), MapPicture(builtin, basemap)
    state = replace(state, time=replace(state.time, mode="cumulative"), layers=frozenset({"incidents", "rivers"}))
    river = picture.tokens("light").colour("river1")
    _, alone = painted(picture, replace(state, layers=frozenset({"rivers"})))
    found = {}
    for few in (2, 40_000):
        monkeypatch.setattr(looking, "FEW", few)
        drawn, pixels = painted(MapPicture(builtin, basemap), state)
        assert drawn.crowds
        found[few] = alike(pixels, river, 2)

    most = alike(alone, river, 2)  # some lies below the numbers of piles
    assert found[2] > 0.97 * most > 0.94 * most > found[40_000] > 0


@pytest.mark.parametrize("most", [900, 3], ids=["symbols", "a crowd"])
def test_a_vector_device_gets_the_same_marks(
    most: int, builtin: DataSet, basemap: Basemap, view: View, painted: Painted, tmp_path: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(crowds, "MOST_MARKS", most)
    monkeypatch.setattr(looking, "FEW", 2)
    state, picture = view("2017-11-14"), MapPicture(builtin, basemap)
    writer = QPdfWriter(str(tmp_path) + "/map.pdf")
    painter = QPainter(writer)
    vectors = picture.paint(painter, state, 800, 500)
    painter.end()
    drawn, _ = painted(picture, state)

    assert bool(drawn.crowds) == bool(vectors.crowds) == (most == 3)
    assert [t.refs for t in vectors.targets] == [t.refs for t in drawn.targets]
    assert [surface.refs for surface in vectors.surfaces] == [surface.refs for surface in drawn.surfaces]


def test_screen_and_map_are_inverse() -> None:
    screen = Screen(Camera(4_500_000.0, 4_100_000.0, 321.0), 801, 603)
    px, py = screen.point_px(4_512_345.0, 4_098_765.0)

    assert under(screen.camera, px, py, 801, 603) == pytest.approx((4_512_345.0, 4_098_765.0))
    assert screen.points_px(np.array([[4_512_345.0, 4_098_765.0]])).tolist() == [pytest.approx([px, py])]


@pytest.mark.parametrize("size", [(200, 200), (1366, 768), (5120, 2880)])
def test_fitting_shows_the_whole_box(size: tuple[int, int]) -> None:
    screen = Screen(fit_camera(38.0, 33.0, 42.0, 37.0, *size), *size)
    x0, y0 = screen.point_px(*point_to_map(38.0, 37.0))
    x1, y1 = screen.point_px(*point_to_map(42.0, 33.0))

    assert x0 >= 0 and y0 >= 0 and x1 <= size[0] and y1 <= size[1]
    assert max((x1 - x0) / size[0], (y1 - y0) / size[1]) == pytest.approx(0.92, abs=0.01)


def test_fitting_a_point_is_as_near_as_a_hand_can_come() -> None:
    assert fit_camera(40.0, 35.0, 40.0, 35.0, 800, 500).scale == SCALE_LIMITS[0]


def test_polygons_keep_their_vertices() -> None:
    points = np.array([[1.5, 2.0], [3.0, 4.0], [5.0, 6.5]])

    assert [(p.x(), p.y()) for p in polygon(points)] == [tuple(row) for row in points.tolist()]


def test_thinning_keeps_the_ends() -> None:
    line = np.column_stack((np.linspace(0, 10, 1000), np.zeros(1000)))
    thin = strips([line]).thinned().points

    assert len(thin) < 30
    np.testing.assert_array_equal(thin[[0, -1]], line[[0, -1]])


def test_every_type_has_a_sign_of_its_own_within_its_box() -> None:
    shapes = set()
    for event_type in EVENT_TYPES:
        assert event_type in GLYPHS
        lines, filling = glyph(event_type)
        both = QPainterPath(lines)
        both.addPath(filling)
        assert both.boundingRect().width() > 1
        assert max(abs(v) for v in both.boundingRect().getCoords()) <= 6.6
        shapes.add(GLYPHS[event_type])
    assert len(shapes) == len(EVENT_TYPES)
    assert glyph("unheard of") == glyph("other")
