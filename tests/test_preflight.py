"""A missing system library is named with its remedy, and a dead screen is no screen."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from viewer import preflight

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="wheels bring it all elsewhere")

Loader = Callable[[str], object]


def system_without(*absent: str) -> Loader:
    """A loader for a system that has every library but these."""

    def load(name: str) -> object:
        if name in absent:
            raise OSError(f"{name}: cannot open shared object file")
        return object()

    return load


def nothing(name: str) -> object:
    """The loader of a bare system."""
    raise OSError(name)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: the address of a socket has room for about a hundred bytes."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture
def listening(folder: Path) -> Iterator[Path]:
    """A socket that somebody answers on."""
    path = folder / "live:7"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(4)
        yield path


@pytest.fixture
def abandoned(folder: Path) -> Path:
    """A socket file whose server has died."""
    path = folder / "dead:7"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    return path


def test_a_whole_system_misses_nothing() -> None:
    assert preflight.missing_libraries(True, load=system_without()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked")
def test_a_library_that_is_not_there_is_told_from_one_that_is() -> None:
    preflight.load_beside("libc.so.6")
    with pytest.raises(OSError, match="libnosuch"):
        preflight.load_beside("libnosuch.so.1")


def test_pictures_need_no_window_libraries() -> None:
    absent = preflight.missing_libraries(False, load=nothing)

    assert absent == list(preflight.EVERYWHERE)


def test_an_x_window_needs_the_xcb_libraries() -> None:
    absent = preflight.missing_libraries(True, load=nothing, environ={})

    assert absent == [*preflight.EVERYWHERE, *preflight.X11]


def test_a_wayland_window_needs_no_xcb(listening: Path) -> None:
    absent = preflight.missing_libraries(True, load=nothing, environ={"WAYLAND_DISPLAY": str(listening)})

    assert absent == [*preflight.EVERYWHERE, *preflight.WAYLAND]


def test_only_what_is_absent_is_named() -> None:
    load = system_without("libGL.so.1", "libxcb-cursor.so.0")

    absent = preflight.missing_libraries(True, load=load, environ={})

    assert absent == ["libGL.so.1", "libxcb-cursor.so.0"]


def test_other_systems_miss_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert preflight.missing_libraries(True, load=nothing) == []
    assert preflight.has_display({})


def test_the_sentence_is_one_line_with_the_command() -> None:
    text = preflight.apt_line(["libGL.so.1", "libxcb-cursor.so.0"])

    assert text == (
        "Badia needs system libraries that are missing here (libGL.so.1, libxcb-cursor.so.0); "
        "install them with: sudo apt-get install libgl1 libxcb-cursor0"
    )


def test_the_complaint_is_none_or_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "missing_libraries", lambda _needs_display: [])
    assert preflight.complaint() is None

    monkeypatch.setattr(preflight, "missing_libraries", lambda _needs_display: ["libEGL.so.1"])
    text = preflight.complaint()
    assert text is not None
    assert text.endswith("apt-get install libegl1")
    assert "\n" not in text


@pytest.mark.parametrize("display", ["", "nonsense", ":", ":abc", ":987", ":987.0", "unix:987"])
def test_a_display_nobody_answers_on_is_none(display: str) -> None:
    assert not preflight.has_display({"DISPLAY": display})


@pytest.mark.parametrize("display", ["desk.example:10.0", "localhost:10", "[::1]:0"])
def test_a_display_elsewhere_is_believed(display: str) -> None:
    assert preflight.has_display({"DISPLAY": display})


def test_a_display_can_be_the_path_of_a_socket(listening: Path, abandoned: Path) -> None:
    assert preflight.has_display({"DISPLAY": str(listening)})
    assert not preflight.has_display({"DISPLAY": str(abandoned)})


def test_an_x_server_is_found_by_its_abstract_address() -> None:
    number = 40_000 + os.getpid() % 10_000
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen(4)

        assert preflight.find_display({"DISPLAY": f":{number}.0"}) == "x11"


def test_a_wayland_socket_is_looked_up_in_the_runtime_folder(listening: Path, abandoned: Path) -> None:
    runtime = str(listening.parent)

    assert preflight.has_display({"WAYLAND_DISPLAY": listening.name, "XDG_RUNTIME_DIR": runtime})
    assert not preflight.has_display({"WAYLAND_DISPLAY": abandoned.name, "XDG_RUNTIME_DIR": runtime})
    assert not preflight.has_display({"XDG_RUNTIME_DIR": runtime})


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "offscreen:size=800x600"])
def test_asking_qt_for_no_screen_is_no_screen(platform: str, listening: Path) -> None:
    environ = {"QT_QPA_PLATFORM": platform, "DISPLAY": str(listening)}

    assert not preflight.has_display(environ)


def test_it_needs_nothing_but_the_standard_library() -> None:
    """It has to run where the installed packages are broken: no site packages at all here."""
    code = "from viewer.preflight import complaint; complaint()"
    checkout = Path(__file__).parents[1]

    run = subprocess.run([sys.executable, "-S", "-c", code], cwd=checkout, capture_output=True, text=True)

    assert run.returncode == 0, run.stderr


def test_qt_is_told_to_fill_alone_unless_somebody_said_otherwise() -> None:
    environ: dict[str, str] = {}
    preflight.fill_in_one_thread(environ)
    assert environ == {preflight.FILLS_BESIDE: "1"}
    environ[preflight.FILLS_BESIDE] = "mine"
    preflight.fill_in_one_thread(environ)
    assert environ[preflight.FILLS_BESIDE] == "mine"


def test_a_filling_wakes_no_other_thread() -> None:
    """The environment is asked by Qt itself: were the variable called otherwise one day, threads would come up."""
    code = (
        "import os; from viewer import preflight; {call}"
        "from PySide6.QtGui import QGuiApplication, QImage, QPainter, QColor;"
        "app = QGuiApplication([]);"
        "image = QImage(2000, 2000, QImage.Format.Format_ARGB32_Premultiplied); image.fill(0);"
        "painter = QPainter(image); painter.fillRect(image.rect(), QColor(9, 9, 9, 99));"
        "painter.drawImage(0, 0, image); painter.end(); print(len(os.listdir('/proc/self/task')))"
    )

    def threads(call: str) -> int:
        environ = {name: value for name, value in os.environ.items() if name != preflight.FILLS_BESIDE}
        done = subprocess.run(
            [sys.executable, "-c", code.format(call=call)], capture_output=True, text=True, check=True, timeout=60,
            env={**environ, "QT_QPA_PLATFORM": "offscreen"},
        )  # fmt: skip
        return int(done.stdout)

    assert threads("preflight.fill_in_one_thread();") < threads("")
