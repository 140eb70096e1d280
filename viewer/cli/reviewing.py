"""The command that writes the review log: every change of every mark of a store."""

from __future__ import annotations

import argparse
import datetime as dt

from viewer.cli.console import complain, counted, say, say_json
from viewer.cli.importing import progress
from viewer.cli.making import ready_to_draw
from viewer.cli.opening import opened, question
from viewer.domain.marks import Mark
from viewer.session.exporting import asked_in, asked_of_all
from viewer.session.keeping import Keeping
from viewer.session.review import statuses_words, with_status
from viewer.session.review_log import EVERYTHING, check_suffix, review_log, write_csv
from viewer.session.state import NO_MARKS
from viewer.store.dataset import DataSet
from viewer.store.errors import StoreError


def review_log_file(arguments: argparse.Namespace) -> int:
    """Write the log, and say how many changes it has and where."""
    pdf = check_suffix(arguments.out) == ".pdf"
    if pdf:
        ready_to_draw()
    with opened(arguments.store) as data:
        marks = _marks_of(data)
        keys, words = _chosen(data, arguments, marks)
        log = review_log(data, marks, dt.date.today().isoformat(), words, keys)
        if pdf:
            from viewer.draw.output.review_log import write_log as write
        else:
            write = write_csv
        write(log, arguments.out, data.path, progress())
    for notice in log.notices:
        complain(notice)
    if arguments.json:
        say_json({"file": str(arguments.out), "changes": len(log.lines), "selection": log.selection,
                  "records": len({line.mark.about for line in log.lines}), "notices": list(log.notices)})  # fmt: skip
    else:
        say(f"{counted(len(log.lines), 'change')} written to {arguments.out}: {words}")
    return 0


def _marks_of(data: DataSet) -> tuple[Mark, ...]:
    keeping = Keeping(data.meta.store_id)
    try:
        if keeping.obstacle:  # a log without what is there would say that nobody marked anything
            raise StoreError(keeping.obstacle)
        keeping.marks()
        for notice in (*keeping.notices(), *map(str, keeping.problems)):
            complain(notice)
        return keeping.whole_history()
    finally:
        keeping.close()


def _chosen(
    data: DataSet, arguments: argparse.Namespace, marks: tuple[Mark, ...]
) -> tuple[frozenset[str] | None, str]:
    """The records that are asked for, None for every one, and in which words."""
    wanted = question(data, arguments)
    asked = asked_in(data, wanted.state(arguments.starts_in)) if wanted.bounded else asked_of_all(data, wanted.filters)
    everything = asked.words == EVERYTHING
    if not arguments.status:
        return (None, EVERYTHING) if everything else (frozenset(asked.keys), asked.words)
    keys = with_status(asked.keys, NO_MARKS.with_these(marks), arguments.status)
    said = statuses_words(arguments.status)
    return keys, said if everything else f"{asked.words}; {said}"
