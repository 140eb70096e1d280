"""What changed hands on the map: strong on a pale ground, with its lines in the legend and words for the pointer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

from viewer.domain.dates import parse
from viewer.draw.frame import date_words
from viewer.draw.picture import MapPicture
from viewer.geo.basemap import Basemap
from viewer.session.state import State
from viewer.store.dataset import DataSet

FIRST = parse("2017-01-01").earliest or 0
ONLY = frozenset({"ground", "change"})
RAQQA, HASAKAH = (39.02, 35.95), (40.3, 36.4)
SIZE = (800, 500)
View = Callable[..., State]
Painted = Callable[..., Any]


@pytest.fixture
def picture(builtin: DataSet, basemap: Basemap) -> MapPicture:
    return MapPicture(builtin, basemap)


@pytest.fixture
def state(view: View) -> State:
    return replace(view("2017-11-14", SIZE), layers=ONLY)


def around(pixels: Any, picture: MapPicture, state: State, spot: tuple[float, float]) -> Any:
    from viewer.draw.screen import Screen
    from viewer.geo.projection import point_to_map

    x, y = Screen(state.camera, *SIZE).point_px(*point_to_map(*spot))
    return pixels[int(y) - 12 : int(y) + 12, int(x) - 12 : int(x) + 12].astype(int)


def test_what_changed_stands_out_and_what_did_not_turns_pale(
    picture: MapPicture, state: State, painted: Painted
) -> None:
    paper = np.array(picture.tokens("light").colour("paper").getRgb()[:3])
    plain, shown = (painted(picture, one, SIZE)[1] for one in (state, replace(state, compare=FIRST)))

    def off(pixels: Any, spot: tuple[float, float]) -> float:
        return float(np.abs(around(pixels, picture, state, spot) - paper).mean())

    assert off(shown, RAQQA) > 1.5 * off(plain, RAQQA)
    assert off(shown, HASAKAH) < 0.6 * off(plain, HASAKAH)


def test_taking_the_day_away_gives_the_plain_picture_back(picture: MapPicture, state: State, painted: Painted) -> None:
    plain = painted(picture, state, SIZE)[1]
    painted(picture, replace(state, compare=FIRST), SIZE)

    assert np.array_equal(painted(picture, state, SIZE)[1], plain)


def test_a_step_of_time_paints_the_same_as_painting_anew(
    picture: MapPicture, builtin: DataSet, basemap: Basemap, state: State, painted: Painted
) -> None:
    compared = replace(state, compare=FIRST)
    for days in range(3):
        painted(picture, replace(compared, time=replace(compared.time, cursor=compared.time.cursor - days)), SIZE)
    stepped = painted(picture, compared, SIZE)[1]

    assert np.array_equal(stepped, painted(MapPicture(builtin, basemap), compared, SIZE)[1])


def test_the_legend_tells_gains_in_square_kilometres_first(picture: MapPicture, state: State, painted: Painted) -> None:
    drawn, _ = painted(picture, replace(state, compare=FIRST), SIZE)
    texts = [line.text for line in drawn.legend if line.group == "Change"]

    assert texts[0] == "Held by the same since 1 Jan 2017"
    assert texts[1].startswith("GOV from IS: ")
    assert texts[1].endswith(" km\u00b2")
    assert drawn.legend[0].group == "Change"


def test_the_pointer_hears_of_the_change_before_the_town(picture: MapPicture, state: State, painted: Painted) -> None:
    from viewer.draw.screen import Screen
    from viewer.geo.projection import point_to_map

    compared = replace(state, compare=FIRST)
    drawn, _ = painted(picture, compared, SIZE)
    spot = Screen(compared.camera, *SIZE).point_px(*point_to_map(*RAQQA))

    assert drawn.describe(*spot).startswith("Held by Islamic State on 1 Jan 2017, by Syrian Democratic Forces on")
    assert drawn.areas_at(*spot), "a click finds the ground of the town below"


def test_the_ground_of_a_pair_of_days_is_worked_out_before_it_is_known(picture: MapPicture, state: State) -> None:
    compared = replace(state, compare=parse("2016-03-03").earliest)
    picture.image(state, *SIZE)

    assert picture.knows(state)
    assert not picture.knows(compared)
    picture.image(compared, *SIZE)
    assert picture.knows(compared)


def test_vectors_have_it_too(picture: MapPicture, state: State, qapp: object) -> None:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setSize(QSize(*SIZE))
    painter = QPainter(device)
    drawn = picture.paint(painter, replace(state, compare=FIRST), *SIZE)
    painter.end()

    assert any(line.group == "Change" for line in drawn.legend)
    assert len(buffer.data()) > 20_000


def test_the_date_names_both_days(state: State) -> None:
    assert date_words(state.time, FIRST) == "1 Jan 2017 \u2192 14 Nov 2017"
