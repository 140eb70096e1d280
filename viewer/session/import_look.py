"""A look at a file and at the store it is to go into, before anything is tried: all that a dialog has to offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from viewer.domain.actors import Actor
from viewer.domain.drafts import Draft
from viewer.domain.frozen import dataclass
from viewer.formats.infile import ReadError
from viewer.formats.mapping import mapping_for, saved_mappings
from viewer.formats.protocol import Shape
from viewer.paths import config_dir
from viewer.session.import_names import Directory
from viewer.session.importing import OWN_KEYS, SAVED, Order, Preview, feed_of, preview
from viewer.store.handover import SUFFIX as PACKED
from viewer.store.intake.known import Feed, known_in


@dataclass(frozen=True)
class Look:
    """What was seen. feed: what the import would be called; kept: names of kept mappings that fit, the one used first.

    likely: another feed of the store that has the same rows already, '' for none.
    """

    preview: Preview
    directory: Directory
    feed: str
    feeds: tuple[Feed, ...]
    likely: str
    kept: tuple[str, ...]
    used: str


def look_at(order: Order, wellknown: Mapping[str, Actor], tick: Callable[[], None] = lambda: None) -> Look:
    """Look at the file and the store of an order; ReadError and StoreError say why it cannot be.

    wellknown: actors by their folded names. tick: called now and then; what it raises comes out.
    """
    if order.file.name.casefold().endswith(PACKED):
        raise ReadError(f"{order.file}: is a hand-over; open it with Ctrl+O, or take it into a store with badia merge")
    seen = preview(order)
    tick()
    drafts = [item for item in seen.items if isinstance(item, Draft)]
    feed, own = feed_of(order, seen.importer), seen.importer.name in OWN_KEYS
    known = known_in(order.into, feed, seen.importer.name, [] if own else drafts, tick)
    kept, used = _kept(order, seen.importer.name, seen.shape)
    return Look(seen, Directory(known.records, wellknown), feed, known.feeds, known.likely, kept, used)


def _kept(order: Order, format_name: str, shape: Shape) -> tuple[tuple[str, ...], str]:
    """The kept mappings of which this file has all columns, and the one that it is read by."""
    folder = config_dir()
    if folder is None or not shape.fields:
        return (), ""
    has = {column.casefold() for column in shape.columns}
    kept = tuple(
        one.name for one in saved_mappings(folder)
        if one.format == format_name and {column.casefold() for column in one.fields.values()} <= has
    )  # fmt: skip
    fitting = mapping_for(folder, format_name, shape.columns)
    used = order.options.get(SAVED, fitting.name if fitting is not None else "")
    return kept, used if used in kept else ""
