"""The legend: lines made from what was really drawn, and nothing else."""

from __future__ import annotations

from dataclasses import field, replace

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from viewer.domain.control import BESIDE, class_of
from viewer.domain.frozen import dataclass
from viewer.draw.arrows import paint_arrow
from viewer.draw.hatch import CALM, paint_change
from viewer.draw.patterns import SEVERAL, fill_brush, paint_siege
from viewer.draw.site_signs import paint_site
from viewer.draw.symbols import paint_disc, paint_glyph, paint_holder, paint_incident
from viewer.draw.tokens import PALE, Tokens, mixed
from viewer.layers.primitives import Entry, HolderMark, IncidentMark, Look
from viewer.session.state import Ref

CHIP = 9.0
"""Width of the part of an actor's sample that shows the colour of its marks."""
STEPS = ("calm", "cell", "change")
"""Kinds of lines that come in an order of their own."""
GROUPS = ("Change", "Actors", "Ground", "Control", "Incidents", "Signs", "Map")


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A line of the legend and how often it is on the map: `count` things in all, told apart in `detail`.

    left: how many are on the left map where two days share the view and `count` is of the right one; None with one map.
    """

    entry: Entry
    count: int
    detail: str = ""
    left: int | None = None

    @property
    def text(self) -> str:
        """What the line says."""
        return self.entry.text

    @property
    def group(self) -> str:
        """Under which heading it stands."""
        return self.entry.group

    @property
    def number(self) -> str:
        """How often it is on the map, or on the left and on the right one; '' where nothing is counted."""
        if not (self.count or self.left):
            return ""
        return f"{self.count:,}" if self.left is None else f"{self.left:,} | {self.count:,}"


@dataclass
class Tally:
    """Counts legend lines by the layer that drew them."""

    counts: dict[Entry, dict[str, int]] = field(default_factory=dict)

    def add(self, layer: str, entry: Entry, number: int = 1) -> None:
        """One thing (or several) with this line was drawn."""
        by = self.counts.setdefault(entry, {})
        by[layer] = by.get(layer, 0) + number

    def merge(self, other: Tally) -> None:
        """What was counted elsewhere."""
        for entry, by in other.counts.items():
            for layer, number in by.items():
                self.add(layer, entry, number)

    def entries(self) -> tuple[LegendEntry, ...]:
        """The legend: groups in their order, in a group what is on the map most often first."""
        made = [LegendEntry(entry, sum(by.values()), _detail(by)) for entry, by in self.counts.items()]
        return tuple(sorted(made, key=lambda e: (GROUPS.index(e.group), -e.count, _order(e.entry))))


def of_two_maps(left: tuple[LegendEntry, ...], right: tuple[LegendEntry, ...]) -> tuple[LegendEntry, ...]:
    """One legend of two maps: in each group the lines of the right one, then what only the left one has; steps of
    density in their order."""
    lefts, rights = ({line.entry: line for line in lines} for lines in (left, right))
    made = [
        _of_both(lefts.get(entry, LegendEntry(entry, 0)), rights.get(entry, LegendEntry(entry, 0)))
        for entry in dict.fromkeys((*rights, *lefts))
    ]
    return tuple(sorted(made, key=_place_of_two))


def _place_of_two(line: LegendEntry) -> tuple[int, str]:
    return GROUPS.index(line.group), line.entry.style if line.entry.kind in STEPS else ""


def _of_both(left: LegendEntry, right: LegendEntry) -> LegendEntry:
    detail = f"A {left.detail or f'{left.count:,}'}; B {right.detail or f'{right.count:,}'}"
    return replace(right, detail=detail, left=left.count)


def _order(entry: Entry) -> str:
    """Steps of density and changes come in their order, all else by its words."""
    return entry.style if entry.kind in STEPS else entry.text


WORDS = {"change": ("area", "areas"), "holders": ("town", "towns"), "incidents": ("incident", "incidents")}


def _detail(by: dict[str, int]) -> str:
    parts = [f"{number} {WORDS[layer][number != 1]}" for layer, number in by.items() if layer in WORDS]
    return ", ".join(parts)


def paint_swatch(painter: QPainter, rect: QRectF, entry: LegendEntry | Entry, tokens: Tokens) -> None:
    """The sample of a legend line, centred in a rectangle of about 26 by 16 logical pixels."""
    what = entry.entry if isinstance(entry, LegendEntry) else entry
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrushOrigin(rect.topLeft())
    _SWATCHES.get(what.kind, _line)(painter, rect, what, tokens)
    painter.restore()


def _actor(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    """An actor twice: the colour of its marks, and its ground in tone and pattern."""
    chip = rect.adjusted(0.5, 1.5, -0.5, -1.5)
    marks, ground = chip.adjusted(0, 0, CHIP - chip.width(), 0), chip.adjusted(CHIP, 0, 0, 0)
    painter.fillRect(chip, tokens.colour("paper"))
    painter.fillRect(marks, tokens.actor_colour(entry.actors[0]) if entry.actors else tokens.colour("unknown"))
    painter.fillRect(ground, fill_brush(tokens, entry.actors, "control", 1.0, _ratio(painter)))
    painter.setPen(QPen(tokens.colour("mark_outline", 0.6), 0.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(chip)


def _control(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    box = rect.adjusted(1, 1.5, -1, -1.5)
    look = class_of(entry.style).look
    painter.fillRect(box, tokens.colour("paper"))
    if look != "outline":
        actors = ("", "unsaid") if look in SEVERAL else ("",)
        painter.fillRect(box, fill_brush(_two_greys(tokens), actors, entry.style, 1.0, _ratio(painter)))
    if look == "siege":
        path = QPainterPath()
        path.addRect(box.adjusted(1.5, 1.5, -1.5, -1.5))
        paint_siege(painter.strokePath, path, tokens, 1.0)
        return
    pen = QPen(tokens.colour("ink", 0.7), 1.2)
    if look == "outline" or entry.text.endswith("schematic"):
        pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def _ground(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    """A patch of ground in its thin line; one that runs on is cut off square."""
    box = rect.adjusted(1, 1.5, -1, -1.5)
    grey = tokens.colour("unknown")
    shape = QPainterPath()
    if entry.style == "reach":
        shape.addRoundedRect(box, 6, 6)
    else:
        shape.addRect(box)
    painter.fillPath(shape, fill_brush(tokens, ("",), "control", 1.0, _ratio(painter)))
    painter.strokePath(shape, QPen(grey, 1.0))


def _holder(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    actors = ("", "unsaid") if entry.style == "contested" else ("",)
    control = entry.style if entry.style in BESIDE else "control"
    mark = HolderMark(0, 0, actors, control, 1.0, False, entry.style == "besieged", (), (), "")
    painter.translate(rect.center())
    paint_holder(painter, mark, _two_greys(tokens) if len(actors) > 1 else tokens)


def _two_greys(tokens: Tokens) -> Tokens:
    tokens.memo["actor", "unsaid"] = tokens.colour("ink")
    return tokens


def _type(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    painter.translate(rect.center())
    paint_glyph(painter, entry.style, tokens.colour("ink"), 1.6)


def _sign(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    painter.translate(rect.center())
    painter.scale(0.8, 0.8)
    if entry.style == "ring":
        _dashed_ring(painter, tokens)
    elif entry.style == "arrow":
        paint_arrow(painter, QPointF(-13, 4), QPointF(13, -2), tokens.colour("ink"), 1.8)
    elif entry.style == "aside":
        mark = IncidentMark(0, 0, True, Look("other", ()), (), (), (Ref("", ""),), (), (18, -6))
        painter.translate(-10, 4)
        paint_incident(painter, mark, tokens)
    elif entry.style == "stack":
        mark = IncidentMark(0, 0, False, Look("other", ()), (("", 1),), (), (Ref("", ""), Ref("", " "), Ref("", "  ")))
        paint_incident(painter, mark, tokens)
    else:
        actors = ("", "unsaid") if entry.style in ("split", "fight") else ()
        look = Look(
            "battle" if entry.style == "fight" else "attack", actors,
            entry.style == "hollow", entry.style == "ghost", entry.style == "faint",
            "9" if entry.style == "tally" else "", entry.style == "fight",
        )  # fmt: skip
        painter.translate(-6 if entry.style == "tally" else 0, 0)
        paint_disc(painter, look, _two_greys(tokens))


def _dashed_ring(painter: QPainter, tokens: Tokens) -> None:
    pen = QPen(tokens.colour("ink"), 1.4)
    pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.setBrush(tokens.colour("ink", 0.06))
    painter.drawEllipse(QPointF(0, 0), 9, 9)


def _crowd(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    """A disc or dot of a crowd, a little larger than on the map, so that its inside is seen."""
    ink, inside = tokens.colour("ink"), tokens.colour("unknown")
    if entry.style == "pile":
        painter.setPen(QPen(ink, 1.2))
        painter.setBrush(tokens.colour("card"))
        painter.drawRoundedRect(rect.adjusted(3, 1.5, -3, -1.5), 6, 6)
        return
    if entry.style in ("open", "pale"):
        inside = tokens.colour("card") if entry.style == "open" else mixed(inside, tokens.colour("card"), PALE)
    painter.setPen(Qt.PenStyle.NoPen if entry.style in ("dot", "pale") else QPen(ink, 1.4))
    painter.setBrush(inside)
    radius = 3.2 if entry.style in ("dot", "pale") else 4.2
    painter.drawEllipse(rect.center(), radius, radius)


def _calm(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    painter.fillRect(rect.adjusted(1, 1.5, -1, -1.5), tokens.colour("unknown", CALM))


def _change(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    """As the map draws it; an entry has who holds it now as its actors, and who lost it in its pattern."""
    shape = QPainterPath()
    shape.addRect(rect.adjusted(1, 1.5, -1, -1.5))
    control = entry.style.partition(" ")[2]
    paint_change(painter, shape, tuple(entry.pattern.split()), entry.actors, control, tokens, _ratio(painter))


def _cell(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    painter.fillRect(rect.adjusted(1, 1.5, -1, -1.5), tokens.colour(entry.style))


def _line(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    pen = QPen(tokens.colour(entry.style or "ink"), 1.6)
    if entry.style in ("province", "route", "border_open", "river4"):
        pen.setDashPattern([3.5, 2])
    painter.setPen(pen)
    y = rect.center().y()
    painter.drawLine(QLineF(rect.left() + 1, y, rect.right() - 1, y))


def _place(painter: QPainter, rect: QRectF, entry: Entry, tokens: Tokens) -> None:
    paint_site(painter, entry.style, rect.center().x(), rect.center().y(), tokens)


def _ratio(painter: QPainter) -> float:
    return float(painter.device().devicePixelRatioF())


_SWATCHES = {"actor": _actor, "control": _control, "ground": _ground, "holder": _holder, "type": _type,
             "sign": _sign, "line": _line, "crowd": _crowd, "cell": _cell, "place": _place,
             "calm": _calm, "change": _change}  # fmt: skip
