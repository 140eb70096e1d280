"""Makes the pictures of the guide with the program itself: the real window, on the built-in data, off screen.

Run with `make pictures`. The window is driven by the commands its keys send, in a private folder for its memory.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
os.environ["QT_QPA_PLATFORM"] = "offscreen"
SIZE = (1366, 768)
MOST_SECONDS = 60


def main() -> None:
    """Write every picture into docs/pictures."""
    with tempfile.TemporaryDirectory(prefix="badia-pictures-") as memory:
        os.environ.update(XDG_STATE_HOME=memory, HOME=memory)
        _draw_all(HERE / "pictures", Path(memory))


def _draw_all(folder: Path, memory: Path) -> None:
    from PySide6.QtCore import QSettings, Qt
    from PySide6.QtWidgets import QApplication

    from viewer.app import Options, StoreOpener
    from viewer.ui.window import Window

    folder.mkdir(exist_ok=True)
    application = QApplication(["badia"])
    window = Window(StoreOpener(Options()), QSettings(str(memory / "window.ini"), QSettings.Format.IniFormat))
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*SIZE)
    window.show()
    _open_builtin(window)
    for name, arrange in PICTURES.items():
        arrange(window)
        _settle(application, window)
        image = window.grab()
        image.save(str(folder / f"{name}.png"))
        print(folder / f"{name}.png")
    window.close()
    _settle(application, None)


def _open_builtin(window: Any) -> None:
    """Open the built-in data and let the window live until they are there."""
    from PySide6.QtCore import QEventLoop

    loop = QEventLoop()
    window.opened.connect(loop.quit)
    window.open(None)
    loop.exec()
    window.work.finish()


def _settle(application: Any, window: Any) -> None:
    """Let queued drawing and layout come to rest, and what threads work out arrive."""
    until = time.monotonic() + MOST_SECONDS
    calm = 0
    while calm < 30 and time.monotonic() < until:
        application.processEvents()
        application.sendPostedEvents()
        calm = calm + 1 if window is None or window.work is None or window.work.canvas.settled else 0


def _send(window: Any, *commands: Any) -> None:
    for command in commands:
        window.work.session.dispatch(command)


def _day(year: int, month: int, day: int) -> int:
    from viewer.domain.dates import day_of

    return day_of(dt.date(year, month, day))


def opening(window: Any) -> None:
    """What one sees first."""


def incident(window: Any) -> None:
    """The disputed strikes on Mayadin, with their rival tolls and the two who may have flown them."""
    from viewer.session.camera import fit_camera
    from viewer.session.commands import Select, SetCamera, SetSpan
    from viewer.session.state import Ref

    camera = fit_camera(38.6, 34.3, 42.0, 36.2, *SIZE)
    _send(
        window,
        SetSpan(_day(2017, 5, 15), _day(2017, 6, 15)),
        SetCamera(camera),
        Select(Ref("event", "s3-mayadeen-late-may")),
    )


def place(window: Any) -> None:
    """Who held Abu Kamal when."""
    from viewer.session.commands import Select, SetSpan
    from viewer.session.state import Ref

    _send(window, SetSpan(_day(2017, 10, 20), _day(2017, 11, 18)), Select(Ref("place", "abu-kamal")))


def unplaced(window: Any) -> None:
    """The records no source places, in their list."""
    from viewer.session.commands import OpenList, Select, SetSpan

    _send(window, Select(None), SetSpan(_day(2017, 12, 22), _day(2017, 12, 28)), OpenList("unplaced"))


def dark(window: Any) -> None:
    """The whole region at the end of January 2019, dark."""
    from viewer.session.camera import fit_camera
    from viewer.session.commands import OpenList, Select, SetCamera, SetSpan, SetTheme
    from viewer.session.opening import region_of

    _send(
        window,
        OpenList(""),
        Select(None),
        SetTheme("dark"),
        SetCamera(fit_camera(*region_of(window.work.data), *SIZE)),
        SetSpan(_day(2019, 1, 1), _day(2019, 1, 30)),
    )


def border(window: Any) -> None:
    """A saved view: the border that looked empty in January 2019, with the presence said to hide there."""
    from viewer.session.commands import SetTheme
    from viewer.session.views import view_shown

    (view,) = [view for view in window.work.data.views if view.key == "s1-map-border"]
    _send(window, SetTheme("light"), view_shown(view))


def change(window: Any) -> None:
    """What changed hands in 2017."""
    from viewer.session.camera import fit_camera
    from viewer.session.commands import SetCamera, SetCompare, SetSpan
    from viewer.session.opening import region_of

    _send(
        window,
        SetCamera(fit_camera(*region_of(window.work.data), *SIZE)),
        SetSpan(_day(2017, 12, 2), _day(2017, 12, 31)),
        SetCompare(_day(2017, 1, 1)),
    )


def search(window: Any) -> None:
    """A name in Arabic finds the town."""
    from viewer.session.commands import SetCompare, SetTheme

    _send(window, SetCompare(None), SetTheme("light"))
    window.open_search()
    window.search.setText("البوكمال")


PICTURES: dict[str, Callable[[Any], None]] = {
    "opening": opening, "incident": incident, "place": place, "unplaced": unplaced, "dark": dark,
    "border": border, "change": change, "search": search,
}  # fmt: skip

if __name__ == "__main__":
    main()
