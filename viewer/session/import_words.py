"""What an import says to a person: how a row would be read, and what became of a file."""

from __future__ import annotations

from typing import Any

from viewer.domain.dates import DateSpan, parse, words
from viewer.domain.drafts import ActorMention, Draft, Item, PlaceMention, Rejected
from viewer.session.import_settings import setting_of
from viewer.session.importing import SWAP, Summary
from viewer.store.intake.changes import Touched

COLUMNS = ("Line", "Id", "What", "When", "Where", "Who", "How many")


def row_words(item: Item) -> tuple[str, ...]:
    """A row as it would be read, in the order of COLUMNS; of a rejected one the line and the reason."""
    if isinstance(item, Rejected):
        return (str(item.line), "", f"rejected: {item.reason}", "", "", "", "")
    if not isinstance(item, Draft):
        return (str(item.line or ""), "", item.text, "", "", "", "")
    rows = [item.values, *(row for _, row in item.parts)]
    date = item.values.get("date")
    when = words(date) if isinstance(date, DateSpan) else ""
    where = dict.fromkeys(_place(value) for row in rows for value in row.values() if isinstance(value, PlaceMention))
    counts = [_count(row) for table, row in item.parts if table == "count"]
    told = ("; ".join(texts) for texts in (where, dict.fromkeys(_actors(rows)), counts))
    return (str(item.line), item.id or item.key, _what(item), when, *told)


def _what(draft: Draft) -> str:
    values = draft.values
    told = values.get("title") or values.get("name") or values.get("control") or draft.table.replace("_", " ")
    return f"{told} [{values['type']}]" if values.get("type") else str(told)


def _place(mention: PlaceMention) -> str:
    if mention.lon is None or mention.lat is None:
        return f"{mention.name} (no coordinates)"
    return f"{mention.name} ({mention.lat:.4f}, {mention.lon:.4f}; {mention.precision})"


def _actors(rows: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for row in rows:
        for value in row.values():
            several = value if isinstance(value, tuple) and value and isinstance(value[0], tuple) else (value,)
            role = f" ({row['role']})" if row.get("role") else ""
            found += [one.name + role for one in several if isinstance(one, ActorMention)]
    return found


def _count(row: dict[str, Any]) -> str:
    value, low, high = (row.get(name) for name in ("value", "min", "max"))
    number = "" if value is None else f"{value:g}"
    if low is not None and high is not None and (low, high) != (value, value):
        number += f" ({low:g} to {high:g})"
    group = row.get("group", "")
    return " ".join(part for part in (str(row.get("measure", "")), number, f"of {group}" if group else "") if part)


def tally_words(summary: Summary) -> str:
    """What an import did, or would do, in one sentence."""
    tally = summary.tally
    told = [f"{getattr(tally, name):,} {name}" for name in ("added", "updated", "unchanged", "deleted", "rejected")]
    rows = "1 row" if tally.read == 1 else f"{tally.read:,} rows"
    made = ", ".join(f"{number:,} new {table}{'' if number == 1 else 's'}" for table, number in tally.new.items())
    would = "A trial; nothing was written. " if summary.dry_run else ""
    twins = f" {len(summary.twins):,} pairs may be one incident told by two feeds." if summary.twins else ""
    names = f" For names the store did not know: {made}." if made else ""
    return f"{would}{rows} read: {', '.join(told)}.{names}{twins}"


def change_words(what: str, change: Touched) -> tuple[str, ...]:
    """What becomes of a record that is there, in a word; what it is, when, which, and what differs in it."""
    told = (f"{label}: {before or '(none)'} \u2192 {after or '(none)'}" for label, before, after in change.fields)
    kind = change.table.replace("_", " ")
    when = words(parse(change.date)) if change.date else ""
    return what, kind, when, change.title or change.key, "; ".join(told)


def capital(text: str) -> str:
    """A remark as a sentence begins."""
    return text[:1].upper() + text[1:]


def answer_words(question: str) -> str:
    """Where in the dialog the option of a remark is chosen, '' for a remark that asks for nothing."""
    if question == SWAP:
        return "Tick \u201cLongitude and latitude are exchanged\u201d on the page Columns"
    if question.startswith("feed "):
        return f"Choose the feed \u201c{question.removeprefix('feed ')}\u201d above"
    name, _, value = question.removeprefix("set ").partition("=")
    if not question.startswith("set ") or not name:
        return ""
    if name.startswith("'type:"):
        return f"On the command line: --{question}"
    setting = setting_of(name)
    words = dict(setting.choices).get(value, value)
    return f"Page Columns: {setting.title}" + (f": {words}" if words else "")
