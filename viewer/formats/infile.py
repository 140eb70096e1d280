"""A file that is read for import: opened, unpacked when it is compressed, and kept from growing without bound."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from viewer.domain.drafts import SourceMention

HEAD_BYTES = 64 * 1024
MAX_RATIO = 100
"""How much larger than itself a compressed file may become."""
ALWAYS_READ = 16 * 1024 * 1024
"""Bytes that may come out of any compressed file, however small."""
GZIP_MAGIC, ZIP_MAGIC, SQLITE_MAGIC = b"\x1f\x8b", b"PK\x03\x04", b"SQLite format 3\0"


class ReadError(ValueError):
    """A file that cannot be imported at all, in one sentence with the remedy."""


@dataclass
class InFile:
    """A file to import. `position` and `size` are bytes of the file as it lies on the disk.

    feed: what it is an edition of, '' where that is not known.
    """

    path: Path
    feed: str = ""
    position: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """The name without what says that it is compressed."""
        return self.path.name.removesuffix(".gz")

    @cached_property
    def size(self) -> int:
        """Bytes on the disk."""
        return self.path.stat().st_size

    @cached_property
    def head(self) -> bytes:
        """The first bytes of what the file holds."""
        with self.opened() as file:
            return file.read(HEAD_BYTES)

    def as_source(self, publisher: str = "", kind: str = "dataset") -> SourceMention:
        """The file itself as a source: the same in every edition of its feed, whatever that one's file is called."""
        of_whom = f"-{hashlib.blake2b(publisher.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"
        key = f"file-{self.feed}{of_whom if publisher else ''}" if self.feed else ""
        return SourceMention(publisher or self.name.rpartition(".")[0] or self.name, self.name, kind=kind, key=key)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """What the file holds, unpacked on the way; ReadError when it cannot be read or grows beyond measure."""
        try:
            with self.path.open("rb") as raw:
                packed = raw.read(2) == GZIP_MAGIC
                raw.seek(0)
                counted = _Counted(raw, self)
                yield _Unpacked(counted, self) if packed else io.BufferedReader(counted)
        except (OSError, EOFError, zlib.error) as error:
            told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise ReadError(f"{self.path}: cannot be read ({told}); check the file") from error


class _Counted(io.RawIOBase):
    """A file that says how far it was read."""

    def __init__(self, raw: BinaryIO, about: InFile) -> None:
        self._raw, self._about = raw, about

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        number = self._raw.readinto(buffer)  # type: ignore[attr-defined]
        self._about.position = self._raw.tell()
        return int(number or 0)


class _Unpacked(io.BufferedReader):
    """A compressed file that may not become more than MAX_RATIO times as large as it is."""

    def __init__(self, packed: _Counted, about: InFile) -> None:
        super().__init__(_Bounded(gzip.GzipFile(fileobj=io.BufferedReader(packed)), about))


class _Bounded(io.RawIOBase):
    def __init__(self, unpacked: gzip.GzipFile, about: InFile) -> None:
        self._unpacked, self._about = unpacked, about
        self._left = max(ALWAYS_READ, MAX_RATIO * about.size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        number = self._unpacked.readinto(buffer)  # type: ignore[arg-type]
        self._left -= number
        if self._left < 0:
            raise ReadError(
                f"{self._about.path}: becomes more than {MAX_RATIO} times as large when it is unpacked; "
                "unpack it yourself if you trust it"
            )
        return number
