"""A store opened for a test, and closed after it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from viewer.store.dataset import DataSet, open_dataset


def opened(path: Path) -> closing[DataSet]:
    """The data set of a store for a `with` statement."""
    return closing(open_dataset(path))
