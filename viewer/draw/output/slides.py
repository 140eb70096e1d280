"""Slides: a PowerPoint file with a full picture for each scene, its title and caption as text, and the notes."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.frame import PAD, date_words, paint_maps
from viewer.draw.output.order import Order, Progress, Written
from viewer.draw.page import lay_out, page_image, paint_cards, shown_on
from viewer.draw.page_cards import CAPTIONS, HIGHEST, TITLE, WIDEST_CAPTION, WIDEST_HEAD, Layout
from viewer.draw.page_words import END_TITLE, VEIL
from viewer.draw.set_text import Block, fitted_text, right_to_left
from viewer.draw.tokens import Tokens
from viewer.session.scenes import fitted
from viewer.session.state import Scene
from viewer.session.whole_file import whole_file

ACROSS = 12_192_000
"""Width of a slide in the units of the format, 914,400 to an inch: that of a wide slide."""
POINT = 12_700
TITLE_ONLY, EMPTY = 5, 6
"""Layouts of the template."""
WORDS = {"title": 44, "caption": 20, "publishers": 14}
"""Sizes in units of a page, of a slide of words."""
MOST_PUBLISHERS = 60
LONGEST = 250
"""Letters of what the file says of itself."""


def write_slides(order: Order, progress: Progress) -> Written:
    """The file: a slide for each scene, as wide as its pictures are."""
    from pptx import Presentation
    from pptx.util import Emu

    show = Presentation()
    show.slide_width, show.slide_height = Emu(ACROSS), Emu(round(ACROSS * order.size[1] / order.size[0]))
    about = show.core_properties
    about.title, about.author = (plain(text)[:LONGEST] for text in (order.title, order.picture.data.meta.attribution))
    about.last_modified_by, about.comments, about.keywords = "Badia", "", ""
    with whole_file(order.path, order.picture.data.path) as part:
        for number, scene in enumerate(order.scenes):
            progress(number / len(order.scenes))
            _Slide(order, scene, lay_out(order.picture, scene, *order.size, order.ratio)).add_to(show)
        with part.open("wb") as file:
            show.save(file)
    progress(1.0)
    return Written(order.path, len(order.scenes))


@dataclass(frozen=True, eq=False)
class _Slide:
    """What one slide is made of."""

    order: Order
    scene: Scene
    layout: Layout

    @property
    def tokens(self) -> Tokens:
        """The colours of the scene."""
        return self.order.picture.tokens(self.scene.view.theme)

    @property
    def unit(self) -> float:
        """A unit of the page in those of the format."""
        return ACROSS / (self.order.size[0] / self.layout.scale)

    def add_to(self, show: Any) -> None:
        """Add the slide, its picture below its words."""
        slide = show.slides.add_slide(show.slide_layouts[TITLE_ONLY if self._named else EMPTY])
        stream = io.BytesIO(png(self._picture()))
        picture = slide.shapes.add_picture(stream, 0, 0, show.slide_width, show.slide_height)
        picture.name = "Map"
        picture._element.nvPicPr.cNvPr.set("descr", plain(self._described()))
        slide.shapes._spTree.remove(picture._element)
        slide.shapes._spTree.insert(2, picture._element)  # below all else
        if self.scene.kind == "map":
            self._write_on_map(slide)
        else:
            self._write_words(slide)
        if self.order.notes and self.scene.notes:
            slide.notes_slide.notes_text_frame.text = plain(self.scene.notes)

    @property
    def _named(self) -> str:
        """The title; a slide of words is never without one."""
        default = {"title": self.order.picture.data.meta.title, "end": END_TITLE}
        return self.scene.title or default.get(self.scene.kind, "")

    def _described(self) -> str:
        """The picture in words, for who cannot see it."""
        view = self.scene.view
        parts = ["Map", self.scene.title, date_words(view.time, view.compare), self.scene.caption]
        return ". ".join(part.strip().rstrip(".") for part in parts if part.strip())

    # the picture

    def _picture(self) -> QImage:
        """The page without its words, which stand on the slide as text, but with the room for them."""
        if self.scene.kind != "map":
            return self._veiled()
        order, layout = self.order, self.layout
        image = page_image(order.picture, self.scene, *order.size, order.ratio, layout)
        painter = QPainter(image)
        painter.scale(layout.scale, layout.scale)
        for room in (self._title_room, self._caption_room):
            painter.fillRect(room, self.tokens.colour("card"))
        painter.end()
        return image

    def _veiled(self) -> QImage:
        order, layout, scene = self.order, self.layout, self.scene
        image = QImage(*order.pixels, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(order.ratio * layout.scale)
        state, painter = shown_on(scene, *order.size), QPainter(image)
        try:
            drawn = paint_maps(painter, order.picture, state, layout.across, layout.down, layout.clear, anew=True)
            painter.fillRect(QRectF(0, 0, layout.across, layout.down), self.tokens.colour("paper", VEIL))
            bare = Scene(scene.key, fitted(scene, layout.across, layout.down), marking=scene.marking)
            paint_cards(painter, order.picture, bare, state, drawn, layout, ("sources", "marking"))
        finally:
            painter.end()
        return image

    @property
    def _title_room(self) -> QRectF:
        """Where the title stands in the card of the date, in units."""
        card = self.layout.cards.get("date", QRectF())
        if not self.scene.title or card.isEmpty():
            return QRectF()
        return QRectF(card.left() + PAD - 2, card.top() + PAD - 3, card.width() - 2 * PAD + 4, self._title.height + 1)

    @property
    def _caption_room(self) -> QRectF:
        card = self.layout.cards.get("caption", QRectF())
        return card.adjusted(PAD - 2, PAD - 2, -PAD + 2, -PAD + 2) if not card.isEmpty() else QRectF()

    @property
    def _title(self) -> Block:
        room = QSizeF(self.layout.across * WIDEST_HEAD - 2 * PAD, 60.0)
        return fitted_text(self.scene.title, self.tokens, "card", TITLE, room, bold=True)

    @property
    def _caption(self) -> Block:
        room = QSizeF(self.layout.across * WIDEST_CAPTION - 2 * PAD - 4, self.layout.down * HIGHEST - 2 * PAD)
        return fitted_text(self.scene.caption.strip(), self.tokens, "card", CAPTIONS, room)

    # the words

    def _write_on_map(self, slide: Any) -> None:
        if not self._title_room.isEmpty():
            title, size = slide.shapes.title, size_of(self._title)
            self._write(title, self._title_room, self.scene.title, size, "muted", bold=True)
        elif slide.shapes.title is not None:
            slide.shapes.title.text_frame.text = plain(self.scene.title)
        if not self._caption_room.isEmpty():
            box = self._box(slide, "Caption")
            self._write(box, self._caption_room, self.scene.caption.strip(), size_of(self._caption), "ink")

    def _write_words(self, slide: Any) -> None:
        """Title and caption of a slide of words, and at the end whose words all this is made of."""
        across, down, end = self.layout.across, self.layout.down, self.scene.kind == "end"
        room = QRectF(across * 0.1, down * 0.12, across * 0.8, down * (0.14 if end else 0.36))
        if self._named:
            self._write(slide.shapes.title, room, self._named, WORDS["title"], "ink", bold=True, foot=True)
        if self.scene.caption:
            room = QRectF(room.left(), room.bottom() + 16, room.width(), down * (0.16 if end else 0.36))
            self._write(self._box(slide, "Caption"), room, self.scene.caption, WORDS["caption"], "ink")
        if end:
            room = QRectF(room.left(), room.bottom() + 16, room.width(), down * 0.9 - room.bottom() - 16)
            self._write(self._box(slide, "Sources"), room, self._publishers(), WORDS["publishers"], "ink")

    def _publishers(self) -> str:
        often = Counter(source.publisher for source in self.order.picture.data.sources.values()).most_common()
        names = [f"{name} \u00d7 {number}" if number > 1 else name for name, number in often[:MOST_PUBLISHERS]]
        more = f" and {len(often) - MOST_PUBLISHERS:,} more" if len(often) > MOST_PUBLISHERS else ""
        return f"Sources: {', '.join(names)}{more}" if names else ""

    def _box(self, slide: Any, name: str) -> Any:
        box = slide.shapes.add_textbox(0, 0, 1, 1)
        box.name = name
        return box

    def _write(
        self, shape: Any, room: QRectF, text: str, size: float, colour: str, bold: bool = False, foot: bool = False
    ) -> None:
        """Put words into a shape, in room for them in units."""
        from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE

        shape.left, shape.top = round(room.left() * self.unit), round(room.top() * self.unit)
        shape.width, shape.height = round(room.width() * self.unit), round(room.height() * self.unit)
        frame = shape.text_frame
        frame.text = plain(text)
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = MSO_ANCHOR.BOTTOM if foot else MSO_ANCHOR.TOP
        for paragraph in frame.paragraphs:
            self._style(paragraph, size, self.tokens.colour(colour), bold)

    def _style(self, paragraph: Any, size: float, colour: QColor, bold: bool) -> None:
        from pptx.dml.color import RGBColor
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        rgb: Any = RGBColor.from_string
        turned = right_to_left(paragraph.text)
        paragraph.alignment = PP_ALIGN.RIGHT if turned else PP_ALIGN.LEFT
        paragraph._p.get_or_add_pPr().set("rtl", "1" if turned else "0")
        for run in paragraph.runs:
            font = run.font
            font.size, font.bold = Pt(max(1, int(size * self.unit / POINT * 2) / 2)), bold
            font.name = self.tokens.font("card").family()
            font.color.rgb = rgb(colour.name()[1:].upper())


def size_of(block: Block) -> float:
    """The pixels of the font that a text was set in."""
    return float(block.paragraphs[0].font().pixelSize()) if block.paragraphs else 12.0


def png(image: QImage) -> bytes:
    """An image as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise OSError("the picture could not be encoded")
    return bytes(buffer.data().data())


def plain(text: str) -> str:
    """Text that XML can hold."""
    kept = (letter if letter in "\n\t" or letter >= " " else " " for letter in text)
    whole = "".join("\ufffd" if letter in "\ufffe\uffff" else letter for letter in kept)
    return whole.encode("utf-8", "replace").decode("utf-8")
