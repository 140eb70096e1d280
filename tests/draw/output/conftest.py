"""What the tests of the outputs share: three scenes of the small store, and orders for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from viewer.draw.output.order import Order
from viewer.draw.picture import MapPicture
from viewer.geo.basemap import Basemap
from viewer.session.scenes import view_of
from viewer.session.state import Scene, State
from viewer.store.dataset import DataSet

NOTES = "Say this.\n\u0642\u0644 \u0647\u0630\u0627"
ARABIC = "\u0628\u062f\u0627\u064a\u0629 \u0627\u0644\u0637\u0631\u064a\u0642"
"""Two words that no map has."""


@pytest.fixture
def scenes(view: Callable[..., State]) -> tuple[Scene, ...]:
    """A title, a map with words in two scripts, and an end."""
    size = (960, 540)
    shown = view_of(view("2017-12-28", size))
    return (
        Scene("t", shown, size, "title", "The field of the desert", "What was published", "Good morning"),
        Scene("m", shown, size, "map", f"Strikes {ARABIC}", "Five floods of fine sand", NOTES, "EXERCISE"),
        Scene("e", replace(shown, theme="dark"), size, "end"),
    )


@pytest.fixture
def order(
    qapp: object, small: DataSet, basemap: Basemap, scenes: tuple[Scene, ...], tmp_path: Path
) -> Callable[..., Order]:
    """An order for a file of the test's folder."""

    def made(name: str, size: tuple[int, int] = (480, 270), **options: Any) -> Order:
        return Order(MapPicture(small, basemap), options.pop("scenes", scenes), tmp_path / name, size, **options)

    return made
