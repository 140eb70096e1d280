"""The page of a scene: the same whatever was painted before, readable at every size, and with cards that hold still."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter, QPicture

from viewer.domain.dates import parse
from viewer.draw.page import enlargement, lay_out, page_image, paint_page, shown_on, units, unwritable
from viewer.draw.page_legend import COLUMNS, ROWS, Key, columns_of, key_of
from viewer.draw.picture import MapPicture
from viewer.draw.set_text import fitted_text, right_to_left, set_text, sized
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.session.camera import fit_camera
from viewer.session.state import Scene, State, Stretch, Time
from viewer.store.dataset import DataSet

SIZES = ((1366, 768, 1.0), (1024, 768, 1.0), (1920, 1080, 2.0))
ARABIC = "قوات الحكومة تصل إلى نهر الفرات"


def day(text: str) -> int:
    found = parse(text).earliest
    assert found is not None
    return found


@pytest.fixture(scope="module")
def picture(qapp: object, builtin: DataSet, basemap: Basemap) -> MapPicture:
    return MapPicture(builtin, basemap)


@pytest.fixture(scope="module")
def scene() -> Scene:
    view = State(fit_camera(36.8, 32.2, 44.6, 37.4, 1280, 720), Time(cursor=day("2017-11-19")))
    return Scene("fall", view, title="The fall of Abu Kamal", caption="Sources differ. " * 20)


@pytest.fixture
def tokens(qapp: object) -> Tokens:
    return tokens_for("light")


def pixels(image: QImage) -> np.ndarray:
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine()).copy()


@pytest.mark.parametrize("size", SIZES)
def test_a_page_follows_from_its_scene_alone(
    size: tuple[int, int, float], scene: Scene, picture: MapPicture
) -> None:
    first = pixels(page_image(picture, scene, *size))
    camera = scene.view.camera
    for step in range(3):  # what is kept of views that lie a part of a pixel aside must not come through
        aside = replace(camera, x=camera.x + camera.scale * (step + 0.37))
        picture.image(replace(scene.view, camera=aside), 800, 500, 1.0)
        picture.image(replace(shown_on(scene, *size[:2]), camera=aside), *units(*size[:2]), size[2])

    np.testing.assert_array_equal(pixels(page_image(picture, scene, *size)), first)
    fresh = pixels(page_image(MapPicture(picture.data, picture.basemap), scene, *size))
    # Qt may round the outline of a letter to another 64th of a pixel than it did for the first picture.
    assert (fresh != first).mean() < 0.01 and np.abs(fresh.astype(int) - first).max() < 64


def test_a_page_without_incidents_has_none_of_the_view_before(scene: Scene, picture: MapPicture) -> None:
    words = replace(scene, kind="title")
    first = pixels(page_image(picture, words, 960, 720))
    camera = scene.view.camera
    _, drawn = picture.image(replace(scene.view, camera=replace(camera, scale=camera.scale * 1.9)), 1100, 500)
    assert any(ref.kind == "event" for target in drawn.targets for ref in target.refs)
    np.testing.assert_array_equal(pixels(page_image(picture, words, 960, 720)), first)


def test_a_painter_gets_the_same_page(scene: Scene, picture: MapPicture) -> None:
    image = QImage(1024, 768, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    page = paint_page(painter, picture, scene, 1024, 768)
    painter.end()

    np.testing.assert_array_equal(pixels(image), pixels(page_image(picture, scene, 1024, 768)))
    assert {"date", "caption", "legend", "scale", "sources"} <= set(page.cards)


def test_a_larger_page_shows_the_same_ground_larger(scene: Scene) -> None:
    assert enlargement(1280, 720) == 1.0 and enlargement(2560, 1440) == 2.0
    assert shown_on(scene, 2560, 1440) == shown_on(scene, 1280, 720) == scene.view
    assert units(1366, 768) == (1281, 720) and units(1024, 768) == (960, 720)


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768), (3840, 2160), (400, 225)])
@pytest.mark.parametrize("places", [(), (("date", "sw"), ("legend", "sw"), ("caption", "sw"))])
def test_cards_lie_on_the_page_and_not_on_each_other(
    size: tuple[int, int], places: tuple[tuple[str, str], ...], scene: Scene, picture: MapPicture
) -> None:
    layout = lay_out(picture, replace(scene, places=places, marking="FOR EYES"), *size)
    cards = list(layout.in_pixels.values())

    assert all(card.left() >= -0.5 and card.right() <= size[0] + 2 for card in cards)
    if not places:
        assert all(card.top() >= -0.5 and card.bottom() <= size[1] + 2 for card in cards)
    assert not [1 for i, one in enumerate(cards) for other in cards[:i] if one.intersects(other)]


def test_a_hand_s_place_holds_and_what_is_selected_is_not_covered(scene: Scene, picture: MapPicture) -> None:
    for corner in ("nw", "ne", "sw", "se"):
        layout = lay_out(picture, replace(scene, places=(("caption", corner),)), 1280, 720)
        assert layout.corners["caption"] == corner


def test_the_frames_of_a_stretch_share_their_layout(scene: Scene, picture: MapPicture) -> None:
    playing = replace(scene, stretch=Stretch(day("2017-09-01"), day("2017-12-15")))
    layout = lay_out(picture, playing, 1280, 720)
    for text in ("2017-09-01", "2017-10-14", "2017-12-15"):
        time = replace(scene.view.time, cursor=day(text))
        frame = replace(playing, view=replace(scene.view, time=time))
        alone = lay_out(picture, frame, 1280, 720)
        assert alone.key == layout.key and alone.cards["legend"].size() == layout.cards["legend"].size()
        assert alone.cards["date"].width() <= layout.cards["date"].width() + 12

    assert lay_out(picture, replace(playing, stretch=None), 1280, 720).key != layout.key


def test_vectors_are_painted_as_such(scene: Scene, picture: MapPicture) -> None:
    recording = QPicture()
    painter = QPainter(recording)
    page = paint_page(painter, picture, scene, 1366, 768)
    painter.end()

    assert recording.size() > 100_000 and page.cards["sources"].width() == pytest.approx(1366, abs=2)


@pytest.mark.parametrize("kind", ["title", "end"])
def test_pages_of_words_have_no_legend_and_no_names_below_the_words(
    kind: str, scene: Scene, picture: MapPicture
) -> None:
    words = replace(scene, kind=kind)
    layout = lay_out(picture, words, 1366, 768)
    assert set(layout.cards) - {"marking"} == {"sources", "words"} and layout.key == Key(())
    image = page_image(picture, words, 1366, 768)
    assert len(np.unique(pixels(image))) > 20


# the legend


def test_a_long_legend_is_cut_to_what_a_room_needs(scene: Scene, picture: MapPicture) -> None:
    _, drawn = picture.image(scene.view, 1280, 720)
    assert len(drawn.legend) > ROWS * COLUMNS
    key = key_of(drawn.legend)

    assert len(key.entries) < ROWS * COLUMNS and key.rest.endswith("not named")
    assert [len(column) <= ROWS for column in columns_of(key)] == [True, True]
    assert not any(entry.group == "Map" for entry in key.entries)
    few = tuple(line for line in drawn.legend if line.group == "Actors")[:3]
    assert key_of(few) == Key(tuple(line.entry for line in few)) and len(columns_of(key_of(few))) == 1


# text


def test_text_is_set_in_the_direction_of_its_script(tokens: Tokens) -> None:
    assert right_to_left(ARABIC) and not right_to_left("2017 in Deir ez-Zor") and not right_to_left("123")
    fonts = sized(tokens, "card", 16), sized(tokens, "card", 16, arabic=True)
    block = set_text(f"{ARABIC}\nand Latin", fonts, 600)
    arabic, latin = block.paragraphs
    assert latin.lineAt(0).naturalTextRect().left() == 0
    assert arabic.lineAt(0).naturalTextRect().right() == pytest.approx(block.width, abs=2)


def test_long_text_gets_smaller_and_then_is_shortened(tokens: Tokens) -> None:
    room = QSizeF(300, 60)
    short, long, endless = (fitted_text("word " * many, tokens, "card", (18, 14, 11), room) for many in (5, 25, 999))

    assert short.lines == 1 and not short.shortened
    assert long.height <= 60 and not long.shortened and long.paragraphs[0].font().pixelSize() < 18
    assert endless.shortened and endless.height <= 60 and endless.paragraphs[-1].text().endswith("\u2026")


def test_missing_arabic_letters_are_told(
    picture: MapPicture, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    arabic = replace(scene, caption=ARABIC)
    assert unwritable(picture, (scene, arabic)) == ""
    monkeypatch.setattr("viewer.draw.page.missing_letters", lambda text, tokens: right_to_left(text))
    assert "Arabic" in unwritable(picture, (scene, arabic)) and unwritable(picture, (scene,)) == ""
