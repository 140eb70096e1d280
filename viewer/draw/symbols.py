"""Marks on the map: incident pins and badges, stacks, tallies, and the squares of town holders."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from viewer.domain.control import BESIDE, class_of
from viewer.draw.glyphs import glyph
from viewer.draw.tokens import Tokens, mixed, with_alpha
from viewer.layers.primitives import HolderMark, IncidentMark, Look

RADIUS = 8.5
"""Of an incident's disc, in logical pixels."""
TAIL = 4.5
"""From the disc's edge down to the place it points at."""
SPOT = 2.4
"""Radius of the dot at the place of a disc that stands aside."""
SIDES = ("right", "left", "above", "below")
"""Where the number of a tally may stand beside its disc, the usual one first."""
TONGUE = 12.0
"""How far a number stands out above or below its disc."""
SQUARE = 4.4
"""Half the side of a holder's square."""
GLYPH_SCALE = 0.88
SLANT = 45
"""Degrees by which the line between the two sides of a battle leans; that of a dispute is upright."""
FAINT, GHOST = 0.5, 0.8
"""Opacity of discs that may not belong to the window, and of those that are only planned; their signs are whole."""


def disc_centre(pinned: bool) -> tuple[float, float]:
    """Where the disc stands relative to the marked position."""
    return (0.0, -(RADIUS + TAIL)) if pinned else (0.0, 0.0)


def incident_box(mark: IncidentMark, tokens: Tokens, side: str = SIDES[0]) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of a mark relative to its position, in logical pixels; side: one of SIDES."""
    half = disc_radius(mark.members)
    left, top, right, bottom = -half, -half, half, half
    if mark.members == 1 and mark.look.amount:
        tongue = tongue_box(number_width(mark.look.amount, tokens), side)
        left, right = min(left, tongue[0]), max(right, tongue[2])
        top, bottom = min(top, tongue[1]), max(bottom, tongue[3])
    if any(mark.aside):
        dx, dy = mark.aside
    else:
        dx, dy = 0.0, -(half + TAIL) if mark.pinned else 0.0
        bottom = max(bottom, -dy)
    return left + dx, top + dy, right + dx, bottom + dy


def tongue_box(width: float, side: str) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of what of a tally's tongue is not below its disc, around the middle of that.

    width: of the number; side: one of SIDES.
    """
    if side in ("above", "below"):
        box = -width / 2 - 2, -RADIUS - TONGUE, width / 2 + 2, -RADIUS
        return box if side == "above" else (box[0], RADIUS, box[2], RADIUS + TONGUE)
    half = RADIUS - 1.6
    return (RADIUS, -half, RADIUS + width + 2, half) if side == "right" else (-RADIUS - width - 2, -half, -RADIUS, half)


@cache
def disc_radius(members: int) -> float:
    """Of the disc of one incident, or of a stack: that grows slowly with the number, so that the number fits."""
    return RADIUS if members < 2 else min(17.0, RADIUS + 0.8 + 1.6 * math.log10(max(1, members)) * 1.6)


def paint_incident(
    painter: QPainter, mark: IncidentMark, tokens: Tokens, selected: bool = False, side: str = SIDES[0]
) -> None:
    """The mark of one incident or stack; the painter stands at its position. side: of its number, one of SIDES."""
    dx, dy = disc_centre(mark.pinned)
    radius = disc_radius(mark.members)
    painter.save()
    if any(mark.aside):
        dx, dy = mark.aside
        paint_leader(painter, mark, tokens)
    elif mark.pinned:
        dy = -(radius + TAIL)
    if selected:
        painter.setPen(QPen(tokens.colour("select"), 2.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(dx, dy), radius + 3.6, radius + 3.6)
    if mark.pinned and not any(mark.aside):
        _tail(painter, radius, tokens, mark.look.ghost and mark.members == 1)
    painter.translate(dx, dy)
    if mark.members > 1:
        _stack(painter, mark, radius, tokens)
    else:
        paint_disc(painter, mark.look, tokens, side)
    painter.restore()


def paint_leader(painter: QPainter, mark: IncidentMark, tokens: Tokens) -> None:
    """A line from the place (the origin) to a disc that stands aside, on a lighter one; a dot where it is a point."""
    dx, dy = mark.aside
    part = FAINT if mark.look.faint else 1.0
    for ink, width in ((tokens.colour("mark_edge", part), 3.0), (tokens.colour("mark_outline", part), 1.1)):
        pen = QPen(ink, width, c=Qt.PenCapStyle.RoundCap)
        if mark.look.ghost and width < 2:
            pen.setDashPattern([2.5, 2.5])
        painter.setPen(pen)
        painter.drawLine(QPointF(0, 0), QPointF(dx, dy))
    if mark.pinned:
        painter.setPen(QPen(tokens.colour("mark_edge"), 1.0))
        painter.setBrush(tokens.colour("mark_outline"))
        painter.drawEllipse(QPointF(0, 0), SPOT, SPOT)


def _tail(painter: QPainter, radius: float, tokens: Tokens, ghost: bool) -> None:
    path = QPainterPath(QPointF(0, 0))
    path.lineTo(-3.2, -TAIL - 1.6)
    path.lineTo(3.2, -TAIL - 1.6)
    path.closeSubpath()
    painter.setPen(QPen(tokens.colour("mark_edge"), 1.2))
    painter.setBrush(tokens.colour("ghost" if ghost else "mark_outline"))
    painter.drawPath(path)


def paint_disc(painter: QPainter, look: Look, tokens: Tokens, side: str = SIDES[0]) -> None:
    """An incident's disc around the origin: full, split, hollow, ghost or faint, with its amount at the side."""
    colours = [tokens.actor_colour(key) for key in look.actors[:2]] or [tokens.colour("unknown")]
    painter.setOpacity(FAINT if look.faint else GHOST if look.ghost else 1.0)
    if look.amount:
        _amount(painter, look.amount, colours[0], tokens, side)
    open_inside = look.hollow or look.ghost
    painter.setPen(QPen(tokens.colour("mark_edge"), 1.4))
    painter.setBrush(tokens.colour("card"))
    painter.drawEllipse(QPointF(0, 0), RADIUS, RADIUS)
    box = QRectF(-RADIUS, -RADIUS, 2 * RADIUS, 2 * RADIUS)
    turn = SLANT if look.fight else 0
    for index, colour in enumerate(colours):
        start = 90 + turn + index * 180 if len(colours) > 1 else 0
        span = 180 if len(colours) > 1 else 360
        if open_inside:
            pen = QPen(colour, 2.2 if look.hollow else 1.6, c=Qt.PenCapStyle.FlatCap)
            if look.ghost:
                pen.setDashPattern([1.8, 1.3])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inner = box.adjusted(1.4, 1.4, -1.4, -1.4)
            painter.drawArc(inner, start * 16, span * 16)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPie(box.adjusted(0.7, 0.7, -0.7, -0.7), start * 16, span * 16)
    painter.setOpacity(1.0)
    if open_inside:
        paint_glyph(painter, look.type, tokens.colour("ink", FAINT if look.faint else 1.0))
        return
    inks = [tokens.on(_faded(colour, tokens) if look.faint else colour) for colour in colours]
    if len(inks) > 1 and (look.fight or inks[0] == inks[1]):  # else the change of ink says where the halves meet
        painter.save()
        painter.rotate(-turn)
        painter.setPen(QPen(tokens.colour("mark_edge"), 1.0))
        painter.drawLine(QPointF(0, -RADIUS), QPointF(0, RADIUS))
        painter.restore()
        inks = inks if inks[0] != inks[1] else inks[:1]
    for index, ink in enumerate(inks):
        painter.save()
        if len(inks) > 1:
            half = box.adjusted(index * RADIUS, 0, (index - 1) * RADIUS, 0)
            painter.rotate(-turn)
            painter.setClipRect(half, Qt.ClipOperation.IntersectClip)
            painter.rotate(turn)
        paint_glyph(painter, look.type, ink)
        painter.restore()


def _faded(colour: QColor, tokens: Tokens) -> QColor:
    """What a faint disc looks like, on which its sign must still be read."""
    return mixed(colour, tokens.colour("card"), 1.0 - FAINT)


def paint_glyph(painter: QPainter, event_type: str, colour: QColor, width: float = 1.55) -> None:
    """A type's sign around the origin."""
    lines, filling = glyph(event_type)
    painter.save()
    painter.scale(GLYPH_SCALE, GLYPH_SCALE)
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if not lines.isEmpty():  # a path of nothing is no path in a PDF
        painter.drawPath(lines)
    painter.setBrush(colour)
    if width < 2:
        painter.setPen(Qt.PenStyle.NoPen)
    if not filling.isEmpty():
        painter.drawPath(filling)
    painter.restore()


def number_width(amount: str, tokens: Tokens) -> float:
    """The width of the number of a tally on its tongue, in logical pixels."""
    key = "number", amount
    if key not in tokens.memo:
        tokens.memo[key] = QFontMetricsF(tokens.font("count")).horizontalAdvance(amount) + 5
    width: float = tokens.memo[key]
    return width


def _amount(painter: QPainter, amount: str, colour: QColor, tokens: Tokens, side: str) -> None:
    """A tally's number on a tongue that comes out of the disc."""
    left, top, right, bottom = tongue_box(number_width(amount, tokens), side)
    seen = QRectF(left, top, right - left, bottom - top)
    far = RADIUS + 2  # so far it goes on below the disc
    inward = {"right": (-far, 0, 0, 0), "left": (0, 0, far, 0), "above": (0, 0, 0, far), "below": (0, -far, 0, 0)}
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(tokens.colour("card"))
    painter.drawRoundedRect(seen.adjusted(*inward[side]), 3, 3)
    painter.setPen(tokens.colour("ink"))
    painter.setFont(tokens.font("count"))
    painter.drawText(seen, Qt.AlignmentFlag.AlignCenter, amount)


def _stack(painter: QPainter, mark: IncidentMark, radius: float, tokens: Tokens) -> None:
    """A ring of the actors' shares around the number of members, with a second rim behind."""
    painter.setPen(QPen(tokens.colour("mark_outline", 0.55), 1.0))
    painter.setBrush(tokens.colour("card"))
    painter.drawEllipse(QPointF(2.2, -2.2), radius, radius)
    painter.setPen(QPen(tokens.colour("mark_edge"), 1.2))
    painter.drawEllipse(QPointF(0, 0), radius, radius)
    total, start = sum(number for _, number in mark.shares), 90.0
    inner = QRectF(-radius + 1.9, -radius + 1.9, 2 * radius - 3.8, 2 * radius - 3.8)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for actor, number in mark.shares:
        span = -360.0 * number / total
        painter.setPen(QPen(tokens.actor_colour(actor), 3.0, c=Qt.PenCapStyle.FlatCap))
        painter.drawArc(inner, round(start * 16), round(span * 16))
        start += span
    painter.setPen(tokens.colour("ink"))
    painter.setFont(tokens.font("count"))
    painter.drawText(QRectF(-radius, -radius, 2 * radius, 2 * radius), Qt.AlignmentFlag.AlignCenter, str(mark.members))


def paint_holder(painter: QPainter, mark: HolderMark, tokens: Tokens, selected: bool = False) -> None:
    """A town's square around the origin, split among its holders; a presence is an outline."""
    half = SQUARE
    box = QRectF(-half, -half, 2 * half, 2 * half)
    colours = [tokens.actor_colour(key) for key in mark.actors] or [tokens.colour("unknown")]
    if selected:
        painter.setPen(QPen(tokens.colour("select"), 2.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(-3, -3, 3, 3))
    if mark.besieged:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tokens.colour("mark_edge"), 3.2))
        painter.drawEllipse(QPointF(0, 0), half + 4.2, half + 4.2)
        painter.setPen(QPen(tokens.colour("ink"), 1.5))
        painter.drawEllipse(QPointF(0, 0), half + 4.2, half + 4.2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.colour("mark_edge"))
    painter.drawRect(box.adjusted(-1.2, -1.2, 1.2, 1.2))
    if mark.control in BESIDE:
        pen = QPen(colours[0], 1.6)
        if class_of(mark.control).look == "outline":
            pen.setDashPattern([1.4, 1.2])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.6, 0.6, -0.6, -0.6))
        return
    _split_square(painter, box, [with_alpha(c, mark.strength) for c in colours])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edge = QPen(tokens.colour("mark_outline", 0.35 + 0.5 * mark.strength), 0.9)
    if mark.possible and len(colours) == 1:
        edge.setDashPattern([2, 1.5])
    painter.setPen(edge)
    painter.drawRect(box)


def _split_square(painter: QPainter, box: QRectF, colours: list[QColor]) -> None:
    """Two holders share the square along its diagonal, more of them in upright strips."""
    if len(colours) == 2:
        for colour, corner in zip(colours, (box.topLeft(), box.bottomRight()), strict=True):
            path = QPainterPath(corner)
            path.lineTo(box.topRight())
            path.lineTo(box.bottomLeft())
            path.closeSubpath()
            painter.fillPath(path, colour)
        return
    width = box.width() / len(colours)
    for index, colour in enumerate(colours):
        painter.fillRect(QRectF(box.left() + index * width, box.top(), width, box.height()), colour)
