"""Names stand where they would if each position were tried in the plainest way."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.draw.labels import BENT, EXACT, REPEAT, Block, Placed, block_of, place_labels
from viewer.draw.room import Box
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers import LAYERS
from viewer.layers.primitives import Label, LineLabel
from viewer.session.state import Camera, Ref, State
from viewer.store.dataset import DataSet

Marks = Sequence[tuple[float, float]]


@pytest.fixture(scope="module")
def tokens(qapp: object) -> Tokens:
    return tokens_for("light")


def plainly_placed(
    labels: Sequence[Label | LineLabel], scale: float, tokens: Tokens, marks: Marks
) -> list[Placed]:
    """All names by priority, each in the first position that is free of all before it."""
    shown = [label for label in labels if is_shown(label, scale)]
    beside = [label for label in shown if isinstance(label, Label) and label.gap]
    sizes = {(label.x, label.y): 6 if label.gap >= 8 else 3 for label in beside}
    sizes.update((mark, 6) for mark in marks)
    squares = [(x / scale - r, -y / scale - r, x / scale + r, -y / scale + r) for (x, y), r in sizes.items()]
    towns = dict.fromkeys((one.x, one.y) for one in labels if isinstance(one, Label) and one.refs)
    pins = [pin(x / scale, -y / scale) for x, y in towns]
    points = [(one.x / scale, -one.y / scale, one.priority) for one in beside]
    placed: list[Placed] = []
    for label in sorted(shown, key=order):
        block = block_of(label.text, label.arabic, label.style, tokens)
        if isinstance(label, LineLabel):
            placed += along(label, scale, block, placed, squares, pins)
        elif (one := at_point(label, scale, block, placed, squares, pins, points)) is not None:
            placed.append(one)
    return placed


def pin(x: float, y: float) -> Box:
    return x - 8, y - 22, x + 8, y - 5


def at_point(
    label: Label, scale: float, block: Block, placed: Sequence[Placed], squares: Sequence[Box], pins: Sequence[Box],
    points: Sequence[tuple[float, float, int]],
) -> Placed | None:
    """Best clear of squares and pins; then an important one over the least of them, another one clear of squares."""
    x, y = label.x / scale, -label.y / scale
    reach = 2 * (block.width + block.height) + 60
    squares, pins = ([box for box in boxes if abs(box[0] - x) < reach and abs(box[1] - y) < reach]
                     for boxes in (squares, pins))  # fmt: skip
    near_by = [point for point in points if math.dist(point[:2], (x, y)) < reach and point[2] < label.priority + 10]
    rivals = [(px, py) for px, py, _ in near_by if math.dist((px, py), (x, y)) > 0.5]
    near = around(block, label.gap) if label.gap else on(block)
    every = [Placed(label, label.x, label.y, *at, -label.angle, block) for at in near]
    farther = (9, 18) if label.priority <= EXACT else (9,)
    rings = [around(block, label.gap + more) for more in farther if label.gap]
    every += [Placed(label, label.x, label.y, *at, -label.angle, block) for ring in rings for at in ring]

    def covered(one: Placed) -> list[Box]:
        return covering(x + one.dx, y + one.dy, block, label.angle)

    def cost(one: Placed) -> float:
        at = one.dx, one.dy
        steps = 0 if at in near else next((step for step, ring in enumerate(rings, 1) if at in ring), 0)
        return 3 * lying(covered(one), squares) + lying(covered(one), pins) / 2 + 80 * steps**2 + 400 * astray(one)

    def astray(one: Placed) -> bool:
        boxes, own = covered(one), min(away(box, x, y) for box in covered(one))
        return label.gap > 0 and any(away(box, *at) < own for box in boxes for at in rivals)

    spare = [one for one in every if not label.refs or free(covered(one), [pin(x, y)])]
    clear = [one for one in every if free(covered(one), squares) and not astray(one)]
    tiers = [[one for one in clear if one in spare and free(covered(one), pins)],
             [one for one in clear if one in spare], clear]  # fmt: skip
    if not label.gap:
        tiers = [[one for one in clear if free(covered(one), pins)], clear]
    elif label.priority <= EXACT:
        tiers = tiers[:1]
    if label.priority <= EXACT or not label.gap:
        tiers.append(sorted(every[:1] if not label.gap and label.priority < 10 else every, key=cost))
    return next((one for tier in tiers for one in tier if apart(one, placed, scale)), None)


def away(box: Box, x: float, y: float) -> float:
    return math.hypot(max(box[0] - x, 0, x - box[2]), max(box[1] - y, 0, y - box[3]))


def lying(boxes: Sequence[Box], marks: Sequence[Box]) -> float:
    """How many square pixels of marks lie under boxes."""
    sides = [(min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])) for a in boxes for b in marks]
    return sum(wide * high for wide, high in sides if wide > 0 and high > 0)


def is_shown(label: Label | LineLabel, scale: float) -> bool:
    return label.min_scale <= scale <= label.max_scale and label.style != "grid" and bool(label.text or label.arabic)


def order(label: Label | LineLabel) -> tuple[int, float, float, str]:
    x, y = (label.x, label.y) if isinstance(label, Label) else (float(label.points[0, 0]), float(label.points[0, 1]))
    return label.priority, -y, x, label.text or label.arabic


def free(boxes: Sequence[Box], taken: Sequence[Box]) -> bool:
    return not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a in boxes for b in taken)


def apart(one: Placed, placed: Sequence[Placed], scale: float) -> bool:
    """Whether a name touches no other, neither at the farthest scale of its level nor at the closest."""
    reach = one.block.width + 20
    near = [name for name in placed
            if abs(name.x + name.dx * scale - one.x - one.dx * scale) < (reach + name.block.width) * scale]  # fmt: skip
    for at_scale in (scale, scale / 2 ** (1 / 3)):
        boxes = [
            covering(name.x / at_scale + name.dx, -name.y / at_scale + name.dy, name.block, -name.angle)
            for name in (one, *near)
        ]
        if not free(boxes[0], [box for other in boxes[1:] for box in other]):
            return False
    return True


def on(block: Block) -> list[tuple[float, float]]:
    ways = [(0, -1), (0, 1), (-1, 0), (1, 0), (-1, -1), (1, -1), (-1, 1), (1, 1)]
    return [(0.0, 0.0), *((x * block.height * part, y * block.height * part) for part in (0.5, 1.0) for x, y in ways)]


def around(block: Block, gap: float) -> list[tuple[float, float]]:
    w, h = block.width / 2 + gap, block.height / 2 + gap - 1
    below = [(w - 2, h * 0.6), (-w + 2, h * 0.6), (w / 2, h), (-w / 2, h)]
    above = [(w - 2, -h * 0.6), (-w + 2, -h * 0.6), (0.0, -h), (w / 2, -h), (-w / 2, -h)]
    return [(w, 0.0), (-w, 0.0), (0.0, h), *below, *above]


def covering(x: float, y: float, block: Block, angle: float) -> list[Box]:
    if abs(angle) < 1:
        return [(x - block.width / 2 - 2, y - block.height / 2, x + block.width / 2 + 2, y + block.height / 2)]
    number = max(1, math.ceil(block.width / max(1.0, block.height)))
    half, turn = block.height / 2 + 1, math.radians(-angle)
    steps = [((index + 0.5) / number - 0.5) * block.width for index in range(number)]
    centres = [(x + step * math.cos(turn), y + step * math.sin(turn)) for step in steps]
    return [(cx - half, cy - half, cx + half, cy + half) for cx, cy in centres]


def along(
    label: LineLabel, scale: float, block: Block, placed: Sequence[Placed], squares: Sequence[Box], pins: Sequence[Box]
) -> list[Placed]:
    points = np.column_stack((label.points[:, 0] / scale, -label.points[:, 1] / scale))
    lengths = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    found: list[Placed] = []
    upon: list[Placed] = []
    begin = 0.0
    while begin + block.width < lengths[-1]:
        tried = []
        for start in straightest(points, lengths, begin, min(lengths[-1], begin + REPEAT), block.width):
            (ax, ay), (bx, by) = at(points, lengths, start), at(points, lengths, start + block.width)
            angle = math.degrees(math.atan2(by - ay, bx - ax))
            angle = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
            lift = block.height / 2 + 2.5
            dx, dy = lift * math.sin(math.radians(angle)), -lift * math.cos(math.radians(angle))
            middle = (start + block.width / 2) * scale
            tried.append(Placed(label, (ax + bx) / 2 * scale, -(ay + by) / 2 * scale, dx, dy, angle, block, middle))
        clear, best = ([one for one in tried if free(covering(
            one.x / scale + one.dx, -one.y / scale + one.dy, block, -one.angle), taken)]
            for taken in (squares, [*squares, *pins]))  # fmt: skip
        here = (one for one in (*best, *clear) if apart(one, [*placed, *found], scale))
        found += [one for one in [next(here, None)] if one is not None]
        upon += tried
        begin += REPEAT
    return found or [one for one in upon if apart(one, placed, scale)][:1]


def at(points: np.ndarray, lengths: np.ndarray, along: float) -> tuple[float, float]:
    return float(np.interp(along, lengths, points[:, 0])), float(np.interp(along, lengths, points[:, 1]))


def straightest(points: np.ndarray, lengths: np.ndarray, begin: float, end: float, width: float) -> list[float]:
    starts = np.arange(begin, min(end, lengths[-1] - width), max(8.0, width / 6))
    samples = starts[:, None] + np.linspace(0.0, width, 9)
    x, y = np.interp(samples, lengths, points[:, 0]), np.interp(samples, lengths, points[:, 1])
    dx, dy = x[:, -1:] - x[:, :1], y[:, -1:] - y[:, :1]
    chord = np.maximum(1e-9, np.hypot(dx, dy))
    bend = (np.abs((x - x[:, :1]) * dy - (y - y[:, :1]) * dx) / chord / width).max(axis=1, initial=0.0)
    off_middle = np.abs(starts - (begin + end - width) / 2)
    good = np.flatnonzero((chord[:, 0] > width * 0.88) & (bend < BENT))
    best = good[np.lexsort((off_middle[good], bend[good].round(2)))]
    return [float(start) for start in starts[best[:10]]]


def compared(labels: Sequence[Label | LineLabel], scale: float, tokens: Tokens, marks: Marks) -> int:
    """That both ways give the same; how many names there are."""
    placed, plain = list(place_labels(labels, scale, tokens, marks)), plainly_placed(labels, scale, tokens, marks)
    assert [one.of for one in placed] == [one.of for one in plain]
    for one, other in zip(placed, plain, strict=True):
        assert (one.x, one.y, one.along) == pytest.approx((other.x, other.y, other.along), rel=1e-9, abs=1e-6)
        assert (one.dx, one.dy, one.angle) == pytest.approx((other.dx, other.dy, other.angle), abs=1e-6)
    return len(placed)


coordinates = st.floats(-1500, 1500)
texts = st.sampled_from(["Raqqa", "Deir ez-Zor", "Hit", "Al-Bukamal"])
names = st.builds(
    Label, coordinates, coordinates, texts, st.sampled_from(["", "\u0627\u0644\u0631\u0642\u0629"]),
    st.sampled_from(["town1", "town3", "region"]), st.integers(10, 60), st.sampled_from([0.0, 6.0, 8.0, 12.0]),
    st.sampled_from([0.0, 0.0, 25.0, -70.0]), refs=st.sampled_from([(), (Ref("place", "some"),)]),
)  # fmt: skip
rivers = st.builds(
    LineLabel,
    st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=12).map(np.array),
    texts, st.just(""), st.just("river"), st.integers(10, 60),
)  # fmt: skip


@settings(max_examples=60)
@given(
    st.lists(st.one_of(names, rivers), max_size=30), st.floats(0.4, 6.0),
    st.lists(st.tuples(coordinates, coordinates), max_size=20),
)  # fmt: skip
def test_any_names_stand_as_in_the_plainest_way(
    tokens: Tokens, labels: list[Label | LineLabel], scale: float, marks: Marks
) -> None:
    compared(labels, scale, tokens, marks)


@pytest.mark.parametrize("scale", [48.0, 333.0, 1070.0])
def test_the_names_of_the_real_map_stand_as_in_the_plainest_way(
    scale: float, tokens: Tokens, builtin: DataSet, basemap: Basemap
) -> None:
    labels = [
        p
        for layer in LAYERS
        if layer.id in ("borders", "provinces", "rivers", "water", "towns", "routes", "roads", "sites")
        for p in layer.primitives(State(camera=Camera(scale=scale)), builtin, basemap)
        if isinstance(p, Label | LineLabel)
    ]
    marks = [(p.x, p.y) for p in labels if isinstance(p, Label) and p.refs]

    assert compared(labels, scale, tokens, marks) > 40
