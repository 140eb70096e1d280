"""Fillings that tell holders and classes of control apart without colour: small tiles, repeated.

Each class has a structure of its own: control is an even tone under its holder's pattern, contested ground bold
stripes on the bare map, shared ground a calm chequer, presence dots, disagreement of sources a lattice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen

from viewer.domain.control import class_of
from viewer.draw.tokens import Tokens, contrast, mixed, with_alpha
from viewer.draw.unlocked import Stroke

TILE = 10
"""Side of a tile in logical pixels."""
WASH, MARK = 0.28, 0.33
"""Opacity of the even tone and of the pattern on it."""
FIRM = {"light": (WASH, 0.38, 0.25), "dark": (WASH, 0.42, 0.15), "print": (0.2, 0.8, 0.5)}
"""The same by theme, and how much ink is in strokes: in print they are stronger than tones, for hue may get lost."""
STRIPE, STRIPE_WIDTH = 0.55, 4.2
"""Opacity and width of the stripes of contested ground, one to a tile."""
CHEQUER, CHEQUER_SIDE = {"light": (0.43, 0.12), "dark": (0.38, 0.14), "print": (0.4, 0.12)}, 5.0
"""Opacities in turn and side of the squares of shared ground: they differ even where both colours are equally dark."""
LATTICE, LATTICE_WIDTH = 0.7, 1.3
"""Opacity and width of the lines where sources disagree."""
DOT, DOT_RADIUS = {"light": 0.68, "dark": 0.55, "print": 0.75}, 1.4
SIEGE = (5.0, 2.2)
"""Widths of the ring around besieged ground: of both its lines with what is between them, and of that."""


def fill_brush(tokens: Tokens, actors: tuple[str, ...], control: str, strength: float, ratio: float) -> QBrush:
    """The filling of an area: tone and pattern of one holder, stripes of several, dots of a presence."""
    look = ("fill", actors, control, strength, ratio)
    brush: QBrush = tokens.memo.get(look) or tokens.memo.setdefault(look, _filling(*look[1:], tokens))
    return brush


def _filling(actors: tuple[str, ...], control: str, strength: float, ratio: float, tokens: Tokens) -> QBrush:
    colours = [tokens.actor_colour(key) for key in actors] or [tokens.colour("unknown")]
    inks = Inks(colours, [stroke_colour(tokens, key) for key in actors] or colours, strength, tokens)
    look = class_of(control).look
    if (filling := FILLINGS.get(look)) is not None:
        return _tile(ratio, lambda painter: filling.paint(painter, inks), inks.cells if filling.in_turn else 1)
    pattern = tokens.pattern(actors[0] if actors else "")
    wash, mark, _ = FIRM[tokens.theme]
    return pattern_brush(pattern, colours[0], strength, ratio, wash, mark, inks.strokes[0])


class Inks(NamedTuple):
    """What a tile is painted with: the holders' colours, the same for thin strokes, and how firmly."""

    colours: list[QColor]
    strokes: list[QColor]
    strength: float
    tokens: Tokens

    @property
    def cells(self) -> int:
        """How many usual tiles one takes that has room for all holders, of each side."""
        return max(2, len(self.colours))


def stroke_colour(tokens: Tokens, actor: str) -> QColor:
    """An actor's colour for lines and dots, which are thin: with some ink in it."""
    return mixed(tokens.actor_colour(actor), tokens.colour("ink"), FIRM[tokens.theme][2])


def pattern_brush(
    pattern: str, colour: QColor, strength: float, ratio: float, wash: float = WASH, mark: float = MARK,
    stroke: QColor | None = None,
) -> QBrush:  # fmt: skip
    """An even tone of a colour with an actor's pattern on it, in the same colour or that of `stroke`."""

    def paint(painter: QPainter) -> None:
        painter.fillRect(QRectF(0, 0, TILE, TILE), with_alpha(colour, wash * strength))
        painter.setPen(QPen(with_alpha(stroke or colour, mark * strength), 1.1))
        painter.drawLines(_lines(pattern))
        if pattern in _RINGS:
            painter.drawEllipse(QPointF(TILE / 2, TILE / 2), *_RINGS[pattern])

    return _tile(ratio, paint)


_RINGS = {"dots": (1.0, 1.0), "rings": (2.6, 2.6)}


def _lines(pattern: str) -> list[QLineF]:
    """The strokes of a pattern within one tile, continued beyond it so that tiles join."""
    half = TILE / 2
    rising = [QLineF(-2, half + 2 + d, half + 2 + d, -2) for d in (0, TILE)]
    falling = [QLineF(-2, half - 2 - d, half + 2 + d, TILE + 2) for d in (0, TILE)]
    flat, upright = QLineF(0, half, TILE, half), QLineF(half, 0, half, TILE)
    strokes = {
        "lines-right": rising, "lines-left": falling, "lines-flat": [flat], "lines-up": [upright],
        "cross": [flat, upright], "diamond": [*rising, *falling],
        "dense": [QLineF(0, 2.5, TILE, 2.5), QLineF(0, 7.5, TILE, 7.5)],
        "sparse": [QLineF(0.4, 2.5, 5.2, 2.5), QLineF(5.4, 7.5, 10.2, 7.5)],
        "zigzag": [QLineF(-1, 6.5, half, 2.5), QLineF(half, 2.5, TILE + 1, 6.5)],
        "plus": [QLineF(half - 2.4, half, half + 2.4, half), QLineF(half, half - 2.4, half, half + 2.4)],
        "dashes-left": [QLineF(2.6, 2.6, 7.4, 7.4)],
    }  # fmt: skip
    return strokes.get(pattern, [])


def paint_siege(stroke: Stroke, path: QPainterPath, tokens: Tokens, firm: float) -> None:
    """Two lines of ink around besieged ground, whoever besieges it."""
    width, between = SIEGE
    stroke(path, QPen(tokens.colour("ink", 0.5 + 0.5 * firm), width))
    stroke(path, QPen(tokens.colour("paper"), between))


def _dots(painter: QPainter, inks: Inks) -> None:
    """Somebody is there, and holds nothing."""
    alpha = DOT[inks.tokens.theme] * inks.strength
    painter.setPen(Qt.PenStyle.NoPen)
    for index, (x, y) in enumerate(((2.5, 2.5), (7.5, 7.5))):
        painter.setBrush(with_alpha(inks.strokes[index % len(inks.strokes)], alpha))
        painter.drawEllipse(QPointF(x, y), DOT_RADIUS, DOT_RADIUS)


def _stripes(painter: QPainter, inks: Inks) -> None:
    """Bold rising stripes in turn on the bare map; of a single holder every other one is thin."""
    colours, side = inks.strokes, TILE * inks.cells
    for index in range(inks.cells):
        colour = colours[index % len(colours)]
        width = STRIPE_WIDTH if index < len(colours) else STRIPE_WIDTH / 3
        painter.setPen(QPen(with_alpha(colour, STRIPE * inks.strength), width, c=Qt.PenCapStyle.FlatCap))
        for lap in range(-1, 3):
            start = (index + 0.5) * TILE + lap * side
            painter.drawLine(QLineF(start + 4, -4, start - side - 4, side + 4))


def _lattice(painter: QPainter, inks: Inks) -> None:
    """Thin lines both ways, each holder's its own, without a tone: nobody can say."""
    for index, pattern in enumerate(("lines-right", "lines-left")):
        colour = with_alpha(inks.strokes[index % len(inks.strokes)], LATTICE * inks.strength)
        painter.setPen(QPen(colour, LATTICE_WIDTH))
        painter.drawLines(_lines(pattern))


def _chequer(painter: QPainter, inks: Inks) -> None:
    """Squares in turn, the firmest colour first: all ground is somebody's, and nobody pushes."""
    paper = inks.tokens.colour("paper")
    colours = sorted(inks.colours, key=lambda colour: -contrast(colour, paper))
    alphas = [part * inks.strength for part in CHEQUER[inks.tokens.theme]]
    cells = round(TILE * inks.cells / CHEQUER_SIDE)
    for line in range(cells):
        for column in range(cells):
            turn = line + column
            colour = with_alpha(colours[turn % len(colours)], alphas[turn % len(alphas)])
            square = QRectF(column * CHEQUER_SIDE, line * CHEQUER_SIDE, CHEQUER_SIDE, CHEQUER_SIDE)
            painter.fillRect(square, colour)


class Filling(NamedTuple):
    """How a tile of a look is painted: alike for all holders or for each `in_turn`, and whether it shows `several`."""

    paint: Callable[[QPainter, Inks], None]
    in_turn: bool = False
    several: bool = True


FILLINGS = {
    "dots": Filling(_dots, several=False), "stripes": Filling(_stripes, in_turn=True), "lattice": Filling(_lattice),
    "chequer": Filling(_chequer, in_turn=True),
}  # fmt: skip
"""By the look; one that is none of these is a tone with its first holder's pattern."""
SEVERAL = frozenset(look for look, filling in FILLINGS.items() if filling.several)


def _tile(ratio: float, paint: Callable[[QPainter], None], cells: int = 1) -> QBrush:
    side = TILE * cells
    image = QImage(max(1, round(side * ratio)), max(1, round(side * ratio)), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(image.width() / side, image.height() / side)
    paint(painter)
    painter.end()
    image.setDevicePixelRatio(image.width() / side)
    return QBrush(image)
