"""An import from a file into a store: what it would do, doing it as a whole or not at all, and what it did."""

from __future__ import annotations

import gc
import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from viewer.domain.actors import Actor
from viewer.domain.dates import DateSpan, Day, parse
from viewer.domain.drafts import (
    Draft,
    Item,
    PlaceMention,
    Rejected,
    Remark,
    SharedPart,
    swapped,
    with_swapped_places,
)
from viewer.domain.fields import fields_of
from viewer.domain.frozen import dataclass
from viewer.domain.imports import ImportRun
from viewer.domain.records import TABLES, Meta
from viewer.formats.importers import IMPORTERS, importer_for, importer_named
from viewer.formats.infile import InFile, ReadError
from viewer.formats.mapping import MappingError, SavedMapping, mapping_for, mapping_named, save_mapping, shaped
from viewer.formats.protocol import Importer, Shape
from viewer.formats.rejects import rejects_name, write_rejects
from viewer.geo.basemap import Basemap, area_around, degrees_of
from viewer.geo.shapes import exchanged
from viewer.paths import config_dir
from viewer.session.builtin import open_builtin
from viewer.session.from_store import StoreImporter, meta_of
from viewer.store.errors import StoreError
from viewer.store.evidence import is_evidence
from viewer.store.intake.changes import Touched
from viewer.store.intake.editions import ASKED, edition_of
from viewer.store.intake.landing import Landing, Tally
from viewer.store.intake.names import Corrections, Match, Names, by_every_name, slug
from viewer.store.intake.working_copy import working_copy
from viewer.store.intake.writing import Writing
from viewer.store.open import open_store
from viewer.untrusted import Identity, identity_of

ALL: tuple[Importer, ...] = (StoreImporter(), *IMPORTERS)
BATCH = 250
"""Rows at a time: few enough for what is made of them to stay in the processor's own memory."""
MAX_REJECTED = 100_000
"""Rejected rows that are kept one by one; with more something is wrong with the file as a whole."""
MOST_KNOWN = 65_536
NAME_PLACES = frozenset(
    table for table, record in TABLES.items() if any(about.table == "place" for about in fields_of(record).values())
)
"""Tables whose records name places."""
MAX_FEED = 40
REJECTS = re.compile(r"\.rejected(-\d+)?(?=\.)")
OWN_KEYS = ("badia", "badia-events")
"""Formats whose records come by keys of Badia's own, whatever the feed."""
SWAP = "swap"
SAVED = "saved"
"""The option that names a kept mapping; empty, none is used."""
MANY_SWAPPED = 0.5
"""The share of places that lie in the region only with their coordinates exchanged, from which on somebody is asked."""
READING_VERSION = 2
"""Counts up when importers make something else of the same row, so that rows read before count as changed."""

Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1, a few times a second; what it raises ends the import and comes out."""


@dataclass(frozen=True)
class Order:
    """What is to be imported into what, and how.

    format: of the file, '' to find out; feed: what the file is an edition of, '' for what the format or the file's
    name says; options: see Importer.items. on: the day (EDTF) that is written down as that of the import.
    """

    file: Path
    into: Path
    on: str
    format: str = ""
    feed: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    corrections: Corrections = field(default_factory=Corrections)
    swap: bool = False
    delete_missing: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Summary:
    """What an import did; rejects is the file in which rejected rows are kept, None when there are none.

    changed, deleted: the first of the records that were, or in a trial would be. likely_feed: another feed of the store
    that has these rows already, '' for none.
    """

    run: ImportRun
    tally: Tally
    matches: tuple[Match, ...]
    remarks: tuple[Remark, ...]
    rejected: tuple[Rejected, ...]
    twins: tuple[tuple[str, str], ...]
    """New or changed events, and others of another feed that may tell of the same incident."""
    rejects: Path | None
    dry_run: bool
    changed: tuple[Touched, ...] = ()
    deleted: tuple[Touched, ...] = ()
    likely_feed: str = ""


REFUSED = (ReadError, StoreError, OSError, UnicodeError)
"""What an import raises when it cannot be done at all; its message is the sentence to show."""


@dataclass(frozen=True)
class Preview:
    """How the first rows of a file would be read."""

    importer: Importer
    shape: Shape
    items: tuple[Item, ...]


def preview(order: Order, rows: int = 50) -> Preview:
    """The first rows as they would be read; ReadError when the file is of no known format."""
    importer = _importer(order)
    file = InFile(order.file, feed_of(order, importer))
    shape, _ = _shape(order, importer, file)
    items = importer.items(file, _options(order, shape))
    return Preview(importer, shape, tuple(islice(_turned(items, order.swap), rows)))


def run_import(
    order: Order, basemap: Basemap, wellknown: Mapping[str, Actor], progress: Progress = lambda _: None
) -> Summary:
    """Import a file as a whole or not at all; ReadError and StoreError say why not.

    wellknown: actors by their folded names (`by_every_name`), for those that the store lacks.
    The store is replaced in one step at the end, so whoever stops or kills the program leaves it as it was.
    """
    importer, before = _importer(order), _state_of(order.file)
    file = InFile(order.file, feed_of(order, importer))
    shape, reused = _shape(order, importer, file)
    options = _options(order, shape)
    is_new = _check_target(order)
    meta = _new_meta(order, importer)
    run = _begun(order, importer, file, meta.attribution, progress)
    areas = _Areas(basemap)
    look = _Look(basemap, parse(order.on).latest)
    likely = ""
    rejected: list[Rejected] = []
    remarks: list[Remark] = reused
    signature = "|".join([importer.name, str(READING_VERSION), str(order.swap), *map(str, sorted(options.items()))])

    share = 0.1

    def reached(now: float) -> None:
        nonlocal share
        share = max(share, now)
        progress(share)

    def tick() -> None:
        reached(share)

    with (
        _without_collecting(),
        working_copy(order.into, meta, tick, lambda: not order.dry_run) as copy,
        Writing(copy, tick) as writing,
        ExitStack() as ending,
    ):
        names = Names(copy.db, order.corrections, areas.of, wellknown)
        if importer.name not in OWN_KEYS:
            _check_corrections(order.corrections, names, wellknown)
        landing = Landing(writing, run, names, signature)
        ending.callback(landing.let_go_of_parts)
        items = _turned(importer.items(file, options), order.swap)
        if not order.feed and importer.name not in OWN_KEYS:  # while the store can be asked
            first = [*islice(items, ASKED)]
            likely = edition_of(copy.db, run.feed, importer.name, [one for one in first if isinstance(one, Draft)])
            items = chain(first, items)
        if landing.first:
            writing.expect(file.unpacked_size)
        while batch := list(islice(items, BATCH)):
            drafts = [item for item in batch if isinstance(item, Draft)]
            look.at(drafts)
            told = [item for item in batch if isinstance(item, Rejected)]
            landing.tally.read += len(told)
            landing.tally.rejected += len(told)
            remarks += (item for item in batch if isinstance(item, Remark))
            told = sorted(told + landing.land(drafts), key=lambda one: one.line)
            rejected += told[: MAX_REJECTED - len(rejected)]
            reached(0.1 + 0.85 * min(1.0, file.position / max(1, file.size)))
        if _state_of(order.file) != before:
            raise ReadError(f"{order.file}: was changed while it was read, so nothing was imported; do it again")
        if order.delete_missing and (rejected or not landing.tally.read or REJECTS.search(order.file.name)):
            remarks.append(Remark("nothing was deleted, as rows of this edition were rejected; mend those first"))
        elif order.delete_missing:
            landing.delete_missing()
        if not landing.tally.read:
            remarks.append(Remark("the file has no row, so nothing was imported"))
        run = _ended(run, landing.tally)
        landing.finish(run)
        if look.last is not None:
            landing.compiled_until(look.last, is_new)
        remarks += look.remarks()
        remarks += map(Remark, names.moved())
        if likely:
            said = f"feed '{likely}' has these rows already; as '{run.feed}' they come in a second time"
            remarks.append(Remark(said, f"feed {likely}"))
        if landing.loose:
            remarks.append(Remark(f"{landing.loose:,} links name events that are not in the store; they were left out"))
        twins = tuple(landing.twins())
        reached(0.97)
    kept = None
    if rejected and not order.dry_run:
        try:
            kept = _keep_rejects(order, shape, rejected)
        except (OSError, StoreError) as error:
            remarks.append(Remark(f"the rejected rows could not be kept in a file: {error}"))
    matches = tuple(names.matches())
    touched = tuple(landing.changed), tuple(landing.deleted)
    return Summary(
        run, landing.tally, matches, tuple(remarks), tuple(rejected), twins, kept, order.dry_run, *touched, likely
    )


@contextmanager
def _without_collecting() -> Iterator[None]:
    """What an import makes goes as soon as nobody has it; to look for circles in it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def wellknown_actors() -> dict[str, Actor]:
    """The actors of the built-in data set by each of their names."""
    with closing(open_builtin()) as builtin:
        return by_every_name(builtin.actors.values(), builtin.actor_names)


def formats() -> tuple[tuple[str, str], ...]:
    """The formats that can be read: name and title."""
    return tuple((importer.name, importer.title) for importer in ALL)


def keep_mapping(order: Order, name: str) -> None:
    """Keep how the file of an order is mapped under a name, for files with the same header.

    MappingError when it cannot be kept, ReadError when the file is none that needs a mapping.
    """
    importer, file = _importer(order), InFile(order.file)
    shape, _ = _shape(order, importer, file)
    if not shape.fields:
        raise ReadError(f"{order.file}: the columns of {importer.title} need no mapping")
    options = _options(order, shape)
    fields = {field: options[field] for field in shape.fields if options.get(field)}
    guessed = importer.shape(file).settings
    settings = {
        option: value for option, value in options.items()
        if option not in shape.fields and value != guessed.get(option, "")
    }  # fmt: skip
    folder = config_dir()
    if folder is None:
        raise MappingError("there is no folder of yours to keep a mapping in; set HOME")
    save_mapping(folder, SavedMapping(name, importer.name, shape.columns, fields, settings))


def _shape(order: Order, importer: Importer, file: InFile) -> tuple[Shape, list[Remark]]:
    """What a file looks like, with a kept mapping where one is named or fits its header, and what to tell of that."""
    shape = importer.shape(file)
    if not shape.fields:
        return shape, []
    name, folder = order.options.get(SAVED), config_dir()
    if name == "" or (name is None and folder is None):
        return shape, []
    if folder is None:
        raise MappingError("there is no folder of yours that could have a mapping; set HOME")
    if name is not None:
        return shaped(shape, mapping_named(folder, name)), []
    found = mapping_for(folder, importer.name, shape.columns)
    if found is None:
        return shape, []
    return shaped(shape, found), [Remark(f"the columns were taken as kept under the name '{found.name}'", "set saved=")]


def _options(order: Order, shape: Shape) -> dict[str, str]:
    """What an importer is told: guesses and kept mappings, and over them what the order says."""
    told = {name: value for name, value in order.options.items() if name != SAVED}
    return {**shape.settings, **shape.mapping, **told}


def _importer(order: Order) -> Importer:
    file = InFile(order.file)
    if not order.file.exists():
        raise ReadError(f"{order.file}: there is no such file; check the name")
    if not order.file.is_file():
        raise ReadError(f"{order.file}: is no file; name a file to import")
    try:
        importer = importer_named(order.format, ALL) if order.format else importer_for(file, ALL)
    except KeyError:
        raise ReadError(f"'{order.format}' is no format; leave it out to find it from the content") from None
    if order.swap and importer.name == StoreImporter.name:
        raise ReadError(f"{order.file}: is a store of Badia's, whose coordinates are not exchanged; import it as it is")
    return importer


def _state_of(path: Path) -> Identity:
    """What changes when somebody writes to a file."""
    try:
        return identity_of(path.stat())
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}); check the file") from None


def _check_corrections(corrections: Corrections, names: Names, wellknown: Mapping[str, Actor]) -> None:
    """Names are only taken for records that there are."""
    known = {actor.key for actor in wellknown.values()}
    for table, told in (("actor", corrections.actors), ("place", corrections.places)):
        for name, key in told.items():
            if key and not names.has(table, key) and not (table == "actor" and key in known):
                raise ReadError(f"'{name}' cannot be taken for '{key}': the store has no such {table}; check the key")


def _check_target(order: Order) -> bool:
    """Only a store of Badia's, or a new file, is written into; whether it is new."""
    if order.into.exists():
        if order.into.samefile(order.file):
            raise StoreError(f"{order.into}: is the file that is imported; name another store")
        with closing(open_store(order.into)) as store:
            if store.private:
                raise StoreError(f"{order.into}: has unfinished changes of another program; close that first")
    elif not order.into.parent.is_dir():
        raise StoreError(f"{order.into}: its folder does not exist; make it or choose another")
    return not order.into.exists()


def _begun(order: Order, importer: Importer, file: InFile, attribution: str, progress: Progress) -> ImportRun:
    feed = feed_of(order, importer)
    digest = hashlib.sha256()
    with order.file.open("rb") as raw:
        while piece := raw.read(8 * 1024 * 1024):
            digest.update(piece)
            progress(0.1 * raw.tell() / max(1, file.size))
    return ImportRun(
        key=f"import-{uuid.uuid4().hex[:12]}", feed=feed, format=importer.name, file=file.name,
        digest=digest.hexdigest(), run_on=order.on,
        attribution=attribution,
    )  # fmt: skip


def feed_of(order: Order, importer: Importer) -> str:
    """What the file of an order is taken for an edition of: what the order says, the format, or its name."""
    name = InFile(order.file).name
    named = order.feed or importer.feed or REJECTS.sub("", name).rpartition(".")[0] or name
    return slug(named)[:MAX_FEED].strip("-") or "import"


def _ended(run: ImportRun, tally: Tally) -> ImportRun:
    numbers = ("read", "added", "updated", "unchanged", "deleted", "rejected")
    told = {name: getattr(run, name) for name in ImportRun.__slots__}
    return ImportRun(**{**told, **{name: getattr(tally, name) for name in numbers}})


def _new_meta(order: Order, importer: Importer) -> Meta:
    """What a new store says of itself: of another store what that says, else nothing that the file does not tell."""
    told = {"store_id": f"store-{uuid.uuid4().hex}", "title": order.into.stem}
    if importer.name == StoreImporter.name:
        return replace(meta_of(order.file), **told)
    return Meta(**told, attribution=importer.attribution)


def _turned(items: Iterator[Item], swap: bool) -> Iterator[Item]:
    if not swap:
        return items
    return (with_swapped_places(item, exchanged) if isinstance(item, Draft) else item for item in items)


def _keep_rejects(order: Order, shape: Shape, rejected: list[Rejected]) -> Path:
    columns = shape.columns if shape.tabular else ()
    path = rejects_name(order.file, bool(columns))
    if is_evidence(path, order.into):
        raise StoreError(f"{path}: is a database, and nothing is written over one; move it away")
    write_rejects(path, columns, rejected)
    return path


class _Areas:
    """Outlines of provinces, for places that are no more exact than that."""

    def __init__(self, basemap: Basemap) -> None:
        self._basemap = basemap

    def of(self, mention: PlaceMention) -> bytes | None:
        """The outline (WKB) of the province around the point that a file gives for it."""
        if mention.precision != "province" or mention.lon is None or mention.lat is None:
            return None
        return area_around(self._basemap.province_areas, mention.lon, mention.lat)


class _Look:
    """Whether the coordinates of a file lie in the region, or would if they were exchanged; and how far its days go."""

    def __init__(self, basemap: Basemap, today: Day | None) -> None:
        """today: the last day that a file can tell of what has happened until."""
        self._today = today
        self.last: Day | None = None
        """The last day that a record is surely about and that is not in the future."""
        self._region = degrees_of(basemap.sheet) if basemap.sheet is not None else None
        self._located = self._swapped = 0
        self._known: dict[SharedPart, tuple[int, int]] = {}

    def at(self, drafts: list[Draft]) -> None:
        """Look at the places of some drafts, and at their days."""
        known = self._known
        for draft in drafts:
            if isinstance(date := draft.values.get("date"), DateSpan):
                days = [day for day in (date.earliest, date.latest, self.last) if day is not None]
                self.last = max((day for day in days if self._today is None or day <= self._today), default=None)
            if draft.table in NAME_PLACES:
                self._count(self._found(draft.values))
            for part in draft.parts:
                if part[0] not in NAME_PLACES:
                    continue
                if part.__class__ is not SharedPart:
                    self._count(self._found(part[1]))
                elif part in known:
                    self._count(known[part])
                else:
                    known[part] = self._found(part[1])
                    self._count(known[part])
        if len(known) > MOST_KNOWN:
            known.clear()

    def _count(self, found: tuple[int, int]) -> None:
        self._located += found[0]
        self._swapped += found[1]

    def _found(self, values: Mapping[str, Any]) -> tuple[int, int]:
        """How many places these values mention that have a point, and how many lie in the region when it is turned."""
        points = [one for one in values.values() if isinstance(one, PlaceMention) and one.lon is not None]
        return len(points), sum(not self._inside(one) and self._inside(swapped(one)) for one in points)

    def _inside(self, mention: PlaceMention) -> bool:
        if self._region is None or mention.lon is None or mention.lat is None:
            return False
        west, south, east, north = self._region
        return west <= mention.lon <= east and south <= mention.lat <= north

    def remarks(self) -> Iterator[Remark]:
        """The question that is to be asked, if any."""
        if self._swapped > MANY_SWAPPED * self._located:
            yield Remark(
                f"{self._swapped:,} of {self._located:,} places lie in the region only if longitude and latitude are "
                "exchanged; they were read as they stand", SWAP,
            )  # fmt: skip
