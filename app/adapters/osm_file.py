"""Reads OpenStreetMap's data: a .osm.pbf or OSM XML file, or an Overpass reply in JSON.

Owns what of a file becomes features, doors and coastline within a box, and cutting the box out of a large
file first. Promises PackError with one line for whatever is wrong with the file, the same answer on every
run, and that no mapper's name, id or date leaves it. A simple cut leaves ways with holes: every valid piece
is kept. Needs the extra `basemap`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import osmium
import shapely

from app.adapters import overpass
from app.adapters.coast import Run
from app.rules import map_features
from app.rules.address_index import Door, Landmark
from app.rules.map_features import KEYS, MAX_ZOOM, Made
from app.rules.packs import PackError, box_text
from app.rules.places import Box, in_box

Told = Callable[[str, float], None]
"""Told what is going on and how far it has come, 0 to 1."""

Spot = tuple[float, float]
IsSame = Callable[[Spot, Spot], bool]
NEAR_DEG = 0.0005

LARGE_BYTES = 30_000_000
"""From this size the box is cut out first: a country would not fit into memory."""
CUT_MARGIN_DEG = 0.01
TELL_EVERY = 20_000
READ_SHARE = 0.35
"""Of the whole work, for the one who is told."""


@dataclass
class Survey:
    """What lies in a box: features and their shapes in degrees, one for one, and what the index needs."""

    made: list[Made]
    shapes: Any
    coast: list[Run]
    doors: list[Door]
    underpasses: list[Landmark]
    holds: Box | None
    """What the file says that it covers."""

    def replace_spots(self, properties: dict[str, Any], spots: Sequence[Spot], is_same: IsSame) -> None:
        """Put `spots` on the map as points with `properties`, in place of those that are the same."""
        alike = [at for at, made in enumerate(self.made) if made.properties == properties]
        tree = shapely.STRtree(shapely.points(spots))
        doubled = {
            at
            for at in alike
            for near in tree.query(shapely.buffer(self.shapes[at], NEAR_DEG))
            if is_same((self.shapes[at].x, self.shapes[at].y), spots[near])
        }
        stays = [at for at in range(len(self.made)) if at not in doubled]
        self.made = [self.made[at] for at in stays]
        self.made += [Made("pois", MAX_ZOOM, dict(properties)) for _spot in spots]
        self.shapes = np.concatenate((self.shapes[stays], shapely.points(spots)))


class _Door(NamedTuple):
    row: int
    street: str
    numbers: list[str]


@dataclass
class _Rows:
    """Features as they are read; shapes as hexadecimal WKB, decoded together at the end."""

    made: list[Made] = field(default_factory=list)
    wkb: list[str] = field(default_factory=list)
    is_spot: list[bool] = field(default_factory=list)
    doors: list[_Door] = field(default_factory=list)
    under: list[tuple[int, str]] = field(default_factory=list)
    coast: list[Run] = field(default_factory=list)

    def add(self, made: Made, wkb: str, is_spot: bool = False) -> None:
        self.made.append(made)
        self.wkb.append(wkb)
        self.is_spot.append(is_spot)

    def add_door(self, tags: map_features.Tags) -> None:
        """The row just added stands for these doors."""
        if found := map_features.address(tags):
            self.doors.append(_Door(len(self.made) - 1, *found))


def survey(path: Path, box: Box | None, languages: Sequence[str], told: Told) -> tuple[Survey, Box]:
    """What the file holds of `box`, and the box: the file's own when none is given. Raises PackError."""
    with tempfile.TemporaryDirectory(prefix="trygga-steg-") as folder:
        source = _openable(path, Path(folder))
        try:
            holds = _header_box(source)
            wanted = box or holds or _extent(source)
            _refuse_apart(path, holds, wanted)
            if path.stat().st_size > LARGE_BYTES:
                source = _cut(source, wanted, Path(folder), told)
            rows = _read(source, wanted, languages, told)
        except RuntimeError as error:
            raise PackError(f"{path.name} is damaged or not OpenStreetMap data: {error}") from None
    found = _survey(rows, wanted, holds)
    if not found.made and not any(shapely.intersects(shapely.box(*wanted), _lines(found.coast))):
        raise PackError(f"{path.name} has nothing in {box_text(wanted)}: choose a box inside its data")
    return found, wanted


def _lines(coast: Sequence[Run]) -> list[Any]:
    return [shapely.LineString(run) for run in coast]


def _openable(path: Path, folder: Path) -> osmium.io.File:
    """The file in a form that the library reads. Raises PackError."""
    try:
        with path.open("rb") as file:
            start = file.read(1000)
    except OSError as error:
        raise PackError(f"{path} cannot be read: {error.strerror}") from None
    if b"OSMHeader" in start[:64]:
        return osmium.io.File(str(path), "pbf")
    if b"<osm" in start:
        return osmium.io.File(str(path), "osm")
    if start.lstrip()[:1] == b"{":
        return overpass.as_file(path, folder / "reply.osm.pbf")
    raise PackError(f"{path.name} is neither .osm.pbf, nor OSM XML, nor an Overpass reply in JSON")


def _things(processor: osmium.FileProcessor) -> Iterator[Any]:
    """What a file holds; the library's types do not tell nodes from ways by what was asked for."""
    yield from processor


def _header_box(source: osmium.io.File) -> Box | None:
    found = osmium.io.Reader(source, osmium.osm.NOTHING).header().box()
    if not found.valid():
        return None
    low, high = found.bottom_left, found.top_right
    box = low.lon, low.lat, high.lon, high.lat
    return box if box[0] < box[2] and box[1] < box[3] else None


def _extent(source: osmium.io.File) -> Box:
    """The box around all nodes, for a file that does not say what it covers. Raises PackError."""
    nodes = _things(osmium.FileProcessor(source, osmium.osm.NODE))
    spots = np.array([(node.location.lon, node.location.lat) for node in nodes])
    if len(spots) < 2:
        raise PackError("the file has no places in it")
    (west, south), (east, north) = spots.min(axis=0).tolist(), spots.max(axis=0).tolist()
    return west, south, east, north


def _refuse_apart(path: Path, holds: Box | None, wanted: Box) -> None:
    if holds and not shapely.intersects(shapely.box(*holds), shapely.box(*wanted)):
        raise PackError(f"{path.name} covers {box_text(holds)}; {box_text(wanted)} lies outside it")


def _cut(source: osmium.io.File, box: Box, folder: Path, told: Told) -> osmium.io.File:
    """The nodes in the box, the ways and multipolygons that touch them, and all of which these are made."""
    inside, keep = osmium.IdTracker(), osmium.IdTracker()
    for count, node in enumerate(_things(osmium.FileProcessor(source, osmium.osm.NODE))):
        if in_box(node.location.lat, node.location.lon, box, CUT_MARGIN_DEG):
            inside.add_node(node.id)
            keep.add_node(node.id)
        if count % (TELL_EVERY * 100) == 0:
            told(f"Cutting the area out of a large file: {count // 1_000_000} million places seen", 0.0)
    for way in osmium.FileProcessor(source, osmium.osm.WAY).with_filter(inside.contains_filter()):
        keep.add_way(way.id)
    for relation in osmium.FileProcessor(source, osmium.osm.RELATION).with_filter(keep.contains_filter()):
        if relation.tags.get("type") == "multipolygon":
            keep.add_relation(relation.id)
    keep.complete_backward_references(source, relation_depth=1)
    out = folder / "cut.osm.pbf"
    with osmium.SimpleWriter(str(out)) as writer:
        for thing in osmium.FileProcessor(source).with_filter(keep.id_filter()):
            writer.add(thing)
    return osmium.io.File(str(out), "pbf")


def _read(source: osmium.io.File, box: Box, languages: Sequence[str], told: Told) -> _Rows:
    rows = _Rows()
    shape = osmium.geom.WKBFactory()
    wanted = osmium.filter.KeyFilter(*KEYS)
    things = osmium.FileProcessor(source).with_locations().with_areas(osmium.filter.KeyFilter(*KEYS))
    for count, thing in enumerate(_things(things.with_filter(wanted))):
        if count % TELL_EVERY == 0:
            told(f"Reading: {count:,} things", READ_SHARE * count / (count + 5 * TELL_EVERY))
        if thing.is_node():
            if in_box(thing.location.lat, thing.location.lon, box):
                _read_node(rows, thing, languages, shape)
        elif thing.is_way():
            _read_way(rows, thing, languages, shape)
        elif thing.is_area():
            _read_area(rows, thing, languages, shape)
    return rows


def _tags(thing: Any) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}


def _read_node(rows: _Rows, node: Any, languages: Sequence[str], shape: Any) -> None:
    tags = _tags(node)
    wkb = ""
    for made in map_features.points(tags, languages, is_area=False):
        wkb = wkb or shape.create_point(node)
        rows.add(made, wkb)
    if wkb:
        rows.add_door(tags)


def _read_way(rows: _Rows, way: Any, languages: Sequence[str], shape: Any) -> None:
    tags = _tags(way)
    if tags.get("natural") == "coastline":
        rows.coast += _runs(way)
    made = list(map_features.lines(tags, languages))
    wkb = _line(way, shape) if made else ""
    for one in made if wkb else ():
        if one.layer == "roads" and one.properties.get("is_tunnel") and one.properties["kind"] == "path":
            kind = "passage" if map_features.is_passage(tags) else "underpass"
            rows.under.append((len(rows.made), kind))
        rows.add(one, wkb)


def _runs(way: Any) -> list[Run]:
    """The pieces of a way whose nodes are all there."""
    spots = [(node.location.lon, node.location.lat) if node.location.valid() else None for node in way.nodes]
    runs = [[spot for spot in run if spot] for there, run in groupby(spots, bool) if there]
    return [run for run in runs if len(run) > 1]


def _line(way: Any, shape: Any) -> str:
    """The way, or those pieces of it that are there, as hexadecimal WKB; empty when there are none."""
    try:
        whole: str = shape.create_linestring(way)
    except (RuntimeError, osmium.InvalidLocationError):
        runs = _runs(way)
        pieces: str = shapely.to_wkb(shapely.MultiLineString(runs), hex=True) if runs else ""
        return pieces
    return whole


def _read_area(rows: _Rows, area: Any, languages: Sequence[str], shape: Any) -> None:
    tags = _tags(area)
    surfaces = list(map_features.areas(tags))
    spots = list(map_features.points(tags, languages, is_area=True))
    if not surfaces and not spots:
        return
    try:
        wkb = shape.create_multipolygon(area)
    except RuntimeError:  # a ring that cannot be closed: the rest of the map is worth having
        return
    for made in surfaces:
        rows.add(made, wkb)
    for made in spots:
        rows.add(made, wkb, is_spot=True)
    if spots:
        rows.add_door(tags)


def _survey(rows: _Rows, box: Box, holds: Box | None) -> Survey:
    """All shapes at once: spots of surfaces, then only what is in the box, cut at its edge."""
    shapes = shapely.from_wkb(np.array(rows.wkb, dtype=object))
    is_spot = np.array(rows.is_spot, dtype=bool)
    shapes[is_spot] = shapely.point_on_surface(shapes[is_spot])
    doors = list(_doors(rows, shapes))
    frame = shapely.box(*box)
    shapely.prepare(frame)
    across = shapely.intersects(frame, shapes) & ~shapely.contains_properly(frame, shapes)
    across &= shapely.get_type_id(shapes) != shapely.GeometryType.POINT
    shapes[across] = shapely.clip_by_rect(shapes[across], *box)
    stays = np.flatnonzero(shapely.intersects(frame, shapes) & ~shapely.is_empty(shapes))
    under = list(_underpasses(rows, shapes, set(stays.tolist())))
    return Survey([rows.made[row] for row in stays], shapes[stays], rows.coast, doors, under, holds)


def _doors(rows: _Rows, shapes: Any) -> Iterator[Door]:
    for door in rows.doors:
        spot = shapes[door.row]
        for number in door.numbers:
            yield Door(door.street, number, spot.x, spot.y)


def _underpasses(rows: _Rows, shapes: Any, stays: set[int]) -> Iterator[Landmark]:
    for row, kind in rows.under:
        if row in stays:
            middle = shapely.get_parts(shapes[row])[0].interpolate(0.5, normalized=True)
            yield Landmark(str(rows.made[row].properties.get("name", "")), kind, middle.x, middle.y)
