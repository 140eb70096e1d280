"""Looks into a file that was chosen or dropped, in a thread, and makes it the base layer if it holds tiles."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from viewer.session.commands import SetRaster
from viewer.session.session import Session
from viewer.store.errors import StoreError
from viewer.store.tiles import SUFFIX, NoTileSetError, open_tiles


class RasterChoice(QObject):
    """Looks at one file at a time; of those named meanwhile the newest wins."""

    refused = Signal(str)
    """The sentence why a file cannot be the base layer."""
    other = Signal(object)
    """The path of a dropped file that holds no tiles."""
    _over = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: tuple[Path, bool] | None = None
        self._looked_at: Path | None = None
        self._error: Exception | None = None
        self._thread: threading.Thread | None = None
        self._over.connect(self._heard, Qt.ConnectionType.QueuedConnection)

    def choose(self, path: Path) -> None:
        """Make a file the base layer, or say why not."""
        self._look(path, False)

    def offer(self, path: Path) -> None:
        """The same for a file that was dropped, which may be something else."""
        self._look(path, path.suffix.casefold() != SUFFIX)

    def release(self) -> None:
        """Nobody waits any more; the thread ends by itself within the time for a look."""
        self._wanted = None
        if self._thread is not None:
            self._thread.join()

    def _look(self, path: Path, dropped: bool) -> None:
        self._wanted = path, dropped
        if self._thread is None:
            self._thread = threading.Thread(target=self._open, args=(path,), name="badia-tiles", daemon=True)
            self._thread.start()

    def _open(self, path: Path) -> None:
        """The thread: it touches nothing of the window."""
        self._error = None
        try:
            open_tiles(path)
        except Exception as error:  # noqa: BLE001 - told, or raised again, in the window's thread
            self._error = error
        self._looked_at = path
        self._over.emit()

    def _heard(self) -> None:
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        if self._wanted is None:
            return
        path, dropped = self._wanted
        if path != self._looked_at:
            self._look(path, dropped)
            return
        self._wanted, error = None, self._error
        if error is None:
            self._session.dispatch(SetRaster(str(path.absolute())))
        elif isinstance(error, NoTileSetError) and dropped:
            self.other.emit(path)
        elif isinstance(error, StoreError):
            self.refused.emit(str(error))
        else:
            raise error
