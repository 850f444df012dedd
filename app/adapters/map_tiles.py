"""Cuts a survey into vector tiles: what each zoom shows, simplified to what can be seen there.

Owns draw order, merging of road pieces and simplification. Promises the same tiles on every run,
and no tile without a feature. Needs the extra `basemap`.
"""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely

from app.adapters import tile_cutter
from app.adapters.coast import land_and_sea
from app.adapters.osm_file import READ_SHARE, Survey, Told
from app.adapters.tile_cutter import Grid
from app.adapters.vector_tile_write import EXTENT, LayerWriter, tile
from app.rules.map_features import LAYERS, MAX_ZOOM, MIN_ZOOM, Made
from app.rules.places import Box

BEYOND = {"roads": 256, "places": 256}
BEYOND_ELSEWHERE = 64
"""How far a tile's features reach over its edge, in tile units: names and thick lines need more."""
FINE, COARSE = 1.0, 6.0
"""How many tile units a simplified line may stray, at the last zoom and before it."""
SMALLEST = 24
"""Surfaces below so many tile units square are left out before the last zoom."""
QUIET_BELOW = 13
QUIET = frozenset(("lit", "bicycle"))
RANKS = {"path": 0, "other": 1, "minor_road": 2, "rail": 2, "major_road": 3, "highway": 4}
GZIP = 31

Tile = tuple[int, int, int]


class Item(NamedTuple):
    """A feature at one zoom; its shape in web mercator, 0 to 1."""

    made: Made
    shape: Any


def cut(found: Survey, box: Box, told: Told) -> Iterator[tuple[Tile, bytes]]:
    """Zoom, x, y and the compressed tile, zoom by zoom."""
    told("Drawing land and water", READ_SHARE)
    items = _in_order(_with_ground(found, box))
    for zoom in range(MIN_ZOOM, MAX_ZOOM + 1):
        share = READ_SHARE + (1 - READ_SHARE) * 0.9 * (2.0 ** (zoom - MAX_ZOOM) if zoom > MIN_ZOOM else 0)
        told(f"Cutting tiles of zoom {zoom}", share)
        shown = [item for item in items if item.made.zoom <= zoom]
        for (x, y), layers in sorted(_tiles(list(_at_zoom(shown, zoom)), zoom, box).items()):
            written = [layers[name] for name in LAYERS if name in layers]
            packer = zlib.compressobj(9, wbits=GZIP)
            yield (zoom, x, y), packer.compress(tile(written)) + packer.flush()


def _with_ground(found: Survey, box: Box) -> list[Item]:
    land, sea = land_and_sea(found.coast, shapely.box(*box))
    made = [*found.made, Made("earth", 0, {"kind": "earth"})]
    shapes = [*found.shapes, land]
    if sea is not None:
        made.append(Made("water", 0, {"kind": "ocean"}))
        shapes.append(sea)
    world = shapely.transform(np.array(shapes, dtype=object), _world)
    return [Item(one, shape) for one, shape in zip(made, world, strict=True) if not shape.is_empty]


def _world(coordinates: Any) -> Any:
    sine = np.sin(np.radians(coordinates[:, 1]))
    y = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return np.column_stack(((coordinates[:, 0] + 180) / 360, y))


def _in_order(items: list[Item]) -> list[Item]:
    """As they are drawn: layer by layer, large surfaces below small ones."""
    sizes = shapely.area(np.array([item.shape for item in items], dtype=object))
    place = {name: at for at, name in enumerate(LAYERS)}
    order = sorted(
        range(len(items)), key=lambda i: (place[items[i].made.layer], -sizes[i], items[i].made.zoom)
    )
    return [items[i] for i in order]


def _at_zoom(items: list[Item], zoom: int) -> Iterator[Item]:
    """What is left of the items at a zoom, simplified."""
    unit = 1 / (EXTENT << zoom)
    stray = unit * (FINE if zoom == MAX_ZOOM else COARSE)
    smallest = 0.0 if zoom == MAX_ZOOM else (unit * SMALLEST) ** 2
    for layer in LAYERS:
        here = [item for item in items if item.made.layer == layer]
        if layer == "roads":
            here = _merged(here, zoom)
        if here:
            yield from _simplified(here, stray, smallest)


def _simplified(items: list[Item], stray: float, smallest: float) -> Iterator[Item]:
    shapes = np.array([item.shape for item in items], dtype=object)
    is_surface = shapely.get_dimensions(shapes) == 2
    simple = shapely.simplify(shapes, stray, preserve_topology=False)
    simple = np.where(is_surface & shapely.is_empty(simple), shapes, simple)
    crossed = is_surface & ~shapely.is_valid(simple)
    simple[crossed] = shapely.make_valid(simple[crossed])
    seen = ~is_surface | (shapely.area(shapes) > smallest)
    for at in np.flatnonzero(seen):
        yield Item(items[at].made, simple[at])


def _merged(roads: list[Item], zoom: int) -> list[Item]:
    """Touching pieces of one road as one line, so that its name finds room; larger roads above smaller."""
    groups: dict[tuple[tuple[str, str | bool], ...], list[Item]] = defaultdict(list)
    for item in roads:
        properties = item.made.properties.items()
        kept = (pair for pair in properties if zoom >= QUIET_BELOW or pair[0] not in QUIET)
        groups[tuple(kept)].append(item)
    merged = [_joined(dict(key), items) for key, items in groups.items()]
    return sorted(merged, key=lambda item: RANKS.get(str(item.made.properties["kind"]), 1))


def _joined(properties: dict[str, str | bool], items: list[Item]) -> Item:
    made = items[0].made._replace(properties=properties)
    if len(items) == 1:
        return Item(made, items[0].shape)
    pieces = shapely.get_parts(np.array([item.shape for item in items], dtype=object))
    return Item(made, shapely.line_merge(shapely.multilinestrings(pieces)))


def _tiles(items: list[Item], zoom: int, box: Box) -> dict[tuple[int, int], dict[str, LayerWriter]]:
    """The tiles of a zoom; within a layer surfaces come first, then lines, then spots."""
    found: dict[tuple[int, int], dict[str, LayerWriter]] = {}
    if not items:
        return found
    shapes = np.array([item.shape for item in items], dtype=object)
    beyond = np.array([BEYOND.get(item.made.layer, BEYOND_ELSEWHERE) for item in items])
    for piece in tile_cutter.cut(shapes, beyond, Grid.of(zoom, box)):
        made = items[piece.item].made
        layers = found.setdefault((piece.x, piece.y), {})
        layer = layers.setdefault(made.layer, LayerWriter(made.layer))
        layer.add(piece.kind, piece.parts, made.properties)
    return found
