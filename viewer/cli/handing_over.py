"""The commands that hand a store over with its view and workspace, and take one back."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from viewer.cli.console import UsageError, complain, say
from viewer.cli.importing import REJECTED, progress, stopped_between_steps, tell
from viewer.cli.opening import basemap, opened
from viewer.session.handing_over import clash_words, hand_over, merge_back, receive
from viewer.session.importing import Order, wellknown_actors
from viewer.session.keeping import workspace_file
from viewer.session.merging import look_into, merge_marks
from viewer.store.evidence import KEPT, is_evidence
from viewer.store.handover import is_handover


def handover(arguments: argparse.Namespace) -> int:
    """Pack the store, the view it was left with, its workspace and base layer into one file."""
    target = arguments.output
    if is_evidence(target, arguments.store):
        raise UsageError(f"{target}: {KEPT}")
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"{target}: there is no such folder to write to; make it or choose another")
    with opened(arguments.store) as data:
        hand_over(data, None, target, progress())
    say(f"{target}")
    return 0


def take_over(arguments: argparse.Namespace) -> int:
    """Unpack a hand-over below a folder and say where its store is."""
    folder = arguments.folder or Path()
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; make it or choose another")
    store, notices = receive(arguments.file, folder, progress())
    for notice in notices:
        complain(notice)
    say(f"{store}")
    return 0


def merge(arguments: argparse.Namespace) -> int:
    """Take records and marks of a hand-over, or marks alone, into a store: 1 when rows were rejected or marks clash."""
    if not is_handover(arguments.file):
        return _merge_marks(arguments)
    if arguments.into is None:
        raise UsageError("name the store that takes the records: --into STORE")
    order = Order(arguments.file, arguments.into, dt.date.today().isoformat(), dry_run=arguments.dry_run)
    map_below, actors = basemap(), wellknown_actors()
    with stopped_between_steps() as told:
        merged = merge_back(arguments.file, order, map_below, actors, told)
    tell(merged.summary, order)
    for notice in (*merged.notices, *clash_words(merged.clashes)):
        complain(notice)
    return REJECTED if merged.summary.tally.rejected or merged.clashes else 0


def _merge_marks(arguments: argparse.Namespace) -> int:
    """Join another reviewer's workspace into the user's own: 1 when marks contradict each other."""
    with opened(arguments.into) as data:
        about = data.meta.store_id
        own = workspace_file(about)
        coming = look_into(arguments.file, own, about, data.events.row_of, progress())
    if not arguments.dry_run and not coming.nothing:
        for notice in merge_marks(arguments.file, own, about):
            complain(notice)
    for said in coming.sentences:
        say(said)
    for clash in clash_words(coming.union.clashes):
        complain(clash)
    return REJECTED if coming.union.clashes else 0
