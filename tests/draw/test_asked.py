"""Which letters a day asks for: what was worked out on another day serves wherever nothing changed."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from viewer.draw.asked import Asked, Asking, Wanted
from viewer.draw.screen import Screen
from viewer.geo.lettering import Ground
from viewer.geo.outline import Outline
from viewer.layers.primitives import Calm, ChangeArea, ControlArea
from viewer.session.state import Camera


def ground(x: float, y: float, half: float) -> Ground:
    ring = np.array([(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)])
    return Ground(Outline((ring,)), (x, y, half))


def area(place: Ground, code: str = "A", control: str = "control", part: str = "whole") -> ControlArea:
    return ControlArea(place, ("a",), control, 1.0, False, False, code, place.spot, (), (), "", part)


def above(asked: Asked, number: int) -> tuple[Ground, ...]:
    wanted = asked.wanted(number)
    return asked.covering.above(wanted, int(asked.below[number]), wanted.bounds).grounds


def found(asked: Asked) -> dict[Wanted, tuple[Ground, ...]]:
    return {asked.wanted(number): above(asked, number) for number in range(len(asked.lines))}


def test_a_ground_lies_under_what_comes_after_it_and_touches_it() -> None:
    large, small, far = ground(0, 0, 100), ground(50, 0, 10), ground(500, 0, 10)
    asked = Asking().asked(((area(large), area(small), area(far)),))

    assert [above(asked, number) for number in range(3)] == [(small,), (), ()]


def test_who_is_merely_present_covers_nothing() -> None:
    large, small = ground(0, 0, 100), ground(50, 0, 10)
    asked = Asking().asked(((area(large), area(small, control="presence")),))

    assert above(asked, 0) == ()


def test_changes_come_first_then_what_sources_drew_then_shares_of_towns() -> None:
    share, drawn, changed = ground(0, 0, 9), ground(30, 0, 9), ground(60, 0, 9)
    asked = Asking().asked(
        ((area(share, "S", part="code"),), (area(drawn, "D"),),
         (Calm(()), ChangeArea(changed, ("a",), ("b",), "control", "A \u2192 B", (), "")))
    )  # fmt: skip

    assert [asked.wanted(number).texts for number in range(3)] == [("A \u2192 B", "\u2192 B"), ("D",), ("S",)]
    assert asked.calm


@pytest.mark.parametrize("seed", range(5))
def test_one_day_after_another_asks_for_what_it_would_ask_for_alone(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same days in each run
    places = [ground(chance.uniform(0, 900), chance.uniform(0, 900), half) for half in np.geomspace(200, 20, 60)]
    kinds = ("control", "presence", "contested")
    areas = [[area(place, code, kind) for code, kind in zip("ABC", kinds, strict=True)] for place in places]
    asking, held = Asking(), [chance.randrange(4) for _ in areas]
    for _ in range(30):
        for _ in range(3):
            held[chance.randrange(len(held))] = chance.randrange(4)
        day = tuple(one[who] for one, who in zip(areas, held, strict=True) if who < 3)
        alone = found(Asking().asked((day,)))
        texts = [(one.texts, one.grounds, others) for one, others in found(asking.asked((day,))).items()]

        assert texts == [(one.texts, one.grounds, others) for one, others in alone.items()]


def test_what_lies_over_letters_is_the_same_object_until_something_changes_there() -> None:
    large, small, far, near = ground(0, 0, 100), ground(50, 0, 10), ground(500, 0, 10), ground(-50, 0, 10)
    first, second, third, asking = area(large), area(small), area(far), Asking()

    def over(*day: ControlArea) -> object:
        asked = asking.asked((day,))
        return asked.covering.above(asked.wanted(0), 1, asked.wanted(0).bounds)

    before = over(first, second)
    assert over(first, second, third) is before
    assert over(first, second, third, area(near)) is not before


def test_letters_of_an_area_stay_the_same_ones_while_its_colour_fades() -> None:
    place, asking = ground(0, 0, 100), Asking()
    fresh = area(place)
    first = asking.asked(((fresh,),)).wanted(0)

    assert asking.asked(((replace(fresh, strength=0.5),),)).wanted(0) is first
    assert asking.asked(((replace(fresh, code="B"),),)).wanted(0) is not first


def test_of_many_areas_in_view_the_largest_are_asked_for() -> None:
    many = tuple(area(ground(60.0 * number, 0, 10 + number / 10)) for number in range(200))
    asked = Asking().asked((many,))
    wide = Screen(Camera(6_000.0, 0.0, 1.0), 13_000, 400)

    assert asked.in_view(wide, 14.0) == list(range(100, 200))
    assert asked.in_view(wide, 50.0) == list(range(151, 200))
    assert asked.in_view(Screen(Camera(0.0, 0.0, 1.0), 100, 100), 14.0) == [0, 1]
