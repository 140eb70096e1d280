"""The three themes: each names all colours, print is ink on white paper, and its widgets are those of light."""

from __future__ import annotations

import json

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QRadioButton, QStyle, QStyleOptionButton, QWidget
from pytestqt.qtbot import QtBot

from tests.draw.test_classes import holders
from viewer.draw.patterns import FIRM
from viewer.draw.tokens import contrast, mixed, tokens_for
from viewer.paths import resources_dir
from viewer.session.state import THEMES
from viewer.store.dataset import DataSet
from viewer.ui.theme import palette_of, sheet_of

READ = 7.0
"""Contrast of text for print: WCAG 2.1, level AAA."""
OUTLINED = 3.0
"""Contrast of the parts of a control, and of text that has a halo: WCAG 2.1, level AA."""
LEGIBLE = 4.5
"""Contrast of small text: WCAG 2.1, level AA."""


def test_all_themes_name_the_same_colours() -> None:
    names = [set(tokens_for(theme).colours) for theme in THEMES]
    assert [tokens_for(theme).theme for theme in THEMES] == list(THEMES)
    assert names[0] == names[1] == names[2]


@pytest.mark.parametrize("ground", ["paper", "card", "halo"])
def test_all_text_of_print_is_ink_on_white(ground: str) -> None:
    tokens = tokens_for("print")
    assert tokens.colour(ground).name() == "#ffffff"
    for style in tokens.texts.values():
        assert contrast(tokens.colour(style.colour), tokens.colour(ground)) >= READ, style


def test_the_window_in_print_has_the_widgets_of_light() -> None:
    own = json.loads((resources_dir() / "theme.json").read_text(encoding="utf-8"))["print"]
    light, print_ = tokens_for("light").colours, tokens_for("print").colours
    same = {"window", "panel", "field", "text", "text_muted", "edge", "hover", "pressed", "accent", "disabled"}
    assert same.isdisjoint(own)
    for name in same:
        assert light[name] == print_[name]
    assert palette_of(light).window() == palette_of(print_).window()
    assert light["window"].name() in sheet_of(print_)


@pytest.mark.parametrize("style", ["road", "province"])
def test_names_of_roads_and_provinces_can_be_read_on_any_dark_ground(style: str, builtin: DataSet) -> None:
    tokens = tokens_for("dark", builtin.actors)
    name, paper, wash = tokens.colour(tokens.texts[style].colour), tokens.colour("paper"), FIRM["dark"][0]
    for key in holders(builtin):
        assert contrast(name, mixed(paper, tokens.actor_colour(key), wash)) >= LEGIBLE, key


@pytest.mark.parametrize("style", ["road", "province", "river", "town5", "town6", "site", "grid"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_small_names_can_be_read_on_paper_and_told_from_any_ground(theme: str, style: str, builtin: DataSet) -> None:
    tokens = tokens_for(theme, builtin.actors)
    name, paper = tokens.colour(tokens.texts[style].colour), tokens.colour("paper")
    for ground in ("paper", "flat"):
        assert contrast(name, tokens.colour(ground)) >= LEGIBLE, ground
    wash = FIRM[theme][0]
    for key in holders(builtin):
        assert contrast(name, mixed(paper, tokens.actor_colour(key), wash)) >= OUTLINED, key


@pytest.mark.parametrize("theme", THEMES)
def test_radio_buttons_can_be_seen_and_told_apart(theme: str, qtbot: QtBot) -> None:
    colours = tokens_for(theme).colours
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.setPalette(palette_of(colours))
    parent.setStyleSheet(sheet_of(colours))
    button = QRadioButton("Roads", parent)
    button.setPalette(palette_of(colours))
    parent.resize(200, 60)
    button.resize(button.sizeHint())
    button.ensurePolished()
    option = QStyleOptionButton()
    button.initStyleOption(option)
    where = button.style().subElementRect(QStyle.SubElement.SE_RadioButtonIndicator, option, button)

    def strongest() -> float:
        image = parent.grab(where).toImage()
        seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        return max(contrast(QColor(one), colours["window"]) for one in seen)

    assert strongest() >= OUTLINED
    off = parent.grab(where).toImage()
    button.setChecked(True)
    assert strongest() >= OUTLINED
    assert parent.grab(where).toImage() != off
