"""The commands that read a file, or a database, into a store."""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from viewer.cli.console import UsageError, complain, counted, say, say_json
from viewer.cli.opening import basemap, box
from viewer.domain.dates import iso
from viewer.formats.postgis import Pull
from viewer.session.importing import Order, Progress, Summary, keep_mapping, run_import, wellknown_actors
from viewer.session.pulling import PullOrder, run_pull
from viewer.session.query import first_day, last_day
from viewer.store.intake.names import Corrections

REJECTED = 1
LISTED = 100
"""Records that would be changed or deleted that are told one by one."""
TOLD = 10
"""Rejected rows that are told one by one."""


def take_in(arguments: argparse.Namespace) -> int:
    """Import the file and say what was done: 1 when rows were rejected."""
    order = _order(arguments, arguments.file)
    if arguments.save:
        keep_mapping(order, arguments.save)
    map_below, actors = basemap(), wellknown_actors()
    with stopped_between_steps() as told:
        return _told(run_import(order, map_below, actors, told), order, arguments.json)


def _order(arguments: argparse.Namespace, file: Path) -> Order:
    return Order(
        file, arguments.into, dt.date.today().isoformat(), arguments.format, arguments.feed,
        dict(_pairs(arguments.set)), Corrections(dict(_pairs(arguments.actor)), dict(_pairs(arguments.place))),
        arguments.swap, arguments.delete_missing, arguments.dry_run,
    )  # fmt: skip


def _told(summary: Summary, order: Order, as_json: bool) -> int:
    if as_json:
        say_json(summary_object(summary))
    else:
        tell(summary, order)
    return REJECTED if summary.tally.rejected else 0


def pull(arguments: argparse.Namespace) -> int:
    """Pull rows out of a database into a store and say what was done: 1 when rows were rejected."""
    order = _order(arguments, Path())
    asked = Pull(
        arguments.database, arguments.relation, arguments.key, arguments.geometry, arguments.date,
        box(arguments.bbox) if arguments.bbox else None,
        iso(first_day(arguments.first)) or "" if arguments.first else "",
        iso(last_day(arguments.last)) or "" if arguments.last else "",
    )  # fmt: skip
    map_below, actors = basemap(), wellknown_actors()
    with stopped_between_steps() as told:
        summary = run_pull(PullOrder(asked, order), map_below, actors, told)
        return _told(summary, replace(order, file=Path(arguments.relation)), arguments.json)


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    for text in texts:
        if "=" not in text:
            raise UsageError(f"'{text}' has no '='; write NAME=VALUE")
    return [(name.strip(), value.strip()) for name, _, value in (text.partition("=") for text in texts)]


def progress() -> Progress:
    """The share that is done on a terminal; nothing when nobody looks."""
    if not sys.stderr.isatty():
        return lambda share: None

    def told(share: float) -> None:
        sys.stderr.write(f"\r{share:4.0%}" + ("\r     \r" if share >= 1 else ""))
        sys.stderr.flush()

    return told


@contextmanager
def stopped_between_steps() -> Iterator[Progress]:
    """Ctrl-C is heard where an import can be taken back: of one that is done nobody says that it was stopped.

    Whoever presses it twice is heard at once.
    """
    pressed, shown = 0, progress()

    def press(*_: object) -> None:
        nonlocal pressed
        pressed += 1
        if pressed > 1:
            raise KeyboardInterrupt

    def told(share: float) -> None:
        if pressed:
            shown(1.0)  # nothing is left in the line
            raise KeyboardInterrupt
        shown(share)

    before = signal.getsignal(signal.SIGINT)
    if callable(before):  # else nobody means this program
        signal.signal(signal.SIGINT, press)
    try:
        yield told
    finally:
        if callable(before):
            signal.signal(signal.SIGINT, before)


def summary_object(summary: Summary) -> dict[str, Any]:
    """The summary as a program reads it; docs/command-line.md names the fields."""
    tally, run = summary.tally, summary.run
    return {
        "file": run.file, "format": run.format, "feed": run.feed, "import": None if summary.dry_run else run.key,
        "dry_run": summary.dry_run, "read": tally.read, "added": tally.added, "updated": tally.updated,
        "unchanged": tally.unchanged, "deleted": tally.deleted, "rejected": tally.rejected, "new": tally.new,
        "rejects": None if summary.rejects is None else summary.rejects.name,
        "reasons": [{"line": one.line, "reason": one.reason} for one in summary.rejected],
        "remarks": [{"text": one.text, "question": one.question or None} for one in summary.remarks],
        "changed_records": [touched._asdict() for touched in summary.changed],
        "deleted_records": [touched._asdict() for touched in summary.deleted],
        "likely_feed": summary.likely_feed or None,
        "possible_duplicates": [list(pair) for pair in summary.twins], "attribution": run.attribution,
    }  # fmt: skip


def tell(summary: Summary, order: Order) -> None:
    """Say what an import did, and what was wrong."""
    tally = summary.tally
    say(f"{order.file.name} ({summary.run.format}) into {order.into}" + (", as a trial" if summary.dry_run else ""))
    say(f"read {tally.read:,}: added {tally.added:,}, updated {tally.updated:,}, unchanged {tally.unchanged:,}, "
        f"rejected {tally.rejected:,}; deleted {tally.deleted:,}")  # fmt: skip
    for table, number in tally.new.items():
        say(f"  {counted(number, table)} made for names the store did not know")
    for remark in summary.remarks:
        say(f"  {remark.text}" + (f"; --{remark.question} would change that" if remark.question else ""))
    for verb, number, touched in (("changed", tally.updated, summary.changed),
                                  ("deleted", tally.deleted, summary.deleted)):  # fmt: skip
        if summary.dry_run and touched:
            say(f"would be {verb}:")
            for record in touched[:LISTED]:
                say(f"  {record.id or record.key}: {record.title}")
            if number > LISTED:
                say(f"  and {number - LISTED:,} more")
    if summary.twins:
        say(f"  {counted(len(summary.twins), 'pair')} may be one incident told by two feeds, such as "
            f"{' and '.join(summary.twins[0])}; nothing was merged")  # fmt: skip
    for one in summary.rejected[:TOLD]:
        complain(f"{order.file.name} line {one.line}: {one.reason}")
    if len(summary.rejected) > TOLD:
        complain(f"and {len(summary.rejected) - TOLD:,} more")
    if summary.rejects is not None:
        complain(f"rejected rows are kept in {summary.rejects}: mend them there and import that file")
