"""Everything below the drawing loads without Qt, even by import tricks that import contracts cannot see.

This is what lets the command line answer on a machine that has no graphics libraries at all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
WITH_QT = ("viewer.app", "viewer.draw", "viewer.ui")

LOAD_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
loaded = {name.partition(".")[0] for name in sys.modules}
print(json.dumps(sorted(loaded & {"PySide6", "shiboken6", "pyqtgraph"})))
"""


def modules(tree: Path) -> list[str]:
    """Dotted names of all modules of the tree that have to do without Qt."""
    files = (path.relative_to(tree).with_suffix("") for path in (tree / "viewer").rglob("*.py"))
    names = sorted(".".join(file.parts).removesuffix(".__init__") for file in files)
    return [name for name in names if not f"{name}.".startswith(tuple(f"{room}." for room in WITH_QT))]


def qt_loaded(tree: Path) -> list[str]:
    """The Qt packages that a fresh interpreter holds after it has imported those modules."""
    command = [sys.executable, "-c", LOAD_ALL, json.dumps(modules(tree))]
    run = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return list(json.loads(run.stdout))


def test_no_room_below_the_drawing_loads_qt() -> None:
    assert qt_loaded(CHECKOUT) == []


def test_a_hidden_import_is_found(tmp_path: Path) -> None:
    room = tmp_path / "viewer" / "session"
    room.mkdir(parents=True)
    (tmp_path / "viewer" / "__init__.py").touch()
    (room / "__init__.py").write_text("import importlib\nimportlib.import_module('PySide' + '6')\n")

    assert qt_loaded(tmp_path) == ["PySide6", "shiboken6"]


def test_the_rooms_with_qt_are_left_out_and_no_others(tmp_path: Path) -> None:
    for name in ("app", "cli", "drawing", "draw/paint", "ui/window", "ui/panels/detail", "store/reader"):
        path = tmp_path / "viewer" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    assert modules(tmp_path) == ["viewer.cli", "viewer.drawing", "viewer.store.reader"]
