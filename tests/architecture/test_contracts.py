"""The import contracts hold, and each of them has been seen to fail.

A contract that names the wrong module is kept for ever and guards nothing. So every contract in use here
is broken on purpose in a copy of the tree, and exactly that contract has to notice.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import importlinter.api
import pytest
from importlinter.application import use_cases

CHECKOUT = Path(__file__).parents[2]
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plant:
    """Files that break one contract: path below viewer/ -> source text."""

    contract: str
    why: str
    files: dict[str, str]


LAZY = "def later() -> None:\n    import {0}\n"
TYPE_ONLY = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import {0}\n"

PLANTS = (
    Plant("rooms", "upward", {"geo/planted.py": "import viewer.session\n"}),
    Plant("rooms", "upward, inside a function", {"geo/planted.py": LAZY.format("viewer.session")}),
    Plant("rooms", "upward, for types only", {"geo/planted.py": TYPE_ONLY.format("viewer.session")}),
    Plant("rooms", "store and formats are neighbours", {"store/planted.py": "import viewer.formats\n"}),
    Plant("rooms", "session knows no layers", {"session/planted.py": "import viewer.layers\n"}),
    Plant("rooms", "layers know no drawing", {"layers/planted.py": "import viewer.draw\n"}),
    Plant("rooms", "nobody imports the composition root", {"ui/planted.py": "import viewer.app\n"}),
    Plant("rooms", "paths are at the bottom", {"paths.py": "import viewer.geo\n"}),
    Plant("rooms", "a room that is not on the list", {"annex/__init__.py": ""}),
    Plant("qt", "Qt in session", {"session/planted.py": "from PySide6.QtCore import QObject\n"}),
    Plant("qt", "Qt in layers, inside a function", {"layers/planted.py": LAZY.format("PySide6.QtGui")}),
    Plant("qt", "Qt in store, for types only", {"store/planted.py": TYPE_ONLY.format("PySide6")}),
    Plant("qt", "shiboken in geo", {"geo/planted.py": "import shiboken6\n"}),
    Plant("plots", "pyqtgraph in draw", {"draw/planted.py": "import pyqtgraph as pg\n"}),
    Plant("plots", "Qt by way of pyqtgraph", {"session/planted.py": "from pyqtgraph.Qt import QtCore\n"}),
    Plant("sql", "sqlite3 in session", {"session/planted.py": "import sqlite3\n"}),
    Plant("sql", "sqlite_utils in ui", {"ui/planted.py": LAZY.format("sqlite_utils")}),
    Plant("handed-in", "ui makes its own layers", {"ui/planted.py": "import viewer.layers\n"}),
    Plant("handed-in", "ui reads files itself", {"ui/panels/planted.py": "import viewer.formats\n"}),
    Plant("plain-domain", "numpy in domain", {"domain/planted.py": "import numpy as np\n"}),
    Plant("plain-domain", "shapely in domain", {"domain/planted.py": "from shapely import Point\n"}),
    Plant("plain-domain", "folders in domain", {"domain/planted.py": "from viewer import paths\n"}),
    Plant(
        "separate-layers",
        "one map layer uses another",
        {"layers/planted_a.py": "from viewer.layers import planted_b\n", "layers/planted_b.py": ""},
    ),
    Plant(
        "separate-panels",
        "one panel uses another",
        {"ui/panels/planted_a.py": "import viewer.ui.panels.planted_b\n", "ui/panels/planted_b.py": ""},
    ),
    Plant(
        "separate-panels",
        "one panel reaches another through the window",
        {
            "ui/panels/planted_a.py": "import viewer.ui.planted\n",
            "ui/planted.py": "import viewer.ui.panels.planted_b\n",
            "ui/panels/planted_b.py": "",
        },
    ),
    Plant(
        "separate-importers",
        "one importer uses another",
        {
            "formats/importers/planted_a.py": "import viewer.formats.importers.planted_b\n",
            "formats/importers/planted_b.py": "",
        },
    ),
    Plant(
        "separate-exporters",
        "one exporter uses another",
        {
            "formats/exporters/planted_a.py": "import viewer.formats.exporters.planted_b\n",
            "formats/exporters/planted_b.py": "",
        },
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it is now, where it may be spoilt."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copytree(CHECKOUT / "viewer", tree / "viewer", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tree)
    return tree


@contextmanager
def planted(plant: Plant, tree: Path) -> Iterator[None]:
    """Put the files of a plant into the tree, with the packages they need, and leave it as it was."""
    before = {path: path.read_bytes() for path in (tree / "viewer").rglob("*.py")}
    try:
        for name, source in plant.files.items():
            path = tree / "viewer" / name
            path.parent.mkdir(exist_ok=True)
            (path.parent / "__init__.py").touch()
            path.write_text(source, encoding="utf-8")
        yield
    finally:
        for path in (tree / "viewer").rglob("*.py"):
            if path not in before:
                path.unlink()
        for path, content in before.items():
            path.write_bytes(content)
        for folder in {(tree / "viewer" / name).parent for name in plant.files}:
            if not any(folder.iterdir()):
                folder.rmdir()


def contracts(tree: Path) -> dict[str, str]:
    """Id of each contract of the tree, by its name."""
    options = importlinter.api.read_configuration(str(tree / "pyproject.toml"))["contracts_options"]
    return {option["name"]: option["id"] for option in options}


def broken(tree: Path) -> frozenset[str]:
    """Ids of the contracts that the tree breaks."""
    with pytest.MonkeyPatch.context() as patch:
        # The linter looks viewer up as an import would, and the real one is already loaded here.
        patch.delitem(sys.modules, "viewer", raising=False)
        patch.syspath_prepend(tree)
        options = use_cases.read_user_options(str(tree / "pyproject.toml"))
        use_cases._register_contract_types(options)
        report = use_cases.create_report(options, cache_dir=None)
    assert not report.invalid_contract_options
    names = contracts(tree)
    checks = report.get_contracts_and_checks()
    return frozenset(names[contract.name] for contract, check in checks if not check.kept)


def test_every_contract_is_kept() -> None:
    assert broken(CHECKOUT) == NOTHING, "run lint-imports to see which import it is"


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.contract}: {plant.why}")
def test_a_contract_notices_when_it_is_broken(plant: Plant, copy: Path) -> None:
    with planted(plant, copy):
        assert broken(copy) == {plant.contract}


def test_no_contract_is_left_untried() -> None:
    assert set(contracts(CHECKOUT).values()) == {plant.contract for plant in PLANTS}


def test_layers_may_share_their_primitives(copy: Path) -> None:
    """The one thing that map layers have in common is no breach."""
    files = {f"layers/planted_{name}.py": "import viewer.layers.primitives\n" for name in "ab"}
    if not (copy / "viewer/layers/primitives.py").exists():
        files["layers/primitives.py"] = ""

    with planted(Plant("separate-layers", "allowed", files), copy):
        assert broken(copy) == NOTHING
