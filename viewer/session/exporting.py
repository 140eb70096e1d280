"""An export: which records are asked for, in which format, written whole or not at all, and never over evidence."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from viewer.domain.control import ControlClaim
from viewer.domain.dates import Day, between
from viewer.domain.dossier import Dossier
from viewer.domain.frozen import dataclass
from viewer.formats.exported import About, Content, ExportError
from viewer.formats.exporters import EXPORTERS
from viewer.formats.plain import Plain
from viewer.formats.plain_table import FIGURE_COLUMNS, event_row, figures
from viewer.session.describe import names_of
from viewer.session.filter_words import filter_parts
from viewer.session.known import known_data
from viewer.session.selectors import filter_mask, visible_events
from viewer.session.state import Filters, State, Within
from viewer.session.whole_file import whole_file
from viewer.session.window import window_of
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet
from viewer.store.errors import StoreError
from viewer.store.part import Part, write_part

CHUNK = 500
WRITING_SHARE = 0.95
"""How far an export is when all records are read; what is left is to bring the file to the disk."""
Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1; what it raises ends the export and comes out."""


class Format(NamedTuple):
    """What can be exported to. name: on the command line; title: in a dialog; suffix: how its files end."""

    name: str
    title: str
    suffix: str
    holds_claims: bool


GEOPACKAGE = Format("gpkg", "GeoPackage: for QGIS and other GIS, and a store of its own", ".gpkg", True)
FORMATS = (GEOPACKAGE, *(Format(one.name, one.title, one.suffix, one.holds_claims) for one in EXPORTERS))
"""Every format there is to export to."""
WORDS = {**dict.fromkeys(("place_names", "perpetrators", "targets", "other_actors", "counts", "publishers"), "TEXT"),
         **dict.fromkeys((column.name for column in FIGURE_COLUMNS), "REAL")}  # fmt: skip
"""The columns that tell of an event in words in a GeoPackage, beside those of every store."""


@dataclass(frozen=True)
class Asked:
    """What is to be exported: events by key in the order of the file, claims of control, and the question in words."""

    keys: Sequence[str]
    claims: tuple[ControlClaim, ...] = ()
    words: str = "everything"


@dataclass(frozen=True)
class Written:
    """What an export came to."""

    path: Path
    events: int
    claims: int


def format_of(path: Path, name: str = "") -> Format:
    """The format of that name, else the one a file's name ends in; ExportError when there is none."""
    for one in FORMATS:
        if one.name == name or (not name and path.name.casefold().endswith(one.suffix)):
            return one
    known = ", ".join(one.name for one in FORMATS)
    if name:
        raise ExportError(f"'{name}' is no format; there are {known}")
    raise ExportError(f"{path}: its name does not tell the format; end it in one of {known}, or name one")


def asked_in(data: DataSet, state: State, claims: bool = False) -> Asked:
    """The events that pass the filters and may fall into the window of time, and the claims like them."""
    first, last = window_of(state.time)
    keys = [data.events.keys[row] for row in visible_events(data, state).rows]
    found = claims_like(data, state.filters, first, last) if claims else ()
    return Asked(keys, found, _question(data, state.filters, first, last))


def asked_of_all(data: DataSet, filters: Filters, claims: bool = False) -> Asked:
    """The events that pass the filters whatever their time, those without a date too."""
    keys = [data.events.keys[row] for row in np.flatnonzero(filter_mask(data, filters))]
    found = claims_like(data, filters, FAR_PAST, FAR_FUTURE) if claims else ()
    return Asked(keys, found, _question(data, filters, FAR_PAST, FAR_FUTURE))


def asked_rows(data: DataSet, rows: Iterable[int], words: str) -> Asked:
    """These events, such as those of a list."""
    return Asked([data.events.keys[row] for row in rows], (), words)


def claims_like(data: DataSet, filters: Filters, first: Day, last: Day) -> tuple[ControlClaim, ...]:
    """The claims by the same actors about the same places that may be of these days; what else is asked is of events.

    With a box or other ground, those about a place on it.
    """
    actors = data.actors_with_parts(filters.actors) if filters.parts else frozenset(filters.actors)
    places = data.places_within(filters.places)

    def fits(claim: ControlClaim) -> bool:
        if actors and actors.isdisjoint(claim.actors.split()):
            return False
        if places and claim.place not in places:
            return False
        if filters.bbox and not _inside(data, claim, filters.bbox):
            return False
        if filters.within is not None and not _on_ground(data, claim, filters.within):
            return False
        return claim.date.overlaps(first, last) or (first == FAR_PAST and last == FAR_FUTURE)

    return tuple(claim for claim in known_data(data, filters.known_by).claims if fits(claim))


def _on_ground(data: DataSet, claim: ControlClaim, within: Within) -> bool:
    """Whether a claim is about a place on that ground, or an area with a corner on it."""
    from viewer.session.ground_asked import holds  # shapely takes long to load, and few ask for it

    place = data.places.get(claim.place)
    if place is not None and place.lon is not None and place.lat is not None:
        return bool(holds(within, np.array([place.lon]), np.array([place.lat])).any())
    shape = data.shape_of(claim)
    points = [ring for part in shape.parts for ring in part] if shape is not None else []
    return bool(points) and bool(holds(within, *np.vstack(points).T).any())


def _inside(data: DataSet, claim: ControlClaim, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    place = data.places.get(claim.place)
    if place is not None and place.lon is not None and place.lat is not None:
        return west <= place.lon <= east and south <= place.lat <= north
    shape = data.shape_of(claim)
    if shape is None:
        return False
    points = np.vstack([ring for part in shape.parts for ring in part])
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    return bool(left <= east and right >= west and bottom <= north and top >= south)


def _question(data: DataSet, filters: Filters, first: Day, last: Day) -> str:
    parts = [words for words, _ in filter_parts(data, filters)]
    known = None if first == FAR_PAST else first, None if last == FAR_FUTURE else last
    if known != (None, None):
        parts.append(between(*known))
    return "; ".join(parts) or "everything"


def export(
    data: DataSet, asked: Asked, form: Format, path: Path, on: str, progress: Progress = lambda _: None
) -> Written:
    """Write a file whole or not at all; ExportError and StoreError say in one sentence why not.

    on: the day (EDTF) that is written down as that of the export.
    """
    if asked.claims and not form.holds_claims:
        able = ", ".join(one.name for one in FORMATS if one.holds_claims)
        raise ExportError(f"{form.name} holds incidents only; claims of control go into {able}")
    with whole_file(path, data.path) as part:
        content = Content(
            names_of(data, asked.keys), _dossiers(data, asked.keys, progress), asked.claims, _about(data, asked, on)
        )
        _fill(data, form, content, part)
        progress(1.0)
    return Written(path, len(asked.keys), len(asked.claims))


def export_or_say(
    data: DataSet, find: Callable[[], Asked], form: Format, path: Path, on: str, progress: Progress
) -> Written | str:
    """The same of what `find` finds, and why there is no file as a sentence in place of an error."""
    try:
        return export(data, find(), form, path, on, progress)
    except (ExportError, StoreError) as error:
        return str(error)


def _fill(data: DataSet, form: Format, content: Content, path: Path) -> None:
    if form == GEOPACKAGE:
        write_part(_part(data, content), path)
    else:
        {one.name: one for one in EXPORTERS}[form.name].write(content, path)


def _dossiers(data: DataSet, keys: Sequence[str], progress: Progress) -> Iterator[Dossier]:
    for start in range(0, len(keys), CHUNK):
        progress(WRITING_SHARE * start / len(keys))
        yield from data.reader.dossiers(keys[start : start + CHUNK])
    progress(WRITING_SHARE)


def _about(data: DataSet, asked: Asked, on: str) -> About:
    meta = data.meta
    thanks = tuple(dict.fromkeys(text for text in (meta.attribution, *_brought_by(data, asked)) if text))
    return About(meta.title, asked.words, thanks, meta.licence, meta.marking, meta.as_of, on, meta.note)


def _brought_by(data: DataSet, asked: Asked) -> Iterator[str]:
    """The attributions of the imports that brought any of these records."""
    runs: dict[str, str] = {run.key: run.attribution for run in data.reader.all("import_run") if run.attribution}
    waiting = set(runs.values())
    keys = [*asked.keys, *(claim.key for claim in asked.claims)]
    for start in range(0, len(keys), CHUNK):
        if not waiting:
            return
        for origin in data.reader.where("origin", "of_key", keys[start : start + CHUNK]):
            if (thanks := runs.get(origin.run, "")) in waiting and origin.of_table in ("event", "control_claim"):
                waiting.discard(thanks)
                yield thanks


def _part(data: DataSet, content: Content) -> Part:
    """What is exported, as a store: whole records, and the words and dates that a GIS shows."""
    about, names, meta = content.about, content.names, data.meta
    if about is None:
        raise ValueError("a store says where its records come from")

    def words(dossier: Dossier) -> Plain:
        row = event_row(dossier, names)
        told = {name: row[name] for name in WORDS if name in row}
        return {**told, "place_names": row["places"], "publishers": row["sources"], **figures(dossier)}

    asked = f"Part of \u201c{meta.title}\u201d, exported on {about.exported_on}: {about.selection}."
    part = replace(
        meta, store_id=f"store-{uuid.uuid4().hex}", title=f"{meta.title} (part)", attribution=about.line,
        note=f"{asked} {meta.note}".strip(), lanes="",
    )  # fmt: skip
    said = (about.marking, asked, about.line, about.licence)
    thanks = "\n".join(text for text in said if text)
    return Part(data, part, content.dossiers, content.claims, names.caveats, words, WORDS, thanks, about.exported_on)
