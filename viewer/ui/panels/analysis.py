"""What the filtered records add up to. Only the place of it: all else is made when somebody first looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.draw.tokens import Tokens
from viewer.geo.basemap import Basemap
from viewer.session.session import Session
from viewer.store.dataset import DataSet
from viewer.ui.asking import Asking
from viewer.ui.files import Files

if TYPE_CHECKING:
    from viewer.ui.analysis.view import AnalysisView

PREFIX = "analysis_"
KEPT = ("kind", "by", "against", "measure", "days", "whole", "km")
"""The choices that are kept between sessions."""


class AnalysisPanel(QWidget):
    """Holds the view, and what it is to be made with."""

    wanted = Signal(str)
    """The id of an action that a button asks for."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._data, self._tokens, self._basemap = session, data, tokens, basemap
        self._asking = asking
        self._kept: Mapping[str, str] = {}
        self._files = Files(QSettings())
        self.view: AnalysisView | None = None
        """None until somebody looks."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        """Now somebody looks."""
        super().showEvent(event)
        if self.view is None:
            from viewer.ui.analysis.view import AnalysisView

            self.view = AnalysisView(
                self._session, self._data, self._tokens, self._basemap, self._asking, self._kept, self._files, self
            )
            self.view.wanted.connect(self.wanted)
            self._column.addWidget(self.view)
            self.setFocusProxy(self.view.shown)
            self.view.show()

    def release(self) -> None:
        """Stop watching the session and working, before the widget goes."""
        if self.view is not None:
            self.view.release()

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self._tokens = tokens
        if self.view is not None:
            self.view.set_tokens(tokens)

    def remember(self, settings: QSettings) -> None:
        """Keep what is chosen."""
        kept = self._kept if self.view is None else self.view.choices
        for name, value in kept.items():
            settings.setValue(PREFIX + name, value)

    def recall(self, settings: QSettings) -> None:
        """Take what was kept; what no longer fits is left out."""
        self._files = Files(settings)
        found = {name: settings.value(PREFIX + name) for name in KEPT}
        self._kept = {name: str(value) for name, value in found.items() if value is not None}
