"""All of a picture but a crowd, as one image of which a step of time paints only what it changed.

Ground, lines and names follow from the camera alone and are kept; areas, towns' holders, rings and marks are step
images. A view that stands still is composed once, and then only where a step image is dirty: first the floor, up to
the names, then what stands on it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import compress
from typing import Any, NamedTuple

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.beside import drawn
from viewer.draw.kept import Kept, same
from viewer.draw.kinds import STEPPED, kinds_of, primitives_of, things_of
from viewer.draw.paint import Canvas, Sheet, StepPart
from viewer.draw.paint_mark import Marked
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import OVER, SOURCE, TRANSPARENT, Later, StepImage, Target, step_image
from viewer.draw.tokens import Tokens
from viewer.draw.unlocked import lay_image
from viewer.layers.primitives import Primitive

PAN_PX = 220
"""How far beyond the picture what is kept reaches while the map is panned."""
IN_VIEW = ("marks",)
"""The step images whose things stand where a view needs them: they are made for the view alone."""
AREAS, *ABOVE = STEPPED
HOLDERS = tuple(STEPPED).index("holders")
NAMES, COVERED = frozenset(("names",)), frozenset(("lines", "names", "holders"))
"""What is left out of a view as it comes to lie above a crowd: of any one, and of one that covers the ground."""
_Steps = tuple[StepImage[Any], ...]


@dataclass(frozen=True, eq=False)
class Named:
    """The names of a view as an image, and what of them can be pointed at."""

    key: Hashable
    image: QImage
    targets: tuple[Target, ...]


@dataclass(frozen=True, eq=False)
class Base:
    """A composed view: `key` and `parts` are what it follows from beside the step images in it.

    image: the view; other: the one before it, to be painted over next, for somebody may still look at `image`;
    behind: where the two differ (device pixels); lacking: where the floor is of an earlier day; lent: whether the view
    was composed onto somebody else's image, and nothing of it is here.
    """

    key: Hashable
    parts: tuple[object, ...]
    steps: _Steps
    floor: QImage
    image: QImage
    other: QImage
    behind: tuple[QRect, ...]
    lacking: tuple[QRect, ...]
    lent: bool


@dataclass(frozen=True, eq=False)
class Over:
    """What stands above density, as one image: names over lines, and who holds the towns over both.

    behind: where the holders are those of an earlier day (device pixels).
    """

    key: tuple[Screen, float]
    lines: Kept
    named: Named
    holders: StepImage[Any]
    image: QImage
    behind: tuple[QRect, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Where an image differs from the one `before` it, told by its cache key: places in device pixels."""

    before: int
    places: tuple[QRect, ...]


class Begun(NamedTuple):
    """A step image that is painted before the others, and the one it was made from."""

    step: StepImage[Any]
    before: StepImage[Any] | None


class Laid(NamedTuple):
    """A view as an image, which stays as it is; the step images in it, the lowest first; what changed."""

    image: QImage
    steps: tuple[StepPart, ...]
    change: Change


class Underlay:
    """Keeps the step images and the last composed view."""

    def __init__(self, sprites: Sprites, marked: Marked) -> None:
        self._sprites, self._marked = sprites, marked
        self._kinds = kinds_of(sprites)
        self._steps: dict[str, StepImage[Any]] = {}
        self._parts: dict[str, StepPart] = {}
        self._named: Named | None = None
        self._base: Base | None = None
        self._over: Over | None = None

    def begin(self, sheet: Sheet, shown: dict[str, tuple[Primitive, ...]], later: Later | None) -> Begun:
        """Paint the areas, which are the lowest; of a new view another thread may draw their lines until all is laid.

        NotDrawn when it could not do that in the picture before.
        """
        before = self._steps.get(AREAS)
        drawn(before.drawing if before is not None else None)
        return Begun(self._step(AREAS, primitives_of(AREAS, shown), sheet, later), before)

    def lay(
        self, sheet: Sheet, shown: dict[str, tuple[Primitive, ...]], begun: Begun, ground: Kept, lines: Kept,
        named: Named, left: frozenset[str] = frozenset(), onto: QImage | None = None,
    ) -> Laid:  # fmt: skip
        """The view as an image, on areas that were begun; NotDrawn when another thread could not do its part.

        left: what of it is left out, as it comes to lie above a crowd; onto: an image of the view's size that is
        painted instead where nothing stays of the last one, as what is painted on it then would first copy it.
        """
        screen, ratio = sheet.screen, sheet.ratio
        before = begun.before, *(self._steps.get(name) for name in ABOVE)
        steps = begun.step, *(self._step(name, primitives_of(name, shown), sheet) for name in ABOVE)
        key, parts, base = (screen, ratio, sheet.tokens.theme, left), (ground, lines, named), self._base
        stays = base is not None and base.key == key and all(a is b for a, b in zip(base.parts, parts, strict=True))
        self._base, seen = None, base.image.cacheKey() if base is not None else 0  # until it is whole again
        draw: DrawImage = QPainter.drawImage
        anew = _dirty(steps[:1] if steps[0] is not before[0] else (), screen, ratio)
        if base is None or base.lent or not stays or any(a is not b for a, b in zip(base.steps, before, strict=True)):
            draw = lay_image  # others look through the events of a new view meanwhile
            old = (base.floor, base.image, base.other) if base is not None else (QImage(), QImage(), QImage())
            floor, image, other = (sized(one, screen, ratio) for one in old)
            below: tuple[QRect, ...] = (floor.rect(),)
            above, behind, lacking = below, below, below
        else:
            floor, image, other, behind, lacking = base.floor, base.image, base.other, base.behind, base.lacking
            changed = [one is not old for one, old in zip(steps, before, strict=True)]
            below = anew
            seen_new = (new and name not in left for name, new in zip(STEPPED, changed, strict=True))
            above = _dirty(compress(steps, seen_new), screen, ratio)
        whole = floor.rect()
        # Of a view that stays the next day needs what is composed now, unless its ground is another one again.
        loan = onto if above and below == (whole,) and (not stays or anew == (whole,)) else None
        if above:
            drawn(begun.step.drawing)
            areas, *standing = (
                None if name in left else _layer(step, screen, ratio) for name, step in zip(STEPPED, steps, strict=True)
            )
            names = None if "names" in left else (named.image, 0, 0)
            lowest = [_kept(ground, screen, ratio), areas]
            lowest += [None if "lines" in left else _kept(lines, screen, ratio), names]
            if below == (whole,):  # as if there were no floor: it is composed when something stays of it
                _compose(other if loan is None else loan, [*lowest, *standing], below, draw)
                lacking = below
            else:
                _compose(floor, lowest, _all_or((*below, *lacking), whole), draw)
                _compose(other, [(floor, 0, 0), *standing], _all_or((*above, *behind), whole), draw)
                lacking = ()
            image, other, behind = other, image, above
        self._base = Base(key, parts, steps, floor, image, other, behind, lacking, loan is not None)
        self._note(before[HOLDERS], steps[HOLDERS])
        found = tuple(self._part(name, step, sheet) for name, step in zip(STEPPED, steps, strict=True))
        return Laid(QImage(image) if loan is None else loan, found, Change(seen, above))

    def learn(self, name: str, things: Sequence[Primitive], tokens: Tokens) -> None:
        """Know what of other days' things of a step image is the same whenever they are painted."""
        self._kinds[name].learn(things)
        if (step := self._steps.get(name)) is not None:
            step.learn(things, tokens)

    def over(self, sheet: Sheet, lines: Kept, named: Named) -> QImage:
        """What of the view laid last stands above density, transparent elsewhere."""
        key, holders, known = (sheet.screen, sheet.ratio), self._steps["holders"], self._over
        if known is None or (known.key, known.lines, known.named, known.holders) != (key, lines, named, holders):
            old = known.image if known is not None else QImage()
            image = sized(old, *key, QImage.Format.Format_ARGB32_Premultiplied)
            known = Over(key, lines, named, holders, image, (image.rect(),))
        self._over = None  # until it is whole again
        layers = [_kept(lines, *key), (named.image, 0, 0), _layer(holders, *key)]
        _compose(known.image, layers, known.behind, QPainter.drawImage)
        self._over = replace(known, behind=())
        return known.image

    def _note(self, before: StepImage[Any] | None, holders: StepImage[Any]) -> None:
        """Note where the holders changed since what stands above density was composed."""
        if (known := self._over) is not None and known.holders is before and holders is not before:
            behind = (*known.behind, *_dirty((holders,), *known.key))
            self._over = replace(known, holders=holders, behind=_all_or(behind, known.image.rect()))

    def named(self, key: Hashable, sheet: Sheet, draw: Callable[[Canvas], None]) -> Named:
        """The names of a view as an image, painted by `draw` when the key is another one."""
        if self._named is None or self._named.key != key:
            image = sized(QImage(), sheet.screen, sheet.ratio, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(TRANSPARENT)
            painter = QPainter(image)
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            try:
                inner = Canvas(painter, sheet.screen, sheet.tokens, sprites=self._sprites)
                draw(inner)
            finally:
                painter.end()
            self._named = Named(key, image, tuple(inner.targets))
        return self._named

    def _step(
        self, name: str, primitives: tuple[Primitive, ...], sheet: Sheet, later: Later | None = None
    ) -> StepImage[Any]:
        view, before = sheet.screen, self._steps.get(name)
        alike = before is not None and before.look.screen.camera.scale == view.camera.scale
        if before is not None and alike and name not in IN_VIEW:
            view = before.look.screen if before.look.screen.holds(view) else view.widened(PAN_PX)
        if before is not None and view is before.look.screen:
            later = None  # it would take as long to wake another thread and to wait for it
        things_in = self._marked.standing if name in IN_VIEW else partial(things_of, name)
        things = things_in(primitives, view, sheet.tokens)
        if before is not None and not (things or before.things) and before.is_of(view, sheet.ratio, sheet.tokens):
            return before  # as there are none of some kinds on most maps
        self._steps.pop(name, None)  # it may be painted over, and is only kept again when it is whole
        made = step_image(
            self._kinds[name], things, view, sheet.ratio, sheet.tokens, sheet.selected, before=before, later=later
        )
        if before is not None and not made.dirty and same((made.things,), (before.things,)):
            made = before
        self._steps[name] = made
        return made

    def _part(self, name: str, step: StepImage[Any], sheet: Sheet) -> StepPart:
        known = self._parts.get(name)
        if known is None or known.step is not step or known.screen != sheet.screen:
            known = self._parts[name] = StepPart(STEPPED[name][-1], step, sheet.screen, sheet.tokens)
        return known


DrawImage = Callable[[QPainter, QRectF, QImage, QRectF], None]
"""Lays a part of an image in a rectangle."""
_Layer = tuple[QImage, int, int]
"""An image and where in it a view begins (device pixels)."""


def _offset(of: Screen, screen: Screen, ratio: float) -> tuple[int, int]:
    left, top = of.offset_of(screen)
    return round(left * ratio), round(top * ratio)


def _layer(step: StepImage[Any], screen: Screen, ratio: float) -> _Layer | None:
    return None if step.empty else (step.image, *_offset(step.look.screen, screen, ratio))


def _kept(kept: Kept, screen: Screen, ratio: float) -> _Layer:
    return kept.finished, *_offset(kept.canvas.screen, screen, ratio)


def _compose(onto: QImage, layers: list[_Layer | None], places: tuple[QRect, ...], draw: DrawImage) -> None:
    """Lay images over each other in some places of a view (device pixels), the first in place of what was there."""
    if not places:
        return
    ratio = onto.devicePixelRatioF()
    onto.setDevicePixelRatio(1.0)
    painter = QPainter(onto)
    try:
        for place in places:
            target = QRectF(place)
            painter.setCompositionMode(SOURCE)
            for layer in layers:
                if layer is not None:
                    image, left, top = layer
                    draw(painter, target, image, target.translated(left, top))
                painter.setCompositionMode(OVER)
    finally:
        painter.end()
        onto.setDevicePixelRatio(ratio)


def _dirty(steps: Iterable[StepImage[Any]], screen: Screen, ratio: float) -> tuple[QRect, ...]:
    """What of a view was painted anew in these images (device pixels); all of it where that is as quick."""
    whole = QRect(0, 0, max(1, round(screen.width * ratio)), max(1, round(screen.height * ratio)))
    found = []
    for step in steps:
        left, top = _offset(step.look.screen, screen, ratio)
        moved = (place.translated(-left, -top) for place in step.dirty)
        found += [place.intersected(whole) for place in moved if place.intersects(whole)]
    return _all_or(tuple(found), whole)


def _all_or(places: tuple[QRect, ...], whole: QRect) -> tuple[QRect, ...]:
    """Some places, or all of a view where that is less."""
    pixels = sum(place.width() * place.height() for place in places)
    return (whole,) if pixels >= whole.width() * whole.height() else places


def sized(
    image: QImage, screen: Screen, ratio: float, pixels: QImage.Format = QImage.Format.Format_RGB32
) -> QImage:
    """The image, or a new one if it has not the size of a view."""
    size = max(1, round(screen.width * ratio)), max(1, round(screen.height * ratio))
    if (image.width(), image.height()) != size:
        image = QImage(*size, pixels)
    image.setDevicePixelRatio(ratio)
    return image
