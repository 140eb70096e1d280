"""Paper and layers of a map: drawn shape by shape, or as images that are kept while only the camera moves."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from viewer.draw.beside import Beside
from viewer.draw.kept import Kept, KeptImages
from viewer.draw.lasting import LastingShapes, lay_runs, runs_of
from viewer.draw.made_layers import GROUND, ByLayer
from viewer.draw.paint import Canvas, Sheet, paint_layer, smooth_painter
from viewer.draw.rasters import Rasters
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Later
from viewer.draw.tokens import Tokens
from viewer.draw.underlay import PAN_PX
from viewer.draw.unlocked import lay_drawings, player
from viewer.geo.basemap import Basemap
from viewer.session.state import State


class LayerPainter:
    """Paints the layers of one map, and keeps the images; another thread may draw shapes of those."""

    def __init__(self, basemap: Basemap, sprites: Sprites, beside: Beside) -> None:
        self._basemap, self._sprites, self._beside = basemap, sprites, beside
        self.images = KeptImages()
        self.rasters = Rasters()
        self._lasting = LastingShapes()
        self._plays = True
        """Whether another thread may draw shapes, as far as it can: not after it once could not."""

    def forget(self) -> None:
        """Let go of all images."""
        self.images = KeptImages()

    def paint_alone(self) -> None:
        """Have no other thread draw shapes from now on, and let go of images that one may not have finished."""
        self._plays = False
        self.forget()

    def kept(self, layers: tuple[str, ...], state: State, sheet: Sheet, shown: ByLayer) -> Kept:
        """Some layers as an image, the kept one where nothing changed."""
        screen, ratio = sheet.screen, sheet.ratio
        made = tuple(shown.get(layer, ()) for layer in layers)
        key = (ratio, state.theme, screen.camera.scale, screen.width, screen.height)
        kept = self.images.found(layers, key, made, screen)
        if kept is None:
            panned = self.images.panned(layers, key, made)
            kept = self._painted(layers, state, sheet, shown, panned, key)
            if layers != GROUND or not self.unfinished(state):
                self.images.keep(layers, kept)
        return kept

    def unfinished(self, state: State) -> bool:
        """Whether the ground was painted without tiles that another try will have."""
        return shows_raster(state) and self.rasters.unfinished

    def _painted(
        self, layers: tuple[str, ...], state: State, sheet: Sheet, shown: ByLayer, panned: bool, key: Hashable
    ) -> Kept:
        """The layers as an image; while the map is panned with a margin, so that the next steps need none.

        Where that helps, shapes are recorded here, and drawn by another thread until they are laid.
        """
        ratio, tokens = sheet.ratio, sheet.tokens
        wide = sheet.screen.widened(PAN_PX) if panned else sheet.screen
        opaque = layers == GROUND
        image = QImage(
            max(1, round(wide.width * ratio)), max(1, round(wide.height * ratio)),
            QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied,
        )  # fmt: skip
        image.setDevicePixelRatio(ratio)
        image.fill(tokens.colour("paper") if opaque else Qt.GlobalColor.transparent)
        later = self.later()
        draw = partial(self.draw, state=state, screen=wide, tokens=tokens, shown=shown)
        canvas = Canvas(smooth_painter(image), wide, tokens)
        try:
            if opaque:
                self.lay_paper(canvas.painter, wide, tokens)
            runs = runs_of(layers, shown, wide.camera.scale)
            drawings = lay_runs(canvas, runs, draw, ratio, None if later is None else self._lasting)
        finally:
            canvas.painter.end()
        made = tuple(shown.get(layer, ()) for layer in layers)
        return Kept(key, image, canvas, made, later(drawings, image) if later is not None and drawings else None)

    def later(self) -> Later | None:
        """Has another thread lay drawings onto an image; None where that would not help, or once could not be done."""
        play = player() if self._beside.helps and self._plays else None
        if play is None:
            return None
        return lambda drawings, image: self._beside.begin(partial(lay_drawings, drawings, play, image))

    def draw(
        self, layers: tuple[str, ...], painter: QPainter, state: State, screen: Screen, tokens: Tokens, shown: ByLayer,
        recorded_for: float | None = None,
    ) -> Canvas:  # fmt: skip
        """Paint layers shape by shape; recorded_for: device pixels in a logical one, where a drawing is recorded."""
        canvas = Canvas(
            painter, screen, tokens, state.selected, sprites=self._sprites, rasters=self.rasters,
            recorded_for=recorded_for,
        )  # fmt: skip
        for name in layers:
            paint_layer(canvas, name, shown.get(name, ()))
        return canvas

    def lay_paper(self, painter: QPainter, screen: Screen, tokens: Tokens) -> None:
        """The sheet of the base map, and past its edge plain ground: land that is not drawn is not empty land."""
        whole = QRectF(0, 0, screen.width, screen.height)
        sheet = whole
        if self._basemap.sheet is not None:
            left, top, right, bottom = screen.box_px(self._basemap.sheet)
            sheet = QRectF(left, top, right - left, bottom - top)
        if sheet.contains(whole):
            painter.fillRect(whole, tokens.colour("paper"))
            return
        painter.fillRect(whole, tokens.colour("beyond"))
        painter.fillRect(sheet, tokens.colour("paper"))
        painter.setPen(QPen(tokens.colour("graticule"), 1))
        painter.drawRect(sheet)


def shows_raster(state: State) -> bool:
    """Whether the user's own base layer belongs to a picture of a state."""
    return bool(state.raster.path) and "raster" in state.layers
