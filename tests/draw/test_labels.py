"""Names never overlap, never jump, and the important ones come first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewer.draw.labels import Placed, place_labels
from viewer.draw.screen import Screen
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers import LAYERS
from viewer.layers.primitives import Label, LineLabel
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet

SCREEN = Screen(Camera(0.0, 0.0, 1.0), 1000, 1000)


@pytest.fixture(scope="module")
def tokens(qapp: object) -> Tokens:
    return tokens_for("light")


def overlapping(placed: tuple[Placed, ...], screen: Screen) -> list[tuple[str, str]]:
    level = [p for p in placed if abs(p.angle) < 1]
    boxes = np.array([p.box(screen) for p in level]).reshape(-1, 4)
    found = []
    for i, one in enumerate(boxes):
        for j in range(i + 1, len(boxes)):
            other = boxes[j]
            if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]:
                found.append((level[i].block.lines[0][0], level[j].block.lines[0][0]))
    return found


towns = st.lists(
    st.tuples(st.floats(-400, 400), st.floats(-400, 400), st.sampled_from(["Raqqa", "Deir ez-Zor", "Hit"]),
              st.integers(10, 60)),
    max_size=60,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(towns)
def test_names_never_overlap(tokens: Tokens, found: list[tuple[float, float, str, int]]) -> None:
    labels = [Label(x, y, text, "", "town2", priority, gap=6.0) for x, y, text, priority in found]

    assert overlapping(place_labels(labels, 1.0, tokens), SCREEN) == []


@pytest.mark.parametrize("scale", [60.0, 250.0, 900.0, 2500.0])
def test_the_real_map_has_no_overlapping_names(
    scale: float, tokens: Tokens, builtin: DataSet, basemap: Basemap
) -> None:
    state = State(camera=Camera(scale=scale))
    labels = [
        p
        for layer in LAYERS
        if layer.id not in ("control", "holders", "rings", "incidents")
        for p in layer.primitives(state, builtin, basemap)
        if isinstance(p, Label | LineLabel)
    ]
    placed = place_labels(labels, scale, tokens)

    assert len(placed) > 10
    assert overlapping(placed, Screen(state.camera, 1366, 768)) == []


def test_of_two_names_in_one_spot_the_more_important_one_stays(tokens: Tokens) -> None:
    labels = [Label(0, 0, "Village", "", "town6", 60), Label(0, 0, "City", "", "town1", 10)]
    (placed,) = place_labels(labels, 1.0, tokens)

    assert placed.block.lines[0][0] == "City"


def test_the_order_of_the_rows_does_not_matter(tokens: Tokens) -> None:
    rng = np.random.default_rng(1)
    labels = [Label(float(x), float(y), f"Town {i}", "", "town3", 30, gap=6.0)
              for i, (x, y) in enumerate(rng.uniform(-200, 200, (40, 2)))]  # fmt: skip
    one, other = place_labels(labels, 1.0, tokens), place_labels(labels[::-1], 1.0, tokens)

    assert {(p.block.lines[0][0], p.dx, p.dy) for p in one} == {(p.block.lines[0][0], p.dx, p.dy) for p in other}


def test_a_name_is_shown_between_its_scales_only(tokens: Tokens) -> None:
    label = Label(0, 0, "Wadi", "", "town6", 60, min_scale=10.0, max_scale=100.0)

    assert [len(place_labels([label], scale, tokens)) for scale in (5.0, 50.0, 500.0)] == [0, 1, 0]


def test_a_river_is_named_along_its_straight_stretch(tokens: Tokens) -> None:
    points = np.array([[0.0, 0.0], [300.0, 300.0]])
    (placed,) = place_labels([LineLabel(points, "Euphrates", "", "river", 31)], 1.0, tokens)

    assert placed.angle == pytest.approx(-45.0)
    assert abs(placed.y - placed.x) < 40


def test_a_line_shorter_than_its_name_stays_unnamed(tokens: Tokens) -> None:
    short = LineLabel(np.array([[0.0, 0.0], [10.0, 0.0]]), "Euphrates", "", "river", 31)

    assert place_labels([short], 1.0, tokens) == ()


def test_arabic_stands_below_latin(tokens: Tokens) -> None:
    label = Label(0, 0, "Raqqa", "\u0627\u0644\u0631\u0642\u0629", "town1", 10, gap=6.0)
    (placed,) = place_labels([label], 1.0, tokens)
    (latin, _, upper), (arabic, is_arabic, lower) = placed.block.lines

    assert (latin, arabic, is_arabic) == ("Raqqa", "\u0627\u0644\u0631\u0642\u0629", True)
    assert lower > upper
