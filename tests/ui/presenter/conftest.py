"""A briefing of several scenes, and a presenter that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.presenter.showing import NEAR, Begin, day, scene, settle
from viewer.draw.picture import MapPicture
from viewer.geo.basemap import Basemap
from viewer.session.session import Session
from viewer.session.state import Ref, Scene, State, Stretch
from viewer.store.dataset import DataSet
from viewer.ui.loaded import Loaded
from viewer.ui.presenter.presenter import Presenter


@pytest.fixture(scope="session")
def scenes() -> tuple[Scene, ...]:
    return (
        scene("title", "2017-11-14", kind="title", caption="What is known, and what is not"),
        scene("race", "2017-06-15", caption="Three armies go for the river.", notes="Say it slowly."),
        scene("fall", "2017-11-19", NEAR, caption="word " * 120,
              stretch=Stretch(day("2017-11-01"), day("2017-12-01"), 1000.0)),
        scene("dark", "2019-03-23", view=State(theme="dark"), caption="قوات الحكومة تصل إلى نهر الفرات"),
        scene("compared", "2018-06-01", view=State(theme="print", compare=day("2017-06-01")), marking="FOR EYES"),
        scene("swiped", "2018-06-01", view=State(compare=day("2017-06-01"), swipe=0.4)),
        scene("chosen", "2017-10-14", view=State(selected=Ref("place", "raqqa"))),
        scene("end", "2021-02-01", kind="end", caption="Ground between towns is schematic."),
    )  # fmt: skip


@pytest.fixture(scope="module")
def picture(qapp: object, builtin: DataSet, basemap: Basemap) -> MapPicture:
    return MapPicture(builtin, basemap)


@pytest.fixture
def loaded(picture: MapPicture) -> Loaded:
    return Loaded(Session(State(camera=NEAR)), picture.data, picture, picture.basemap)


@pytest.fixture
def begin(qtbot: QtBot, loaded: Loaded, scenes: tuple[Scene, ...], still: None, no_programs: None) -> Iterator[Begin]:
    made: list[Presenter] = []

    def begun(shown: tuple[Scene, ...] = scenes, **more: object) -> Presenter:
        presenter = Presenter(loaded, shown, **more)  # type: ignore[arg-type]
        presenter.ended.connect(lambda: made.remove(presenter))
        made.append(presenter)
        presenter.begin()
        settle(qtbot, presenter)
        return presenter

    yield begun
    for presenter in tuple(made):
        presenter.leave()
