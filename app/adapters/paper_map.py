"""The map on paper: a pack's streets, the area, the route and where the stops lie, as SVG and millimetres.

Owns the projection, what is drawn of a pack and in which order, and where street names go. Promises a map
also without a pack (then with area, route and stops alone), and the same bytes every time. Sets no text:
names, numbers and the scale are given as places in millimetres from the top left.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from pmtiles.reader import MmapSource, Reader

from app.adapters.vector_tile import LINE, POLYGON, Feature, layers
from app.rules.places import EARTH_M, Box, to_world

MOST_TILES = 30
MARGIN = 0.12
LEAST_M = 250.0
GREEN = ("park", "grass", "garden", "wood", "forest", "scrub", "meadow", "cemetery", "pitch", "playground")
HARD = ("pedestrian", "platform", "pier")
CAR = {"highway": (3.2, "#f7cf9a"), "major_road": (2.6, "#fdeebd"), "minor_road": (1.7, "#ffffff")}
CASING = "#bdb5a9"
PATH = "#86694b"
ROUTE = "#00526A"
INK = "#0F1A1F"
SCALES = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
NAME_MM_PER_LETTER = 1.35

Point = tuple[float, float]


class Drawn(NamedTuple):
    """The picture; street names as (x, y, degrees, text); the stops' places; the scale as (metres, mm)."""

    svg: str
    names: list[tuple[float, float, float, str]]
    stops: list[Point]
    scale: tuple[int, float]


class View:
    """A web-mercator window of `size` millimetres around `box`, with the north up."""

    def __init__(self, box: Box, size: Point) -> None:
        west, south, east, north = box
        left, top = to_world(west, north)
        right, bottom = to_world(east, south)
        self.metre = 1 / (2 * math.pi * EARTH_M * math.cos(math.radians((south + north) / 2)))
        least = LEAST_M * self.metre
        self.unit = max((right - left) / size[0], (bottom - top) / size[1], least / size[0]) * (1 + MARGIN)
        self.left = (left + right) / 2 - self.unit * size[0] / 2
        self.top = (top + bottom) / 2 - self.unit * size[1] / 2
        self.size = size

    def place(self, lon: float, lat: float) -> Point:
        return self.of_world(*to_world(lon, lat))

    def of_world(self, x: float, y: float) -> Point:
        return round((x - self.left) / self.unit, 2), round((y - self.top) / self.unit, 2)

    def shows(self, x: float, y: float, margin: float = 0.0) -> bool:
        return margin <= x <= self.size[0] - margin and margin <= y <= self.size[1] - margin

    def tiles(self, zoom: int) -> list[tuple[int, int]]:
        n = 2**zoom
        right = self.left + self.unit * self.size[0]
        bottom = self.top + self.unit * self.size[1]
        columns = range(int(self.left * n), int(right * n) + 1)
        return [(x, y) for x in columns for y in range(int(self.top * n), int(bottom * n) + 1)]


def draw(
    pack: Path | None,
    box: Box,
    size: Point,
    area: dict[str, Any] | None,
    route: Sequence[Sequence[float]],
    stops: Sequence[Point],
    tag: str,
) -> Drawn:
    """The map of `box` on `size` millimetres; `stops` and `route` are (lon, lat), names in language `tag`."""
    view = View(box, size)
    found = _features(pack, view) if pack else {}
    body = [
        *_ground(found),
        *_roads(found.get("roads", [])),
        *_area(view, area),
        *_route(view, route),
    ]
    width, height = size
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="#f4f2ee"/>{"".join(body)}</svg>'
    )
    places = [view.place(*stop) for stop in stops]
    return Drawn(svg, _names(found.get("roads", []), view, places, tag), places, _scale(view))


class Shape(NamedTuple):
    """A feature with its parts in millimetres on the paper."""

    kind: int
    parts: list[list[Point]]
    properties: dict[str, Any]


def _features(pack: Path, view: View) -> dict[str, list[Shape]]:
    """What the pack has in view, by layer, from the finest zoom that needs few tiles."""
    found: dict[str, list[Shape]] = {}
    with pack.open("rb") as file:
        reader = Reader(MmapSource(file))
        header = reader.header()
        zooms = range(header["max_zoom"], header["min_zoom"] - 1, -1)
        zoom = next((one for one in zooms if len(view.tiles(one)) <= MOST_TILES), header["min_zoom"])
        for x, y in view.tiles(zoom):
            data = reader.get(zoom, x, y)
            for name, features in layers(gzip.decompress(data)).items() if data else ():
                found.setdefault(name, []).extend(_on_paper(one, zoom, x, y, view) for one in features)
    return found


def _on_paper(feature: Feature, zoom: int, x: int, y: int, view: View) -> Shape:
    n, extent = 2**zoom, feature.extent
    parts = [
        [view.of_world((x + px / extent) / n, (y + py / extent) / n) for px, py in part]
        for part in feature.parts
    ]
    return Shape(feature.kind, parts, feature.properties)


def _path(parts: Sequence[Sequence[Point]], closed: bool = False) -> str:
    lines = ("M" + "L".join(f"{x} {y}" for x, y in part) + "Z" * closed for part in parts if len(part) > 1)
    return "".join(lines)


def _fill(
    shapes: Sequence[Shape], colour: str, wanted: Callable[[Any], bool], edge: str = ""
) -> Iterator[str]:
    stroke = f' stroke="{edge}" stroke-width="0.15"' if edge else ""
    for shape in shapes:
        if shape.kind == POLYGON and wanted(shape.properties.get("kind")):
            yield f'<path d="{_path(shape.parts, True)}" fill="{colour}" fill-rule="evenodd"{stroke}/>'


def _stroke(path: str, colour: str, width: float, dash: str = "", cap: str = "round") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="{cap}" '
        f'stroke-linejoin="round"{dashes}/>'
    )


def _ground(found: dict[str, list[Shape]]) -> Iterator[str]:
    land = found.get("landuse", [])
    yield from _fill(land, "#d7e9cd", lambda kind: kind in GREEN)
    yield from _fill(land, "#ece7db", lambda kind: kind in HARD)
    yield from _fill(found.get("water", []), "#a9d3e6", lambda _kind: True)
    yield from _fill(found.get("buildings", []), "#d9d0c7", lambda kind: kind != "address", "#b4a89b")


def _roads(roads: Sequence[Shape]) -> Iterator[str]:
    open_air = [one for one in roads if one.kind == LINE and not one.properties.get("is_tunnel")]
    for kind, (width, _colour) in CAR.items():
        for one in open_air:
            if one.properties.get("kind") == kind:
                yield _stroke(_path(one.parts), CASING, width + 0.5)
    for kind, (width, colour) in CAR.items():
        for one in open_air:
            if one.properties.get("kind") == kind:
                yield _stroke(_path(one.parts), colour, width)
    for one in roads:
        if one.kind == LINE and one.properties.get("kind") == "rail":
            yield _stroke(_path(one.parts), "#8c8c94", 0.5)
        elif one.kind == LINE and one.properties.get("kind") in ("path", "other"):
            yield _stroke(_path(one.parts), PATH, 0.45, "1.6 0.8", "butt")


def _area(view: View, area: dict[str, Any] | None) -> Iterator[str]:
    if area:
        rings = [[view.place(lon, lat) for lon, lat, *_ in ring] for ring in area["coordinates"]]
        yield _stroke(_path(rings, True), INK, 0.5, "3 1.5", "butt")


def _route(view: View, route: Sequence[Sequence[float]]) -> Iterator[str]:
    if len(route) > 1:
        path = _path([[view.place(point[0], point[1]) for point in route]])
        yield _stroke(path, "#ffffff", 2.6)
        yield _stroke(path, ROUTE, 1.5)


def _names(
    roads: Sequence[Shape], view: View, stops: Sequence[Point], tag: str
) -> list[tuple[float, float, float, str]]:
    """Each street's name once, along its longest straight piece in view, clear of names and stops."""
    best: dict[str, tuple[float, Point, Point]] = {}
    for road in roads:
        name = road.properties.get(f"name:{tag}") or road.properties.get("name")
        for a, b in (pair for part in road.parts for pair in pairwise(part) if name and road.kind == LINE):
            middle = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
            needed = len(str(name)) * NAME_MM_PER_LETTER / 2
            length = math.dist(a, b)
            if view.shows(*middle, needed) and length > best.get(str(name), (needed, a, b))[0]:
                best[str(name)] = (length, a, b)
    taken = [(x, y, 5.0) for x, y in stops]
    names = []
    for name, (_length, a, b) in sorted(best.items(), key=lambda item: (-item[1][0], item[0])):
        x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
        reach = len(name) * NAME_MM_PER_LETTER / 2
        if all(math.dist((x, y), other[:2]) > reach + other[2] for other in taken):
            taken.append((x, y, reach))
            angle = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
            names.append((round(x, 2), round(y, 2), round((angle + 90) % 180 - 90, 1), name))
    return names


def _scale(view: View) -> tuple[int, float]:
    """The longest round distance that takes at most a third of the width, and its millimetres."""
    lengths = [(metres, metres * view.metre / view.unit) for metres in SCALES]
    fitting = [one for one in lengths if one[1] <= view.size[0] / 3] or lengths[:1]
    return fitting[-1][0], round(fitting[-1][1], 2)
