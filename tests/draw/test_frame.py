"""The finished page at every size: cards within the page, apart from each other, and true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from tests.draw.conftest import pixels_of
from viewer.draw import frame
from viewer.draw.frame import (
    Row,
    counter_words,
    date_words,
    foot_cards,
    paint_furniture,
    paint_sources,
    render_frame,
    round_length,
    sources_block,
)
from viewer.draw.legend import LegendEntry, paint_swatch
from viewer.draw.legend_card import LEGEND_LINES, shortened
from viewer.draw.picture import MapPicture
from viewer.draw.tokens import Tokens, contrast, tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Entry
from viewer.session.filter_words import sentence_of
from viewer.session.selectors import Counters
from viewer.session.state import Filters, State, Time
from viewer.store.dataset import DataSet

View = Callable[..., State]
SIZES = [(200, 200), (320, 900), (800, 300), (1366, 768), (1920, 1080)]


@pytest.mark.parametrize("size", SIZES)
def test_cards_lie_within_the_page_and_apart(
    size: tuple[int, int], builtin: DataSet, basemap: Basemap, view: View, qapp: object
) -> None:
    state, picture = view("2017-11-14", size), MapPicture(builtin, basemap)
    image = QImage(*size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drawn = picture.paint(painter, state, *size)
    cards = [card for card in paint_furniture(painter, picture, state, *size, drawn) if card.width() > 0]
    painter.end()

    page = QRectF(0, 0, *size)
    assert all(page.contains(card) for card in cards)
    for index, card in enumerate(cards):
        assert not any(card.intersects(other) for other in cards[index + 1 :])


@pytest.mark.parametrize("swipe", [None, 0.5])
def test_a_picture_for_somebody_is_the_same_wherever_the_map_was_before(
    swipe: float | None, builtin: DataSet, basemap: Basemap, view: View, qapp: object
) -> None:
    size = (700, 500)
    state = replace(view("2017-11-14", size), compare=view("2016-11-14").time.cursor, swipe=swipe)
    camera, picture = state.camera, MapPicture(builtin, basemap)
    for step in range(4):
        picture.image(replace(state, camera=replace(camera, x=camera.x + 37.3 * step * camera.scale)), *size)
    picture.image(state, *size)

    used, new = (
        pixels_of(render_frame(builtin, state, basemap, *size, picture=one)).astype(int)
        for one in (picture, MapPicture(builtin, basemap))
    )
    apart = np.abs(used - new)
    assert apart.max() <= 32, "the rims of bold letters alone"
    assert np.count_nonzero(apart.max(axis=2)) < 0.01 * size[0] * size[1]


@pytest.mark.parametrize("size", [(520, 150), (520, 110), (330, 140), (700, 260), (1366, 768)])
def test_what_counts_is_told_above_the_sources_of_a_low_page(
    size: tuple[int, int], builtin: DataSet, basemap: Basemap, view: View, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than its title and its counters; three dots tell where there is no room for all of that either."""
    told: list[str] = []
    rows_of = frame.paint_rows

    def listening(painter: QPainter, left: float, top: float, widest: float, rows: list[Row], tokens: Tokens) -> QRectF:
        told[:] = [row.text for row in rows]
        return rows_of(painter, left, top, widest, rows, tokens)

    monkeypatch.setattr(frame, "paint_rows", listening)
    filters = Filters(actors=("is",), types=("strike", "fighting"), text="the said attack on the bridge of the town")
    state, picture = replace(view("2017-11-14", size), filters=filters), MapPicture(builtin, basemap)
    image = QImage(*size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    foot, head, *others = paint_furniture(painter, picture, state, *size, picture.paint(painter, state, *size))
    painter.end()

    assert QRectF(0, 0, *size).contains(head) and head.bottom() < foot.top()
    assert not any(head.intersects(card) for card in others)
    assert "14 Nov 2017" in " ".join(told)
    whole = sentence_of(builtin, filters).replace("\u00a0", " ") in " ".join(told).replace("\u00a0", " ")
    assert whole or "\u2026" in told[-1]
    assert whole or size[1] < 150


@pytest.mark.parametrize("size", [(200, 200), (5120, 2880)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_frame_of_any_size_has_ink(
    size: tuple[int, int], theme: str, builtin: DataSet, basemap: Basemap, view: View, qapp: object
) -> None:
    image = render_frame(builtin, view("2017-11-14", size, theme=theme), basemap, *size)
    colours = {image.pixel(x, y) for x in range(0, size[0], 7) for y in range(0, size[1], 11)}

    assert (image.width(), image.height()) == size
    assert len(colours) > 40


def test_two_frames_of_one_state_are_the_same(builtin: DataSet, basemap: Basemap, view: View, qapp: object) -> None:
    # Once Qt has set letters for another size of pixels, their first outlines lie a 64th of a pixel beside.
    _, one, other = (render_frame(builtin, view("2017-11-14"), basemap, 800, 500) for _ in range(3))

    assert one == other


def test_a_frame_at_twice_the_scale_has_twice_the_pixels(
    builtin: DataSet, basemap: Basemap, view: View, qapp: object
) -> None:
    image = render_frame(builtin, view("2017-11-14"), basemap, 400, 300, scale=2.0)

    assert (image.width(), image.height(), image.devicePixelRatio()) == (800, 600, 2.0)


def test_the_date_has_its_weekday_in_day_mode_only() -> None:
    day = Time(cursor=17484, mode="day")

    assert date_words(day) == "Tue 14 Nov 2017"
    assert date_words(replace(day, mode="window")).startswith("16 Oct")
    assert date_words(replace(day, mode="cumulative")) == "until 14 Nov 2017"


def test_the_counters_name_what_the_map_cannot_show() -> None:
    words = counter_words(Counters(in_view=1200, mapped=1180, unplaced=7, undated=3, spoken=13, problems=2))

    assert words == "1,200 records \u00b7 13 statements \u00b7 7 unplaced \u00b7 3 undated \u00b7 2 problems"


@pytest.mark.parametrize(
    ("longest", "round_"), [(130.0, 100.0), (49_999.0, 20_000.0), (50_000.0, 50_000.0), (7.0, 5.0)]
)  # fmt: skip
def test_the_scale_bar_is_round_and_not_too_long(longest: float, round_: float) -> None:
    assert round_length(longest) == round_


def entries(number: int, group: str) -> tuple[LegendEntry, ...]:
    return tuple(LegendEntry(Entry(group, f"{group} {i}", "sign", "ring"), number - i) for i in range(number))


def test_a_long_legend_is_shortened_and_says_so() -> None:
    every = (*entries(20, "Actors"), *entries(9, "Incidents"), *entries(9, "Map"))
    chosen, more = shortened(every, LEGEND_LINES)

    assert len(chosen) == LEGEND_LINES
    assert more == len(every) - LEGEND_LINES
    assert {"Actors", "Incidents"} <= {entry.group for entry in chosen}
    assert shortened(every[:3], LEGEND_LINES) == (every[:3], 0)
    assert shortened(every, 0) == ((), len(every))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_swatch_leaves_ink(
    theme: str, builtin: DataSet, basemap: Basemap, view: View, qapp: object
) -> None:
    picture = MapPicture(builtin, basemap)
    image = QImage(800, 500, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drawn = picture.paint(painter, view("2019-03-31", mode="cumulative", theme=theme), 800, 500)
    painter.end()
    tokens = picture.tokens(theme)

    assert len(drawn.legend) > 20
    for entry in drawn.legend:
        sample = QImage(30, 20, QImage.Format.Format_RGB32)
        sample.fill(tokens.colour("card"))
        inner = QPainter(sample)
        paint_swatch(inner, QRectF(2, 2, 26, 16), entry, tokens)
        inner.end()
        inked = sum(sample.pixelColor(x, y) != tokens.colour("card") for x in range(30) for y in range(20))
        assert inked > 4, entry.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_reads_on_its_paper(theme: str, qapp: object) -> None:
    tokens = tokens_for(theme)
    for ink in ("ink", "muted", "label_minor"):
        for paper in ("paper", "card"):
            assert contrast(tokens.colour(ink), tokens.colour(paper)) >= 4.5, (ink, paper)
    for ink in ("text", "text_muted", "accent", "error", "warning"):
        assert contrast(tokens.colour(ink), tokens.colour("panel")) >= 4.5, ink


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_actor_colours_stand_off_the_paper(theme: str, builtin: DataSet, qapp: object) -> None:
    tokens = tokens_for(theme, builtin.actors)
    least = 1.45 if theme == "light" else 2.0

    assert all(contrast(tokens.actor_colour(key), tokens.colour("paper")) >= least for key in builtin.actors)


def test_a_nonsense_colour_in_a_store_is_grey(qapp: object) -> None:
    from viewer.domain.actors import Actor

    tokens = tokens_for("light", {"x": Actor(key="x", name="X", colour="no colour")})

    assert np.isclose(contrast(tokens.actor_colour("x"), tokens.colour("unknown")), 1.0)


def test_both_themes_have_the_same_names(qapp: object) -> None:
    assert set(tokens_for("light").colours) == set(tokens_for("dark").colours)
    styles = tokens_for("light").texts.values()
    assert {style.colour for style in styles} <= set(tokens_for("light").colours)


@pytest.mark.parametrize("width", [200, 480, 700, 1366])
def test_the_sources_are_named_whole_at_any_width(width: int, builtin: DataSet, basemap: Basemap, qapp: object) -> None:
    picture, state = MapPicture(builtin, basemap), State()
    tokens, credits = picture.tokens("light"), picture.credits(state)
    block = sources_block(width, tokens, builtin, credits)
    image = QImage(width, 600, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    strip = paint_sources(painter, width, 600, tokens, builtin, credits)
    painter.end()
    written = "".join(paragraph.text() for paragraph in block.paragraphs)

    assert not block.shortened
    assert builtin.meta.attribution in written and basemap.attribution in written
    assert block.width <= width and block.height <= strip.height()
    assert foot_cards(state, width, 600, tokens, builtin, credits)[0] == strip
    assert (block.lines > 1) == (width < 1366)
