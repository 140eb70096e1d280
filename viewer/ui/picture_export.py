"""The view as a picture: in which form, how large and how fine; where is asked after it."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QWidget,
)

from viewer.draw.output.order import PIXELS
from viewer.draw.output.pictures import FORMS, Sheet
from viewer.ui.text import PlainLabel

TITLES = {".png": "PNG: pixels", ".svg": "SVG: a drawing for an editor", ".pdf": "PDF: a drawing with text to select"}
SCALES = (0.25, 8.0)


class SizeFields(QWidget):
    """Width and height in logical pixels, and how many device pixels there are in each."""

    def __init__(self, size: tuple[int, int], ratio: float) -> None:
        super().__init__()
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        self.across, self.down = QSpinBox(), QSpinBox()
        for field, value in ((self.across, size[0]), (self.down, size[1])):
            field.setRange(*PIXELS)
            field.setValue(value)
            field.setSuffix(" px")
        self.scale = QDoubleSpinBox()
        self.scale.setRange(*SCALES)
        self.scale.setSingleStep(0.5)
        self.scale.setValue(ratio)
        self.scale.setPrefix("\u00d7 ")
        self.told = PlainLabel("")
        rows.addRow("&Width", self.across)
        rows.addRow("&Height", self.down)
        rows.addRow("&Resolution", self.scale)
        rows.addRow("", self.told)
        for each in (self.across, self.down, self.scale):
            each.valueChanged.connect(self._tell)
        self._tell()

    @property
    def size_asked(self) -> tuple[int, int]:
        """In logical pixels."""
        return self.across.value(), self.down.value()

    @property
    def ratio(self) -> float:
        """Device pixels in a logical one; no more than give a picture that can be painted."""
        return max(min(self.scale.value(), PIXELS[1] / max(self.size_asked)), PIXELS[0] / min(self.size_asked))

    def set_size_asked(self, size: tuple[int, int]) -> None:
        """Put another size into the fields."""
        self.across.setValue(size[0])
        self.down.setValue(size[1])

    def _tell(self) -> None:
        across, down = (round(side * self.ratio) for side in self.size_asked)
        self.told.setText(f"{across} \u00d7 {down} pixels")


class PictureDialog(QDialog):
    """In which form, how large and how fine; nothing is written before somebody accepts."""

    def __init__(self, parent: QWidget, size: tuple[int, int], ratio: float) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save the view as a picture")
        rows = QFormLayout(self)
        self.forms = QComboBox()
        for suffix in FORMS:
            self.forms.addItem(TITLES[suffix], suffix)
        self.fields = SizeFields(size, ratio)
        rows.addRow("&Form", self.forms)
        rows.addRow(self.fields)
        rows.addRow(PlainLabel("The same ground is shown at every size, with its sources."))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go_on = buttons.addButton("Choose a file\u2026", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        rows.addRow(buttons)
        self.go_on.setFocus()  # so that Enter goes on

    @property
    def suffix(self) -> str:
        """How the file is to end."""
        return str(self.forms.currentData())

    def sheet(self, title: str) -> Sheet:
        """The picture that is asked for."""
        return Sheet(self.fields.size_asked, self.fields.ratio, title)
