"""docs/command-line.md says what the program takes: every option of every command, and none that it has not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from viewer.cli.arguments import build_parser, parsers_of
from viewer.cli.entry import _ACTIONS, COMMANDS
from viewer.store.dataset import DataSet

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
FILTERS = frozenset((
    "--from", "--to", "--actor", "--parts", "--no-parts", "--responsible", "--type", "--place", "--within", "--text",
    "--known-by", "--bbox",
))  # fmt: skip
IN_WORDS = {
    "[the filters of events]": FILTERS, "[the filters of events but for days and box]": FILTERS - {"--from", "--to"},
    "the options of `import` but for `--save`": frozenset((
        "--into", "--format", "--feed", "--set", "--actor", "--place", "--swap", "--delete-missing", "--dry-run",
        "--json",
    )),
}  # fmt: skip
"""What the page says in words instead of naming each option."""


def sections() -> dict[str, str]:
    """The section of each command."""
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {name: text.replace("\n", " ") for text in parts for name in text.partition("\n")[0].split(", ")}


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_names_every_option_of_a_command_and_its_usage_no_other(name: str) -> None:
    section = sections()[name]
    parser = parsers_of(build_parser(_ACTIONS))[name]
    known = {option for action in parser._actions for option in action.option_strings}
    covered = {option for words, some in IN_WORDS.items() if words in section for option in some}
    assert {option for option in known if option.startswith("--")} - {"--help", "--output"} <= (
        options_in(section) | covered
    )
    usage = re.search(rf"`(badia {name}\b[^`]*)`", section)
    assert usage is not None
    assert options_in(usage[1]) <= known


def test_the_page_has_no_other_commands() -> None:
    assert set(sections()) == set(COMMANDS)


def test_info_names_the_saved_views(ask: Ask, builtin: DataSet) -> None:
    assert ask("info", "--json").json["views"] == [{"id": view.key, "name": view.name} for view in builtin.views] != []
    assert f"views: {', '.join(view.key for view in builtin.views)}\n" in ask("info").out
