"""The page of the import dialog that says how a file is read: which column is which field, and the other settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from viewer.domain.drafts import Item, Remark
from viewer.session.import_settings import GUESSED, Setting, setting_of
from viewer.session.importing import Preview
from viewer.ui.text import PlainLabel, plain_tip

NONE = "(no column)"
EXAMPLE_LETTERS = 40
MOST_NAMED = 12
FORMAT_KNOWN = "The columns of this format are known; there is nothing to choose."


class Choice(QComboBox):
    """A list to choose from; the wheel turns the page round it and never the choice."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(18)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's hook."""
        event.ignore()


class ColumnsPage(QWidget):
    """Fields with the column each is taken from: those that have one first, the rest folded, all found by a text."""

    changed = Signal()
    """Somebody chose another column or setting."""
    keep = Signal()
    """Somebody wants the choice kept under a name."""
    kept_chosen = Signal(str)
    """Columns are to be read as they were kept under that name; '': as they are guessed."""

    def __init__(self) -> None:
        super().__init__()
        self.touched = False
        """Whether somebody chose a column or a setting of this file."""
        self._boxes: dict[str, Choice] = {}
        self._settings: dict[str, QLineEdit | Choice] = {}
        self._rows: list[tuple[int, str, bool]] = []
        self._shown: tuple[object, ...] = ()
        self.kept, self.search = Choice(), QLineEdit()
        self.kept.setAccessibleName("Columns are read as")
        self.kept.activated.connect(lambda: self.kept_chosen.emit(str(self.kept.currentData())))
        self.search.setPlaceholderText("Find a field or a column")
        self.search.setAccessibleName("Find a field or a column")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fold)
        self.keeper = QPushButton("&Keep as\u2026")
        self.keeper.setToolTip("Name this choice of columns: files with the same header are then read so")
        self.keeper.clicked.connect(self.keep)
        self.swap = QCheckBox("Longitude and latitude are e&xchanged in the file")
        self.swap.toggled.connect(self.changed)
        self._nothing, self._unused = PlainLabel(FORMAT_KNOWN), PlainLabel()
        self._unused.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._columns: tuple[str, ...] = ()
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.search, 1)
        head.addWidget(PlainLabel("Read as"))
        head.addWidget(self.kept, 1)
        head.addWidget(self.keeper)
        self._page = QScrollArea()
        self._page.setWidgetResizable(True)
        column = QVBoxLayout(self)
        for widget in (self._head, self._unused, self._nothing, self._page, self.swap):
            column.addWidget(widget, 1 if widget in (self._page, self._nothing) else 0)
        self._make(None)

    def forget(self) -> None:
        """Another file: nothing is chosen for it."""
        self.touched = False
        self.swap.blockSignals(True)
        self.swap.setChecked(False)
        self.swap.blockSignals(False)
        self.show_preview(None)

    def show_preview(self, preview: Preview | None) -> None:
        """Offer what the format of a file has to choose; what was chosen for the same file stays."""
        shape = preview.shape if preview is not None else None
        told = (shape.columns, tuple(shape.fields.items()), tuple(shape.settings)) if shape is not None else ()
        if told != self._shown:
            self._shown = told
            self._make(preview)

    def show_kept(self, names: Sequence[str], used: str) -> None:
        """Offer the choices of columns that were kept; used: the one that is read by, '' for none."""
        self.kept.clear()
        self.kept.addItem(GUESSED, "")
        for name in names:
            self.kept.addItem(f"As kept: {name}", name)
        self.kept.setCurrentIndex(max(0, self.kept.findData(used)))
        self.kept.setEnabled(bool(names))

    @property
    def options(self) -> dict[str, str]:
        """The fields by column and the settings, as they stand."""
        fields = {field: str(box.currentText()) if box.currentIndex() > 0 else "" for field, box in self._boxes.items()}
        return fields | {name: _told(widget) for name, widget in self._settings.items()}

    def _make(self, preview: Preview | None) -> None:
        """Make the rows anew."""
        page = QWidget()
        self._boxes, self._settings, self._rows, self._more = {}, {}, [], QToolButton(page)
        form = QFormLayout(page)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        shape = preview.shape if preview is not None else None
        self._nothing.setVisible(preview is not None and shape is not None and not shape.fields and not shape.settings)
        self._page.setVisible(not self._nothing.isVisibleTo(self))
        self._head.setVisible(shape is not None and bool(shape.fields))
        self._columns = shape.columns if shape is not None and shape.fields else ()
        if preview is not None and shape is not None:
            self._add_fields(form, preview)
            for name, value in shape.settings.items():
                self._settings[name] = widget = self._setting(setting_of(name), value)
                form.addRow(setting_of(name).title, widget)
        self._page.setWidget(page)
        self._form = form
        self.search.clear()
        self._fold()

    def _add_fields(self, form: QFormLayout, preview: Preview) -> None:
        shape = preview.shape
        columns = QStringListModel([NONE, *shape.columns], self)
        mapped = [field for field in shape.fields if shape.mapping.get(field)]
        rest = [field for field in shape.fields if not shape.mapping.get(field)]
        examples = _examples(shape.columns, preview.items)
        for field in (*mapped, *rest):
            if field == (rest[0] if rest else None) and mapped:
                more = self._more
                more.setCheckable(True)
                more.setText(f"{len(rest)} further fields")
                more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                more.setAutoRaise(True)
                more.toggled.connect(self._fold)
                form.addRow(more)
            box, example = Choice(), PlainLabel()
            box.setModel(columns)
            box.setCurrentIndex(_place(shape.columns, shape.mapping.get(field, "")))
            title = shape.fields[field] or field
            box.setAccessibleName(f"Column of: {title}")
            box.setToolTip(plain_tip(field))
            example.setObjectName("example")
            example.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            both = QWidget()
            both.setFocusProxy(box)
            row = QHBoxLayout(both)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(box, 3)
            row.addWidget(example, 2)
            self._boxes[field] = box
            form.addRow(title[:1].upper() + title[1:], both)
            self._rows.append((form.rowCount() - 1, f"{field} {title}".casefold(), field in mapped))
            box.activated.connect(self._chosen)
            box.currentIndexChanged.connect(lambda at, to=example: _show_example(to, at, examples))
            _show_example(example, box.currentIndex(), examples)

    def _setting(self, about: Setting, value: str) -> QLineEdit | Choice:
        """What a setting is chosen or written with."""
        if about.choices:
            box = Choice()
            for key, words in (*about.choices, *(() if value in dict(about.choices) else ((value, value),))):
                box.addItem(words, key)
            box.setCurrentIndex(max(0, box.findData(value)))
            box.activated.connect(self._chosen)
            return box
        line = QLineEdit(value)
        line.setProperty("before", value)
        line.editingFinished.connect(lambda: self._written(line))
        return line

    def _chosen(self) -> None:
        self.touched = True
        self._fold()
        self.changed.emit()

    def _written(self, line: QLineEdit) -> None:
        """A line that is merely left asks for nothing."""
        if line.text() != line.property("before"):
            line.setProperty("before", line.text())
            self._chosen()

    def _fold(self) -> None:
        """Show the fields that fit the text; without one those that have a column, and the rest when it is unfolded."""
        used = {box.currentText() for box in self._boxes.values()}
        unused = [column for column in self._columns if column not in used]
        more = f" and {len(unused) - MOST_NAMED:,} more" if len(unused) > MOST_NAMED else ""
        self._unused.setVisible(bool(unused))
        self._unused.setText(f"Not used: {', '.join(unused[:MOST_NAMED])}{more}")
        self._unused.setToolTip(plain_tip(", ".join(unused)))
        text, open_ = self.search.text().strip().casefold(), self._more.isChecked()
        any_mapped = any(mapped for _, _, mapped in self._rows)
        folds = any_mapped and not all(mapped for _, _, mapped in self._rows)
        self._more.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self._more.setVisible(folds and not text)
        for (row, told, mapped), box in zip(self._rows, self._boxes.values(), strict=True):
            fits = text in told or (box.currentIndex() > 0 and text in box.currentText().casefold())
            self._form.setRowVisible(row, fits if text else mapped or open_ or not any_mapped or box.currentIndex() > 0)


def _told(widget: QLineEdit | Choice) -> str:
    return widget.text().strip() if isinstance(widget, QLineEdit) else str(widget.currentData())


def _place(columns: Sequence[str], chosen: str) -> int:
    """The place in the list of the column that was chosen, 0 for none."""
    folded = [column.casefold() for column in columns]
    return folded.index(chosen.casefold()) + 1 if chosen and chosen.casefold() in folded else 0


def _examples(columns: Sequence[str], items: Sequence[Item]) -> Mapping[int, str]:
    """The first thing that the rows of a preview say in each column, by its place in the list."""
    found: dict[int, str] = {}
    for item in items:
        if not isinstance(item, Remark) and len(item.raw) == len(columns):
            for at, cell in enumerate(item.raw, 1):
                if cell.strip():
                    found.setdefault(at, " ".join(cell.split()))
    return found


def _show_example(label: PlainLabel, at: int, examples: Mapping[int, str]) -> None:
    told = examples.get(at, "")
    label.setText(told if len(told) <= EXAMPLE_LETTERS else told[:EXAMPLE_LETTERS] + "\u2026")
    label.setToolTip(plain_tip(told))
