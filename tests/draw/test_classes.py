"""Classes of control and their holders are told apart where no hue is left, as in a grey copy."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath

from tests.draw.conftest import pixels_of
from tests.draw.vision import lab, linear
from viewer.domain.control import CLASSES
from viewer.draw.legend import paint_swatch
from viewer.draw.paint_control import paint_area
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.lettering import Ground
from viewer.geo.outline import Outline
from viewer.layers.primitives import ControlArea, Entry, actor_entry
from viewer.session.state import THEMES
from viewer.store.dataset import DataSet

Grey = NDArray[np.float64]
EDGE, INSIDE, REPEAT = 20, 12, 60
"""In logical pixels: where an area begins in its picture, how far its rim reaches, after how many all repeats."""
APART = 4.0
"""Steps of lightness (CIE L*, 0 to 100) by which two must differ, as root mean square however they are shifted."""
HOLDERS_APART = {"light": 2.5, "dark": 3.0, "print": 8.0}
SHARED = ("contested", "mixed", "disputed")


def holders(data: DataSet) -> list[str]:
    """All actors that ever hold ground in a data set."""
    return sorted({key for claim in data.claims for key in claim.actors.split()})


def grey(tokens: Tokens, actors: tuple[str, ...], control: str, ratio: float) -> Grey:
    """The lightness of the picture of an area."""
    side = REPEAT + 2 * (EDGE + INSIDE)
    image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(tokens.colour("paper"))
    ring = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)])
    ground = Ground(Outline((ring,)), (0.0, 0.0, 0.0))
    area = ControlArea(ground, actors, control, 1.0, False, False, "", ground.spot, (), (), "")
    path = QPainterPath()
    path.addRect(QRectF(EDGE, EDGE, side - 2 * EDGE, side - 2 * EDGE))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_area(painter, area, path, tokens, ratio)
    painter.end()
    return np.asarray(lab(linear(pixels_of(image) / 255.0))[..., 0])


def apart(one: Grey, other: Grey, ratio: float) -> float:
    """How far two areas differ: inside, laid over each other as well as they can be, or at their rims."""
    low, high = round((EDGE + INSIDE) * ratio), round((EDGE + INSIDE + REPEAT) * ratio)
    rim = slice(0, round((EDGE + INSIDE / 2) * ratio))
    inside = laid(one[low:high, low:high], other[low:high, low:high])
    return max(inside, float(np.sqrt(np.mean((one[rim, low:high] - other[rim, low:high]) ** 2))))


def laid(one: Grey, other: Grey) -> float:
    """The least root mean square between two repeating pictures of all ways to shift one."""
    alike = np.fft.irfft2(np.fft.rfft2(one) * np.conj(np.fft.rfft2(other)), s=one.shape).max()
    return float(np.sqrt(max(0.0, np.mean(one**2) + np.mean(other**2) - 2 * alike / one.size)))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("theme", THEMES)
def test_any_two_classes_differ_in_grey_whoever_holds_the_ground(theme: str, ratio: float, builtin: DataSet) -> None:
    tokens = tokens_for(theme, builtin.actors)
    for holder in holders(builtin):
        rival = "is" if holder != "is" else "syrian-government"
        pictures = {
            control: grey(tokens, (holder, rival) if control in SHARED else (holder,), control, ratio)
            for control in CLASSES if control not in ("unknown", "unheld")
        }  # fmt: skip
        for (one, a), (other, b) in combinations(pictures.items(), 2):
            assert apart(a, b, ratio) >= APART, (holder, one, other)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("theme", THEMES)
def test_any_two_holders_differ_in_grey_by_their_patterns(theme: str, ratio: float, builtin: DataSet) -> None:
    tokens = tokens_for(theme, builtin.actors)
    pictures = {key: grey(tokens, (key,), "control", ratio) for key in holders(builtin)}
    for (one, a), (other, b) in combinations(pictures.items(), 2):
        assert tokens.pattern(one) != tokens.pattern(other)
        assert apart(a, b, ratio) >= HOLDERS_APART[theme], (one, other)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("theme", THEMES)
def test_no_ones_control_looks_like_another_class_of_anothers(theme: str, ratio: float, builtin: DataSet) -> None:
    tokens, keys = tokens_for(theme, builtin.actors), holders(builtin)
    held = [grey(tokens, (key,), "control", ratio) for key in keys]
    others = [(control, key) for control in ("presence", "contested", "mixed", "disputed") for key in keys]
    for control, key in others:
        rivals = (key, keys[keys.index(key) - 1]) if control in SHARED else (key,)
        picture = grey(tokens, rivals, control, ratio)
        for holder, control_picture in zip(keys, held, strict=True):
            assert apart(control_picture, picture, ratio) >= APART, (holder, control, key)


def swatch(entry: Entry, tokens: Tokens) -> Grey:
    """The lightness of the sample of a legend line."""
    image = QImage(26, 16, QImage.Format.Format_RGB32)
    image.fill(tokens.colour("card"))
    painter = QPainter(image)
    paint_swatch(painter, QRectF(0, 0, 26, 16), entry, tokens)
    painter.end()
    return np.asarray(lab(linear(pixels_of(image) / 255.0))[..., 0])


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES)
def test_samples_of_classes_and_holders_differ_in_grey_as_their_areas_do(theme: str, builtin: DataSet) -> None:
    tokens = tokens_for(theme, builtin.actors)
    drawn = [control for control in CLASSES if control not in ("unknown", "unheld")]
    classes = [swatch(Entry("Control", control, "control", control), tokens) for control in drawn]
    actors = [swatch(actor_entry(key, builtin), tokens) for key in holders(builtin)]
    for samples, least in ((classes, APART), (actors, HOLDERS_APART[theme])):
        for one, other in combinations(samples, 2):
            assert np.sqrt(np.mean((one - other) ** 2)) >= least
