"""The map as a picture: the one path from a state to pixels, for the window, exports and films alike.

All but a crowd of incidents is one image, of which a step of time paints only what it changed (`underlay`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from threading import Lock, get_ident
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter

from viewer.domain.dates import Day
from viewer.draw.beside import Beside, NotDrawn, drawn
from viewer.draw.drawn import Drawn
from viewer.draw.kept import Kept, SeenView, SeenViews
from viewer.draw.kinds import STEPPED
from viewer.draw.layer_painter import LayerPainter, shows_raster
from viewer.draw.looking import Looked, Views, look_through
from viewer.draw.made_layers import AREAS, CAMERA_LAYERS, GROUND, LINES, MARKS, PLACES, ROUGH, ByLayer, MadeLayers
from viewer.draw.paint import (
    Canvas,
    Part,
    Sheet,
    chosen_at,
    guarded,
    logged,
    paint_crowd,
)
from viewer.draw.paint_crowd import paint_piles
from viewer.draw.paint_mark import Marked
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.tokens import Tokens, tokens_for
from viewer.draw.underlay import COVERED, NAMES, Change, Named, Underlay, sized
from viewer.draw.writing import Writing, Written
from viewer.geo.basemap import Basemap
from viewer.layers import LAYERS, change, control, ground, holders
from viewer.layers.primitives import ControlArea
from viewer.session.camera import scales_beside
from viewer.session.crowds import Crowd
from viewer.session.known import known_data
from viewer.session.state import State, pictured
from viewer.store.dataset import DataSet

LOG = logging.getLogger(__name__)
LETTERS = ("letters",)
"""Made for each view, as no layer knows where names leave room."""
PARTS = {"ground": GROUND, "areas": AREAS, "lines": LINES, "names": (), "holders": (*LETTERS, *PLACES), "rough": ROUGH,
         "marks": MARKS}  # fmt: skip
"""What a map without a crowd is drawn of, from the ground up, and the layers of each part."""
NOT_BARE = frozenset((*STEPPED["areas"], *PLACES, "towns"))
"""Towns and who holds what: the first layer of these works out the holders of every place on every day."""
MANY_EVENTS = 1_500_000
MANY_OUTLINE_BYTES = 800_000
"""About 50,000 vertices."""
MOST_LEARNED, LEARNED_AT_ONCE = 16_384, 8
"""So many shares are looked at ahead for a view, and so many things at a time, as whoever wants to paint waits."""
NAMELESS = Named("", QImage(), ())
WORTH_ROWS = 200_000
"""A store with fewer events is looked through sooner than another thread has begun."""
T = TypeVar("T")
_Looking = tuple[str, Crowd, Callable[[], Looked]]
"""A layer, its crowd, and what gives a look through it."""


class Brush:
    """Who paints has it; who works ahead gets it only while nobody has it or waits for it."""

    def __init__(self) -> None:
        self._held = Lock()
        self._waiting: set[int] = set()
        """The threads that want it."""

    def __enter__(self) -> None:
        self._waiting.add(get_ident())
        self._held.acquire()
        self._waiting.discard(get_ident())

    def __exit__(self, *wrong: object) -> None:
        self._held.release()

    @property
    def taken(self) -> bool:
        """Whether somebody has it or waits for it."""
        return bool(self._waiting) or self._held.locked()

    def spare(self, work: Callable[[], None]) -> bool:
        """Do a little work meanwhile; False, without doing it, where somebody has it or waits for it."""
        if self._waiting or not self._held.acquire(blocking=False):
            return False
        try:
            work()
        finally:
            self._held.release()
        return True


class MapPicture:
    """Paints states of one data set, keeping between calls what did not change."""

    def __init__(self, data: DataSet, basemap: Basemap) -> None:
        self.data = data
        self.basemap = basemap
        self._made = MadeLayers(data, basemap)
        self._tokens: dict[str, Tokens] = {}
        self._marked = Marked()
        self._sprites = Sprites()
        self._writing = Writing(data, basemap, self._sprites, self._marked)
        self._named_of: object = None
        self._underlay = Underlay(self._sprites, self._marked)
        self._views = Views()
        self._size = (1, 1)
        """Of the picture asked for last."""
        self._seen_views = SeenViews()
        self._seen_day: Day = 0
        self._left = NAMES
        """What was left for above the crowd in the last picture of one: most often it is the same in the next."""
        self._known_by: Day | None = None
        """The day of the second clock of the picture made last: another one may change every town and name."""
        self._copies = [QImage(), QImage(), QImage()]
        """One is shown, and one painted ahead, while another is painted."""
        self._unmixed: tuple[Screen, float] | None = None
        """What all that is kept was painted for alone, if it was."""
        self._painting = Brush()
        self._learned: tuple[object, ...] = (None,)
        """The view and its theme, and how many areas and marks, of which it is known what other days will ask."""
        self._beside = Beside()
        self._layers = LayerPainter(basemap, self._sprites, self._beside)

    @cached_property
    def heavy(self) -> bool:
        """Whether painting may take longer than a hand should wait, so that a thread should do it."""
        if len(self.data.events) > MANY_EVENTS:
            return True
        outlines = [claim.geometry for claim in self.data.claims]
        outlines += [place.geometry for place in self.data.places.values()]
        return sum(len(outline) for outline in outlines if outline) > MANY_OUTLINE_BYTES

    def knows(self, state: State) -> bool:
        """Whether what takes long about a look was made before: colours, places of names, ground, tiles."""
        named = self._writing.is_quick(state)
        made = not self._unmade(state)
        tiled = not shows_raster(state) or self._layers.rasters.covers(state.raster, Screen(state.camera, *self._size))
        held = state.filters.known_by == self._known_by
        return state.theme in self._tokens and named and made and tiled and held

    def remembers(
        self, state: State, width: int, height: int, ratio: float, clear: tuple[QRectF, ...] = ()
    ) -> bool:
        """Whether the very picture is kept; not to be asked while another thread paints."""
        return _asked(state, width, height, ratio, clear) in self._seen_views.asked

    @property
    def is_painted(self) -> bool:
        """Whether somebody paints just now: whoever paints, too, waits for that."""
        return self._painting.taken

    @property
    def knows_days(self) -> bool:
        """Whether it is known what every other day asks of the view that was painted last."""
        return self._learned[0] is self._writing.view is not None

    def _unmade(self, state: State) -> frozenset[str]:
        """The layers whose geometry takes long to work out and was not yet."""
        slow = {"ground": ground, "change": change}
        data = known_data(self.data, state.filters.known_by)
        return frozenset(name for name, one in slow.items() if not one.is_ready(state, data, self.basemap))

    def ahead(self, state: State, ratio: float) -> Iterator[None]:
        """Work out what takes long of other days, a little at each step; any thread may do so while another paints.

        What it comes to in the view that was painted last is found out only while nobody paints.
        """
        data = known_data(self.data, state.filters.known_by)
        for name, layer in (("holders", holders), ("control", control)):
            if name in state.layers:
                yield from layer.ahead(data)
        if "ground" in state.layers:
            yield from ground.ahead(data, self.basemap, state.time.cursor, state.ground, state.camera.scale / ratio)
            if state.filters.known_by is None:  # else there would soon be as many of all days as days are asked for
                yield from ground.days_ahead(data, self.basemap, state.time.cursor, state.ground)
                yield from self._learn(state, *ground.known_areas(data, self.basemap, state.ground))
        for scale in scales_beside(state.camera.scale):
            near = replace(state, camera=replace(state.camera, scale=scale))
            if "ground" in state.layers:
                yield from ground.ahead(data, self.basemap, state.time.cursor, state.ground, scale / ratio)
            if not self._writing.is_quick(near) and not (yield from self._in_spare_time(self._learn_level(near))):
                return

    def _learn(self, state: State, letters: list[ControlArea], shares: list[ControlArea]) -> Iterator[None]:
        """Find out what the view that was painted last asks of other days, until somebody paints."""
        marks = holders.known_marks(self.data) if "holders" in state.layers else []
        known = self._writing.view, self._underlay, state.theme, len(letters), len(shares), len(marks)
        if known == self._learned or len(letters) + len(shares) > MOST_LEARNED:
            return
        tokens = self.tokens(state.theme)
        learn: list[partial[None]] = [partial(self._learn_letters, one, tokens) for one in letters]
        learn += [partial(self._learn_shares, some, tokens) for some in _pieces(shares)]
        learn += [partial(self._underlay.learn, "holders", some, tokens) for some in _pieces(marks)]
        for some in learn:
            if not self._painting.spare(some):
                return
            yield
        self._learned = known

    def _learn_level(self, state: State) -> Iterator[None]:
        """Find out where names and letters stand at a scale that a hand may come to when it zooms."""
        still = (layer for layer in LAYERS if layer.id in state.layers - CAMERA_LAYERS)
        shown = {layer.id: self._made.of(layer, state) for layer in still}
        screen = Screen(state.camera, *self._size)
        yield from self._writing.learn_level(state, screen, self.tokens(state.theme), shown)

    def _in_spare_time(self, work: Iterator[None]) -> Generator[None, None, bool]:
        """Go on with something while nobody paints; whether it was ended."""
        done = [LEARNED_AT_ONCE]
        while done[-1] == LEARNED_AT_ONCE:
            if not self._painting.spare(lambda: done.append(sum(1 for _ in islice(work, LEARNED_AT_ONCE)))):
                return False
            yield
        return True

    def _learn_letters(self, area: ControlArea, tokens: Tokens) -> None:
        self._underlay.learn("holders", self._writing.learn((area,)), tokens)

    def _learn_shares(self, shares: tuple[ControlArea, ...], tokens: Tokens) -> None:
        self._writing.learn(shares)
        self._underlay.learn("areas", shares, tokens)

    def at_once(self, state: State) -> State:
        """The state without what takes a second to work out and can follow: ground that nobody asked for yet."""
        unmade = self._unmade(state)
        return replace(state, layers=state.layers - unmade) if unmade else state

    def credits(self, state: State, size: tuple[int, int] | None = None) -> tuple[str, ...]:
        """Whose raster lies below the map, first as the rest may be cut off, and whose map lies below the data.

        size: of the map in logical pixels: a raster that draws nothing there is nobody's credit.
        """
        screen = Screen(state.camera, *size) if size is not None else None
        own = self._layers.rasters.credit(state.raster, screen) if shows_raster(state) else ""
        base = self.basemap.attribution
        return (*([f"Base layer: {own}"] if own else ()), *([f"Base map: {base}"] if base else ()))

    def tokens(self, theme: str) -> Tokens:
        """The colours of a theme with those of the data set's actors."""
        if theme not in self._tokens:
            self._tokens[theme] = tokens_for(theme, self.data.actors)
        return self._tokens[theme]

    def written(self, state: State, width: int, height: int, clear: tuple[QRectF, ...] = ()) -> Written:
        """What is written on the map of a state, and where, whether or not it lies in the picture.

        clear: the rectangles that cards will cover, under which no letters are set.
        """
        with self._painting:
            top = self._top(state, width, height)
            shown, _ = self._shown(top, state)
            return self._writing.written(state, top.screen, top.tokens, shown, clear)

    def paint(
        self, painter: QPainter, state: State, width: int, height: int, clear: tuple[QRectF, ...] = (),
        anew: bool = False,
    ) -> Drawn:  # fmt: skip
        """The map of a state in the rectangle (0, 0, width, height) of logical pixels. Vector devices get vectors.

        clear: where cards will lie on the map, so that no name is cut by one. anew: see `image`.
        """
        with self._painting, self._beside.until_done():
            top = self._top(state, width, height)
            top.painter = painter
            self._begin(top.screen, top.ratio, anew)
            shown, every = self._shown(top, state)
            crowds = _looked(self._looked_through(every, top, top.ratio))
            left = _left_for_above(crowds)
            painter.save()
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            painter.setClipRect(QRectF(0, 0, top.screen.width, top.screen.height), Qt.ClipOperation.IntersectClip)
            if painter.paintEngine().type() != QPaintEngine.Type.Raster:
                self._layers.lay_paper(painter, top.screen, top.tokens)
                made = self._draw(top, state, shown, clear, [part for part in PARTS if part not in left])
                self._draw_crowds(top, crowds)
                made |= self._draw(top, state, shown, clear, [part for part in PARTS if part in left])
                self._draw_piles(top)
                parts = [made[part] for part in PARTS]
            else:
                image, parts, _ = self._laid(sheet_of(top), shown, clear, state, left=left)
                painter.drawImage(QPointF(0, 0), image)
                self._draw_crowds(top, crowds)
                self._lay_above(top, state, shown, clear, left)
            painter.restore()
            return self._drawn(top, parts, state)

    def image(
        self, state: State, width: int, height: int, ratio: float = 1.0, hasty: bool = False,
        clear: tuple[QRectF, ...] = (), anew: bool = False, bare: bool = False,
    ) -> tuple[QImage, Drawn]:  # fmt: skip
        """The map of a state as an image of width times height logical pixels, `ratio` device pixels in each.

        hasty: one picture of a movement. What comes back stays as it is; a view without a crowd is not even copied.
        clear: where cards will lie on the map. anew: nothing is taken over from views of other ground, which may lie
        a part of a pixel aside, so that every pixel follows from what was asked for alone. bare: without what can
        follow soon, so that there is something to see: names, towns, and who holds what. Nothing of it is kept.
        """
        asked = _asked(state, width, height, ratio, clear)
        with self._painting, self._beside.until_done():
            if not (anew or bare) and (seen := self._seen_views.again(asked)) is not None:
                self._seen_day, self._size = state.time.cursor, (max(1, width), max(1, height))
                return seen
            if bare:
                state = replace(state, layers=state.layers - NOT_BARE)
            top = self._top(state, width, height, hasty)
            self._begin(top.screen, ratio, anew)
            shown, every = self._shown(top, state)
            looking = self._looked_through(every, top, ratio)
            sheet = Sheet(top.screen, ratio, top.tokens, state.selected)
            if not looking:
                laid = self._laid(sheet, shown, clear, state, bare) if bare else self._seen(sheet, shown, state, clear)
                image, parts, change = laid
            else:
                guessed, change, image = self._left, None, self._oldest_copy(sheet)
                under, parts, _ = self._laid(sheet, shown, clear, state, bare, guessed, image)
                crowds = _looked(looking)
                self._left = left = _left_for_above(crowds)
                if left != guessed:
                    under, parts, _ = self._laid(sheet, shown, clear, state, bare, left, image)
                if under is not image:
                    _copy(under, image)
                top.painter, top.image = (painter := QPainter(image)), image
                painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
                try:
                    self._draw_crowds(top, crowds)
                    self._lay_above(top, state, shown, clear, left, bare)
                finally:
                    painter.end()
                    top.image = None
                image = QImage(image)
            if bare:
                self._layers.images.forget(LINES)
            said = self._drawn(top, parts, state, change)
            if not looking:
                self._seen_views.note(asked, image, said)
            return image, said

    def _begin(self, screen: Screen, ratio: float, anew: bool) -> None:
        """Note what the kept parts are of, and let go of them if another view left its traces in them."""
        if (screen, ratio) == self._unmixed:
            return
        self._unmixed = (screen, ratio) if anew else None
        if anew:
            self._layers.forget()
            self._seen_views, self._named_of = SeenViews(), None
            self._underlay = Underlay(self._sprites, self._marked)

    def _top(self, state: State, width: int, height: int, hasty: bool = False) -> Canvas:
        """The canvas of the crowds, without a painter yet."""
        self._size = max(1, width), max(1, height)
        screen, tokens = Screen(state.camera, *self._size), self.tokens(state.theme)
        return Canvas(
            QPainter(), screen, tokens, state.selected, sprites=self._sprites, views=self._views, hasty=hasty
        )

    def _drawn(self, top: Canvas, parts: Sequence[Part], state: State, change: Change | None = None) -> Drawn:
        wrong = self._layers.rasters.problems(state.raster, state.camera.scale) if shows_raster(state) else ()
        return Drawn(
            (*parts, top), top.screen, self.data, tuple(sorted(self._made.broken)), tuple(top.shown), state.time.cursor,
            change, wrong, unfinished=self._layers.unfinished(state), left_out=top.left_out,
        )  # fmt: skip

    def _shown(self, top: Canvas, state: State) -> tuple[ByLayer, list[tuple[str, Crowd]]]:
        """The primitives of each layer, and the crowds to be painted as such.

        Where a view holds few of a crowd, its layer has their symbols instead.
        """
        self._known_by = state.filters.known_by
        shown = {layer.id: self._made.of(layer, state) for layer in LAYERS if layer.id in state.layers}
        crowds = []
        every = [(name, made[0]) for name, made in shown.items() if len(made) == 1]
        for name, crowd in [(name, one) for name, one in every if isinstance(one, Crowd)]:
            shown[name] = ()
            with logged(name, crowd):
                near = self._views.close(crowd, top.screen)
                shown[name] = self._views.symbols(name, crowd, near) if near is not None else ()
                if crowd.drawn and near is None:
                    crowds.append((name, crowd))
                elif near is not None and crowd.drawn:
                    top.leave_out(name, (near.left_out,))
        return shown, crowds

    def _looked_through(self, crowds: list[tuple[str, Crowd]], top: Canvas, ratio: float) -> list[_Looking]:
        """What looks through each crowd when it is called; where that takes long, another thread has begun with it."""
        found: list[_Looking] = []
        for name, crowd in crowds:
            look = partial(look_through, crowd, top.screen, top.views, ratio, top.hasty)
            long = len(crowd.data.events) >= WORTH_ROWS and not top.views.knows(crowd, top.screen, ratio, top.hasty)
            found.append((name, crowd, self._beside.begin(look).result if long and self._beside.helps else look))
        return found

    def _draw_crowds(self, top: Canvas, crowds: list[tuple[str, Looked]]) -> None:
        for name, looked in crowds:
            with guarded(top, name, looked.crowd):
                paint_crowd(top, name, looked)

    def _seen(
        self, sheet: Sheet, shown: ByLayer, state: State, clear: tuple[QRectF, ...]
    ) -> tuple[QImage, Sequence[Part], Change | None]:
        """A view without a crowd: the very one that was made of the same before, if making it took long."""
        made = tuple(shown.values())
        kept, change = self._seen_views.found(sheet, made, clear), None
        if kept is None:
            begun = time.thread_time()
            image, parts, change = self._laid(sheet, shown, clear, state)
            kept = SeenView(sheet, made, image, tuple(parts), clear)
            leap = abs(state.time.cursor - self._seen_day) > 1 and not state.play.running
            if leap and not self._layers.unfinished(state):  # nobody comes back to each of the days that time passes
                self._seen_views.keep(kept, time.thread_time() - begun)
        self._seen_day = state.time.cursor
        return kept.image, kept.parts, change

    def _oldest_copy(self, sheet: Sheet) -> QImage:
        """The image that nobody shows any more, to be painted anew; Qt gives new memory if somebody does."""
        self._copies.append(sized(self._copies.pop(0), sheet.screen, sheet.ratio))
        return self._copies[-1]

    def _draw(
        self, top: Canvas, state: State, shown: ByLayer, clear: tuple[QRectF, ...], parts: Iterable[str]
    ) -> dict[str, Part]:
        """Draw some of PARTS shape by shape."""
        painter, screen, tokens = top.painter, top.screen, top.tokens
        names, made = self._writing.names(state, tokens, shown), dict[str, Part]()
        lettered = self._writing.lettered(screen, tokens, names, shown, clear)
        for part in parts:
            if part == "names":
                made[part] = inner = Canvas(painter, screen, tokens, sprites=self._sprites)
                self._writing.draw(inner, names, shown, clear)
            else:
                made[part] = self._layers.draw(PARTS[part], painter, state, screen, tokens, lettered)
        return made

    def _laid(
        self, sheet: Sheet, shown: ByLayer, clear: tuple[QRectF, ...], state: State, bare: bool = False,
        left: frozenset[str] = frozenset(), onto: QImage | None = None,
    ) -> tuple[QImage, list[Part], Change]:  # fmt: skip
        """All but a crowd as an image, what was painted in it, and what of it changed; bare: without names.

        left, onto: see `Underlay.lay`. What another thread could not draw is painted here, and from then on by no
        other thread.
        """
        try:
            lines = self._layers.kept(LINES, state, sheet, shown)  # first, as others draw them for longest
            begun = self._underlay.begin(sheet, shown, self._layers.later())
            ground = self._layers.kept(GROUND, state, sheet, shown)
            named = NAMELESS if bare else self._named(sheet, state, shown, clear)
            lettered = shown if bare else self._writing.lettered(
                sheet.screen, sheet.tokens, self._writing.names(state, sheet.tokens, shown), shown, clear
            )  # fmt: skip
            image, (areas, *standing), change = self._underlay.lay(
                sheet, lettered, begun, ground, lines, named, left, onto
            )
        except NotDrawn:
            self._paint_alone()
            self._underlay = Underlay(self._sprites, self._marked)
            return self._laid(sheet, shown, clear, state, bare, left, onto)
        above = Canvas(QPainter(), sheet.screen, sheet.tokens, targets=list(named.targets))
        return image, [ground.canvas, areas, lines.canvas, above, *standing], change

    def _finished_lines(self, sheet: Sheet, shown: ByLayer, state: State) -> Kept:
        """The lines of a view, with nothing left to be drawn on them."""
        lines = self._layers.kept(LINES, state, sheet, shown)
        try:
            drawn(lines.drawing)
        except NotDrawn:
            self._paint_alone()
            lines = self._layers.kept(LINES, state, sheet, shown)
        return lines

    def _paint_alone(self) -> None:
        LOG.exception("lines could not be drawn beside the rest; they are painted with it from now on")
        self._layers.paint_alone()

    def _named(self, sheet: Sheet, state: State, shown: ByLayer, clear: tuple[QRectF, ...]) -> Named:
        names, graticule = self._writing.names(state, sheet.tokens, shown), shown.get("graticule", ())
        key = (sheet.screen, sheet.ratio, sheet.tokens.theme, clear, id(names), id(graticule))
        self._named_of = names, graticule  # held, for the id of what is gone may be another's
        return self._underlay.named(key, sheet, lambda inner: self._writing.draw(inner, names, shown, clear))

    def _lay_above(
        self, top: Canvas, state: State, shown: ByLayer, clear: tuple[QRectF, ...], left: frozenset[str],
        bare: bool = False,
    ) -> None:  # fmt: skip
        """Lay what was left for above the crowds, from the images that are kept; bare: without names."""
        sheet = sheet_of(top)
        named = NAMELESS if bare else self._named(sheet, state, shown, clear)
        if left == COVERED:
            image = self._underlay.over(sheet, self._finished_lines(sheet, shown, state), named)
            top.painter.drawImage(QPointF(0, 0), image)
        elif left == NAMES:
            top.painter.drawImage(QPointF(0, 0), named.image)
        self._draw_piles(top)

    def _draw_piles(self, canvas: Canvas) -> None:
        """Numbers of piles come last, for they say what is below them."""
        for shown in canvas.shown:
            chosen = chosen_at(canvas, shown.looked.crowd)
            paint_piles(canvas.painter, shown.piles, canvas.tokens, self._sprites, chosen)


def _looked(looking: list[_Looking]) -> list[tuple[str, Looked]]:
    """The crowds, once they are looked through; one that cannot be is logged and left out."""
    found = []
    for name, crowd, look in looking:
        with logged(name, crowd):
            found.append((name, look()))
    return found


def _copy(image: QImage, onto: QImage) -> None:
    """Paint an image onto another of the same size."""
    painter = QPainter(onto)
    painter.drawImage(QPointF(0, 0), image)
    painter.end()


def _left_for_above(crowds: list[tuple[str, Looked]]) -> frozenset[str]:
    """What of a map lies above its crowds: names do, and lines and who holds a town where they cover the ground."""
    return COVERED if any(looked.covering for _, looked in crowds) else NAMES if crowds else frozenset()


def _pieces(things: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Things, as many at a time as are learned at once."""
    return (tuple(things[first : first + LEARNED_AT_ONCE]) for first in range(0, len(things), LEARNED_AT_ONCE))


def _asked(state: State, width: int, height: int, ratio: float, clear: tuple[QRectF, ...]) -> Hashable:
    """All that a picture follows from."""
    return width, height, ratio, pictured(state), rects(clear)


def rects(cards: tuple[QRectF, ...]) -> tuple[tuple[float, ...], ...]:
    """Cards as they can be a key: left, top, width, height."""
    return tuple((card.left(), card.top(), card.width(), card.height()) for card in cards)


def sheet_of(canvas: Canvas) -> Sheet:
    """What a canvas that has its painter is for."""
    return Sheet(canvas.screen, canvas.ratio, canvas.tokens, canvas.selected)
