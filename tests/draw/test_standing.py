"""Where things stand that have a choice: discs clear of names, names of states on their land, legends off the map."""

from __future__ import annotations

import math
import random
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from viewer.domain.control import CONTROL_CLASSES
from viewer.draw.badges import Badges
from viewer.draw.frame import ASIDE, LEAST_WIDTH, paint_frame, paint_furniture
from viewer.draw.grid_figures import figure_bands
from viewer.draw.labels import block_of, boxes_of
from viewer.draw.paint_arrow import LEGIBLE, line_colour
from viewer.draw.paint_mark import standing
from viewer.draw.patterns import FILLINGS
from viewer.draw.picture import MapPicture
from viewer.draw.room import Box, Room
from viewer.draw.screen import Screen
from viewer.draw.symbols import SIDES, incident_box, number_width, paint_incident, tongue_box
from viewer.draw.tokens import contrast, tokens_for
from viewer.geo.basemap import Basemap
from viewer.geo.pick import inside
from viewer.geo.projection import to_degrees
from viewer.layers.borders import BordersLayer
from viewer.layers.incidents import IncidentsLayer, marks_of
from viewer.layers.primitives import IncidentMark, Label, Look
from viewer.session.camera import fit_camera, leave_room, level_of, scale_of
from viewer.session.ground_asked import holds
from viewer.session.opening import region_of
from viewer.session.selectors import mapped_events
from viewer.session.state import THEMES, Camera, Filters, Ref, State, Within
from viewer.store.dataset import DataSet

View = Callable[..., State]
SIZES = [(1366, 768), (1920, 1080)]
DAYS = ("2014-08-20", "2016-11-15", "2017-06-15", "2017-11-14", "2019-11-15")
MIDDLE_EUPHRATES = (38.5, 34.0, 41.5, 36.0)


@pytest.fixture(scope="module")
def picture(qapp: object, builtin: DataSet, basemap: Basemap) -> MapPicture:
    return MapPicture(builtin, basemap)


def box_of(mark: IncidentMark, screen: Screen, picture: MapPicture) -> Box:
    x, y = screen.point_px(mark.x, mark.y)
    left, top, right, bottom = incident_box(mark, picture.tokens("light"))
    return x + left + 1, y + top + 1, x + right - 1, y + bottom - 1


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("day", DAYS)
def test_a_disc_that_may_stand_elsewhere_covers_no_name(
    day: str, picture: MapPicture, view: View, builtin: DataSet, basemap: Basemap
) -> None:
    found = 0
    for box in (MIDDLE_EUPHRATES, (36.8, 32.2, 44.6, 37.4)):
        state = view(day, SIZES[0], box)
        room = Room(scale_of(level_of(state.camera.scale)))
        names = [name for one in picture.written(state, *SIZES[0]).names for name in boxes_of(one, room.scale)]
        room.take(names, names)
        made = marks_of(builtin, basemap, state.camera.scale, mapped_events(builtin, state))
        given = Badges().off_names(made, room)
        moved = [one for one, before in zip(given, made, strict=True) if one is not before]
        for one in moved:
            assert isinstance(one, IncidentMark)
            px, py = one.x / room.scale + one.aside[0], -one.y / room.scale + one.aside[1]
            disc = px - 7.5, py - 7.5, px + 7.5, py + 7.5
            assert not any(meet(disc, name) for name in names), one
        found += len(moved)
    assert found


def test_the_name_of_a_state_lies_on_its_land(qapp: object, basemap: Basemap) -> None:
    tokens = tokens_for("light", {})
    countries = {country.name: country for country in basemap.countries}
    names = [made for made in BordersLayer().primitives(State(labels="latin"), None, basemap)  # type: ignore[arg-type]
             if isinstance(made, Label)]  # fmt: skip
    assert {"Syria", "Iraq", "Lebanon"} <= {name.text for name in names}
    for name in names:
        half = block_of(name.text, "", "country", tokens).width / 2 * name.max_scale * 0.9
        turn = math.radians(name.angle)
        for part in (-1, 0, 1):
            at = name.x + part * half * math.cos(turn), name.y + part * half * math.sin(turn)
            assert inside(countries[name.text].parts, *at), (name.text, part)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("day", DAYS)
def test_a_legend_covers_no_town_that_somebody_holds(
    day: str, size: tuple[int, int], picture: MapPicture, view: View, builtin: DataSet
) -> None:
    state = view(day, size)
    region = region_of(builtin)
    camera = leave_room(fit_camera(*region, *size), region, size[0], ASIDE)
    state = State(camera, state.time)
    image = QImage(*size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drawn = paint_frame(painter, picture, state, *size)
    cards = paint_furniture(painter, picture, state, *size, picture.paint(painter, state, *size))
    painter.end()
    legend = cards[-1]
    squares = [target.box for target in drawn.targets if target.refs[0].kind == "place"]
    covered = [box for box in squares if legend.contains((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)]

    assert size[0] > LEAST_WIDTH
    assert legend.height() > 200
    assert len(covered) <= 2


def test_room_is_left_at_the_right_only_as_far_as_there_is_some(builtin: DataSet) -> None:
    region = region_of(builtin)
    wide, narrow, wider = (
        (fit_camera(*region, *size), leave_room(fit_camera(*region, *size), region, size[0], 300.0))
        for size in ((1366, 768), (600, 900), (2400, 600))
    )

    assert wide[1].x > wide[0].x
    assert narrow[1] == narrow[0]
    assert wider[1] == wider[0]


@pytest.mark.parametrize("high", [0, 32, 90, 130])
def test_letters_of_ground_give_way_to_figures_of_the_grid(high: int, picture: MapPicture, view: View) -> None:
    """These stand above the sources, however high those are."""
    state = view("2019-01-30", SIZES[0], (39.7, 34.2, 41.5, 35.4))
    screen = Screen(state.camera, *SIZES[0])
    clear = (QRectF(0, SIZES[0][1] - high, SIZES[0][0], high),) if high else ()
    boxes = []
    for one in picture.written(state, *SIZES[0], clear).letters:
        x, y = screen.point_px(one.x, one.y)
        boxes.append(QRectF(x - 12, y - 5, 24, 10))

    assert len(boxes) > 5
    assert not any(box.intersects(band) for box in boxes for band in figure_bands(screen, clear))
    assert figure_bands(screen, clear)[0].bottom() <= SIZES[0][1] - max(high, 20)


@pytest.mark.parametrize("theme", THEMES)
def test_an_arrow_is_seen_on_paper_whoever_moves(theme: str, qapp: object, builtin: DataSet) -> None:
    tokens = tokens_for(theme, builtin.actors)
    for key in ("", *builtin.actors):
        assert contrast(line_colour(tokens, key), tokens.colour("paper")) >= LEGIBLE - 0.1, key


def test_every_look_is_a_filling_or_plain() -> None:
    assert {one.look for one in CONTROL_CLASSES} - set(FILLINGS) == {"tone", "siege", "outline", "nothing"}


def test_no_two_moved_discs_lie_on_each_other(
    picture: MapPicture, view: View, builtin: DataSet, basemap: Basemap
) -> None:
    state = view("2017-06-15", SIZES[0], (36.0, 32.2, 46.0, 37.4))
    screen = Screen(state.camera, *SIZES[0])
    room = Room(state.camera.scale)
    names = [name for one in picture.written(state, *SIZES[0]).names for name in boxes_of(one, room.scale)]
    room.take(names, names)
    made = marks_of(builtin, basemap, state.camera.scale, mapped_events(builtin, state))
    given = [one for one in Badges().off_names(made, room) if isinstance(one, IncidentMark)]
    moved = [one for one in given if one not in made]
    boxes = [box_of(one, screen, picture) for one in moved]

    assert len(moved) > 2
    assert not any(meet(one, other) for one, other in combinations(boxes, 2))


def tally(x: float, y: float, amount: str = "120") -> IncidentMark:
    look = Look("strike", ("coalition",), amount=amount)
    return IncidentMark(x, y, True, look, (), (), (Ref("event", f"{x},{y},{amount}"),))


def test_the_number_of_a_tally_lies_under_no_other_sign(qapp: object) -> None:
    """It stands at another side of its disc; without room at any it lies on top."""
    screen, tokens = Screen(Camera(0.0, 0.0, 1.0), 400, 300), tokens_for("light")
    alone, plain = tally(0.0, 0.0), [tally(22.0 * side, 2.0, "") for side in (1, -1)]
    lid = tally(0.0, 21.0, "")

    def side_of(*others: IncidentMark) -> str:
        return next(one.side for one in standing((alone, *others), screen, tokens) if one.mark is alone)

    assert side_of() == "right"
    assert side_of(plain[0]) == "left"
    assert side_of(*plain) == "above"
    assert standing((alone, *plain, lid), screen, tokens)[-1].mark is alone
    (at_the_edge,) = standing((tally(190.0, 0.0),), screen, tokens)
    assert at_the_edge.side == "left"


def scattered(number: int) -> tuple[IncidentMark, ...]:
    """Tallies at random places of a picture of 1366 by 768 pixels."""
    chance = random.Random(number)  # noqa: S311 - the same places each time
    return tuple(
        tally(chance.uniform(-680, 680), chance.uniform(-380, 380), str(chance.randrange(1, 900)))
        for _ in range(number)
    )


def test_each_number_is_where_least_lies_below_it_among_many(qapp: object) -> None:
    """Its own disc, the others' and the numbers before it; at none of the sides it left would less be covered."""
    tokens, marks = tokens_for("light"), scattered(150)
    side_of = {one.mark: one.side for one in standing(marks, Screen(Camera(0.0, 0.0, 1.0), *SIZES[0]), tokens)}
    discs = [incident_box(replace(mark, look=replace(mark.look, amount="")), tokens) for mark in marks]
    taken = [moved((box[0], box[1], box[2], box[1] + 17), mark) for box, mark in zip(discs, marks, strict=True)]

    for mark in marks:
        covered = {}
        for side in (one for one in SIDES if one != "below"):  # where its tail is
            left, top, right, bottom = moved(tongue_box(number_width(mark.look.amount, tokens), side), mark, down=-13.0)
            inside_of = max(min(right, 683) - max(left, -683), 0) * max(min(bottom, 384) - max(top, -384), 0)
            out = (right - left) * (bottom - top) - inside_of
            covered[side] = out + sum(common((left, top, right, bottom), other) for other in taken)
        assert covered[side_of[mark]] == pytest.approx(min(covered.values()), abs=1e-6)
        taken.append(moved(tongue_box(number_width(mark.look.amount, tokens), side_of[mark]), mark, down=-13.0))


def test_marks_that_stay_where_they_stood_keep_their_order(qapp: object) -> None:
    """Only what came or went is painted when time moves; a number that comes to lie on top is another one."""
    screen, tokens, chance = Screen(Camera(0.0, 0.0, 1.0), *SIZES[0]), tokens_for("light"), random.Random(3)  # noqa: S311
    every, before = scattered(300), ()
    for _ in range(30):
        now = standing([mark for mark in every if chance.random() < 0.8], screen, tokens, before)
        then, kept = set(now), set(before)
        assert [one for one in now if one in kept] == [one for one in before if one in then]
        before = now


def moved(box: Box, mark: IncidentMark, down: float = 0.0) -> Box:
    """A box around a mark of a map of one metre in a pixel (y down)."""
    return box[0] + mark.x, box[1] - mark.y + down, box[2] + mark.x, box[3] - mark.y + down


def common(one: Box, other: Box) -> float:
    """How many square pixels two boxes share, but for a rim of one pixel."""
    wide, high = (min(one[far], other[far]) - max(one[near], other[near]) - 1 for near, far in ((0, 2), (1, 3)))
    return max(wide, 0.0) * max(high, 0.0)


def test_numbers_are_compared_with_those_beside_them_only(qapp: object) -> None:
    """Not each with each, which took longer than to draw them."""
    screen, tokens, marks = Screen(Camera(0.0, 0.0, 1.0), *SIZES[0]), tokens_for("light"), scattered(400)
    standing(marks, screen, tokens)
    tracemalloc.start()
    try:
        standing(marks, screen, tokens)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most < 4 * (4 * len(marks)) ** 2  # a quarter of a number of each pair of boxes


@pytest.mark.parametrize("side", SIDES)
def test_a_number_is_painted_in_its_box(side: str, qapp: object) -> None:
    tokens = tokens_for("light")
    box, bare = incident_box(tally(0.0, 0.0), tokens, side), incident_box(tally(0.0, 0.0, ""), tokens)
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.translate(100, 100)
    paint_incident(painter, tally(0.0, 0.0), tokens, side=side)
    painter.end()
    inked = [(x - 100, y - 100) for x in range(200) for y in range(200) if image.pixel(x, y) & 0xFFFFFF]

    assert all(box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2 for x, y in inked)
    assert any(not (bare[0] - 2 <= x <= bare[2] + 2 and bare[1] - 2 <= y <= bare[3] + 2) for x, y in inked)


def test_badges_of_ground_that_is_asked_for_stand_on_it(builtin: DataSet, basemap: Basemap, view: View) -> None:
    """A rough place counts by its point: on its outline its badge would stand far outside."""
    state = view("2017-11-14", SIZES[0], mode="cumulative")
    within = Within("circle", ((40.4, 35.0),), 60_000.0)
    asked = replace(state, filters=Filters(within=within))
    seen = mapped_events(builtin, asked)
    rough = 0
    for scale in (300.0, 900.0):
        for mark in marks_of(builtin, basemap, scale, seen, at_points=True):
            if isinstance(mark, IncidentMark):
                lon, lat = to_degrees(np.array([mark.x]), np.array([mark.y]))
                assert holds(within, lon, lat).all()
                assert not mark.rings
                rough += not mark.pinned
    assert rough
    made = IncidentsLayer().primitives(asked, builtin, basemap)
    assert not any(mark.rings for mark in made if isinstance(mark, IncidentMark))
