"""Grounds: whose land a place is on, read from what people type or paste, and who is suggested for a place.

Pure. A ground is a GeoJSON MultiPolygon. A suggestion is never more than that: a human accepts it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

MOST_CORNERS = 2_000
MOST_FEATURES = 200
LONGEST_TEXT = 200_000
LONGEST_LINE = 60
FLAT = 1e-12
"""Square degrees below which corners lie in one line."""
DECIMALS = 6
"""Of a degree: 0.1 m."""
NAME_KEYS = ("name", "namn", "owner", "ägare", "agare", "ansvarig")
PAIR = re.compile(r"\s*(-?\d{1,3}(?:[.,]\d+)?)\s*[;,\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*")

Ring = list[list[float]]


class GroundFault(ValueError):
    """What is wrong with a ground: `code` is ground_unreadable, _few, _outside, _many or _nameless."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_ground(text: str) -> dict[str, Any] | None:
    """Typed corners, one "lat, lon" a line, or GeoJSON; None when nothing was written. Raises GroundFault."""
    text = text.strip()
    if not text:
        return None
    if text[0] in "{[":
        return _ground(_polygons(_loaded(text)))
    return _ground([[_typed_ring(text)]])


def read_collection(text: str) -> dict[str, dict[str, Any]]:
    """Grounds by the names of a GeoJSON FeatureCollection; features of one name are one ground.

    Raises GroundFault.
    """
    data = _loaded(text.strip())
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features:
        raise GroundFault("ground_unreadable")
    if len(features) > MOST_FEATURES:
        raise GroundFault("ground_many")
    named: dict[str, list[list[Ring]]] = {}
    for feature in features:
        named.setdefault(_name_of(feature), []).extend(_polygons(feature))
    return {name: _ground(polygons) for name, polygons in named.items()}


def as_typed(ground: Mapping[str, Any] | None) -> str:
    """A ground as a person would type it: corners when it is one ring, else GeoJSON."""
    if ground is None:
        return ""
    polygons = ground["coordinates"]
    if len(polygons) == 1 and len(polygons[0]) == 1:
        return "\n".join(f"{lat}, {lon}" for lon, lat in polygons[0][0][:-1])
    return json.dumps(ground)


def _loaded(text: str) -> Any:
    if len(text) > LONGEST_TEXT:
        raise GroundFault("ground_many")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GroundFault("ground_unreadable") from error


def _name_of(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    for key in NAME_KEYS:
        name = properties.get(key) if isinstance(properties, dict) else None
        if isinstance(name, str) and name.strip():
            return name.strip()
    raise GroundFault("ground_nameless")


def _polygons(data: Any) -> list[list[Ring]]:
    """The polygons of any GeoJSON that has some."""
    if not isinstance(data, dict):
        raise GroundFault("ground_unreadable")
    kind = data.get("type")
    if kind == "Feature":
        return _polygons(data.get("geometry"))
    if kind == "FeatureCollection" and isinstance(data.get("features"), list):
        return [polygon for feature in data["features"][:MOST_FEATURES] for polygon in _polygons(feature)]
    coordinates = data.get("coordinates")
    if kind == "Polygon" and isinstance(coordinates, list):
        return [[_ring(ring) for ring in coordinates]]
    if kind == "MultiPolygon" and isinstance(coordinates, list):
        if not all(isinstance(polygon, list) for polygon in coordinates):
            raise GroundFault("ground_unreadable")
        return [[_ring(ring) for ring in polygon] for polygon in coordinates]
    raise GroundFault("ground_unreadable")


def _typed_ring(text: str) -> Ring:
    """Corners as they stand on signs and in map apps: latitude first."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(text) > LONGEST_TEXT or len(lines) > MOST_CORNERS:
        raise GroundFault("ground_many")
    if any(len(line) > LONGEST_LINE for line in lines):
        raise GroundFault("ground_unreadable")
    found = [PAIR.fullmatch(line) for line in lines]
    if not all(found):
        raise GroundFault("ground_unreadable")
    pairs = [[float(part.replace(",", ".")) for part in match.groups()] for match in found if match]
    return _ring([[lon, lat] for lat, lon in pairs])


def _ring(points: Any) -> Ring:
    """A closed ring of at least three corners on Earth."""
    if not isinstance(points, list) or len(points) > MOST_CORNERS:
        raise GroundFault("ground_many" if isinstance(points, list) else "ground_unreadable")
    ring = [_corner(point) for point in points]
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])
    if len({tuple(corner) for corner in ring}) < 3:
        raise GroundFault("ground_few")
    return ring


def _corner(point: Any) -> list[float]:
    if not isinstance(point, list) or len(point) < 2:
        raise GroundFault("ground_unreadable")
    if not all(type(part) in (int, float) and math.isfinite(part) for part in point[:2]):
        raise GroundFault("ground_unreadable")
    lon, lat = (round(float(part), DECIMALS) for part in point[:2])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise GroundFault("ground_outside")
    return [lon, lat]


def _ground(polygons: Iterable[list[Ring]]) -> dict[str, Any]:
    kept = [polygon for polygon in polygons if polygon]
    if not kept:
        raise GroundFault("ground_few")
    if sum(len(ring) for polygon in kept for ring in polygon) > MOST_CORNERS:
        raise GroundFault("ground_many")
    if any(_is_flat(polygon[0]) for polygon in kept):
        raise GroundFault("ground_few")
    return {"type": "MultiPolygon", "coordinates": kept}


def _is_flat(ring: Ring) -> bool:
    """Corners in one line hold nothing."""
    x0, y0 = ring[0]
    moved = [(x - x0, y - y0) for x, y in ring]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(moved))) < FLAT
