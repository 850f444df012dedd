"""A map pack's two files: writing them, and looking whether they are whole.

Owns the archive (PMTiles 3) and what must be true of a pack before anybody is given it. Promises the same
bytes for the same tiles. Knows nothing of where packs are kept.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pmtiles.reader import MemorySource, MmapSource, Reader, all_tiles
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from app.adapters.vector_tile import Feature, layers
from app.rules.packs import PackError, box_text, cover
from app.rules.places import Box

ATTRIBUTION = '<a href="https://www.openstreetmap.org/copyright">© OpenStreetMap</a>'
PLAIN_ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
E7 = 1e7
Tile = tuple[int, int, int]
"""Zoom, column, row."""
START = b"PMTiles\x03"
HEADER_BYTES = 127
TITLE_LENGTH = 80


def write(path: Path, tiles: Mapping[Tile, bytes], box: Box, metadata: Mapping[str, Any]) -> None:
    """Raises PackError when there is no tile."""
    if not tiles:
        raise PackError("there is not one tile in the box")
    west, south, east, north = (round(side * E7) for side in box)
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": max(zoom for zoom, _x, _y in tiles),
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
    with path.open("wb") as file:
        writer = Writer(file)
        for number, data in sorted((zxy_to_tileid(*place), data) for place, data in tiles.items()):
            writer.write_tile(number, data)
        writer.finalize(header, {"type": "baselayer", "attribution": ATTRIBUTION} | dict(metadata))


def is_archive(start: bytes) -> bool:
    """Whether a file that begins so, and has its whole header there, can be asked for size and bounds."""
    return len(start) >= HEADER_BYTES and start.startswith(START)


def title_of(data: bytes) -> str:
    """What an archive calls itself; nothing when it does not say, or cannot be read."""
    try:
        words = Reader(MemorySource(data)).metadata()
        return str(words.get("name", ""))[:TITLE_LENGTH]
    except (ValueError, AttributeError, EOFError, zlib.error, gzip.BadGzipFile):
        return ""


def decoded_tiles(path: Path) -> Iterator[tuple[Tile, dict[str, list[Feature]]]]:
    """Every tile of an archive with its features by layer. Raises PackError for one that cannot be read."""
    try:
        with path.open("rb") as file:
            for place, data in all_tiles(MmapSource(file)):
                yield place, layers(gzip.decompress(data))
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PackError(f"the map has a tile that cannot be read: {error}") from None


def last_zoom(path: Path) -> int:
    with path.open("rb") as file:
        zoom: int = Reader(MmapSource(file)).header()["max_zoom"]
    return zoom


def check(path: Path, index: Path, box: Box) -> None:
    """Open both and compare with what was asked for. Raises PackError."""
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        header, metadata = reader.header(), reader.metadata()
    sides = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    west, south, east, north = (header[side] / E7 for side in sides)
    if cover((west, south, east, north), box) != "whole":
        raise PackError(f"the map that was made does not cover {box_text(box)}")
    if not header["addressed_tiles_count"] or not metadata.get("attribution"):
        raise PackError("the map that was made is empty or does not say whose data it is")
    if not {"o", "q", "streets", "places"} <= json.loads(index.read_bytes()).keys():
        raise PackError("the address index that was made is not whole")
