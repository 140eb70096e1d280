"""Packs what is open into one file for somebody else, and unpacks such a file; in a thread that can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMainWindow, QProgressDialog

from viewer.domain.frozen import dataclass
from viewer.session.handing_over import hand_over, receive
from viewer.session.state import State
from viewer.store.errors import StoreError
from viewer.store.evidence import KEPT, is_evidence
from viewer.store.handover import SUFFIX
from viewer.ui.dialogs import sentence
from viewer.ui.working import Working

if TYPE_CHECKING:
    from viewer.store.dataset import DataSet

FILES = f"Hand-overs (*{SUFFIX});;All files (*)"
SHOWN_AFTER_MS = 400
ALL_SHARE = 1000


@dataclass(frozen=True, eq=False)
class Packing:
    """A hand-over that is to be written."""

    data: DataSet
    state: State
    target: Path


@dataclass(frozen=True, eq=False)
class Unpacking:
    """A hand-over that is to be unpacked below a folder."""

    file: Path
    folder: Path


Done = tuple[Path, tuple[str, ...]]
"""The file or store that came of it, and what to tell."""


class HandingOver(QObject):
    """One hand-over at a time; of one that is taken back nothing is left."""

    packed = Signal(object)
    """The file that was written."""
    unpacked = Signal(object, object)
    """The store that was unpacked, and sentences to tell."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.progress: QProgressDialog | None = None
        self.working = Working(_do, self)
        self.working.progressed.connect(self._show)
        self.working.answered.connect(self._over)
        self.working.failed.connect(self._put_away)

    def ask_target(self, data: DataSet, state: State) -> None:
        """Ask where to, and pack what is open with this view."""
        name, _ = QFileDialog.getSaveFileName(self._window, "Hand over", f"{data.path.stem}{SUFFIX}", FILES)
        if name:
            target = Path(name if name.casefold().endswith(".zip") else name + SUFFIX)
            if is_evidence(target, data.path):
                sentence(self._window, "Not handed over", f"{target}: {KEPT}.")
            else:
                self.begin(Packing(data, state, target), f"Packing {target.name}")

    def ask_folder(self, file: Path) -> None:
        """Ask below which folder to unpack a hand-over."""
        title = f"Unpack {file.name} into a new folder in"
        folder = QFileDialog.getExistingDirectory(self._window, title, str(file.parent))
        if folder:
            self.begin(Unpacking(file, Path(folder)), f"Unpacking {file.name}")

    def begin(self, order: Packing | Unpacking, words: str) -> None:
        """Do it while the window lives on."""
        if self.working.busy:
            return
        self.progress = progress = QProgressDialog(words, "Cancel", 0, ALL_SHARE, self._window)
        progress.setWindowTitle("Hand-over")
        progress.setMinimumDuration(SHOWN_AFTER_MS)
        progress.setAutoReset(False)
        progress.setAutoClose(False)
        progress.canceled.connect(self.cancel)
        progress.setValue(0)
        self.working.ask(order)

    def cancel(self) -> None:
        """Take it back."""
        self.working.forget()
        self._put_away()

    def release(self) -> None:
        """Stop, before the data are closed."""
        self.working.release()
        self._put_away()

    def _show(self, share: float) -> None:
        if self.progress is not None and self.working.busy:
            self.progress.setValue(min(ALL_SHARE - 1, round(ALL_SHARE * share)))

    def _over(self, order: Packing | Unpacking, done: Done | str) -> None:
        self._put_away()
        if isinstance(done, str):
            sentence(self._window, "Hand-over", done)
        elif isinstance(order, Packing):
            self.packed.emit(done[0])
        else:
            self.unpacked.emit(*done)

    def _put_away(self) -> None:
        if self.progress is not None:
            self.progress.blockSignals(True)
            self.progress.close()
            self.progress.deleteLater()
            self.progress = None


def _do(order: Packing | Unpacking, tick: Callable[[float], None]) -> Done | str:
    """In a thread: what came of it, or the sentence why nothing did."""
    try:
        if isinstance(order, Packing):
            hand_over(order.data, order.state, order.target, tick)
            return order.target, ()
        return receive(order.file, order.folder, tick)
    except StoreError as error:
        return str(error)
