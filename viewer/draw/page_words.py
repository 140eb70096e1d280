"""Pages of words, at the beginning and at the end of a briefing: their map lies below a veil."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter

from viewer.draw.set_text import Block, fitted_text, right_to_left, set_text, sized
from viewer.draw.tokens import Tokens
from viewer.session.state import Scene
from viewer.store.dataset import DataSet

VEIL = 0.7
SIDE = 0.11
"""Of the width of a page, left and right of its words."""
RULE, BESIDE, BELOW = 5.0, 26.0, 18.0
"""How thick the stroke before a title is, and the room after it and below the title."""
TITLES, CAPTIONS, SMALLER = (56, 48, 42, 36, 30, 26), (24, 22, 20, 18, 16, 14), (34, 30, 26, 22)
SOURCE, SOURCE_ROW, SOURCE_COLUMNS = 13, 20.0, 3
END_TITLE = "Sources"


def paint_words(painter: QPainter, page: QRectF, inner: QRectF, scene: Scene, data: DataSet, tokens: Tokens) -> None:
    """The words of a title or end page; inner: between marking and sources."""
    painter.fillRect(page, tokens.colour("paper", VEIL))
    if scene.kind == "end":
        _paint_end(painter, _room(inner), scene, data, tokens)
    else:
        _paint_title(painter, _room(inner), scene, data, tokens)


def words_box(inner: QRectF, scene: Scene, data: DataSet, tokens: Tokens) -> QRectF:
    """What words take of a page: the map has no names there."""
    room = _room(inner)
    if scene.kind == "end":
        return room
    title, caption, high = _set_title(room, scene, data, tokens)
    wide = max(title.width, caption.width) + RULE + BESIDE
    left = room.right() - wide if right_to_left(scene.title) else room.left()
    return QRectF(left, _top(room, high), wide, high).adjusted(-8, -8, 8, 8)


def _room(inner: QRectF) -> QRectF:
    side = inner.width() * SIDE
    return inner.adjusted(side, 0, -side, 0)


def _set_title(room: QRectF, scene: Scene, data: DataSet, tokens: Tokens) -> tuple[Block, Block, float]:
    """Title and caption of a title page, and their height together."""
    wide = room.width() - RULE - BESIDE
    title = fitted_text(
        scene.title or data.meta.title, tokens, "date", TITLES, QSizeF(wide, room.height() * 0.5), bold=True
    )
    caption = fitted_text(scene.caption, tokens, "card", CAPTIONS, QSizeF(wide * 0.86, room.height() * 0.36))
    return title, caption, title.height + (caption.height + BELOW if scene.caption else 0.0)


def _top(room: QRectF, high: float) -> float:
    return room.top() + (room.height() - high) * 0.44


def _paint_title(painter: QPainter, room: QRectF, scene: Scene, data: DataSet, tokens: Tokens) -> None:
    title, caption, high = _set_title(room, scene, data, tokens)
    top, turned = _top(room, high), right_to_left(scene.title)
    rule = room.right() - RULE if turned else room.left()
    painter.fillRect(QRectF(rule, top + 4, RULE, high - 4), tokens.colour("select"))
    y = top
    for block in (title, caption) if scene.caption else (title,):
        left = rule - BESIDE - block.width if turned else rule + RULE + BESIDE
        block.paint(painter, left, y, tokens.colour("ink"))
        y += block.height + BELOW


def _paint_end(painter: QPainter, room: QRectF, scene: Scene, data: DataSet, tokens: Tokens) -> None:
    title = fitted_text(
        scene.title or END_TITLE, tokens, "date", SMALLER, QSizeF(room.width(), room.height() * 0.24), bold=True
    )
    y = room.top() + room.height() * 0.09
    title.paint(painter, room.left(), y, tokens.colour("ink"))
    y += title.height + 6
    painter.fillRect(QRectF(room.left(), y, 64, RULE), tokens.colour("select"))
    y += RULE + 14
    if scene.caption:
        caption = fitted_text(
            scene.caption, tokens, "card", CAPTIONS[2:], QSizeF(room.width() * 0.9, room.height() * 0.3)
        )
        caption.paint(painter, room.left(), y, tokens.colour("ink"))
        y += caption.height + 18
    _paint_publishers(painter, QRectF(room.left(), y, room.width(), room.bottom() - 16 - y), data, tokens)


def _paint_publishers(painter: QPainter, room: QRectF, data: DataSet, tokens: Tokens) -> None:
    """Who published what the store is made of, with how many texts, in columns; what has no room is counted."""
    often = Counter(source.publisher for source in data.sources.values())
    named = sorted(often.items(), key=lambda item: (-item[1], item[0].casefold()))
    rows = max(1, int(room.height() / SOURCE_ROW) - 1)
    number = len(data.sources)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    whose = f"{len(named):,} publisher" + "s" * (len(named) != 1)
    head = f"{number:,} published text{'s' if number != 1 else ''} of {whose}"
    fonts = sized(tokens, "card", SOURCE), sized(tokens, "card", SOURCE, arabic=True)
    set_text(head, fonts, room.width(), 1).paint(painter, room.left(), room.top(), tokens.colour("muted"))
    shown = named if len(named) <= rows * SOURCE_COLUMNS else named[: rows * SOURCE_COLUMNS - 1]
    lines = [f"{name} \u00d7 {count}" if count > 1 else name for name, count in shown]
    if len(shown) < len(named):
        lines.append(f"and {len(named) - len(shown):,} more, all in the store")
    wide = room.width() / SOURCE_COLUMNS
    for at, line in enumerate(lines):
        block = set_text(line, fonts, wide - 16, 1)
        x, y = room.left() + at // rows * wide, room.top() + (at % rows + 1) * SOURCE_ROW + 6
        block.paint(painter, x, y, tokens.colour("ink"))


def room_for_words(page: QRectF, head: QRectF, foot: QRectF) -> QRectF:
    """What of a page lies between its marking and its sources."""
    top = head.bottom() if not head.isEmpty() else page.top()
    return QRectF(page.left(), top, page.width(), foot.top() - top)


