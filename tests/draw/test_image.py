"""Whatever came before, a picture is the one that would be painted of its state alone, and stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.draw.conftest import pixels_of
from viewer.draw import kept, looking
from viewer.draw.drawn import Drawn
from viewer.draw.made_layers import LINES
from viewer.draw.picture import MapPicture
from viewer.geo.basemap import Basemap
from viewer.session import crowds
from viewer.session.state import Filters, Ref, State
from viewer.store.dataset import DataSet

View = Callable[..., State]
SIZE = (420, 280)
LETTERS = 24
"""Levels by which Qt's outlines of the same letters differ, before and after the font is used in another size."""
DAYS = ("2014-06-10", "2017-05-21", "2017-11-03", "2017-11-14", "2017-12-26", "2018-12-21", "2019-03-20", "2021-01-04")


def walk(builtin: DataSet, view: View, seed: int, steps: int = 24) -> list[State]:
    """A hand that steps, leaps, filters, selects and changes the look."""
    chance = Random(seed)  # noqa: S311 - the same walk each time
    keys = [builtin.events.keys[row] for row in range(len(builtin.events))]
    state = view(DAYS[0], SIZE)
    states = []
    for _ in range(steps):
        time, kind = state.time, chance.random()
        if kind < 0.35:
            state = replace(state, time=replace(time, cursor=time.cursor + chance.choice((-1, 1, 1, 3))))
        elif kind < 0.65:
            state = replace(state, time=replace(view(chance.choice(DAYS), SIZE).time, mode=time.mode))
        elif kind < 0.75:
            state = replace(state, time=replace(time, mode=chance.choice(("day", "window", "cumulative"))))
        elif kind < 0.85:
            state = replace(state, filters=Filters(types=chance.choice(((), ("strike",), ("attack", "movement")))))
        elif kind < 0.95:
            state = replace(state, selected=chance.choice((None, Ref("event", chance.choice(keys)))))
        else:
            state = replace(state, theme="dark" if state.theme == "light" else "light")
        states.append(state)
    return states


def what(drawn: Drawn) -> tuple[object, ...]:
    return drawn.legend, [t.refs for t in drawn.targets], [s.refs for s in drawn.surfaces]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("seed", [1, 2])
def test_step_by_step_it_is_the_picture_of_the_state_alone(
    seed: int, builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether every view is worth to be kept, or none."""
    pictures = {worth: MapPicture(builtin, basemap) for worth in (0.0, 9.0)}
    handed: list[tuple[QImage, np.ndarray]] = []
    for number, state in enumerate(walk(builtin, view, seed)):
        fresh, expected = MapPicture(builtin, basemap).image(state, *SIZE)
        for worth, picture in pictures.items():
            monkeypatch.setattr(kept, "WORTH_SECONDS", worth)
            image, drawn = picture.image(state, *SIZE)
            away = np.abs(pixels_of(image).astype(int) - pixels_of(fresh)).max()
            assert away <= LETTERS, f"step {number}: {state.time}, {worth}"
            assert what(drawn) == what(expected), (number, worth)
            handed.append((image, pixels_of(image)))

    for image, pixels in handed:
        np.testing.assert_array_equal(pixels_of(image), pixels)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("few", [2, 40_000], ids=["covering the ground", "discs"])
def test_above_a_crowd_it_is_the_picture_of_the_state_alone(
    few: int, builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Now and then there are too few in view for a crowd."""
    monkeypatch.setattr(crowds, "MOST_MARKS", 3)
    monkeypatch.setattr(looking, "FEW", few)
    picture, covering = MapPicture(builtin, basemap), set[bool | None]()
    for number, state in enumerate(walk(builtin, view, 3)):
        image, drawn = picture.image(state, *SIZE)
        fresh, expected = MapPicture(builtin, basemap).image(state, *SIZE)
        covering.add(drawn.crowds[0].number > few if drawn.crowds else None)
        assert np.abs(pixels_of(image).astype(int) - pixels_of(fresh)).max() <= LETTERS, f"step {number}: {state.time}"
        assert what(drawn) == what(expected), number

    assert covering >= ({True, None} if few == 2 else {False, None})


@pytest.mark.usefixtures("qapp")
def test_the_next_scales_are_known_after_a_rest_and_look_as_ever(
    builtin: DataSet, basemap: Basemap, view: View
) -> None:
    picture, state = MapPicture(builtin, basemap), view(DAYS[3], SIZE)
    picture.image(state, *SIZE)
    near = [replace(state, camera=replace(state.camera, scale=state.camera.scale * by)) for by in (1.25, 0.8)]
    assert not any(map(picture.knows, near))
    for _ in picture.ahead(state, 1.0):
        pass

    assert all(map(picture.knows, (state, *near)))
    for one in near:
        image, drawn = picture.image(one, *SIZE)
        fresh, expected = MapPicture(builtin, basemap).image(one, *SIZE)
        assert np.abs(pixels_of(image).astype(int) - pixels_of(fresh)).max() <= LETTERS
        assert what(drawn) == what(expected)


@pytest.mark.usefixtures("qapp")
def test_a_date_drawn_before_is_not_drawn_again(
    builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "WORTH_SECONDS", 0.0)
    picture = MapPicture(builtin, basemap)
    for day in DAYS:
        picture.image(view(day, SIZE), *SIZE)
    first, _ = picture.image(view(DAYS[2], SIZE), *SIZE)
    picture.image(view(DAYS[5], SIZE), *SIZE)
    again, _ = picture.image(view(DAYS[2], SIZE), *SIZE)
    chosen, _ = picture.image(replace(view(DAYS[2], SIZE), theme="dark"), *SIZE)

    assert again.cacheKey() == first.cacheKey()
    assert chosen.cacheKey() != first.cacheKey()


@pytest.mark.usefixtures("qapp")
def test_what_is_asked_for_again_is_found_without_looking_at_a_record(
    builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "WORTH_SECONDS", 0.0)
    picture = MapPicture(builtin, basemap)
    for day in (*DAYS, DAYS[2]):
        image, drawn = picture.image(view(day, SIZE), *SIZE)
    picture.image(view(DAYS[5], SIZE), *SIZE)

    def no_more(*asked: object) -> None:
        raise AssertionError("asked for primitives")

    monkeypatch.setattr(picture._made, "of", no_more)
    again, said = picture.image(view(DAYS[2], SIZE), *SIZE)
    np.testing.assert_array_equal(pixels_of(again), pixels_of(image))
    assert what(said) == what(drawn) and said.day == drawn.day
    assert said.change is None, "it may have followed any other picture"


@pytest.mark.usefixtures("qapp")
def test_no_day_that_time_passes_is_kept(
    builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "WORTH_SECONDS", 0.0)
    picture, state = MapPicture(builtin, basemap), view("2017-11-01", SIZE)
    for days in range(20):
        playing = replace(state.play, running=days > 10)
        leap = days if days <= 10 else 10 * days
        picture.image(replace(state, time=replace(state.time, cursor=state.time.cursor + leap), play=playing), *SIZE)

    assert len(picture._seen_views.views) <= 1


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.25, 1.5])
def test_no_pixel_is_left_to_chance_where_the_device_has_parts_of_one_more(
    ratio: float, builtin: DataSet, basemap: Basemap, view: View
) -> None:
    seen = []
    for grey in (0, 255):
        junk = [np.full((700, 700, 4), grey, np.uint8) for _ in range(6)]
        del junk
        image, _ = MapPicture(builtin, basemap).image(view(DAYS[0], (421, 283)), 421, 283, ratio)
        pixels = pixels_of(image).astype(int)
        seen.append(np.concatenate((pixels[:, -1], pixels[-1])))

    assert np.abs(seen[0] - seen[1]).max() <= LETTERS


@pytest.mark.usefixtures("qapp")
def test_a_selection_repaints_what_is_selected_and_no_more(builtin: DataSet, basemap: Basemap, view: View) -> None:
    picture, state = MapPicture(builtin, basemap), view("2017-11-14", (800, 500))
    picture.image(state, 800, 500)
    _, drawn = picture.image(state, 800, 500)
    mark = next(target for target in drawn.targets if target.refs[0].kind == "event")
    _, chosen = picture.image(replace(state, selected=mark.refs[0]), 800, 500)

    assert chosen.change is not None
    assert 0 < sum(place.width() * place.height() for place in chosen.change.places) < 800 * 500 / 2


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("most", [900, 3], ids=["symbols", "a crowd"])
def test_a_bare_map_leaves_nothing_behind(
    most: int, builtin: DataSet, basemap: Basemap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "WORTH_SECONDS", 0.0)
    monkeypatch.setattr(crowds, "MOST_MARKS", most)
    state = replace(view(DAYS[3], SIZE), time=replace(view(DAYS[3], SIZE).time, mode="cumulative"))
    picture = MapPicture(builtin, basemap)
    plain, bare = picture.image(state, *SIZE, bare=True)

    assert not picture.remembers(state, *SIZE, 1.0)
    assert LINES not in picture._layers.images.images, "lines without towns are never taken for those with them"
    assert {ref.kind for target in bare.targets for ref in target.refs} <= {"event"}
    assert {ref.kind for surface in bare.surfaces for ref in surface.refs} <= {"event"}, "rings of rough places"
    assert bool(bare.crowds) == (most == 3)

    image, drawn = picture.image(state, *SIZE)
    fresh, expected = MapPicture(builtin, basemap).image(state, *SIZE)
    assert np.abs(pixels_of(image).astype(int) - pixels_of(fresh)).max() <= LETTERS
    assert np.abs(pixels_of(image).astype(int) - pixels_of(plain)).max() > LETTERS
    assert what(drawn) == what(expected)
    assert "place" in {ref.kind for target in drawn.targets for ref in target.refs}
