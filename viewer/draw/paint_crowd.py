"""Paints a crowd of incidents and finds who of it lies under a point."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from viewer.domain.frozen import dataclass
from viewer.draw.crowd import EDGE, LEAST, Codes, Palette, Picture, density, discs, dots, stamp
from viewer.draw.in_view import Grid, Pixels
from viewer.draw.looking import Dense, Looked, Spots
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.tokens import PALE, Tokens, mixed
from viewer.geo.projection import metres_per_unit, point_to_degrees
from viewer.layers.primitives import Entry, actor_entry
from viewer.session.crowds import OPEN, Crowd
from viewer.session.describe import length_words
from viewer.session.window import Rows, SmallRows

LEAST_PILE, MOST_PILES, PILE_ROOM = 10, 60, 30.0
"""From so many incidents on one pixel on a number says how many; how many numbers, and their distance in pixels."""
PILL = 17.0
"""Height of a number on a pile."""
CHOSEN_RADIUS = 7.0
Pile = tuple[float, float, int]
DISC = Entry("Signs", "An incident, the latest on top", "crowd", "disc")
DOT = Entry("Signs", "An incident, the latest on top", "crowd", "dot")
OPEN_DISC = Entry("Signs", "Rough place, or doubted, planned, possible", "crowd", "open")
PILE = Entry("Signs", "Many incidents on one spot", "crowd", "pile")
OTHERS = Entry("Actors", "other actors", "actor")
AROUND = Entry("Incidents", "Rough places around here, not drawn", "sign", "ring")
OPAQUE = 0xFF
PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied
PALE_DOT = Entry("Signs", "Rough place, or doubted, planned, possible", "crowd", "pale")


@dataclass(frozen=True, eq=False)
class Shown:
    """A crowd as it was painted."""

    looked: Looked
    picture: Picture | None
    """None of discs that were stamped straight onto the map."""
    corner: tuple[int, int]
    """The pixel of the grid at which the picture begins: column, line."""
    coarse: bool
    """Whether it has fewer pixels than the device."""
    piles: tuple[Pile, ...] = ()
    """Where many lie on one spot (x, y in logical pixels) and how many, unless density tells."""
    left_out: tuple[SmallRows, ...] = ()
    """Those that lie somewhere in places that reach into the view and are too wide for a dot: parts of their rows."""
    often: tuple[int, ...] = ()
    """How many have each code, unless density was painted."""

    @property
    def dense(self) -> bool:
        """Whether density was painted."""
        return isinstance(self.looked, Dense)

    @property
    def number(self) -> int:
        """How many incidents are in the picture, those just beside it among them."""
        return self.looked.number

    def over(self, x: float, y: float) -> bool:
        """Whether a logical pixel is painted, or lies on the number of a pile."""
        if self._pile_at(x, y) is not None:
            return True
        column, line = self._at(x, y)
        if self.picture is None:
            return isinstance(self.looked, Spots) and self.looked.covers(column, line)
        column, line = column - self.corner[0], line - self.corner[1]
        high, wide = self.picture.shape
        return 0 <= column < wide and 0 <= line < high and bool(self.picture[line, column] >> 24)

    def rows_at(self, x: float, y: float) -> Rows:
        """The event rows whose disc, dot or square lies under a logical pixel, the latest first.

        Under the number of a pile those that it counts, and no others.
        """
        pile = self._pile_at(x, y)
        if pile is not None and isinstance(self.looked, Spots):
            return self.looked.rows_on(*self._at(*pile[:2]))[::-1]
        return self.looked.rows_at(*self._at(x, y))[::-1]

    def _pile_at(self, x: float, y: float) -> Pile | None:
        return next((pile for pile in reversed(self.piles) if _on_number(pile, x, y)), None)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        grid = self.looked.grid
        column, line = (math.floor(at * grid.grain) + grid.spare for at in (x, y))
        return min(max(column, 0), grid.width - 1), min(max(line, 0), grid.height - 1)


def paint_shown(
    painter: QPainter, looked: Looked, tokens: Tokens, ratio: float, onto: QImage | None = None
) -> Shown:
    """Paint a crowd and say what was painted; onto: the opaque image that the painter paints, if it is one."""
    grid, coarse, left_out = looked.grid, looked.grid.grain < ratio, _left_out(looked)
    if isinstance(looked, Dense):
        columns, lines = looked.edges
        picture, corner = density(looked.counts, looked.edges, cell_colours(tokens)), (int(columns[0]), int(lines[0]))
        _lay(painter, picture, corner, grid)
        return Shown(looked, picture, corner, coarse, left_out=left_out)
    pixel, code = _in_order(looked)
    palette, canvas = palette_of(looked.crowd, tokens, looked.few), _as_array(onto, grid) if looked.few else None
    laid: Picture | None = None
    if canvas is not None and _opaque(palette):
        stamp(canvas, pixel, code, grid, palette)
    else:
        laid = (discs if looked.few else dots)(pixel, code, grid, palette)
        _lay(painter, laid, (0, 0), grid)
    often = tuple(np.bincount(code, minlength=256).tolist())
    return Shown(looked, laid, (0, 0), coarse, piles_of(grid, pixel), left_out, often)


def _lay(painter: QPainter, picture: Picture, corner: tuple[int, int], grid: Grid) -> None:
    """Lay a picture that begins at a pixel of the grid."""
    high, wide = picture.shape
    if high and wide:
        image = QImage(picture.data, wide, high, 4 * wide, PREMULTIPLIED)
        image.setDevicePixelRatio(grid.grain)
        left, top = ((at - grid.spare) / grid.grain for at in corner)
        painter.drawImage(QPointF(left, top), image)


def _as_array(image: QImage | None, grid: Grid) -> Picture | None:
    """The pixels of an opaque image, (height, width), if they are those of a grid without its spare ones."""
    wide, high = grid.width - 2 * grid.spare, grid.height - 2 * grid.spare
    if image is None or image.format() != QImage.Format.Format_RGB32 or (image.width(), image.height()) != (wide, high):
        return None
    return np.frombuffer(image.bits(), dtype=np.uint32).reshape(high, wide)


def _opaque(palette: Palette) -> bool:
    return bool(((palette == 0) | (palette >> 24 == OPAQUE)).all())


def _left_out(looked: Looked) -> tuple[SmallRows, SmallRows]:
    """Those of the window that are not drawn, for their places are too wide: earlier ones, and the others."""
    span, wide = looked.crowd.span, looked.wide
    first, last = np.searchsorted(wide, np.array((span.low, span.high), dtype=np.int32))
    earlier = wide[:first]
    at = np.searchsorted(earlier, span.carried)  # few in many: sorting both would take longer than all else
    known = at < first
    carried = span.carried[known]
    return carried[earlier[at[known]] == carried], wide[first:last]


def _in_order(looked: Spots) -> tuple[Pixels, Codes]:
    """Pixels and codes of what is shown, in order of time."""
    crowd, view, early = looked.crowd, looked.view, looked.early
    pixel, code = view.pixel[looked.first : looked.last], codes_of(looked)
    if len(early):
        pixel = np.concatenate((view.pixel[early], pixel))
        code = np.concatenate((crowd.codes[view.rows[early]] | OPEN, code))
    return pixel, code


def codes_of(looked: Spots) -> NDArray[np.uint8]:
    """The codes of those that begin in the window, OPEN where one may lie outside it."""
    rows, crowd = looked.view.rows[looked.first : looked.last], looked.crowd
    events, code = crowd.data.events, crowd.codes[rows]
    lasting = np.flatnonzero(events.latest[rows] != events.earliest[rows])
    code[lasting[~crowd.certain(rows[lasting])]] |= OPEN
    return code


def palette_of(crowd: Crowd, tokens: Tokens, few: bool) -> Palette:
    """The colours of a crowd's codes: of discs with an edge, or of dots without."""
    name = ("crowd", crowd.actors, few)
    if name not in tokens.memo:
        actors = [tokens.actor_colour(key) for key in (*crowd.actors, "", "")]
        card, edge = tokens.colour("card"), tokens.colour("mark_edge")
        colours = np.zeros(2 * EDGE, dtype=np.uint32)
        for code, colour in enumerate(actors, start=1):
            colours[[code, EDGE + code]] = colour.rgba(), edge.rgba()
            pale = card if few else mixed(colour, card, PALE)
            colours[[OPEN | code, EDGE + (OPEN | code)]] = pale.rgba(), colour.rgba()
        tokens.memo[name] = colours
    found: Palette = tokens.memo[name]
    return found


def cell_colours(tokens: Tokens) -> Palette:
    """The colours of the steps of density."""
    return np.array([tokens.colour(f"cell{step}").rgba() for step in range(1, len(LEAST) + 1)], dtype=np.uint32)


def legend_of(shown: Shown, screen: Screen) -> Iterator[tuple[Entry, int]]:
    """The lines of the legend that a painted crowd needs, each with how many it stands for."""
    looked = shown.looked
    if isinstance(looked, Dense):
        yield from _dense_legend(looked, screen)
        return
    few, certain, open_ones = looked.few, shown.often[:OPEN], shown.often[OPEN:]
    for slot, (sure, doubtful) in enumerate(zip(certain, open_ones, strict=True)):
        if sure or doubtful:
            yield _actor_of(looked.crowd, slot), sure + doubtful
    if any(certain):
        yield (DISC if few else DOT), sum(certain)
    if any(open_ones):
        yield (OPEN_DISC if few else PALE_DOT), sum(open_ones)


def _actor_of(crowd: Crowd, slot: int) -> Entry:
    if slot == len(crowd.actors) + 1:
        return OTHERS
    return actor_entry(crowd.actors[slot - 1] if slot <= len(crowd.actors) else "", crowd.data)


def _dense_legend(looked: Dense, screen: Screen) -> Iterator[tuple[Entry, int]]:
    camera = screen.camera
    _, lat = point_to_degrees(camera.x, camera.y)
    side = length_words(looked.patch.side * metres_per_unit(lat))
    for step, least in enumerate(LEAST.tolist(), start=1):
        if least <= looked.most:
            many = f"{least:,} to {10 * least - 1:,}" if step < len(LEAST) else f"{least:,} or more"
            yield Entry("Incidents", f"{many} in a square of {side}", "cell", f"cell{step}"), 0


def piles_of(grid: Grid, pixel: Pixels) -> tuple[Pile, ...]:
    """Where many incidents lie on one spot (x, y in logical pixels) and how many: the largest, none over another."""
    ordered, before = np.sort(pixel), LEAST_PILE - 1
    piled = ordered[before:][ordered[before:] == ordered[: max(0, len(ordered) - before)]]
    spots, counts = np.unique(piled, return_counts=True)  # of each, all but as many as it has at the least
    counts, high = counts + before, np.arange(len(spots))
    piles: list[Pile] = []
    for number in high[np.argsort(-counts[high], kind="stable")[: 4 * MOST_PILES]].tolist():
        line, column = divmod(int(spots[number]), grid.width)
        x, y = (column - grid.spare + 0.5) / grid.grain, (line - grid.spare + 0.5) / grid.grain
        if all(abs(x - px) > PILE_ROOM or abs(y - py) > PILE_ROOM for px, py, _ in piles):
            piles.append((x, y, int(counts[number])))
    return tuple(piles[:MOST_PILES])


def _half(number: int) -> float:
    """Half of how wide the number of a pile is, in logical pixels."""
    return 5.0 + 3.2 * len(short_number(number))


def _on_number(pile: Pile, x: float, y: float) -> bool:
    """Whether a point lies on the number of a pile."""
    return abs(x - pile[0]) <= _half(pile[2]) and abs(y - pile[1]) <= PILL / 2


def paint_piles(
    painter: QPainter, piles: tuple[Pile, ...], tokens: Tokens, sprites: Sprites,
    chosen: tuple[float, float] | None = None,
) -> None:  # fmt: skip
    """A number on each spot on which many lie, so that many do not look like one; a ring where `chosen` lies below."""
    for pile in piles:
        x, y, number = pile
        said, half = short_number(number), _half(number)
        ringed = chosen is not None and _on_number(pile, *chosen)

        def draw(inner: QPainter, said: str = said, half: float = half, ringed: bool = ringed) -> None:
            box = QRectF(-half, -PILL / 2, 2 * half, PILL)
            if ringed:
                inner.setPen(QPen(tokens.colour("select"), 2.4))
                inner.setBrush(Qt.BrushStyle.NoBrush)
                inner.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 11.5, 11.5)
            inner.setPen(QPen(tokens.colour("mark_edge"), 1.2))
            inner.setBrush(tokens.colour("card"))
            inner.drawRoundedRect(box, 8.5, 8.5)
            inner.setPen(tokens.colour("ink"))
            inner.setFont(tokens.font("count"))
            inner.drawText(box, Qt.AlignmentFlag.AlignCenter, said)

        sprites.paint(painter, ("pile", said, tokens.theme, ringed), (28.0, 14.0), x, y, draw)


def short_number(number: int) -> str:
    """A number in four letters at most: "950", "9.6k", "12k", "1.2M"."""
    for least, sign in ((1_000_000, "M"), (1_000, "k")):
        if number >= least:
            return f"{number / least:.1f}{sign}" if number < 10 * least else f"{number // least}{sign}"
    return str(number)


def paint_chosen(painter: QPainter, at: tuple[float, float], tokens: Tokens) -> None:
    """A ring around the selected incident of a crowd."""
    painter.setPen(QPen(tokens.colour("select"), 2.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(*at), CHOSEN_RADIUS, CHOSEN_RADIUS)
