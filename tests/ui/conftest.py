"""What the tests of the window share."""

from __future__ import annotations

import math

import pytest

from viewer.ui.preload import Preload


@pytest.fixture(scope="session", autouse=True)
def loaded_classes(qapp: object) -> None:
    """As in the program: every class of Qt is made before another thread names one."""
    assert Preload().go_on(math.inf)
