"""Packs what is open into one file for somebody else, and unpacks such a file; in a thread that can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from viewer.domain.frozen import dataclass
from viewer.session.handing_over import hand_over, receive
from viewer.session.state import State
from viewer.store.errors import StoreError
from viewer.store.evidence import KEPT, is_evidence
from viewer.store.handover import SUFFIX
from viewer.ui.dialogs import sentence
from viewer.ui.errand import Errand
from viewer.ui.files import Files

if TYPE_CHECKING:
    from viewer.store.dataset import DataSet


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

    def __init__(self, window: QMainWindow, files: Files) -> None:
        super().__init__(window)
        self._window, self._files = window, files
        self.errand = Errand(_do, "Hand-over", window, self)
        self.errand.done.connect(self._over)

    def ask_target(self, data: DataSet, state: State) -> None:
        """Ask where to, and pack what is open with this view."""
        target = self._files.hand_over(self._window, f"{data.path.stem}{SUFFIX}", SUFFIX)
        if target is not None and is_evidence(target, data.path):
            sentence(self._window, "Not handed over", f"{target}: {KEPT}.")
        elif target is not None:
            self.errand.begin(Packing(data, state, target), f"Packing {target.name}")

    def ask_folder(self, file: Path) -> None:
        """Ask below which folder to unpack a hand-over."""
        folder = self._files.folder_for(self._window, file)
        if folder is not None:
            self.errand.begin(Unpacking(file, folder), f"Unpacking {file.name}")

    def release(self) -> None:
        """Stop, before the data are closed."""
        self.errand.release()

    def _over(self, order: Packing | Unpacking, done: Done | str) -> None:
        if isinstance(done, str):
            sentence(self._window, "Hand-over", done)
        elif isinstance(order, Packing):
            self.packed.emit(done[0])
        else:
            self.unpacked.emit(*done)


def _do(order: Packing | Unpacking, tick: Callable[[float], None]) -> Done | str:
    """In a thread: what came of it, or the sentence why nothing did."""
    try:
        if isinstance(order, Packing):
            hand_over(order.data, order.state, order.target, tick)
            return order.target, ()
        return receive(order.file, order.folder, tick)
    except StoreError as error:
        return str(error)
