"""A scene as a page: the map with date, title, caption, legend, scale, sources and marking, on any paint device.

Presenter, pictures, handouts, slides and films all paint their pages here. A page is laid out as one of 720 units in
height and painted larger or smaller, names and signs of the map with it: what can be read on a small screen can be
read from the last row of a hall, and both show the same ground.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.drawn import Drawn
from viewer.draw.frame import paint_maps
from viewer.draw.page_cards import Cards, Layout
from viewer.draw.page_legend import key_of
from viewer.draw.paint_measure import paint_overlay
from viewer.draw.picture import MapPicture
from viewer.draw.set_text import missing_letters
from viewer.session.scenes import fitted
from viewer.session.state import Measure, Scene, State

USUAL = (960.0, 720.0)
"""Logical pixels of a page whose words have their usual size: the smaller of both shares decides."""
SMALLEST = 0.1
SAMPLES = 5
"""Days of a stretch whose legends are one, so that it stands still while time plays."""
BACKDROP = frozenset(("raster", "relief", "water", "ground", "control", "change", "borders", "rivers"))
"""The layers behind words."""
TRIES = 40
"""How often a page is painted until the tiles of its base layer are all read."""


@dataclass(frozen=True, eq=False)
class Page:
    """A page that was painted: what its map shows, in units, and where its cards lie, in logical pixels."""

    drawn: Drawn
    cards: dict[str, QRectF]


def enlargement(width: float, height: float) -> float:
    """How many logical pixels of a page one unit of its words and of its map has."""
    return max(min(width / USUAL[0], height / USUAL[1]), SMALLEST)


def units(width: int, height: int) -> tuple[int, int]:
    """The size of a page in units, rounded up to whole ones."""
    scale = enlargement(width, height)
    return max(1, math.ceil(width / scale - 1e-6)), max(1, math.ceil(height / scale - 1e-6))


def shown_on(scene: Scene, width: int, height: int) -> State:
    """The view of a scene on a page of so many logical pixels; its camera is that of the page's units.

    Behind words lies a map without any of its own.
    """
    return _in_units(scene, *units(width, height))


def _in_units(scene: Scene, across: int, down: int) -> State:
    state = fitted(scene, across, down)
    if scene.kind == "map":
        return state
    return replace(state, layers=state.layers & BACKDROP, selected=None, swipe=None, measure=Measure(), range_rings=())


def page_image(
    picture: MapPicture, scene: Scene, width: int, height: int, ratio: float = 1.0, layout: Layout | None = None
) -> QImage:
    """The page of a scene as an image of width times height logical pixels, `ratio` device pixels in each.

    The very same pixels for the same scene, whatever was painted before. layout: where the cards stand, if that was
    decided before, as for the frames of a film, whose cards must not leap.
    """
    return _painted(picture, scene, width, height, ratio, layout)[0]


def paint_page(
    painter: QPainter, picture: MapPicture, scene: Scene, width: int, height: int, layout: Layout | None = None
) -> Page:
    """The page of a scene in the rectangle (0, 0, width, height) of logical pixels. Vector devices get vectors."""
    if painter.paintEngine().type() == QPaintEngine.Type.Raster:
        image, page = _painted(picture, scene, width, height, painter.device().devicePixelRatioF(), layout)
        painter.drawImage(QPointF(0, 0), image)
        return page
    layout = layout or lay_out(picture, scene, width, height)
    painter.save()
    painter.setClipRect(QRectF(0, 0, width, height), Qt.ClipOperation.IntersectClip)
    painter.scale(layout.scale, layout.scale)
    drawn = _paint(painter, picture, scene, layout)
    painter.restore()
    return Page(drawn, layout.in_pixels)


def _painted(
    picture: MapPicture, scene: Scene, width: int, height: int, ratio: float, layout: Layout | None
) -> tuple[QImage, Page]:
    layout = layout or lay_out(picture, scene, width, height, ratio)
    image = QImage(max(1, round(width * ratio)), max(1, round(height * ratio)), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio * layout.scale)
    painter = QPainter(image)
    try:
        drawn = _paint(painter, picture, scene, layout)
    finally:
        painter.end()
    image.setDevicePixelRatio(ratio)
    return image, Page(drawn, layout.in_pixels)


def _paint(painter: QPainter, picture: MapPicture, scene: Scene, layout: Layout) -> Drawn:
    state = _in_units(scene, layout.across, layout.down)
    for _ in range(TRIES):
        drawn = paint_maps(painter, picture, state, layout.across, layout.down, layout.clear, anew=True)
        if not drawn.unfinished:
            break
    finish_page(painter, picture, scene, state, drawn, layout)
    return drawn


def finish_page(
    painter: QPainter, picture: MapPicture, scene: Scene, state: State, drawn: Drawn, layout: Layout
) -> None:
    """All that lies upon the map of a page, in units; state: what the map shows."""
    paint_overlay(painter, drawn.screen, state, picture.tokens(state.theme), clear=layout.clear)
    paint_cards(painter, picture, scene, state, drawn, layout)


def paint_cards(
    painter: QPainter, picture: MapPicture, scene: Scene, state: State, drawn: Drawn | None, layout: Layout,
    names: Iterable[str] | None = None,
) -> None:  # fmt: skip
    """The cards of a page where the layout has them, in units; names: which of them, None for all."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    broken = drawn.broken if drawn is not None else ()
    Cards(picture, scene, state, layout.across, layout.down, broken).paint(painter, layout, names)
    painter.restore()


def lay_out(picture: MapPicture, scene: Scene, width: int, height: int, ratio: float = 1.0) -> Layout:
    """Where the cards of a scene's page stand: its map is painted where nobody sees it, and looked at."""
    scale, (across, down) = enlargement(width, height), units(width, height)
    state = _in_units(scene, across, down)
    image = QImage(max(1, round(width * ratio)), max(1, round(height * ratio)), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio * scale)
    painter = QPainter(image)
    try:
        looked_at = _samples(scene, state)
        seen = [paint_maps(painter, picture, one, across, down, anew=True) for one in looked_at]
    finally:
        painter.end()
    key, targets = key_of(*(drawn.legend for drawn in seen)), [target for drawn in seen for target in drawn.targets]
    cards = Cards(picture, scene, state, across, down, seen[-1].broken)
    return cards.arranged(scale, key, targets, [one.time for one in looked_at])


def provisional(picture: MapPicture, scene: Scene, width: int, height: int) -> Layout:
    """A layout until that of the page is found out: without a legend, as nobody knows yet what is on the map."""
    across, down = units(width, height)
    cards = Cards(picture, scene, _in_units(scene, across, down), across, down)
    return cards.arranged(enlargement(width, height), key_of(), (), ())


def laid_again(
    picture: MapPicture, scene: Scene, state: State, drawn: Drawn, layout: Layout, keep: bool = True
) -> Layout:
    """The layout for what is shown instead of a scene: the same corners if they are to be kept, and its own legend."""
    cards = Cards(picture, scene, state, layout.across, layout.down, drawn.broken)
    corners = layout.corners if keep else None
    return cards.arranged(layout.scale, key_of(drawn.legend), drawn.targets, [], corners)


def _samples(scene: Scene, state: State) -> tuple[State, ...]:
    """What the cards are laid out for: the view, or some days of the stretch that a scene plays, whichever is shown."""
    stretch = scene.stretch
    if stretch is None or scene.kind != "map":
        return (state,)
    days = [stretch.first + (stretch.last - stretch.first) * step // (SAMPLES - 1) for step in range(SAMPLES)]
    if not min(days) <= state.time.cursor <= max(days):
        days.append(state.time.cursor)
    return tuple(replace(state, time=replace(state.time, cursor=day)) for day in dict.fromkeys(days))


def unwritable(picture: MapPicture, scenes: Iterable[Scene]) -> str:
    """What to say when no font has the Arabic letters of some scene; '' if all can be written."""
    tokens = picture.tokens("light")
    for scene in scenes:
        if any(missing_letters(text, tokens) for text in (scene.title, scene.caption, scene.marking)):
            return "No font with Arabic letters was found: Arabic words of the scenes are shown as boxes"
    return ""
