"""Events as a JSON array, one object each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from viewer.domain.dossier import Dossier
from viewer.formats.plain import Names, event_object
from viewer.formats.plain_json import json_array


class JsonExporter:
    """Every field and every row of each event."""

    name = "json"
    suffix = ".json"

    def pieces(self, dossiers: Iterable[Dossier], names: Names) -> Iterator[str]:
        """The array, element by element."""
        yield from json_array(event_object(dossier, names) for dossier in dossiers)
