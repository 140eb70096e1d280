"""The look of the window: Fusion with our own two palettes, from the same theme file that the map is drawn with.

The colour scheme of the desktop is not asked: it cannot be under a plain X server, and a map on a projector is
set by hand anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication

from viewer.draw.tokens import Tokens, load_fonts
from viewer.paths import cache_dir

Colours = Mapping[str, QColor]
"""The colours of one theme by the names of resources/theme.json."""

TEXT_POINTS = 10.0
TICK_SIZE = 26
DRESSED = "badiaDressed"
"""The property of an application that has our style: below a style sheet the style no longer has its name."""

_ROLES = (
    ("Window", "window"), ("WindowText", "text"), ("Base", "field"), ("AlternateBase", "panel"), ("Text", "text"),
    ("Button", "panel"), ("ButtonText", "text"), ("BrightText", "error"), ("ToolTipBase", "card"),
    ("ToolTipText", "ink"), ("PlaceholderText", "text_muted"), ("Highlight", "accent"),
    ("HighlightedText", "accent_text"), ("Link", "accent"), ("LinkVisited", "accent"), ("Light", "field"),
    ("Midlight", "hover"), ("Mid", "edge"), ("Dark", "edge"), ("Shadow", "text_muted"), ("Accent", "accent"),
)  # fmt: skip


def palette_of(colours: Colours) -> QPalette:
    """The palette of all widgets."""
    palette = QPalette()
    for role, name in _ROLES:
        palette.setColor(QPalette.ColorRole[role], colours[name])
    for role in ("WindowText", "Text", "ButtonText"):
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole[role], colours["disabled"])
    return palette


def tick_file(colours: Colours, folder: Path) -> Path | None:
    """A tick in the theme's colour as a small picture, which style sheets want as a file; None if none can be kept."""
    picture = QPixmap(TICK_SIZE, TICK_SIZE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colours["accent_text"], TICK_SIZE / 8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    at = [QPointF(x * TICK_SIZE, y * TICK_SIZE) for x, y in ((0.22, 0.52), (0.42, 0.72), (0.78, 0.28))]
    painter.drawPolyline(at)
    painter.end()
    path = folder / f"tick-{colours['accent_text'].name()[1:]}.png"
    return path if path.is_file() or picture.save(str(path)) else None


def sheet_of(colours: Colours, tick: Path | None = None) -> str:
    """The few rules that a palette cannot say: focus rings, flat buttons, quiet docks."""
    c = {name: colour.name() for name, colour in colours.items()}
    image = f'image: url("{tick.as_posix()}");' if tick else ""
    return f"""
    QWidget:focus {{ outline: none; }}
    QMainWindow::separator {{ background: {c["edge"]}; width: 1px; height: 1px; }}
    QMainWindow::separator:hover {{ background: {c["accent"]}; }}
    QMenuBar {{ background: {c["window"]}; border-bottom: 1px solid {c["edge"]}; padding: 1px 6px; }}
    QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; color: {c["text"]}; background: transparent; }}
    QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {c["hover"]}; }}
    QMenu {{ background: {c["panel"]}; border: 1px solid {c["edge"]}; padding: 4px; }}
    QMenu::item {{ padding: 5px 26px 5px 26px; border-radius: 4px; color: {c["text"]}; }}
    QMenu::item:selected {{ background: {c["hover"]}; }}
    QMenu::item:disabled {{ color: {c["disabled"]}; }}
    QMenu::separator {{ height: 1px; background: {c["edge"]}; margin: 4px 8px; }}
    QDockWidget {{ color: {c["text_muted"]}; }}
    QDockWidget::title {{ background: {c["window"]}; padding: 5px 8px; }}
    QTabBar {{ background: {c["window"]}; }}
    QTabBar::tab {{ padding: 5px 14px; color: {c["text_muted"]}; border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {c["text"]}; border-bottom: 2px solid {c["accent"]}; }}
    QTabBar::tab:hover {{ background: {c["hover"]}; }}
    QStatusBar {{ background: {c["window"]}; border-top: 1px solid {c["edge"]}; color: {c["text_muted"]}; }}
    QStatusBar::item {{ border: none; }}
    QStatusBar {{ min-height: 22px; max-height: 24px; }}
    QStatusBar QLabel {{ color: {c["text_muted"]}; padding: 0 8px; }}
    QStatusBar QToolButton {{ padding: 0 7px; }}
    QCheckBox::indicator, QTreeView::indicator, QListView::indicator {{ width: 13px; height: 13px;
        border: 1px solid {c["text_muted"]}; border-radius: 3px; background: {c["field"]}; }}
    QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {{
        background: {c["accent"]}; border-color: {c["accent"]}; {image} }}
    QCheckBox::indicator:indeterminate, QTreeView::indicator:indeterminate {{ background: {c["pressed"]}; }}
    QRadioButton::indicator {{ width: 13px; height: 13px; border: 1px solid {c["text_muted"]}; border-radius: 7px;
        background: {c["field"]}; }}
    QRadioButton::indicator:checked {{ width: 5px; height: 5px; border: 5px solid {c["accent"]};
        background: {c["accent_text"]}; }}
    QRadioButton::indicator:disabled {{ border-color: {c["disabled"]}; }}
    QCheckBox:focus, QRadioButton:focus {{ border: 1px solid {c["focus"]}; border-radius: 3px; }}
    QToolTip {{ background: {c["card"]}; color: {c["ink"]}; border: 1px solid {c["card_edge"]}; padding: 4px 6px; }}
    QLineEdit {{ background: {c["field"]}; border: 1px solid {c["edge"]}; border-radius: 5px; padding: 4px 8px;
        color: {c["text"]}; selection-background-color: {c["accent"]}; selection-color: {c["accent_text"]}; }}
    QLineEdit:focus {{ border: 2px solid {c["focus"]}; padding: 3px 7px; }}
    QComboBox QLineEdit, QComboBox QLineEdit:focus {{ border: none; border-radius: 0; padding: 0 5px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px 7px; color: {c["text"]}; }}
    QToolButton:hover {{ background: {c["hover"]}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {c["pressed"]}; }}
    QToolButton:focus {{ border: 1px solid {c["focus"]}; }}
    QToolButton:disabled {{ color: {c["disabled"]}; }}
    QToolButton::menu-indicator {{ image: none; }}
    #warning {{ color: {c["warning"]}; }}
    QLineEdit[wrong="true"] {{ border-color: {c["error"]}; }}
    #chip {{ background: {c["hover"]}; border-radius: 9px; padding: 1px 8px; }}
    #dateCard {{ background: {c["card"]}; border: 1px solid {c["card_edge"]}; border-radius: 8px; }}
    #dateCard QLabel {{ color: {c["ink"]}; background: transparent; }}
    #dateCard #clock {{ color: {c["warning"]}; }}
    #dateCard #quiet {{ color: {c["muted"]}; }}
    #dateCard QToolButton {{ color: {c["ink"]}; padding: 1px 6px; text-decoration: underline; }}
    #greeting {{ background: {c["card"]}; border: 1px solid {c["card_edge"]}; border-radius: 8px; }}
    #greeting QLabel {{ color: {c["ink"]}; background: transparent; }}
    #greeting #head {{ font-weight: 600; }}
    #suggestions {{ background: {c["panel"]}; border: 1px solid {c["edge"]}; border-radius: 6px; }}
    #suggestions QListView {{ background: {c["panel"]}; border: none; }}
    {presenter_sheet_of(colours)}
    #presenterTold {{ background: {c["ink"]}; color: {c["card"]}; border-radius: 10px; padding: 9px 18px;
        font-size: 17px; }}
    #opening {{ color: {c["text_muted"]}; background: {c["paper"]}; }}
    #openingPanel {{ background: {c["panel"]}; border: 1px solid {c["edge"]}; border-radius: 6px; }}
    #openingPanel QLabel {{ color: {c["text"]}; }}
    QProgressBar {{ background: {c["field"]}; border: 1px solid {c["edge"]}; border-radius: 4px; color: {c["text"]};
        text-align: center; max-height: 18px; }}
    QProgressBar::chunk {{ background: {c["pressed"]}; border-radius: 3px; }}
    """


def presenter_sheet_of(colours: Colours) -> str:
    """The rules of cards above a scene, which has a theme of its own."""
    c = {name: colour.name() for name, colour in colours.items()}
    return f"""
    #presenterPanel {{ background: {c["card"]}; border: 1px solid {c["card_edge"]}; border-radius: 10px; }}
    #presenterPanel QLabel {{ color: {c["ink"]}; background: transparent; }}
    #presenterPanel QTextBrowser {{ background: {c["card"]}; border: none; }}
    #presenterPanel #quiet {{ color: {c["warning"]}; }}
    """


def dress(app: QApplication, tokens: Tokens) -> None:
    """Give the whole application the look of one theme; what is as it should be is left, for all widgets hear of it."""
    if not app.property(DRESSED):
        app.setStyle("Fusion")
        app.setProperty(DRESSED, True)
    load_fonts()
    font = QFont([tokens.fonts["latin"], tokens.fonts["arabic"]])
    font.setPointSizeF(TEXT_POINTS)
    if app.font() != font:
        app.setFont(font)
    app.setPalette(palette_of(tokens.colours))
    sheet = sheet_of(tokens.colours, tick_file(tokens.colours, cache_dir()))
    if app.styleSheet() != sheet:
        app.setStyleSheet(sheet)
