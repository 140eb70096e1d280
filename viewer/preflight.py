"""Says in one sentence which system libraries Qt will miss, before Qt can fail with a traceback.

Python packages bring Qt itself, but not the graphics libraries of the system below it, and a bare Linux has
none of them. Only the standard library is used here, so that this works when nothing else does. On systems
other than Linux the wheels bring everything: nothing is missing there and a display is taken for granted.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Literal

Loader = Callable[[str], object]


def load_beside(name: str) -> None:
    """Load a library while other threads go on, which `ctypes.CDLL` does not let them; OSError if it cannot be."""
    load = ctypes.CDLL(None).dlopen
    load.restype = ctypes.c_void_p
    if not load(os.fsencode(name), os.RTLD_NOW):
        raise OSError(f"{name} cannot be loaded")


Display = Literal["x11", "wayland"]

# Library file -> the Debian package that holds it. Any use of Qt wants these, pictures without a screen too.
EVERYWHERE: Mapping[str, str] = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11.so.6": "libx11-6",
}

# Wanted beside those to open a window on an X server.
X11: Mapping[str, str] = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}

# ... and on a Wayland compositor without one.
WAYLAND: Mapping[str, str] = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}

PACKAGES: Mapping[str, str] = {**EVERYWHERE, **X11, **WAYLAND}

# Qt platforms that draw into memory: whoever asks for one of them wants no window.
_SCREENLESS = frozenset({"offscreen", "minimal", "vnc"})


FILLS_BESIDE = "QT_NO_GUI_THREADPOOL"
"""What forbids Qt to hand large fillings to other threads."""


def fill_in_one_thread(environ: MutableMapping[str, str] = os.environ) -> None:
    """Have Qt fill shapes in the thread that paints them; to be called before anything is painted.

    Qt cuts each filling of more than about a hundred rows into pieces for threads of its own and waits for them. A map
    is thousands of fillings: waking these threads takes a quarter of the time of a picture, and where another program
    wants the processor too, each filling waits for its turn.
    """
    environ.setdefault(FILLS_BESIDE, "1")


def missing_libraries(
    platform_needs_display: bool, *, load: Loader = load_beside, environ: Mapping[str, str] = os.environ
) -> list[str]:
    """The shared libraries that Qt needs and this system cannot load, in the order of the tables above."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = list(EVERYWHERE)
    if platform_needs_display:
        wanted += WAYLAND if find_display(environ) == "wayland" else X11
    return [name for name in wanted if not _loads(name, load)]


def apt_line(missing: list[str]) -> str:
    """One sentence that names the missing libraries and the command that installs them."""
    return (
        f"Badia needs system libraries that are missing here ({', '.join(missing)}); install them with: "
        f"sudo apt-get install {' '.join(packages_of(missing))}"
    )


def packages_of(missing: list[str]) -> list[str]:
    """The Debian packages that hold the missing libraries, in order of their names."""
    return sorted({PACKAGES[name] for name in missing})


def complaint() -> str | None:
    """What to tell the user before Qt is imported, or None when Qt will load."""
    missing = missing_libraries(has_display())
    return apt_line(missing) if missing else None


def has_display(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a window could be opened: a screen is named and something answers there."""
    return not sys.platform.startswith("linux") or find_display(environ) is not None


def find_display(environ: Mapping[str, str]) -> Display | None:
    """The kind of screen that the environment leads to; a name that nothing answers to counts as none."""
    if environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in _SCREENLESS:
        return None
    if _x_server_answers(environ.get("DISPLAY", "")):
        return "x11"
    if _compositor_answers(environ):
        return "wayland"
    return None


def _loads(name: str, load: Loader) -> bool:
    try:
        load(name)
    except OSError:
        return False
    return True


def _x_server_answers(display: str) -> bool:
    """Try the sockets of a local display; one on another machine is believed, since asking could hang."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isdecimal():
        return False
    if host not in ("", "unix"):
        return not host.startswith("/") or _answers(display)
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - the place that the X protocol fixes
    return _answers(f"\0{path}") or _answers(path)


def _compositor_answers(environ: Mapping[str, str]) -> bool:
    name = environ.get("WAYLAND_DISPLAY", "")
    return bool(name) and _answers(str(Path(environ.get("XDG_RUNTIME_DIR", "/"), name)))


def _answers(address: str) -> bool:
    """Whether someone listens on this Unix socket; a socket file left behind by a dead server refuses."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1.0)
            probe.connect(address)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    if sys.argv[1:] == ["--packages"]:
        print(*packages_of(missing_libraries(has_display())))
    elif text := complaint():
        sys.exit(text)
