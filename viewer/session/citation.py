"""What is put into a report about a record: what, when, where, on whose word, and where it is found again."""

from __future__ import annotations

from viewer.domain.dates import words
from viewer.domain.dossier import Dossier
from viewer.domain.sources import Source
from viewer.session.contradictions import contradictions, main_of
from viewer.session.describe import name_of, place_name, place_words, source_words
from viewer.session.state import Ref
from viewer.store.dataset import DataSet

SAID = {"dates": "the date", "places": "the place", "responsibility": "who did it", "numbers": "the numbers"}


def citation(data: DataSet, ref: Ref) -> str:
    """A record as plain text to paste: of an incident a line for each part, of all else one line."""
    meta = data.meta
    as_of = f", as of {meta.as_of}" if meta.as_of else ""
    found = f"{meta.title} [{meta.store_id}{as_of}], {ref.kind} {ref.key}."
    if ref.kind == "event" and (dossier := data.dossier(ref.key)) is not None:
        return "\n".join([*_of_event(data, dossier), f"In: {found}"])
    if ref.kind == "source" and ref.key in data.sources:
        return f"{_told(data.sources[ref.key])}. In: {found}"
    sources = _sources(data, [claim.source for claim in data.claims if ref.kind == "claim" and claim.key == ref.key])
    said = f" Source: {'; '.join(sources)}." if sources else ""
    return f"{name_of(data, ref).rstrip('.')}.{said} In: {found}"


def _of_event(data: DataSet, dossier: Dossier) -> list[str]:
    event = dossier.event
    doubt = "" if event.actuality == "reported" else f", {event.actuality}"
    lines = [f"{event.title.rstrip('.')}, {words(event.date)}{doubt}."]
    main = main_of(data, dossier)
    if main is None:
        lines.append("Place: not given.")
    else:
        spelled = f", spelled \u201c{main.spelled}\u201d" if main.spelled else ""
        where = place_words(main, data.places.get(main.place))
        lines.append(f"Place: {place_name(data, main.place)} ({where}{spelled}).")
    differ = [SAID[about] for about in dict.fromkeys(c.about for c in contradictions(data, dossier)) if about in SAID]
    if differ:
        lines.append(f"Sources differ on {', '.join(differ)}.")
    sources = _sources(data, [row.source for row in dossier.sources])
    lines.append(f"Source{'s' if len(sources) > 1 else ''}: {'; '.join(sources) or 'none named'}.")
    return lines


def _sources(data: DataSet, keys: list[str]) -> list[str]:
    return [_told(data.sources[key]) for key in dict.fromkeys(keys) if key in data.sources]


def _told(source: Source) -> str:
    """A source with where it was read."""
    reference = f", {source.reference.rstrip('.')}" if source.reference else ""
    return f"{source_words(source)}{reference}"
