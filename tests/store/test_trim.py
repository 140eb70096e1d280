"""Memory that is free is kept for what comes next, and given back at a rest."""

from __future__ import annotations

import subprocess
import sys

import pytest

CHILD = """
import numpy as np
from pathlib import Path
from viewer.store.trim import give_memory_back, keep_memory

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

keep_memory()
before = held()
for _ in range(3):
    images = [np.ones(2_000_000, np.float64) for _ in range(4)]
    del images
freed = held()
give_memory_back()
print(freed - before > 50, held() - before < 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries keep what they like")
def test_memory_is_kept_until_it_is_given_back() -> None:
    said = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split() == ["True", "True"]
