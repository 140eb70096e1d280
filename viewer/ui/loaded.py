"""What the window is handed when a store was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.domain.frozen import dataclass
from viewer.session.session import Session

if TYPE_CHECKING:
    from viewer.draw.picture import MapPicture
    from viewer.geo.basemap import Basemap
    from viewer.session.state import State
    from viewer.store.dataset import DataSet


@dataclass(frozen=True)
class Found:
    """A store that was read, in whatever thread: nothing in it belongs to the window yet."""

    data: DataSet
    basemap: Basemap
    opening: State | None = None
    """Its view when it is new here."""
    picture: MapPicture | None = None
    """Both None if nobody has looked at it yet."""


@dataclass(frozen=True)
class Loaded:
    """A store that was opened, ready to be shown."""

    session: Session
    data: DataSet
    picture: MapPicture
    basemap: Basemap
    fresh: bool = False
    """It was never shown before: the map is fitted to the window."""
