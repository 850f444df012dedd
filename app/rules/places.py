"""Places: distances, boxes and whether a point lies in an area.

Pure. Coordinates are WGS 84 degrees, distances metres.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

EARTH_M = 6_371_008.8
"""Mean Earth radius (IUGG), metres."""

Box = tuple[float, float, float, float]
"""west, south, east, north"""


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance by the haversine formula (Sinnott 1984)."""
    lat1, lon1, lat2, lon2 = map(math.radians, (lat1, lon1, lat2, lon2))
    across = math.sin((lat2 - lat1) / 2) ** 2
    along = math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(across + along)))


def to_world(lon: float, lat: float) -> tuple[float, float]:
    """Web mercator: the world as a square from 0 to 1, north up."""
    return (lon + 180) / 360, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2


def in_box(lat: float, lon: float, box: Box, margin_deg: float = 0.0) -> bool:
    west, south, east, north = box
    inside_lat = south - margin_deg <= lat <= north + margin_deg
    return inside_lat and west - margin_deg <= lon <= east + margin_deg


def in_polygon(lat: float, lon: float, polygon: Mapping[str, Any]) -> bool:
    """Even-odd rule on a GeoJSON Polygon's rings."""
    inside = False
    for ring in polygon["coordinates"]:
        for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def is_outside(lat: float, lon: float, box: Box, polygon: Mapping[str, Any] | None) -> bool:
    """Whether a pin lies outside its area: a sign for staff, never a reason to refuse."""
    if not in_box(lat, lon, box):
        return True
    return polygon is not None and not in_polygon(lat, lon, polygon)
