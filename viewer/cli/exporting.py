"""The command that writes what fits to a file of another program."""

from __future__ import annotations

import argparse
import datetime as dt

from viewer.cli.console import counted, say, say_json
from viewer.cli.importing import progress
from viewer.cli.opening import opened, question, tell_unpublished
from viewer.session.exporting import asked_in, asked_of_all, export, format_of


def hand_out(arguments: argparse.Namespace) -> int:
    """Write the events that fit, and say how many and where."""
    form = format_of(arguments.out, arguments.format)
    with opened(arguments.store) as data:
        wanted = question(data, arguments)
        if wanted.bounded:
            asked = asked_in(data, wanted.state(arguments.starts_in), arguments.claims)
        else:
            asked = asked_of_all(data, wanted.filters, arguments.claims)
        tell_unpublished(data, wanted, arguments.starts_in)
        written = export(data, asked, form, arguments.out, dt.date.today().isoformat(), progress())
    if arguments.json:
        told = {"file": str(written.path), "format": form.name, "events": written.events, "claims": written.claims}
        say_json({**told, "selection": asked.words})
    else:
        claims = f" and {counted(written.claims, 'claim')}" if arguments.claims else ""
        say(f"{counted(written.events, 'event')}{claims} written to {written.path} ({form.name}): {asked.words}")
    return 0
