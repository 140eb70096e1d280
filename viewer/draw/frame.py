"""The finished page: the map with date, counters, legend, scale and sources, as it is printed and shown.

The window paints the same cards over its map; every one is a small function that returns the space it took.
"""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPen

from viewer.domain.dates import Day, date_of, day_words
from viewer.domain.frozen import dataclass
from viewer.draw.drawn import Drawn
from viewer.draw.labels import Placed
from viewer.draw.legend import LegendEntry
from viewer.draw.legend_card import LEGEND_LINES, LINE, LegendCard, legend_card
from viewer.draw.paint_measure import paint_overlay
from viewer.draw.picture import MapPicture
from viewer.draw.set_text import ELLIPSIS, Block, set_text, whole_text
from viewer.draw.swipe import paint_handle
from viewer.draw.tokens import Tokens
from viewer.geo.basemap import Basemap
from viewer.geo.projection import metres_per_unit_east, point_to_degrees
from viewer.session.camera import under
from viewer.session.describe import length_words
from viewer.session.filter_words import filter_parts, sentence_of
from viewer.session.learned import clock_words
from viewer.session.measuring import METRES
from viewer.session.selectors import Counters, counters
from viewer.session.sides import sides
from viewer.session.state import Camera, State, Time
from viewer.session.window import window_words
from viewer.store.dataset import DataSet

MARGIN, PAD = 14.0, 10.0
ASIDE = 320.0
"""What a legend takes of the width of a page."""
LEAST_WIDTH = 480
"""A narrower page has no legend."""
FURNITURE = 3
"""So many cards every page has: sources, date and scale."""
GAP = 8.0
PIXELS_A_LINE = 54
"""On a high page a legend may have a line for so many of its pixels."""
STRIP, FURTHER_LINE = 20.0, 12.0
"""Height of one line of sources, and of each that it takes more."""
CREDITS = (10, 9)
"""Sizes of their letters in pixels; there are further lines where one of the last is too long."""
NAMED = {"town1": 6.0, "town2": 1.0, "country": 0.5}
"""How much a name weighs that a legend would cover, against a mark."""
BAR_ROW, BAR_FOOT = 28.0, 22.0
"""Pixels from scale bar to scale bar, and below the lowest one."""
ROUND = (1, 2, 5)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def render_frame(
    data: DataSet, state: State, basemap: Basemap, width: int, height: int, scale: float = 1.0,
    picture: MapPicture | None = None,
) -> QImage:
    """The picture of a state: width and height in logical pixels, `scale` device pixels in each of them.

    A `picture` of the same data that was used before saves work.
    """
    image = QImage(max(1, round(width * scale)), max(1, round(height * scale)), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    try:
        paint_frame(painter, picture or MapPicture(data, basemap), state, width, height)
    finally:
        painter.end()
    return image


def paint_frame(painter: QPainter, picture: MapPicture, state: State, width: int, height: int) -> Drawn:
    """The map and all its cards on any paint device; small pictures get fewer of them.

    Each pixel follows from the state, whatever the picture painted before: it is for somebody.
    """
    scratch = QImage(max(1, width), max(1, height), QImage.Format.Format_RGB32)
    trial = QPainter(scratch)
    try:
        drawn = paint_maps(trial, picture, state, width, height, anew=True)
        cards = paint_furniture(trial, picture, state, width, height, drawn)
    finally:
        trial.end()
    drawn = paint_maps(painter, picture, state, width, height, cards, anew=True)
    paint_overlay(painter, drawn.screen, state, picture.tokens(state.theme), clear=cards)
    corner = corner_of(cards[FURNITURE], width, height) if len(cards) > FURNITURE else ""
    paint_furniture(painter, picture, state, width, height, drawn, corner)
    return drawn


def paint_maps(
    painter: QPainter, picture: MapPicture, state: State, width: int, height: int, clear: tuple[QRectF, ...] = (),
    anew: bool = False,
) -> Drawn:  # fmt: skip
    """The map, or those of two days with the handle between them; clear and anew as for `MapPicture.image`."""
    both = sides(state)
    if both is None or state.swipe is None:
        return picture.paint(painter, state, width, height, clear, anew)
    first, second = both
    drawn = picture.paint(painter, second, width, height, clear, anew)
    painter.save()
    painter.setClipRect(QRectF(0, 0, state.swipe * width, height))
    beside = picture.paint(painter, first, width, height, clear, anew)
    painter.restore()
    days = day_words(first.time.cursor), day_words(second.time.cursor)
    paint_handle(painter, state.swipe * width, height, days, picture.tokens(state.theme))
    return replace(drawn, beside=beside)


def paint_furniture(
    painter: QPainter, picture: MapPicture, state: State, width: int, height: int, drawn: Drawn, corner: str = "",
) -> tuple[QRectF, ...]:  # fmt: skip
    """All cards of a page; the rectangles they took, the legend's last where it has one.

    corner: in which one the legend stands; '' for where it covers least.
    """
    data, tokens = picture.data, picture.tokens(state.theme)
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    credits = picture.credits(state, (width, height))
    foot, scale = foot_cards(state, width, height, tokens, data, credits)
    head = paint_date_card(painter, width, foot.top(), tokens, data, state, drawn)
    paint_sources(painter, width, height, tokens, data, credits)  # over the card of a picture too low for both
    if scale.intersects(head):
        scale = QRectF()  # so small a page has no room for it
    else:
        paint_scale_bar(painter, width, height, foot.top(), tokens, state)
    cards = [foot, head, scale]
    if width >= LEAST_WIDTH:
        rooms = {name: room for name, room in _rooms(width, foot, head, scale).items() if not corner or name == corner}
        placed = [_legend_in(room, name, height, tokens, drawn.legend) for name, room in rooms.items()]
        names = picture.written(state, width, height).names if len(placed) > 1 else ()
        legend, box = min(placed, key=lambda one: _weight(one[1], names, drawn))
        if legend.lines:
            paint_card(painter, box, tokens)
            legend.paint(painter, box.left() + PAD, box.top() + PAD, tokens)
            cards.append(box)
    painter.restore()
    return tuple(cards)


def _rooms(width: int, foot: QRectF, head: QRectF, scale: QRectF) -> dict[str, QRectF]:
    """Where a legend may stand, by the corner, the usual one first: half the page, without what is taken of it."""
    half = width / 2
    right = head.bottom() + GAP if head.right() + GAP > half else MARGIN
    low = (foot if scale.isNull() else scale).top() - GAP
    return {
        "sw": QRectF(QPointF(MARGIN, head.bottom() + GAP), QPointF(half, foot.top() - GAP)),
        "ne": QRectF(QPointF(half, right), QPointF(width - MARGIN, low)),
        "se": QRectF(QPointF(half, right), QPointF(width - MARGIN, low)),
    }


def _legend_in(
    room: QRectF, corner: str, height: int, tokens: Tokens, entries: tuple[LegendEntry, ...]
) -> tuple[LegendCard, QRectF]:
    """As much of a legend as a room has place for, and where; empty where that is nothing."""
    highest = min(room.height(), height * 0.55, (2 * room.width() / 85 + 3) * LINE)
    most = max(LEGEND_LINES, height // PIXELS_A_LINE)
    legend = legend_card(entries, min(most, int((highest - 2 * PAD) / LINE) - 3), tokens)
    wide, high = (legend.width + 2 * PAD, legend.height + 2 * PAD) if legend.lines else (0.0, 0.0)
    left = room.left() if "w" in corner else room.right() - wide
    return legend, QRectF(left, room.top() if "n" in corner else room.bottom() - high, wide, high)


def corner_of(box: QRectF, width: int, height: int) -> str:
    """The corner of a page of that size in which a box stands."""
    return ("n" if box.center().y() < height / 2 else "s") + ("w" if box.center().x() < width / 2 else "e")


def _weight(box: QRectF, names: tuple[Placed, ...], drawn: Drawn) -> float:
    """How much of what a page is looked at for lies under a box: marks of the data, and great names."""
    if box.isEmpty():
        return math.inf
    marks = (target.box for target in drawn.targets)
    covered = sum(box.contains((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in marks)
    boxes = ((NAMED.get(name.style, 0.0), QRectF(*name.box(drawn.screen)[:2], *name.extent)) for name in names)
    return covered + sum(weight for weight, name in boxes if weight and box.intersects(name))


def date_words(time: Time, compare: Day | None = None) -> str:
    """The date as it stands on the map: with its weekday in day mode, and both where two days are compared."""
    if compare is not None:
        return f"{day_words(compare)} \u2192 {day_words(time.cursor)}"
    text = window_words(time)
    return f"{WEEKDAYS[date_of(time.cursor).weekday()]} {text}" if time.mode == "day" else text


def counter_words(count: Counters, left_out: int = 0) -> str:
    """What is in view, and what the map cannot show; left_out: what it does not where so many are in view."""
    parts = [f"{count.in_view:,} record{'s' if count.in_view != 1 else ''}"]
    if count.spoken:
        parts.append(f"{count.spoken:,} statements")
    parts += [f"{count.unplaced:,} unplaced", f"{count.undated:,} undated"]
    if left_out:
        parts.append(f"{left_out:,} not drawn")
    if count.problems:
        parts.append(f"{count.problems:,} problem{'s' if count.problems != 1 else ''}")
    return " \u00b7 ".join(parts)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text on a card."""

    text: str
    style: str
    height: float


def paint_date_card(
    painter: QPainter, width: float, bottom: float, tokens: Tokens, data: DataSet, state: State, drawn: Drawn
) -> QRectF:
    """Title and marking, the large date, the counters, what of the records counts; the rectangle it took.

    width: of the page; bottom: where its sources begin. A low page has the card as wide as it may be.
    """
    room, widest = bottom - GAP - MARGIN, min(width * 0.62, 520.0)
    rows = date_rows(data, state, drawn, widest, tokens)
    if _height(rows) > room:
        widest = width - 2 * MARGIN
        rows = in_height(date_rows(data, state, drawn, widest, tokens), room)
    return paint_rows(painter, MARGIN, MARGIN, widest, rows, tokens)


def date_rows(data: DataSet, state: State, drawn: Drawn, widest: float, tokens: Tokens) -> list[Row]:
    """The rows of the date's card: title, date, counters, and what is told of the records that count and are drawn."""
    title = data.meta.title + (f" \u2013 {data.meta.marking}" if data.meta.marking else "")
    count = counters(data, state)
    counted = replace(count, problems=count.problems + len(drawn.problems))
    rows = [
        Row(title, "small", 15),
        Row(date_words(state.time, state.compare), "date", 31),
        Row(counter_words(counted, len(drawn.undrawn)), "card", 17),
    ]
    if state.compare is not None:
        rows.append(Row(f"Records of {window_words(state.time)}", "small", 15))
    for text, style in filter_rows(data, state):
        rows += in_lines(Row(text, style, 15), widest - 2 * PAD, tokens)
    if drawn.broken:
        rows.append(Row("not drawn: " + ", ".join(drawn.broken), "small", 15))
    return rows


def in_height(rows: list[Row], height: float) -> list[Row]:
    """As many rows of the date's card as a height has place for, the date always.

    Title and counters give way before anything does that tells which records count; three dots say where that ends.
    """
    _, date, counts, *told = rows
    for made in (rows, [date, counts, *told], [date, *told]):
        if _height(made) <= height:
            return made
    while told and _height([date, *told]) > height:
        told.pop()
    *others, last = [date, *told]
    return [*others, replace(last, text=f"{last.text} {ELLIPSIS}")]


def _height(rows: list[Row]) -> float:
    """How high a card with these rows is."""
    return sum(row.height for row in rows) + 2 * PAD - 4


def filter_rows(data: DataSet, state: State) -> list[tuple[str, str]]:
    """What of the records counts, and what the second clock hides, each with its style; [] where all count."""
    rows = [(sentence_of(data, state.filters), "small")] if filter_parts(data, state.filters) else []
    if clock := clock_words(data, state):
        rows.append((clock, "clock"))
    return rows


def in_lines(row: Row, width: float, tokens: Tokens) -> list[Row]:
    """A row as so many as its words take: whoever is shown a part of the records must read which."""
    block = set_text(row.text, (tokens.font(row.style), tokens.font(row.style, arabic=True)), width)
    return [replace(row, text=line) for line in block.texts]


def paint_rows(
    painter: QPainter, left: float, top: float, widest: float, rows: list[Row], tokens: Tokens
) -> QRectF:
    """A card with lines of text; what is too long for it is set smaller, then shortened with an ellipsis."""
    inner = widest - 2 * PAD
    fonts = [_fitting(row, inner, tokens) for row in rows]
    width = max(QFontMetricsF(font).horizontalAdvance(row.text) for row, font in zip(rows, fonts, strict=True))
    card = QRectF(left, top, min(widest, width + 2 * PAD + 2), _height(rows))
    paint_card(painter, card, tokens)
    y = top + PAD - 2
    for row, font in zip(rows, fonts, strict=True):
        painter.setFont(font)
        painter.setPen(tokens.colour(tokens.text(row.style).colour))
        text = QFontMetricsF(font).elidedText(row.text, Qt.TextElideMode.ElideRight, inner + 1)
        line = QRectF(left + PAD, y, inner + 2, row.height)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        y += row.height
    return card


def _fitting(row: Row, width: float, tokens: Tokens) -> QFont:
    """The row's font, made smaller down to two thirds when the text is too long."""
    font = tokens.font(row.style)
    wanted = QFontMetricsF(font).horizontalAdvance(row.text)
    if wanted > width > 0:
        font.setPixelSize(max(round(font.pixelSize() * 0.66), int(font.pixelSize() * width / wanted)))
    return font


def paint_card(painter: QPainter, rect: QRectF, tokens: Tokens) -> None:
    """The paper slip under text."""
    painter.setPen(QPen(tokens.colour("card_edge"), 1.0))
    painter.setBrush(tokens.colour("card", 0.96))
    painter.drawRoundedRect(rect, 4, 4)


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """Bars of round lengths in one unit after the other: unit, number of it, and the bar's length in pixels."""

    bars: tuple[tuple[str, float, float], ...]

    @property
    def pixels(self) -> float:
        """The length of the longest."""
        return max(pixels for _, _, pixels in self.bars)


def scale_bar(camera: Camera, width: float, height: float, y: float, units: str) -> ScaleBar:
    """Bars that are true where they lie: in kilometres, and below it in miles if these are asked for.

    y: pixels from the top of a view of that size down to the lowest bar. A bar lies along a parallel, so it is measured
    by the ground metres from west to east at its latitude.
    """
    bars, wanted = [], tuple(dict.fromkeys(("km", units)))
    for above, unit in enumerate(reversed(wanted)):
        _, north = under(camera, width / 2, y - above * BAR_ROW, width, height)
        ground = camera.scale * metres_per_unit_east(point_to_degrees(camera.x, north)[1])
        longest = min(170.0, width * 0.25) * ground / METRES[unit]
        number = round_length(longest * 1000) / 1000  # down to thousandths of a unit
        bars.append((unit, number, number * METRES[unit] / ground))
    return ScaleBar(tuple(reversed(bars)))


def foot_cards(
    state: State, width: float, height: float, tokens: Tokens, data: DataSet, credits: tuple[str, ...]
) -> tuple[QRectF, QRectF]:
    """What the sources and the scale bar take at the foot of a view of that size."""
    key = width, sources_words(data, credits)
    known = tokens.memo.get("sources")
    if known is None or known[0] != key:
        known = tokens.memo["sources"] = key, _strip_height(sources_block(width, tokens, data, credits))
    high = known[1]
    strip = QRectF(0, height - high, width, high)
    return strip, _scale_card(width, height, strip.top(), state)[1]


def _scale_card(width: float, height: float, bottom: float, state: State) -> tuple[ScaleBar, QRectF]:
    found = scale_bar(state.camera, width, height, bottom - BAR_FOOT, state.units)
    wide, tall = found.pixels + 2 * PAD + 8, BAR_ROW * len(found.bars) + 8
    return found, QRectF(width - MARGIN - wide, bottom - tall - 12, wide, tall)


def paint_scale_bar(
    painter: QPainter, width: float, height: float, bottom: float, tokens: Tokens, state: State
) -> QRectF:
    """The scale at the right of a view of that size, above `bottom`; the rectangle it took."""
    found, card = _scale_card(width, height, bottom, state)
    paint_card(painter, card, tokens)
    for above, (unit, number, pixels) in enumerate(reversed(found.bars)):
        words = length_words(number * 1000) if unit == "km" else f"{number:,g} {unit}"
        _paint_bar(painter, card.left() + PAD + 4, bottom - BAR_FOOT - above * BAR_ROW, pixels, words, tokens)
    return card


def _paint_bar(painter: QPainter, left: float, y: float, pixels: float, words: str, tokens: Tokens) -> None:
    half = pixels / 2
    painter.setPen(QPen(tokens.colour("ink"), 1.0))
    painter.setBrush(tokens.colour("ink"))
    painter.drawRect(QRectF(left, y - 2, half, 4))
    painter.setBrush(tokens.colour("card"))
    painter.drawRect(QRectF(left + half, y - 2, half, 4))
    painter.setFont(tokens.font("small"))
    painter.setPen(tokens.colour("ink"))
    painter.drawText(QRectF(left - PAD, y - 23, pixels + 2 * PAD, 16), Qt.AlignmentFlag.AlignCenter, words)


def round_length(longest: float) -> float:
    """The largest 1, 2 or 5 times a power of ten metres that is no longer."""
    power = 1.0
    while power * 10 <= longest:
        power *= 10
    return max(step * power for step in ROUND if step * power <= max(longest, power))


def sources_words(data: DataSet, credits: tuple[str, ...]) -> str:
    """As-of day, whose data these are, and whose map."""
    parts = [f"As of {data.meta.as_of}" if data.meta.as_of else "", data.meta.attribution, *credits]
    return " \u00b7 ".join(part for part in parts if part)


def sources_block(width: float, tokens: Tokens, data: DataSet, credits: tuple[str, ...]) -> Block:
    """The sources for a view of that width: in one line, or in as many as all of them take, as none is cut."""
    return whole_text(sources_words(data, credits), tokens, "small", CREDITS, max(width - 2 * MARGIN, MARGIN))


def _strip_height(block: Block) -> float:
    return STRIP + (block.lines - 1) * FURTHER_LINE


def paint_sources(
    painter: QPainter, width: float, height: float, tokens: Tokens, data: DataSet, credits: tuple[str, ...]
) -> QRectF:
    """A strip at the foot: as-of day, whose data these are, and whose map."""
    block = sources_block(width, tokens, data, credits)
    high = _strip_height(block)
    strip = QRectF(0, height - high, width, high)
    painter.fillRect(strip, tokens.colour("card", 0.93))
    painter.setPen(QPen(tokens.colour("card_edge"), 1.0))
    painter.drawLine(QLineF(QPointF(0, strip.top()), QPointF(width, strip.top())))
    block.paint(painter, MARGIN, strip.center().y() - block.height / 2, tokens.colour("muted"))
    return strip
