"""All lettering together: names, letters of the grid, and letters of the day never lie over each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from tests.draw.test_image import LETTERS as RIMS
from tests.draw.test_image import pixels_of
from viewer.domain.dates import parse
from viewer.draw import letters, paint_shares
from viewer.draw.asked import SMALL
from viewer.draw.labels import PIN, boxes_of
from viewer.draw.letters import Lettering
from viewer.draw.picture import MapPicture
from viewer.draw.room import Box, Room
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.writing import Written
from viewer.geo.basemap import Basemap
from viewer.geo.lettering import Ground
from viewer.geo.outline import Outline
from viewer.layers import LAYERS
from viewer.layers.primitives import ChangeArea, ControlArea, HolderMark, Label, Letters
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet

View = Callable[..., State]
SIZE = (1366, 768)
WHOLE = (36.0, 32.2, 46.0, 37.4)
DAYS = ("2014-08-15", "2015-10-15", "2016-11-15", "2017-06-15", "2017-11-15", "2019-01-15", "2019-11-15")


@pytest.fixture(scope="module")
def picture(qapp: object, builtin: DataSet, basemap: Basemap) -> MapPicture:
    return MapPicture(builtin, basemap)


def taken(written: Written, screen: Screen) -> dict[str, list[list[Box]]]:
    """What each kind of lettering covers in a picture, with the name or letters in it."""
    scale = screen.camera.scale
    left, top = screen.camera.x / scale - screen.width / 2, -screen.camera.y / scale - screen.height / 2
    names = [[(a - left, b - top, c - left, d - top) for a, b, c, d in boxes_of(one, scale)] for one in written.names]
    letters = [[around(*screen.point_px(one.x, one.y), half_width(one), 4.5 if one.style == SMALL else 6.0)]
               for one in written.letters]  # fmt: skip
    squares = [[around(one.at.x(), one.at.y(), 14.0, 14.0)] for one in written.squares]
    return {"names": names, "letters": letters, "squares": squares}


def half_width(one: Letters) -> float:
    """What they surely take to either side, in pixels."""
    return (3.6 if one.style == SMALL else 5.0) * len(one.text)


def around(x: float, y: float, across: float, down: float) -> Box:
    return x - across, y - down, x + across, y + down


def meet(one: list[Box], other: list[Box]) -> bool:
    return any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a in one for b in other)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("size", [SIZE, (1920, 1080)])
def test_no_lettering_lies_over_other(
    size: tuple[int, int], day: str, theme: str, picture: MapPicture, view: View
) -> None:
    state = replace(view(day, size, WHOLE, theme=theme), grid="mgrs")
    written = picture.written(state, *size)
    screen = Screen(state.camera, *size)
    found = [boxes for every in taken(written, screen).values() for boxes in every]
    seen = [boxes for boxes in found if meet(boxes, [(0.0, 0.0, float(size[0]), float(size[1]))])]

    assert not any(meet(one, other) for one, other in combinations(seen, 2))
    assert len(written.letters) > 8
    assert len(written.squares) > 50


@pytest.mark.parametrize(("first", "second"), [("2016-11-15", "2017-11-15"), ("2014-08-15", "2015-10-15")])
def test_letters_of_change_give_way_to_names(first: str, second: str, picture: MapPicture, view: View) -> None:
    state = replace(view(second, SIZE, WHOLE), compare=parse(first).earliest)
    written = picture.written(state, *SIZE)
    boxes = taken(written, Screen(state.camera, *SIZE))

    assert any("\u2192" in one.text for one in written.letters)
    assert not any(meet(one, other) for one in boxes["letters"] for other in boxes["names"])


@pytest.mark.parametrize("day", DAYS)
def test_letters_stand_in_ground_of_who_they_name(
    day: str, picture: MapPicture, view: View, builtin: DataSet, basemap: Basemap
) -> None:
    state = view(day, SIZE, WHOLE)
    areas = [thing for layer in LAYERS if layer.id in ("ground", "control")
             for thing in layer.primitives(state, builtin, basemap) if isinstance(thing, ControlArea)]  # fmt: skip
    for one in picture.written(state, *SIZE).letters:
        held = [area for area in areas if area.code == one.text.rstrip("?")]
        half = half_width(one) * state.camera.scale
        for x in (one.x - half, one.x, one.x + half):
            assert any(ground.outline.holds(x, one.y) for area in held for ground in area.grounds), one


def test_letters_of_the_day_give_way_to_its_towns_and_marks(picture: MapPicture, view: View, builtin: DataSet) -> None:
    state = view("2017-11-15", SIZE, WHOLE)
    drawn = picture.image(state, *SIZE)[1]
    letters = taken(picture.written(state, *SIZE), drawn.screen)["letters"]
    marks = [target.box for target in drawn.targets if any(ref.kind == "event" for ref in target.refs)]

    assert marks
    assert not any(meet(one, marks) for one in letters)
    holders = next(layer for layer in LAYERS if layer.id == "holders").primitives(state, builtin, picture.basemap)
    towns = [around(*drawn.screen.point_px(mark.x, mark.y), 4.0, 4.0) for mark in holders
             if isinstance(mark, HolderMark)]  # fmt: skip
    assert not any(meet(one, towns) for one in letters)


def test_no_name_moves_with_the_day(picture: MapPicture, view: View) -> None:
    places = [
        {(name.block.lines, name.x, name.y, name.dx, name.dy)
         for name in picture.written(view(day, SIZE, WHOLE), *SIZE).names}
        for day in DAYS
    ]  # fmt: skip

    assert all(one == places[0] for one in places)


def test_close_up_the_letters_of_large_ground_stand_in_what_is_seen_of_it(picture: MapPicture, view: View) -> None:
    """The best spot of all the ground lies far out of these views of it."""
    for box, text in (((38.6, 34.2, 39.1, 34.45), "GOV"), ((40.6, 35.6, 40.9, 35.75), "SDF")):
        state = view("2019-01-15", SIZE, box)
        found = [one for one in picture.written(state, *SIZE).letters if one.text == text]
        px, py = Screen(state.camera, *SIZE).point_px(found[0].x, found[0].y)
        assert 20 < px < SIZE[0] - 20
        assert 10 < py < SIZE[1] - 10


def test_panning_leaves_letters_where_they_are_while_they_are_seen(picture: MapPicture, view: View) -> None:
    state = view("2019-01-15", SIZE, WHOLE)
    before = {one for one in picture.written(state, *SIZE).letters if inside(one, state.camera, 80)}
    camera = replace(state.camera, x=state.camera.x + 40 * state.camera.scale)
    after = set(picture.written(replace(state, camera=camera), *SIZE).letters)

    assert len(before) > 10
    assert len(before - after) <= 1, "one may come back to a better spot that has come into view"


def inside(one: Letters, camera: Camera, margin: float) -> bool:
    px, py = Screen(camera, *SIZE).point_px(one.x, one.y)
    return margin < px < SIZE[0] - margin and margin < py < SIZE[1] - margin


def test_letters_do_not_depend_on_what_was_looked_at_before(
    qapp: object, view: View, builtin: DataSet, basemap: Basemap
) -> None:
    """Whatever is kept from day to day and from view to view."""
    states = [view(day, SIZE, box) for box in (WHOLE, (38.0, 33.6, 43.0, 36.2), (40.2, 35.0, 41.4, 35.7))
              for day in DAYS[:5]]  # fmt: skip
    used = MapPicture(builtin, basemap)
    for state in (*states, *reversed(states)):
        used.written(state, *SIZE)
    for state in states[::2]:
        assert used.written(state, *SIZE).letters == MapPicture(builtin, basemap).written(state, *SIZE).letters


def test_letters_do_not_depend_on_where_the_map_was_before_nor_on_the_cards_that_lay_on_it(
    qapp: object, view: View, builtin: DataSet, basemap: Basemap
) -> None:
    state, used = view("2017-11-15", SIZE, (38.0, 33.6, 43.0, 36.2)), MapPicture(builtin, basemap)
    cards: tuple[tuple[QRectF, ...], ...] = ((), (QRectF(0, 300, 1366, 468),), (QRectF(300, 0, 700, 500),))
    scale, found = state.camera.scale, list[tuple[Letters, ...]]()
    for n, (right, up) in enumerate([(0, 0), (90, 0), (260, -70), (400, 40), (-350, 90), (0, 0), (-40, -200), (5, 3)]):
        camera = replace(state.camera, x=state.camera.x + right * scale, y=state.camera.y + up * scale)
        asked, clear = replace(state, camera=camera), cards[n % 3]
        found.append(used.written(asked, *SIZE, clear).letters)
        assert found[-1] == MapPicture(builtin, basemap).written(asked, *SIZE, clear).letters
        spots = [QPointF(*Screen(camera, *SIZE).point_px(one.x, one.y)) for one in found[-1]]
        assert not any(card.contains(spot) for card in clear for spot in spots)

    assert min(map(len, found)) > 5 and len(set(found)) == len(found)


def test_what_other_days_ask_of_a_view_is_found_out_while_nobody_paints(
    qapp: object, view: View, builtin: DataSet, basemap: Basemap, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, asked = view("2017-11-15", SIZE), Counter[str]()
    days = [replace(state, time=replace(state.time, cursor=state.time.cursor + n)) for n in range(-1_200, 700, 190)]
    for place, name in ((letters, "_is_good"), (paint_shares, "_rings"), (Sprites, "picture")):
        _count(monkeypatch, asked, place, name)
    ahead, late, numbers, images = MapPicture(builtin, basemap), MapPicture(builtin, basemap), [], []
    for made in (late, ahead):
        made.image(state, *SIZE)
        with made._painting:
            list(made.ahead(state, 1.0))
        assert not made.knows_days, "whoever paints is not disturbed"
        if made is ahead:
            made._painting._waiting.add(0)
            assert not list(made.ahead(state, 1.0)), "nor is who waits to paint"
            made._painting._waiting.clear()
        if made is ahead:
            assert list(made.ahead(state, 1.0))
            assert not list(made.ahead(state, 1.0)), "all is known"
        assert made.knows_days == (made is ahead)
        asked.clear()
        images.append([pixels_of(made.image(day, *SIZE)[0]).astype(int) for day in days])
        numbers.append(asked.copy())

    assert len(numbers[0]) == 3
    assert all(numbers[1][name] < number / 2 for name, number in numbers[0].items())
    assert all(np.abs(one - other).max() <= RIMS for one, other in zip(*images, strict=True))


def _count(monkeypatch: pytest.MonkeyPatch, asked: Counter[str], place: object, name: str) -> None:
    honest = getattr(place, name)

    def counted(*given: object) -> object:
        asked[name] += 1
        return honest(*given)

    monkeypatch.setattr(place, name, counted)


def test_letters_move_out_from_below_what_comes_and_back_when_it_goes(picture: MapPicture) -> None:
    below, above = (square_of(x, half) for x, half in ((0.0, 200.0), (0.0, 40.0)))
    lettering, screen = Lettering(), Screen(Camera(0.0, 0.0, 1.0), 600, 600)

    def letters(*areas: ControlArea) -> list[tuple[str, float, float]]:
        placed = lettering.place((areas,), screen, picture.tokens("light"), room)
        return [(one.text, one.x, one.y) for one in placed]

    room = Room(1.0)
    alone = letters(below)
    covered = letters(below, above)
    assert alone == [("GOV", 0.0, 0.0)]
    assert {one[0] for one in covered} == {"GOV"}
    assert len(covered) == 2
    assert all(max(abs(x), abs(y)) > 40 for _, x, y in covered[:1])
    assert letters(below) == alone


def square_of(x: float, half: float) -> ControlArea:
    ring = np.array([(x - half, -half), (x + half, -half), (x + half, half), (x - half, half)])
    place = Ground(Outline((ring,)), (x, 0.0, half))
    return ControlArea(place, ("gov",), "control", 1.0, False, False, "GOV", place.spot, (), (), "")


def test_nearly_every_name_leaves_room_for_an_incident_at_its_town(picture: MapPicture, view: View) -> None:
    names = picture.written(view("2017-11-15", SIZE, WHOLE), *SIZE).names
    towns = [one for one in names if isinstance(one.of, Label) and one.of.refs]
    covered = [one for one in towns if meet(boxes_of(replace(one, x=0.0, y=0.0), 1.0), [PIN])]

    assert len(towns) > 20
    assert len(covered) <= 0.1 * len(towns)


def test_a_change_without_room_for_both_names_who_gained(picture: MapPicture, view: View) -> None:
    state = replace(view("2015-10-15", SIZE, WHOLE), compare=parse("2014-08-15").earliest)
    texts = {one.text for one in picture.written(state, *SIZE).letters}
    codes = {thing.code for layer in LAYERS if layer.id == "change"
             for thing in layer.primitives(state, picture.data, picture.basemap)
             if isinstance(thing, ChangeArea)}  # fmt: skip

    short = {text for text in texts if text.startswith("\u2192")}
    assert short
    assert short <= {"\u2192" + code.split("\u2192")[-1] for code in codes}


def test_many_pieces_of_a_change_are_lettered_on_a_small_screen(picture: MapPicture, view: View) -> None:
    state = replace(view("2017-11-14", SIZE, WHOLE), compare=parse("2017-06-15").earliest)

    letters = [one for one in picture.written(state, *SIZE).letters if one.opacity == 1.0]

    assert len(letters) >= 10
    assert {one.style for one in letters} == {"code", "code_small"}
