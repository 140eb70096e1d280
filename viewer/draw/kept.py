"""Painted parts of the map, kept as images: what only the camera changes is painted once and laid under the rest."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from PySide6.QtGui import QImage

from viewer.draw.paint import Canvas
from viewer.draw.screen import Screen
from viewer.layers.primitives import Primitive

BUDGET = 96_000_000
"""Bytes of images kept in all; at least one of every part."""
Made = tuple[tuple[Primitive, ...], ...]
"""The primitives of some layers, layer by layer."""


@dataclass(frozen=True, eq=False)
class Kept:
    """A painted part of the map: `key` is what it follows from beside the primitives in it."""

    key: Hashable
    image: QImage
    canvas: Canvas
    made: Made


def same(one: Made, other: Made) -> bool:
    """Whether these are the very same primitives. Both are held, for the id of what is gone may be another's."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


@dataclass
class KeptImages:
    """The parts painted last, by their layers: going back to a day finds its areas still there."""

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

    def _alike(self, layers: tuple[str, ...], key: Hashable, made: Made) -> Iterator[Kept]:
        return (kept for kept in self.images.get(layers, ()) if kept.key == key and same(kept.made, made))

    def _bytes(self) -> int:
        return sum(kept.image.sizeInBytes() for parts in self.images.values() for kept in parts)
