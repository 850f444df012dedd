"""A small made-up town as OpenStreetMap's data, written by the tests that need it.

Owns its streets, houses and water. One unit is about eleven metres; the town lies around 59.3 N 18.0 E,
within BOX.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import osmium

Spot = tuple[float, float]
Tags = Mapping[str, str]
WEST, SOUTH, UNIT = 18.0, 59.3, 0.0001
BOX = (18.0, 59.3, 18.01, 59.31)
"""100 by 100 units, about 0.6 km²."""


def place(x: float, y: float) -> Spot:
    return round(WEST + x * UNIT, 7), round(SOUTH + y * UNIT, 7)


class Town:
    """Things are numbered as they come; `add_…` gives their number back."""

    def __init__(self) -> None:
        self.nodes: dict[int, tuple[Spot, Tags]] = {}
        self.ways: dict[int, tuple[list[int], Tags]] = {}
        self.relations: dict[int, tuple[list[tuple[int, str]], Tags]] = {}
        self._spots: dict[Spot, int] = {}

    def add_node(self, x: float, y: float, tags: Tags | None = None) -> int:
        spot = place(x, y)
        if tags is None and spot in self._spots:
            return self._spots[spot]
        number = len(self.nodes) + 1
        self.nodes[number] = spot, tags or {}
        self._spots[spot] = number
        return number

    def add_way(self, spots: Iterable[Spot], **tags: str) -> int:
        number = len(self.ways) + 1
        self.ways[number] = [self.add_node(*spot) for spot in spots], keyed(tags)
        return number

    def add_house(self, x: float, y: float, side: float = 3, **tags: str) -> int:
        return self.add_way(square(x, y, side), building="yes", **tags)

    def add_relation(self, members: Sequence[tuple[int, str]], **tags: str) -> int:
        number = len(self.relations) + 1
        self.relations[number] = list(members), {"type": "multipolygon"} | keyed(tags)
        return number

    def xml(self, bounds: Sequence[float] | None = BOX) -> str:
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
        if bounds:
            west, south, east, north = bounds
            lines.append(f'<bounds minlon="{west}" minlat="{south}" maxlon="{east}" maxlat="{north}"/>')
        who = 'version="1" user="Karta Karlsson" uid="4711" changeset="42" timestamp="2024-05-01T12:00:00Z"'
        for number, ((lon, lat), tags) in self.nodes.items():
            lines.append(f'<node id="{number}" lon="{lon}" lat="{lat}" {who}>{_tags(tags)}</node>')
        for number, (nodes, tags) in self.ways.items():
            refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
            lines.append(f'<way id="{number}" {who}>{refs}{_tags(tags)}</way>')
        for number, (members, tags) in self.relations.items():
            refs = "".join(f'<member type="way" ref="{way}" role="{role}"/>' for way, role in members)
            lines.append(f'<relation id="{number}" {who}>{refs}{_tags(tags)}</relation>')
        return "\n".join([*lines, "</osm>"])

    def overpass(self) -> dict[str, Any]:
        """As Overpass answers: relations first, and untagged nodes once more."""
        nodes = [
            {"type": "node", "id": number, "lon": lon, "lat": lat} | ({"tags": dict(tags)} if tags else {})
            for number, ((lon, lat), tags) in self.nodes.items()
        ]
        ways = [
            {"type": "way", "id": number, "nodes": refs, "tags": dict(tags)}
            for number, (refs, tags) in self.ways.items()
        ]
        relations = [
            {
                "type": "relation",
                "id": number,
                "members": [{"type": "way", "ref": way, "role": role} for way, role in members],
                "tags": dict(tags),
            }
            for number, (members, tags) in self.relations.items()
        ]
        doubled = [{key: one[key] for key in ("type", "id", "lon", "lat")} for one in nodes]
        return {"version": 0.6, "elements": [*relations, *reversed(ways), *doubled, *nodes]}


def keyed(tags: Tags) -> dict[str, str]:
    """`addr__street` stands for `addr:street`."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def square(x: float, y: float, side: float) -> list[Spot]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def a_town() -> Town:
    """Ågatan with houses and lamps, a park, a lake with an island, a tunnel, steps; the sea in the east."""
    town = Town()
    town.add_way(
        [(5, 50), (30, 50)], highway="residential", name="Ågatan", name__en="River Street", lit="yes"
    )
    town.add_way(
        [(30, 50), (60, 50)], highway="residential", name="Ågatan", name__en="River Street", lit="yes"
    )
    town.add_way([(30, 50), (30, 30)], highway="footway", tunnel="yes", name="Ågångstunneln", lit="no")
    town.add_way([(20, 50), (20, 54)], highway="steps")
    town.add_way([(10, 20), (20, 20)], highway="footway", tunnel="building_passage")
    town.add_way([(60, 20), (64, 20), (64, 24), (60, 20)], highway="footway")
    for at, number in enumerate(("1", "3", "5 A;5 B")):
        town.add_house(8 + at * 6, 53, addr__street="Ågatan", addr__housenumber=number)
    town.add_house(40, 53, amenity="school", name="Östra skolan")
    for x in (10, 20, 40):
        town.add_node(x, 49, {"highway": "street_lamp"})
    town.add_node(12, 49.5, {"amenity": "bench"})
    town.add_node(26, 49, {"highway": "bus_stop", "name": "Åbron"})
    town.add_node(50, 70, {"place": "suburb", "name": "Älvängen"})
    town.add_way(square(5, 60, 15), leisure="park", name="Slottsparken")
    lake, island = town.add_way(square(30, 62, 12)), town.add_way(square(34, 66, 4))
    town.add_relation([(lake, "outer"), (island, "inner")], natural="water", name="Sjön")
    town.add_way([(80, -20), (80, 40), (84, 60), (80, 120)], natural="coastline")
    return town


def write_xml(path: Path, town: Town, **more: Any) -> Path:
    path.write_text(town.xml(**more), encoding="utf-8")
    return path


def write_pbf(path: Path, town: Town, **more: Any) -> Path:
    """The same as .osm.pbf, mappers' names and all."""
    source = write_xml(path.with_suffix(".xml"), town, **more)
    with osmium.SimpleWriter(str(path), header=_header(source)) as writer:
        for thing in osmium.FileProcessor(osmium.io.File(str(source), "osm")):
            writer.add(thing)
    return path


def _header(source: Path) -> osmium.io.Header:
    return osmium.io.Reader(osmium.io.File(str(source), "osm"), osmium.osm.NOTHING).header()


def write_overpass(path: Path, town: Town) -> Path:
    path.write_text(json.dumps(town.overpass()), encoding="utf-8")
    return path
