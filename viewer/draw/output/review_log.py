"""The review log as a PDF: a table that goes on from page to page, all of it text that can be selected."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLineF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QPainter, QPdfWriter, QPen

from viewer.domain.frozen import dataclass
from viewer.draw.output.flow import Flow, Paragraph
from viewer.draw.output.pictures import POINTS, pdf_writer, writing
from viewer.draw.tokens import tokens_for
from viewer.formats.exported import ExportError
from viewer.session.review_log import LogLine, Progress, ReviewLog, check_suffix, write_csv
from viewer.session.whole_file import whole_file

PAPER = (1122.5, 793.7)
"""A4 across in logical pixels."""
MARGIN, FOOT, GAP, PAD = 46.0, 26.0, 10.0, 4.0
SIZES = {"title": 18, "head": 11, "text": 11, "small": 11}
THEME = "print"
COLUMNS = (("When (UTC)", 0.13), ("Who", 0.07), ("Record", 0.34), ("What", 0.19), ("Why", 0.27))
"""Their heads, and the shares of the width that they have."""
DRAINED = 50
"""Lines after which what was written goes to the file."""


def write_log(log: ReviewLog, path: Path, store: Path | None, progress: Progress = lambda _: None) -> None:
    """Write a log by the suffix of its name, whole or not at all; ExportError says in one sentence why not."""
    if check_suffix(path) == ".csv":
        write_csv(log, path, store, progress)
    else:
        _write_pdf(log, path, store, progress)


def obstacle_to_log(log: ReviewLog, path: Path, store: Path | None, progress: Progress) -> str:
    """The same; what prevents it in one sentence, '' when it is written."""
    try:
        write_log(log, path, store, progress)
    except ExportError as error:
        return str(error)
    return ""


def _write_pdf(log: ReviewLog, path: Path, store: Path | None, progress: Progress) -> None:
    with whole_file(path, store) as part, writing(part) as file:
        writer = pdf_writer(file, QSizeF(PAPER[0] * POINTS, PAPER[1] * POINTS), log.head)
        painter = QPainter(writer)
        if not painter.isActive():
            raise OSError("nothing can be painted there")
        try:
            pages = _Pages(log, writer, painter)
            pages.begin()
            pages.add_head()
            for number, line in enumerate(log.lines):
                pages.add(line)
                if number % DRAINED == 0:
                    progress(number / len(log.lines))
                    file.drain()
        finally:
            painter.end()


@dataclass(eq=False)
class _Pages:
    """The pages so far; y: where the next line begins."""

    log: ReviewLog
    writer: QPdfWriter
    painter: QPainter
    number: int = 0
    y: float = MARGIN

    def __post_init__(self) -> None:
        self.tokens = tokens_for(THEME)
        self.room = QRectF(0, 0, *PAPER).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN - FOOT)

    def begin(self) -> None:
        """A new page with its marking and foot."""
        if self.number:
            self.writer.newPage()
        self.number += 1
        self.y = self.room.top()
        foot = QRectF(self.room.left(), PAPER[1] - MARGIN - 12, self.room.width(), 20)
        self._rule(foot.top())
        self._line(self.log.head, foot, Qt.AlignmentFlag.AlignLeft)
        self._line(str(self.number), foot, Qt.AlignmentFlag.AlignRight)
        if self.log.marking:
            top = QRectF(self.room.left(), MARGIN - 26, self.room.width(), 20)
            self._line(self.log.marking, top, Qt.AlignmentFlag.AlignHCenter)

    def add_head(self) -> None:
        """What the log is of, and the heads of its columns."""
        said = [self._paragraph(self.log.head, "title")]
        said += [self._paragraph(text, "text", 3) for text in (*self.log.facts, *self.log.notices)]
        flow = Flow(said, self.room.width())
        while flow:
            self.y = flow.pour(self.painter, QRectF(self.room.left(), self.y, self.room.width(), self._left)) + GAP
            if flow:
                self.begin()
        if self.log.lines:
            self._heads()

    def add(self, line: LogLine) -> None:
        """One change; one that is higher than what is left begins on a new page, and a very long one goes on there."""
        cells = self._cells(line)
        if max(cell.height for cell in cells) + 2 * PAD > self._left:
            self._turn()
        while any(cells):
            foot = self._row(cells)
            if any(cells):
                self._turn()
            else:
                self.y = foot + PAD
                self._rule(self.y)

    def _row(self, cells: list[Flow]) -> float:
        """Pour what fits of each cell beside each other; where the lowest ends."""
        x, foot = self.room.left(), self.y + PAD
        for cell, (_, share) in zip(cells, COLUMNS, strict=True):
            wide = share * self.room.width()
            place = QRectF(x, self.y + PAD, wide - GAP, max(self._left - 2 * PAD, 1.0))
            foot = max(foot, cell.pour(self.painter, place) if cell else foot)
            x += wide
        return foot

    def _turn(self) -> None:
        self.begin()
        self._heads()

    def _heads(self) -> None:
        cells = [Flow([self._paragraph(head, "head")], share * self.room.width() - GAP) for head, share in COLUMNS]
        self.y = self._row(cells) + PAD
        self._rule(self.y)

    def _cells(self, line: LogLine) -> list[Flow]:
        mark = line.mark
        record = [self._paragraph(line.title, "text"), self._paragraph(
            " \u00b7 ".join(part for part in (line.date, mark.key) if part), "small", 1)]  # fmt: skip
        what = [self._paragraph(line.what, "text")]
        if line.contradicted:
            what.append(self._paragraph("in conflict" + ("; this one counts" if line.counts else ""), "small", 1))
        why = [self._paragraph(text, "text", 2) for text in (mark.reason, mark.note) if text]
        said = ([self._paragraph(line.when, "text")], [self._paragraph(mark.by, "text")], record, what, why)
        return [
            Flow(cell, share * self.room.width() - GAP) for cell, (_, share) in zip(said, COLUMNS, strict=True)
        ]

    @property
    def _left(self) -> float:
        return self.room.bottom() - self.y

    def _rule(self, y: float) -> None:
        self.painter.setPen(QPen(self.tokens.colour("card_edge"), 0.8))
        self.painter.drawLine(QLineF(self.room.left(), y, self.room.right(), y))

    def _line(self, text: str, place: QRectF, side: Qt.AlignmentFlag) -> None:
        self.painter.setFont(self._font("small"))
        self.painter.setPen(self.tokens.colour("muted"))
        self.painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paragraph(self, text: str, style: str, gap: float = 6.0) -> Paragraph:
        return Paragraph(text, self._font(style), self.tokens.colour("muted" if style == "small" else "ink"), gap)

    def _font(self, style: str) -> QFont:
        font = QFont(self.tokens.font("card"))
        font.setPixelSize(SIZES[style])
        font.setBold(style in ("title", "head"))
        return font
