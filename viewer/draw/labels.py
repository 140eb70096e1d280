"""Where names stand: by priority, without overlap, and in the same place however the map is moved.

Placement works in pixels of a scale, not of a picture: it looks at all names at once and never at the
picture's edge, so panning cannot make a name jump, appear or vanish. Scales come in levels, each a little closer than
the one before: a name that has found its place at one keeps it at the next, so zooming only adds names or takes away.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.room import CLOSER, Bearers, Box, Marks, Room, Spots
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.text import paint_text
from viewer.draw.tokens import Tokens
from viewer.layers.incidents import Scene
from viewer.layers.primitives import SMALLEST_RING_PX, Label, LineLabel, Points
from viewer.session.state import Ref

XY = tuple[float, float]
Offsets = tuple[XY, ...]
Numbers = NDArray[np.float64]
Course = tuple[Points, Numbers]
"""A line's vertices in pixels of a scale, and how far along it each is."""

REPEAT = 620.0
"""A long line bears its name once in so many pixels."""
APART = 380.0
"""Names of one line that stand already keep new ones this many pixels away."""
BENT = 0.16
"""How far a line may leave the straight under its name, as a share of the name's length."""
DOT, SMALL_DOT = 6, 3
"""Pixels around a town's middle that are kept clear of names: where a square may stand, and where only a dot does."""
SQUARED = 8.0
"""Names with this gap or more have a square beside them."""
AWAY = 9.0
"""How much farther off names are tried that find no place beside their point."""
TOWNS = 10
"""Names of this priority or better are placed before those of towns."""
ASTRAY = 400.0
"""A name that has to cover marks rather covers so many square pixels more of them than be taken for another's."""
RANK = 10
"""Names whose priorities are less than this apart are of one rank."""
FARTHER = 80.0
"""A name that has to cover marks stands a step farther off if that covers so many square pixels less of them."""
CENTRAL = 5
"""How many steps from the middle stretches of a line are looked at first."""
TRIED = 10
"""How many of a line's straightest stretches are tried for one name."""
EXACT = 30
"""Names of this priority or better may stand on other towns' marks if there is no other room."""
PIN: Box = (-8.0, -22.0, 8.0, -5.0)
"""Where the disc of an incident at a town stands, from the town's point: names leave it free if they can.

They do so on every day, whether anything happened there or not: names that give way to a day would flicker.
"""
BADGE: Box = (-8.5, -8.5, 8.5, 8.5)
"""Where the disc of an incident of a rough place stands, from the top of its outline."""
ALWAYS = 3.0
"""How much a town's square counts, which stands there on most days."""
SELDOM, OFTEN = 0.25, 2.0
"""How much a pin counts at a town without any incident, and at most: names rather cover what is seldom there."""
ROAM = (0.5, 1.0)
"""So many heights of a name that lies on its point it may be moved off it, to be clear of towns' marks."""


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one name: text, whether it is Arabic, and the baseline's middle relative to the centre."""

    lines: tuple[tuple[str, bool, float], ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A name in its place: the block's centre is (x, y) in map metres moved by (dx, dy) pixels.

    `along`: of a name along a line, how far from the line's beginning its middle is, in map metres.
    """

    of: Label | LineLabel
    x: float
    y: float
    dx: float
    dy: float
    angle: float
    block: Block
    along: float = 0.0

    @property
    def style(self) -> str:
        """Its token."""
        return self.of.style

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The records it names."""
        return self.of.refs if isinstance(self.of, Label) else ()

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the upright box around the turned name."""
        turn = math.radians(self.angle)
        w = abs(math.cos(turn)) * self.block.width + abs(math.sin(turn)) * self.block.height
        return w, abs(math.sin(turn)) * self.block.width + abs(math.cos(turn)) * self.block.height

    def box(self, screen: Screen) -> Box:
        """The block's bounds in the picture; those of the unturned text grown to its turned extent."""
        px, py = screen.point_px(self.x, self.y)
        w, h = self.extent
        return px + self.dx - w / 2, py + self.dy - h / 2, px + self.dx + w / 2, py + self.dy + h / 2


def boxes_of(one: Placed, scale: float) -> list[Box]:
    """What a name covers at a scale."""
    return _boxes(one.x / scale + one.dx, -one.y / scale + one.dy, one.block, -one.angle)


def place_labels(
    labels: Sequence[Label | LineLabel], scale: float, tokens: Tokens, marks: Sequence[tuple[float, float]] = (),
    before: Sequence[Placed] = (), room: Room | None = None, scenes: Iterable[Scene] = (), within: Box | None = None,
) -> tuple[Placed, ...]:  # fmt: skip
    """The names that are shown at a scale, each in its place. marks: points in map metres to keep clear.

    scenes: where incidents stand on one day or another; without any, one is as likely at each town of the data set.
    before: the names of the level before, which stay where they are if that is still right; room: to be filled with
    what they take, for letters that give way to them; within: only names in these bounds (map metres) are placed.
    """
    taken = Room(scale) if room is None else room
    if within is not None:
        labels = [label for label in labels if _lies_in(label, within)]
        marks = [mark for mark in marks if _holds(within, *mark)]
        before = [one for one in before if _holds(within, one.x, one.y)]
        scenes = [scene for scene in scenes if _holds(within, scene.x, scene.y)]
    shown = [label for label in labels if _shown(label, scale)]
    taken.marks = _marks(labels, shown, scale, marks, tuple(scenes))
    courses = {id(label): _measured(label.points, scale) for label in shown if isinstance(label, LineLabel)}
    placed = _kept(before, set(map(id, shown)), courses, scale, tokens, taken)
    settled: dict[int, list[float]] = {}
    for one in placed:
        settled.setdefault(id(one.of), []).append(one.along)
    for label in sorted(shown, key=_order):
        if isinstance(label, LineLabel):
            kept = sorted(settled.get(id(label), ()))
            placed.extend(_along(label, courses[id(label)], scale, tokens, taken, kept, within))
        elif id(label) not in settled and (found := _beside(label, scale, tokens, taken)):
            placed.append(found)
    return tuple(placed)


def _lies_in(label: Label | LineLabel, within: Box) -> bool:
    """Whether a point lies in bounds, or the box around a line meets them."""
    if isinstance(label, Label):
        return _holds(within, label.x, label.y)
    (x0, y0), (x1, y1) = label.points.min(axis=0), label.points.max(axis=0)
    return bool(x0 <= within[2] and within[0] <= x1 and y0 <= within[3] and within[1] <= y1)


def _holds(within: Box, x: float, y: float) -> bool:
    return within[0] <= x <= within[2] and within[1] <= y <= within[3]


def _marks(
    labels: Iterable[Label | LineLabel], shown: Iterable[Label | LineLabel], scale: float, marks: Iterable[XY],
    scenes: tuple[Scene, ...],
) -> Marks:  # fmt: skip
    """What names keep clear of, at a scale."""
    sizes: dict[XY, float] = {}
    beside = [label for label in shown if isinstance(label, Label) and label.gap]
    for label in beside:
        sizes[label.x, label.y] = DOT if label.gap >= SQUARED else SMALL_DOT
    sizes.update((mark, DOT) for mark in marks)
    squares = (_shifted((-size, -size, size, size), x / scale, -y / scale) for (x, y), size in sizes.items())
    towns = dict.fromkeys((p.x, p.y) for p in labels if isinstance(p, Label) and p.refs)
    pins = {_shifted(PIN, x / scale, -y / scale): SELDOM if scenes else 1.0 for x, y in towns}
    for scene in scenes:
        badge = scene.reach >= SMALLEST_RING_PX * scale
        pins[_shifted(BADGE if badge else PIN, scene.x / scale, -scene.y / scale)] = min(OFTEN, scene.share)
    bearers = Bearers((label.x / scale, -label.y / scale, label.priority) for label in beside)
    return Marks(Spots(squares), Spots(pins, pins), bearers)


def _shifted(box: Box, x: float, y: float) -> Box:
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def _kept(
    before: Iterable[Placed], shown: set[int], courses: Mapping[int, Course], scale: float, tokens: Tokens, taken: Room
) -> list[Placed]:
    """The names that stay where they were: nothing came between while all points moved apart."""
    kept = []
    for old in before:
        if id(old.of) not in shown or (isinstance(old.of, Label) and not _close(old)):
            continue
        one = old if isinstance(old.of, Label) else _placed_along(old, old.of, courses[id(old.of)], scale)
        if one is None:
            continue
        clear = isinstance(one.of, LineLabel) or (
            taken.marks.squares.free(boxes_of(one, scale))
            and (not one.of.refs or (one.dx, one.dy) in _memo_tries(one.block, one.of, tokens)[0][0])
        )
        if isinstance(one.of, Label) and not one.of.gap and not clear:
            found = _beside(one.of, scale, tokens, taken)  # at once, as the others that stay leave it no other room
            kept += [found] if found is not None else []
        elif clear and _takes(one, taken):
            kept.append(one)
    return kept


def _has_room(one: Placed, taken: Room) -> bool:
    """Whether a name touches no other."""
    return taken.free(boxes_of(one, taken.scale), boxes_of(one, taken.scale / CLOSER))


def _takes(one: Placed, taken: Room) -> bool:
    """Whether a name touches no other; its place is taken then."""
    far, near = boxes_of(one, taken.scale), boxes_of(one, taken.scale / CLOSER)
    if taken.free(far, near):
        taken.take(far, near)
        return True
    return False


def _shown(label: Label | LineLabel, scale: float) -> bool:
    return label.min_scale <= scale <= label.max_scale and label.style != "grid" and bool(label.text or label.arabic)


def _order(label: Label | LineLabel) -> tuple[int, float, float, str]:
    x, y = (label.x, label.y) if isinstance(label, Label) else (float(label.points[0, 0]), float(label.points[0, 1]))
    return label.priority, -y, x, label.text or label.arabic


def block_of(text: str, arabic: str, style: str, tokens: Tokens) -> Block:
    """The lines of a name measured: Latin above Arabic."""
    lines: list[tuple[str, bool, float]] = []
    width, y = 0.0, 0.0
    for part, is_arabic in ((text, False), (arabic, True)):
        if part:
            metrics = QFontMetricsF(tokens.font(style, is_arabic))
            size = metrics.capHeight() * (1.75 if not is_arabic else 2.0)
            width = max(width, metrics.horizontalAdvance(part))
            lines.append((part, is_arabic, y + size * (0.78 if not is_arabic else 0.72)))
            y += size
    return Block(tuple((part, is_arabic, base - y / 2) for part, is_arabic, base in lines), width, y)


def _beside(label: Label, scale: float, tokens: Tokens, taken: Room) -> Placed | None:
    """The first free position around the point, or on it when the name has no gap.

    One that is clear of marks and of where incidents stand is better than one that only spares the own town's, that
    better than one clear of squares alone. An important name stands where it covers least of them. Where it would be
    taken for another point's name none stands, and an important one only if there is no better place.
    """
    block = _memo_block(label, tokens)
    marks = taken.marks
    for offsets, squares, pins in _memo_tries(block, label, tokens):
        tried = [Placed(label, label.x, label.y, dx, dy, -label.angle, block) for dx, dy in offsets]
        if not squares:  # what each costs takes longer to find out than whether it has room
            tried = [one for one in tried if _has_room(one, taken)]
            tried.sort(key=lambda one: _cost(one, taken))
        for one in tried:
            boxes = boxes_of(one, scale) if squares else []
            clear = (not squares or marks.squares.free(boxes)) and (not pins or marks.pins.free(boxes))
            if clear and not (squares and _leads_astray(one, taken)) and _takes(one, taken):
                return one
    return None


def _cost(one: Placed, taken: Room) -> float:
    """How much of marks a name would cover, with what standing farther off may save."""
    boxes = boxes_of(one, taken.scale)
    marks = taken.marks
    covered = marks.squares.covered(boxes) * ALWAYS + marks.pins.covered(boxes) / 2
    return covered + FARTHER * _steps_off(one) ** 2 + ASTRAY * _leads_astray(one, taken)


def _leads_astray(one: Placed, taken: Room) -> bool:
    """Whether a name beside its point is nearer to that of another name as high in rank, whose it would seem to be."""
    if not isinstance(one.of, Label) or not one.of.gap:
        return False
    place = one.x / taken.scale, -one.y / taken.scale
    return taken.marks.bearers.nearer(boxes_of(one, taken.scale), *place, one.of.priority + RANK - 1)


def _steps_off(one: Placed) -> int:
    """How many steps farther off than right beside its point a name stands."""
    label = one.of
    if not isinstance(label, Label) or not label.gap:
        return 0
    rings = (_around(one.block, label.gap + step * AWAY) for step in range(_steps(label)))
    return next((step for step, ring in enumerate(rings) if (one.dx, one.dy) in ring), 0)


def _close(placed: Placed) -> bool:
    """Whether a name stands right beside its point; one that had to stand farther off may come closer."""
    label = placed.of
    return isinstance(label, Label) and (not label.gap or (placed.dx, placed.dy) in _around(placed.block, label.gap))


def _steps(label: Label) -> int:
    """At how many distances from its point a name is tried."""
    return 3 if label.priority <= EXACT else 2


Tries = tuple[tuple[Offsets, bool, bool], ...]
"""Positions around a point, and whether they must be clear of squares and of pins there; the better ones first."""


def _memo_tries(block: Block, label: Label, tokens: Tokens) -> Tries:
    place = block.width, block.height, label.gap, label.angle, label.priority, bool(label.refs)
    key, memo = ("tries", *place), tokens.memo
    if key not in memo:
        memo[key] = _tries(block, label)
    found: Tries = memo[key]
    return found


def _tries(block: Block, label: Label) -> Tries:
    if not label.gap:
        offsets = _on(block)
        last = offsets[:1] if label.priority < TOWNS else offsets  # what moves off a name must not take a town's place
        return (offsets, True, True), (offsets, True, False), (last, False, False)
    every = tuple(at for step in range(_steps(label)) for at in _around(block, label.gap + step * AWAY))
    size = DOT if label.gap >= SQUARED else SMALL_DOT
    off = tuple(at for at in every if not _meets(_boxes(*at, block, label.angle), (-size, -size, size, size)))
    spare = tuple(at for at in off if not _meets(_boxes(*at, block, label.angle), PIN)) if label.refs else off
    if label.priority <= EXACT:
        return (spare, True, True), (every, False, False)
    return (spare, True, True), (spare, True, False), (off, True, False)


def _meets(boxes: Iterable[Box], mark: Box) -> bool:
    """Whether boxes around a point surely lie on its mark, wherever it is.

    One that just touches it is looked at in its place, where rounding decides.
    """
    left, top, right, bottom = mark[0] + 1e-3, mark[1] + 1e-3, mark[2] - 1e-3, mark[3] - 1e-3
    return any(box[0] < right and box[1] < bottom and box[2] > left and box[3] > top for box in boxes)


def _on(block: Block) -> Offsets:
    """Centres of a block that lies on its point: there, or a little off it."""
    around = ((0, -1), (0, 1), (-1, 0), (1, 0), (-1, -1), (1, -1), (-1, 1), (1, 1))
    steps = (block.height * part for part in ROAM)
    return ((0.0, 0.0), *((x * step, y * step) for step in steps for x, y in around))


def _around(block: Block, gap: float) -> Offsets:
    """Centres of the block around its point: right, left, below, lower right, lower left, the same above."""
    return _ring(block.width / 2 + gap, block.height / 2 + gap - 1)


@lru_cache(maxsize=4096)
def _ring(w: float, h: float) -> Offsets:
    return (
        (w, 0.0), (-w, 0.0), (0.0, h), (w - 2, h * 0.6), (-w + 2, h * 0.6), (w / 2, h), (-w / 2, h),
        (w - 2, -h * 0.6), (-w + 2, -h * 0.6), (0.0, -h), (w / 2, -h), (-w / 2, -h),
    )  # fmt: skip


def _boxes(x: float, y: float, block: Block, angle: float) -> list[Box]:
    """Small boxes that cover a turned block around its centre; one when it lies level."""
    if abs(angle) < 1:
        return [(x - block.width / 2 - 2, y - block.height / 2, x + block.width / 2 + 2, y + block.height / 2)]
    number = max(1, math.ceil(block.width / max(1.0, block.height)))
    half, turn = block.height / 2 + 1, math.radians(-angle)
    steps = [((index + 0.5) / number - 0.5) * block.width for index in range(number)]
    centres = [(x + step * math.cos(turn), y + step * math.sin(turn)) for step in steps]
    return [(cx - half, cy - half, cx + half, cy + half) for cx, cy in centres]


def _along(
    label: LineLabel, course: Course, scale: float, tokens: Tokens, taken: Room, kept: Sequence[float],
    within: Box | None,
) -> list[Placed]:  # fmt: skip
    """The name on the straightest free stretches of its line, once in every REPEAT pixels.

    kept: where along it names stand already, in order; within: see `place_labels`.
    """
    block = _memo_block(label, tokens)
    found: list[Placed] = []
    rest: list[Placed] = []
    every = np.arange(math.ceil(max(0.0, course[1][-1] - block.width) / REPEAT))
    asked = every if within is None else every[_near(course, every, scale, within)]
    for stretches in _straightest(course, block.width, asked):
        middles = [(start + block.width / 2) * scale for start in stretches]
        apart = [_is_apart(middle, kept, APART * scale) for middle in middles]
        if not all(apart):  # the first that is too near to one that stands ends the search
            middles = middles[: apart.index(False)]
        tried = [_upon(label, course, middle, scale, block) for middle in middles]
        clear = [one for one in tried if taken.marks.squares.free(boxes_of(one, scale))]
        best = [one for one in clear if taken.marks.pins.free(boxes_of(one, scale))]
        found += islice((one for one in (*best, *clear) if _takes(one, taken)), 1)
        rest += tried
    if not found and not kept and len(asked) == len(every):
        # A line with marks all along it is rather named upon them than nowhere.
        found += islice((one for one in rest if _takes(one, taken)), 1)
    return found


def _is_apart(middle: float, others: Sequence[float], distance: float) -> bool:
    """Whether a number is no nearer than a distance to any of others, which come in order."""
    at = bisect_left(others, middle)
    return all(abs(middle - other) >= distance for other in others[max(0, at - 1) : at + 1])


def _near(course: Course, windows: NDArray[np.intp], scale: float, within: Box) -> NDArray[np.bool_]:
    """Of which windows of a line, each of REPEAT pixels, the middle lies in bounds (map metres) or near them."""
    points, lengths = course
    middles = REPEAT * (windows + 0.5)
    x, y = np.interp(middles, lengths, points[:, 0]) * scale, -np.interp(middles, lengths, points[:, 1]) * scale
    around, (left, low, right, high) = REPEAT * scale, within
    across, down = np.abs(x - (left + right) / 2), np.abs(y - (low + high) / 2)
    near: NDArray[np.bool_] = (across <= (right - left) / 2 + around) & (down <= (high - low) / 2 + around)
    return near


def _placed_along(old: Placed, label: LineLabel, course: Course, scale: float) -> Placed | None:
    """The name around the same middle at another scale, if the line is straight enough there."""
    points, lengths = course
    start, width = old.along / scale - old.block.width / 2, old.block.width
    if start < 0 or start + width > lengths[-1]:
        return None
    if _bends(points, lengths, np.array([start]), width)[0] >= BENT:
        return None
    return _upon(label, course, old.along, scale, old.block)


def _upon(label: LineLabel, course: Course, middle: float, scale: float, block: Block) -> Placed:
    """The name around a point of its line (map metres from its beginning), lifted off it by a few pixels."""
    points, lengths = course
    ends = middle / scale - block.width / 2, middle / scale + block.width / 2
    (ax, bx), (ay, by) = (np.interp(ends, lengths, points[:, axis]).tolist() for axis in (0, 1))
    angle = math.degrees(math.atan2(by - ay, bx - ax))
    angle = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
    lift, turn = block.height / 2 + 2.5, math.radians(angle)
    x, y = (ax + bx) / 2 * scale, -(ay + by) / 2 * scale
    return Placed(label, x, y, lift * math.sin(turn), -lift * math.cos(turn), angle, block, middle)


def _measured(line: Points, scale: float) -> Course:
    points = np.column_stack((line[:, 0] / scale, -line[:, 1] / scale))
    return points, np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))


def _straightest(course: Course, width: float, windows: NDArray[np.intp]) -> Iterator[list[float]]:
    """For some of the windows of a line, each of REPEAT pixels, its stretches of a width in pixels that bend least.

    A stretch is told by where along the line it begins, in pixels; the best come first, and none bends too much.
    """
    points, lengths = course
    number = len(windows)
    step = max(8.0, width / 6)
    starts, window, off_middle = _starts(float(lengths[-1]), width, step, windows)
    bends = np.full(len(starts), np.inf)
    rest = np.ones(len(starts), dtype=bool)
    if lengths[-1] > width * len(points):
        # Close up most are straight, and where enough of those in the middle are, none farther off can be better.
        central = off_middle <= CENTRAL * step
        bends[central] = _bends(points, lengths, starts[central], width)
        straight = np.bincount(window[bends.round(2) == 0], minlength=number) >= TRIED
        rest = ~central & ~straight[window]
    bends[rest] = _bends(points, lengths, starts[rest], width)
    good = np.flatnonzero(bends < BENT)
    order = good[np.lexsort((off_middle[good], bends[good].round(2), window[good]))]
    bounds = np.searchsorted(window[order], np.arange(number))
    best = order[np.arange(len(order)) - bounds[window[order]] < TRIED]
    begins: list[float] = starts[best].tolist()
    for first, last in pairwise(np.searchsorted(window[best], np.arange(number + 1)).tolist()):
        yield begins[first:last]


def _bends(points: Numbers, lengths: Numbers, starts: Numbers, width: float) -> Numbers:
    """How far stretches of a line leave the straight, as a share of their length; infinite where they turn back."""
    samples = starts[:, None] + np.linspace(0.0, width, 9)
    x, y = np.interp(samples, lengths, points[:, 0]), np.interp(samples, lengths, points[:, 1])
    dx, dy = x[:, -1:] - x[:, :1], y[:, -1:] - y[:, :1]
    chord = np.maximum(1e-9, np.hypot(dx, dy))
    bend: Numbers = (np.abs((x - x[:, :1]) * dy - (y - y[:, :1]) * dx) / chord / width).max(axis=1, initial=0.0)
    return np.where(chord[:, 0] > width * 0.88, bend, np.inf)


def _starts(
    length: float, width: float, step: float, windows: NDArray[np.intp]
) -> tuple[Numbers, NDArray[np.intp], Numbers]:
    """Where stretches of a line may begin, in which of its windows each does, and how far off the middle of that.

    The sums are those of `np.arange`, for each REPEAT pixels anew.
    """
    begins, number = REPEAT * windows, len(windows)
    sizes = np.ceil((np.minimum(begins + REPEAT, length - width) - begins) / step).astype(np.intp)
    window = np.repeat(np.arange(number), sizes)
    nth = np.arange(len(window)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    starts = begins[window] + nth * ((begins + step) - begins)[window]
    middles = (begins + np.minimum(length, begins + REPEAT) - width) / 2
    return starts, window, np.abs(starts - middles[window])


def _memo_block(label: Label | LineLabel, tokens: Tokens) -> Block:
    key = ("block", label.style, label.text, label.arabic)
    memo = tokens.memo
    if key not in memo:
        memo[key] = block_of(label.text, label.arabic, label.style, tokens)
    found: Block = memo[key]
    return found


def paint_placed(painter: QPainter, placed: Placed, screen: Screen, tokens: Tokens, sprites: Sprites) -> None:
    """A name with its halo."""
    px, py = screen.point_px(placed.x, placed.y)
    width, height = placed.extent

    def draw(inner: QPainter) -> None:
        inner.rotate(placed.angle)
        for text, arabic, base in placed.block.lines:
            paint_text(inner, text, QPointF(0, base), placed.style, tokens, arabic)

    key = (tokens.theme, placed.style, placed.block.lines, round(placed.angle, 1))
    half = (width / 2 + 6, height / 2 + 6)
    sprites.paint(painter, key, half, px + placed.dx, py + placed.dy, draw)
