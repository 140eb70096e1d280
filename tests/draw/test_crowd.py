"""A crowd is painted as a painter would: in order of time, one disc after the other, and is found where it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.domain.places import PRECISIONS
from viewer.draw import paint_crowd
from viewer.draw.crowd import EDGE, FEW, LEAST, density, disc, discs, dots, stamp
from viewer.draw.drawn import Drawn
from viewer.draw.in_view import SPARE, Grid, grid_of, in_view
from viewer.draw.looking import PIXELS_EACH, Spots, Views, tiled_box
from viewer.draw.paint_crowd import AROUND, PILE, short_number
from viewer.draw.picture import MapPicture
from viewer.draw.screen import Screen
from viewer.draw.squares import side_of
from viewer.draw.steps import Target
from viewer.geo.basemap import Basemap
from viewer.session.crowds import (
    FIRST,
    MOST_MARKS,
    OPEN,
    crowd_codes,
    crowd_of,
    rough_rows,
    roughly_placed,
    rows_in_box,
)
from viewer.session.selectors import mapped_events
from viewer.session.state import Camera, Ref, State
from viewer.store.columns import EventColumns
from viewer.store.dataset import DataSet
from viewer.store.keys import Keys, RowOf

View = Callable[..., State]
Painted = Callable[..., tuple[Drawn, np.ndarray]]
EMPTY = Basemap()
PALETTE = np.arange(2 * EDGE, dtype=np.uint32) + (np.arange(2 * EDGE, dtype=np.uint32) << 9)
PALETTE[0] = 0
WIDTH, HEIGHT = 60, 40


def grid(grain: float = 1.0) -> Grid:
    return grid_of(Screen(Camera(0.0, 0.0, 10.0), WIDTH, HEIGHT), grain)


@st.composite
def spots(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of the grid and codes, in order of time; many on the same few."""
    number = draw(st.integers(0, 60))
    few = draw(st.integers(1, 40))
    size = grid().size
    pixel = draw(st.lists(st.integers(0, size - 1), min_size=few, max_size=few))
    which = draw(st.lists(st.integers(0, few - 1), min_size=number, max_size=number))
    code = draw(st.lists(st.integers(1, 255), min_size=number, max_size=number))
    return np.array([pixel[i] for i in which], dtype=np.int32), np.array(code, dtype=np.uint8)


def painted_slowly(pixel: np.ndarray, code: np.ndarray, covered: list[tuple[int, int, bool]]) -> np.ndarray:
    """The painter's reference: every event's disc over those before it."""
    area = grid()
    picture = np.zeros((area.height, area.width), dtype=np.uint32)
    for at, colour in zip(pixel.tolist(), code.tolist(), strict=True):
        line, column = divmod(at, area.width)
        for right, down, edge in covered:
            y, x = line + down, column + right
            if 0 <= y < area.height and 0 <= x < area.width:
                picture[y, x] = PALETTE[colour + (EDGE if edge else 0)]
    return picture


def inner(picture: np.ndarray) -> np.ndarray:
    spare = grid().spare
    return picture[spare:-spare, spare:-spare]


@given(spots())
@settings(max_examples=150)
def test_discs_lie_as_a_painter_would_lay_them(events: tuple[np.ndarray, np.ndarray]) -> None:
    columns, lines, edge = disc(1.0)
    covered = list(zip(columns.tolist(), lines.tolist(), edge.tolist(), strict=True))

    assert np.array_equal(inner(discs(*events, grid(), PALETTE)), inner(painted_slowly(*events, covered)))


@given(spots())
@settings(max_examples=150)
def test_dots_lie_as_a_painter_would_lay_them(events: tuple[np.ndarray, np.ndarray]) -> None:
    around = range(-2, 3)
    covered = [(x, y, False) for x in around for y in around if abs(x) + abs(y) < 4]

    assert np.array_equal(dots(*events, grid(), PALETTE), painted_slowly(*events, covered))


def many(small: DataSet, x: np.ndarray, y: np.ndarray, earliest: np.ndarray, latest: np.ndarray) -> EventColumns:
    """Events at these map metres and days, everything else alike."""
    number = len(x)
    keys = Keys.of([f"e{row:06}" for row in range(number)])
    known = {"keys": keys, "row_of": RowOf(keys, np.arange(number, dtype=np.int32))}
    alike = {
        name: np.full(number, column[0], dtype=column.dtype)
        for name, column in vars(small.events).items() if name not in known
    }  # fmt: skip
    placed = {"x": x.astype(np.float32), "y": y.astype(np.float32), "earliest": earliest, "latest": latest}
    return EventColumns(**{**alike, **known, **placed})


def cloud(small: DataSet, seed: int, number: int, reach: float = 500.0) -> EventColumns:
    random = np.random.default_rng(seed)
    earliest = np.sort(random.integers(0, 300, number)).astype(np.int32)
    lasting = np.where(random.random(number) < 0.3, random.integers(1, 90, number), 0).astype(np.int32)
    x, y = random.uniform(-reach, reach, number), random.uniform(-reach, reach, number)
    x[random.random(number) < 0.1] = np.nan
    return many(small, x, y, earliest, earliest + lasting)


@given(st.integers(0, 10_000), st.sampled_from([0.5, 1.0, 2.0]))
@settings(max_examples=60)
def test_a_view_holds_what_lies_in_it_at_its_pixel(small: DataSet, seed: int, grain: float) -> None:
    events = cloud(small, seed, 120)
    mask, area = np.isfinite(events.x) & (np.arange(120) % 7 != 0), grid(grain)
    view = in_view(events, mask, area, [slice(0, 50), slice(50, 120)])
    surely, perhaps = set(), {}
    for row in np.flatnonzero(mask).tolist():
        column, line = (float(events.x[row]) - area.left) / area.step, (area.top - float(events.y[row])) / area.step
        if -1 <= column < area.width and -1 <= line < area.height:
            perhaps[row] = (line, column)
        if 0 <= column < area.width - 0.01 and 0 <= line < area.height - 0.01:
            surely.add(row)
    found = {row: divmod(at, area.width) for row, at in zip(view.rows.tolist(), view.pixel.tolist(), strict=True)}

    assert list(found) == sorted(found)
    assert surely <= set(found) <= set(perhaps)
    assert all(-0.01 <= perhaps[row][i] - found[row][i] <= 1.01 for row in surely for i in (0, 1))


def test_density_tells_orders_of_magnitude() -> None:
    counts = np.array([[0, 1, 9], [10, 5_000, 0]])
    edges = np.array([2, 3, 5, 6]), np.array([0, 2, 3])
    steps = np.arange(1, len(LEAST) + 1, dtype=np.uint32)

    assert density(counts, edges, steps).tolist() == [[0, 1, 1, 1], [0, 1, 1, 1], [2, 4, 4, 0]]


@pytest.fixture
def crowded(small: DataSet) -> DataSet:
    """A thousand events around the middle of the map, all in the window of 2018."""
    return around_the_middle(small, 1_000)


def around_the_middle(small: DataSet, number: int) -> DataSet:
    random, day = np.random.default_rng(7), 17_500
    earliest = np.sort(random.integers(day, day + 60, number)).astype(np.int32)
    lasting = (random.random(number) < 0.2) * random.integers(1, 40, number)
    x, y = random.normal(4_500_000, 60_000, number), random.normal(4_100_000, 60_000, number)
    events = many(small, x, y, earliest, (earliest + lasting).astype(np.int32))
    data = replace(small, events=events)
    row = int(np.flatnonzero(small.events.placed & (crowd_codes(small)[0] < OPEN))[0])
    for column in ("type", "form", "actuality", "precision", "actor", "rival"):
        getattr(events, column)[:] = getattr(small.events, column)[row]
    return data


def state_at(view: View, scale: float, days: int = 60) -> State:
    state = view("2018-01-29")
    time = replace(state.time, cursor=17_559, window_days=days, mode="window")
    return replace(state, time=time, camera=Camera(4_500_000.0, 4_100_000.0, scale), layers=frozenset({"incidents"}))


def test_what_is_under_the_pointer_is_what_lies_there(crowded: DataSet, view: View, painted: Painted) -> None:
    state = state_at(view, 600.0)
    drawn, pixels = painted(MapPicture(crowded, EMPTY), state)
    (shown,) = drawn.crowds
    screen, events = Screen(state.camera, 800, 500), crowded.events
    px, py = screen.to_px(events.x, events.y)
    row = int(np.argmin(np.hypot(px - 400, py - 250)))
    found = drawn.pick(float(px[row]), float(py[row]))
    near = set(np.flatnonzero(np.hypot(px - px[row], py - py[row]) < 2).tolist())

    assert shown.number > MOST_MARKS and not shown.dense
    assert drawn.over(float(px[row]), float(py[row]))
    rows = [events.row_of[ref.key] for ref in found]
    assert rows == sorted(rows, reverse=True) and near <= set(rows)
    assert not drawn.over(3, 3) and not drawn.pick(3, 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 2


def test_close_up_the_few_in_view_get_their_symbols(crowded: DataSet, view: View, painted: Painted) -> None:
    far, _ = painted(MapPicture(crowded, EMPTY), state_at(view, 600.0))
    near, _ = painted(MapPicture(crowded, EMPTY), state_at(view, 20.0))

    assert far.crowds and not far.targets
    assert near.targets and not near.crowds


def test_those_in_a_box_are_found_among_many_rows_unless_they_are_too_many(small: DataSet, view: View) -> None:
    data = around_the_middle(small, 3 * FIRST)
    crowd = crowd_of(data, state_at(view, 600.0, days=30), lambda seen: (), lambda: np.empty(0, np.float32), drawn=True)
    assert crowd is not None and len(crowd.span.carried) and crowd.span.high - crowd.span.low > FIRST
    rows = np.concatenate((crowd.span.carried, np.arange(crowd.span.low, crowd.span.high)))
    x, y = data.events.x[rows], data.events.y[rows]
    numbers = set()
    for half in (0, 2_000, 10_000, 20_000, 40_000, 400_000):
        inside = rows[(np.abs(x - 4_500_000) <= half) & (np.abs(y - 4_100_000) <= half)].tolist()
        found = rows_in_box(crowd, (4_500_000 - half, 4_100_000 - half, 4_500_000 + half, 4_100_000 + half))
        assert (found is None) == (len(inside) > MOST_MARKS), half
        assert found is None or found.tolist() == inside, half
        numbers.add(len(inside))

    assert len(numbers) > 4 and {number > MOST_MARKS for number in numbers} == {False, True}


def test_symbols_stay_as_they_are_while_the_map_is_dragged_a_little(
    crowded: DataSet, view: View, painted: Painted
) -> None:
    picture, state = MapPicture(crowded, EMPTY), state_at(view, 40.0)
    before, _ = painted(picture, state)
    moved, _ = painted(picture, replace(state, camera=replace(state.camera, x=state.camera.x + 40.0 * 20)))
    stacks = {target.refs for target in before.targets if 120 < target.box[0] < 700 and 120 < target.box[1] < 400}

    assert tiled_box(before.screen) == tiled_box(moved.screen)
    assert stacks and stacks <= {target.refs for target in moved.targets}


def test_the_legend_counts_the_crowd_in_the_picture(crowded: DataSet, view: View, painted: Painted) -> None:
    state = state_at(view, 600.0)
    drawn, _ = painted(MapPicture(crowded, EMPTY), state)
    seen = mapped_events(crowded, state)
    signs = {entry.entry.style: entry.count for entry in drawn.legend if entry.group == "Signs"}
    px, py = drawn.screen.to_px(crowded.events.x[seen.rows], crowded.events.y[seen.rows])
    within = [(px > -edge) & (px < 800 + edge) & (py > -edge) & (py < 500 + edge) for edge in (0, SPARE + 1)]
    doubtful = ~seen.certain | (crowd_codes(crowded)[0][seen.rows] >= OPEN)

    assert sum(signs.values()) == sum(entry.count for entry in drawn.legend if entry.group == "Actors")
    assert within[0].sum() <= sum(signs.values()) <= within[1].sum()
    assert (within[0] & doubtful).sum() <= signs["open"] <= (within[1] & doubtful).sum()
    assert 0 < signs["open"] < sum(signs.values())


def test_density_is_drawn_when_discs_would_cover_the_ground(crowded: DataSet, view: View, painted: Painted) -> None:
    picture = MapPicture(crowded, EMPTY)
    state = state_at(view, 6_000.0)
    drawn, _ = painted(picture, state, (50, 50))
    (shown,) = drawn.crowds
    x, y = drawn.screen.to_px(crowded.events.x, crowded.events.y)
    cell = shown.rows_at(25, 25)

    assert shown.dense and shown.number * PIXELS_EACH > 50 * 50
    assert any(entry.entry.kind == "cell" for entry in drawn.legend)
    side = side_of(6_000.0) / 6_000.0
    assert len(cell) and np.ptp(x[cell]) <= side and np.ptp(y[cell]) <= side
    assert drawn.describe(25, 25).startswith(f"{len(cell):,} incidents: ")


@pytest.mark.parametrize(
    ("rough", "said"), [(12, "12 incidents of a wider place, not of this spot: "),
                        (5, "12 incidents, 5 of them of a wider place: ")],
)  # fmt: skip
def test_what_lies_somewhere_in_a_wider_place_is_not_said_to_be_of_a_spot(
    rough: int, said: str, crowded: DataSet, view: View, painted: Painted
) -> None:
    events = crowded.events
    events.precision[:rough] = PRECISIONS.index("province")
    drawn, _ = painted(MapPicture(crowded, EMPTY), state_at(view, 600.0))
    rows = np.arange(12)
    assert roughly_placed(crowded, rows) == rough
    target = Target((10.0, 10.0, 20.0, 20.0), tuple(Ref("event", events.keys[row]) for row in rows.tolist()), "")
    alone = replace(drawn, parts=(SimpleNamespace(targets=(target,), surfaces=()),), crowds=())
    assert alone.describe(15, 15).startswith(said)


def test_the_types_of_many_add_up(crowded: DataSet, view: View, painted: Painted) -> None:
    crowded.events.type[:] = np.arange(len(crowded.events)) % 7
    drawn, _ = painted(MapPicture(crowded, EMPTY), state_at(view, 6_000.0), (50, 50))
    number, said = drawn.describe(25, 25).split(" incidents: ")
    each = [int(part.split()[0].replace(",", "")) for part in said.split(", ")]

    assert len(each) == 5 and sum(each) == int(number.replace(",", ""))
    assert said.endswith(" of other types")


def test_the_last_step_of_density_has_no_end(
    crowded: DataSet, view: View, painted: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paint_crowd, "LEAST", LEAST[:2])
    drawn, _ = painted(MapPicture(crowded, EMPTY), state_at(view, 6_000.0), (50, 50))
    texts = [entry.text for entry in drawn.legend if entry.entry.kind == "cell"]

    assert len(texts) == 2
    assert texts[0].startswith("1 to 9 in a square of ") and texts[1].startswith("10 or more in a square of ")


def test_codes_keep_doubt_apart(builtin: DataSet) -> None:
    codes, actors = crowd_codes(builtin)
    events = builtin.events
    for row, code in enumerate(codes.tolist()):
        slot = (code & ~OPEN) - 1
        key = builtin.actor_keys[events.actor[row]] if events.actor[row] < len(builtin.actor_keys) else ""
        assert (actors[slot] if slot < len(actors) else "") == key
    disputed = events.rival < len(builtin.actor_keys)
    assert disputed.any() and (codes[disputed] & OPEN).all()
    assert (codes & OPEN == 0).any()


def test_a_view_is_worked_out_whole_when_it_is_looked_at_twice(crowded: DataSet, view: View) -> None:
    state = state_at(view, 600.0, days=10)
    wide = replace(state, time=replace(state.time, window_days=60))
    crowd = crowd_of(crowded, wide, lambda seen: (), lambda: np.zeros(len(rough_rows(crowded)), np.float32), True)
    assert crowd is not None
    small_window = replace(crowd, span=replace(crowd.span, low=crowd.span.high - 100))
    views, area = Views(), grid_of(Screen(state.camera, 800, 500), 1.0)
    first, second = views.of(small_window, area), views.of(small_window, area)

    assert len(first.rows) < len(second.rows)
    assert views.of(small_window, area) is second
    assert set(first.rows.tolist()) <= set(second.rows.tolist())


def test_few_is_the_border_between_discs_and_dots() -> None:
    assert MOST_MARKS < FEW


def test_a_rough_place_whose_middle_is_out_of_sight_is_still_shown(
    crowded: DataSet, view: View, painted: Painted
) -> None:
    state = state_at(view, 20.0)
    west, _, east, _ = Screen(state.camera, 800, 500).bounds
    row = int(np.flatnonzero(crowded.events.x > east + 40_000)[0])
    key = crowded.events.keys[row]
    crowded.events.precision[row] = PRECISIONS.index("near")
    crowded.events.radius_m[row] = float(crowded.events.x[row]) - west
    everything = replace(state, layers=frozenset({"incidents", "rings"}))
    drawn, _ = painted(MapPicture(crowded, EMPTY), everything)

    assert Ref("event", key) in {ref for target in drawn.targets for ref in target.refs}
    assert any(Ref("event", key) in surface.refs for surface in drawn.surfaces)


def test_rough_places_too_many_to_be_drawn_are_told(crowded: DataSet, view: View, painted: Painted) -> None:
    events = crowded.events
    far = np.flatnonzero(np.abs(events.x - 4_500_000) > 20_000)
    events.precision[far] = PRECISIONS.index("near")
    events.radius_m[far] = 300_000.0
    drawn, _ = painted(MapPicture(crowded, EMPTY), state_at(view, 20.0))

    (line,) = [entry for entry in drawn.legend if entry.entry == AROUND]
    assert drawn.targets and line.count == len(far)
    assert set(drawn.undrawn.keys()) == {events.keys[row] for row in far.tolist()}


@pytest.mark.parametrize("size", [(800, 500), (50, 50)])
def test_a_province_is_neither_a_dot_nor_a_hot_spot(
    size: tuple[int, int], crowded: DataSet, view: View, painted: Painted
) -> None:
    events, scale = crowded.events, 600.0 if size == (800, 500) else 6_000.0
    somewhere = np.arange(0, len(events), 4)
    events.precision[somewhere] = PRECISIONS.index("near")
    events.x[somewhere], events.y[somewhere] = events.x[1], events.y[1]
    events.radius_m[somewhere] = 90_000.0
    drawn, _ = painted(MapPicture(crowded, EMPTY), state_at(view, scale), size)
    (shown,) = drawn.crowds
    (line,) = [entry for entry in drawn.legend if entry.entry == AROUND]
    window = mapped_events(crowded, state_at(view, scale)).rows

    missing = np.intersect1d(window, somewhere).tolist()
    if isinstance(shown.looked, Spots):
        assert not set(shown.looked.view.rows.tolist()) & set(somewhere.tolist())
    assert line.count == len(drawn.undrawn) == len(missing) > 0
    assert drawn.undrawn.keys() == tuple(events.keys[row] for row in missing)
    assert shown.dense == (size == (50, 50))
    assert shown.number <= len(window) - len(missing)


def test_actors_beyond_the_slots_are_others_and_not_unknown(
    small: DataSet, crowded: DataSet, view: View, painted: Painted
) -> None:
    crowded.events.actor[:] = np.arange(len(crowded.events)) % 300
    actors = {f"a{number}": next(iter(small.actors.values())) for number in range(300)}
    many_actors = replace(crowded, actors=actors)
    drawn, _ = painted(MapPicture(many_actors, EMPTY), state_at(view, 600.0))
    texts = [entry.text for entry in drawn.legend if entry.group == "Actors"]

    assert "other actors" in texts and "not known who" not in texts
    assert sum(e.count for e in drawn.legend if e.group == "Actors") == drawn.crowds[0].number


def test_many_on_one_spot_do_not_look_like_one(crowded: DataSet, view: View, painted: Painted) -> None:
    crowded.events.x[:600], crowded.events.y[:600] = 4_500_000.0, 4_100_000.0
    drawn, pixels = painted(MapPicture(crowded, EMPTY), state_at(view, 600.0))
    ((x, y, number),) = [pile for pile in drawn.crowds[0].piles if pile[2] > 50]
    card = MapPicture(crowded, EMPTY).tokens("light").colour("card")

    assert (round(x), round(y), number) == (400, 250, 600)
    assert [entry.count for entry in drawn.legend if entry.entry == PILE] == [len(drawn.crowds[0].piles)]
    assert tuple(pixels[243, 400]) == (card.red(), card.green(), card.blue())
    counted = list(crowded.events.keys[:600])[::-1]
    for x, y in ((400, 250), (409, 250), (391, 250), (400, 244)):  # all of the number, which covers others
        assert drawn.over(x, y)
        assert [ref.key for ref in drawn.pick(x, y) if ref.kind == "event"] == counted
        assert drawn.describe(x, y).startswith("600 incidents: ")
    assert len(drawn.pick(400, 238)) != 600


def test_the_number_on_a_pile_is_ringed_while_one_of_it_is_selected(
    crowded: DataSet, view: View, painted: Painted
) -> None:
    crowded.events.x[:600], crowded.events.y[:600] = 4_500_000.0, 4_100_000.0
    crowded.events.x[-1], crowded.events.y[-1] = 4_500_000.0 + 600 * 200, 4_100_000.0
    picture, keys = MapPicture(crowded, EMPTY), crowded.events.keys
    red, green, blue, _ = picture.tokens("light").colour("select").getRgb()

    def ringed(key: str) -> bool:
        selected = Ref("event", key) if key else None
        _, pixels = painted(picture, replace(state_at(view, 600.0), selected=selected))
        around = pixels[237:241, 395:405].reshape(-1, 3).astype(int)
        return bool((np.abs(around - (red, green, blue)).sum(axis=1) < 40).any())

    assert not ringed("")
    assert ringed(keys[599])
    assert not ringed(keys[len(keys) - 1])


def test_large_numbers_stay_short() -> None:
    assert [short_number(n) for n in (10, 999, 1_000, 9_574, 12_345, 2_500_000)] == [
        "10", "999", "1.0k", "9.6k", "12k", "2.5M",
    ]  # fmt: skip


@given(st.integers(0, 10_000), st.sampled_from([0.5, 1.0, 1.25, 2.0]))
@settings(max_examples=60)
def test_discs_stamped_onto_the_map_are_those_laid_over_it(seed: int, grain: float) -> None:
    random, area = np.random.default_rng(seed), grid(grain)
    pixel = random.integers(0, area.size, 300).astype(np.int32)
    code = random.integers(1, 200, 300).astype(np.uint8)
    palette = np.arange(512, dtype=np.uint32) | np.uint32(0xFF000000)
    laid = discs(pixel, code, area, palette)[area.spare : -area.spare, area.spare : -area.spare]
    below = np.full(laid.shape, 0xFF123456, dtype=np.uint32)
    onto = below.copy()
    stamp(onto, pixel, code, area, palette)

    np.testing.assert_array_equal(onto, np.where(laid > 0, laid, below))


def test_a_window_s_picture_of_discs_is_the_one_painted_elsewhere(
    crowded: DataSet, view: View, painted: Painted
) -> None:
    state = state_at(view, 600.0)
    there, pixels = painted(MapPicture(crowded, EMPTY), state)
    image, here = MapPicture(crowded, EMPTY).image(state, 800, 500)
    own = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(500, 800) & 0xFFFFFF
    other = pixels[..., :3].astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)

    assert here.crowds[0].picture is None and there.crowds[0].picture is not None
    np.testing.assert_array_equal(own, other)
    points = [(x, y) for x in range(0, 800, 7) for y in range(0, 500, 7)]
    assert [here.over(x, y) for x, y in points] == [there.over(x, y) for x, y in points]
