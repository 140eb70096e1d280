"""The built-in events through every format and back: what a format can hold comes back as it was."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ask
from viewer.domain.events import Event
from viewer.store.dataset import open_dataset


def taken_back(ask: Ask, folder: Path, suffix: str) -> tuple[dict[str, Any], dict[str, Event]]:
    """The summary of the import of an export, and the events of the new store by what the file calls them."""
    file, store = folder / f"out.{suffix}", folder / "back.gpkg"
    assert ask("export", file).code == 0
    summary = json.loads(ask("import", file, "--into", store, "--json").out)
    with closing(open_dataset(store)) as data:
        assert not data.problems
        origins = [row for row in data.reader.all("origin") if row.of_table == "event"]
        ids = {row.of_key: row.feed_id.removeprefix("event:") for row in origins}
        return summary, {ids[event.key]: event for event in data.reader.all("event")}


@pytest.mark.parametrize("suffix", ["gpkg", "json", "geojson", "csv", "xlsx", "kml"])
def test_every_event_comes_back(ask: Ask, tmp_path: Path, builtin: Any, suffix: str) -> None:
    summary, found = taken_back(ask, tmp_path, suffix)
    events = {event.key: event for event in builtin.reader.all("event")}
    assert (summary["rejected"], summary["updated"]) == (0, 0)
    assert found.keys() == events.keys()
    if suffix in ("gpkg", "json", "geojson"):
        assert found == events
    else:
        for key, event in events.items():
            assert (found[key].title, found[key].date.earliest, found[key].date.latest) == (
                event.title, event.date.earliest, event.date.latest
            )  # fmt: skip
            assert suffix == "kml" or found[key].date == event.date
