"""From arguments to an exit code: 0 done, 1 done but with problems, 2 not done (one sentence says why)."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence

from viewer.cli import asking, briefing, changing, exporting, handing_over, importing, looking, making, reviewing
from viewer.cli.arguments import Action, Parser, build_parser, parsers_of, readable
from viewer.cli.console import UsageError, complain, use_utf8
from viewer.formats.exported import ExportError
from viewer.formats.infile import ReadError
from viewer.session.query import QueryError
from viewer.store.errors import StoreError

_ACTIONS: dict[str, Action] = {
    "info": looking.info,
    "events": asking.events,
    "control": asking.control,
    "change": changing.change,
    "total": asking.total,
    "find": asking.find,
    "show": looking.show,
    "snapshot": making.snapshot,
    "brief": briefing.brief,
    "export": exporting.hand_out,
    "import": importing.take_in,
    "pull": importing.pull,
    "handover": handing_over.handover,
    "receive": handing_over.take_over,
    "merge": handing_over.merge,
    "review-log": reviewing.review_log_file,
    "build": making.build,
    "check": looking.check,
}
COMMANDS = tuple(_ACTIONS)
BROKEN_PIPE, INTERRUPTED, FAILED = 141, 130, 2


def run(argv: Sequence[str]) -> int:
    """Run the command that `argv` names (without the program's name); the exit code."""
    for stream in (sys.stdout, sys.stderr):
        use_utf8(stream)
    if callable(signal.getsignal(signal.SIGINT)):  # from here on what was begun is taken back
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return _guarded(lambda: _run(argv))


def _run(argv: Sequence[str]) -> int:
    parser = build_parser(_ACTIONS)
    name = argv[0] if argv else "--help"
    if name in COMMANDS:
        arguments = parsers_of(parser)[name].parse_intermixed_args(readable(argv[1:]))
    else:
        arguments = _no_command(parser, argv)
    code: int = arguments.action(arguments)
    sys.stdout.flush()
    return code


def _no_command(parser: Parser, argv: Sequence[str]) -> argparse.Namespace:
    if not argv:
        parser.print_help()
        return argparse.Namespace(action=lambda _: 0)
    return parser.parse_args(list(argv))


def _guarded(step: Callable[[], int]) -> int:
    """Known errors as one sentence; a closed pipe and Ctrl-C end quietly."""
    try:
        return step()
    except (UsageError, QueryError, ExportError, ReadError, StoreError) as error:
        complain(str(error))
        return FAILED
    except UnicodeEncodeError as error:
        complain(f"{error.object[:80]!r}: holds characters that cannot be written; choose another name")
        return FAILED
    except BrokenPipeError:
        _drop_output()
        return BROKEN_PIPE
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        complain("stopped")
        return INTERRUPTED
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        complain(f"{named}{error.strerror or error}; check the disk and its permissions")
        return FAILED
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0


def _drop_output() -> None:
    """Let the interpreter's last flush go nowhere: the reader of the pipe has left."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
