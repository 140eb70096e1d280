"""What is shown on which frame of a film, and a file that is there whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from viewer.formats.exported import ExportError
from viewer.session.shots import (
    FIRST_LOOK,
    GLIDE_SECONDS,
    LAST_LOOK,
    LONGEST_READING,
    frame_count,
    reading_seconds,
    shots,
)
from viewer.session.state import Camera, Scene, State, Stretch, Time
from viewer.session.whole_file import whole_file, whole_folder

SIZE = (960, 540)
PER_SECOND = 10


def scene(key: str, day: int, x: float = 0.0, stretch: Stretch | None = None, caption: str = "") -> Scene:
    return Scene(key, State(Camera(x, 0, 500), Time(day)), SIZE, stretch=stretch, caption=caption)


def days(*scenes: Scene) -> list[int]:
    """The day of each frame."""
    return [shot.scene.view.time.cursor for shot in shots(scenes, SIZE, PER_SECOND) for _ in range(shot.frames)]


def test_a_scene_is_held_as_long_as_its_words_take_to_read() -> None:
    short, long = scene("a", 1), scene("b", 1, caption="x" * 150)
    assert reading_seconds(short) == FIRST_LOOK
    assert reading_seconds(long) == FIRST_LOOK + 10
    assert reading_seconds(scene("c", 1, caption="x" * 20_000)) == LONGEST_READING
    assert frame_count([long], PER_SECOND) == (FIRST_LOOK + 10) * PER_SECOND


@pytest.mark.parametrize(("first", "last"), [(100, 160), (160, 100)])
def test_a_stretch_plays_at_its_speed_to_its_last_day(first: int, last: int) -> None:
    shown = days(scene("a", 5, stretch=Stretch(first, last, 30.0)))
    held, after = round(FIRST_LOOK * PER_SECOND), round(LAST_LOOK * PER_SECOND)
    assert shown[:held] == [first] * held
    assert shown[-after:] == [last] * after
    played = shown[held:-after]
    assert len(played) + 1 == 60 / 30.0 * PER_SECOND
    way = 1 if last > first else -1
    assert played == [first + way * 3 * step for step in range(1, 20)]


def test_a_slow_stretch_shows_each_day_as_long() -> None:
    shown = days(scene("a", 5, stretch=Stretch(0, 3, 0.5)))[round(FIRST_LOOK * PER_SECOND) :]
    assert [shown.count(day) for day in range(3)] == [19, 20, 20]  # the first was seen before it played


def test_between_scenes_camera_and_time_glide_and_every_frame_is_of_a_size() -> None:
    one, other = scene("a", 100), scene("b", 200, 9_000.0)
    made = list(shots((one, other), (1920, 1080), PER_SECOND))
    assert [shot.number for shot in made] == [0, *[1] * (len(made) - 1)]
    assert {shot.scene.size for shot in made} == {(1920, 1080)}
    between = made[1:-1]
    assert len(between) == round(GLIDE_SECONDS * PER_SECOND) - 1
    assert all(shot.frames == 1 for shot in between)
    cameras = [shot.scene.view.camera.x for shot in made]
    assert cameras == sorted(cameras)
    assert made[0].scene.view.camera.scale == 250  # as much ground on a page twice as large
    assert made[-1].scene.view.time.cursor == 200


def test_a_glide_begins_on_the_last_day_of_a_stretch() -> None:
    made = list(shots((scene("a", 5, stretch=Stretch(10, 20)), scene("b", 20)), SIZE, PER_SECOND))
    assert {shot.scene.view.time.cursor for shot in made if shot.number == 1} == {20}
    assert len([shot for shot in made if shot.number == 1]) == 1, "nothing moves: nothing glides"


def test_frames_are_counted_as_they_are_shown() -> None:
    scenes = (scene("a", 5, stretch=Stretch(0, 33, 7.0)), scene("b", 60, 800.0), replace(scene("c", 1), title="words"))
    assert frame_count(scenes, 24) == sum(shot.frames for shot in shots(scenes, SIZE, 24))


# files


def test_a_file_takes_its_place_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    with whole_file(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["out.txt"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_of_what_is_stopped_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("old")
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "out.txt") as part:
        part.write_text("new")
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "frames") as part:
        (part / "1.png").write_text("new")
        raise KeyboardInterrupt
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out.txt", "old")]


def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"out\.txt: cannot be written \(No space left.*; free some space"), \
            whole_file(tmp_path / "out.txt"):  # fmt: skip
        raise OSError(28, "No space left on device")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["store.gpkg", "no/such/folder.txt", "folder"])
def test_nothing_is_written_over_evidence_or_where_nothing_can_be(tmp_path: Path, name: str) -> None:
    (tmp_path / "store.gpkg").write_bytes(b"evidence")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError), whole_file(tmp_path / name) as part:
        part.write_text("new")
    assert (tmp_path / "store.gpkg").read_bytes() == b"evidence"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder", "store.gpkg"]


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    with whole_folder(there) as part:
        (part / "1").write_text("one")
    assert [file.name for file in there.iterdir()] == ["1"]
    with pytest.raises(ExportError, match="no empty folder"), whole_folder(there):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["there"]
