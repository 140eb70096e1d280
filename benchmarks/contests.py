"""Frames asked in turn of Badia's map and of its peers, over the same days and the same extent."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from benchmarks import scenes
from benchmarks.contestants import qgis
from benchmarks.contestants.pyqtgraph import Scatter
from benchmarks.contestants.qgis import Qgis
from benchmarks.generator import store
from benchmarks.goals import BY_ID, Outcome
from benchmarks.hand import EVENT_LAYERS, Desk
from benchmarks.measure import Asker, Floor, Frame, Times, View, interleaved
from benchmarks.plan import AREAS_FEW, of_size
from benchmarks.report import Row, times_row
from benchmarks.scenes import Scene
from benchmarks.setting import Setting
from benchmarks.window import run
from viewer.domain.events import EVENT_TYPES
from viewer.session.commands import Batch, SetCursor, SetFilters, SetWindow, ToggleLayer
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.state import Filters

OURS, FLOOR = "Badia's map", "memory floor"
LEAST_INK = 0.4
"""The share of the others' painted pixels that a picture needs to count: nobody wins by drawing nothing."""
REFRESH_MS = 17
"""No hand sees more steps than the screen shows."""
SPARSE_DAYS = 24
"""A window that shows some sixty marks of the small store."""
AGAIN = 12
"""Dates between which a hand goes to and fro."""
AREA_DAYS = 37
"""Days between the dates at which areas are drawn: more than any of them stays as it is."""


class Contestant(Protocol):
    """Whoever draws frames."""

    def frame(self, view: View) -> Frame:
        """Draw a view from new."""

    def close(self) -> None:
        """End it."""


Makers = Mapping[str, Callable[[Path], Contestant]]
CONTROLLER, FILTER, TUNED, NAIVE = "QGIS controller", "QGIS filter", "pyqtgraph tuned", "pyqtgraph naive"
MAKERS: Makers = {
    CONTROLLER: lambda path: Qgis("controller", path),
    FILTER: lambda path: Qgis("filter", path),
    TUNED: lambda path: Scatter("tuned", path),
    NAIVE: lambda path: Scatter("naive", path),
}


def installed(name: str) -> bool:
    """Whether a contestant can be had on this machine."""
    return bool(qgis.version()) if name.startswith("QGIS") else find_spec("pyqtgraph") is not None


@contextlib.contextmanager
def opened(names: tuple[str, ...], path: Path) -> Iterator[dict[str, Contestant]]:
    """Those of the contestants that are installed, on one store."""
    found: dict[str, Contestant] = {}
    try:
        for name in names:
            if installed(name):
                found[name] = MAKERS[name](path)
        yield found
    finally:
        for contestant in found.values():
            contestant.close()


def contest(
    desk: Desk, scene: Scene, others: Mapping[str, Contestant], setting: Setting, floor: int = 0,
    layers: tuple[str, ...] = EVENT_LAYERS, rest_ms: int = 0,
) -> dict[str, Times]:  # fmt: skip
    """One scene by all of them in turn; with `floor` rows also what moving the bytes takes at the least.

    rest_ms: how long the hand rests between its steps, in which the program may draw ahead.
    """
    hand = desk.hand

    def ours(n: int) -> Frame:
        due = time.perf_counter() + rest_ms / 1000
        if rest_ms:
            hand.rest(rest_ms)
        return hand.step(scene.step(n, hand.session.state), since=due)

    def theirs(other: Contestant) -> Asker:
        return lambda n: other.frame(hand.view())

    hand.step(Batch(scene.ready), time_moves=False)
    askers: dict[str, Asker] = {OURS: ours}
    askers.update({name: theirs(other) for name, other in others.items()})
    if floor:
        askers[FLOOR] = Floor(floor, hand.canvas.width() * hand.canvas.height()).ask
    times = interleaved(askers, setting.steps, setting.seconds)
    times[OURS].ink = [hand.ink(layers)]
    return times


def points(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """The large store: a month and everything, against QGIS, pyqtgraph and the memory floor.

    Even steps come at a refresh each, so that the next day may be painted ahead. Uneven steps are not foreseen and come
    at once: they are told beside, and compared with the memory floor.
    """
    path = store(of_size(setting.large))
    desk = Desk(path, setting.memory, alone=True)
    try:
        with opened((CONTROLLER, FILTER, TUNED), path) as others:
            month = contest(desk, scenes.THIRTY, others, setting, rest_ms=REFRESH_MS)
            rows += _rows("30 days", month)
            yield _ratio("month_controller", month, CONTROLLER)
            yield _ratio("month_filter", month, FILTER)
            whole = contest(desk, scenes.EVERYTHING, others, setting, rest_ms=REFRESH_MS)
            rows += _rows("all", whole)
            best = min((CONTROLLER, FILTER), key=lambda name: whole[name].median if name in whole else float("inf"))
            yield _ratio("all_qgis", whole, best)
            yield _ratio("all_scatter", whole, TUNED)
            quickest = {name: other for name, other in others.items() if name == FILTER}
            rows += _rows("30 days, uneven steps", contest(desk, scenes.THIRTY_UNEVEN, quickest, setting))
        uneven = contest(desk, scenes.EVERYTHING_UNEVEN, {}, setting, floor=setting.large)
        rows += _rows("all, uneven steps", uneven)
        over = uneven[OURS].median / uneven[FLOOR].median
        yield Outcome("floor", over, f"{setting.large:,} rows; uneven steps", uneven[OURS], uneven[FLOOR])
    finally:
        desk.close()


def sparse(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """The small store, where a scatter item is at its best: a mark for each spot on the base map, and no more.

    Rings of rough places, arrows of movements and town marks, for which the others have nothing, are left out.
    """
    path = store(of_size(setting.small))
    desk = Desk(path, setting.memory, alone=True)
    plain = tuple(term for term in EVENT_TYPES if term not in ("movement", "displacement"))
    marks = replace(scenes.THIRTY, ready=(*scenes.MONTH, SetWindow(SPARSE_DAYS), SetFilters(Filters(types=plain))))
    try:
        desk.hand.step(Batch((ToggleLayer("rings"), ToggleLayer("holders"))), time_moves=False)
        with opened((NAIVE, TUNED, CONTROLLER, FILTER), path) as others:
            at_once = contest(desk, marks, others, setting, layers=("incidents",))
            rows += _rows(f"{setting.small:,}, {SPARSE_DAYS} days, as fast as it goes", at_once)
            times = contest(desk, marks, others, setting, layers=("incidents",), rest_ms=REFRESH_MS)
            rows += _rows(f"{setting.small:,}, {SPARSE_DAYS} days, a step at each refresh", times)
            yield _ratio("sparse", times, NAIVE)
    finally:
        desk.close()


def areas(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Forty large areas alone: dates drawn for the first time, then the same dates again."""
    path = store(AREAS_FEW)
    desk = Desk(path, setting.memory, alone=True)
    dates = Scene("areas", scenes.MONTH, lambda n, state: SetCursor(scenes.FIRST + AREA_DAYS * n))
    known = Scene("areas", scenes.MONTH, lambda n, state: SetCursor(scenes.MIDDLE + AREA_DAYS * (n % AGAIN)))
    hidden = tuple(ToggleLayer(name) for name in ALL_LAYERS if name != "control" and name in desk.session.state.layers)
    try:
        desk.hand.step(Batch(hidden), time_moves=False)
        others: dict[str, Contestant] = {"QGIS": Qgis("areas", path)} if qgis.version() else {}
        for name, goal, scene in (("first time", "areas_first", dates), ("again", "areas_again", known)):
            if scene is known:
                run(desk, known, AGAIN)
            times = contest(desk, scene, others, setting, layers=("control",))
            rows += _rows(f"40 areas, {name}", times)
            yield _ratio(goal, times, "QGIS", worst=goal == "areas_again")
        for other in others.values():
            other.close()
    finally:
        desk.close()


def _rows(title: str, times: Mapping[str, Times]) -> list[Row]:
    return [
        times_row(f"{title}: {name}", one, f"{one.ink[-1]:,} pixels" if one.ink[-1] else "")
        for name, one in times.items()
    ]


def _ratio(goal: str, times: Mapping[str, Times], name: str, worst: bool = False) -> Outcome:
    """Their median against ours (our p95 with `worst`), the way round that the goal counts."""
    if name not in times:
        return Outcome(goal, None, f"{name} is not installed", times[OURS])
    ours, theirs = times[OURS], times[name]
    if ours.ink[-1] < LEAST_INK * theirs.ink[-1]:
        return Outcome(goal, None, f"Badia drew too little: {_ink(ours, theirs)}", ours, theirs)
    faster = theirs.median / (ours.p95 if worst else ours.median)
    note = f"{name}{', their median' if worst else ''}; {_ink(ours, theirs)}"
    return Outcome(goal, faster if BY_ID[goal].more else 1 / faster, note, ours, theirs)


def _ink(ours: Times, theirs: Times) -> str:
    return f"{ours.ink[-1]:,} against {theirs.ink[-1]:,} pixels painted"
