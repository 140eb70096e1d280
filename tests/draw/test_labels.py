"""Names never overlap, never jump, and the important ones come first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter

from viewer.domain.dates import parse
from viewer.draw.labels import Placed, place_labels
from viewer.draw.picture import MapPicture
from viewer.draw.screen import Screen
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers import LAYERS
from viewer.layers.primitives import Label, LineLabel
from viewer.session.camera import fit_camera, level_of, scale_of
from viewer.session.opening import REGION
from viewer.session.state import Camera, State, Time
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


@settings(max_examples=40)
@given(towns)
def test_names_never_overlap(tokens: Tokens, found: list[tuple[float, float, str, int]]) -> None:
    labels = [Label(x, y, text, "", "town2", priority, gap=6.0) for x, y, text, priority in found]

    assert overlapping(place_labels(labels, 1.0, tokens), SCREEN) == []


def levels(labels: list[Label | LineLabel], tokens: Tokens, last: int) -> list[tuple[Placed, ...]]:
    """The names level by level, as zooming in meets them."""
    marks = [(p.x, p.y) for p in labels if isinstance(p, Label) and p.refs]
    found: list[tuple[Placed, ...]] = []
    for level in range(last + 1):
        found.append(place_labels(labels, scale_of(level), tokens, marks, found[-1] if found else ()))
    return found


@pytest.fixture(scope="module")
def region(tokens: Tokens, builtin: DataSet, basemap: Basemap) -> list[tuple[Placed, ...]]:
    """The names of the real map, level by level."""
    labels = [
        p
        for layer in LAYERS
        if layer.id not in ("control", "ground", "holders", "rings", "incidents", "graticule")
        for p in layer.primitives(State(), builtin, basemap)
        if isinstance(p, Label | LineLabel)
    ]
    return levels(labels, tokens, 17)


def test_the_real_map_has_no_overlapping_names_at_any_scale(region: list[tuple[Placed, ...]]) -> None:
    """Neither at the farthest scale of a level nor at the closest, just before the next."""
    for level, placed in enumerate(region):
        for scale in (scale_of(level), scale_of(level + 1) * 1.001):
            camera = replace(fit_camera(36.0, 32.0, 46.0, 38.0, 1366, 768), scale=scale)
            assert overlapping(placed, Screen(camera, 1366, 768)) == [], (level, scale)
    assert len(region[8]) > 80


def test_a_name_that_stands_beside_its_point_stays_there_while_zooming_in(region: list[tuple[Placed, ...]]) -> None:
    moved = kept = 0
    for far, near in pairwise(region):
        after = {id(one.of): one for one in near}
        for one in far:
            if isinstance(one.of, Label) and (other := after.get(id(one.of))) is not None:
                moved += (one.dx, one.dy) != (other.dx, other.dy)
                kept += (one.dx, one.dy) == (other.dx, other.dy)

    assert kept > 15 * moved, "the rest stood farther off, or on another town's mark, and came closer"


def test_a_name_goes_only_where_its_scale_ends(region: list[tuple[Placed, ...]]) -> None:
    for level, (far, near) in enumerate(pairwise(region)):
        after = {id(one.of) for one in near}
        gone = [one.of for one in far if isinstance(one.of, Label) and id(one.of) not in after]
        assert sum(scale_of(level + 1) >= label.min_scale for label in gone) <= 0.05 * len(far), level


def test_within_a_level_names_keep_their_places() -> None:
    assert [level_of(scale) for scale in (6000.0, 4763.0, 4762.0, 1500.0, 1499.0)] == [0, 0, 1, 6, 6]
    for level in range(34):
        assert level_of(scale_of(level)) == level
        assert level_of(scale_of(level + 1) * 1.0001) == level


def test_a_river_keeps_its_name_where_it_was(tokens: Tokens) -> None:
    points = np.array([[0.0, 0.0], [300_000.0, 0.0], [600_000.0, 200_000.0]])
    found = levels([LineLabel(points, "Euphrates", "", "river", 31)], tokens, 12)

    for far, near in pairwise(found):
        places = [one.along for one in near]
        assert all(any(one.along == pytest.approx(other) for other in places) for one in far)


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


def test_no_name_is_nearer_to_the_point_of_another_of_its_rank(region: list[tuple[Placed, ...]]) -> None:
    """Nobody takes a city's name for that of a city beside it."""
    for level, placed in enumerate(region):
        scale = scale_of(level)
        beside = [one for one in placed if isinstance(one.of, Label) and one.of.gap]
        points = np.array([(one.x / scale, -one.y / scale) for one in beside])
        ranks = np.array([one.of.priority // 10 for one in beside])
        for at, one in enumerate(beside):
            off = np.abs(points - points[at] - (one.dx, one.dy)) - np.array(one.extent) / 2
            far = np.hypot(*np.maximum(0.0, off).T)
            others = far[(ranks <= ranks[at]) & (np.hypot(*(points - points[at]).T) > 0.5)]
            assert others.min(initial=np.inf) >= far[at] - 2.5, (level, one.of.text)


@pytest.mark.parametrize("size", [(1115, 480), (1366, 768), (1920, 1080)])
@pytest.mark.parametrize("on", ["2014-08-15", "2017-06-15", "2017-11-17", "2019-01-15"])
def test_names_of_great_towns_are_readable_among_incidents(
    on: str, size: tuple[int, int], builtin: DataSet, basemap: Basemap, qapp: object
) -> None:
    """At most a tenth of a name lies below discs of incidents, where the whole region is shown."""
    picture, screen = MapPicture(builtin, basemap), Screen(fit_camera(*REGION, *size), *size)
    cursor = parse(on).latest or 0
    state = State(time=Time(cursor=cursor, window_days=30), camera=screen.camera)
    image = QImage(*size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drawn = picture.paint(painter, state, *size)
    painter.end()
    discs = [t.box for t in drawn.targets if all(ref.kind == "event" for ref in t.refs)]
    names = [one for one in picture.written(state, *size).names if one.style in ("town1", "town2")]
    assert len(names) >= 7
    for name in names:
        left, top, right, bottom = name.box(screen)
        below = sum(max(0.0, min(right, e) - max(left, w)) * max(0.0, min(bottom, s) - max(top, n))
                    for w, n, e, s in discs)  # fmt: skip
        assert below <= 0.1 * (right - left) * (bottom - top), name.of.text
