"""What is written on a map: names first, then letters of the grid and of ground, which leave them their room."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF

from viewer.domain.frozen import dataclass
from viewer.draw.badges import Badges
from viewer.draw.grid_figures import (
    Square,
    SquareLetters,
    figure_bands,
    figures_of,
    paint_figures,
    paint_letters,
)
from viewer.draw.kinds import STEPPED
from viewer.draw.labels import Placed, paint_placed
from viewer.draw.letters import Lettering
from viewer.draw.made_layers import ByLayer
from viewer.draw.naming import NAMING, Names, Naming
from viewer.draw.paint import Canvas
from viewer.draw.paint_mark import Marked
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Target
from viewer.draw.tokens import Tokens
from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Letters, Primitive
from viewer.session.state import State
from viewer.store.dataset import DataSet

DESCENT = 5.0
"""How many pixels Arabic letters may reach below what a name takes."""


@dataclass(frozen=True, eq=False)
class Written:
    """What is written on a map: names, the letters of grid squares, and those of who holds ground on a day."""

    names: tuple[Placed, ...]
    squares: tuple[Square, ...]
    letters: tuple[Letters, ...]


class Writing:
    """Decides where all that is written on one data set's map stands."""

    def __init__(self, data: DataSet, basemap: Basemap, sprites: Sprites, marked: Marked) -> None:
        self._sprites, self._marked = sprites, marked
        self._naming = Naming(data, basemap)
        self._squares = SquareLetters()
        self._lettering = Lettering()
        self._badges = Badges()

    def is_quick(self, state: State) -> bool:
        """Whether the names of a look are known, and where letters stand among them, as far as those take long."""
        room = self._naming.room(state)
        return room is not None and self._lettering.knows(room)

    def names(self, state: State, tokens: Tokens, shown: ByLayer) -> Names:
        """Where names stand at a state's scale, clear of each other."""
        made = tuple(shown.get(name, ()) for name in NAMING)
        return self._naming.names(state, tokens, made)

    def written(
        self, state: State, screen: Screen, tokens: Tokens, shown: ByLayer, clear: tuple[QRectF, ...]
    ) -> Written:
        """What is written on the map of a state in the view and around it, and where."""
        names = self.names(state, tokens, shown)
        squares, _ = self._squares.place(shown.get("graticule", ()), screen, names.room, clear)
        letters = self.lettered(screen, tokens, names, shown, clear)["letters"]
        return Written(names.placed, squares, tuple(one for one in letters if isinstance(one, Letters)))

    def lettered(
        self, screen: Screen, tokens: Tokens, names: Names, shown: ByLayer, clear: tuple[QRectF, ...]
    ) -> ByLayer:
        """What is shown, with badges and the letters of ground in their places."""
        shown = {**shown, "incidents": self._badges.off_names(shown.get("incidents", ()), names.room)}
        made = tuple(shown.get(name, ()) for name in STEPPED["areas"])
        _, grid = self._squares.place(shown.get("graticule", ()), screen, names.room, clear)
        others = self._marked.taken(shown.get("incidents", ()), screen, tokens, names.room.scale), grid
        free = (*clear, *figure_bands(screen, clear)) if shown.get("graticule") else clear
        return {**shown, "letters": self._lettering.place(made, screen, tokens, names.room, free, others)}

    @property
    def view(self) -> object:
        """What stands for the view that was lettered last."""
        return self._lettering.view

    def learn(self, things: tuple[Primitive, ...]) -> tuple[Letters, ...]:
        """Find out where letters of other days' primitives would stand alone in the view that was lettered last."""
        return self._lettering.learn(things)

    def learn_level(self, state: State, screen: Screen, tokens: Tokens, shown: ByLayer) -> Iterator[None]:
        """Find out, a little at a time, where names and letters stand at the level of another scale."""
        names = self.names(state, tokens, shown)
        yield
        made = tuple(shown.get(name, ()) for name in STEPPED["areas"])
        yield from self._lettering.learn_level(made, screen, tokens, names.room)

    def draw(
        self, canvas: Canvas, names: Names, shown: ByLayer, clear: tuple[QRectF, ...]
    ) -> None:
        """Names that lie wholly in the picture and under no card: a cut name reads as another one."""
        screen = canvas.screen
        paint_letters(canvas, self._squares.place(shown.get("graticule", ()), screen, names.room, clear)[0])
        taken = list(clear)
        for placed in names.placed:
            left, top, right, bottom = placed.box(screen)
            box = QRectF(left, top, right - left, bottom - top + DESCENT)
            whole = left >= 1 and top >= 1 and right <= screen.width - 1 and bottom <= screen.height - 1
            if whole and not any(box.intersects(card) for card in clear):
                paint_placed(canvas.painter, placed, screen, canvas.tokens, self._sprites)
                taken.append(box)
                if placed.refs:
                    canvas.targets.append(Target((left, top, right, bottom), placed.refs, placed.block.lines[0][0]))
        paint_figures(canvas, figures_of(shown.get("graticule", ()), screen, taken), taken)
