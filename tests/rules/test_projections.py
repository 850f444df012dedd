"""Swedish coordinates as degrees; the expected ones were made by PROJ 9."""

from __future__ import annotations

import pytest

from app.rules.projections import SYSTEMS, WGS84, degrees


@pytest.mark.parametrize(
    ("system", "north", "east", "lat", "lon"),
    [
        ("epsg3006", 6580822, 674032, 59.330231227, 18.059189736),
        ("epsg3006", 6097487.637, 356083.438, 55.003420874, 12.749808457),
        ("epsg3006", 7331912, 900000, 65.855916057, 23.786742664),
        ("epsg3006", 6403000, 319000, 57.732580532, 11.959884793),
        ("epsg3011", 6580000, 153000, 59.335102248, 18.052709394),
        ("epsg3008", 6213000, 106000, 56.037830891, 12.794093697),
        ("epsg3018", 7293000, 131000, 65.731835809, 22.835882803),
        (WGS84, 59.33, 18.06, 59.33, 18.06),
    ],
)
def test_it_agrees_with_proj(system: str, north: float, east: float, lat: float, lon: float) -> None:
    assert degrees(system, north, east) == pytest.approx((lat, lon), abs=2e-9)


@pytest.mark.parametrize("place", [(0, 500_000), (-1, 500_000), (1e12, 500_000), (6_580_000, 1e9)])
def test_what_is_no_place_is_none(place: tuple[float, float]) -> None:
    assert all(degrees(system, *place) is None for system in (WGS84, *SYSTEMS) if system != WGS84 or place[1])
