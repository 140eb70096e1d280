"""The legend of a page: what a room needs to read the map, in one or two columns, without numbers that would run."""

from __future__ import annotations

import math
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.frame import PAD, paint_card
from viewer.draw.legend import GROUPS, LegendEntry, paint_swatch
from viewer.draw.set_text import set_text, sized
from viewer.draw.tokens import Tokens
from viewer.layers.primitives import Entry

LEFT_OUT = ("Map",)
"""Rivers, borders and roads are read without a key."""
ROWS, COLUMNS = 10, 2
"""Of a legend that is not to cover the map."""
ROW, GAP, SWATCH, TEXT = 18.0, 5.0, 28.0, 12
WIDEST = 264.0
"""Of the words of a line."""
FEWEST = {"Change": 6, "Actors": 8, "Ground": 1, "Control": 3, "Incidents": 5, "Signs": 1}
"""How many lines each part may keep of a legend that is too long, before others get the rest."""

@dataclass(frozen=True, slots=True)
class Key:
    """The lines of a legend, and in words what more is on the map than there is room for."""

    entries: tuple[Entry, ...]
    rest: str = ""


def key_of(*legends: tuple[LegendEntry, ...]) -> Key:
    """The legend that serves for several pictures: the lines of each, the frequent ones first within their group."""
    counts: dict[Entry, int] = {}
    order: dict[Entry, int] = {}
    for legend in legends:
        for line in legend:
            if line.group not in LEFT_OUT:
                counts[line.entry] = max(counts.get(line.entry, 0), line.count, line.left or 0)
                order.setdefault(line.entry, len(order))
    several = len(legends) > 1
    ranked = sorted(counts, key=lambda entry: (
        GROUPS.index(entry.group), -counts[entry] if several and entry.group in ("Actors", "Incidents") else 0,
        order[entry],
    ))  # fmt: skip
    most = ROWS * COLUMNS
    if len(ranked) <= most:
        return Key(tuple(ranked))
    kept = [entry for entry in ranked if entry.kind == "cell"]
    for group, fewest in FEWEST.items():
        kept += [entry for entry in ranked if entry.group == group and entry not in kept][:fewest]
    kept += [entry for entry in ranked if entry not in kept]
    kept = kept[: most - 1]
    chosen = tuple(entry for entry in ranked if entry in kept)
    return Key(chosen, f"{len(ranked) - len(chosen)} rarer signs are not named")


def words_of(entry: Entry, tokens: Tokens, width: float = WIDEST) -> str:
    """A line no longer than a width: what a sign means, or an actor with the letters that stand for it on the map."""
    metrics = QFontMetricsF(sized(tokens, "card", TEXT))
    code = f" ({entry.style})" if entry.group == "Actors" and entry.style else ""
    room = width - metrics.horizontalAdvance(code)
    return metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, room) + code


def columns_of(key: Key) -> list[list[Entry]]:
    """The lines in columns of about one height, groups kept together where they can be."""
    number = len(key.entries) + bool(key.rest)
    if number <= ROWS:
        return [list(key.entries)]
    half = math.ceil(number / COLUMNS)
    breaks = [at for at in range(1, len(key.entries)) if key.entries[at].group != key.entries[at - 1].group]
    near = [at for at in breaks if at <= ROWS and number - at <= ROWS]
    at = min(near, key=lambda one: abs(one - half), default=min(half, ROWS))
    return [list(key.entries[:at]), list(key.entries[at:])]


def legend_size(key: Key, tokens: Tokens) -> QSizeF:
    """The room that the legend takes, none when it has no lines."""
    if not key.entries:
        return QSizeF()
    columns = columns_of(key)
    high = max(_height(column) for column in columns)
    tail = ROW if key.rest and len(columns) == 1 else 0.0
    high = max(high + tail, _height(columns[-1]) + (ROW if key.rest else 0.0))
    return QSizeF(sum(_wide(column, key, tokens) for column in columns) + PAD * (len(columns) + 1), high + 2 * PAD - 4)


def _height(column: list[Entry]) -> float:
    groups = sum(one.group != other.group for one, other in pairwise(column))
    return len(column) * ROW + groups * GAP


def _wide(column: list[Entry], key: Key, tokens: Tokens) -> float:
    metrics = QFontMetricsF(sized(tokens, "card", TEXT))
    words = max(metrics.horizontalAdvance(words_of(entry, tokens)) for entry in column)
    rest = QFontMetricsF(sized(tokens, "card", TEXT - 2)).horizontalAdvance(key.rest)
    return SWATCH + 8 + max(words + 2, min(rest, WIDEST) - SWATCH - 8)


def paint_key(painter: QPainter, card: QRectF, key: Key, tokens: Tokens) -> None:
    """The legend in its card."""
    paint_card(painter, card, tokens)
    fonts = sized(tokens, "card", TEXT), sized(tokens, "card", TEXT, arabic=True)
    left = card.left() + PAD
    for column in (columns := columns_of(key)):
        y, group = card.top() + PAD - 2, column[0].group
        room = card.right() - PAD - left if column is columns[-1] else _wide(column, key, tokens)
        for entry in column:
            y += GAP if entry.group != group else 0.0
            group = entry.group
            painter.save()
            painter.translate(QPointF(left, y + 1))
            painter.scale(1.1, 1.1)
            paint_swatch(painter, QRectF(0, 0, 24, (ROW - 2) / 1.1), entry, tokens)
            painter.restore()
            block = set_text(words_of(entry, tokens), fonts, max(room - SWATCH - 8, 20.0) + 4, lines=1)
            block.paint(painter, left + SWATCH + 8, y + (ROW - block.height) / 2, tokens.colour("ink"))
            y += ROW
        if key.rest and column is columns[-1]:
            small = sized(tokens, "card", TEXT - 2), sized(tokens, "card", TEXT - 2, arabic=True)
            block = set_text(key.rest, small, room, lines=1)
            block.paint(painter, left, y + (ROW - block.height) / 2, tokens.colour("muted"))
        left += room + PAD
