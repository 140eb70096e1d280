"""Text set in lines for a card: each paragraph in the direction of its script, smaller or shortened if it is long."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption

from viewer.domain.frozen import dataclass
from viewer.draw.tokens import Tokens

ELLIPSIS = "\u2026"
UNBOUNDED = 1e6


@dataclass(frozen=True, eq=False)
class Block:
    """Paragraphs laid out one below the other; width and height as far as they are written on."""

    paragraphs: tuple[QTextLayout, ...]
    width: float
    height: float
    lines: int
    shortened: bool = False

    @property
    def size(self) -> QSizeF:
        """The room it takes."""
        return QSizeF(self.width, self.height)

    @property
    def texts(self) -> tuple[str, ...]:
        """The letters of each line."""
        return tuple(
            paragraph.text()[line.textStart() : line.textStart() + line.textLength()].strip(" ")
            for paragraph in self.paragraphs
            for line in map(paragraph.lineAt, range(paragraph.lineCount()))
        )

    def paint(self, painter: QPainter, left: float, top: float, colour: QColor) -> None:
        """Write it with its upper left corner at a point."""
        painter.setPen(colour)
        for paragraph in self.paragraphs:
            paragraph.draw(painter, QPointF(left, top))


def right_to_left(text: str) -> bool:
    """Whether a text begins in a script that runs from right to left."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


def sized(tokens: Tokens, style: str, pixels: float, bold: bool | None = None, arabic: bool = False) -> QFont:
    """The font of a text style at another size, which is made whole."""
    font = tokens.font(style, arabic)
    font.setPixelSize(max(1, round(pixels)))
    if bold is not None:
        font.setBold(bold)
    return font


def set_text(text: str, fonts: tuple[QFont, QFont], width: float, lines: int = 10_000) -> Block:
    """A text in lines of at most a width, at most so many of them; fonts: for Latin, and for Arabic letters first."""
    block = _set(text, fonts, width, lines)
    if block.width < width - 1 and any(right_to_left(part) for part in text.splitlines()):
        return _set(text, fonts, math.ceil(block.width) + 0.5, lines)  # what begins at the right begins at its own edge
    return block


def _set(text: str, fonts: tuple[QFont, QFont], width: float, lines: int) -> Block:
    left = lines
    y, widest, made, shortened = 0.0, 0.0, [], False
    for text_of in text.splitlines() or [""]:
        if left <= 0:
            shortened = True
            break
        arabic = right_to_left(text_of)
        layout, used, cut = _paragraph(text_of, fonts[arabic], width, left, y)
        left -= used
        shortened = shortened or cut
        y += sum(layout.lineAt(number).height() for number in range(layout.lineCount()))
        widest = max([widest, *(layout.lineAt(number).naturalTextWidth() for number in range(layout.lineCount()))])
        made.append(layout)
    return Block(tuple(made), widest, y, lines - left, shortened)


def _paragraph(text: str, font: QFont, width: float, lines: int, y: float) -> tuple[QTextLayout, int, bool]:
    """A paragraph from `y` on, the lines it has, and whether it was shortened to these."""
    layout = _laid(text, font, width, y)
    if layout.lineCount() <= lines:
        return layout, layout.lineCount(), False
    last = layout.lineAt(lines - 1).textStart()
    rest = QFontMetricsF(font).elidedText(text[last:], Qt.TextElideMode.ElideRight, width)
    if ELLIPSIS not in rest:
        rest = QFontMetricsF(font).elidedText(text[last:] + ELLIPSIS, Qt.TextElideMode.ElideRight, width)
    return _laid(text[:last] + rest, font, width, y, lines), lines, True


def _laid(text: str, font: QFont, width: float, y: float, most: int = 10_000) -> QTextLayout:
    layout = QTextLayout(text, font)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(
        Qt.LayoutDirection.RightToLeft if right_to_left(text) else Qt.LayoutDirection.LeftToRight
    )
    layout.setTextOption(option)
    layout.beginLayout()
    while layout.lineCount() < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


def fitted_text(
    text: str, tokens: Tokens, style: str, pixels: Sequence[int], room: QSizeF, bold: bool | None = None
) -> Block:
    """A text in the largest of some sizes at which it fits into a room, else in the smallest, shortened."""
    block = Block((), 0.0, 0.0, 0)
    for size in pixels:
        fonts = sized(tokens, style, size, bold), sized(tokens, style, size, bold, arabic=True)
        block = set_text(text, fonts, room.width())
        if block.height <= room.height():
            return block
    return set_text(text, fonts, room.width(), max(1, int(room.height() * block.lines / max(block.height, 1.0))))


def whole_text(text: str, tokens: Tokens, style: str, pixels: Sequence[int], width: float) -> Block:
    """A text in one line of at most a width in the largest of some sizes that allows it, else in lines of the smallest.

    Nothing of it is left out.
    """
    block = Block((), 0.0, 0.0, 0)
    for size in pixels:
        block = set_text(text, (sized(tokens, style, size), sized(tokens, style, size, arabic=True)), width)
        if block.lines < 2:
            break
    return block


def missing_letters(text: str, tokens: Tokens) -> bool:
    """Whether no font has the Arabic letters of a text, so that boxes would stand there."""
    arabic = {letter for letter in text if unicodedata.bidirectional(letter) == "AL"}
    if not arabic:
        return False
    paper = QTextLayout("".join(sorted(arabic)), tokens.font("card", arabic=True))
    paper.beginLayout()
    paper.createLine().setLineWidth(UNBOUNDED)
    paper.endLayout()
    return any(0 in run.glyphIndexes() for run in paper.glyphRuns())
