"""Everything a person can do, in one table: menus, keys, the palette and docs/keys.md are made from it.

An action either makes a command from the data set and the state, or is done by the window (opening files,
copying, panels); those have no `make`, and a test sees to it that the window knows every one of them. Keys are
written as QKeySequence reads them in portable text.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TypeVar

import numpy as np

from viewer.domain.dates import Day, day_words
from viewer.session import playback
from viewer.session.action import Action, Check, Make
from viewer.session.busy import played
from viewer.session.commands import (
    Command,
    MoveHandle,
    OpenList,
    Select,
    SetBeside,
    SetCamera,
    SetCompare,
    SetCoordinates,
    SetCorner,
    SetCursor,
    SetFilters,
    SetGrid,
    SetGround,
    SetLabels,
    SetMode,
    SetOpacity,
    SetPlay,
    SetRangeRings,
    SetRaster,
    SetStartsIn,
    SetStep,
    SetSwipe,
    SetTheme,
    SetUnits,
    SetWindow,
    SwapDays,
    ToggleLayer,
    TogglePin,
)  # fmt: skip
from viewer.session.filter_actions import FILTER_ACTIONS
from viewer.session.learned import learned_later, never_published
from viewer.session.map_layers import MAP_LAYERS
from viewer.session.memo import remembered
from viewer.session.presenting import presenter_keys_page
from viewer.session.reading_actions import READING_ACTIONS
from viewer.session.review_actions import REVIEW_ACTIONS
from viewer.session.scene_actions import SCENE_ACTIONS
from viewer.session.selectors import extent, next_event_day, undated_events, unplaced_events, visible_events
from viewer.session.state import (
    COORDINATES,
    CORNERS,
    GRIDS,
    GROUNDS,
    LABELS,
    OPACITIES,
    REACH_KM,
    STACKS,
    STEPS,
    UNITS,
    Filters,
    Ref,
    State,
)
from viewer.session.window import Rows
from viewer.store.dataset import DataSet

Number = TypeVar("Number", int, float)

MENUS = ("File", "Edit", "View", "Map", "Time", "Records", "Review", "Briefing", "Help")
SPEED_LADDER = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 365.0)
WINDOW_LADDER = (1, 2, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650)
PAN_PIXELS = 120
SWIPE_STEP = 0.02
"""Of the width of the map."""
ZOOM_STEP = 1.5
NO_RASTER = "no base layer was chosen"
NONE_SHOWN = "no record is in the window of time, or in the list"


def step_day(data: DataSet, cursor: Day, unit: str, forward: bool) -> Day:
    """The cursor one step on, within the days the data set names; a cursor beyond them may stay there."""
    first, last = extent(data)
    moved = playback.step(cursor, unit, 1 if forward else -1)
    return min(max(moved, min(first, cursor)), max(last, cursor))


def _step(step: str, forward: bool) -> Make:
    def make(data: DataSet, state: State) -> Command | None:
        return SetCursor(step_day(data, state.time.cursor, step or state.time.step, forward))

    return make


def _to_event(forward: bool) -> Make:
    def make(data: DataSet, state: State) -> Command | None:
        day = next_event_day(data, state, forward)
        return None if day is None else SetCursor(day)

    return make


def _to_end(last: bool) -> Make:
    return lambda data, state: SetCursor(extent(data)[int(last)])


def play_or_pause(data: DataSet, state: State) -> Command:
    """Pause, or play; where playing has come to its end it begins again."""
    if not state.play.running:
        beginning = playback.started(state, played(data, state.time.cursor))
        return beginning if beginning is not None else SetPlay(replace(state.play, running=True))
    return SetPlay(replace(state.play, running=False))


def _faster(up: bool) -> Make:
    def make(data: DataSet, state: State) -> Command:
        return SetPlay(replace(state.play, days_per_second=_rung(SPEED_LADDER, state.play.days_per_second, up)))

    return make


def _longer(up: bool) -> Make:
    return lambda data, state: SetWindow(_rung(WINDOW_LADDER, state.time.window_days, up))


def _rung(ladder: tuple[Number, ...], value: Number, up: bool) -> Number:
    """The next value of a ladder above or below; the ends hold."""
    if up:
        return ladder[min(bisect_right(ladder, value), len(ladder) - 1)]
    return ladder[max(bisect_left(ladder, value) - 1, 0)]


def _mode(mode: str) -> Make:
    return lambda data, state: SetMode("window" if mode == state.time.mode == "cumulative" else mode)


def _in_mode(mode: str) -> Check:
    return lambda state: state.time.mode == mode


def _theme(theme: str) -> Make:
    return lambda data, state: SetTheme("light" if state.theme == theme else theme)


def _in_theme(theme: str) -> Check:
    return lambda state: state.theme == theme


def _next_of(values: tuple[str, ...], value: str) -> str:
    return values[(values.index(value) + 1) % len(values)]


def _pan(right: int, up: int) -> Make:
    def make(data: DataSet, state: State) -> Command:
        metres = PAN_PIXELS * state.camera.scale
        camera = state.camera
        return SetCamera(replace(camera, x=camera.x + right * metres, y=camera.y + up * metres))

    return make


def _zoom(factor: float) -> Make:
    return lambda data, state: SetCamera(replace(state.camera, scale=state.camera.scale * factor))


def position_of(data: DataSet, ref: Ref | None) -> tuple[float, float] | None:
    """Where a record lies, (lon, lat) in degrees, or None when no source says."""
    if ref is None:
        return None
    if ref.kind == "event" and ref.key in data.events.row_of:
        row = data.events.row_of[ref.key]
        return data.events.lon_lat(row) if math.isfinite(data.events.x[row]) else None
    key = ref.key
    if ref.kind == "claim":
        key = next((claim.place for claim in data.claims if claim.key == ref.key), "")
    place = data.places.get(key) if ref.kind in ("place", "claim") else None
    return (place.lon, place.lat) if place and place.lon is not None and place.lat is not None else None


def rows_in_view(data: DataSet, state: State) -> Rows:
    """The rows that the arrow keys go through: those of the open list, or else all in view, in order of time."""
    if state.listed in STACKS:
        return _rows_of_stack(data, state.stack)
    rows = LISTED.get(state.listed)
    return rows(data, state) if rows else visible_events(data, state).rows


LISTED = {
    "unplaced": unplaced_events, "undated": undated_events, "later": learned_later, "unpublished": never_published,
}  # fmt: skip
"""The records of lists that are not those of the window."""


@remembered(1)
def _rows_of_stack(data: DataSet, stack: tuple[str, ...]) -> Rows:
    """The picture says first what lies on top; a list is read from the beginning."""
    rows = np.sort(data.events.row_of.rows_of(stack))
    return rows[rows >= 0]


def _record(step: int) -> Make:
    def make(data: DataSet, state: State) -> Command | None:
        key = state.selected.key if state.selected is not None else ""
        rows, row = rows_in_view(data, state), data.events.row_of.get(key, -1)
        at = int(np.searchsorted(rows, rows.dtype.type(row)))  # a plain number would have numpy copy the rows
        line = _line_after(len(rows), at if row in rows[at : at + 1] else None, step)
        return None if line is None else Select(Ref("event", data.events.keys[int(rows[line])]))

    return make


def _line_after(number: int, line: int | None, step: int) -> int | None:
    """The line a step away from the one that is selected; from none the first or last; the ends hold."""
    if not number:
        return None
    if line is None:
        return 0 if step > 0 else number - 1
    return min(max(line + step, 0), number - 1)


def _toggle_list(what: str) -> Make:
    return lambda data, state: OpenList("" if state.listed == what else what)


def _lists(what: str) -> Check:
    return lambda state: state.listed == what


def _toggle_layer(layer: str) -> Make:
    return lambda data, state: ToggleLayer(layer)


def _shows(layer: str) -> Check:
    return lambda state: layer in state.layers


def _no_raster(data: DataSet, state: State) -> Command | None:
    return SetRaster("") if state.raster.path else None


def _fainter(data: DataSet, state: State) -> Command | None:
    """The next opacity of the base layer, if there is one."""
    if not state.raster.path:
        return None
    return SetOpacity(OPACITIES[(OPACITIES.index(state.raster.opacity) + 1) % len(OPACITIES)])


def _pin(data: DataSet, state: State) -> Command | None:
    ref = state.selected
    if ref is not None and ref.kind == "event" and ref.key in data.events.row_of:
        code = int(data.events.place[data.events.row_of[ref.key]])
        return TogglePin(data.place_keys[code]) if code < len(data.place_keys) else None
    return TogglePin(ref.key) if ref is not None and ref.kind == "place" else None


def _no_filters(data: DataSet, state: State) -> Command | None:
    return SetFilters(Filters()) if state.filters != Filters() else None


def _filter_to_selected(data: DataSet, state: State) -> Command | None:
    ref = state.selected
    if ref is None or ref.kind not in ("actor", "place"):
        return None
    if ref.kind == "actor":
        return SetFilters(replace(state.filters, actors=(ref.key,)))
    return SetFilters(replace(state.filters, places=(ref.key,)))


def _compare(data: DataSet, state: State) -> Command:
    """Compare with the cursor's day; a second time on the same day ends it."""
    return SetCompare(None if state.compare == state.time.cursor else state.time.cursor)


def _swap(data: DataSet, state: State) -> Command | None:
    return SwapDays() if state.compare is not None else None


def _swipe(data: DataSet, state: State) -> Command | None:
    if state.compare is None:
        return None
    return SetSwipe(0.5 if state.swipe is None else None)


def _handle(step: float) -> Make:
    def make(data: DataSet, state: State) -> Command | None:
        return None if state.swipe is None else MoveHandle(state.swipe + step)

    return make


def _next_grid(data: DataSet, state: State) -> Command:
    """Degrees, then MGRS, then no lines at all."""
    if "graticule" not in state.layers:
        return SetGrid(GRIDS[0])
    last = state.grid == GRIDS[-1]
    return ToggleLayer("graticule") if last else SetGrid(_next_of(GRIDS, state.grid))


def _no_range_rings(data: DataSet, state: State) -> Command | None:
    return SetRangeRings(()) if state.range_rings else None


def closing(state: State) -> Command | None:
    """What Escape closes of the session: what is read beside another, list, details, second map, the day of another."""
    if state.beside is not None:
        return SetBeside(None)
    if state.listed:
        return OpenList("")
    if state.selected is not None:
        return Select(None)
    if state.compare is None:
        return None
    return SetCompare(None) if state.swipe is None else SetSwipe(None)


ACTIONS: tuple[Action, ...] = (
    Action("open", "Open a store\u2026", "File", ("Ctrl+O",), needs_data=False),
    Action("open_builtin", "Open the built-in data", "File", ("Ctrl+Shift+O",), needs_data=False),
    Action("reload", "Read the store again", "File", ("Ctrl+R",)),
    Action("import", "Import a file\u2026", "File", ("Ctrl+I",)),
    Action("hand_over", "Hand over: store, view and marks in one file\u2026", "File", ("Ctrl+Shift+E",)),
    Action("save_picture", "Save the view as a picture\u2026", "File", ("Ctrl+S",), group=1),
    Action("save_print", "Save the view for print\u2026", "File", ("Ctrl+Shift+S",), group=1),
    Action("export", "Export incidents\u2026", "File", ("Ctrl+E",), group=1),
    Action("problems", "Problems found in the store", "File", ("Ctrl+Shift+P",), _toggle_list("problems"),
           _lists("problems"), group=1),
    Action("quit", "Quit", "File", ("Ctrl+Q",), group=2, needs_data=False),
    Action("undo", "Undo", "Edit", ("Ctrl+Z",), repeats=True),
    Action("redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), repeats=True),
    Action("copy_citation", "Copy a citation", "Edit", ("Ctrl+C",), group=1),
    Action("copy_picture", "Copy the view as a picture", "Edit", ("Ctrl+Shift+C",), group=1),
    Action("copy_coordinate", "Copy the coordinate under the pointer", "Edit", ("K",), group=1),
    Action("copy_measure", "Copy what was measured", "Edit", ("Ctrl+M",), group=1),
    Action("search", "Search places, incidents, actors, dates, commands", "Edit", ("Ctrl+K", "/"), group=2),
    Action("clear_filters", "Clear all filters", "Edit", ("Ctrl+Backspace",), _no_filters, group=2,
           idle="no filter is set"),
    Action("filter_selected", "Filter by the selected actor or place", "Edit", ("Shift+F",), _filter_to_selected,
           group=2, idle="select an actor or a place first"),
    Action("close", "Close what is on top", "View", ("Esc",)),
    Action("panel_layers", "Layers and legend", "View", ("F2",), group=1),
    Action("panel_filters", "Filters", "View", ("F3",), group=1),
    Action("panel_detail", "Details", "View", ("F4",), group=1),
    Action("panel_change", "Change: who gained and lost ground", "View", ("F7",), group=1),
    Action("panel_analysis", "Analysis: what the filtered records add up to", "View", ("F12",), group=1),
    Action("panel_records", "List of records in the window", "View", ("F6",), _toggle_list("view"),
           _lists("view"), group=1),
    Action("panels_hide", "Map and timeline only", "View", ("F9",), group=1),
    Action("full_screen", "Full screen", "View", ("F11",), group=1, needs_data=False),
    Action("theme", "Dark theme", "View", ("Ctrl+T",),
           _theme("dark"), _in_theme("dark"), group=2),
    Action("theme_print", "Print theme", "View", ("Ctrl+Shift+T",),
           _theme("print"), _in_theme("print"), group=2),
    Action("labels", "Names: Latin, Arabic or both", "View", ("N",),
           lambda data, state: SetLabels(_next_of(LABELS, state.labels)), group=2),
    Action("corner", "Date in the next corner of the map", "View", (),
           lambda data, state: SetCorner(_next_of(CORNERS, state.corner)), group=2),
    Action("ground", f"Ground of towns: up to {REACH_KM} km, or to the next town", "View", ("Shift+G",),
           lambda data, state: SetGround(_next_of(GROUNDS, state.ground)), group=2),
    Action("zoom_in", "Zoom in", "Map", ("Ctrl++", "Ctrl+="), _zoom(1 / ZOOM_STEP), repeats=True),
    Action("zoom_out", "Zoom out", "Map", ("Ctrl+-",), _zoom(ZOOM_STEP), repeats=True),
    Action("fit", "Show the whole region", "Map", ("F", "Ctrl+0")),
    Action("zoom_selected", "Zoom to what is selected", "Map", ("Z",)),
    Action("go_to", "Go to a place or coordinate\u2026", "Map", ("G",)),
    Action("pan_left", "Move the map left", "Map", ("A", "Ctrl+Shift+Left"), _pan(-1, 0), repeats=True, group=1),
    Action("pan_right", "Move the map right", "Map", ("D", "Ctrl+Shift+Right"), _pan(1, 0), repeats=True, group=1),
    Action("pan_up", "Move the map up", "Map", ("W", "Ctrl+Shift+Up"), _pan(0, 1), repeats=True, group=1),
    Action("pan_down", "Move the map down", "Map", ("S", "Ctrl+Shift+Down"), _pan(0, -1), repeats=True, group=1),
    Action("measure", "Measure a path or an area from the pointer", "Map", ("M",), group=2),
    Action("range_rings", "Range rings around what is selected, or the pointer", "Map", ("Shift+M",), group=2),
    Action("clear_range_rings", "Take all range rings away", "Map", ("Ctrl+Shift+M",), _no_range_rings, group=2,
           idle="there are none"),
    Action("grid", "Grid: degrees, MGRS or none", "Map", ("Ctrl+G",), _next_grid, group=2),
    Action("coordinates", "Coordinates: decimal, seconds, minutes, UTM or MGRS", "Map", ("Shift+K",),
           lambda data, state: SetCoordinates(_next_of(COORDINATES, state.coordinates)), group=2),
    Action("units", "Lengths: kilometres alone, with miles or nautical miles", "Map", ("Shift+L",),
           lambda data, state: SetUnits(_next_of(UNITS, state.units)), group=2),
    *(
        Action(f"layer_{layer}", title, "Map", (key,) if key else (), _toggle_layer(layer), _shows(layer), group=3)
        for layer, title, key in reversed(MAP_LAYERS)
    ),
    Action("raster_choose", "Base layer from an MBTiles file\u2026", "Map", group=4),
    Action("raster_remove", "Remove the base layer", "Map", (), _no_raster, group=4, idle=NO_RASTER),
    Action("raster_opacity", "Opacity of the base layer: 100, 70 or 40 %", "Map", (), _fainter, group=4,
           idle=NO_RASTER),
    Action("play", "Play or pause", "Time", ("Space",), play_or_pause, lambda state: state.play.running),
    Action("reverse", "Play backwards", "Time", ("R",),
           lambda data, state: SetPlay(replace(state.play, reverse=not state.play.reverse)),
           lambda state: state.play.reverse),
    Action("loop", "Start again at the end", "Time", ("L",),
           lambda data, state: SetPlay(replace(state.play, loop=not state.play.loop)),
           lambda state: state.play.loop),
    Action("faster", "Play faster", "Time", ("+", "="), _faster(True), repeats=True),
    Action("slower", "Play slower", "Time", ("-",), _faster(False), repeats=True),
    Action("forward", "One step on", "Time", ("Right",), _step("", True), repeats=True, group=1),
    Action("back", "One step back", "Time", ("Left",), _step("", False), repeats=True, group=1),
    Action("forward_week", "One week on", "Time", ("Shift+Right",), _step("week", True), repeats=True, group=1),
    Action("back_week", "One week back", "Time", ("Shift+Left",), _step("week", False), repeats=True, group=1),
    Action("forward_month", "One month on", "Time", ("Ctrl+Right",), _step("month", True), repeats=True, group=1),
    Action("back_month", "One month back", "Time", ("Ctrl+Left",), _step("month", False), repeats=True, group=1),
    Action("next_event", "Next incident", "Time", ("Alt+Right",), _to_event(True), repeats=True, group=1,
           idle="none that passes the filters begins later"),
    Action("previous_event", "Previous incident", "Time", ("Alt+Left",), _to_event(False), repeats=True, group=1,
           idle="none that passes the filters begins earlier"),
    Action("first_day", "First day", "Time", ("Home",), _to_end(False), group=1),
    Action("last_day", "Last day", "Time", ("End",), _to_end(True), group=1),
    Action("type_date", "Type a date\u2026", "Time", ("T",), group=1),
    Action("step", "Next size of step: day, week, month, year", "Time", ("E",),
           lambda data, state: SetStep(_next_of(STEPS, state.time.step)), group=1),
    Action("mode_window", "Show a window of days", "Time", ("Shift+W",), _mode("window"), _in_mode("window"), group=2),
    Action("mode_day", "Show a single day", "Time", ("Shift+D",), _mode("day"), _in_mode("day"), group=2),
    Action("mode_cumulative", "Show everything so far", "Time", ("C",), _mode("cumulative"), _in_mode("cumulative"),
           group=2),
    Action("longer", "Longer window", "Time", ("]",), _longer(True), repeats=True, group=2),
    Action("shorter", "Shorter window", "Time", ("[",), _longer(False), repeats=True, group=2),
    Action("starts_in", "Only what starts in the window", "Time", ("O",),
           lambda data, state: SetStartsIn(not state.time.starts_in), lambda state: state.time.starts_in, group=2),
    Action("compare", "Compare with this day (A), or with none", "Time", ("B",), _compare, group=3),
    Action("swap", "Swap the days A and B", "Time", ("X",), _swap, group=3, idle="press B first, to set the day A"),
    Action("swipe", "Two maps: A left of a handle, B right of it", "Time", ("V",), _swipe, group=3,
           idle="press B first, to set the day A"),
    Action("swipe_left", "Handle between the maps to the left", "Time", (",",), _handle(-SWIPE_STEP), repeats=True,
           group=3, idle="press V first, to see two maps"),
    Action("swipe_right", "Handle between the maps to the right", "Time", (".",), _handle(SWIPE_STEP), repeats=True,
           group=3, idle="press V first, to see two maps"),
    Action("pin", "Control lane for the selected place", "Time", ("P",), _pin, group=2,
           idle="select a place first, or a record that has one"),
    Action("next_record", "Next record in the window", "Records", ("Down",), _record(1), repeats=True, idle=NONE_SHOWN),
    Action("previous_record", "Previous record in the window", "Records", ("Up",), _record(-1), repeats=True,
           idle=NONE_SHOWN),
    Action("list_unplaced", "List what no source places", "Records", ("U",), _toggle_list("unplaced"),
           _lists("unplaced"), group=1),
    Action("list_undated", "List what has no date", "Records", ("Shift+U",), _toggle_list("undated"),
           _lists("undated"), group=1),
    *READING_ACTIONS,
    *FILTER_ACTIONS,
    *REVIEW_ACTIONS,
    *SCENE_ACTIONS,
    Action("keys", "Keys", "Help", ("F1",), needs_data=False),
    Action("about", "About Badia", "Help", needs_data=False),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}


def keys_page() -> str:
    """docs/keys.md: every action with its keys, by menu. A test compares, so the guide cannot fall behind."""
    lines = [
        "# Keys", "",
        "Keys work wherever the focus is. While you type in a text field, the keys that write or move the cursor",
        "there belong to the field, and in a list Up and Down move in the list; Enter presses a button that has",
        "the focus, and in a list with boxes Enter or Space ticks the line you are on. Everything below is also in",
        "the menus and in the palette (Ctrl+K).",
        "",
        "While a path is measured each click adds a point: Enter or a double click ends it, Shift+Enter or a click on",
        "the first point closes it into an area, Backspace takes the last point back, Esc drops the path.",
        "",
        "While ground to ask for is drawn each click sets a corner: Enter or a double click closes the area, Backspace",
        "takes the last corner back, Esc drops it and leaves the filters as they were. A rectangle or a circle is",
        "dragged, or takes two clicks.",
    ]  # fmt: skip
    for menu in MENUS:
        lines += ["", f"## {menu}", "", "| key | what it does |", "|---|---|"]
        lines += [
            f"| {' or '.join(f'`{key}`' for key in action.keys) or 'menu or palette'} | {action.title} |"
            for action in ACTIONS
            if action.menu == menu
        ]
    return "\n".join([*lines, "", *presenter_keys_page()]) + "\n"


def nothing_in_view(data: DataSet, state: State) -> str:
    """What to do when no record is in the window: the nearest one and its key, or how to drop the filters."""
    for forward, action in ((True, "next_event"), (False, "previous_event")):
        day = next_event_day(data, state, forward)
        if day is not None:
            which = "Next" if forward else "Last"
            return f"No incident in this window. {which}: {day_words(day)}, press {BY_ID[action].keys[0]}."
    return f"No incident passes the filters. Press {BY_ID['clear_filters'].keys[0]} to clear them."
