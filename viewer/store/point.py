"""A million points checked at once, for an event's geometry is hardly ever anything else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viewer.geo.wkb import point_wkb, to_blob

_HEAD = to_blob(point_wkb(0, 0))[:13]
"""A GeoPackage header without an envelope and the beginning of a little-endian point: what the writer writes."""
_POINT = np.dtype([("head", f"S{len(_HEAD)}"), ("lon", "<f8"), ("lat", "<f8")])
POINT_BYTES = _POINT.itemsize


def are_points(blobs: Sequence[object]) -> bool:
    """Whether all of these are blobs of one plain point each, on the globe; False says nothing about any of them."""
    if not blobs:
        return True
    if {*map(type, blobs)} != {bytes} or {*map(len, blobs)} != {_POINT.itemsize}:  # type: ignore[arg-type]
        return False
    return joined_are_points(b"".join(blobs))  # type: ignore[arg-type]


def joined_are_points(blobs: bytes) -> bool:
    """The same for blobs of `POINT_BYTES` each, one after the other."""
    found = np.frombuffer(blobs, dtype=_POINT)
    on_globe = (np.abs(found["lon"]) <= 180.0) & (np.abs(found["lat"]) <= 90.0)
    return bool(np.all(found["head"] == _HEAD) and np.all(on_globe))
