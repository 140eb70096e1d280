"""Takes what the panel shows along: as a table on the clipboard or in a file, or as a picture."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from viewer.draw.tokens import Tokens
from viewer.session.analysis import Breakdown, Cross
from viewer.session.analysis_series import Series, series_file_lines, series_sheet
from viewer.session.analysis_words import file_lines, file_name, obstacle_to_lines, sheet_of, sheet_text
from viewer.store.dataset import DataSet
from viewer.ui.dialogs import sentence
from viewer.ui.files import Files, always
from viewer.ui.text import PlainLabel

TOLD_MS = 12_000
RATIO = 2.0
"""Device pixels in a logical one of a picture: it is for print and projectors."""
FORMS = ((".csv", "Save as a table (CSV)\u2026"), (".png", "Save as a picture (PNG)\u2026"),
         (".svg", "Save as a drawing (SVG)\u2026"), (".pdf", "Save as a page (PDF)\u2026"))  # fmt: skip


class Taking:
    """The button with its menu, and the line that tells what came of it."""

    def __init__(self, panel: QWidget, files: Files) -> None:
        self._panel, self._files = panel, files
        self._shown: tuple[DataSet, Breakdown | Cross | Series, Tokens, int] | None = None
        self.button = QToolButton(panel)
        self.button.setText("Take along \u25be")
        self.button.setToolTip("Copy or save what is shown, with what was asked and whom to thank")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.button)
        menu.addAction("Copy as a table\tCtrl+C", self.copy)
        menu.addSeparator()
        for suffix, title in FORMS:
            menu.addAction(title, partial(self.ask, suffix))
        self.button.setMenu(menu)
        self.told = PlainLabel(parent=panel)
        self.told.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.told.setContentsMargins(8, 2, 8, 4)
        self.told.setWordWrap(True)
        self.told.hide()
        self._later = QTimer(panel)
        self._later.setSingleShot(True)
        self._later.setInterval(TOLD_MS)
        self._later.timeout.connect(self.told.hide)

    def release(self) -> None:
        """Let go of the data."""
        self._later.stop()
        self._shown = None

    def offer(self, data: DataSet, found: Breakdown | Cross | Series | None, tokens: Tokens, day: int) -> None:
        """What there is to take now; day: that of the map."""
        self._shown = None if found is None else (data, found, tokens, day)
        self.button.setEnabled(found is not None)

    def say(self, text: str) -> None:
        """Tell what happened, for a while."""
        self.told.setText(text)
        self.told.show()
        self._later.start()

    def copy(self) -> None:
        """Put the table on the clipboard, lines of tabs."""
        if self._shown is None:
            return
        data, found, _, day = self._shown
        sheet = series_sheet(data, found, day) if isinstance(found, Series) else sheet_of(data, found)
        QGuiApplication.clipboard().setText(sheet_text(sheet))
        self.say("Copied as a table")

    def ask(self, suffix: str) -> None:
        """Ask where to write it in a form."""
        if self._shown is None:
            return
        found = self._shown[1]
        name = "badia-control-and-incidents" if isinstance(found, Series) else file_name(found)
        kind = f"{suffix[1:].upper()} (*{suffix})"
        path = self._files.new(self._panel, "Save what it adds up to", f"{name}{suffix}", kind, always(suffix))
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write what is shown, in the form of the name's suffix; whole or not at all."""
        if self._shown is None:
            return
        data, found, tokens, day = self._shown
        if path.suffix.casefold() == ".csv":
            lines = series_file_lines(data, found) if isinstance(found, Series) else file_lines(data, found)
            said = obstacle_to_lines(path, data.path, lines)
        else:
            from viewer.draw.output.pictures import Sheet as Picture  # with films and slides, for which nobody waits
            from viewer.draw.output.pictures import obstacle_to_picture
            from viewer.ui.analysis.page import page_of

            page = page_of(data, found, tokens, self._panel.font(), day)
            said = obstacle_to_picture(path, data.path, Picture(page.size, RATIO, page.sheet.title), page.paint)
        if said:
            sentence(self._panel.window(), "Not saved", f"{said}.")
        else:
            self.say(f"Saved {path}")
