"""The line of a panel that keeps still while time plays: of which days it still speaks."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.ui.text import PlainLabel


class AsOf(PlainLabel):
    """Hidden while nothing plays, as the panel keeps up then."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.setStyleSheet("font-weight: 600")
        self.setWordWrap(True)
        self._days, self._playing = "", False
        self._show()

    def tell(self, days: str) -> None:
        """Of which days the panel speaks now, '' for none that follow time."""
        self._days = days
        self._show()

    def follow(self, playing: bool) -> None:
        """Whether time plays."""
        self._playing = playing
        self._show()

    def _show(self) -> None:
        self.setText(f"While playing: as of {self._days}")
        self.setVisible(self._playing and bool(self._days))
