"""Oil fields, pumping stations, crossings, airfields, dams: what the war was about, as small faint signs."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from viewer.geo.basemap import Basemap
from viewer.layers.primitives import SHOWN_FROM, Entry, Primitive, Signs, place_label
from viewer.session.named import named_sites
from viewer.session.state import State
from viewer.store.dataset import DataSet

WORDS = {
    "oilfield": "Oil or gas", "station": "Pumping station", "crossing": "Border crossing", "airbase": "Airfield",
    "dam": "Dam", "site": "Base or other site",
}  # fmt: skip
ENTRIES = {kind: Entry("Map", words, "place", kind) for kind, words in WORDS.items()}


class SitesLayer:
    """A sign and a name of each site, once one is close."""

    id = "sites"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Signs by kind and rank, then the names."""
        named = named_sites(data, basemap)
        signs = []
        for (kind, rank), alike in groupby(sorted(named, key=lambda s: (s.kind, s.rank)), lambda s: (s.kind, s.rank)):
            spots = np.array([(site.x, site.y) for site in alike])
            signs.append(Signs(spots[:, 0], spots[:, 1], kind, SHOWN_FROM[rank], ENTRIES[kind]))
        return (*signs, *(place_label(site, state, "site") for site in named))
