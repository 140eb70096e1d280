"""One file per panel; panels never import each other. PANELS is their order."""

from viewer.ui.panels.detail import DetailPanel
from viewer.ui.panels.filters import FiltersPanel
from viewer.ui.panels.layers import LayersPanel
from viewer.ui.panels.records import RecordsPanel

PANELS = (LayersPanel, FiltersPanel, RecordsPanel, DetailPanel)
