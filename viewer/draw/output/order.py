"""What every output is told: which scenes, painted by whom, how large, and where to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from viewer.domain.frozen import dataclass
from viewer.draw.picture import MapPicture
from viewer.session.state import Scene

Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1; what it raises ends the work and comes out."""
PIXELS = (64, 8192)
"""The least and the most pixels that a picture may have each way."""
SPEEDS = (1, 60)
"""Frames in a second of a film."""


@dataclass(frozen=True, eq=False)
class Order:
    """An output that is asked for.

    picture: nobody else paints with it meanwhile; size: logical pixels; ratio: device pixels in each of them; notes:
    whether the speaker's notes go with it; per_second: frames of a film.
    """

    picture: MapPicture
    scenes: tuple[Scene, ...]
    path: Path
    size: tuple[int, int] = (1920, 1080)
    ratio: float = 1.0
    notes: bool = False
    per_second: int = 25

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in device pixels."""
        return round(self.size[0] * self.ratio), round(self.size[1] * self.ratio)

    @property
    def title(self) -> str:
        """What the briefing is called: by its first scene that has a title."""
        return next((scene.title for scene in self.scenes if scene.title), self.picture.data.meta.title)


class Written(NamedTuple):
    """What an output came to: a file or folder, and how many pages, pictures or frames are in it."""

    path: Path
    number: int
    seconds: float | None = None
    """How long a film is."""


class Kind(NamedTuple):
    """One kind of output. suffix: how its file ends; unit: what it is made of; size: where nobody asks for another."""

    name: str
    title: str
    suffix: str
    unit: str
    write: Callable[[Order, Progress], Written]
    size: tuple[int, int] = (1920, 1080)
    notes: bool | None = None
    """Whether notes go with it unless somebody says otherwise; None for a kind without room for them."""
    per_second: int = 0
    """Frames in a second of what moves."""
    folder: bool = False
    """Whether it is a folder of files where it is more than one picture."""
