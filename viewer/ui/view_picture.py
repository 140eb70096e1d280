"""The view as a picture for somebody: on the clipboard, or in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMainWindow

from viewer.domain.dates import iso
from viewer.draw.frame import paint_frame, render_frame
from viewer.session.commands import SetTheme
from viewer.session.scenes import fitted
from viewer.session.state import Scene
from viewer.ui.canvas import Canvas
from viewer.ui.dialogs import sentence
from viewer.ui.files import Files
from viewer.ui.status import MESSAGE_MS, TOLD_MS, StatusLine

if TYPE_CHECKING:
    from viewer.draw.output.pictures import Sheet
    from viewer.ui.loaded import Loaded


class ViewPicture:
    """Makes a picture of what the map shows now."""

    def __init__(
        self, window: QMainWindow, files: Files, loaded: Loaded, canvas: Canvas, status: StatusLine
    ) -> None:
        self._window, self._files, self._loaded = window, files, loaded
        self._session, self._canvas, self._status = loaded.session, canvas, status

    def made(self, theme: str = "") -> QImage:
        """The view as the picture that is exported: the same size, with date, legend, scale and sources."""
        size, state = self._canvas.size(), SetTheme(theme).apply(self._session.state)
        ratio, loaded = self._canvas.devicePixelRatioF(), self._loaded
        return render_frame(
            loaded.data, state, loaded.basemap, size.width(), size.height(), ratio, picture=loaded.picture
        )

    def copy(self) -> None:
        """Put the view on the clipboard."""
        QGuiApplication.clipboard().setImage(self.made())
        self._status.showMessage("The view was copied as a picture", MESSAGE_MS)

    def save(self, theme: str = "") -> None:
        """Ask in which form, how large and where, and write the view there whole or not at all, never over a store."""
        from viewer.ui.picture_export import PictureDialog

        size = self._canvas.size()
        dialog = PictureDialog(self._window, (size.width(), size.height()), self._canvas.devicePixelRatioF())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._save(dialog.suffix, dialog.sheet(self._loaded.data.meta.title), theme))
        dialog.open()

    def _save(self, suffix: str, sheet: Sheet, theme: str) -> None:
        """Ask where, and write the view in a theme, its own for ''."""
        from viewer.draw.output.pictures import obstacle_to_picture

        path = self._files.picture(self._window, f"badia-{iso(self._session.state.time.cursor)}{suffix}")
        if path is None:
            return
        size, state = self._canvas.size(), SetTheme(theme).apply(self._session.state)
        shown = fitted(Scene("", state, (size.width(), size.height())), *sheet.size)
        picture = self._loaded.picture
        said = obstacle_to_picture(
            path, self._loaded.data.path, sheet, lambda painter, *room: paint_frame(painter, picture, shown, *room)
        )
        if said:
            sentence(self._window, "Not saved", f"{said}.")
        else:
            self._status.tell_file("Saved", path, TOLD_MS)
