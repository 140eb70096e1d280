"""How the base map lies in its file: so that all its lines are decoded at once, and not one by one.

After MAGIC comes one zlib stream: the length of a JSON head (four bytes), the head, then little-endian arrays.
- steps (int32, 2 x n): for all vertices of all layers in turn the differences of longitude and of latitude to the
  vertex before, in units of `quantum` degrees.
- detail (uint8, n): from which detail on a vertex is part of its line, 0 is the coarsest.
- shade (uint8, rows x columns): the shading of the relief, if the head names one, in rows from the north, in each the
  differences to the pixel before.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass

MAGIC = b"Badia base map 2\n"
MAX_BYTES = 64_000_000
DETAILS = 4
"""How many details a line may have. The coarsest is its general course, for names; the others are drawn."""
_LENGTH = struct.Struct("<I")
_STEP = np.dtype("<i4")


@dataclass(frozen=True, eq=False)
class Content:
    """What a file holds. The i-th line is `starts[i]` to `starts[i + 1]` of the vertices, in degrees."""

    head: Mapping[str, Any]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    detail: NDArray[np.uint8]
    starts: NDArray[np.int64]
    shade: NDArray[np.int8]
    """Of shape (0, 0) when there is none."""


def pack(
    head: Mapping[str, Any], lines: Sequence[NDArray[np.integer[Any]]], shade: NDArray[np.int8] | None = None
) -> bytes:
    """A file of a head and lines, each of shape (n, 3): longitude, latitude in quanta, detail. Each time the same."""
    every = np.concatenate(lines) if lines else np.zeros((0, 3), dtype=np.int64)
    content = dict(head, lengths=[len(line) for line in lines])
    if shade is not None:
        content["relief"] = dict(head["relief"], shape=list(shade.shape))
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")
    steps = np.diff(every[:, :2].T, axis=1, prepend=0).astype(_STEP)
    parts = [_LENGTH.pack(len(text)), text, steps.tobytes(), every[:, 2].astype(np.uint8).tobytes()]
    parts.append(b"" if shade is None else np.diff(shade.view(np.uint8), axis=1, prepend=np.uint8(0)).tobytes())
    return MAGIC + zlib.compress(b"".join(parts), 9)


def unpack(data: bytes) -> Content:
    """What a file holds; ValueError, KeyError, TypeError, zlib.error or struct.error when it is damaged."""
    if not data.startswith(MAGIC):
        raise ValueError("it is no base map of this version")
    inflate = zlib.decompressobj()
    raw = inflate.decompress(data[len(MAGIC) :], MAX_BYTES)
    if not inflate.eof:
        raise ValueError("it ends too early" if len(raw) < MAX_BYTES else "it is far too large")
    at = _LENGTH.size + _LENGTH.unpack_from(raw)[0]
    head = json.loads(raw[_LENGTH.size : at])
    lengths = np.array(head["lengths"], dtype=np.int64).reshape(-1)
    number = int(lengths.sum())
    if len(lengths) and lengths.min() < 2:
        raise ValueError("a line in it has no length")
    steps = np.frombuffer(raw, _STEP, 2 * number, at).reshape(2, number)
    lon, lat = np.cumsum(steps, axis=1, dtype=np.int64) * float(head["quantum"])
    at += steps.nbytes
    detail = np.frombuffer(raw, np.uint8, number, at)
    at += detail.nbytes
    rows, columns = (int(side) for side in head["relief"]["shape"]) if "relief" in head else (0, 0)
    pixels = np.frombuffer(raw, np.uint8, rows * columns, at).reshape(rows, columns)
    shade = np.cumsum(pixels, axis=1, dtype=np.uint8).view(np.int8)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    return Content(head, lon, lat, detail, starts, shade)
