"""A made-up dense city as a .osm.pbf: as many things to a square kilometre as the centre of Helsinki has.

Owns its streets and blocks; the same bytes on every run. Names are Swedish in form, places are nowhere.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import osmium

from app.rules.places import Box

BLOCK_M = 100.0
METRE_LAT = 1 / 111_195
METRE_LON = METRE_LAT / 0.5
"""At 60 degrees north."""
WEST, SOUTH = 18.0, 60.0
HOUSES = ((5, 5), (38, 5), (70, 5), (5, 38), (70, 38), (5, 70), (38, 70), (70, 70))
SIGHTS = (("amenity", "cafe"), ("shop", "bakery"), ("amenity", "school"), ("office", "company"))

Spot = tuple[float, float]


class City:
    """Things in metres from the corner; written when the block is asked for all of them."""

    def __init__(self, columns: int, rows: int) -> None:
        self.size = columns, rows
        self._dice = random.Random(7)
        self._nodes: list[tuple[Spot, dict[str, str]]] = []
        self._ways: list[tuple[list[int], dict[str, str]]] = []
        self._crossings = [
            [self._node((x * BLOCK_M, y * BLOCK_M)) for y in range(rows + 1)] for x in range(columns + 1)
        ]
        for x in range(columns + 1):
            self._street(self._crossings[x], f"Östra {x}:e gatan")
        for y in range(rows + 1):
            self._street([column[y] for column in self._crossings], f"Södra {y}:e vägen")
        for x in range(columns):
            for y in range(rows):
                self._block(x * BLOCK_M, y * BLOCK_M, f"Östra {x}:e gatan", y)

    @property
    def box(self) -> Box:
        width, height = (count * BLOCK_M for count in self.size)
        return WEST, SOUTH, WEST + width * METRE_LON, SOUTH + height * METRE_LAT

    def write(self, path: Path) -> None:
        mutable = osmium.osm.mutable
        header = osmium.io.Header()
        west, south, east, north = self.box
        header.add_box(osmium.osm.Box(west, south, east, north))
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for number, ((x, y), tags) in enumerate(self._nodes, 1):
                place = (WEST + x * METRE_LON, SOUTH + y * METRE_LAT)
                writer.add_node(mutable.Node(id=number, location=place, tags=tags))
            for number, (nodes, tags) in enumerate(self._ways, 1):
                writer.add_way(mutable.Way(id=number, nodes=nodes, tags=tags))

    def _node(self, spot: Spot, **tags: str) -> int:
        self._nodes.append((spot, tags))
        return len(self._nodes)

    def _way(self, nodes: Iterable[int], **tags: str) -> None:
        self._ways.append((list(nodes), {key.replace("__", ":"): value for key, value in tags.items()}))

    def _street(self, crossings: list[int], name: str) -> None:
        for a, b in pairwise(crossings):
            self._way([a, b], highway="residential", name=name, lit="yes")

    def _block(self, x: float, y: float, street: str, number: int) -> None:
        """Houses around a yard, pavements and their crossings, lamps, trees and benches, a few sights."""
        for at, (dx, dy) in enumerate(HOUSES):
            self._house(x + dx, y + dy, street, str(number * 8 + at + 1))
        for dx, dy in ((3, 3), (97, 3), (97, 97), (3, 97)):
            self._way([self._node((x + dx, y + dy)), self._node((x + 100 - dx, y + dy))], highway="footway")
            self._node((x + dx, y + dy), highway="crossing")
        for step in range(6):
            self._node((x + 4, y + 8 + step * 16), highway="street_lamp")
            self._node((x + 8 + step * 16, y + 4), natural="tree")
        for tags in ({"amenity": "bench"}, {"amenity": "waste_basket"}, {"man_made": "surveillance"}):
            self._node((x + self._dice.uniform(30, 60), y + self._dice.uniform(40, 60)), **tags)
        for key, value in SIGHTS:
            self._node((x + self._dice.uniform(5, 95), y + 10), **{key: value}, name=f"{value} {number}")
        yard = [self._node((x + dx, y + dy)) for dx, dy in ((32, 38), (66, 38), (66, 66), (32, 66))]
        self._way([*yard, yard[0]], landuse="grass")
        self._way(yard[:3], barrier="fence")

    def _house(self, x: float, y: float, street: str, number: str) -> None:
        """Twelve corners, an entrance on one of them, and an address."""
        side = [0, 6, 8, 14, 18, 24]
        south = [self._node((x + dx, y + self._dice.uniform(0, 2))) for dx in side]
        north = [self._node((x + dx, y + self._dice.uniform(22, 24))) for dx in reversed(side)]
        self._node((x + 8, y), entrance="yes")
        tags = {"building": "apartments", "addr:street": street, "addr:housenumber": number}
        self._ways.append(([*south, *north, south[0]], tags))
