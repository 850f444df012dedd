"""Cuts shapes into the tiles of one zoom, many at once: which tiles each reaches, and what is drawn there.

Owns clipping, rounding to tile units and the direction of rings; shapes come in web mercator, 0 to 1.
Promises one answer for the same shapes in the same order. Needs the extra `basemap`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely

from app.adapters.vector_tile import LINE, POINT, POLYGON
from app.adapters.vector_tile_write import EXTENT, Part
from app.rules.places import Box, to_world

LEAST_RING = 4


class Piece(NamedTuple):
    """What of one shape is drawn in one tile: column, row, the shape's place in the list, kind and parts."""

    x: int
    y: int
    item: int
    kind: int
    parts: list[Part]


class Grid(NamedTuple):
    """The tiles of one zoom that a box touches, `n` of them around the world."""

    n: int
    columns: tuple[int, int]
    rows: tuple[int, int]

    @classmethod
    def of(cls, zoom: int, box: Box) -> Grid:
        n = 1 << zoom
        west, north = to_world(box[0], box[3])
        east, south = to_world(box[2], box[1])
        columns = int(west * n), min(math.ceil(east * n), n) - 1
        return cls(n, columns, (int(north * n), min(math.ceil(south * n), n) - 1))


class _Cut(NamedTuple):
    """Pieces of shapes, one for one with the tile and the item that each belongs to."""

    shapes: Any
    tiles: Any
    items: Any

    def only(self, which: Any) -> _Cut:
        return _Cut(self.shapes[which], self.tiles[which], self.items[which])


def cut(shapes: Any, beyond: Any, grid: Grid) -> Iterator[Piece]:
    """The pieces of the shapes; `beyond` says for each how many units it reaches over a tile's edge."""
    pieces = _clipped(shapes, beyond / EXTENT, grid)
    dimensions = shapely.get_dimensions(pieces.shapes)
    yield from _surfaces(pieces.only(dimensions == 2), grid.n)
    yield from _lines(pieces.only(dimensions == 1), grid.n)
    yield from _spots(pieces.only(dimensions == 0), grid.n)


def _clipped(shapes: Any, beyond: Any, grid: Grid) -> _Cut:
    """Every shape once for each tile that it reaches, clipped where it does not lie inside."""
    bounds = shapely.bounds(shapes) * grid.n
    low = np.floor(bounds[:, :2] - beyond[:, None]).astype(np.int64)
    high = np.floor(bounds[:, 2:] + beyond[:, None]).astype(np.int64)
    first, last = np.array((grid.columns, grid.rows)).T
    low, high = np.maximum(low, first), np.minimum(high, last)
    reach = [
        (item, x, y)
        for item, ((x0, y0), (x1, y1)) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
        for x in range(x0, x1 + 1)
        for y in range(y0, y1 + 1)
    ]
    items, tiles = np.array([one[0] for one in reach], dtype=np.int64), np.array([one[1:] for one in reach])
    tiles = tiles.reshape(-1, 2)
    found = shapes[items]
    frames = np.hstack((tiles - beyond[items, None], tiles + 1 + beyond[items, None]))
    is_inside = (bounds[items, :2] >= frames[:, :2]).all(axis=1)
    is_inside &= (bounds[items, 2:] <= frames[:, 2:]).all(axis=1)
    outside = np.flatnonzero(~is_inside)
    for frame, members in _by_frame(frames[outside], outside):
        found[members] = shapely.clip_by_rect(found[members], *(side / grid.n for side in frame))
    return _Cut(found, tiles, items)


def _by_frame(frames: Any, at: Any) -> Iterator[tuple[Any, Any]]:
    """Places in the list by the frame that they are clipped to."""
    if not len(frames):
        return
    kinds, which = np.unique(frames, axis=0, return_inverse=True)
    for number, frame in enumerate(kinds):
        yield frame.tolist(), at[which.ravel() == number]


def _spots(cut_: _Cut, n: int) -> Iterator[Piece]:
    shapes, owner = shapely.get_coordinates(cut_.shapes, return_index=True)
    units = _units(shapes, cut_.tiles[owner], n)
    for (x, y), item, spot in zip(
        cut_.tiles[owner].tolist(), cut_.items[owner].tolist(), units.tolist(), strict=True
    ):
        yield Piece(x, y, item, POINT, [[spot]])


def _lines(cut_: _Cut, n: int) -> Iterator[Piece]:
    parts, owner = shapely.get_parts(cut_.shapes, return_index=True)
    lines = [line if len(line) > 1 else None for line, _twice in _rounded(parts, cut_.tiles[owner], n)]
    yield from _gathered(cut_, LINE, zip(owner.tolist(), lines, strict=True))


def _surfaces(cut_: _Cut, n: int) -> Iterator[Piece]:
    parts, owner = shapely.get_parts(cut_.shapes, return_index=True)
    is_surface = shapely.get_dimensions(parts) == 2
    parts, owner = parts[is_surface], owner[is_surface]
    rings, part_of = shapely.get_rings(parts, return_index=True)
    found = _rounded(rings, cut_.tiles[owner[part_of]], n)
    drawn = _wound(zip(part_of.tolist(), found, strict=True))
    yield from _gathered(cut_, POLYGON, zip(owner[part_of].tolist(), drawn, strict=True))


def _wound(rings: Iterator[tuple[int, tuple[Any, float]]]) -> Iterator[Part | None]:
    """The outer ring clockwise on the screen, its holes the other way; None for what has collapsed."""
    present, is_drawn = -1, False
    for part, (ring, twice) in rings:
        is_outer = part != present
        is_whole = len(ring) >= LEAST_RING and twice != 0
        if is_outer:
            present, is_drawn = part, is_whole
        if not (is_whole and is_drawn):
            yield None
        else:
            yield ring if (twice > 0) == is_outer else ring[::-1]


def _gathered(cut_: _Cut, kind: int, parts: Iterator[tuple[int, Part | None]]) -> Iterator[Piece]:
    """The parts that are left of each piece, together."""
    tiles, items = cut_.tiles.tolist(), cut_.items.tolist()
    found: dict[int, list[Part]] = {}
    for owner, part in parts:
        if part is not None:
            found.setdefault(owner, []).append(part)
    for owner, drawn in found.items():
        x, y = tiles[owner]
        yield Piece(x, y, items[owner], kind, drawn)


def _units(coordinates: Any, tiles: Any, n: int) -> Any:
    return np.rint((coordinates * n - tiles) * EXTENT).astype(np.int64)


def _rounded(parts: Any, tiles: Any, n: int) -> list[tuple[Part, float]]:
    """Each part in whole units, without two alike in a row, and twice the surface that it goes around."""
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    units = _units(coordinates, tiles[owner], n)
    stays = np.ones(len(units), dtype=bool)
    stays[1:] = (units[1:] != units[:-1]).any(axis=1) | (owner[1:] != owner[:-1])
    units, owner = units[stays], owner[stays]
    across, down = units[:, 0].astype(float), units[:, 1].astype(float)
    turn = np.where(owner[1:] == owner[:-1], across[:-1] * down[1:] - across[1:] * down[:-1], 0.0)
    twice = np.bincount(owner[:-1], weights=turn, minlength=len(parts)).tolist()
    ends = np.cumsum(np.bincount(owner, minlength=len(parts))).tolist()
    spots = units.tolist()
    starts = [0, *ends][:-1]
    return [(spots[start:end], turned) for start, end, turned in zip(starts, ends, twice, strict=True)]
