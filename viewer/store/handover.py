"""One file that packs a store, its workspace and the base layers shown with it, to be opened or merged elsewhere.

A zip archive with a manifest; what is in it is named there, counted and summed up. Whoever unpacks one trusts nothing:
names in the archive never become paths, sizes are bounded before and while they are read, and every sum is checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from viewer.domain.frozen import dataclass
from viewer.store.errors import StoreError

KIND, VERSION = "badia hand-over", 1
MANIFEST, STORE, WORKSPACE = "manifest.json", "store.gpkg", "workspace.sqlite"
SUFFIX = ".badia.zip"
MAX_BYTES = 32 * 1024**3
MAX_RATIO = 100
ALWAYS_BYTES = 64 * 1024**2
"""Bytes that an entry may become, however small it is packed."""
MAX_LAYERS, MAX_MANIFEST = 8, 4 * 1024**2
PIECE = 4 * 1024**2

Tick = Callable[[float], None]
"""Told the share that is done; what it raises ends the work and comes out."""


@dataclass(frozen=True)
class Contents:
    """What a hand-over holds, unpacked: files, and the view (JSON) that was open."""

    store: Path
    workspace: Path | None
    layers: tuple[Path, ...]
    view: Mapping[str, Any]
    store_id: str


def pack(target: Path, contents: Contents, tick: Tick = lambda _: None) -> None:
    """Write a hand-over in one step; StoreError when it cannot be written."""
    if target.exists() and not target.is_file():
        raise StoreError(f"{target}: is no file that can be written over; choose another name")
    parts = {STORE: contents.store}
    if contents.workspace is not None:
        parts[WORKSPACE] = contents.workspace
    parts |= {f"layers/{number}{path.suffix}": path for number, path in enumerate(contents.layers, start=1)}
    whole = sum(path.stat().st_size for path in parts.values()) or 1
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    done = 0
    entries = []
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name, path in parts.items():
                digest, size = hashlib.sha256(), 0
                with path.open("rb") as read, archive.open(name, "w", force_zip64=True) as written:
                    while piece := read.read(PIECE):
                        written.write(piece)
                        digest.update(piece)
                        size, done = size + len(piece), done + len(piece)
                        tick(done / whole)
                entries.append({"name": name, "bytes": size, "sha256": digest.hexdigest(), "was": path.name})
            manifest = {
                "kind": KIND, "version": VERSION, "store_id": contents.store_id, "entries": entries,
                "view": dict(contents.view),
            }  # fmt: skip
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror or error}): choose another folder") from None
    finally:
        part.unlink(missing_ok=True)


def is_handover(path: Path) -> bool:
    """Whether a file is one, as far as its first bytes and its manifest tell."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                return False
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


def unpack(path: Path, folder: Path, tick: Tick = lambda _: None, marks_only: bool = False) -> Contents:
    """Unpack a hand-over into a new folder of its own below `folder`; StoreError when it cannot be trusted.

    marks_only: leave all but the workspace packed.
    """
    with _unpacking(path, folder) as (archive, manifest, place):
        entries = [entry for entry in _entries(path, archive, manifest) if not marks_only or entry[3] == WORKSPACE]
        whole = sum(size for _, size, _, _ in entries) or 1
        done = 0
        for info, size, digest, name in entries:
            target = place / name
            target.parent.mkdir(exist_ok=True)
            summed = hashlib.sha256()
            with archive.open(info) as read, target.open("wb") as written:
                for piece in _pieces(path, read, size):
                    written.write(piece)
                    summed.update(piece)
                    done += len(piece)
                    tick(done / whole)
            if summed.hexdigest() != digest:
                raise StoreError(f"{path}: is damaged ({name} is not what was packed); ask for it again")
        names = [name for _, _, _, name in entries]
        final = _renamed(place, folder, path)
    return Contents(
        final / STORE, final / WORKSPACE if WORKSPACE in names else None,
        tuple(final / name for name in names if name.startswith("layers/")), manifest["view"], manifest["store_id"],
    )  # fmt: skip


@contextmanager
def _unpacking(path: Path, folder: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any], Path]]:
    if not path.is_file():
        raise StoreError(f"{path}: is no file; name a hand-over")
    place = Path(tempfile.mkdtemp(prefix=".badia-", dir=folder))
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(path, archive), place
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError) as error:
        raise StoreError(f"{path}: is no hand-over that can be read ({error}); ask for it again") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be unpacked ({error.strerror or error}); free some space") from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _manifest(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    info = archive.getinfo(MANIFEST) if MANIFEST in archive.namelist() else None
    if info is None or info.file_size > MAX_MANIFEST:
        raise StoreError(f"{path}: is no hand-over of Badia's; import it if it holds events")
    with archive.open(info) as file:
        manifest = json.loads(file.read(MAX_MANIFEST + 1))
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise StoreError(f"{path}: is no hand-over of Badia's; import it if it holds events")
    if not isinstance(manifest.get("version"), int) or manifest["version"] > VERSION:
        raise StoreError(f"{path}: was made by a newer version of Badia")
    if not isinstance(manifest.get("view"), dict) or not isinstance(manifest.get("store_id"), str):
        raise StoreError(f"{path}: its manifest is damaged; ask for it again")
    return manifest


def _entries(
    path: Path, archive: zipfile.ZipFile, manifest: Mapping[str, Any]
) -> list[tuple[zipfile.ZipInfo, int, str, str]]:
    """What is to be unpacked: the entry, its size and sum, and the name it gets, which is one of ours."""
    told = manifest.get("entries")
    if not isinstance(told, list) or not 1 <= len(told) <= 2 + MAX_LAYERS:
        raise StoreError(f"{path}: its manifest is damaged; ask for it again")
    found = []
    for entry in (one if isinstance(one, dict) else {} for one in told):
        name, size, digest = (entry.get(field) for field in ("name", "bytes", "sha256"))
        info = archive.getinfo(name) if isinstance(name, str) and name in archive.namelist() else None
        if info is None or not _is_ours(str(name)) or info.file_size != size or not isinstance(digest, str):
            raise StoreError(f"{path}: its manifest does not fit what is in it; ask for it again")
        if size > max(ALWAYS_BYTES, MAX_RATIO * info.compress_size):
            raise StoreError(f"{path}: {name} becomes more than {MAX_RATIO} times as large; it was not unpacked")
        found.append((info, size, digest, str(name)))
    if sum(size for _, size, _, _ in found) > MAX_BYTES:
        raise StoreError(f"{path}: becomes larger than {MAX_BYTES // 1024**3} GB; it was not unpacked")
    if STORE not in [name for *_, name in found]:
        raise StoreError(f"{path}: holds no store; ask for it again")
    return found


def _is_ours(name: str) -> bool:
    layers = [f"layers/{number}.mbtiles" for number in range(1, MAX_LAYERS + 1)]
    return name in (STORE, WORKSPACE, *layers)


def _pieces(path: Path, read: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while piece := read.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise StoreError(f"{path}: holds more than it says; it was not unpacked")
        yield piece


def _renamed(place: Path, folder: Path, path: Path) -> Path:
    """Give what was unpacked its name, with a number when that is taken."""
    stem = path.name.removesuffix(".zip").removesuffix(".badia") or "hand-over"
    number, final = 1, folder / stem
    while final.exists():
        number += 1
        final = folder / f"{stem}-{number}"
    place.chmod(0o755)
    place.rename(final)
    return final
