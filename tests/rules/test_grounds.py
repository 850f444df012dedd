"""Grounds as people type or paste them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.rules.grounds import GroundFault, as_typed, read_collection, read_ground

SQUARE = [[24.94, 60.17], [24.95, 60.17], [24.95, 60.18], [24.94, 60.18], [24.94, 60.17]]
POLYGON: dict[str, Any] = {"type": "Polygon", "coordinates": [SQUARE]}
TYPED = "60.17, 24.94\n60.17, 24.95\n60.18, 24.95\n60.18, 24.94"


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def fault_of(text: str) -> str:
    with pytest.raises(GroundFault) as caught:
        read_ground(text)
    return caught.value.code


def test_corners_are_typed_latitude_first_and_the_ring_closes_by_itself() -> None:
    ground = read_ground(TYPED)
    assert ground == {"type": "MultiPolygon", "coordinates": [[SQUARE]]}
    assert as_typed(ground) == TYPED.replace("60.170000", "60.17")
    assert read_ground(as_typed(ground)) == ground


@pytest.mark.parametrize("line", ["60,17; 24,94", "60,17 24,94", " 60.17,24.94 ", "60.17\t24.94"])
def test_corners_are_read_however_they_are_parted(line: str) -> None:
    ground = read_ground(f"{line}\n\n60.18, 24.95\n60.17, 24.96")
    assert ground is not None
    assert ground["coordinates"][0][0][0] == [24.94, 60.17]


@pytest.mark.parametrize(
    "data",
    [
        POLYGON,
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        feature(POLYGON),
        {"type": "FeatureCollection", "features": [feature(POLYGON)]},
        POLYGON | {"coordinates": [[[*point, 12.5] for point in SQUARE[:-1]]]},
    ],
)
def test_any_geojson_with_polygons_is_one_ground(data: Any) -> None:
    assert read_ground(json.dumps(data)) == {"type": "MultiPolygon", "coordinates": [[SQUARE]]}


def test_several_parts_and_holes_stay_and_come_back_as_geojson() -> None:
    hole = [[24.943, 60.173], [24.947, 60.173], [24.945, 60.177], [24.943, 60.173]]
    data = {"type": "MultiPolygon", "coordinates": [[SQUARE, hole], [hole]]}
    ground = read_ground(json.dumps(data))
    assert ground == data
    assert read_ground(as_typed(ground)) == data


def test_nothing_written_is_no_ground() -> None:
    assert read_ground(" \n") is None
    assert as_typed(None) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("by the river", "ground_unreadable"),
        ("60.17, 24.94\n60.18, 24.95", "ground_few"),
        ("60.1, 24.1\n60.2, 24.2\n60.3, 24.3", "ground_few"),
        ("91, 24\n60, 25\n61, 26", "ground_outside"),
        ("1 " * 200, "ground_unreadable"),
        ("60.1, 24.1\n" * 2500, "ground_many"),
        ("{", "ground_unreadable"),
        ("[" * 100_000, "ground_unreadable"),
        ("[1, 2]", "ground_unreadable"),
        ('{"type": "Point", "coordinates": [24, 60]}', "ground_unreadable"),
        ('{"type": "Polygon", "coordinates": [[[1, 2], [NaN, 3], [4, 5]]]}', "ground_unreadable"),
        ('{"type": "Polygon", "coordinates": [[[true, 2], [2, 3], [4, 5]]]}', "ground_unreadable"),
        ('{"type": "Polygon", "coordinates": []}', "ground_few"),
        ('{"type": "MultiPolygon", "coordinates": [7]}', "ground_unreadable"),
        ('{"type": "Feature", "geometry": null}', "ground_unreadable"),
    ],
)
def test_what_is_no_ground_is_told_apart(text: str, code: str) -> None:
    assert fault_of(text) == code


def test_a_collection_is_grounds_by_name_and_parts_of_one_name_are_one() -> None:
    features = [
        feature(POLYGON, namn="Kommunen"),
        feature(POLYGON, name=" Bo AB "),
        feature(POLYGON, name="Bo AB"),
    ]
    found = read_collection(json.dumps({"type": "FeatureCollection", "features": features}))
    assert list(found) == ["Kommunen", "Bo AB"]
    assert len(found["Bo AB"]["coordinates"]) == 2


@pytest.mark.parametrize(
    ("features", "code"),
    [
        ([feature(POLYGON)], "ground_nameless"),
        ([feature(POLYGON, name=7)], "ground_nameless"),
        ([7], "ground_nameless"),
        ([], "ground_unreadable"),
        ([feature(POLYGON, name=str(at)) for at in range(201)], "ground_many"),
    ],
)
def test_a_collection_that_cannot_be_taken_says_why(features: Any, code: str) -> None:
    with pytest.raises(GroundFault) as caught:
        read_collection(json.dumps({"type": "FeatureCollection", "features": features}))
    assert caught.value.code == code
