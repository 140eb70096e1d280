"""Saved views: a part of the map on a day that whoever made a store wants seen, with what to see there."""

from __future__ import annotations

from viewer.domain.fields import info
from viewer.domain.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A box in degrees, a day, and how many days up to it the window shows.

    Without all four sides a view is of a day, not of a place.
    """

    key: str = info("Key", "key", required=True)
    name: str = info("Name", required=True)
    on: str = info("Day", "edtf", required=True)
    days: float | None = info("Days in the window", "real")
    west: float | None = info("West", "real")
    south: float | None = info("South", "real")
    east: float | None = info("East", "real")
    north: float | None = info("North", "real")
    note: str = info("What it shows", "long")
    source: str = info("Source", "ref", table="source")
