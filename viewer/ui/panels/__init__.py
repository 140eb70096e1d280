"""One file per panel; panels never import each other. PANELS is their order, and all the workspace asks."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from viewer.draw.tokens import Tokens
from viewer.session.session import Session
from viewer.store.dataset import DataSet
from viewer.ui.panels.detail import DetailPanel
from viewer.ui.panels.filters import FiltersPanel
from viewer.ui.panels.layers import LayersPanel
from viewer.ui.panels.records import RecordsPanel


class Panel(Protocol):
    """A class of panel: its name in actions, its title, and the side of the window ("left" or "right") it begins at."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def side(self) -> str: ...

    def __call__(self, session: Session, data: DataSet, tokens: Tokens) -> QWidget: ...


PANELS: tuple[Panel, ...] = (LayersPanel, FiltersPanel, RecordsPanel, DetailPanel)
