"""Asks for files and folders; begins where the last one was found, at first in the user's documents."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.store.evidence import STORE_SUFFIXES
from viewer.store.tiles import SUFFIX as TILES
from viewer.ui.dialogs import replacing

ALL = "All files (*)"
STORES = f"Stores ({' '.join(f'*{suffix}' for suffix in STORE_SUFFIXES)});;{ALL}"
TO_IMPORT = (
    f"Tables, GeoJSON, KML and stores (*.csv *.tsv *.txt *.xlsx *.json *.geojson *.kml *.kmz *.gpkg *.gz);;{ALL}"
)
REMEMBERED = "folder"
"""The setting that keeps the folder used last."""
Ending = Callable[[Path], Path]
"""Makes a name end as it must."""


class Files:
    """The questions after files of one window, which share the folder they begin in."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def folder(self) -> Path:
        """Where the next question begins: the folder used last if it is still there, else that of the documents."""
        name = str(self._settings.value(REMEMBERED, ""))
        return Path(name) if name and Path(name).is_dir() else self.documents

    @property
    def documents(self) -> Path:
        """Where the user keeps documents; home where there is no such folder."""
        name = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(name) if name and Path(name).is_dir() else Path.home()

    def use(self, path: Path) -> Path:
        """Remember the folder of a file that was chosen; the file."""
        self._settings.setValue(REMEMBERED, str(path.absolute().parent))
        return path

    def store(self, parent: QWidget) -> Path | None:
        """Which store to open."""
        return self.old(parent, "Open a store", STORES)

    def tiles(self, parent: QWidget, near: str = "") -> Path | None:
        """Which file to draw below the map; near: the one that is drawn now."""
        return self.old(parent, "Base layer from an MBTiles file", f"MBTiles (*{TILES});;{ALL}", near)

    def to_import(self, parent: QWidget, near: str = "") -> Path | None:
        """Which file to import; near: the one that is looked at now."""
        return self.old(parent, "A file to import", TO_IMPORT, near)

    def target(self, parent: QWidget, suggested: str) -> Path | None:
        """Which store to import into, an old one or a new one; the name always has a suffix."""
        return self.new(parent, "A store to import into", suggested, STORES, some(STORE_SUFFIXES[0]), may_stand=True)

    def picture(self, parent: QWidget, suggested: str) -> Path | None:
        """Where to write a picture; the name always ends as the suggested one does."""
        suffix = Path(suggested).suffix
        filters = f"{suffix[1:].upper()} (*{suffix})"
        return self.new(parent, "Save the view as a picture", suggested, filters, always(suffix))

    def export(self, parent: QWidget, suggested: str, title: str, suffix: str) -> Path | None:
        """Where to write an export; the name always ends in its suffix."""
        return self.new(parent, "Export incidents", suggested, f"{title} (*{suffix})", always(suffix))

    def hand_over(self, parent: QWidget, suggested: str, suffix: str) -> Path | None:
        """Where to pack a hand-over; the name always ends as that of an archive."""
        filters = f"Hand-overs (*{suffix});;{ALL}"
        return self.new(parent, "Hand over", suggested, filters, always(suffix, ".zip"))

    def folder_for(self, parent: QWidget, file: Path) -> Path | None:
        """Below which folder to unpack a hand-over."""
        name = QFileDialog.getExistingDirectory(parent, f"Unpack {file.name} into a new folder in", str(file.parent))
        return Path(name) if name else None

    def old(self, parent: QWidget, title: str, filters: str, near: str = "") -> Path | None:
        """A file to read; near: a path to begin at instead."""
        name, _ = QFileDialog.getOpenFileName(parent, title, near or str(self.folder), filters)
        return self.use(Path(name)) if name else None

    def new(
        self, parent: QWidget, title: str, name: str, filters: str = "", ending: Ending = lambda path: path,
        may_stand: bool = False,
    ) -> Path | None:  # fmt: skip
        """A file to write; ending: makes its name end as it must.

        may_stand: it may be there already without a question, as it is not written over.
        """
        asking = QFileDialog.Option.DontConfirmOverwrite if may_stand else QFileDialog.Option(0)
        begin = self.folder / name
        while True:
            chosen, _ = QFileDialog.getSaveFileName(parent, title, str(begin), filters, options=asking)
            if not chosen:
                return None
            path = self.use(ending(Path(chosen)))
            asked_about = may_stand or path == Path(chosen)
            if asked_about or not os.path.lexists(path) or replacing(parent, path):
                return path
            begin = path


def always(suffix: str, *also: str) -> Ending:
    """The name ends in this suffix, or in one of others that serve as well."""
    return lambda path: path if path.name.casefold().endswith((suffix, *also)) else path.with_name(path.name + suffix)


def some(suffix: str) -> Ending:
    """The name has a suffix of its own, else this one."""
    return lambda path: path if path.suffix else path.with_name(path.name + suffix)
