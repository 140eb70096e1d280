"""Rules of the house that import contracts cannot express, read from the syntax of each module.

A rule is a function from a module's syntax tree to the places that break it. Each is run over all of viewer/,
and over snippets that break it or nearly do, so that no rule can fall asleep.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6})\b|^#[0-9a-fA-F]{3,4}$")
DRAWING_QT = {"QtCore", "QtGui", "QtSvg"}
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socketserver", "urllib3", "xmlrpc"}
UNPICKLERS = {"dill", "marshal", "pickle", "shelve"}
VAGUE = {"base", "common", "handler", "helper", "manager", "misc", "util"}

Breach = Iterator[ast.AST]


@cache
def every(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All that is written in a module, looked through once for all rules."""
    return tuple(ast.walk(tree))


def imported(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every dotted name that the module imports: `from a import b` counts as `a.b`."""
    for node in every(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every string of the module but its docstrings, which may name what the code may not do."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in every(tree) if isinstance(node, documented)]
    docs = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
    for node in every(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of the name that is called: `a.b(c)` counts as `b`."""
    for node in every(tree):
        if isinstance(node, ast.Call):
            name = node.func
            yield node, name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")


def drawing_uses_no_widgets(tree: ast.Module) -> Breach:
    """One render path makes screens, pictures and films, so it may not need a window."""
    for node, name in imported(tree):
        package, _, rest = name.partition(".")
        if package == "PySide6" and rest.partition(".")[0] not in DRAWING_QT:
            yield node


def nothing_reaches_the_network(tree: ast.Module) -> Breach:
    """The program works offline and must be seen to."""
    for node, name in imported(tree):
        parts = name.split(".")
        by_qt = "QtNetwork" in parts or "QtWeb" in name
        if by_qt or parts[0] in NETWORK or parts[:2] == ["urllib", "request"]:
            yield node


def sockets_stay_in_the_preflight(tree: ast.Module) -> Breach:
    """Only the look for a screen asks a socket, and a local one."""
    yield from (node for node, name in imported(tree) if name.split(".")[0] == "socket")


def colours_come_from_the_theme(tree: ast.Module) -> Breach:
    """A colour written down elsewhere would stay behind when the theme changes."""
    yield from (node for node in texts(tree) if HEX_COLOUR.search(str(node.value)))
    for node, name in calls(tree):
        made = name == "QColor" or "QColor.from" in ast.unparse(node.func)
        if made and any(isinstance(argument, ast.Constant) for argument in node.args):
            yield node


def no_globals(tree: ast.Module) -> Breach:
    """State lives in the session; a module that changes itself is a second, hidden one."""
    yield from (node for node in every(tree) if isinstance(node, ast.Global))


def no_registries(tree: ast.Module) -> Breach:
    """An empty container at the top of a module waits to be filled by whoever comes by."""
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        empty = isinstance(value, ast.List | ast.Set) and not value.elts
        empty |= isinstance(value, ast.Dict) and not value.keys
        empty |= isinstance(value, ast.Call) and ast.unparse(value) in {"list()", "dict()", "set()"}
        if empty:
            yield node


def data_is_never_run(tree: ast.Module) -> Breach:
    """Files come from strangers: nothing in them may become code."""
    yield from (node for node, name in imported(tree) if name.split(".")[0] in UNPICKLERS)
    for node, name in calls(tree):
        bare = isinstance(node.func, ast.Name)
        if (bare and name in {"eval", "exec"}) or ast.unparse(node.func) in {"yaml.load", "yaml.unsafe_load"}:
            yield node


def sqlite_stays_in_its_file(tree: ast.Module) -> Breach:
    """A store cannot load native code or open other files; switching extensions off is welcome."""
    for node, name in calls(tree):
        switched_off = [ast.unparse(argument) for argument in node.args] == ["False"]
        if name == "load_extension" or (name == "enable_load_extension" and not switched_off):
            yield node
    pattern = re.compile(r"^\s*ATTACH\b|\bATTACH\s+DATABASE\b|\bload_extension\s*\(", re.IGNORECASE)
    yield from (node for node in texts(tree) if pattern.search(str(node.value)))


@dataclass(frozen=True)
class Rule:
    """What to look for, where, and what it must and must not find."""

    breaches: Callable[[ast.Module], Breach]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    only: str = ""
    spared: tuple[str, ...] = ()

    def applies(self, file: str) -> bool:
        return file.startswith(f"viewer/{self.only}") and not file.startswith(self.spared)


RULES = (
    Rule(
        drawing_uses_no_widgets,
        only="draw/",
        bad=(
            "from PySide6 import QtWidgets",
            "from PySide6.QtWidgets import QWidget",
            "import PySide6.QtWidgets",
            "def f():\n    from PySide6 import QtGui, QtWidgets",
            "import PySide6",
            "from PySide6 import *",
        ),
        good=(
            "from PySide6 import QtGui",
            "from PySide6.QtSvg import QSvgGenerator",
            "from numpy import array",
        ),
    ),
    Rule(
        nothing_reaches_the_network,
        bad=(
            "from PySide6 import QtNetwork",
            "from PySide6.QtNetwork import QTcpSocket",
            "from pyqtgraph.Qt import QtNetwork",
            "from PySide6.QtWebEngineWidgets import QWebEngineView",
            "import urllib.request",
            "from urllib import request",
            "def f():\n    import http.client",
            "import requests",
        ),
        good=("from urllib.parse import quote", "from PySide6.QtCore import QUrl"),
    ),
    Rule(
        sockets_stay_in_the_preflight,
        spared=("viewer/preflight.py",),
        bad=("import socket", "from socket import create_connection"),
        good=("from viewer.preflight import has_display",),
    ),
    Rule(
        colours_come_from_the_theme,
        spared=("viewer/draw/",),
        bad=(
            "PEN = '#ff8800'",
            "PEN = '#F80'",
            "sheet = 'QLabel { color: #ff8800cc; }'",
            "sheet = f'QLabel {{ color: #ff8800; width: {width} }}'",
            "QColor(255, 0, 0)",
            "QtGui.QColor('red')",
            "QColor.fromRgb(255, 0, 0)",
        ),
        good=('"""Looks like #ff8800."""', "title = 'No #12 of the list'", "QColor(theme.ink)", "mark = '#'"),
    ),
    Rule(
        no_globals,
        bad=("def f():\n    global window\n    window = 1",),
        good=("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2",),
    ),
    Rule(
        no_registries,
        bad=("LAYERS = []", "seen: dict[str, int] = {}", "names = set()", "things: list[int] = list()"),
        good=("LAYERS = (A, B)", "NAMES = {'a': 1}", "def f():\n    found = []", "LIMIT: int"),
    ),
    Rule(
        data_is_never_run,
        spared=(
            "viewer/domain/frozen.py",  # writes constructors out of the names of fields, as the library does
            # rows between two processes of one import, through a pipe of their own: never a file as it is
            "viewer/store/intake/beside.py", "viewer/store/intake/scribe.py",
        ),
        bad=(
            "import pickle",
            "from pickle import loads",
            "eval(text)",
            "exec(code)",
            "yaml.load(text)",
            "import shelve",
        ),
        good=("import json", "app.exec()", "dialog.exec()", "yaml.safe_load(text)"),
    ),
    Rule(
        sqlite_stays_in_its_file,
        bad=(
            "connection.load_extension('x')",
            "connection.enable_load_extension(True)",
            "connection.enable_load_extension(wanted)",
            "connection.execute(\"ATTACH 'other.db' AS other\")",
            "connection.execute(f'attach database {name} as other')",
            "connection.execute(\"SELECT load_extension('x')\")",
        ),
        good=(
            "connection.enable_load_extension(False)",
            "denied = {sqlite3.SQLITE_ATTACH}",
            '"""Refuses ATTACH."""',
            "text = 'Pictures can be attached.'",
        ),
    ),
)

BAD = [pytest.param(rule, source, id=repr(source)) for rule in RULES for source in rule.bad]
GOOD = [pytest.param(rule, source, id=repr(source)) for rule in RULES for source in rule.good]
by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.breaches.__name__)


@pytest.fixture(scope="module")
def house() -> dict[str, ast.Module]:
    """Syntax tree of each module of viewer/, by its path in the checkout."""
    files = sorted((CHECKOUT / "viewer").rglob("*.py"))
    return {str(file.relative_to(CHECKOUT)): ast.parse(file.read_bytes(), str(file)) for file in files}


@by_name
def test_the_house_keeps_the_rule(rule: Rule, house: dict[str, ast.Module]) -> None:
    found = [
        f"{file}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)[:80]}"
        for file, tree in house.items()
        if rule.applies(file)
        for node in rule.breaches(tree)
    ]

    assert not found, f"{rule.breaches.__doc__}\n" + "\n".join(found)


@pytest.mark.parametrize(("rule", "source"), BAD)
def test_a_breach_is_noticed(rule: Rule, source: str) -> None:
    assert list(rule.breaches(ast.parse(source)))


@pytest.mark.parametrize(("rule", "source"), GOOD)
def test_a_near_miss_is_let_pass(rule: Rule, source: str) -> None:
    assert not list(rule.breaches(ast.parse(source)))


@by_name
def test_the_rule_has_something_to_watch(rule: Rule, house: dict[str, ast.Module]) -> None:
    assert any(rule.applies(file) for file in house)


def vague(file: str) -> bool:
    """Whether a part of the path says nothing about what is inside."""
    parts = Path(file).with_suffix("").parts
    return any(word.removesuffix("s") in VAGUE for part in parts for word in part.split("_"))


def test_every_module_is_named_for_what_it_does(house: dict[str, ast.Module]) -> None:
    assert not [file for file in house if vague(file)]


@pytest.mark.parametrize("file", ["viewer/utils.py", "ui/helpers.py", "viewer/base/a.py", "io_util.py"])
def test_a_vague_name_is_noticed(file: str) -> None:
    assert vague(file)


@pytest.mark.parametrize("file", ["viewer/geo/basemap.py", "viewer/database.py", "viewer/ui/window.py"])
def test_a_telling_name_is_let_pass(file: str) -> None:
    assert not vague(file)
