"""Names to colours and fonts: the theme file is read here and nowhere else."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import field
from functools import cache, lru_cache
from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase

from viewer.domain.actors import Actor
from viewer.domain.frozen import dataclass
from viewer.paths import resources_dir

LOG = logging.getLogger(__name__)
PALE = 0.6
"""How much of the card's colour is mixed into what stands for something doubtful and is too small for a sign."""
LEAST_CONTRAST = {"light": 1.5, "dark": 2.2, "print": 1.8}
"""Contrast that an actor's colour must keep to the paper; lighter or darker shades are made until it does."""
DARK = 0.5
"""Paper of less luminance than this is dark."""
GREY, LIFT, CALM = 0.08, 0.15, 0.85
"""Saturation below which a colour is a grey; of the others on dark paper the part of the way to white, and what stays
of their saturation, for there it glares."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a kind of text looks; size in logical pixels, spacing between letters likewise.

    Sizes are whole: Qt's font cache gives fractional ones another outline the second time.
    """

    size: int
    colour: str
    bold: bool = False
    italic: bool = False
    spacing: float = 0.0
    upper: bool = False


@dataclass(frozen=True, eq=False)
class Tokens:
    """One theme. `colour` takes a token's name, `actor_colour` an actor's key."""

    theme: str
    colours: Mapping[str, QColor]
    texts: Mapping[str, TextStyle]
    fonts: Mapping[str, str]
    actors: Mapping[str, Actor] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict)
    """What was worked out for this theme: fonts, shades, outlines of texts."""

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """The colour of a token; an unknown name gives the ink, and is told once in the log."""
        found = self.colours.get(name)
        if found is None:
            _missing(self.theme, name)
            found = self.colours["ink"]
        return with_alpha(found, alpha)

    def actor_colour(self, key: str, alpha: float = 1.0) -> QColor:
        """An actor's colour from the data set, kept apart from the paper; grey when nobody is known."""
        if ("actor", key) not in self.memo:
            actor = self.actors.get(key)
            colour = QColor(actor.colour) if actor and actor.colour else QColor()
            plain = colour if colour.isValid() else self.colours["unknown"]
            fitted = on_dark(plain) if luminance(self.colours["paper"]) < DARK else plain
            self.memo["actor", key] = apart(fitted, self.colours["paper"], LEAST_CONTRAST[self.theme])
        return with_alpha(self.memo["actor", key], alpha)

    def pattern(self, key: str) -> str:
        """An actor's pattern."""
        actor = self.actors.get(key)
        return actor.pattern if actor and actor.pattern else "solid"

    def on(self, colour: QColor) -> QColor:
        """The glyph colour that reads on a colour."""
        light, dark = self.colours["glyph_light"], self.colours["glyph_dark"]
        return light if contrast(light, colour) >= contrast(dark, colour) * 0.62 else dark

    def text(self, style: str) -> TextStyle:
        """A text style; unknown names are plain."""
        return self.texts.get(style, TextStyle(11, "ink"))

    def font(self, style: str, arabic: bool = False) -> QFont:
        """The font of a text style; Arabic is set a little larger, as its letters are lower."""
        if (style, arabic) not in self.memo:
            self.memo[style, arabic] = self._made(self.text(style), arabic)
        return QFont(self.memo[style, arabic])

    def _made(self, style: TextStyle, arabic: bool) -> QFont:
        load_fonts()
        font = QFont([self.fonts["arabic" if arabic else "latin"], self.fonts["latin" if arabic else "arabic"]])
        font.setPixelSize(style.size)
        font.setBold(style.bold)
        if not arabic:
            font.setItalic(style.italic)
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, style.spacing)
            if style.upper:
                font.setCapitalization(QFont.Capitalization.AllUppercase)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setFeature(QFont.Tag("liga"), 0)  # who searches a PDF for "field" finds no ligature
        return font


def tokens_for(theme: str, actors: Mapping[str, Actor] | None = None) -> Tokens:
    """The tokens of a theme, with those of the theme it stands upon for what it does not name; if unknown, of light."""
    content = _theme_file()
    name = theme if isinstance(content.get(theme), dict) else "light"
    named = dict(content[name])
    own = {**content[named.pop("upon")], **named} if "upon" in named else named
    colours = {key: QColor(value) for key, value in own.items()}
    texts = {key: TextStyle(**value) for key, value in content["text"].items()}
    return Tokens(name, colours, texts, content["fonts"], actors or {})


@lru_cache(maxsize=1)
def _theme_file() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((resources_dir() / "theme.json").read_text(encoding="utf-8"))
    return content


@cache
def load_fonts() -> tuple[str, ...]:
    """Register the bundled fonts once; without them the system's are used. Needs a QGuiApplication."""
    families: list[str] = []
    for path in sorted((resources_dir() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            LOG.warning("font %s cannot be loaded", path.name)
        else:
            families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(dict.fromkeys(families))


@cache
def _missing(theme: str, name: str) -> None:
    LOG.warning("theme '%s' has no colour '%s'", theme, name)


def with_alpha(colour: QColor, alpha: float) -> QColor:
    """A copy with its opacity multiplied."""
    made = QColor(colour)
    if alpha != 1.0:
        made.setAlphaF(max(0.0, min(1.0, colour.alphaF() * alpha)))
    return made


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between two, with a `share` (0 to 1) of the other."""
    parts = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


def luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    a, b = sorted((luminance(one), luminance(other)))
    return (b + 0.05) / (a + 0.05)


def on_dark(colour: QColor) -> QColor:
    """The shade for dark paper: black ink turns white as ink itself does, other hues stay and grow lighter."""
    light = colour.lightnessF()
    grey = colour.hslSaturationF() < GREY
    made = 1.0 - light if grey else light + LIFT * (1.0 - light)
    return QColor.fromHslF(max(0.0, colour.hslHueF()), CALM * colour.hslSaturationF(), made)


def apart(colour: QColor, paper: QColor, least: float) -> QColor:
    """The colour, or the nearest shade of it that keeps a contrast to the paper."""
    made = QColor(colour)
    lighter = luminance(paper) < DARK
    for _ in range(30):
        if contrast(made, paper) >= least:
            break
        value = made.lightnessF() + (0.03 if lighter else -0.03)
        made = QColor.fromHslF(max(0.0, made.hslHueF()), made.hslSaturationF(), max(0.0, min(1.0, value)))
    return made
