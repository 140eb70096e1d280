"""Painted pictures that are kept: the parts that only the camera changes, and views that took long to make."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from viewer.domain.frozen import dataclass
from viewer.draw.beside import Work, drawn
from viewer.draw.paint import Canvas, Part, Sheet
from viewer.draw.screen import Screen
from viewer.layers.primitives import Extent, Primitive

if TYPE_CHECKING:
    from viewer.draw.drawn import Drawn

BUDGET = 96_000_000
"""Bytes of images kept in all; at least one of every part."""
Made = tuple[tuple[Primitive, ...], ...]
"""The primitives of some layers, layer by layer."""


@dataclass(frozen=True, eq=False)
class Kept:
    """A painted part of the map: `key` is what it follows from beside the primitives in it.

    drawing: what another thread still draws onto the image.
    """

    key: Hashable
    image: QImage
    canvas: Canvas
    made: Made
    drawing: Work[None] | None = None

    @property
    def finished(self) -> QImage:
        """The image, once all is on it; NotDrawn when that could not be."""
        drawn(self.drawing)
        return self.image


def same(one: Made, other: Made) -> bool:
    """Whether these are the very same primitives. Both are held, for the id of what is gone may be another's."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


@dataclass
class KeptImages:
    """The parts painted last, by their layers."""

    images: dict[tuple[str, ...], list[Kept]] = field(default_factory=dict)

    def found(self, layers: tuple[str, ...], key: Hashable, made: Made, screen: Screen) -> Kept | None:
        """An image that holds a view of these primitives."""
        return next((kept for kept in self._alike(layers, key, made) if kept.canvas.screen.holds(screen)), None)

    def panned(self, layers: tuple[str, ...], key: Hashable, made: Made) -> bool:
        """Whether the same was painted for another part of the map."""
        return next(self._alike(layers, key, made), None) is not None

    def keep(self, layers: tuple[str, ...], kept: Kept) -> Kept:
        """Keep an image, in place of those of the same elsewhere and, over the budget, of the oldest."""
        others = [old for old in self.images.get(layers, []) if old.key == kept.key and not same(old.made, kept.made)]
        self.images[layers] = [*others, kept]
        while len(self.images[layers]) > 1 and self._bytes() > BUDGET:
            del self.images[layers][0]
        return kept

    def forget(self, layers: tuple[str, ...]) -> None:
        """Keep none of a part any more."""
        self.images.pop(layers, None)

    def _alike(self, layers: tuple[str, ...], key: Hashable, made: Made) -> Iterator[Kept]:
        return (kept for kept in self.images.get(layers, ()) if kept.key == key and same(kept.made, made))

    def _bytes(self) -> int:
        return sum(kept.image.sizeInBytes() for parts in self.images.values() for kept in parts)


VIEWS_BUDGET = 96_000_000
"""Bytes of views kept: sixteen at 1600 x 900."""
MOST_ASKED = 500
WORTH_SECONDS = 0.005
"""A view that took less to make is not worth keeping."""


@dataclass(frozen=True, eq=False)
class SeenView:
    """A view without a crowd as it was made of some primitives, and what can be met in it."""

    sheet: Sheet
    made: Made
    image: QImage
    parts: tuple[Part, ...]
    clear: tuple[QRectF, ...] = ()


@dataclass
class SeenViews:
    """The views that took long, the one asked for last at the end: going back to a date finds its picture there."""

    views: list[SeenView] = field(default_factory=list)
    last: Sheet | None = None
    asked: dict[Hashable, tuple[SeenView, Drawn]] = field(default_factory=dict)
    """What was asked for when a view was made or found, and all that was said of it: asked for again, it is found
    without looking at any record."""

    def found(self, sheet: Sheet, made: Made, clear: tuple[QRectF, ...] = ()) -> SeenView | None:
        """A view of the same below the same cards, which is now the last."""
        for view in self.views:
            same_view = (view.sheet, view.clear) == (sheet, clear) and len(view.made) == len(made)
            if same_view and all(map(_alike, view.made, made)):
                self._put_last(view)
                return view
        return None

    def again(self, asked: Hashable) -> tuple[QImage, Drawn] | None:
        """The image that was the answer to the same question before, and what was said of it; its view is the last."""
        if asked not in self.asked:
            return None
        view, drawn = self.asked[asked]
        self._put_last(view)
        return view.image, drawn

    def note(self, asked: Hashable, image: QImage, drawn: Drawn) -> None:
        """Remember what was asked for when the view asked for last was the answer, if it is kept."""
        if self.views and self.views[-1].image is image:
            if len(self.asked) >= MOST_ASKED:
                self.asked.clear()
            self.asked[asked] = self.views[-1], replace(drawn, change=None)

    def _put_last(self, view: SeenView) -> None:
        self.views.remove(view)
        self.views.append(view)

    def keep(self, view: SeenView, seconds: float) -> None:
        """Keep a view that took so long to make, unless the map is being moved."""
        rests, self.last = self.last == view.sheet, view.sheet
        if seconds >= WORTH_SECONDS and rests:
            self.views.append(view)
            while sum(one.image.sizeInBytes() for one in self.views) > VIEWS_BUDGET:
                gone = self.views.pop(0)
                self.asked = {asked: known for asked, known in self.asked.items() if known[0] is not gone}


def _alike(one: tuple[Primitive, ...], other: tuple[Primitive, ...]) -> bool:
    """Whether two days' primitives of a layer are the same records in the same look."""
    return one is other or (len(one) == len(other) and all(map(_same_thing, one, other)))


def _same_thing(one: Any, other: Any) -> bool:
    return one is other or (isinstance(one, Extent) and one == other and one.refs == other.refs)
