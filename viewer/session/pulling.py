"""A team's database into a store: the rows come to the disk first, then they are imported like any other table."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from viewer.domain.actors import Actor
from viewer.domain.frozen import dataclass
from viewer.formats.postgis import LAT, LON, WKT, Pull, forget, pulled
from viewer.geo.basemap import Basemap
from viewer.session.importing import Order, Progress, Summary, run_import
from viewer.store.intake.names import slug

PULLING = 0.5
"""The share of the work that the database takes."""
FORMAT = "table"


@dataclass(frozen=True)
class PullOrder:
    """What is to be pulled, and how it is imported; the file of `order` is made here, whatever it says."""

    pull: Pull
    order: Order


def run_pull(
    wanted: PullOrder, basemap: Basemap, wellknown: Mapping[str, Actor], progress: Progress = lambda _: None
) -> Summary:
    """Pull and import; ReadError and StoreError say why not. Whoever is interrupted goes on by asking the same again.

    What was pulled lies beside the store until the import is done, and goes then.
    """
    order, pull = wanted.order, wanted.pull
    folder, name = order.into.absolute().parent, slug(pull.relation) or "pulled"
    with tempfile.TemporaryDirectory(prefix=".badia-pull-", dir=folder) as private:
        table = pulled(pull, folder, name, lambda share: progress(PULLING * share), Path(private))
        summary = _imported(wanted, table, basemap, wellknown, progress)
        if summary.rejects is not None:
            summary = replace(summary, rejects=_kept(summary.rejects, folder))
    forget(folder, name)
    return summary


def _kept(rejects: Path, folder: Path) -> Path:
    """Rejected rows beside the store, over no other file."""
    number, final = 1, folder / rejects.name
    while final.exists():
        number += 1
        final = folder / f"{rejects.stem}-{number}{rejects.suffix}"
    return rejects.rename(final)


def _imported(
    wanted: PullOrder, table: Path, basemap: Basemap, wellknown: Mapping[str, Actor], progress: Progress
) -> Summary:
    order, pull = wanted.order, wanted.pull
    mapped = {"id": pull.key, **({"lon": LON, "lat": LAT, "wkt": WKT} if pull.geometry else {})}
    ready = replace(
        order, file=table, format=order.format or FORMAT, feed=order.feed or table.stem,
        options={**mapped, **order.options},
    )  # fmt: skip
    return run_import(ready, basemap, wellknown, lambda share: progress(PULLING + (1 - PULLING) * share))
