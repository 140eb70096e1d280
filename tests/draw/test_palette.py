"""Actors are told apart by colour alone, in every theme and by eyes that lack a kind of cone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.draw.test_classes import holders
from tests.draw.vision import VISIONS, difference, lab, seen
from viewer.draw.tokens import Tokens, contrast, luminance, on_dark, tokens_for
from viewer.session.state import THEMES
from viewer.store.dataset import DataSet

LEAST = {"normal": 14.0, "protanopia": 10.0, "deuteranopia": 10.0, "tritanopia": 10.0}
"""CIEDE2000 between any two that ever hold ground. About 2 is seen side by side; 10 is another colour."""
LEAST_OF_MARKS, OFTEN = 6.5, 5
"""The same between those and the parties that colour so many incidents; they never fill ground."""
PARTIES = ("state", "armed group", "alliance", "unknown")


def colour(tokens: Tokens, key: str, vision: str) -> np.ndarray:
    return lab(seen(np.array(tokens.actor_colour(key).getRgbF()[:3]), vision))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_any_two_who_hold_ground_differ_by_colour_alone(theme: str, vision: str, builtin: DataSet) -> None:
    tokens = tokens_for(theme, builtin.actors)
    for one, other in combinations(holders(builtin), 2):
        far = difference(colour(tokens, one, vision), colour(tokens, other, vision))
        assert far >= LEAST[vision], (one, other)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_the_parties_of_many_incidents_differ_too(theme: str, vision: str, builtin: DataSet) -> None:
    tokens, keys = tokens_for(theme, builtin.actors), list(builtin.actors)
    rows, numbers = np.unique(builtin.events.actor, return_counts=True)
    often = {keys[row] for row, number in zip(rows, numbers, strict=True) if 0 <= row < len(keys) and number >= OFTEN}
    parties = sorted({key for key in often if builtin.actors[key].kind in PARTIES} | set(holders(builtin)))
    assert len(parties) > len(holders(builtin))
    for one, other in combinations(parties, 2):
        far = difference(colour(tokens, one, vision), colour(tokens, other, vision))
        assert far >= LEAST_OF_MARKS, (one, other)


def test_every_colour_of_an_actor_stands_out_from_dark_paper(builtin: DataSet) -> None:
    tokens = tokens_for("dark", builtin.actors)
    paper = tokens.colour("paper")
    assert all(contrast(tokens.actor_colour(key), paper) >= 2.15 for key in builtin.actors)


def test_black_turns_light_on_dark_paper_and_hues_stay() -> None:
    ink = tokens_for("print")
    black, red = ink.colour("ink"), ink.colour("select")
    assert luminance(on_dark(black)) > 0.5
    assert luminance(on_dark(red)) > luminance(red)
    assert abs(on_dark(red).hslHueF() - red.hslHueF()) < 0.01


def test_the_difference_is_that_of_the_published_examples() -> None:
    """Some pairs of Sharma, Wu and Dalal, table 1."""
    examples = (
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425), ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492), ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    )  # fmt: skip
    for one, other, expected in examples:
        assert difference(np.array(one), np.array(other)) == pytest.approx(expected, abs=1e-4)


def test_what_is_seen_of_grey_is_grey() -> None:
    grey = np.full(3, 0.5)
    for vision in VISIONS:
        assert np.abs(lab(seen(grey, vision))[1:]).max() < 1.0, vision
