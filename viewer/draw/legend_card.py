"""The legend of a page: as many of its lines as there is room for, and what was left out told."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.legend import LegendEntry, paint_swatch
from viewer.draw.tokens import Tokens

LEGEND_LINES = 14
"""So many lines a legend may have on a small page."""
LINE, HEAD = 18.0, 5.0
"""Height of a line, and what lies between two groups of them, in pixels."""
SWATCH, BESIDE = 24.0, 31.0
"""Width of a sample, and where the words begin."""
WIDEST = 310.0
FEWEST = {"Change": 6, "Actors": 5, "Ground": 1, "Control": 4, "Incidents": 3, "Signs": 2, "Map": 0}
"""How many lines each part of a full legend may keep before others get the rest."""


@dataclass(frozen=True, eq=False)
class LegendCard:
    """The lines that were chosen, how many more there are, and what they take: width and height in pixels."""

    lines: tuple[LegendEntry, ...]
    more: int
    width: float
    height: float

    def paint(self, painter: QPainter, left: float, top: float, tokens: Tokens) -> None:
        """Paint them below and right of a point."""
        y, group = top, self.lines[0].group if self.lines else ""
        for entry in self.lines:
            y += HEAD if entry.group != group else 0
            group = entry.group
            paint_swatch(painter, QRectF(left, y + 1, SWATCH, LINE - 2), entry, tokens)
            _paint_words(painter, legend_words(entry), left + BESIDE, y, self.width - BESIDE, "card", tokens)
            y += LINE
        if self.more:
            _paint_words(painter, f"+ {self.more} more", left + BESIDE, y, self.width - BESIDE, "small", tokens)


def legend_card(entries: tuple[LegendEntry, ...], lines: int, tokens: Tokens) -> LegendCard:
    """The legend in at most so many lines."""
    chosen, more = shortened(entries, lines)
    if not chosen:
        return LegendCard((), more, 0.0, 0.0)
    metrics = QFontMetricsF(tokens.font("card"))
    wide = max(metrics.horizontalAdvance(legend_words(entry)) for entry in chosen) + BESIDE + 5
    heads = len({entry.group for entry in chosen}) - 1
    return LegendCard(chosen, more, min(WIDEST, wide), len(chosen) * LINE + heads * HEAD + (LINE if more else 0) - 3)


def _paint_words(painter: QPainter, text: str, x: float, y: float, width: float, style: str, tokens: Tokens) -> None:
    font = tokens.font(style)
    painter.setFont(font)
    painter.setPen(tokens.colour(tokens.text(style).colour))
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
    painter.drawText(QRectF(x, y, width + 2, LINE), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def legend_words(entry: LegendEntry) -> str:
    """A legend line: the actor with its code, or the sign, and how many there are."""
    code = f" ({entry.entry.style})" if entry.group == "Actors" and entry.entry.style else ""
    number = f"  {entry.number}" if entry.number and entry.group in ("Actors", "Incidents", "Control") else ""
    return f"{entry.text}{code}{number}"


def shortened(entries: tuple[LegendEntry, ...], lines: int) -> tuple[tuple[LegendEntry, ...], int]:
    """At most `lines` entries, the frequent ones of every group, and how many were left out."""
    if len(entries) <= lines:
        return entries, 0
    kept = [entry for entry in entries if entry.entry.kind == "cell"]  # a scale without its end says nothing
    for group, fewest in FEWEST.items():
        kept.extend([entry for entry in entries if entry.group == group and entry not in kept][:fewest])
    rest = [entry for entry in entries if entry not in kept]
    kept = (kept + rest)[: max(0, lines)]
    chosen = tuple(entry for entry in entries if entry in kept)
    return chosen, len(entries) - len(chosen)
