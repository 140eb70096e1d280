"""Where an imported record comes from: which import of which file brought it, and what it is called there."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.domain.dates import parse, words
from viewer.session.card import Row
from viewer.session.state import Ref
from viewer.store.dataset import DataSet
from viewer.store.twins import NEEDED, there_and_then, twins_of


def origin_rows(data: DataSet, table: str, key: str) -> Iterator[Row]:
    """A row for each feed that brought the record, or changed it last; none of a record that was never imported."""
    for origin in data.reader.where("origin", "of_key", [key]):
        if origin.of_table != table:
            continue
        runs = data.reader.where("import_run", "key", [origin.run])
        file = runs[0].file if runs else ""
        day = words(parse(runs[0].run_on)) if runs and runs[0].run_on else "an unknown day"
        told = f"as {origin.feed_id} there" if origin.feed_id and origin.feed_id != origin.digest else ""
        yield Row(f"Feed {origin.feed}", f"{file or 'a file'}, imported on {day}", told)


def twin_rows(data: DataSet, key: str) -> Iterator[Row]:
    """Events of other feeds that may be the same incident."""
    if any(columns - set(data.store.columns.get(table, ())) for table, columns in NEEDED.items()):
        return
    row = data.events.row_of.get(key)
    among = () if row is None else there_and_then(data.events, data.event_places, row)
    if not among:
        return
    with data.store.reading():
        twins = twins_of(data.store.within(), key, among)
    for event in data.reader.where("event", "key", twins):
        yield Row("May be the same", event.title, words(event.date), Ref("event", event.key))
