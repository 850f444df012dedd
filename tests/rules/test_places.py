"""Distances, boxes and polygons, against values known from elsewhere."""

from __future__ import annotations

import pytest

from app.rules.places import distance_m, in_polygon, is_outside

BOX = (24.0, 60.0, 25.0, 61.0)
SQUARE = {"coordinates": [[[24.4, 60.4], [24.6, 60.4], [24.6, 60.6], [24.4, 60.6], [24.4, 60.4]]]}
HOLED = {
    "coordinates": [
        *SQUARE["coordinates"],
        [[24.45, 60.45], [24.55, 60.45], [24.55, 60.55], [24.45, 60.55], [24.45, 60.45]],
    ]
}


def test_distance_is_that_of_a_degree_of_latitude() -> None:
    assert distance_m(60, 24, 61, 24) == pytest.approx(111_195, abs=5)
    assert distance_m(60, 24, 60, 25) == pytest.approx(55_597, rel=0.001)
    assert distance_m(60, 24, 60, 24) == 0


def test_distance_is_half_the_globe_at_most() -> None:
    assert distance_m(0, 0, 0, 180) == pytest.approx(20_015_115, abs=10)
    assert distance_m(90, 0, -90, 0) == pytest.approx(20_015_115, abs=10)


@pytest.mark.parametrize(
    ("lat", "lon", "inside"), [(60.5, 24.5, True), (60.5, 24.3, False), (60.7, 24.5, False)]
)
def test_a_point_is_in_its_polygon(lat: float, lon: float, inside: bool) -> None:
    assert in_polygon(lat, lon, SQUARE) is inside


def test_a_hole_is_not_in_the_polygon() -> None:
    assert not in_polygon(60.5, 24.5, HOLED)
    assert in_polygon(60.42, 24.5, HOLED)


def test_outside_is_outside_box_or_polygon() -> None:
    assert is_outside(59.9, 24.5, BOX, None)
    assert not is_outside(60.9, 24.5, BOX, None)
    assert is_outside(60.9, 24.5, BOX, SQUARE)
    assert not is_outside(60.5, 24.5, BOX, SQUARE)
