"""What pictures say of filters: the outline of the ground, the sentence, and the sign of the second clock."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetricsF, QImage

from viewer.domain.dates import parse
from viewer.draw import frame
from viewer.draw.frame import Row, filter_rows, in_lines, render_frame
from viewer.draw.page_cards import Cards
from viewer.draw.paint_within import outlines_of
from viewer.draw.picture import MapPicture
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.geo.projection import metres_per_unit, to_map
from viewer.session.camera import fit_camera
from viewer.session.filter_words import filter_parts, sentence_of
from viewer.session.ground_asked import holds
from viewer.session.known import known_data
from viewer.session.learned import clock_words
from viewer.session.state import Filters, Scene, State, Time, Within
from viewer.store.dataset import DataSet

JUNE = parse("2017-06-30").latest or 0
POINT = st.tuples(st.floats(37, 44), st.floats(32, 37))
GROUND = st.one_of(
    st.builds(Within, st.just("circle"), st.tuples(POINT), st.floats(5_000, 200_000)),
    st.builds(Within, st.just("outline"), st.lists(POINT, min_size=3, max_size=3).map(tuple)),
    st.builds(
        Within, st.just("corridor"), st.lists(POINT, min_size=4, max_size=6, unique=True).map(tuple),
        st.floats(10_000, 80_000), st.just(""), st.sampled_from([(), (2,)]),
    ),
)  # fmt: skip


def state_of(filters: Filters) -> State:
    day = parse("2017-11-14").latest or 0
    return State(time=Time(day, "cumulative"), filters=filters, camera=fit_camera(37, 32, 45, 37, 640, 480))


@given(within=GROUND)
@settings(max_examples=60)
def test_the_outline_goes_round_what_counts(within: Within) -> None:
    lon, lat = (side.ravel() for side in np.meshgrid(np.linspace(35, 46, 60), np.linspace(30, 39, 60)))
    rings = [shapely.make_valid(shapely.polygons(ring)) for ring in outlines_of(within) if len(ring) > 3]
    area = rings[0]
    for ring in rings[1:]:
        area = shapely.symmetric_difference(area, ring)
    x, y = to_map(lon, lat)
    inside = shapely.intersects_xy(area, x, y)
    off = shapely.distance(area.boundary, shapely.points(x, y)) * metres_per_unit(34.5)
    clear = off > 1_500 + within.metres * 0.03
    assert (inside == holds(within, lon, lat))[clear].all()


@pytest.fixture
def picture(qapp: object, builtin: DataSet) -> MapPicture:
    return MapPicture(builtin, Basemap())


def test_pictures_say_the_sentence_and_the_second_clock(
    builtin: DataSet, picture: MapPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = state_of(Filters(types=("strike",), known_by=JUNE))
    assert [text for text, _ in filter_rows(builtin, state)] == [
        sentence_of(builtin, state.filters), clock_words(builtin, state)
    ]  # fmt: skip
    assert "hidden: " in clock_words(builtin, state)
    assert filter_rows(builtin, state_of(Filters())) == []
    said: list[str] = []
    rows_of = frame.paint_rows

    def listening(*told: Any) -> Any:
        said.extend(row.text for row in told[4])
        return rows_of(*told)

    monkeypatch.setattr(frame, "paint_rows", listening)
    render_frame(builtin, state, Basemap(), 640, 480, picture=picture)
    assert sentence_of(builtin, state.filters) in " ".join(said)
    assert clock_words(builtin, state) in " ".join(said)


def test_a_page_has_room_for_them(builtin: DataSet, picture: MapPicture) -> None:
    sizes = []
    for filters in (Filters(), Filters(types=("strike",), known_by=JUNE)):
        state = state_of(filters)
        sizes.append(Cards(picture, Scene("a", state), state, 960, 720)._date_size([]).height())
    assert sizes[1] > sizes[0] + 20


def test_events_are_not_worked_out_anew_for_each_day_of_the_second_clock(
    builtin: DataSet, picture: MapPicture
) -> None:
    render_frame(builtin, state_of(Filters(known_by=JUNE)), Basemap(), 640, 480, picture=picture)
    known = known_data(builtin, JUNE)
    asked = {getattr(function, "__name__", "") for function in known.memo}
    assert "shown_spells" in asked or "shown_holdings" in asked
    assert not asked & {"filter_mask", "known_days", "mapped_mask", "_counts", "calendar_of"}


def test_ground_is_an_outline_in_pictures(builtin: DataSet, picture: MapPicture) -> None:
    plain, asked = (
        array_of(render_frame(builtin, state_of(filters), Basemap(), 640, 480, picture=picture))
        for filters in (Filters(), Filters(within=Within("circle", ((40.0, 35.0),), 100_000.0)))
    )
    colour = picture.tokens("light").colour("asked")
    near = [
        int((np.abs(image - (colour.red(), colour.green(), colour.blue())).sum(axis=2) < 40).sum())
        for image in (plain, asked)
    ]
    assert near[1] > near[0] + 100


def array_of(image: QImage) -> np.ndarray:
    made = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(made.constBits(), np.uint8).reshape(made.height(), made.bytesPerLine())
    return rows[:, : made.width() * 3].reshape(made.height(), made.width(), 3).astype(int)


def test_a_long_sentence_of_filters_is_told_whole(qapp: object) -> None:
    tokens, row = tokens_for("light", {}), Row("Records of " + "the Islamic State, " * 30, "small", 15)
    lines = in_lines(row, 300.0, tokens)

    assert " ".join(line.text for line in lines) == row.text.strip()
    assert 5 < len(lines) < 30
    assert all(QFontMetricsF(tokens.font("small")).horizontalAdvance(line.text) <= 300 for line in lines)
    assert in_lines(Row("", "small", 15), 300.0, tokens) == [Row("", "small", 15)]


def test_words_that_hold_together_are_told_whole(qapp: object) -> None:
    """A quoted text has no spaces at which a line may end."""
    tokens = tokens_for("light", {})
    quoted = "\u201c" + "\u00a0".join(["killed", "by", "the", "said", "attack", "on", "the", "bridge"] * 3) + "\u201d"
    lines = in_lines(Row(f"Records that say {quoted}", "small", 15), 300.0, tokens)

    assert "".join(line.text for line in lines).replace(" ", "") == f"Recordsthatsay{quoted}"
    assert all(QFontMetricsF(tokens.font("small")).horizontalAdvance(line.text) <= 300 for line in lines)


def test_a_sentence_has_all_of_the_text_that_is_asked_for(builtin: DataSet) -> None:
    """What is to be taken off by a click has its beginning."""
    text = "killed by the said attack on the bridge of the town"
    ((part, _),) = filter_parts(builtin, Filters(text=text))

    assert text in sentence_of(builtin, Filters(text=text))
    assert len(part) < len(text)
