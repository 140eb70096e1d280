"""The composition root, the only module that may import everything: runs a command or opens the window.

Heavy packages are imported when they are needed, so that the window paints before the store is read.
"""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

from viewer import paths, preflight
from viewer.domain.frozen import dataclass
from viewer.store.progress import Cancelled, Report, part, quiet

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from logging.handlers import RotatingFileHandler

    from PySide6.QtCore import QSettings

    from viewer.draw.picture import MapPicture
    from viewer.geo.basemap import Basemap
    from viewer.session.state import State
    from viewer.store.dataset import DataSet
    from viewer.ui.loaded import Found, Loaded
    from viewer.ui.reading import Reading
    from viewer.ui.window import Window

LOG = logging.getLogger("badia")
LOG_BYTES = 500_000
SIGNAL_MS = 200
PICTURE = "badia-view.png"
PICTURE_SIZE = (1600, 1000)
SMALL_SIZE = (64, 40)
ALONE_SECONDS = 0.1
"""How long the first reading has Python for itself; what is kept in the cache is read by then, and takes three times as
long beside another thread that computes."""
KEYS_MS = 300
"""After the window came up until the rule of keys holds, unless a map is there sooner: for it Python is asked about
each event of Qt, and of those of Qt's own objects the first has all classes made."""
GREET_MS = 700
"""After the map came up until somebody is greeted: first of all the map is looked at."""
DATA_SHARE, DRAWING_SHARE = 0.92, 0.95
"""How far an opening is when the data are there, and when the drawing begins."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to start: a store (None: the built-in one), and what overrides the view that was remembered."""

    store: Path | None = None
    theme: str = ""
    on: str = ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run Badia with these arguments (without the program's name); returns the exit code."""
    preflight.fill_in_one_thread()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and _may_be_command(arguments[0]):
        from viewer import cli

        if arguments[0] in cli.COMMANDS or not Path(arguments[0]).exists():
            return cli.run(arguments)
    try:
        options = _parsed(arguments)
    except ValueError as error:
        from viewer.cli.console import complain

        complain(str(error))
        return 2
    if (complaint := _looked_for_libraries()) is not None:
        print(complaint, file=sys.stderr)
        return 2
    return _open_window(options) if preflight.has_display() else _draw_instead(options)


def _looked_for_libraries() -> str | None:
    """What to tell of libraries that Qt will miss: a thread loads them while all that needs no Qt is loaded."""
    from viewer.ui.preload import load_for_reading, load_without_qt

    told: list[str | None] = []
    looking = threading.Thread(target=lambda: told.append(preflight.complaint()), name="badia-libraries", daemon=True)
    looking.start()
    load_for_reading()
    load_without_qt()
    looking.join()
    return told[0] if told else preflight.complaint()


def _may_be_command(word: str) -> bool:
    return word[:1].isalpha() and word.replace("-", "").isalpha()


def _parsed(arguments: list[str]) -> Options:
    """The options that arguments mean; ValueError in one sentence."""
    if not any(word.startswith("-") for word in arguments[:1]) and len(arguments) < 2:
        return Options(Path(arguments[0]) if arguments else None)  # most starts, for which no parser need be loaded
    parsed = _parser().parse_args(arguments)
    if parsed.on:
        from viewer.session.query import last_day

        last_day(parsed.on)
    return Options(parsed.store, parsed.theme, parsed.on)


def _parser() -> ArgumentParser:
    """The parser of options, loaded when there are any."""
    import argparse

    class Parser(argparse.ArgumentParser):
        """Like the parser of the commands, which takes too long to import before a window: says one sentence."""

        def error(self, message: str) -> NoReturn:
            raise ValueError(f"{message}; see {self.prog} --help")

    parser = Parser(
        prog="badia",
        description="Opens the map. With a command in front it works without a window: "
        "info, events, export, control, change, total, find, show, snapshot, brief, import, pull, handover, receive, "
        "merge, review-log, build, check "
        "(badia COMMAND --help tells more).",
    )
    parser.add_argument("store", nargs="?", type=Path, metavar="STORE", help="a store file; the built-in data without")
    parser.add_argument("--theme", choices=("light", "dark", "print"), default="", help="colours of map and window")
    parser.add_argument("--on", metavar="DAY", default="", help="the day to start on, such as 2017-11-17")
    return parser


class StoreOpener:
    """Opens stores for the window and remembers how they were left."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._first = True
        self.has_read = threading.Event()
        """The data of a store are there."""

    def load(self, path: Path | None, theme: str = "light") -> Loaded:
        """Open a store and everything that shows it, in that theme when it is new here; StoreError in one sentence."""
        return self.present(self.read(path, ahead=False), theme)

    def read(self, path: Path | None, report: Report = quiet, looks: bool = True, ahead: bool = True) -> Found:
        """What takes long and belongs to no window: the data, the base map, and what the first look at them needs.

        Without the look it names no class of Qt, and may run while the window's own thread makes them. ahead: the
        data's `checks` are left to who shows them.
        """
        from viewer.ui.loaded import Found

        data = open_data(path, part(report, 0.0, DATA_SHARE), ahead)
        try:
            report("Reading the base map", DATA_SHARE)
            found = Found(data, open_basemap())
            self.has_read.set()
            report("Drawing the map", DRAWING_SHARE)
            if not looks:
                self._count_once(found, report)
            else:
                state, picture = seen(found)
                found = replace(found, opening=state, picture=picture)
                self._look_once(found.data, state, picture, report)
            report("Drawing the map", 1.0)
        except BaseException:
            data.close()
            raise
        return found

    def _first_state(self, data: DataSet, fresh: State, report: Report) -> State:
        """The view that is shown first; a text that it asks for is found, or one takes the opening back meanwhile."""
        state = self._first_view(remembered_state(data, fresh) or fresh)
        text = state.filters.text.strip()
        if text and not data.finder.knows(text):
            data.finder.look_ahead(text, partial(report, "Looking for the text of the filter", DRAWING_SHARE))
        return state

    def _count_once(self, found: Found, report: Report) -> None:
        """Have numpy work out what the first picture needs of all events: it does not keep the window's thread waiting.

        What fails here fails again where one sees it.
        """
        from viewer.session.crowds import crowd_of
        from viewer.session.extents import reaches
        from viewer.ui.turns import TURNS

        data = found.data
        try:
            state = self._first_state(data, opening(data), report)
            with TURNS.short():
                crowd_of(data, state, lambda rows: (), partial(reaches, data, found.basemap), drawn=False)
        except Cancelled:
            raise
        except Exception:
            LOG.exception("the first count failed")

    def present(self, found: Found, theme: str) -> Loaded:
        """What was read with the view it was left with, in that theme when it is new here."""
        from viewer.session.session import Session
        from viewer.ui.loaded import Loaded

        fresh, picture = seen(found)
        remembered = remembered_state(found.data, fresh)
        state = self._first_view(remembered or replace(fresh, theme=theme))
        self._first = False
        return Loaded(Session(state), found.data, picture, found.basemap, fresh=remembered is None)

    def _first_view(self, state: State) -> State:
        return asked_for(state, self._options if self._first else None)

    def _look_once(self, data: DataSet, fresh: State, picture: MapPicture, report: Report) -> None:
        """Ask what the first paint needs, so that the window need not wait for it then."""
        from viewer.session.actor_counts import actor_counts
        from viewer.session.selectors import counters
        from viewer.ui.timeline.histogram import first_look

        state = self._first_state(data, fresh, report)
        first_look(data, state.filters)
        counters(data, state)
        actor_counts(data, state.filters)
        draw_small(picture, state)
        data.rest()

    def keep(self, data: DataSet, state: State) -> None:
        """Remember the view; not being able to is no reason to disturb anybody."""
        from viewer.session.remember import state_to_json
        from viewer.store.remember import save

        if not save(paths.state_dir(), data.meta.store_id, state_to_json(state)):
            LOG.warning("the view was not remembered: %s cannot be written", paths.state_dir())


def open_data(path: Path | None, report: Report = quiet, ahead: bool = False) -> DataSet:
    """The data set of a file, ahead of all its checks if need be, or the built-in one."""
    if path is None:
        from viewer.session.builtin import open_builtin

        return open_builtin(report)
    from viewer.store.dataset import open_dataset

    return open_dataset(path, report, ahead)


def seen(found: Found) -> tuple[State, MapPicture]:
    """The view of what was read when it is new here, and its picture; made now if nobody looked yet."""
    from viewer.draw.picture import MapPicture

    return found.opening or opening(found.data), found.picture or MapPicture(found.data, found.basemap)


def open_basemap() -> Basemap:
    """The map below the data."""
    from viewer.geo.basemap import read_basemap

    return read_basemap(paths.resources_dir() / "basemap.bin")


def draw_small(picture: MapPicture, state: State) -> None:
    """Draw a state for nobody, so that the picture knows what is in it; what fails here fails again where one sees."""
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is None:
        return  # without one there are no fonts, and nobody who looks
    try:
        picture.image(state, *SMALL_SIZE)
    except Exception:
        LOG.exception("the first look failed")


def remembered_state(data: DataSet, fresh: State) -> State | None:
    """The view this store was left with, upon a fresh one; None when it is new or the memory is damaged."""
    from viewer.session.remember import state_from_json
    from viewer.store.remember import load

    kept = load(paths.state_dir(), data.meta.store_id)
    return state_from_json(kept, fresh) if kept else None


def opening(data: DataSet, theme: str = "light") -> State:
    """The view of a store that is new here."""
    from viewer.session.camera import fit_camera
    from viewer.session.opening import opening_state, region_of

    return replace(opening_state(data, theme), camera=fit_camera(*region_of(data), *PICTURE_SIZE))


def asked_for(state: State, options: Options | None) -> State:
    """The view with what the command line asks for; never playing, whatever was remembered."""
    from viewer.session.query import last_day

    state = replace(state, play=replace(state.play, running=False))
    if options is not None and options.theme:
        state = replace(state, theme=options.theme)
    if options is not None and options.on:
        state = replace(state, time=replace(state.time, cursor=last_day(options.on)))
    return state


def _draw_instead(options: Options) -> int:
    """Without a display: the opening view as a picture, so that there is something to see at all."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    from viewer.draw.frame import render_frame
    from viewer.store.errors import StoreError

    application = QGuiApplication.instance() or QGuiApplication(["badia"])
    try:
        data = open_data(options.store)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 2
    image = render_frame(data, asked_for(opening(data), options), open_basemap(), *PICTURE_SIZE)
    data.close()
    for place in (Path.cwd, paths.result_dir):
        folder = place()
        if os.access(folder, os.W_OK) and image.save(str(folder / PICTURE)):
            print("no display: drew the opening view instead of opening a window", file=sys.stderr)
            print(folder / PICTURE)
            del application
            return 0
    print("no display, and no folder to write the opening view to: change into one that is writable", file=sys.stderr)
    return 2


def _open_window(options: Options) -> int:
    collecting = gc.isenabled()
    gc.disable()  # what is made while the program starts stays, and a thread must not collect: see `Collector`
    with logging_to(paths.state_dir()) as log_file:
        stores = StoreOpener(options)
        return _run_window(options.store, options.theme, stores, _begun(stores, options.store), log_file, collecting)


def _begun(stores: StoreOpener, path: Path | None) -> Reading:
    """The reading of the first store, begun once all that needs no Qt is loaded: see `preload`. It goes on counting."""
    from viewer.ui.preload import load_libraries
    from viewer.ui.reading import Reading

    reading = Reading(path, partial(stores.read, looks=False))
    reading.start()
    load_libraries()
    stores.has_read.wait(ALONE_SECONDS)
    return reading


def _run_window(
    path: Path | None, theme: str, stores: StoreOpener, begun: Reading, log_file: Path, collecting: bool
) -> int:
    from PySide6.QtCore import QSettings, QTimer

    from viewer.ui.preload import import_plainly

    import_plainly()
    from PySide6.QtWidgets import QApplication

    from viewer.ui.collector import Collector
    from viewer.ui.keyboard import KeyRule
    from viewer.ui.window import Window

    application = QApplication(["badia"])
    application.setApplicationName("badia")
    application.setApplicationDisplayName("Badia")
    settings = QSettings(str(paths.state_dir() / "window.ini"), QSettings.Format.IniFormat)
    rule = KeyRule(application)
    collector = Collector(application, collecting)
    window = Window(stores, settings, theme or str(settings.value("theme", "light")))
    window.opened.connect(lambda shown: collector.settle())
    listen = partial(application.installEventFilter, rule)
    window.opened.connect(lambda shown: listen())
    QTimer.singleShot(KEYS_MS, listen)
    greeted = partial(_greet, window, settings)
    window.opened.connect(lambda shown: QTimer.singleShot(GREET_MS, window, greeted) if shown else None)
    sys.excepthook = Alarm(window, log_file)
    window.open(path, begun)
    window.show()
    rule.leaving.connect(window.leave)
    with closing_on_signals(window.leave):
        code = application.exec()
    sys.excepthook = sys.__excepthook__
    application.removeEventFilter(rule)
    collector.release()
    return code


def _greet(window: Window, settings: QSettings) -> None:
    from viewer.ui.greeting import greet

    greet(window, settings)


@contextmanager
def closing_on_signals(leave: Callable[[], object]) -> Iterator[None]:
    """Ctrl+C in the terminal and the end of a login quit as a hand would, so the view is remembered."""
    from PySide6.QtCore import QTimer

    pulse = QTimer()
    pulse.timeout.connect(lambda: None)  # Python hears of a signal only when some of its code runs
    pulse.start(SIGNAL_MS)
    before = {number: signal.signal(number, lambda *_: leave()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        pulse.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


class Alarm:
    """What happens to an exception nobody expected: into the log, and one sentence, once for each kind."""

    def __init__(self, window: Window, log_file: Path) -> None:
        self._window, self._log_file = window, log_file
        self._told: set[str] = set()

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        from viewer.store.errors import StoreError
        from viewer.ui.dialogs import sentence

        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        if isinstance(error, ExceptionGroup):  # several panels, each with an error of its own
            for one in error.exceptions:
                self(type(one), one, one.__traceback__)
            return
        if issubclass(kind, StoreError):
            said = str(error).removeprefix(_qt_words(error))
            LOG.warning("%s", said)
            self._window.tell(said)
            return
        LOG.critical("unexpected error", exc_info=(kind, error, trace))
        last = traceback.extract_tb(trace)[-1:] if trace else []
        place = f"{kind.__name__}:{last[0].filename}:{last[0].lineno}" if last else kind.__name__
        if place in self._told:
            return
        self._told.add(place)
        report = "".join(traceback.format_exception(kind, error, trace))
        text = f"Something went wrong in Badia ({kind.__name__}); the rest goes on, details are in {self._log_file}."
        sentence(self._window, "Something went wrong", text, report)


def _qt_words(error: BaseException) -> str:
    """What PySide writes before the words of an exception that a hook of Qt let through."""
    found = re.match(r"Error calling Python override of \S+\(\): ", str(error))
    return found.group() if found is not None else ""


class _LogFile(logging.Handler):
    """A file of limited size, which is opened, and what writes it loaded, for the first line: most runs have none."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @cached_property
    def _file(self) -> RotatingFileHandler:
        from logging.handlers import RotatingFileHandler

        file = RotatingFileHandler(self._path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        return file

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; what cannot be written is told as of any handler."""
        try:
            self._file.handle(record)
        except OSError:  # the file cannot be opened
            self.handleError(record)

    def close(self) -> None:
        """Close the file, if there is one."""
        if "_file" in self.__dict__:
            self._file.close()
        super().close()


@contextmanager
def logging_to(folder: Path) -> Iterator[Path]:
    """Log to a file of limited size in `folder`, and crashes of native code to another beside it."""
    handler = _LogFile(folder / "badia.log")
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with (folder / "badia-crash.log").open("w", encoding="utf-8") as crashes:
            faulthandler.enable(crashes)
            yield folder / "badia.log"
            faulthandler.disable()
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()
