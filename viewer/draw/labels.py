"""Where names stand: by priority, without overlap, and in the same place however the map is moved.

Placement works in pixels of a scale, not of a picture: it looks at all names at once and never at the
picture's edge, so panning cannot make a name jump, appear or vanish. Scales come in levels, each a little closer than
the one before: a name that has found its place at one keeps it at the next, so zooming only adds names or takes away.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen, QTransform

from viewer.domain.frozen import dataclass
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.tokens import Tokens
from viewer.layers.primitives import Label, LineLabel, Points
from viewer.session.camera import LEVELS
from viewer.session.state import Ref

XY = tuple[float, float]
Offsets = tuple[XY, ...]
Numbers = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of a scale (y down)."""

CLOSER = 2.0 ** (1 / LEVELS)
"""How much closer the closest scale of a level is than its farthest."""
CELL = 96
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
CENTRAL = 5
"""How many steps from the middle stretches of a line are looked at first."""
TRIED = 6
"""How many of a line's straightest stretches are tried for one name."""
EXACT = 30
"""Names of this priority or better may stand on other towns' marks if there is no other room."""


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


@dataclass
class Occupied:
    """Boxes taken so far, found by the cells they touch."""

    cells: dict[tuple[int, int], list[Box]] = field(default_factory=dict)

    def free(self, boxes: Iterable[Box]) -> bool:
        """Whether none of the boxes touches a taken one."""
        cells = self.cells
        for left, top, right, bottom in boxes:
            for cell in _cells(left, top, right, bottom):
                for other in cells.get(cell, ()):
                    if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                        return False
        return True

    def take(self, boxes: Iterable[Box]) -> None:
        """Mark boxes as taken."""
        for box in boxes:
            for cell in _cells(*box):
                self.cells.setdefault(cell, []).append(box)


@dataclass
class Room:
    """Where names stand, at the farthest and at the closest scale of a level: between the two points only part."""

    scale: float
    far: Occupied = field(default_factory=Occupied)
    near: Occupied = field(default_factory=Occupied)

    def free(self, one: Placed, boxes: list[Box]) -> bool:
        """Whether a name, whose boxes at the farthest scale are known, would touch none."""
        return self.far.free(boxes) and self.near.free(self._near(one))

    def take(self, one: Placed, boxes: list[Box]) -> None:
        """Mark the place of a name as taken."""
        self.far.take(boxes)
        self.near.take(self._near(one))

    def _near(self, one: Placed) -> list[Box]:
        return boxes_of(one, self.scale / CLOSER)


def boxes_of(one: Placed, scale: float) -> list[Box]:
    """What a name covers at a scale."""
    return _boxes(one.x / scale + one.dx, -one.y / scale + one.dy, one.block, -one.angle)


def _cells(left: float, top: float, right: float, bottom: float) -> Sequence[tuple[int, int]]:
    first, last = (int(left // CELL), int(top // CELL)), (int(right // CELL), int(bottom // CELL))
    if first == last:
        return (first,)
    rows = range(first[1], last[1] + 1)
    return [(column, row) for column in range(first[0], last[0] + 1) for row in rows]


class Dots:
    """Marks of towns, squares around points in pixels, found by their left sides."""

    def __init__(self, spots: Iterable[tuple[float, float, float]]) -> None:
        self._boxes: list[Box] = sorted((x - size, y - size, x + size, y + size) for x, y, size in spots)
        self._lefts = [box[0] for box in self._boxes]

    def free(self, boxes: Iterable[Box]) -> bool:
        """Whether none of the boxes touches a mark."""
        for left, top, right, bottom in boxes:
            near = bisect_left(self._lefts, left - 2 * DOT - 1), bisect_left(self._lefts, right)
            for other in self._boxes[near[0] : near[1]]:
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return False
        return True


def place_labels(
    labels: Sequence[Label | LineLabel], scale: float, tokens: Tokens, marks: Sequence[tuple[float, float]] = (),
    before: Sequence[Placed] = (),
) -> tuple[Placed, ...]:  # fmt: skip
    """The names that are shown at a scale, each in its place. marks: points in map metres to keep clear.

    before: the names of the level before, which stay where they are if that is still right.
    """
    taken = Room(scale)
    shown = [label for label in labels if _shown(label, scale)]
    dots = _dots(shown, scale, marks)
    placed = _kept(before, set(map(id, shown)), scale, tokens, taken, dots)
    settled = {id(one.of) for one in placed}
    for label in sorted(shown, key=_order):
        if isinstance(label, LineLabel):
            placed.extend(_along(label, scale, tokens, taken, [one.along for one in placed if one.of is label]))
        elif id(label) not in settled and (found := _beside(label, scale, tokens, taken, dots)):
            placed.append(found)
    return tuple(placed)


def _dots(shown: Iterable[Label | LineLabel], scale: float, marks: Iterable[tuple[float, float]]) -> Dots:
    """What names keep clear of, at a scale."""
    sizes: dict[tuple[float, float], float] = {}
    for label in shown:
        if isinstance(label, Label) and label.gap:
            sizes[label.x, label.y] = DOT if label.gap >= SQUARED else SMALL_DOT
    sizes.update((mark, DOT) for mark in marks)
    return Dots((x / scale, -y / scale, size) for (x, y), size in sizes.items())


def _kept(
    before: Iterable[Placed], shown: set[int], scale: float, tokens: Tokens, taken: Room, dots: Dots
) -> list[Placed]:
    """The names that stay where they were: nothing came between while all points moved apart."""
    kept = []
    for old in before:
        if id(old.of) not in shown or (isinstance(old.of, Label) and not _close(old, tokens)):
            continue
        one = old if isinstance(old.of, Label) else _placed_along(old.of, old.along, scale, old.block)
        if one is None:
            continue
        boxes = boxes_of(one, scale)
        beside = isinstance(one.of, Label) and one.of.gap
        if (not beside or dots.free(boxes)) and taken.free(one, boxes):
            taken.take(one, boxes)
            kept.append(one)
    return kept


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


def _beside(label: Label, scale: float, tokens: Tokens, taken: Room, dots: Dots) -> Placed | None:
    """The first free position around the point, or on it when the name has no gap."""
    block = _memo_block(label, tokens)
    every, clear = _memo_offsets(block, label.gap, label.angle, tokens)
    for dx, dy in clear:
        one = Placed(label, label.x, label.y, dx, dy, -label.angle, block)
        boxes = boxes_of(one, scale)
        if (not label.gap or dots.free(boxes)) and taken.free(one, boxes):
            taken.take(one, boxes)
            return one
    for dx, dy in every if label.gap and label.priority <= EXACT else ():
        one = Placed(label, label.x, label.y, dx, dy, -label.angle, block)
        boxes = boxes_of(one, scale)
        if taken.free(one, boxes):
            taken.take(one, boxes)
            return one
    return None


def _close(placed: Placed, tokens: Tokens) -> bool:
    """Whether a name stands right beside its point; one that had to stand farther off may come closer."""
    label = placed.of
    return isinstance(label, Label) and (placed.dx, placed.dy) in _around_or_on(placed.block, label.gap)


def _memo_offsets(block: Block, gap: float, angle: float, tokens: Tokens) -> tuple[Offsets, Offsets]:
    """All positions around a point, and those of them that may be clear of its own mark."""
    key, memo = ("offsets", block.width, block.height, gap, angle), tokens.memo
    if key not in memo:
        every = _offsets(block, gap)
        size = DOT if gap >= SQUARED else SMALL_DOT
        memo[key] = every, tuple(at for at in every if not gap or not _on_own_dot(_boxes(*at, block, angle), size))
    found: tuple[Offsets, Offsets] = memo[key]
    return found


def _on_own_dot(boxes: Iterable[Box], size: float) -> bool:
    """Whether boxes around a point surely lie on its mark, wherever it is.

    One that just touches it is looked at in its place, where rounding decides.
    """
    sure = size - 1e-3
    return any(box[0] < sure and box[1] < sure and box[2] > -sure and box[3] > -sure for box in boxes)


def _offsets(block: Block, gap: float) -> Offsets:
    """Centres of the block around its point: right, left, below, lower right, lower left, above; then farther off."""
    near = _around_or_on(block, gap)
    return near if not gap else (*near, *_around_or_on(block, gap + AWAY))


def _around_or_on(block: Block, gap: float) -> Offsets:
    if not gap:
        return ((0.0, 0.0),)
    w, h = block.width / 2 + gap, block.height / 2 + gap - 1
    return (
        (w, 0.0), (-w, 0.0), (0.0, h), (w - 2, h * 0.6), (-w + 2, h * 0.6), (w - 2, -h * 0.6), (-w + 2, -h * 0.6),
        (0.0, -h),
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
    label: LineLabel, scale: float, tokens: Tokens, taken: Room, kept: Sequence[float]
) -> list[Placed]:
    """The name on the straightest free stretches of its line, once in every REPEAT pixels; `kept` stand already."""
    block = _memo_block(label, tokens)
    found: list[Placed] = []
    for stretches in _straightest(label.points, scale, block.width):
        for start in stretches:
            middle = (start + block.width / 2) * scale
            if any(abs(middle - other) < APART * scale for other in kept):
                break
            one = _upon(label, middle, scale, block)
            boxes = boxes_of(one, scale)
            if taken.free(one, boxes):
                taken.take(one, boxes)
                found.append(one)
                break
    return found


def _placed_along(label: LineLabel, middle: float, scale: float, block: Block) -> Placed | None:
    """The name around the same middle at another scale, if the line is straight enough there."""
    points, lengths = _measured(label.points, scale)
    start = middle / scale - block.width / 2
    if start < 0 or start + block.width > lengths[-1]:
        return None
    if _bends(points, lengths, np.array([start]), block.width)[0] >= BENT:
        return None
    return _upon(label, middle, scale, block)


def _upon(label: LineLabel, middle: float, scale: float, block: Block) -> Placed:
    """The name around a point of its line (map metres from its beginning), lifted off it by a few pixels."""
    points, lengths = _measured(label.points, scale)
    ends = middle / scale - block.width / 2, middle / scale + block.width / 2
    (ax, bx), (ay, by) = (np.interp(ends, lengths, points[:, axis]).tolist() for axis in (0, 1))
    angle = math.degrees(math.atan2(by - ay, bx - ax))
    angle = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
    lift, turn = block.height / 2 + 2.5, math.radians(angle)
    x, y = (ax + bx) / 2 * scale, -(ay + by) / 2 * scale
    return Placed(label, x, y, lift * math.sin(turn), -lift * math.cos(turn), angle, block, middle)


def _measured(line: Points, scale: float) -> tuple[Points, Numbers]:
    """A line's vertices in pixels of a scale, and how far along it each is."""
    points = np.column_stack((line[:, 0] / scale, -line[:, 1] / scale))
    return points, np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))


def _straightest(line: Points, scale: float, width: float) -> Iterator[list[float]]:
    """For each REPEAT pixels of a line (map metres) its stretches of a width in pixels that bend least.

    A stretch is told by where along the line it begins, in pixels; the best come first, and none bends too much.
    """
    points, lengths = _measured(line, scale)
    number = math.ceil(max(0.0, lengths[-1] - width) / REPEAT)
    step = max(8.0, width / 6)
    starts, window, off_middle = _starts(float(lengths[-1]), width, step, number)
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
    length: float, width: float, step: float, number: int
) -> tuple[Numbers, NDArray[np.intp], Numbers]:
    """Where stretches of a line may begin, in which REPEAT pixels of it each does, and how far off the middle of those.

    The sums are those of `np.arange`, for each REPEAT pixels anew.
    """
    begins = REPEAT * np.arange(number)
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


def paint_text(
    painter: QPainter, text: str, at: QPointF, style: str, tokens: Tokens, arabic: bool = False, halo: float = 2.6
) -> None:
    """One line of text with its baseline's middle at a point, in a halo of the paper's colour."""
    path = _text_path(text, style, arabic, tokens)
    painter.save()
    painter.translate(at)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if halo:
        painter.strokePath(path, QPen(tokens.colour("halo", 0.85), halo, j=Qt.PenJoinStyle.RoundJoin))
    painter.fillPath(path, tokens.colour(tokens.text(style).colour, 0.82 if arabic else 1.0))
    painter.restore()


def text_box(text: str, style: str, tokens: Tokens, halo: float) -> tuple[float, float]:
    """How far `paint_text` reaches from its point: to either side, and up or down."""
    box = _text_path(text, style, False, tokens).boundingRect()
    return math.ceil(box.width() / 2 + halo) + 1, math.ceil(max(-box.top(), box.bottom()) + halo) + 1


def _text_path(text: str, style: str, arabic: bool, tokens: Tokens) -> QPainterPath:
    """The outlines of a text, its baseline's middle at the origin."""
    key = ("path", text, style, arabic)
    memo = tokens.memo
    if key not in memo:
        font = tokens.font(style, arabic)
        path = QPainterPath()
        shown = text.upper() if tokens.text(style).upper and not arabic else text
        path.addText(QPointF(0, 0), font, shown)
        box = path.boundingRect()
        memo[key] = path * QTransform.fromTranslate(-box.center().x(), 0)
    found: QPainterPath = memo[key]
    return found
