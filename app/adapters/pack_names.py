"""What a pack's own tiles name: streets, landmarks, and how a thing is called in another language.

Owns reading names out of tiles, so that a pack of any origin can have an address index. Doors are not found
here: tiles know a door's number and not its street.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from app.adapters.pack_file import Tile, decoded_tiles, last_zoom
from app.adapters.vector_tile import LINE, POINT, Feature, Ring
from app.rules.address_index import Landmark, Street

STREET_KINDS = frozenset(("highway", "major_road", "minor_road", "path", "other"))


@dataclass
class Names:
    """`shown`: from the name on a sign to the one in the index's language. `tiles`: how many were read."""

    tiles: int = 0
    streets: list[Street] = field(default_factory=list)
    landmarks: list[Landmark] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)


def names_in(path: Path, language: str) -> Names:
    """The names in a pack's last zoom; every tile is read. Raises PackError for one that cannot be."""
    found, last = Names(), last_zoom(path)
    longest: dict[str, tuple[float, Street]] = {}
    for tile, layers in decoded_tiles(path):
        found.tiles += 1
        if tile[0] != last:
            continue
        for feature in (one for features in layers.values() for one in features):
            name, other = feature.properties.get("name"), feature.properties.get(f"name:{language}")
            if name and other:
                found.shown[str(name)] = str(other)
        found.landmarks += _landmarks([*layers.get("pois", []), *layers.get("places", [])], tile)
        for length, street in _streets(layers.get("roads", []), tile):
            if length > longest.get(street.name, (0.0, street))[0]:
                longest[street.name] = (length, street)
    found.streets = sorted(street for _length, street in longest.values())
    return found


def _landmarks(features: Iterable[Feature], tile: Tile) -> Iterable[Landmark]:
    """Each once: what lies beyond the edge belongs to the tile beside."""
    for one in features:
        name, kind = one.properties.get("name"), one.properties.get("kind")
        if not name or one.kind != POINT or not one.parts:
            continue
        x, y = one.parts[0][0]
        if 0 <= x < one.extent and 0 <= y < one.extent:
            yield Landmark(str(name), str(kind), *_place(tile, x / one.extent, y / one.extent))


def _streets(features: Iterable[Feature], tile: Tile) -> Iterable[tuple[float, Street]]:
    """Length and middle of every named piece."""
    for one in features:
        name = one.properties.get("name")
        if not name or one.kind != LINE or one.properties.get("kind") not in STREET_KINDS:
            continue
        for part in one.parts:
            length, x, y = _middle(part)
            yield length, Street(str(name), *_place(tile, x / one.extent, y / one.extent))


def _middle(part: Ring) -> tuple[float, float, float]:
    """A line's length, and the spot half way along it."""
    lengths = [math.dist(a, b) for a, b in pairwise(part)]
    left = sum(lengths) / 2
    for (a, b), length in zip(pairwise(part), lengths, strict=True):
        if length and left <= length:
            share = left / length
            return sum(lengths), a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        left -= length
    return 0.0, *part[0]


def _place(tile: Tile, x: float, y: float) -> tuple[float, float]:
    """Degrees of a spot in a tile, whose sides are 0 to 1."""
    zoom, column, row = tile
    n = 1 << zoom
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (row + y) / n))))
    return (column + x) / n * 360 - 180, lat
