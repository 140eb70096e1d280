"""The command line: for people with scripts, and the door by which the program is checked."""

from __future__ import annotations

from viewer.cli.entry import COMMANDS, run

__all__ = ["COMMANDS", "run"]
