"""The program as its user starts it, until its first map is painted, and until towns and names are in it.

A module that imports nothing beside it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

CANVAS = "viewer.ui.canvas"


class _Ear:
    """Hears of the canvas when the program itself imports it, and not before."""

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != CANVAS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None and spec.loader is not None
        execute = spec.loader.exec_module

        def then_listen(module: ModuleType) -> None:
            execute(module)
            _listen(module.Canvas)

        spec.loader.exec_module = then_listen  # type: ignore[method-assign]
        return spec


def _listen(canvas_class: Any) -> None:
    """Say when the first picture was on a canvas, and when one with names; end there."""
    paint = canvas_class.paintEvent
    told: dict[str, float] = {}

    def painted(canvas: Any, event: Any) -> None:
        paint(canvas, event)
        if canvas.result is None:
            return
        told.setdefault("drawn", time.monotonic())
        if not canvas.bare:
            print(json.dumps({**told, "named": time.monotonic()}), flush=True)
            os._exit(0)

    canvas_class.paintEvent = painted


def run(path: str) -> int:
    """Start the program on a store as if there were a display."""
    from viewer import preflight
    from viewer.app import main

    preflight.has_display = lambda: True
    sys.meta_path.insert(0, _Ear())
    return main([path])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
