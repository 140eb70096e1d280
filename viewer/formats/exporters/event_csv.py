"""Events as CSV for a spreadsheet: one line each, several values of a cell separated by '; '.

A spreadsheet takes a cell that begins with = + - @ for a formula and runs it, so such text gets an
apostrophe in front (CWE-1236); numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from viewer.domain.dossier import Dossier
from viewer.formats.plain import Names, Plain, event_object, point_of

COLUMNS = (
    "id", "title", "type", "form", "actuality", "date", "earliest", "latest", "date_precision", "date_basis",
    "date_wording", "country", "places", "place_ids", "roles_of_places", "lon", "lat", "precision", "radius_m",
    "perpetrators", "targets", "other_actors", "counts", "part_of", "sources", "source_ids", "published", "summary",
    "caveats", "note",
)  # fmt: skip
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula, in full width too, or hides one."""


class CsvExporter:
    """One line per event; what does not fit a table is shortened, and the JSON format has it whole."""

    name = "csv"
    suffix = ".csv"

    def pieces(self, dossiers: Iterable[Dossier], names: Names) -> Iterator[str]:
        """The header and then a line per event."""
        yield csv_line(COLUMNS)
        for dossier in dossiers:
            row = _row(event_object(dossier, names), point_of(dossier, names))
            yield csv_line([row[column] for column in COLUMNS])


def csv_line(cells: Iterable[Any]) -> str:
    """One line of CSV (RFC 4180 quoting, LF) in which no text can run as a formula."""
    line = io.StringIO(newline="")
    # The terminator named here also tells the writer which characters to quote: a bare CR must be.
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue().removesuffix("\r\n") + "\n"


def safe_cell(cell: Any) -> Any:
    """Text that would run as a formula with an apostrophe in front; anything else as it is."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\0", "\ufffd")
    return f"'{text}" if cell.startswith(_TRIGGERS) or text.lstrip().startswith(_TRIGGERS) else text


def bare_cell(text: str) -> str:
    """The text that `safe_cell` made safe."""
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


def _row(event: Plain, main: Plain | None) -> Plain:
    places = event["places"]
    return {
        **event,
        "places": _joined(place["name"] for place in places),
        "place_ids": _joined(place["id"] for place in places),
        "roles_of_places": _joined(place["role"] for place in places),
        **{name: main[name] if main else None for name in ("lon", "lat", "radius_m")},
        "precision": main["precision"] if main else "unknown",
        "perpetrators": _joined(_named(a) for a in event["actors"] if a["role"] == "perpetrator"),
        "targets": _joined(_named(a) for a in event["actors"] if a["role"] == "target"),
        "other_actors": _joined(
            f"{a['role']}: {_named(a)}" for a in event["actors"] if a["role"] not in ("perpetrator", "target")
        ),
        "counts": _joined(_counted(count) for count in event["counts"]),
        "sources": _joined(source["publisher"] for source in event["sources"]),
        "source_ids": _joined(source["id"] for source in event["sources"]),
        "published": _joined(source["published"] or "undated" for source in event["sources"]),
        "caveats": _joined(caveat["text"] for caveat in event["caveats"]),
    }


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _named(actor: Plain) -> str:
    if actor["certainty"] == "established":
        return str(actor["name"])
    said = f", says {actor['claimed_by']}" if actor["claimed_by"] else ""
    return f"{actor['name']} ({actor['certainty']}{said})"


def _counted(count: Plain) -> str:
    """A count without losing its doubt: "killed 20-30 (range, civilians, part) by police"."""
    stated = [count[name] for name in ("value", "min", "max") if count[name] is not None]
    spread = sorted({min(stated), max(stated)}) if stated else []
    number = "-".join(str(n) for n in spread) or count["word"] or "?"
    about = ", ".join(text for text in (count["qualifier"], count["group"], count["partition"]) if text)
    return f"{count['measure']} {number} ({about})" + (f" by {count['reporter']}" if count["reporter"] else "")
