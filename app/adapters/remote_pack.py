"""Cuts a box out of a PMTiles archive far away, by asking for ranges of it; or out of one on disk.

Owns reading directories and joining neighbouring ranges into few questions. Promises the tiles as they are,
and PackError with one line for no network, a server without ranges, or an archive that changes meanwhile.
"""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from pmtiles.tile import (
    Compression,
    HeaderDict,
    TileType,
    deserialize_directory,
    deserialize_header,
    zxy_to_tileid,
)

from app.adapters.map_web import answer, host_of
from app.adapters.pack_file import E7, HEADER_BYTES, is_archive
from app.rules.map_features import MAX_ZOOM, MIN_ZOOM
from app.rules.packs import PackError, box_text, cover
from app.rules.places import Box, to_world

PATIENCE_S = 60
GAP_BYTES = 64 * 1024
"""Ranges that lie so close together are asked for as one."""
MOST_BYTES = 200_000_000
PARTIAL = 206
DEEPEST = 4

Tile = tuple[int, int, int]


class Bytes(Protocol):
    def read(self, start: int, length: int) -> bytes: ...


class OnDisk:
    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, start: int, length: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                return file.read(length)
        except OSError as error:
            raise PackError(f"{self.path} cannot be read: {error.strerror}") from None


class FarAway:
    """An archive behind a web address. Raises PackError for whatever the network does."""

    def __init__(self, address: str) -> None:
        self.address, self.host = address, host_of(address)
        self._version: str | None = None

    def read(self, start: int, length: int) -> bytes:
        wanted = {"Range": f"bytes={start}-{start + length - 1}"}
        with answer(self.address, PATIENCE_S, wanted) as found:
            if found.status != PARTIAL:
                raise PackError(f"{self.host} answers no ranges: fetch the whole file, then name it instead")
            version = found.headers.get("ETag")
            if self._version and version and version != self._version:
                raise PackError("the archive changed while it was read: run the command again")
            self._version = self._version or version
            return bytes(found.read(length))


class Range(NamedTuple):
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


def extract(source: Bytes, box: Box) -> dict[Tile, bytes]:
    """The tiles of `box` at the zooms of our packs, compressed. Raises PackError."""
    start = source.read(0, HEADER_BYTES)
    if not is_archive(start):
        raise PackError("that is not a PMTiles 3 archive")
    try:
        header = deserialize_header(start)
        _refuse(header, box)
        found = dict(_entries(source, header, _wanted(header, box)))
    except (ValueError, IndexError, EOFError, OSError, zlib.error) as error:
        if isinstance(error, PackError):
            raise
        raise PackError(f"the archive is damaged: {error}") from None
    data = _data(source, header["tile_data_offset"], _blocks(set(found.values())))
    is_bare = header["tile_compression"] == Compression.NONE
    return {tile: gzip.compress(data[at], 9, mtime=0) if is_bare else data[at] for tile, at in found.items()}


def _refuse(header: HeaderDict, box: Box) -> None:
    """Raises PackError for an archive that is of no use here."""
    if header["tile_type"] != TileType.MVT:
        raise PackError("the archive holds pictures, not vector tiles")
    if header["tile_compression"] not in (Compression.GZIP, Compression.NONE):
        raise PackError("the archive is compressed in a way that phones cannot read: gzip is needed")
    sides = (header["min_lon_e7"], header["min_lat_e7"], header["max_lon_e7"], header["max_lat_e7"])
    west, south, east, north = (side / E7 for side in sides)
    if cover((west, south, east, north), box) != "whole":
        covers = box_text((west, south, east, north))
        raise PackError(f"the archive covers {covers}; {box_text(box)} is not inside it")


def _wanted(header: HeaderDict, box: Box) -> dict[int, Tile]:
    """The numbers of the tiles that touch the box, in order. Raises PackError when there can be none."""
    west, north = to_world(box[0], box[3])
    east, south = to_world(box[2], box[1])
    found: dict[int, Tile] = {}
    for zoom in range(max(MIN_ZOOM, header["min_zoom"]), min(MAX_ZOOM, header["max_zoom"]) + 1):
        n = 1 << zoom
        for x in range(int(west * n), min(int(east * n), n - 1) + 1):
            for y in range(int(north * n), min(int(south * n), n - 1) + 1):
                found[zxy_to_tileid(zoom, x, y)] = (zoom, x, y)
    if not found:
        raise PackError(f"the archive has nothing of zoom {MIN_ZOOM} to {MAX_ZOOM}")
    return dict(sorted(found.items()))


def _entries(source: Bytes, header: HeaderDict, wanted: dict[int, Tile]) -> Iterator[tuple[Tile, Range]]:
    """Where the wanted tiles lie, by walking only through directories that can hold one."""
    numbers = list(wanted)
    directories = [(header["root_offset"], header["root_length"], 0)]
    while directories:
        start, length, depth = directories.pop()
        entries = deserialize_directory(source.read(start, length))
        ends = [*(entry.tile_id for entry in entries[1:]), numbers[-1] + 1]
        for entry, last in zip(entries, ends, strict=True):
            mine = numbers[bisect_left(numbers, entry.tile_id) : bisect_left(numbers, last)]
            if entry.run_length:
                place = Range(entry.offset, entry.length)
                yield from ((wanted[one], place) for one in mine if one < entry.tile_id + entry.run_length)
            elif mine and depth < DEEPEST:
                directories.append((header["leaf_directory_offset"] + entry.offset, entry.length, depth + 1))


def _blocks(places: set[Range]) -> list[list[Range]]:
    """Neighbours together, so that few questions are asked. Raises PackError when it comes to too much."""
    blocks: list[list[Range]] = []
    for place in sorted(places):
        if blocks and place.start - blocks[-1][-1].end <= GAP_BYTES:
            blocks[-1].append(place)
        else:
            blocks.append([place])
    if sum(block[-1].end - block[0].start for block in blocks) > MOST_BYTES:
        raise PackError("there is too much in the box: choose a smaller one")
    return blocks


def _data(source: Bytes, base: int, blocks: list[list[Range]]) -> dict[Range, bytes]:
    found: dict[Range, bytes] = {}
    for block in blocks:
        first = block[0].start
        length = block[-1].end - first
        data = source.read(base + first, length)
        if len(data) != length:
            raise PackError("the archive broke off: run the command again")
        found |= {place: data[place.start - first : place.end - first] for place in block}
    return found
