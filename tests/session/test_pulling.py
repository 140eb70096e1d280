"""A database pulled into a store gives what the same rows give as a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.formats.test_postgis import ROWS, database
from viewer.formats.postgis import Pull, pulled
from viewer.geo.basemap import Basemap
from viewer.session.importing import Order, run_import
from viewer.session.pulling import PullOrder, run_pull
from viewer.store.dataset import open_dataset

__all__ = ["database"]
COMPARED = ("event", "event_place", "place", "count", "control_claim")


@pytest.mark.timeout(300)
def test_a_pull_gives_the_store_that_a_file_of_the_same_rows_gives(
    database: str, basemap: Basemap, tmp_path: Path
) -> None:
    asked = Pull(database, "public.incident", "gid", "geom", "day", None, "2017-01-01", "2017-01-20")
    shares: list[float] = []
    (tmp_path / "public-incident.csv").write_text("mine")
    order = Order(Path(), tmp_path / "pulled.gpkg", "2026-01-01", feed="team")
    first = run_pull(PullOrder(asked, order), basemap, {}, shares.append)
    assert 1500 < first.tally.added < ROWS
    assert first.tally.rejected == 0
    assert shares == sorted(shares)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public-incident.csv", "pulled.gpkg"]
    assert (tmp_path / "public-incident.csv").read_text() == "mine"
    again = run_pull(PullOrder(asked, order), basemap, {})
    assert (again.tally.unchanged, again.tally.added) == (first.tally.added, 0)

    rows = pulled(asked, tmp_path, "rows")
    options = {"id": "gid", "lon": "badia_lon", "lat": "badia_lat", "wkt": "badia_wkt"}
    by_file = Order(rows, tmp_path / "file.gpkg", "2026-01-01", format="table", feed="team", options=options)
    run_import(by_file, basemap, {})
    with closing(open_dataset(tmp_path / "pulled.gpkg")) as one, closing(open_dataset(tmp_path / "file.gpkg")) as other:
        assert not one.problems
        for table in COMPARED:
            assert one.reader.all(table) == other.reader.all(table)
        third = one.reader.dossier("team-3")
        assert third is not None
        assert one.shape_of(one.places[third.places[0].place]).kind == "area"  # type: ignore[union-attr]
