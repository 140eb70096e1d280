"""One file per panel; panels never import each other. PANELS is their order, and all the workspace asks.

The window has a place for each before any is there: a panel is imported when it is made, after the map is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from viewer.domain.frozen import dataclass

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from viewer.draw.tokens import Tokens
    from viewer.geo.basemap import Basemap
    from viewer.session.session import Session
    from viewer.store.dataset import DataSet
    from viewer.ui.asking import Asking


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: its name in actions, its title, the side it begins at ("left" or "right"), its maker."""

    id: str
    title: str
    side: str
    make: Callable[[Session, DataSet, Tokens, Basemap, Asking], QWidget]
    opens: bool = True
    """Whether it is open, or may be, where nobody has chosen yet."""


def _layers(session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking) -> QWidget:
    from viewer.ui.panels.layers import LayersPanel

    return LayersPanel(session, data, tokens)


def _filters(session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking) -> QWidget:
    from viewer.ui.panels.filters import FiltersPanel

    return FiltersPanel(session, data, tokens, asking, basemap=basemap)


def _records(session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking) -> QWidget:
    from viewer.ui.panels.records import RecordsPanel

    return RecordsPanel(session, data, tokens)


def _detail(session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking) -> QWidget:
    from viewer.ui.panels.detail import DetailPanel

    return DetailPanel(session, data, tokens, asking)


def _change(session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking) -> QWidget:
    from viewer.ui.panels.change import ChangePanel

    return ChangePanel(session, data, tokens, basemap)


def _scenes(session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking) -> QWidget:
    from viewer.ui.panels.scenes import ScenesPanel

    return ScenesPanel(session, data, tokens)


def _table(session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking) -> QWidget:
    from viewer.ui.panels.table import TablePanel

    return TablePanel(session, data, tokens, asking)


def _analysis(session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking) -> QWidget:
    from viewer.ui.panels.analysis import AnalysisPanel

    return AnalysisPanel(session, data, tokens, basemap, asking)


PANELS = (
    Panel("layers", "Layers", "left", _layers), Panel("filters", "Filters", "left", _filters),
    Panel("records", "Records", "right", _records), Panel("detail", "Details", "right", _detail),
    Panel("change", "Change", "right", _change, opens=False),
    Panel("scenes", "Scenes", "right", _scenes, opens=False), Panel("table", "Table", "left", _table, opens=False),
    Panel("analysis", "Analysis", "left", _analysis, opens=False),
)  # fmt: skip
