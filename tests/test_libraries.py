"""Libraries whose compiled parts the system loads before Python does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from viewer.libraries import load_compiled

LOADS = """
import sys
from pathlib import Path
from viewer.libraries import load_compiled
load_compiled("rapidfuzz")
mapped = Path("/proc/self/maps").read_text()
assert "rapidfuzz" in mapped, "nothing was loaded"
assert "rapidfuzz" not in sys.modules
from rapidfuzz import fuzz
assert fuzz.ratio("a", "a") == 100
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the import loads everything by itself")
def test_the_system_has_loaded_what_is_imported_later() -> None:
    found = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stderr


def test_what_is_not_there_is_left_to_the_import() -> None:
    load_compiled("no_such_library")
    load_compiled("email")  # nothing of it is compiled
