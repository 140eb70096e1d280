"""Zip archives (KMZ and the like) read in memory: nothing is extracted to disk, and none becomes larger than it may."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from viewer.formats.infile import ALWAYS_READ, MAX_RATIO, ZIP_MAGIC, InFile, ReadError

MAX_MEMBERS = 10_000
MAX_UNPACKED = 1024 * 1024 * 1024
"""Bytes one member may have."""
_ENCRYPTED = 0x1


def is_archive(file: InFile) -> bool:
    """Whether a file begins as a zip archive does; False when it cannot be read."""
    try:
        return file.head.startswith(ZIP_MAGIC)
    except ReadError:
        return False


@contextmanager
def opened_member(file: InFile, wanted: Callable[[str], int]) -> Iterator[BinaryIO]:
    """The member of an archive that is wanted most, unpacked as it is read; ReadError if there is none or one too big.

    wanted: how much a member of that name is wanted, 0 not at all. Names that lead out of the archive are passed over.
    """
    try:
        with zipfile.ZipFile(file.path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise ReadError(f"{file.path}: holds more than {MAX_MEMBERS:,} files; unpack what you need")
            chosen = max(
                (one for one in members if _stays_inside(one)), key=lambda one: wanted(one.filename), default=None
            )
            if chosen is None or not wanted(chosen.filename):
                raise ReadError(f"{file.path}: is an archive without the file that was looked for; unpack it yourself")
            _check(file, chosen)
            with member_of(archive, chosen) as member:
                yield io.BufferedReader(_Bounded(member, file, allowed(file, chosen)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ReadError(f"{file.path}: cannot be unpacked ({str(error)[:80]}); pack it again") from None


def member_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> IO[bytes]:
    """A member, to be read; BadZipFile for one that begins before the file does, of which zipfile has no word."""
    try:
        return archive.open(member)
    except ValueError as error:
        raise zipfile.BadZipFile(str(error)) from None


def _stays_inside(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    return not (member.is_dir() or path.is_absolute() or ".." in path.parts or ":" in member.filename)


def allowed(file: InFile, member: zipfile.ZipInfo) -> int:
    """Bytes that may come out of a member, whatever it says of itself."""
    return min(MAX_UNPACKED, max(ALWAYS_READ, MAX_RATIO * min(member.compress_size, file.size)))


def _check(file: InFile, member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise ReadError(f"{file.path}: is encrypted; unpack it yourself")
    if member.file_size > allowed(file, member):
        raise ReadError(f"{file.path}: {_too_much()}")


def _too_much() -> str:
    return (
        f"becomes more than {MAX_RATIO} times as large, or than {MAX_UNPACKED // 1024**2} MB, when it is unpacked; "
        "unpack it yourself if you trust it"
    )


class _Bounded(io.RawIOBase):
    """A member that says more than it may and is ended there: what an archive declares need not be true."""

    def __init__(self, member: object, file: InFile, left: int) -> None:
        self._member, self._file, self._left = member, file, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        number = int(self._member.readinto(buffer))  # type: ignore[attr-defined]
        self._left -= number
        if self._left < 0:
            raise ReadError(f"{self._file.path}: {_too_much()}")
        return number
