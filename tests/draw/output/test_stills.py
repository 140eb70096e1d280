"""Pictures, handout and slides: what they hold, read back from the files by other programs where there are any."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pptx import Presentation
from PySide6.QtGui import QImage

from tests.draw.conftest import pixels_of
from tests.draw.output.conftest import ARABIC, NOTES
from viewer.draw.output.handout import write_handout
from viewer.draw.output.order import Order
from viewer.draw.output.pictures import Sheet, write_picture, write_pngs, write_svgs
from viewer.draw.output.slides import write_slides
from viewer.draw.output.sources import ranges
from viewer.draw.page import page_image
from viewer.session.state import Filters
from viewer.store.progress import Cancelled

Orders = Callable[..., Order]
SVG = "{http" + "://www.w3.org/2000/svg}"
POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
IMPRESS = pytest.mark.skipif(shutil.which("soffice") is None, reason="libreoffice-impress is not installed")


def quiet(share: float) -> None:
    assert 0.0 <= share <= 1.0


def words(path: Path, *options: str) -> str:
    """The text of a PDF as a reader would search it: Arabic letters in whatever form they are drawn are the same."""
    command = ["pdftotext", "-layout", *options, str(path), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    plain = unicodedata.normalize("NFKC", text)
    return " ".join(re.sub(r"[\u200e\u200f\u202a-\u202e]", "", plain).split())


def page_count(path: Path) -> int:
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True, timeout=60).stdout
    found = re.search(r"Pages:\s+(\d+)", told)
    assert found is not None
    return int(found[1])


# pictures


def test_pictures_of_a_briefing_are_the_pages_pixel_by_pixel(order: Orders) -> None:
    asked = order("pictures", ratio=1.5)
    # The very first time Qt sets letters at a ratio it may place their outlines a 64th of a pixel beside.
    for scene in asked.scenes:
        page_image(asked.picture, scene, 480, 270, 1.5)
    assert write_pngs(asked, quiet) == (asked.path, 3, None)

    assert sorted(file.name for file in asked.path.iterdir()) == ["001.png", "002.png", "003.png"]
    for number, scene in enumerate(asked.scenes, start=1):
        kept = QImage(str(asked.path / f"{number:03}.png"))
        assert (kept.width(), kept.height()) == (720, 405)
        assert (pixels_of(kept) == pixels_of(page_image(asked.picture, scene, 480, 270, 1.5))).all()


def test_a_picture_of_one_scene_is_a_file(order: Orders) -> None:
    asked = order("two.svg")
    write_svgs(replace(asked, scenes=asked.scenes[1:2]), quiet)

    tree = ElementTree.parse(asked.path)  # noqa: S314 - written a moment ago
    said = " ".join("".join(text.itertext()) for text in tree.iter(f"{SVG}text"))
    assert "Five floods of fine sand" in said
    assert tree.getroot().get("viewBox") == "0 0 480 270"


@POPPLER
def test_what_is_written_on_a_map_can_be_selected_in_a_pdf(order: Orders, tmp_path: Path) -> None:
    asked, path = order("x"), tmp_path / "view.pdf"
    scene = asked.scenes[1]
    from viewer.draw.page import paint_page

    sheet = Sheet((1280, 720), 1.0, "A view")
    write_picture(path, None, sheet, lambda painter, *size: paint_page(painter, asked.picture, scene, *size))

    said = words(path)
    for text in ("Five floods of fine sand", ARABIC, "Deir ez-Zor", "دير الزور", "Mosul", "EXERCISE"):
        assert text in said
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "960 x 540 pts" in told
    assert "A view" in told


def test_when_it_is_stopped_nothing_is_left(order: Orders) -> None:
    def stop(share: float) -> None:
        if share > 0:
            raise Cancelled

    for name, write in (("p", write_pngs), ("h.pdf", write_handout), ("s.pptx", write_slides)):
        asked = order(name)
        with pytest.raises(Cancelled):
            write(asked, stop)
        assert not list(asked.path.parent.iterdir())


# handout


@POPPLER
def test_a_handout_has_a_page_for_each_scene_and_its_sources_at_the_end(order: Orders) -> None:
    asked = order("handout.pdf", (1920, 1080))
    written = write_handout(asked, quiet)

    assert written.number == page_count(asked.path) == 4
    second, end = words(asked.path, "-f", "2", "-l", "2"), words(asked.path, "-f", "4")
    for text in (ARABIC, "Five floods of fine sand", "EXERCISE", "Sources: 1"):
        assert text in second
    assert "Say this" not in words(asked.path)
    assert "Base map: Natural Earth" in end
    assert "1. " in end and "A news agency, ‘Strikes in a week’" in end
    assert "[scenes 1–3]" in end or "[scene 2]" in end


@POPPLER
def test_notes_go_with_a_handout_that_asks_for_them_on_as_many_pages_as_they_need(order: Orders) -> None:
    asked = order("handout.pdf", notes=True)
    long = replace(asked.scenes[1], notes="Every word counts. " * 800 + "Last word")
    written = write_handout(replace(asked, scenes=(asked.scenes[0], long)), quiet)

    said = words(asked.path)
    assert "Good morning" in said
    assert said.count("counts.") == 800
    assert "Last word" in said
    assert written.number == page_count(asked.path) > 4


@POPPLER
def test_only_sources_of_what_is_on_a_page_are_listed(order: Orders) -> None:
    asked = order("handout.pdf")
    view = replace(asked.scenes[1].view, filters=Filters(types=("strike",)), layers=frozenset(("incidents",)))
    write_handout(replace(asked, scenes=(replace(asked.scenes[1], view=view),)), quiet)
    said = words(asked.path)
    assert "A news agency" in said
    assert "An army paper" not in said

    view = replace(asked.scenes[1].view, filters=Filters(text="none"), layers=frozenset(("holders",)))
    asked.path.unlink()
    write_handout(replace(asked, scenes=(replace(asked.scenes[1], view=view),)), quiet)
    assert "A news agency" in words(asked.path), "who says who holds a town is a source too"


@pytest.mark.parametrize(
    ("numbers", "said"), [([], ""), ([3], "3"), ([1, 2, 3, 7], "1–3, 7"), ([1, 3, 4], "1, 3–4")]
)
def test_numbers_are_written_as_ranges(numbers: list[int], said: str) -> None:
    assert ranges(numbers) == said


# slides


def test_slides_hold_a_full_picture_and_words_as_text(order: Orders) -> None:
    asked = order("show.pptx", notes=True)
    assert write_slides(asked, quiet).number == 3
    show = Presentation(str(asked.path))

    assert (show.slide_width, show.slide_height) == (12_192_000, 6_858_000)
    assert show.core_properties.title == "The field of the desert"
    title, on_map, end = show.slides
    for slide in show.slides:
        picture = slide.shapes[0]
        assert (picture.left, picture.top, picture.width, picture.height) == (0, 0, 12_192_000, 6_858_000)
        assert picture.image.size == (480, 270)
    assert on_map.shapes.title.text == f"Strikes {ARABIC}"
    assert [shape.text for shape in on_map.shapes if shape.name == "Caption"] == ["Five floods of fine sand"]
    assert on_map.notes_slide.notes_text_frame.text == NOTES
    described = on_map.shapes[0]._element.nvPicPr.cNvPr.get("descr")
    assert "28 Dec 2017" in described and "Five floods" in described
    assert title.shapes.title.text == "The field of the desert"
    assert end.shapes.title.text == "Sources"
    assert any("A news agency" in shape.text for shape in end.shapes if shape.has_text_frame)
    assert not end.has_notes_slide


def test_words_of_a_slide_lie_in_the_cards_that_its_picture_keeps_free(order: Orders) -> None:
    asked = order("show.pptx", (1280, 720))
    write_slides(replace(asked, scenes=asked.scenes[1:2]), quiet)
    (slide,) = Presentation(str(asked.path)).slides
    (asked.path.parent / "slide.png").write_bytes(slide.shapes[0].image.blob)
    painted = pixels_of(QImage(str(asked.path.parent / "slide.png")))
    whole = pixels_of(page_image(asked.picture, asked.scenes[1], 1280, 720))
    for shape in (slide.shapes.title, next(one for one in slide.shapes if one.name == "Caption")):
        left, top, wide, high = (round(side / 9525) for side in (shape.left, shape.top, shape.width, shape.height))
        inside = slice(top + 1, top + high - 1), slice(left + 1, left + wide - 1)
        assert len({tuple(pixel) for row in painted[inside] for pixel in row}) == 1, "nothing is painted there"
        assert len({tuple(pixel) for row in whole[inside] for pixel in row}) > 10
        painted[inside] = whole[inside] = 0
    assert (painted != whole).any(axis=2).mean() < 0.01


def test_notes_stay_at_home_unless_they_are_asked_for(order: Orders) -> None:
    asked = order("show.pptx", notes=False)
    write_slides(asked, quiet)
    assert not any(slide.has_notes_slide for slide in Presentation(str(asked.path)).slides)


@pytest.mark.parametrize("text", ["\x00\x08\x1f", "\ud800 half", "\ufffe\uffff", "<&>'\"", "a\u2028b", "x" * 20_000])
def test_any_words_make_a_slide(order: Orders, text: str) -> None:
    asked = order("show.pptx", notes=True)
    scene = replace(asked.scenes[1], title=text[:500], caption=text, notes=text)
    write_slides(replace(asked, scenes=(scene,)), quiet)
    assert len(Presentation(str(asked.path)).slides) == 1


@IMPRESS
@POPPLER
def test_slides_open_in_another_program(order: Orders, tmp_path: Path) -> None:
    asked = order("show.pptx", notes=True)
    write_slides(asked, quiet)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(asked.path)]
    subprocess.run(command, check=True, capture_output=True, timeout=110)

    made = tmp_path / "show.pdf"
    assert page_count(made) == 3
    said = words(made)
    assert "The field of the desert" in said
    assert "Five floods of fine sand" in said
