"""Tables of who holds which town: one row a town with its earlier holders, or one row for each day that is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from viewer.domain.drafts import Item
from viewer.formats.claim_rows import claim_items
from viewer.formats.infile import InFile, ReadError
from viewer.formats.mapped import CLAIMS, mapping_of, read_mapped, shape_of
from viewer.formats.protocol import Shape

_EVENTS = 0.35
"""What tells of events, too, is more likely a table of those, with who held the place then."""


class TownsImporter:
    """The claims of each row: who holds the place and since when, who held it before, in the order of their dates."""

    name = "towns"
    title = "control of towns (CSV, TSV, XLSX)"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Very likely when one column names places and another says who holds them."""
        try:
            mapping = mapping_of(file, CLAIMS)
        except ReadError:
            return 0.0
        located = {"place", "lat", "coordinate", "wkt"} & mapping.keys()
        if not located:
            return 0.0
        if "controller" in mapping:
            return _EVENTS if {"type", "killed", "injured"} & mapping.keys() else 0.8
        return 0.8 if "previous" in mapping and {"actor", "perpetrator"} & mapping.keys() else 0.0

    def shape(self, file: InFile) -> Shape:
        """Its columns, what they are taken for, and how the file is read."""
        return shape_of(file, CLAIMS)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """Its claims of control."""
        return claim_items(read_mapped(file, {**options, "table": CLAIMS}, CLAIMS))
