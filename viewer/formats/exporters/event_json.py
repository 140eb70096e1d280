"""Events as JSON: an array of objects for who reads along, and a document that says where they come from for a file."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.formats.exported import Content, TextFile, about_object
from viewer.formats.plain import claim_object, event_object
from viewer.formats.plain_json import json_array, json_text
from viewer.formats.plain_table import source_row


class JsonExporter(TextFile):
    """Every field and every row of each event, every field of each claim; the sources as flat objects."""

    name = "json"
    title = "JSON, everything for scripts"
    suffix = ".json"
    holds_claims = True

    def pieces(self, content: Content) -> Iterator[str]:
        """The document, record by record; without `about` the array of the events alone."""
        events = json_array(event_object(dossier, content.names) for dossier in content.events)
        if content.about is None:
            yield from events
            return
        about = about_object(content.about)
        yield f'{{\n"attribution": {json_text(content.about.line)},\n"about": {json_text(about)},\n"events": '
        yield from events
        yield ',\n"control_claims": '
        yield from json_array(claim_object(claim, content.names) for claim in content.control)
        yield ',\n"sources": '
        yield from json_array(source_row(key, content.names.sources.get(key)) for key in content.cited)
        yield "}\n"
