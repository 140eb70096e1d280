"""The grammar of the command line: every command with its options, one line of help and an example."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from viewer.cli.console import UsageError, one_line, say
from viewer.domain.counts import MEASURES
from viewer.domain.events import EVENT_TYPES
from viewer.domain.marks import STATUSES
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.state import GROUNDS, MODES, REACH_KM, THEMES

Action = Callable[[argparse.Namespace], int]
STORE_HELP = "a store file; without it, the built-in data set"
KEY_HELP = "kind:key where two kinds share one; behind -- if it begins with a dash"
READING_HELP = f"ground of towns: up to {REACH_KM} km, or however far"
OUTPUTS = ("pptx", "pdf", "mp4", "gif", "png", "svg", "frames")
"""What a briefing can become; the drawing of each is loaded when it is asked for."""
GROUND_HELP = (
    "'20 km of Raqqa', '20 km of 35.95, 39.01', 'province Homs', '10 km along Euphrates' or 'polygon LON,LAT LON,LAT "
    "LON,LAT'"
)
DAY_HELP = "a day, month or year: 2017-12-22, 2017-12, 2017"


class Plain(str):
    """An argument that is no option although it may begin with a dash."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments as one sentence instead of printing usage and leaving."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")

    def _parse_optional(self, arg_string: str) -> Any:
        """None for what is no option; argparse itself forgets what stood after `--` when options are intermixed."""
        return None if isinstance(arg_string, Plain) else super()._parse_optional(arg_string)

    def _print_message(self, message: str, file: object = None) -> None:
        if message:
            for line in message.splitlines():
                say(line)


def build_parser(actions: dict[str, Action]) -> Parser:
    """The whole grammar; `actions` gives the function of each command."""
    parser = Parser(
        prog="badia",
        description="Offline viewer of dated, sourced events and claims of control; without a command, a window.",
        epilog="badia COMMAND --help says more about each.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)

    def command(name: str, about: str, example: str) -> Parser:
        sub = commands.add_parser(
            name, help=about, description=f"{about}.", epilog=f"Example: badia {example}", allow_abbrev=False
        )
        sub.set_defaults(action=actions[name])
        return sub

    info = command("info", "What a store holds", "info --json")
    _store(info)
    _json(info)

    events = command(
        "events", "List events by time, actor, type, place, text or area",
        "events --from 2017-12-22 --to 2017-12-28 --type strike --format json",
    )  # fmt: skip
    _store(events)
    _filters(events)
    events.add_argument("--starts-in", action="store_true", help="only events that begin in the window")
    events.add_argument("--format", choices=("table", "json", "csv", "geojson"), default="table")

    _export(command(
        "export", "Write the incidents that fit to a file, with sources and whom to name",
        "export december.xlsx --from 2017-12 --to 2017-12",
    ))  # fmt: skip

    control = command("control", "Who is claimed to hold what on a day", "control --on 2017-06-15 --format geojson")
    _store(control)
    control.add_argument("--on", type=_said, required=True, metavar="D", help="a day such as 2017-06-15")
    control.add_argument("--actor", type=_said, action="append", default=[], metavar="A",
                         help="only this holder, parts included")
    control.add_argument("--place", type=_said, action="append", default=[], metavar="P", help="only here and within")
    control.add_argument("--format", choices=("table", "json", "geojson"), default="table")
    _known_by(control, "only claims published by then")
    control.add_argument("--ground", choices=(*GROUNDS, "none"), default="reach",
                         help=f"with geojson, the ground derived from towns: up to {REACH_KM} km, however far, or none")

    change = command(
        "change", "Who gained, lost and held how much ground between two days",
        "change --from 2017-01-01 --to 2017-11-14 --format json",
    )  # fmt: skip
    _store(change)
    change.add_argument("--from", dest="first", type=_said, required=True, metavar="A",
                        help=f"the first day; {DAY_HELP}")
    change.add_argument("--to", dest="last", type=_said, required=True, metavar="B",
                        help="the second day, the last of a month")
    change.add_argument("--ground", choices=GROUNDS, default="reach", help=READING_HELP)
    _known_by(change, "only claims published by then")
    change.add_argument("--format", choices=("table", "json", "csv"), default="table")

    total = command(
        "total", "Add up a measure without counting anything twice",
        "total --measure strikes --from 2017-12-22 --to 2017-12-28 --json",
    )  # fmt: skip
    _store(total)
    total.add_argument("--measure", required=True, choices=MEASURES, metavar="M", help=", ".join(MEASURES))
    _filters(total)
    _json(total)

    find = command("find", "Find a place, actor, event, coordinate or date in any spelling", 'find "abu kamal" --json')
    find.add_argument("text", metavar="TEXT", help="a name, some words, a coordinate or a date")
    _store(find)
    find.add_argument("--limit", type=_count, default=20, metavar="N", help="how many at most (20)")
    _json(find)

    show = command("show", "One record with everything known of it", "show raqqa")
    show.add_argument("id", metavar="ID", help=f"the key of any record; {KEY_HELP}")
    _store(show)
    show.add_argument("--on", type=_said, metavar="D",
                      help="the day an actor's holdings are told for; the last one by default")
    _json(show)

    _snapshot(command("snapshot", "The map as a picture, without a window", "snapshot --on 2017-11-14 -o map.png"))

    _brief(command("brief", "A briefing as handout, slides, film or pictures, without a window",
                   "brief briefing.json --to pptx -o briefing.pptx"))  # fmt: skip

    _import(command("import", "Read a file of events or of control into a store", "import ged.csv --into mine.gpkg"))
    _pull(command("pull", "Read rows of a PostgreSQL database into a store",
                  "pull service=team incidents --key id --geometry geom --into mine.gpkg"))

    handover = command("handover", "Pack a store, its view, marks and base layer into one file",
                       "handover evidence.gpkg -o evidence.badia.zip")  # fmt: skip
    _store(handover)
    handover.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="ends in .badia.zip")

    receive = command("receive", "Unpack a hand-over, to be opened with the same view", "receive evidence.badia.zip")
    receive.add_argument("file", type=Path, metavar="FILE", help="a hand-over")
    receive.add_argument("--folder", type=Path, metavar="FOLDER", help="where a folder is made for it; here")

    merge = command("merge", "Take the records and marks of a hand-over, or the marks of a workspace, into a store",
                    "merge evidence.badia.zip --into evidence.gpkg")  # fmt: skip
    merge.add_argument("file", type=Path, metavar="FILE", help="a hand-over, or another reviewer's workspace")
    merge.add_argument("--into", type=Path, metavar="STORE", help="a store of yours; marks go with the built-in too")
    merge.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")

    _review_log(command("review-log", "Write who marked what, when and why: every change, as CSV or PDF",
                        "review-log marks.pdf evidence.gpkg --from 2017-05 --to 2017-06"))  # fmt: skip

    build = command("build", "Turn the text files of the built-in data set into a store", "build -o badia.gpkg")
    build.add_argument("-o", "--output", type=Path, default=Path("badia.gpkg"), metavar="FILE", help="badia.gpkg")
    build.add_argument("--data", type=Path, metavar="FOLDER", help="another folder of text files")

    check = command("check", "Open a store and list every problem in it", "check evidence.gpkg")
    check.add_argument("store", type=Path, nargs="?", metavar="STORE", help=STORE_HELP)
    _json(check)
    return parser


def _said(text: str) -> str:
    """What an option asks for: an empty one, as of a variable that was never set, would ask for everything."""
    if not text.strip():
        raise argparse.ArgumentTypeError("nothing is written behind it; say what to ask for, or leave the option out")
    return text


def _store(parser: Parser) -> None:
    parser.add_argument("store", type=Path, nargs="?", metavar="STORE", help=STORE_HELP)


def _json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs; fields in docs/command-line.md")


def _filters(parser: Parser) -> None:
    parser.add_argument("--from", dest="first", type=_said, metavar="D", help=f"first day; {DAY_HELP}")
    parser.add_argument("--to", dest="last", type=_said, metavar="D", help="last day, included")
    _which(parser)
    parser.add_argument("--bbox", type=_said, metavar="W,S,E,N", help="degrees: west, south, east, north")


def _which(parser: Parser) -> None:
    """Which records count, whatever their day."""
    parser.add_argument("--actor", type=_said, action="append", default=[], metavar="A",
                        help="any name of an actor; parts count")
    parser.add_argument("--parts", action=argparse.BooleanOptionalAction, default=True,
                        help="whether the parts of an actor count with it; they do")
    parser.add_argument("--responsible", choices=("certainly", "possibly"), default="",
                        help="only what the actors did for certain, or as it is claimed, alleged or disputed")
    parser.add_argument("--type", type=_said, action="append", default=[], metavar="T", help=", ".join(EVENT_TYPES))
    parser.add_argument("--place", type=_said, action="append", default=[], metavar="P",
                        help="any spelling; what lies within too")
    parser.add_argument("--within", type=_said, metavar="GROUND", help=f"where its point lies: {GROUND_HELP}")
    parser.add_argument("--text", type=_said, metavar="Q", help="words that all occur")
    _known_by(parser, "only what was published by then")


def _known_by(parser: Parser, said: str) -> None:
    parser.add_argument("--known-by", type=_said, metavar="D", help=f"{said}; {DAY_HELP}")


def _snapshot(parser: Parser) -> None:
    _store(parser)
    parser.add_argument("--view", metavar="KEY", help="a saved view of the store; `info` lists them")
    parser.add_argument("--on", type=_said, metavar="D",
                        help="the day; by default that of the view, or of the opening view")
    parser.add_argument("--compare", type=_said, metavar="D",
                        help="the day A: what changed hands from it to --on stands out")
    parser.add_argument(
        "--swipe", nargs="?", type=_share, const=0.5, metavar="SHARE",
        help="with --compare: two maps, A left of a share of the width (0.5) and B right of it",
    )  # fmt: skip
    parser.add_argument("--window", metavar="30d", help="how many days up to that one")
    parser.add_argument("--mode", choices=MODES, help="window, day or cumulative")
    _which(parser)
    parser.add_argument("--bbox", type=_said, metavar="W,S,E,N", help="degrees: west, south, east, north")
    parser.add_argument("--size", type=_said, default="1600x1000", metavar="WxH",
                        help="pixels, 64 to 8192 each way (1600x1000)")
    parser.add_argument("--scale", type=_scale, metavar="N", help="that many pixels in place of each, 0.25 to 8")
    parser.add_argument("--theme", choices=THEMES, default="light")
    parser.add_argument("--ground", choices=GROUNDS, default="reach", help=READING_HELP)
    parser.add_argument("--layers", metavar="a,b", help=f"of {', '.join(ALL_LAYERS)}")
    parser.add_argument("--raster", type=Path, metavar="FILE", help="an MBTiles file to draw below the map")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="ends in .png, .svg or .pdf")


def _brief(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a briefing in JSON, or a store with scenes of yours")
    parser.add_argument("--to", required=True, choices=OUTPUTS, help="what to make of it")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="a file; a folder for several")
    parser.add_argument("--store", type=Path, metavar="STORE", help="the store that a briefing in JSON is shown on")
    parser.add_argument("--scene", type=_count, metavar="N", help="only the N-th scene")
    parser.add_argument("--size", type=_said, metavar="WxH", help="64 to 8192 each way (1920x1080; GIF 960x540)")
    parser.add_argument("--scale", type=_scale, metavar="N", help="that many pixels in place of each, 0.25 to 8")
    parser.add_argument("--notes", action=argparse.BooleanOptionalAction, help="with the speaker's notes or not")
    parser.add_argument("--fps", type=_speed, metavar="N", help="frames a second, 1 to 60 (25; GIF 10)")
    _json(parser)


def _pull(parser: Parser) -> None:
    parser.add_argument("database", metavar="DATABASE", help="as libpq is told: service=team, or host=... dbname=...")
    parser.add_argument("relation", metavar="TABLE", help="a table or view, with its schema if need be")
    parser.add_argument("--key", required=True, metavar="COLUMN", help="what tells its rows apart and orders them")
    parser.add_argument("--geometry", default="", metavar="COLUMN", help="a PostGIS geometry")
    parser.add_argument("--date", default="", metavar="COLUMN", help="the day that --from and --to ask for")
    parser.add_argument("--bbox", type=_said, metavar="W,S,E,N", help="degrees: west, south, east, north")
    parser.add_argument("--from", dest="first", type=_said, metavar="D", help=f"first day; {DAY_HELP}")
    parser.add_argument("--to", dest="last", type=_said, metavar="D", help="last day, included")
    _into(parser)


def _import(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="what to read; what it is, its content tells")
    parser.add_argument("--save", default="", metavar="NAME", help="keep the mapping of the columns for such files")
    _into(parser)


def _into(parser: Parser) -> None:
    parser.add_argument("--into", type=Path, required=True, metavar="STORE", help="a store; made if missing")
    parser.add_argument("--format", default="", metavar="F", help="the format, when its content does not tell it")
    parser.add_argument("--feed", default="", metavar="NAME", help="what the file is an edition of")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a column or a setting")
    parser.add_argument("--actor", action="append", default=[], metavar="NAME=KEY", help="who it means; '' is new")
    parser.add_argument("--place", action="append", default=[], metavar="NAME=KEY", help="where it means; '' is new")
    parser.add_argument("--swap", action="store_true", help="longitude and latitude are exchanged in the file")
    parser.add_argument("--delete-missing", action="store_true", help="delete what only earlier editions have")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    _json(parser)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(f"'{one_line(text)[:20]}' is no share of the width from 0 to 1")
    return share


def _export(parser: Parser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help="the file to write; its suffix tells the format")
    _store(parser)
    _filters(parser)
    parser.add_argument("--starts-in", action="store_true", help="only events that begin in the window")
    parser.add_argument("--format", default="", metavar="F", help="the format, where the suffix does not tell it")
    parser.add_argument("--claims", action="store_true", help="claims of control too, by the same filters")
    _json(parser)


def _review_log(parser: Parser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help="the file to write; ends in .csv or .pdf")
    _store(parser)
    _filters(parser)
    parser.add_argument("--starts-in", action="store_true", help="only events that begin in the window")
    parser.add_argument("--status", action="append", default=[], choices=STATUSES, metavar="S",
                        help=f"only of records that are now: {', '.join(STATUSES)}")  # fmt: skip
    _json(parser)


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0.25 <= scale <= 8.0:
        raise argparse.ArgumentTypeError(f"'{one_line(text)[:20]}' is no number from 0.25 to 8")
    return scale


def _speed(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 60:
        raise argparse.ArgumentTypeError(f"'{one_line(text)[:20]}' is no number of frames from 1 to 60")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"'{one_line(text)[:20]}' is no number from 1 to 1000")
    return int(text)


def readable(argv: Sequence[str]) -> list[str]:
    """Arguments in which no southern or western coordinate looks like an option, nor anything behind `--`."""
    words = list(argv)
    end = words.index("--") if "--" in words else len(words)
    before = [Plain(word) if _is_number(word) else word for word in words[:end]]
    return before + [Plain(word) for word in words[end + 1 :]]


def _is_number(word: str) -> bool:
    return word.startswith("-") and word.lstrip("-.")[:1].isdecimal()


def parsers_of(parser: Parser) -> dict[str, Parser]:
    """The parser of each command."""
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    found: dict[str, Parser] = dict(commands.choices)
    return found
