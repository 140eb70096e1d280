"""Handout: a PDF with a page for each scene, its caption and if asked its notes below, and the sources at the end."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QPainter, QPdfWriter, QPen

from viewer.domain.frozen import dataclass
from viewer.draw.output.flow import Flow, Paragraph
from viewer.draw.output.order import Order, Progress, Written
from viewer.draw.output.pictures import POINTS, pdf_writer, writing
from viewer.draw.output.sources import Bibliography, ranges
from viewer.draw.page import Page, paint_page
from viewer.draw.tokens import Tokens
from viewer.session.state import Scene
from viewer.session.whole_file import whole_file

PAPER = (1122.5, 793.7)
"""A4 in logical pixels: across, with notes upright."""
MARGIN = 46.0
HEAD, FOOT = 30.0, 26.0
SIZES = {"title": 18, "text": 12, "small": 11}
THEME = "print"


def write_handout(order: Order, progress: Progress) -> Written:
    """The file; its pages are the scenes, those that long words go on to, and the sources."""
    with whole_file(order.path, order.picture.data.path) as part, writing(part) as file:
        wide, high = PAPER[::-1] if order.notes else PAPER
        writer = pdf_writer(file, QSizeF(wide * POINTS, high * POINTS), order.title)
        painter = QPainter(writer)
        try:
            handout = _Handout(order, writer, painter, QRectF(0, 0, wide, high))
            for number, scene in enumerate(order.scenes, start=1):
                progress((number - 1) / len(order.scenes))
                handout.add(scene, number)
                file.drain()
            handout.add_sources()
        finally:
            painter.end()
    progress(1.0)
    return Written(order.path, handout.pages)


@dataclass(eq=False)
class _Handout:
    """The pages so far."""

    order: Order
    writer: QPdfWriter
    painter: QPainter
    paper: QRectF
    pages: int = 0

    def __post_init__(self) -> None:
        self.cited = Bibliography(self.order.picture.data)

    @property
    def tokens(self) -> Tokens:
        """Words beside a map are black on white, whatever its theme."""
        return self.order.picture.tokens(THEME)

    @property
    def room(self) -> QRectF:
        """Where words and pictures may stand."""
        return self.paper.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN - FOOT)

    def add(self, scene: Scene, number: int) -> None:
        """The page of a scene, and those that its words go on to."""
        self._begin("", plain=False)
        room, on_map = self.room, scene.kind == "map"
        top = room.top()
        if on_map and scene.title:
            title = Flow([self._paragraph(scene.title, "title")], room.width())
            top = title.pour(self.painter, QRectF(room.left(), top, room.width(), HEAD)) + 8
        wide, high = self.order.size
        scale = min(room.width() / wide, (room.bottom() - top) / high)
        used = self._picture(scene, QRectF(room.left() + (room.width() - wide * scale) / 2, top, wide, high), scale)
        numbers = self.cited.add(used.drawn, scene.view.layers, number)
        self._foot(scene, f"Sources: {ranges(numbers)}" if numbers else "")
        self._words(scene, on_map, top + high * scale + 10)

    def _picture(self, scene: Scene, place: QRectF, scale: float) -> Page:
        """The page itself; words that stand below it do not stand on the map too."""
        bare = replace(scene, title="", caption="") if scene.kind == "map" else scene
        painter = self.painter
        painter.save()
        painter.translate(place.topLeft())
        painter.scale(scale, scale)
        painter.setClipRect(QRectF(0, 0, place.width(), place.height()))
        try:
            return paint_page(painter, self.order.picture, bare, *self.order.size)
        finally:
            painter.restore()

    def _words(self, scene: Scene, on_map: bool, top: float) -> None:
        paragraphs = [self._paragraph(scene.caption, "text")] if on_map and scene.caption else []
        if self.order.notes and scene.notes:
            paragraphs += [self._paragraph("Notes", "small", 14), self._paragraph(scene.notes, "text")]
        self._pour(Flow(paragraphs, self.room.width()), top, scene)

    def _pour(self, flow: Flow, top: float, scene: Scene | None) -> None:
        """Let words flow from a height on, over as many pages as they need."""
        least = SIZES["text"] * 1.6
        while flow:
            if top + least > self.room.bottom():
                self._begin(scene.marking if scene is not None else "")
                self._foot(scene, "")
                top = self.room.top()
            room = self.room
            room.setTop(top)
            flow.pour(self.painter, room)
            top = room.bottom()

    def add_sources(self) -> None:
        """Whose data and whose map these are, and the numbered list of what the scenes rest on."""
        self._begin("")
        self._foot(None, "")
        data, states = self.order.picture.data, [scene.view for scene in self.order.scenes]
        meta = data.meta
        as_of = f"As of {meta.as_of}" if meta.as_of else ""
        told = [meta.title, as_of, meta.attribution, meta.licence, meta.note]
        credits = dict.fromkeys(credit for state in states for credit in self.order.picture.credits(state))
        paragraphs = [self._paragraph("Sources", "title")]
        paragraphs += [self._paragraph(text, "text") for text in (*told, *credits) if text]
        if lines := self.cited.lines():
            paragraphs.append(self._paragraph("What is shown rests on", "text", 14))
            paragraphs += [self._paragraph(line, "small", 3) for line in lines]
        self._pour(Flow(paragraphs, self.room.width()), self.room.top(), None)

    def _begin(self, marking: str, plain: bool = True) -> None:
        """A new page; one with a map bears its marking there."""
        if self.pages:
            self.writer.newPage()
        self.pages += 1
        marking = marking or self.order.picture.data.meta.marking
        if marking and plain:
            self._line(marking, QRectF(MARGIN, MARGIN - 26, self.paper.width() - 2 * MARGIN, 20), "c")

    def _foot(self, scene: Scene | None, said: str) -> None:
        room = self.room
        place = QRectF(room.left(), self.paper.bottom() - MARGIN - 12, room.width(), 20)
        self.painter.setPen(QPen(self.tokens.colour("card_edge"), 0.8))
        self.painter.drawLine(place.topLeft(), place.topRight())
        self._line(said, place, "l")
        self._line(self.order.title, place, "c")
        self._line(str(self.pages), place, "r")

    def _line(self, text: str, place: QRectF, side: str) -> None:
        across = {"l": Qt.AlignmentFlag.AlignLeft, "c": Qt.AlignmentFlag.AlignHCenter, "r": Qt.AlignmentFlag.AlignRight}
        self.painter.setFont(self._font("small"))
        self.painter.setPen(self.tokens.colour("muted"))
        self.painter.drawText(place, across[side] | Qt.AlignmentFlag.AlignVCenter, text)

    def _paragraph(self, text: str, style: str, gap: float = 6.0) -> Paragraph:
        colour = "muted" if style == "small" and text == "Notes" else "ink"
        return Paragraph(text, self._font(style), self.tokens.colour(colour), gap)

    def _font(self, style: str) -> QFont:
        font = QFont(self.tokens.font("card"))
        font.setPixelSize(SIZES[style])
        font.setBold(style == "title")
        return font
