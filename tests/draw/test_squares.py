"""Squares of density: every event counted once, wherever the view lies and whatever was asked before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.draw.test_crowd import EMPTY, around_the_middle, cloud, many, state_at
from viewer.domain.places import PRECISIONS
from viewer.draw import looking, squares
from viewer.draw.crowd import LEAST, density
from viewer.draw.in_view import grid_of
from viewer.draw.looking import Dense, Views, look_through
from viewer.draw.picture import MapPicture
from viewer.draw.screen import Screen
from viewer.draw.squares import Patch, Squares, patch_in, side_of, squares_of
from viewer.session.crowds import Crowd, crowd_of, rough_rows
from viewer.session.state import Camera, State
from viewer.session.window import Span
from viewer.store.dataset import DataSet

View = Callable[..., State]
SIDE = 50.0


def span(low: int, high: int, carried: list[int]) -> Span:
    return Span(low, high, np.array(carried, dtype=np.int32))


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Windows that one after the other are asked for, some a step from the one before, some far away."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        low, high = sorted((draw(st.integers(0, 400)), draw(st.integers(0, 400))))
        carried = draw(st.sets(st.integers(0, max(0, low - 1)), max_size=min(4, low)))
        found.append(span(low, high, sorted(carried)))
        if high < 400:
            found.append(span(low, high + 1, []))
    return found


def squared(small: DataSet, seed: int, patch: Patch) -> Squares:
    """Four hundred events, some unplaced and some masked."""
    events = cloud(small, seed, 400, 300.0)
    return squares_of(events, events.placed & (np.arange(400) % 5 != 0), patch)


@given(st.integers(0, 10_000), spans(), st.sampled_from([(1, 32), (400, 32), (1, 4), (150, 2)]))
@settings(max_examples=100)
def test_each_event_is_counted_once_whatever_was_asked_before(
    small: DataSet, seed: int, asked: list[Span], memory: tuple[int, int]
) -> None:
    """memory: how many numbers, at how many rows, are kept."""
    patch = Patch(SIDE, -5, -4, 9, 7)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(squares, "MOST_KEPT", memory[0] * 99)
        patched.setattr(squares, "MOST_STOPS", memory[1])
        found = squared(small, seed, patch)
    part = Patch(SIDE, -4, -3, 6, 5)
    for one in asked:
        slowly = np.zeros((part.down, part.across), dtype=np.int64)
        lying = defaultdict[tuple[int, int], list[int]](list)
        for row in (*one.carried.tolist(), *range(one.low, one.high)):
            x, y = float(found.events.x[row]), float(found.events.y[row])
            if found.mask[row]:
                column, line = int(x // SIDE) - part.column, int(-y // SIDE) - part.line
                if 0 <= column < part.across and 0 <= line < part.down:
                    slowly[line, column] += 1
                    lying[line, column].append(row)
        counts = found.counts(one, part)
        rows = {
            (line, column): found.rows_in(one, part.column + column, part.line + line).tolist()
            for line in range(part.down) for column in range(part.across)
        }  # fmt: skip

        np.testing.assert_array_equal(counts, slowly)
        assert {at: found for at, found in rows.items() if found} == lying


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(3.0, 20.0), st.sampled_from([0.5, 1.0, 1.25, 2.0]))
@settings(max_examples=60)
def test_a_pixel_has_the_colour_of_the_square_in_which_its_middle_lies(
    x: float, y: float, scale: float, grain: float
) -> None:
    screen, side = Screen(Camera(x, y, scale), 60, 40), side_of(scale)
    grid, patch = grid_of(screen, grain).bare, Patch(side, -9, -7, 18, 14)
    counts = np.random.default_rng(1).choice((0, 1, 20, 300), (14, 18))
    steps = np.arange(1, len(LEAST) + 1, dtype=np.uint32)
    columns, lines = edges = patch.edges(grid)
    painted = np.zeros((grid.height, grid.width), dtype=np.uint32)
    painted[lines[0] : lines[-1], columns[0] : columns[-1]] = density(counts, edges, steps)
    for line in range(grid.height):
        for column in range(grid.width):
            right = (grid.left + (column + 0.5) * grid.step) / side - patch.column
            down = -(grid.top - (line + 0.5) * grid.step) / side - patch.line
            if min(abs(right - round(right)), abs(down - round(down))) < 1e-6:
                continue  # just on an edge
            inside = 0 <= right < patch.across and 0 <= down < patch.down
            number = int(counts[int(down), int(right)]) if inside else 0
            assert painted[line, column] == (0 if number == 0 else len(str(number)))


def test_squares_keep_their_size_while_the_map_is_zoomed_within_an_octave() -> None:
    scales = [1_000 * 2 ** (step / 24) for step in range(-36, 37)]
    pixels = [side_of(scale) / scale for scale in scales]

    assert len({side_of(scale) for scale in scales}) == 4
    assert squares.CELL / 1.42 < min(pixels) <= max(pixels) < squares.CELL * 1.42


def looks(small: DataSet, view: View, seed: int) -> Iterator[tuple[Crowd, Screen]]:
    """A hand that pans, zooms, and moves time and the window over many events, most of them in rough places."""
    data, chance = around_the_middle(small, 12_000), Random(seed)  # noqa: S311
    data.events.precision[np.arange(12_000) % 4 > 0] = PRECISIONS.index("near")
    reach = np.where(rough_rows(data) % 9 == 0, np.float32(20_000), np.float32(5_040))  # a spot at 700 m, no square
    state = state_at(view, 2_000.0)
    for _ in range(40):
        camera, time = state.camera, state.time
        moved = Camera(
            4_500_000 + chance.uniform(-9e4, 9e4), 4_100_000 + chance.uniform(-6e4, 6e4),
            chance.choice((0.9 * camera.scale, 1.2 * camera.scale, 200.0, 700.0, 3_000.0)),
        )  # fmt: skip
        time = replace(time, cursor=17_500 + chance.randrange(70), window_days=chance.choice((9, 60)))
        state = replace(state, camera=moved, time=time)
        crowd = crowd_of(data, state, lambda seen: (), lambda: reach, drawn=True)
        if crowd is not None:
            yield crowd, Screen(state.camera, 300, 200)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whether_it_is_dense_does_not_follow_from_what_was_looked_at_before(
    seed: int, small: DataSet, view: View
) -> None:
    views, kinds = Views(), []
    for crowd, screen in looks(small, view, seed):
        found, alone = look_through(crowd, screen, views, 1.0, False), look_through(crowd, screen, Views(), 1.0, False)
        kinds.append(isinstance(found, Dense))
        assert isinstance(found, Dense) or found.number <= looking.most_spots(screen)
        assert type(found) is type(alone) and found.number == alone.number
        np.testing.assert_array_equal(found.wide, alone.wide)
        if isinstance(found, Dense) and isinstance(alone, Dense):
            assert found.patch == alone.patch
            np.testing.assert_array_equal(found.counts, alone.counts)
        assert views.knows(crowd, screen, 1.0, False) or not isinstance(found, Dense)

    assert {True, False} == set(kinds)


def test_events_are_looked_at_once_for_an_octave(small: DataSet, view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    data, made = around_the_middle(small, 30_000), list[Patch]()

    def counted(*asked: object) -> Squares:
        made.append(asked[2])  # type: ignore[arg-type]
        return squares_of(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(looking, "squares_of", counted)
    monkeypatch.setattr(looking, "PIXELS_EACH", 200)
    picture = MapPicture(data, EMPTY)
    for step in range(12):
        state = state_at(view, 500.0 * 1.02**step)
        moved = replace(state, camera=replace(state.camera, x=4_500_000 + 9_000 * step))
        _, drawn = picture.image(moved, 600, 400)
        assert drawn.crowds[0].dense

    assert len(made) == 1
    for east in (-45_000, 0, 45_000, -45_000):
        state = state_at(view, 100.0)
        picture.image(replace(state, camera=replace(state.camera, x=4_500_000 + east)), 600, 400)
    assert len(made) > 2
    picture.image(state_at(view, 500.0), 600, 400)
    assert [patch.side for patch in made].count(made[0].side) == 1, "that octave was kept"


def test_where_no_event_is_none_is_counted(small: DataSet, view: View) -> None:
    data = around_the_middle(small, 1_000)
    screen = Screen(Camera(0.0, 0.0, 2_000.0), 300, 200)
    state = state_at(view, 2_000.0)
    crowd = crowd_of(data, state, lambda seen: (), lambda: np.zeros(len(rough_rows(data)), np.float32), drawn=True)
    nowhere = many(small, *(np.full(9, np.nan) for _ in "xy"), *(np.zeros(9, np.int32) for _ in "ab"))
    unplaced = replace(data, events=nowhere)

    assert crowd is not None
    assert look_through(crowd, screen, Views(), 1.0, False).number == 0
    patch = patch_in(screen, unplaced, SIDE)
    assert squares_of(nowhere, nowhere.placed, patch).counts(span(0, 9, []), patch).sum() == 0
