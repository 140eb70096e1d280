"""Where imported records come from: which run of which file brought them, and what they are called there."""

from __future__ import annotations

from viewer.domain.fields import info
from viewer.domain.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One import of one file; the numbers are of its rows, and read = added + updated + unchanged + rejected.

    feed: what the file is an edition of, so that a later edition updates it. digest: SHA-256 of the file.
    """

    key: str = info("Key", "key", required=True)
    feed: str = info("Feed", required=True)
    format: str = info("Format", required=True)
    file: str = info("File", default="")
    digest: str = info("SHA-256 of the file", default="")
    run_on: str = info("Imported on", "edtf")
    read: int | None = info("Rows read", "integer")
    added: int | None = info("Added", "integer")
    updated: int | None = info("Updated", "integer")
    unchanged: int | None = info("Unchanged", "integer")
    deleted: int | None = info("Deleted", "integer")
    rejected: int | None = info("Rejected", "integer")
    attribution: str = info("Attribution", default="")
    note: str = info("Note", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which row of a feed a record stands for, and which run brought it or changed it last.

    digest: of the row as it was read, which tells whether a later edition changed it.
    """

    of_table: str = info("Table", required=True)
    of_key: str = info("Record", required=True)
    feed: str = info("Feed", required=True)
    feed_id: str = info("Id in the feed", default="")
    run: str = info("Brought by", "ref", table="import_run")
    digest: str = info("Digest of the row", default="")
