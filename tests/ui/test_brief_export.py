"""Exporting a briefing and the view from the window: what is asked, what is written, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.windows import Program
from viewer.domain.dates import parse
from viewer.draw.output import KINDS
from viewer.draw.output.order import Order, Written
from viewer.draw.picture import MapPicture
from viewer.session.camera import fit_camera
from viewer.session.scenes import view_of
from viewer.session.state import Filters, Scene, State, Stretch, Time
from viewer.ui import brief_export
from viewer.ui.brief_export import BriefDialog, BriefExport, Job
from viewer.ui.picture_export import PictureDialog
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DAY = parse("2017-12-28").earliest or 0
SIZE = (960, 540)
LONGEST_MS = 60_000
NAMES = [kind.name for kind in KINDS]


@pytest.fixture
def window(program: Program, small_store: Path) -> Window:
    """The small store, open."""
    return program(small_store)


def scenes() -> tuple[Scene, ...]:
    view = view_of(State(fit_camera(38.0, 33.0, 44.0, 37.0, *SIZE), Time(DAY)))
    played = Stretch(DAY - 20, DAY, 10.0)
    return Scene("a", view, SIZE, title="One", notes="said"), Scene("b", view, SIZE, title="Two", stretch=played)


@pytest.fixture
def export(window: Window) -> Iterator[BriefExport]:
    made = BriefExport(window, window.files, window.work.loaded, scenes())
    yield made
    made.release()


def asked(export: BriefExport, kind: str) -> BriefDialog:
    export.ask()
    dialog = export.dialog
    assert dialog is not None and dialog.isVisible()
    dialog.kinds.setCurrentIndex(NAMES.index(kind))
    return dialog


def chosen(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[tuple[str, bool]]:
    """Let the hand choose that name; what it was asked."""
    said: list[tuple[str, bool]] = []

    def ask(files: object, parent: object, kind: object, several: bool) -> Path:
        said.append((getattr(kind, "name", ""), several))
        return path

    monkeypatch.setattr("viewer.ui.brief_export.ask_output", ask)
    return said


def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences that are shown."""
    said: list[str] = []
    monkeypatch.setattr("viewer.ui.brief_export.sentence", lambda parent, title, text, report="": said.append(text))
    return said


def test_slides_are_written_while_the_window_lives_on(
    window: Window, export: BriefExport, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(monkeypatch, tmp_path / "show.pptx")
    dialog = asked(export, "pptx")
    assert dialog.notes.isChecked()
    dialog.fields.set_size_asked((480, 270))
    with qtbot.waitSignal(export.written, timeout=LONGEST_MS):
        QTest.keyClick(dialog.go_on, Qt.Key.Key_Return)
    first, _ = Presentation(str(tmp_path / "show.pptx")).slides
    assert first.shapes.title.text == "One"
    assert first.notes_slide.notes_text_frame.text == "said"
    assert window.statusBar().currentMessage() == f"2 slides written to {tmp_path / 'show.pptx'}"
    assert export.dialog is None and export.errand.progress is None


def test_one_scene_is_a_file_and_several_are_a_folder(
    export: BriefExport, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = chosen(monkeypatch, tmp_path / "one.png")
    dialog = asked(export, "png")
    assert [dialog.parts.itemText(at) for at in range(3)] == ["All 2 scenes", "1. One", "2. Two"]
    dialog.parts.setCurrentIndex(2)
    dialog.fields.set_size_asked((320, 180))
    dialog.fields.scale.setValue(2.0)
    assert dialog.fields.told.text() == "640 \u00d7 360 pixels"
    with qtbot.waitSignal(export.written, timeout=LONGEST_MS):
        QTest.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
    kept = QImage(str(tmp_path / "one.png"))
    assert (kept.width(), kept.height()) == (640, 360)

    chosen(monkeypatch, tmp_path / "pictures")
    dialog = asked(export, "png")
    dialog.fields.set_size_asked((320, 180))
    with qtbot.waitSignal(export.written, timeout=LONGEST_MS):
        QTest.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
    assert len(list((tmp_path / "pictures").iterdir())) == 2
    assert said == [("png", False)]


def test_the_dialog_tells_how_long_a_film_is_and_offers_what_a_kind_has(export: BriefExport) -> None:
    dialog = asked(export, "mp4")
    assert dialog.speed.isEnabled() and not dialog.notes.isEnabled()
    frames = dialog.told.text()
    dialog.parts.setCurrentIndex(1)
    assert dialog.told.text() != frames
    assert dialog.told.text().endswith("minutes")
    dialog.kinds.setCurrentIndex(NAMES.index("gif"))
    assert (dialog.fields.size_asked, dialog.speed.value()) == ((960, 540), 10)
    dialog.kinds.setCurrentIndex(NAMES.index("pdf"))
    assert dialog.notes.isEnabled() and not dialog.notes.isChecked() and not dialog.speed.isEnabled()
    assert dialog.told.text() == ""
    QTest.mouseClick(
        dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton
    )
    assert export.dialog is None and not export.errand.busy


def test_the_speed_is_asked_only_where_something_moves_and_said_right(export: BriefExport) -> None:
    dialog = asked(export, "pptx")
    assert not dialog.speed.isVisible() and dialog.notes.isVisible()
    for kind in ("pdf", "png", "mp4"):
        dialog.kinds.setCurrentIndex(NAMES.index(kind))
        assert (dialog.speed.isVisible(), dialog.notes.isVisible()) == (kind == "mp4", kind == "pdf")
    assert dialog.speed.text() == "25 frames a second"
    dialog.speed.setValue(1)
    assert dialog.speed.text() == "1 frame a second"


def film(window: Window, path: Path) -> Job:
    kind = KINDS[NAMES.index("frames")]
    return Job(kind, Order(MapPicture(window.work.data, window.work.loaded.basemap), scenes(), path, (320, 180)))


def test_an_output_that_is_cancelled_leaves_nothing(
    window: Window, export: BriefExport, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    export.begin(film(window, tmp_path / "out" / "frames"))
    qtbot.waitUntil(lambda: export.errand.progress.value() > 0, timeout=LONGEST_MS)
    QTest.mouseClick(export.errand.progress.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert export.errand.progress is None
    assert "cancelled" in window.statusBar().currentMessage()
    qtbot.waitUntil(lambda: not list((tmp_path / "out").iterdir()), timeout=LONGEST_MS)
    assert not export.errand.busy


def test_what_cannot_be_written_is_one_sentence(
    window: Window, export: BriefExport, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = told(monkeypatch)
    export.begin(film(window, tmp_path / "no" / "frames"))
    qtbot.waitUntil(lambda: bool(said), timeout=LONGEST_MS)
    assert "its folder does not exist" in said[0]
    assert not export.errand.busy and export.errand.progress is None


def test_what_the_store_lacks_is_told_when_the_rest_is_written(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = told(monkeypatch)
    one = scenes()[0]
    one = replace(one, view=replace(one.view, filters=Filters(actors=("nobody",))))
    export = BriefExport(window, window.files, window.work.loaded, (one,))
    chosen(monkeypatch, tmp_path / "one.svg")
    dialog = asked(export, "svg")
    assert dialog.parts.count() == 1
    with qtbot.waitSignal(export.written, timeout=LONGEST_MS) as signal:
        QTest.keyClick(dialog.go_on, Qt.Key.Key_Return)
    assert signal.args == [Written(tmp_path / "one.svg", 1)]
    assert "nobody" in said[0]
    export.release()


def test_names_end_as_they_must(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[tuple[str, ...]] = []

    def ask(parent: object, *told: str, **more: object) -> tuple[str, str]:
        asked_for.append(told)
        return "/somewhere/Name", ""

    monkeypatch.setattr("viewer.ui.files.QFileDialog.getSaveFileName", ask)
    slides, pictures = KINDS[NAMES.index("pptx")], KINDS[NAMES.index("png")]
    assert brief_export.ask_output(window.files, window, slides, False) == Path("/somewhere/Name.pptx")
    assert brief_export.ask_output(window.files, window, pictures, False) == Path("/somewhere/Name.png")
    assert brief_export.ask_output(window.files, window, pictures, True) == Path("/somewhere/Name")
    assert asked_for[0][1].endswith(".pptx")


# the view


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_view_is_saved_in_any_form_and_size(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path, suggested = tmp_path / f"view{suffix}", []

    def ask(files: object, parent: object, name: str) -> Path:
        suggested.append(name)
        return path

    monkeypatch.setattr("viewer.ui.files.Files.picture", ask)
    QTest.keyClick(window.work.canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = window.findChildren(PictureDialog)
    dialog.forms.setCurrentIndex(dialog.forms.findData(suffix))
    dialog.fields.set_size_asked((640, 360))
    dialog.fields.scale.setValue(1.5)
    QTest.keyClick(dialog.go_on, Qt.Key.Key_Return)

    assert suggested[0].endswith(suffix)
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml", b"%PDF-")
    if suffix == ".png":
        kept = QImage(str(path))
        assert (kept.width(), kept.height()) == (960, 540)
