"""A municipality's register of street lamps, as GeoJSON: it knows more lamps than OpenStreetMap does.

Owns reading points out of it. Promises PackError with one line, above all for coordinates in metres. Keeps
the spot and nothing else: what a register says of owner, number and fault stays with the municipality.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.rules.packs import PackError
from app.rules.places import Box, in_box


def lamps(path: Path, box: Box) -> list[tuple[float, float]]:
    """Longitude and latitude of the lamps in the box. Raises PackError."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise PackError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise PackError(f"{path.name} is not GeoJSON") from None
    try:
        found = sorted(set(_spots(content)))
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        raise PackError(f"{path.name} is not GeoJSON with points") from None
    if any(abs(lon) > 180 or abs(lat) > 90 for lon, lat in found):
        raise PackError(f"{path.name} is not in degrees: export it as WGS 84 (EPSG:4326)")
    inside = [(lon, lat) for lon, lat in found if in_box(lat, lon, box)]
    if not inside:
        raise PackError(f"{path.name} has no lamp in the area: is it the file for this place?")
    return inside


def _spots(thing: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """The points of a collection, a feature or a geometry; lines and surfaces are no lamps."""
    kind = thing["type"]
    if kind == "FeatureCollection":
        for feature in thing["features"]:
            yield from _spots(feature)
    elif kind == "Feature":
        yield from _spots(thing["geometry"]) if thing["geometry"] else ()
    elif kind == "GeometryCollection":
        for geometry in thing["geometries"]:
            yield from _spots(geometry)
    elif kind in ("Point", "MultiPoint"):
        for spot in [thing["coordinates"]] if kind == "Point" else thing["coordinates"]:
            yield float(spot[0]), float(spot[1])
