"""A table of anybody's, CSV, TSV or XLSX: events or claims of control through a mapping of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from viewer.domain.drafts import Item
from viewer.formats.claim_rows import claim_items
from viewer.formats.event_rows import event_items
from viewer.formats.infile import InFile, ReadError
from viewer.formats.mapped import CLAIMS, EVENTS, mapping_of, read_mapped, shape_of
from viewer.formats.protocol import Shape


class TableImporter:
    """One event a row, or the claims of a row when the setting `table` is control_claim."""

    name = "table"
    title = "table (CSV, TSV, XLSX)"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Likely when a column of dates is found, and one that says where or what."""
        try:
            mapping = mapping_of(file, EVENTS)
        except ReadError:
            return 0.0
        says = {"lat", "coordinate", "wkt", "place", "province", "type", "title", "summary"} & mapping.keys()
        return 0.4 if "date" in mapping and says else 0.35 if {"lat", "coordinate"} & mapping.keys() else 0.0

    def shape(self, file: InFile) -> Shape:
        """Its columns, what they are taken for, and how the file is read."""
        return shape_of(file, EVENTS)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """Its events, or its claims."""
        mapped = read_mapped(file, options, EVENTS)
        return claim_items(mapped) if mapped.settings["table"] == CLAIMS else event_items(mapped)
