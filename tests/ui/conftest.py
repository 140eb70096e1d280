"""What the tests of the window share."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator

import pytest

from viewer.ui.preload import Preload


@pytest.fixture(scope="session", autouse=True)
def loaded_classes(qapp: object) -> None:
    """As in the program: every class of Qt is made before another thread names one."""
    assert Preload().go_on(math.inf)


@pytest.fixture(scope="module", autouse=True)
def rubbish_of_its_own() -> Iterator[None]:
    """What was there before is not looked through each time a window goes: that would take longer than most tests."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
