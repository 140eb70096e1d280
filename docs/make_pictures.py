"""Makes the pictures of the guide with the program itself: the real window, on the built-in data, off screen.

Run with `make pictures`, or for one of them `make pictures ARGS=importing`. The window is driven by the
commands its keys send, in a private folder for its memory.
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
DIALOG_SIZE = (940, 640)
MOST_SECONDS = 60


def main() -> None:
    """Write every picture into docs/pictures."""
    with tempfile.TemporaryDirectory(prefix="badia-pictures-") as memory:
        os.environ.update(XDG_STATE_HOME=memory, HOME=memory)
        os.chdir(memory)
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
    for name in sys.argv[1:] or PICTURES:
        shown = PICTURES[name](window) or window
        _settle(application, window)
        image = shown.grab()
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
        calm = calm + 1 if window is None or window.work is None or _rests(window.work) else 0


def _rests(work: Any) -> bool:
    """Whether the map is as it should be, its legend has followed, and the analysis says what was asked."""
    view = work.panels["analysis"].view
    return work.canvas.settled and not work.panels["layers"].behind and (view is None or view.rests)


def _send(window: Any, *commands: Any) -> None:
    for command in commands:
        window.work.session.dispatch(command)


def _day(year: int, month: int, day: int) -> int:
    from viewer.domain.dates import day_of

    return day_of(dt.date(year, month, day))


def opening(window: Any) -> None:
    """What one sees first."""


def filters(window: Any) -> None:
    """What was known in June 2017 of what Islamic State did along the Euphrates."""
    from viewer.session.camera import fit_camera
    from viewer.session.commands import SetCamera, SetFilters, SetSpan
    from viewer.session.ground_words import along, courses, named
    from viewer.session.state import Filters

    river = named(courses(window.work.loaded.basemap), "Euphrates", "river or road")
    asked = Filters(
        actors=("is",), responsible="certainly", within=along(river, 40_000.0), known_by=_day(2017, 6, 30)
    )  # fmt: skip
    _send(
        window, SetSpan(_day(2017, 1, 1), _day(2017, 6, 30)), SetFilters(asked),
        SetCamera(fit_camera(36.5, 32.2, 45.0, 37.2, *SIZE)),
    )  # fmt: skip
    window.work.open_panels.show_panel("filters")


def incident(window: Any) -> None:
    """The disputed strike on Tokhar, with nine rival tolls one below the other."""
    from viewer.session.camera import fit_camera
    from viewer.session.commands import Select, SetCamera, SetFilters, SetSpan
    from viewer.session.state import Filters, Ref

    window.work.open_panels.show_panel("layers")
    _send(window, SetFilters(Filters()))

    camera = fit_camera(36.6, 35.6, 39.4, 37.2, *SIZE)
    _send(
        window,
        SetSpan(_day(2016, 6, 20), _day(2016, 7, 19)),
        SetCamera(camera),
        Select(Ref("event", "tokhar-2016-07-19")),
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


def analysis(window: Any) -> None:
    """What the deaths of 2017 add up to by province."""
    from viewer.session.commands import SetCompare, SetSpan

    _send(window, SetCompare(None), SetSpan(_day(2017, 1, 1), _day(2017, 12, 31)))
    window.run("panel_analysis")
    view = window.work.panels["analysis"].view
    for box, value in ((view.measure, "killed"), (view.by, "province")):
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())


def search(window: Any) -> None:
    """A name in Arabic finds the town."""
    from viewer.session.commands import SetCompare, SetTheme

    window.run("panel_analysis")
    _send(window, SetCompare(None), SetTheme("light"))
    window.open_search()
    window.search.setText("البوكمال")
    window.search.refresh()  # as it does a moment after something was typed


REPORTS = """Datum;Ort;Breite;L\u00e4nge;Wer;Tote;Bemerkung;Akte
03.02.2017;Abu Kamal;34,4530;40,9186;ISIS;3;Angriff am Morgen;A-1
05.02.2017;Mayadin;35,0170;40,4500;Islamic State;;;A-2
06.02.2017;Al Shaddadah;36,0550;40,7300;Local Defence Brigade;12;Autobombe;A-3
31.02.2017;Hajin;34,6890;40,8310;Peshmerga;1;;A-4
"""


def importing(window: Any) -> Any:
    """The import dialog with a table in German: its columns, and what they are taken for."""
    dialog = _import_dialog(window)
    dialog.pages.setCurrentWidget(dialog.columns)
    return dialog


def importing_names(window: Any) -> Any:
    """The same after a trial: which record each name was taken for."""
    dialog = _import_dialog(window)
    box = dialog.columns._boxes["actor"]
    box.setCurrentText("Wer")
    box.activated.emit(box.currentIndex())
    _wait(lambda: not dialog._looking.busy)
    dialog.trial.click()
    _wait(lambda: not dialog._doing.busy)
    dialog.pages.setCurrentWidget(dialog.names)
    dialog.names.table.selectRow(0)
    return dialog


def _import_dialog(window: Any) -> Any:
    """The dialog with a small file of reports; the one before, if there is one, goes."""
    from PySide6.QtWidgets import QDialog

    for before in window.findChildren(QDialog):
        before._leave()
    file = Path("Berichte.csv")
    file.write_text(REPORTS, encoding="utf-8")
    window.import_file(file)
    dialog = window.findChildren(QDialog)[-1]
    dialog.resize(*DIALOG_SIZE)
    _wait(lambda: not dialog._looking.busy)
    return dialog


def _wait(done: Callable[[], bool]) -> None:
    from PySide6.QtWidgets import QApplication

    until = time.monotonic() + MOST_SECONDS
    while not done() and time.monotonic() < until:
        QApplication.processEvents()


PICTURES: dict[str, Callable[[Any], Any]] = {
    "opening": opening, "filters": filters, "incident": incident, "place": place, "unplaced": unplaced, "dark": dark,
    "border": border, "change": change, "analysis": analysis, "search": search,
    "importing": importing, "importing-names": importing_names,
}  # fmt: skip

if __name__ == "__main__":
    main()
