"""Many events as a picture of numbers: discs, smaller dots when there are more, squares when there are very many.

Every kernel paints in the order of time, the latest on top, as a painter would, and gives a picture of the grid:
premultiplied 0xAARRGGBB, shape (height, width), with the spare pixels around it. Colours are looked up by code.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.draw.in_view import Grid, Pixels

Codes = NDArray[np.uint8]
Counts = NDArray[np.int32]
Edges = NDArray[np.int64]
Picture = NDArray[np.uint32]
Palette = NDArray[np.uint32]
"""512 colours: 0 to 255 the inside of a disc by its code, 256 to 511 its edge; code 0 is nothing."""

EDGE = 256
DISC_RADIUS, EDGE_WIDTH = 3.6, 1.2
"""In logical pixels."""
FEW = 40_000
"""Up to so many events in view each is stamped as a disc with an edge; more are dots, taken all at once."""
STRIP = 64
"""Lines dilated at a time, so that they stay in the processor's cache."""
CHUNK = 1024


def disc(grain: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The pixels of a disc around its own: columns, lines, and which of them are its edge."""
    radius = DISC_RADIUS * grain
    reach = int(radius)
    lines, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    distance = np.hypot(lines, columns)
    covered = distance <= radius
    return columns[covered], lines[covered], distance[covered] > radius - EDGE_WIDTH * grain


def discs(pixel: Pixels, code: Codes, grid: Grid, palette: Palette) -> Picture:
    """A disc per event: `pixel` and `code` of shape (k,) in order of time."""
    columns, lines, edge = disc(grid.grain)
    room = int(DISC_RADIUS * grid.grain) + 1
    canvas = np.zeros((grid.height + 2 * room) * grid.width, dtype=np.uint32)
    offsets = (lines + room) * grid.width + columns
    stamps = palette[np.arange(EDGE)[:, None] + edge * EDGE]
    for start in range(0, len(pixel), CHUNK):
        spots = pixel[start : start + CHUNK].astype(np.intp)[:, None] + offsets
        canvas[spots] = stamps[code[start : start + CHUNK]]
    inner = canvas[room * grid.width : (room + grid.height) * grid.width]  # what wraps round a line is spare
    return inner.reshape(grid.height, grid.width)


def stamp(onto: Picture, pixel: Pixels, code: Codes, grid: Grid, palette: Palette) -> None:
    """The same discs straight onto an opaque picture of the view, which has no spare pixels: (height, width).

    That is what laying a picture of opaque discs over it gives, without filling and reading one.
    """
    columns, lines, edge = disc(grid.grain)
    high, wide = onto.shape
    flat, offsets, stamps = onto.reshape(-1), lines * wide + columns, palette[np.arange(EDGE)[:, None] + edge * EDGE]
    line = pixel // np.int32(grid.width)
    column = pixel - line * np.int32(grid.width) - np.int32(grid.spare)
    line -= np.int32(grid.spare)
    reach = int(columns.max())
    cut = np.flatnonzero((column < reach) | (column >= wide - reach) | (line < reach) | (line >= high - reach))
    x, y = column[cut, None] + columns, line[cut, None] + lines
    inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
    seen = np.ones(len(pixel), dtype=bool)
    seen[cut] = some = inside.any(axis=1)
    middle, code, cut = (line.astype(np.intp) * wide + column)[seen], code[seen], (np.cumsum(seen) - 1)[cut[some]]
    # What lies outside goes to a pixel of the same disc, in that one's colour: the order stays as it is.
    own = np.where(inside, np.arange(len(columns)), inside.argmax(axis=1)[:, None])[some]
    partly, colours = middle[cut, None] + offsets[own], stamps[code[cut, None], own]
    for start in range(0, len(middle), CHUNK):
        spots, dyes = middle[start : start + CHUNK, None] + offsets, stamps[code[start : start + CHUNK]]
        first, last = np.searchsorted(cut, (start, start + CHUNK))
        spots[cut[first:last] - start], dyes[cut[first:last] - start] = partly[first:last], colours[first:last]
        flat[spots] = dyes


def dots(pixel: Pixels, code: Codes, grid: Grid, palette: Palette) -> Picture:
    """A dot of five pixels per event, in one pass however many there are."""
    rank = np.zeros(grid.size, dtype=np.uint32)
    order = np.arange(1, len(pixel) + 1, dtype=np.uint32)
    order <<= np.uint32(8)
    order |= code
    rank[pixel.astype(np.intp)] = order
    top = dilated(rank.reshape(grid.height, grid.width))
    return np.take(palette, top.view(np.uint8).reshape(*top.shape, 4)[:, :, _LOW_BYTE], mode="clip")


_LOW_BYTE = 0 if np.little_endian else 3


def dilated(rank: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The largest value within a disc of five pixels (without its corners) around each pixel."""
    out = np.empty_like(rank)
    height = len(rank)
    for start in range(0, height, STRIP):
        low, high = max(0, start - 2), min(height, start + STRIP + 2)
        strip = rank[low:high]
        if not strip.any():
            out[start : start + STRIP] = 0
            continue
        narrow = _sideways(strip)
        wide = _sideways(narrow)
        reached = wide.copy()
        np.maximum(reached[1:], wide[:-1], out=reached[1:])
        np.maximum(reached[:-1], wide[1:], out=reached[:-1])
        np.maximum(reached[2:], narrow[:-2], out=reached[2:])
        np.maximum(reached[:-2], narrow[2:], out=reached[:-2])
        out[start : start + STRIP] = reached[start - low : start - low + STRIP]
    return out


def _sideways(strip: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The largest of each pixel and its two neighbours in the line."""
    reached = strip.copy()
    np.maximum(reached[:, 1:], strip[:, :-1], out=reached[:, 1:])
    np.maximum(reached[:, :-1], strip[:, 1:], out=reached[:, :-1])
    return reached


def density(counts: Counts, edges: tuple[Edges, Edges], steps: Palette) -> Picture:
    """The squares in the colour of their order of magnitude: steps[0] for 1 to 9, steps[1] for 10 to 99, ...

    counts: (down, across); edges: the pixels at which columns and lines of squares begin, and the one after the last;
    the picture reaches from the first to that.
    """
    colours, step = np.concatenate([np.zeros(1, dtype=np.uint32), steps]), np.zeros(counts.shape, dtype=np.uint8)
    for least in LEAST[: len(steps)]:  # a search for each count takes five times as long
        step += counts >= least
    small = np.take(colours, step, mode="clip")
    # Lines are the same in all of a square: they are made once and then copied whole.
    across, down = map(np.diff, edges)
    picture: Picture = np.repeat(np.repeat(small, across, axis=1), down, axis=0)
    return picture


LEAST = np.array([1, 10, 100, 1_000, 10_000, 100_000], dtype=np.int32)
"""The least number of events of each step of density."""
