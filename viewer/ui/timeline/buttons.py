"""Small buttons with a drawn sign, each bound to an action of the table, so that it names its key."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from viewer.session.actions import BY_ID
from viewer.session.session import Session
from viewer.store.dataset import DataSet

SIDE = 26


def tip_of(action: str) -> str:
    """What an action does and its keys: "Play or pause (Space)"."""
    known = BY_ID[action]
    return f"{known.title} ({' or '.join(known.keys)})" if known.keys else known.title


def sign(name: str) -> QPainterPath:
    """A sign in a square of 16 by 16."""
    path = QPainterPath()
    triangle = {"play": (4, 12.5), "reverse": (12, 3.5), "forward": (3, 9.5), "back": (13, 6.5)}.get(name)
    if triangle is not None:
        begin, end = triangle
        path.addPolygon(QPolygonF([QPointF(begin, 3), QPointF(end, 8), QPointF(begin, 13)]))
        path.closeSubpath()
    if name == "forward":
        path.addRect(QRectF(11, 3, 2, 10))
    if name == "back":
        path.addRect(QRectF(3, 3, 2, 10))
    if name == "pause":
        path.addRect(QRectF(4, 3, 3, 10))
        path.addRect(QRectF(9, 3, 3, 10))
    return path


def stroke(name: str) -> QPainterPath:
    """A sign of lines in a square of 16 by 16."""
    path = QPainterPath()
    if name == "loop":
        path.arcMoveTo(QRectF(3, 3, 10, 10), 40)
        path.arcTo(QRectF(3, 3, 10, 10), 40, 290)
        path.moveTo(9, 6)
        path.lineTo(13, 5.5)
        path.lineTo(13.2, 1.8)
    for x in (4, 12) if name == "close" else ():
        path.moveTo(x, 4)
        path.lineTo(16 - x, 12)
    if name == "plus":
        path.moveTo(8, 3)
        path.lineTo(8, 13)
        path.moveTo(3, 8)
        path.lineTo(13, 8)
    return path


class SignButton(QToolButton):
    """A tool button that draws its sign in the colour of its text, at any scale."""

    def __init__(self, name: str, said: str, tip: str, parent: QWidget | None = None, side: int = SIDE) -> None:
        super().__init__(parent)
        self.sign = name
        self._side = side
        self.setAccessibleName(said)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        """The same square."""
        return self.sizeHint()

    def show_sign(self, name: str) -> None:
        """Draw another sign."""
        if name != self.sign:
            self.sign = name
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The panel as the style draws it, and the sign in its middle."""
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.features = QStyleOptionToolButton.ToolButtonFeature.None_
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(16.0, self._side - 4.0) / 16.0
        painter.translate(self.width() / 2 - 8 * scale, self.height() / 2 - 8 * scale)
        painter.scale(scale, scale)
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        role = QPalette.ColorRole.Highlight if self.isChecked() else QPalette.ColorRole.ButtonText
        colour = self.palette().color(group, role)
        painter.fillPath(sign(self.sign), colour)
        pen = QPen(colour, 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPath(stroke(self.sign))


class ActionButton(SignButton):
    """A button that does what an action of the table does."""

    def __init__(self, session: Session, data: DataSet, action: str, name: str, parent: QWidget | None = None) -> None:
        known = BY_ID[action]
        super().__init__(name, known.title, tip_of(action), parent)
        self._session, self._data, self._action = session, data, known
        self.setCheckable(known.checked is not None)
        self.setAutoRepeat(known.repeats)
        self.clicked.connect(self._act)
        self.show_state()

    def show_state(self) -> None:
        """Show whether the action is on."""
        if self._action.checked is not None:
            self.setChecked(self._action.checked(self._session.state))

    def _act(self) -> None:
        command = self._action.make(self._data, self._session.state) if self._action.make else None
        if command is not None:
            self._session.dispatch(command)
        self.show_state()
