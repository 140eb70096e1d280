"""What Badia itself exports as JSON and GeoJSON: events come back under their own keys, with all their rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from viewer.domain.dates import DateError
from viewer.domain.drafts import Item, Rejected, Remark
from viewer.formats.cells import CellError
from viewer.formats.infile import InFile, ReadError
from viewer.formats.plain_json import json_text
from viewer.formats.plain_reading import draft_of, elements
from viewer.formats.protocol import Shape

DOCUMENT = re.compile(r'\A\s*\{\s*"attribution":.*?^"events":\s*\[', re.DOTALL | re.MULTILINE)
COLLECTION = re.compile(r'\A\s*\{\s*"type":\s*"FeatureCollection",\s*"features":\s*\[')
LIST = re.compile(r"\A\s*\[")
THANKS = re.compile(r'\A\s*\{\s*"attribution":\s*("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})+")')
MARKS = ('"actuality"', '"date_basis"', '"date_wording"', '"stated_precision"')
"""Fields that hardly anybody else has all of."""


class BadiaJsonImporter:
    """Events of a document, of a collection of features or of a bare list, told by the fields they have."""

    name = "badia-json"
    title = "Badia's own JSON and GeoJSON"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Sure of what begins like one of the three and has the fields of an event."""
        try:
            head = file.head.decode("utf-8-sig", "replace")
        except ReadError:
            return 0.0
        return 1.0 if _start(head) is not None and all(mark in head for mark in MARKS) else 0.0

    def shape(self, file: InFile) -> Shape:
        """Nothing has to be mapped."""
        return Shape()

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """An event for each element of the list."""
        head = file.head.decode("utf-8-sig", "replace")
        start = _start(head)
        if start is None:
            raise ReadError(f"{file.path}: is no JSON that Badia exported; choose another format")
        if start is DOCUMENT and (thanks := THANKS.match(head)):
            yield Remark(f"whoever shows these events names: {json.loads(thanks[1], strict=False)}")
        with file.opened() as opened:
            numbered = enumerate(elements(opened, start), 1)
            while True:
                try:
                    number, element = next(numbered)
                except StopIteration:
                    return
                except ReadError as error:
                    raise ReadError(f"{file.path}: {error}") from None
                yield _item(number, element)


def _start(head: str) -> re.Pattern[str] | None:
    return next((start for start in (DOCUMENT, COLLECTION, LIST) if start.match(head)), None)


def _item(number: int, element: Any) -> Item:
    is_feature = isinstance(element, dict) and element.get("type") == "Feature"
    try:
        return draft_of(number, element.get("properties") if is_feature else element)
    except (CellError, DateError) as error:
        return Rejected(number, str(error), (json_text(element, None),))
