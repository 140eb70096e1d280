"""Writes a briefing to a file for others: what of it, as what and how large is asked, then a thread paints it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QMainWindow,
    QSpinBox,
    QWidget,
)

from viewer.domain.frozen import dataclass
from viewer.draw.output import KINDS, written_or_said
from viewer.draw.output.order import SPEEDS, Kind, Order, Written
from viewer.draw.page import unwritable
from viewer.draw.picture import MapPicture
from viewer.session.scenes import fitting
from viewer.session.shots import frame_count
from viewer.session.state import Scene
from viewer.ui.dialogs import sentence
from viewer.ui.errand import Errand, Question
from viewer.ui.files import Files, always
from viewer.ui.loaded import Loaded
from viewer.ui.picture_export import SizeFields
from viewer.ui.status import tell_file
from viewer.ui.text import PlainLabel

TITLE = "Export the briefing"
TELL_MS = 15_000


@dataclass(frozen=True, eq=False)
class Job:
    """One output that is asked for."""

    kind: Kind
    order: Order


class BriefDialog(QDialog):
    """What of the briefing, as what, and how large; where is asked after it."""

    def __init__(self, parent: QWidget, scenes: tuple[Scene, ...]) -> None:
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self._scenes = scenes
        self._rows = rows = QFormLayout(self)
        self.kinds, self.parts = QComboBox(), QComboBox()
        for kind in KINDS:
            self.kinds.addItem(kind.title)
        self.parts.addItem(f"All {len(scenes)} scenes" if len(scenes) > 1 else "The scene")
        for number, scene in enumerate(scenes if len(scenes) > 1 else (), start=1):
            self.parts.addItem(f"{number}. {scene.title or 'without a title'}")
        self.fields = SizeFields(KINDS[0].size, 1.0)
        self.notes = QCheckBox("With the speaker's &notes")
        self.speed = QSpinBox()
        self.speed.setRange(*SPEEDS)
        self.told = PlainLabel("")
        rows.addRow("&As", self.kinds)
        rows.addRow("&Of", self.parts)
        rows.addRow(self.fields)
        rows.addRow("&Speed", self.speed)
        rows.addRow("", self.notes)
        rows.addRow("", self.told)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go_on = buttons.addButton("Choose a name\u2026", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_on.setEnabled(bool(scenes))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        rows.addRow(buttons)
        self.kinds.currentIndexChanged.connect(self._settle)
        self.parts.currentIndexChanged.connect(self._tell)
        self.speed.valueChanged.connect(self._tell)
        self._settle()
        self.go_on.setFocus()  # so that Enter goes on

    @property
    def kind(self) -> Kind:
        """What it is to become."""
        return KINDS[self.kinds.currentIndex()]

    @property
    def chosen(self) -> tuple[Scene, ...]:
        """The scenes that are asked for."""
        number = self.parts.currentIndex()
        return self._scenes if number <= 0 else (self._scenes[number - 1],)

    def order(self, picture: MapPicture, path: Path) -> Order:
        """What is asked for, as it is now; nothing is taken from the fields later."""
        return Order(
            picture, self.chosen, path, self.fields.size_asked, self.fields.ratio,
            self.notes.isEnabled() and self.notes.isChecked(), self.speed.value(),
        )  # fmt: skip

    def _settle(self) -> None:
        kind = self.kind
        self.fields.set_size_asked(kind.size)
        self.notes.setEnabled(kind.notes is not None)
        self.notes.setChecked(bool(kind.notes))
        self.speed.setEnabled(bool(kind.per_second))
        self.speed.setValue(kind.per_second or self.speed.value())
        for field, asked in ((self.speed, kind.per_second), (self.notes, kind.notes is not None)):
            self._rows.setRowVisible(field, bool(asked))  # what says nothing of a kind is not asked for it
        self._tell()

    def _tell(self) -> None:
        self.speed.setSuffix(" frame a second" if self.speed.value() == 1 else " frames a second")
        number = frame_count(self.chosen, self.speed.value()) if self.kind.per_second else 0
        minutes, seconds = divmod(round(number / self.speed.value()), 60)
        self.told.setText(f"{number:,} frames, {minutes}:{seconds:02} minutes" if number else "")


class BriefExport(QObject):
    """Asks, and writes in a thread; one output at a time, of which nothing is left when it is taken back."""

    written = Signal(object)
    """A Written, when it is there."""

    def __init__(self, window: QMainWindow, files: Files, loaded: Loaded, scenes: tuple[Scene, ...]) -> None:
        super().__init__(window)
        self._window, self._files, self._loaded = window, files, loaded
        fits = [fitting(scene, loaded.data, os.path.exists) for scene in scenes]
        self._scenes = tuple(fit.scene for fit in fits)
        boxes = unwritable(loaded.picture, self._scenes)
        self.notices = (*(notice for fit in fits for notice in fit.notices), *((boxes,) if boxes else ()))
        """What the store cannot show of the scenes, a sentence each."""
        self.question = Question[BriefDialog]()
        self.errand = Errand(_do, TITLE, window, self)
        self.errand.done.connect(self._over)
        self.errand.cancelled.connect(self._taken_back)

    def ask(self) -> None:
        """Ask what is wanted, unless something is being asked or written."""
        if self.busy:
            return
        self.question.open(BriefDialog(self._window, self._scenes), self._asked)

    @property
    def busy(self) -> bool:
        """Whether something is being asked or written."""
        return self.errand.busy or self.dialog is not None

    @property
    def dialog(self) -> BriefDialog | None:
        """What asks at the moment."""
        return self.question.dialog

    def release(self) -> None:
        """Stop writing and asking, before the data are closed."""
        self.errand.release()
        self.question.put_away()
        self.deleteLater()

    def _asked(self, dialog: BriefDialog) -> None:
        kind = dialog.kind
        several = kind.folder and (bool(kind.per_second) or len(dialog.chosen) > 1)
        path = ask_output(self._files, self._window, kind, several)
        if path is not None:
            # a picture of its own, as the window's goes on painting the map
            self.begin(Job(kind, dialog.order(MapPicture(self._loaded.data, self._loaded.basemap), path)))

    def begin(self, job: Job) -> None:
        """Write an output while the window lives on."""
        self.errand.begin(job, f"Writing {job.order.path.name}")

    def _taken_back(self) -> None:
        self._window.statusBar().showMessage("The export was cancelled, and nothing written", TELL_MS)

    def _over(self, job: Job, answer: Written | str) -> None:
        if isinstance(answer, str):
            sentence(self._window, "Not exported", answer)
            return
        unit = f"{job.kind.unit}{'' if answer.number == 1 else 's'}"
        tell_file(self._window, f"{answer.number:,} {unit} written to", answer.path, TELL_MS)
        self.written.emit(answer)
        if self.notices:
            more = f" (and {len(self.notices) - 1} more)" if len(self.notices) > 1 else ""
            report = "\n".join(self.notices)
            sentence(self._window, "Exported without what the store lacks", f"{self.notices[0]}{more}", report)


def ask_output(files: Files, parent: QWidget, kind: Kind, several: bool) -> Path | None:
    """Where to: a file whose name ends as it must, or a new folder for several."""
    name = f"briefing-{dt.date.today().isoformat()}"
    if several:
        return files.new(parent, f"{TITLE}: a new folder", name)
    return files.new(parent, TITLE, name + kind.suffix, f"{kind.title} (*{kind.suffix})", always(kind.suffix))


def _do(job: Job, tick: Callable[[float], None]) -> Written | str:
    """In a thread: the output, or why there is none."""
    return written_or_said(job.kind, job.order, tick)
