"""Paints what stands still while the cursor moves: strips, bars, bins and changes. Pixels, no widgets."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen

from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.draw.tokens import Tokens, with_alpha
from viewer.session.by_day import DayCounts
from viewer.session.selectors import LONG_SPAN_DAYS
from viewer.store.dataset import DataSet
from viewer.ui.timeline.frame import Band, Frame
from viewer.ui.timeline.histogram import Grouping, Histogram
from viewer.ui.timeline.spans import FADE_DAYS, FAINT_AFTER_DAYS, Bar, Segment

Heights = NDArray[np.float64]

FAINTEST = 0.4
TOTAL_ALPHA = 0.22
"""How faint the total behind the stacks is."""
CALM = 0.25
"""How much of the paper is in the colour of a group of types."""
HATCH = 8.0
"""Pixels from line to line of a hatch."""
LONG_ALPHA = 0.45
"""How faint the counts of long records are: words stand on them."""
CHANGE_WIDTH = 2.0
"""Pixels of the tick of a change of control."""
LEAST_BAR = 2.0
"""Pixels of a bin that holds anything at all."""


@dataclass(frozen=True, eq=False)
class Content:
    """Everything that is painted behind the cursor."""

    data: DataSet
    grouping: Grouping
    histogram: Histogram
    bars: tuple[Bar, ...]
    long: DayCounts | None
    """The long records by day where they are too many for bars."""
    strips: tuple[tuple[Segment, ...], ...]
    changes: tuple[tuple[Day, str, str], ...]
    selected: int | None = None
    """The row of the selected event."""


def paint(painter: QPainter, frame: Frame, content: Content, tokens: Tokens) -> None:
    """Paint the whole backdrop."""
    painter.setPen(Qt.PenStyle.NoPen)
    _bins(painter, frame, content, tokens)
    for segments, band in zip(content.strips, frame.rows.lanes, strict=False):
        _strip(painter, frame, band, segments, tokens)
    for bar in content.bars:
        _bar(painter, frame, bar, tokens.colour("text_muted", 0.75))
    if content.long is not None:
        _long(painter, frame, content.long, tokens)
    _changes(painter, frame, content, tokens)


def paint_selected(painter: QPainter, frame: Frame, content: Content, tokens: Tokens) -> None:
    """Paint over the backdrop what marks the selected event: its bar, or a bracket under its days."""
    painter.setPen(Qt.PenStyle.NoPen)
    bar = next((bar for bar in content.bars if bar.row == content.selected), None)
    if bar is None:
        _bracket(painter, frame, content, tokens)
    else:
        _bar(painter, frame, bar, tokens.colour("select"))


def group_colour(tokens: Tokens, kind: str, name: str) -> QColor:
    """The colour of a stack: an actor's own, or a token of the theme, calmed down with some of the paper."""
    if kind == "actor":
        return tokens.actor_colour(name)
    strong, paper = tokens.colour(name), tokens.colour("panel")
    parts = zip(strong.getRgbF(), paper.getRgbF(), strict=True)  # type: ignore[call-overload]
    return QColor.fromRgbF(*(a + (b - a) * CALM for a, b in parts))


def _bins(painter: QPainter, frame: Frame, content: Content, tokens: Tokens) -> None:
    """The faint total, and over it the stacks of what passes the filters."""
    histogram, band = content.histogram, frame.rows.bins
    painter.fillRect(QRectF(0, band.bottom, frame.width, 1), tokens.colour("edge"))
    lines = histogram.edges
    first = max(0, int(np.searchsorted(lines, frame.start, side="right")) - 1)
    last = min(len(lines) - 1, int(np.searchsorted(lines, frame.end, side="left")))
    if last <= first:
        return
    x = np.round((lines[first : last + 1] - frame.start) / frame.days_per_pixel)
    width = np.maximum(np.diff(x) - (np.diff(x) >= 3), 1.0)
    scale = (band.height - 3) / histogram.tallest
    total = _seen(histogram.everything[first:last] * scale)
    _columns(painter, x, width, band.bottom, np.zeros(last - first), total, tokens.colour("muted", TOTAL_ALPHA))
    base = np.zeros(last - first)
    for (kind, name), counts in zip(content.grouping.colours, histogram.stacks[:, first:last], strict=True):
        top = base + counts * scale
        high = np.where(base == 0, _seen(top), top)
        _columns(painter, x, width, band.bottom, base, high, group_colour(tokens, kind, name))
        base = top


def _seen(height: NDArray[np.floating[Any]]) -> Heights:
    """A bin that holds anything at all is high enough to be seen."""
    return np.where(height > 0, np.maximum(height, LEAST_BAR), 0.0)


def _columns(
    painter: QPainter, x: Heights, width: Heights, bottom: float, low: Heights, high: Heights, colour: QColor
) -> None:
    """Upright bars from `low` to `high` pixels above `bottom`; those without height are left out."""
    shown = np.flatnonzero(high > low)
    if not len(shown):
        return
    parts = zip(*(a[shown].tolist() for a in (x[: len(width)], bottom - high, width, high - low)), strict=True)
    painter.setBrush(colour)
    painter.drawRects([QRectF(*part) for part in parts])


def _long(painter: QPainter, frame: Frame, long: DayCounts, tokens: Tokens) -> None:
    """How many long records may be going on, on the day in the middle of each pixel, in the place of the bars."""
    top, bottom = frame.rows.bars[0].top, frame.rows.bars[-1].bottom
    x = np.arange(math.ceil(frame.width), dtype=np.float64)
    days = np.floor(frame.start + (x + 0.5) * frame.days_per_pixel).astype(np.int64)
    (counts,) = long.within_each(days, days)
    height = np.round(_seen(counts * ((bottom - top - 1) / max(1, int(counts.max(initial=0))))))
    begins = np.flatnonzero(np.diff(height, prepend=-1.0))  # pixels of one height are one column
    width = np.diff(begins, append=len(x)).astype(np.float64)
    colour = tokens.colour("text_muted", LONG_ALPHA)
    _columns(painter, x[begins], width, bottom, np.zeros(len(begins)), height[begins], colour)
    painter.setPen(tokens.colour("text"))
    painter.drawText(QRectF(4, top, frame.width, bottom - top), Qt.AlignmentFlag.AlignVCenter, long_words(long))
    painter.setPen(Qt.PenStyle.NoPen)


def long_words(long: DayCounts) -> str:
    """What stands in the place of the bars, in words."""
    return f"{int(long.begun[-1].sum()):,} records of more than {LONG_SPAN_DAYS} days"


def _strip(
    painter: QPainter, frame: Frame, band: Band, segments: Sequence[Segment], tokens: Tokens
) -> None:
    """Who held one place: colour by holder, hatched where shared or doubtful, blank where nobody knows."""
    top, height = band.top + 1, band.height - 3
    painter.fillRect(QRectF(0, top + height, frame.width, 1), tokens.colour("edge", 0.6))
    for segment in segments:
        left = max(frame.x(segment.first), -2.0)
        right = min(frame.width + 2.0, frame.x(segment.last + 1) if segment.last is not None else frame.width + 2.0)
        if right > left:
            colours = [tokens.actor_colour(key) for key in segment.actors]
            rect = QRectF(round(left), top, max(1.0, round(right) - round(left)), height)
            _segment(painter, frame, rect, segment, colours[:2], tokens)


def _segment(
    painter: QPainter, frame: Frame, rect: QRectF, segment: Segment, colours: list[QColor], tokens: Tokens
) -> None:
    brush = _ageing(frame, segment, colours[0])
    if segment.style == "solid":
        painter.fillRect(rect, brush)
    elif segment.style == "outlined":
        painter.setPen(QPen(colours[0], 1, Qt.PenStyle.DashLine))
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(Qt.PenStyle.NoPen)
    elif segment.style == "dotted":
        painter.fillRect(rect, QBrush(colours[0], Qt.BrushStyle.Dense6Pattern))
    else:
        painter.fillRect(rect, with_alpha(colours[0], 0.35))
        _hatch(painter, rect, colours[-1] if len(colours) > 1 else tokens.colour("panel"), HATCH / 2)
        _hatch(painter, rect, colours[0], 0)
    painter.fillRect(QRectF(rect.left(), rect.top(), 1, rect.height()), tokens.colour("panel", 0.8))


def _hatch(painter: QPainter, rect: QRectF, colour: QColor, shift: float) -> None:
    """Slanted lines, from the same origin everywhere so that they do not crawl."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, HATCH * 0.32))
    begin = rect.left() - rect.height() - (rect.left() - rect.height()) % HATCH + shift - HATCH
    for i in range(int((rect.width() + rect.height()) // HATCH) + 4):
        x = begin + HATCH * i
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()))
    painter.restore()


def _ageing(frame: Frame, segment: Segment, colour: QColor) -> QBrush:
    """Full colour until the last confirmation, then fainter with every month without one."""
    begin, end = frame.x(segment.as_of + 1), frame.x(segment.as_of + 1 + FAINT_AFTER_DAYS)
    gradient = QLinearGradient(QPointF(begin, 0), QPointF(end, 0))
    gradient.setColorAt(0.0, colour)
    gradient.setColorAt(1.0, with_alpha(colour, FAINTEST))
    return QBrush(gradient)


def _bar(painter: QPainter, frame: Frame, bar: Bar, colour: QColor) -> None:
    """A record of many days; its open ends fade out."""
    band = frame.rows.bars[bar.line]
    left, right = frame.x(bar.first), frame.x(bar.last + 1)
    if right < 0 or left > frame.width:
        return
    gradient = QLinearGradient(QPointF(left, 0), QPointF(right, 0))
    reach = min(0.9, FADE_DAYS / max(bar.last - bar.first, 1)) / (2 if bar.open_start and bar.open_end else 1)
    gradient.setColorAt(0.0, with_alpha(colour, 0.0) if bar.open_start else colour)
    gradient.setColorAt(reach if bar.open_start else 0.05, colour)
    gradient.setColorAt(1 - reach if bar.open_end else 0.95, colour)
    gradient.setColorAt(1.0, with_alpha(colour, 0.0) if bar.open_end else colour)
    open_ended = bar.open_start or bar.open_end
    rect = QRectF(left, band.top + 1, max(right - left, 2.0), band.height - 2)
    painter.fillRect(rect, QBrush(gradient) if open_ended else QBrush(colour))


def _changes(painter: QPainter, frame: Frame, content: Content, tokens: Tokens) -> None:
    """A tick per change of control in the colour of the new holder, of two holders if they share."""
    band = frame.rows.changes
    first, last = (bisect_left(content.changes, (day,)) for day in (frame.start - 2 * frame.days_per_pixel, frame.end))
    days, _, holders_then = zip(*content.changes[first:last], strict=True) if last > first else ((), (), ())
    places = np.round((np.array(days) - frame.start) / frame.days_per_pixel).tolist()
    latest = dict(zip(places, holders_then, strict=True))  # it hides the others of its pixel
    widths = np.minimum(np.diff(list(latest), append=math.inf), CHANGE_WIDTH).tolist()
    rects: dict[str, list[QRectF]] = {}
    for (x, holders), width in zip(latest.items(), widths, strict=True):
        keys = holders.split()[:2]
        height = (band.height - 2) / len(keys)
        for half, key in enumerate(keys):
            rects.setdefault(key, []).append(QRectF(x, band.top + 2 + half * height, width, height))
    for key, its in rects.items():
        painter.setBrush(tokens.actor_colour(key))
        painter.drawRects(its)


def _bracket(painter: QPainter, frame: Frame, content: Content, tokens: Tokens) -> None:
    days = content.data.events.days(content.selected) if content.selected is not None else None
    if days is None:
        return
    left, right = max(frame.x(days[0]), -10.0), min(frame.x(days[1] + 1), frame.width + 10.0)
    if right < left:
        return
    band = frame.rows.bins
    width = max(right - left, 3.0)
    painter.fillRect(QRectF(left + (right - left - width) / 2, band.bottom - 3, width, 4), tokens.colour("select"))
