"""A briefing in front of people, by keys: from the title to the end and back, with interruptions."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.presenter.showing import WAIT_MS, Begin, day, press, scene, settle
from viewer.draw.page import page_image
from viewer.draw.picture import MapPicture
from viewer.draw.tokens import tokens_for
from viewer.session.commands import Select
from viewer.session.presenting import same_map
from viewer.session.scenes import view_of
from viewer.session.state import Filters, Ref, Scene, State
from viewer.ui.loaded import Loaded
from viewer.ui.presenter.overlays import BAR, room_at_foot
from viewer.ui.presenter.presenter import Presenter
from viewer.ui.presenter.seats import Seats, seats

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Key = Qt.Key


def pixels(image: QImage) -> np.ndarray:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 4 * plain.width()].reshape(plain.height(), plain.width(), 4)[..., :3].copy()


def shown(presenter: Presenter) -> QImage:
    """What is on the screen."""
    return presenter.grab().toImage()


def test_each_scene_is_on_the_screen_the_page_that_is_exported(
    qtbot: QtBot, begin: Begin, scenes: tuple[Scene, ...], picture: MapPicture
) -> None:
    presenter = begin()
    for number, each in enumerate(scenes):
        press(qtbot, presenter, *([Key.Key_Right] if number else []))
        size = presenter.stage.width(), presenter.stage.height()
        exported = page_image(picture, each, *size, presenter.devicePixelRatioF())

        np.testing.assert_array_equal(pixels(shown(presenter)), pixels(exported), each.key)


def test_what_a_hand_did_leaves_no_trace_in_the_scene_s_page(
    qtbot: QtBot, begin: Begin, scenes: tuple[Scene, ...], picture: MapPicture
) -> None:
    presenter = begin(start="race")
    size = presenter.stage.width(), presenter.stage.height()
    middle = QPoint(size[0] // 2, size[1] // 2)
    QTest.mousePress(presenter.stage, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(presenter.stage, middle + QPoint(37, 21))
    QTest.mouseRelease(presenter.stage, Qt.MouseButton.LeftButton, pos=middle + QPoint(37, 21))
    press(qtbot, presenter, "+", Key.Key_S, Key.Key_Right)
    assert presenter.session.state.camera != presenter.own.camera and presenter.bar.isVisible()
    press(qtbot, presenter, Key.Key_Return)

    assert presenter.session.state.camera == presenter.own.camera and not presenter.bar.isVisible()
    exported = page_image(picture, scenes[1], *size, presenter.devicePixelRatioF())
    np.testing.assert_array_equal(pixels(shown(presenter)), pixels(exported))


def test_a_briefing_with_an_interruption_leaves_the_work_as_it_was(
    qtbot: QtBot, begin: Begin, loaded: Loaded, scenes: tuple[Scene, ...]
) -> None:
    left = loaded.session.state
    heard: list[object] = []
    loaded.session.watch(("camera", "time", "selected", "layers", "theme"), lambda *told: heard.append(told))
    presenter = begin()
    for _ in scenes[1:]:
        press(qtbot, presenter, Key.Key_PageDown)
    assert presenter.at == len(scenes) - 1
    for _ in range(5):
        press(qtbot, presenter, Key.Key_PageUp)
    assert presenter.scene.key == "fall"
    press(qtbot, presenter, "t")
    press(qtbot, presenter, "14 Nov 2017", Key.Key_Return)
    assert presenter.session.state.time.cursor == day("2017-11-14")
    press(qtbot, presenter, "f")
    press(qtbot, presenter, "raqqa", Key.Key_Return)
    assert presenter.session.state.selected == Ref("place", "raqqa") and presenter.story.isVisible()
    with qtbot.waitSignal(presenter.ended):
        for _ in range(2):
            press(qtbot, presenter, Key.Key_Escape) if presenter.story.isVisible() else QTest.keyClick(
                presenter.stage, Key.Key_Escape
            )

    assert loaded.session.state == left and heard == [] and not loaded.session.can_undo


def test_keys_of_the_window_behind_do_nothing(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin()
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    override.ignore()
    QApplication.sendEvent(presenter.stage, override)

    assert override.isAccepted()


def test_digits_home_and_end_jump(qtbot: QtBot, begin: Begin, scenes: tuple[Scene, ...]) -> None:
    presenter = begin()
    press(qtbot, presenter, "3")
    assert presenter.at == 2
    press(qtbot, presenter, Key.Key_End)
    assert presenter.at == len(scenes) - 1
    press(qtbot, presenter, Key.Key_Home)
    assert presenter.at == 0
    press(qtbot, presenter, "9")
    assert presenter.at == 0 and "no scene 9" in presenter.told.text()


def test_a_digit_that_may_go_on_waits_for_the_next_or_return(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(tuple(scene(f"s{number}", "2017-11-14") for number in range(12)))
    press(qtbot, presenter, "1")
    assert presenter.at == 0
    press(qtbot, presenter, "2")
    assert presenter.at == 11
    press(qtbot, presenter, "1", Key.Key_Return)
    assert presenter.at == 0


@pytest.mark.parametrize(("key", "colour"), [("b", 0), (".", 0), ("w", 255)])
def test_a_blank_screen_and_back(qtbot: QtBot, begin: Begin, key: str, colour: int) -> None:
    presenter = begin(start="race")
    press(qtbot, presenter, key)
    assert set(np.unique(pixels(shown(presenter)))) == {colour}
    press(qtbot, presenter, Key.Key_Right)  # the clicker brings the picture back first
    assert presenter.at == 1 and len(np.unique(pixels(shown(presenter)))) > 2


def test_the_stretch_plays_from_its_first_day_to_its_last(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="fall")
    days: list[int] = []
    presenter.session.watch(("time",), lambda before, after, changed: days.append(after.time.cursor))
    QTest.keyClick(presenter.stage, Key.Key_P)
    qtbot.waitUntil(lambda: not presenter.session.state.play.running, timeout=WAIT_MS)

    assert days[0] == day("2017-11-01") and days[-1] == day("2017-12-01") and days == sorted(days)
    settle(qtbot, presenter)
    press(qtbot, presenter, Key.Key_Return)
    assert presenter.session.state == presenter.own


def test_the_legend_stands_still_while_the_stretch_plays(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="fall")
    layout = presenter.stage.layout_now
    assert layout is not None
    press(qtbot, presenter, "t")
    press(qtbot, presenter, "24 Nov 2017", Key.Key_Return)

    after = presenter.stage.layout_now
    assert after is not None and after.key == layout.key and after.cards == layout.cards


def test_words_of_a_scene_do_not_stand_under_another_day(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="race")
    press(qtbot, presenter, "t")
    press(qtbot, presenter, "1 Feb 2020", Key.Key_Return)
    layout = presenter.stage.layout_now
    assert layout is not None and "caption" not in layout.cards
    press(qtbot, presenter, Key.Key_Return)
    layout = presenter.stage.layout_now
    assert layout is not None and "caption" in layout.cards


def test_a_date_that_is_none_is_told_and_the_field_stays(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="race")
    press(qtbot, presenter, "t")
    press(qtbot, presenter, "some day", Key.Key_Return)
    assert presenter.asking.is_open and "no date" in presenter.asking.problem.text()
    press(qtbot, presenter, Key.Key_Escape)
    assert not presenter.asking.is_open and presenter.isVisible()


def test_a_click_opens_the_card_of_what_is_there_and_escape_closes_it(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="fall")
    result, layout = presenter.stage.result, presenter.stage.layout_now
    assert result is not None and layout is not None
    boxes = [target.box for target in result.targets if any(ref.kind == "event" for ref in target.refs)]
    middles = [QPointF((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in boxes]
    at = next(
        one for one in middles
        if 0 < one.x() < presenter.stage.across and 0 < one.y() < presenter.stage.down
        and not any(card.contains(one) for card in layout.clear)
    )  # fmt: skip
    QTest.mouseClick(
        presenter.stage, Qt.MouseButton.LeftButton, pos=(at * presenter.stage.enlarged).toPoint()
    )
    settle(qtbot, presenter)
    assert presenter.story.isVisible() and presenter.story.view.toPlainText()
    press(qtbot, presenter, Key.Key_Escape)
    assert not presenter.story.isVisible() and presenter.session.state == presenter.own


def test_what_is_shown_live_is_kept_as_a_scene(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="race")
    press(qtbot, presenter, "t")
    press(qtbot, presenter, "1 Feb 2020", Key.Key_Return)
    with qtbot.waitSignal(presenter.kept) as heard:
        QTest.keyClick(presenter.stage, Key.Key_K)
    made = heard.args[0]

    assert made.view == view_of(presenter.session.state) and made.key != "race"
    assert made.size == (presenter.stage.across, presenter.stage.down)


def test_what_was_kept_is_a_scene_of_the_show_and_return_leads_back(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="race")
    presenter.show_notes()
    press(qtbot, presenter, "f")
    press(qtbot, presenter, "Palmyra", Key.Key_Return)
    with qtbot.waitSignal(presenter.kept) as heard:
        press(qtbot, presenter, Key.Key_K)
    made, behind = heard.args
    assert behind == "race" and made.title == "Palmyra" == presenter.speaker.title.text()
    assert presenter.speaker.number.text() == "3 of 9" and presenter.speaker.coming.text() == "Next: fall"
    assert "scene 3 of 9" in presenter.told.text()

    press(qtbot, presenter, Key.Key_Return)
    assert presenter.session.state == presenter.own and presenter.scene.key == "race"
    assert presenter.speaker.title.text() == "race" and presenter.speaker.number.text() == "2 of 9"
    assert presenter.speaker.coming.text() == "Next: fall"
    press(qtbot, presenter, Key.Key_Right)
    assert presenter.scene.key == "fall", "what was kept was seen already"
    press(qtbot, presenter, Key.Key_Left)
    assert presenter.scene.key == "race"
    press(qtbot, presenter, "3")
    assert presenter.scene == made and same_map(presenter.session.state, presenter.own)


def test_a_prepared_scene_that_is_kept_stays_the_one_that_is_shown(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="race")
    press(qtbot, presenter, Key.Key_K)
    assert presenter.at == 1 and presenter.scene.key == "race" and presenter.speaker.number.text() == "2 of 9"
    press(qtbot, presenter, "9")
    assert presenter.scene.key == "end"


def test_a_card_that_is_drawn_to_another_corner_stays_there(
    qtbot: QtBot, begin: Begin, picture: MapPicture
) -> None:
    presenter = begin(start="race")
    stage, layout = presenter.stage, presenter.stage.layout_now
    assert layout is not None
    before = layout.corners["caption"]
    goal = "se" if before != "se" else "ne"
    grip = (layout.cards["caption"].center() * stage.enlarged).toPoint()
    end = QPoint(stage.width() - 40, stage.height() - 160 if goal == "se" else 90)
    with qtbot.waitSignal(presenter.moved) as heard:
        QTest.mousePress(stage, Qt.MouseButton.LeftButton, pos=grip)
        QTest.mouseMove(stage, grip + (end - grip) / 2)
        QTest.mouseMove(stage, end)
        QTest.mouseRelease(stage, Qt.MouseButton.LeftButton, pos=end)
    settle(qtbot, presenter)

    assert heard.args[0].key == "race" and dict(heard.args[0].places)["caption"] == goal
    size = stage.width(), stage.height()
    exported = page_image(picture, heard.args[0], *size, presenter.devicePixelRatioF())
    np.testing.assert_array_equal(pixels(shown(presenter)), pixels(exported))


def test_the_spot_follows_the_mouse_and_goes(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="race")
    bare = pixels(shown(presenter))
    press(qtbot, presenter, "l")
    QTest.mouseMove(presenter.stage, QPoint(300, 200))
    QTest.mouseMove(presenter.stage, QPoint(320, 220))
    assert (presenter.spot.geometry().center() - QPoint(320, 220)).manhattanLength() <= 2
    changed = np.argwhere((pixels(shown(presenter)) != bare).any(axis=2))
    assert len(changed) and (np.abs(changed - (220, 320)) < 40).all()
    press(qtbot, presenter, "l")
    np.testing.assert_array_equal(pixels(shown(presenter)), bare)


# gliding


def test_camera_and_time_glide_and_the_next_key_ends_it(
    qtbot: QtBot, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    presenter = begin(start="race")
    monkeypatch.setenv("BADIA_REDUCED_MOTION", "0")
    presenter.stage._seconds["anew"] = 0.01
    scales: list[float] = []
    presenter.session.watch(("camera",), lambda before, after, changed: scales.append(after.camera.scale))
    press(qtbot, presenter, Key.Key_Right)
    assert len(scales) > 2 and presenter.session.state == presenter.own
    QTest.keyClick(presenter.stage, Key.Key_Left)
    assert presenter.glide.running
    QTest.keyClick(presenter.stage, Key.Key_Left)
    settle(qtbot, presenter)
    assert presenter.scene.key == "title" and presenter.session.state == presenter.own


@pytest.mark.parametrize(("still", "seconds"), [("1", 0.01), ("0", 9.0)])
def test_nothing_glides_where_less_motion_is_asked_for_or_pictures_take_too_long(
    qtbot: QtBot, begin: Begin, monkeypatch: pytest.MonkeyPatch, still: str, seconds: float
) -> None:
    presenter = begin(start="race")
    monkeypatch.setenv("BADIA_REDUCED_MOTION", still)
    presenter.stage._seconds["anew"] = seconds
    states: list[State] = []
    presenter.session.watch(("camera",), lambda before, after, changed: states.append(after))
    QTest.keyClick(presenter.stage, Key.Key_Right)

    assert not presenter.glide.running and [state.camera for state in states] == [presenter.own.camera]


# what is not as it should be


def test_a_scene_of_another_store_is_shown_without_what_is_missing(qtbot: QtBot, begin: Begin) -> None:
    strange = scene("strange", "1890-01-01", view=State(
        filters=Filters(actors=("nobody",)), selected=Ref("event", "nothing"), layers=frozenset({"towns"}),
    ))  # fmt: skip
    presenter = begin((strange, scene("race", "2017-06-15")))
    assert len(presenter.notices) == 3 and all("strange" in notice for notice in presenter.notices)
    assert presenter.told.isVisible() and "nobody" in presenter.told.text()
    press(qtbot, presenter, Key.Key_Right)
    assert presenter.scene.key == "race"


def test_one_scene_is_a_briefing(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin((Scene("only", State()),))
    press(qtbot, presenter, Key.Key_Right, Key.Key_Left, Key.Key_P, Key.Key_P, Key.Key_Return)
    assert presenter.at == 0


# screens


def test_the_speaker_s_own_screen_has_the_notes() -> None:
    own, hall, more = (cast(QScreen, object()) for _ in range(3))

    assert as_tuple(seats([own], own, own)) == (own, None)
    assert as_tuple(seats([hall, own], own, own)) == (hall, own)
    assert as_tuple(seats([own, hall], own, hall, swapped=True)) == (own, hall)
    assert as_tuple(seats([own, hall, more], own, more)) == (hall, own)
    assert as_tuple(seats([own], own, hall)) == (own, None)  # the screen of the window is gone


def as_tuple(found: Seats) -> tuple[QScreen, QScreen | None]:
    return found.scenes, found.notes


def test_notes_are_on_the_other_screen_and_go_with_it(
    qtbot: QtBot, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = QGuiApplication.primaryScreen()
    plugged = [own, own]
    monkeypatch.setattr(
        "viewer.ui.presenter.seats.seats",
        lambda screens, *more: Seats(own, own if len(screens) > 1 else None),
    )
    presenter = begin(start="race", screens=lambda: plugged)
    assert presenter.speaker.isVisible() and presenter.speaker.text.toPlainText() == "Say it slowly."
    assert presenter.speaker.number.text() == "2 of 8" and presenter.speaker.elapsed.text().startswith("0:")
    qtbot.waitUntil(lambda: not presenter.speaker.next.image.isNull(), timeout=WAIT_MS)
    QTest.keyClick(presenter.speaker, Key.Key_Right)
    settle(qtbot, presenter)
    assert presenter.at == 2

    del plugged[1]
    QGuiApplication.instance().screenRemoved.emit(own)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: not presenter.speaker.isVisible(), timeout=WAIT_MS)
    assert "unplugged" in presenter.told.text()
    press(qtbot, presenter, Key.Key_Right)
    assert presenter.at == 3
    press(qtbot, presenter, "n")
    assert presenter.speaker.isVisible()


def test_a_scene_changed_elsewhere_has_a_plan_of_its_own(begin: Begin, scenes: tuple[Scene, ...]) -> None:
    presenter = begin(start="race")
    changed = replace(scenes[1], caption="Other words")

    assert presenter._plans.found(presenter.scene, presenter._sheet) is not None
    assert presenter._plans.found(changed, presenter._sheet) is None


def test_a_click_on_what_the_scene_itself_has_selected_opens_its_card(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="chosen")
    assert not presenter.story.isVisible()
    presenter.stage._say(Select(Ref("place", "raqqa")))
    assert presenter.story.isVisible() and "Raqqa" in presenter.story.view.toPlainText()


@pytest.mark.parametrize(("start", "theme"), [("race", "light"), ("dark", "dark")])
def test_the_card_of_a_record_has_the_colours_of_its_scene(begin: Begin, start: str, theme: str) -> None:
    presenter = begin(start=start)
    presenter.stage._say(Select(Ref("place", "raqqa")))
    ground = presenter.story.view.viewport().grab().toImage().pixelColor(1, 1)

    assert presenter.story.isVisible()
    assert ground.name() == tokens_for(theme).colour("card").name()


def test_behind_words_there_is_the_map_of_the_scene(
    qtbot: QtBot, begin: Begin, scenes: tuple[Scene, ...], picture: MapPicture
) -> None:
    presenter = begin(start="title")
    with qtbot.waitSignal(presenter.kept) as heard:
        QTest.keyClick(presenter.stage, Key.Key_K)
    assert heard.args[0].view.layers == scenes[0].view.layers
    press(qtbot, presenter, "t")
    press(qtbot, presenter, "1 Feb 2020", Key.Key_Return)
    layout = presenter.stage.layout_now
    assert presenter.session.state.layers == scenes[0].view.layers and layout is not None and "legend" in layout.cards
    press(qtbot, presenter, Key.Key_Return)
    size = presenter.stage.width(), presenter.stage.height()
    exported = page_image(picture, scenes[0], *size, presenter.devicePixelRatioF())
    np.testing.assert_array_equal(pixels(shown(presenter)), pixels(exported))


def test_a_day_that_is_the_scene_s_own_again_has_the_scene_s_page(
    qtbot: QtBot, begin: Begin, scenes: tuple[Scene, ...], picture: MapPicture
) -> None:
    presenter = begin(start="race")
    for text in ("1 Feb 2020", "15 Jun 2017"):
        press(qtbot, presenter, "t")
        press(qtbot, presenter, text, Key.Key_Return)
    presenter.told.hide()
    size = presenter.stage.width(), presenter.stage.height()
    exported = page_image(picture, scenes[1], *size, presenter.devicePixelRatioF())
    np.testing.assert_array_equal(pixels(shown(presenter)), pixels(exported))


def test_the_screen_stays_on_from_beginning_to_end(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("viewer.ui.presenter.awake.Awake.begin", lambda awake: asked.append("begin"))
    monkeypatch.setattr("viewer.ui.presenter.awake.Awake.end", lambda awake: asked.append("end"))
    presenter = begin(start="race")
    assert asked == ["begin"]
    presenter.leave()
    assert asked == ["begin", "end"]


def test_escape_closes_one_thing_after_the_other(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="race")
    press(qtbot, presenter, "s", "b", "h")
    assert presenter.keys_panel.isVisible() and presenter.stage.blank and presenter.bar.isVisible()
    seen = []
    for _ in range(3):
        QTest.keyClick(presenter.stage, Key.Key_Escape)
        seen.append((presenter.keys_panel.isVisible(), bool(presenter.stage.blank), presenter.bar.isVisible()))
    assert seen == [(False, True, True), (False, False, True), (False, False, False)]
    with qtbot.waitSignal(presenter.ended):
        QTest.keyClick(presenter.stage, Key.Key_Escape)


def test_the_spot_is_seen_on_the_card_of_a_record_too(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="chosen")
    presenter.stage._say(Select(Ref("place", "raqqa")))
    press(qtbot, presenter, "l")
    inside = presenter.story.view.viewport()
    QTest.mouseMove(inside, QPoint(40, 40))
    QTest.mouseMove(inside, QPoint(50, 60))
    assert (presenter.spot.geometry().center() - inside.mapTo(presenter, QPoint(50, 60))).manhattanLength() <= 2


def test_time_is_moved_by_hand(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin(start="fall")
    press(qtbot, presenter, "s")
    bar = presenter.bar
    assert bar.isVisible() and bar.days == (day("2017-11-01"), day("2017-12-01"))
    QTest.keyClick(presenter.stage, Key.Key_Left)
    assert presenter.session.state.time.cursor == day("2017-11-18") and presenter.at == 2
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(1, bar.height() // 2))
    assert presenter.session.state.time.cursor == day("2017-11-01")
    QTest.mouseMove(bar, QPoint(bar.width() - 2, bar.height() // 2))
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 2, bar.height() // 2))
    settle(qtbot, presenter)
    press(qtbot, presenter, Key.Key_PageDown)  # the clicker goes on all the same
    assert presenter.at == 3 and not bar.isVisible()


def test_the_bar_of_time_stands_between_the_cards_and_covers_none(qtbot: QtBot, begin: Begin) -> None:
    presenter = begin()
    presenter.resize(1280, 720)
    press(qtbot, presenter, Key.Key_2)
    press(qtbot, presenter, Key.Key_S)
    layout = presenter.stage.layout_now
    assert layout is not None and presenter.bar.isVisible()
    at = QRectF(presenter.bar.geometry())
    assert not [name for name, card in layout.in_pixels.items() if card.intersects(at)]
    assert QRectF(presenter.rect()).contains(at)


def test_a_bar_without_room_lies_at_the_foot() -> None:
    page, sources = QRectF(0, 0, 1000, 700), QRectF(0, 680, 1000, 20)
    free = room_at_foot(page, {"sources": sources}, 1.0)
    assert free.bottom() < sources.top() and free.width() > 900
    beside = room_at_foot(page, {"sources": sources, "legend": QRectF(14, 400, 500, 270)}, 1.0)
    assert beside.left() > 514 and beside.right() < 1000
    filled = {"sources": sources, "legend": QRectF(14, 400, 500, 270), "caption": QRectF(600, 500, 386, 170)}
    assert room_at_foot(page, filled, 1.0) == QRectF(0, 700 - BAR, 1000, BAR)
