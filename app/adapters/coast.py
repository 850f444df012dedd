"""Land and sea: OpenStreetMap has no surface for the sea, only coastlines with the land on their left.

Owns splitting a box by them. Promises that the two together are the box, and land where the coast does not
tell: a ring that the data cut open is never drawn as water. Needs the extra `basemap`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

BESIDE_DEG = 1e-6
NEAR_EDGE_DEG = 0.003
"""A coastline that stops so close to the edge is carried on to it: extracts are cut a little inside."""
MOSTLY = 20
"""A face is sea when at least so many times more of its coast has it on the right than on the left."""

Run = Sequence[tuple[float, float]]


def land_and_sea(coast: Sequence[Run], box: Any) -> tuple[Any, Any | None]:
    """The land and the sea within `box`; sea is None when no coastline passes."""
    inside = _parts_inside([shapely.LineString(run) for run in coast], box)
    if not inside:
        return box, None
    edge = shapely.boundary(box)
    network = shapely.union_all([edge, *inside, *_to_edge(inside, edge)])
    faces = shapely.get_parts(shapely.polygonize([network]))
    left, right = _beside(coast)
    is_sea = [_count(right, face) > MOSTLY * _count(left, face) for face in faces]
    sea = [face for face, wet in zip(faces, is_sea, strict=True) if wet]
    land = [face for face, wet in zip(faces, is_sea, strict=True) if not wet]
    return shapely.union_all(land), shapely.union_all(sea) if sea else None


def _parts_inside(lines: Sequence[Any], box: Any) -> list[Any]:
    if not lines:
        return []
    inside = shapely.intersection(shapely.line_merge(shapely.union_all(lines)), box)
    return [part for part in shapely.get_parts(inside) if part.geom_type == "LineString" and part.length > 0]


def _to_edge(lines: Sequence[Any], edge: Any) -> list[Any]:
    """A straight piece from every loose end near the edge to the edge."""
    coordinates = [shapely.get_coordinates(line) for line in lines]
    ends = Counter(tuple(line[at]) for line in coordinates for at in (0, -1))
    loose = [shapely.Point(end) for end, times in ends.items() if times == 1]
    bridges = []
    for end in loose:
        nearest = edge.interpolate(edge.project(end))
        if 1e-9 < shapely.distance(nearest, end) < NEAR_EDGE_DEG:
            bridges.append(shapely.LineString([end, nearest]))
    return bridges


def _beside(coast: Sequence[Run]) -> tuple[Any, Any]:
    """Spots just left and just right of the middle of every piece of coast, as search trees."""
    pieces = np.vstack([np.hstack((np.asarray(run[:-1]), np.asarray(run[1:]))) for run in coast])
    along = pieces[:, 2:] - pieces[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])
    pieces, along, length = pieces[length > 0], along[length > 0], length[length > 0]
    middle = (pieces[:, :2] + pieces[:, 2:]) / 2
    aside = np.column_stack((-along[:, 1], along[:, 0])) / length[:, None] * BESIDE_DEG
    return shapely.STRtree(shapely.points(middle + aside)), shapely.STRtree(shapely.points(middle - aside))


def _count(spots: Any, face: Any) -> int:
    shapely.prepare(face)
    return len(spots.query(face, predicate="contains"))
