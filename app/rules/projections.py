"""Swedish map coordinates as degrees: SWEREF 99 TM and the twelve local zones.

Pure. Krüger's formulas for the transverse Mercator projection, in the series of Lantmäteriet's "Gauss
Conformal Projection (Transverse Mercator)", right to a millimetre within Sweden. SWEREF 99 and WGS 84
are taken as one, which is right to less than a metre.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

AXIS_M = 6_378_137.0
FLATTENING = 1 / 298.257222101
"""The GRS 80 ellipsoid."""

E2 = FLATTENING * (2 - FLATTENING)
N = FLATTENING / (2 - FLATTENING)
RADIUS_M = AXIS_M / (1 + N) * (1 + N**2 / 4 + N**4 / 64)
DELTAS = (
    N / 2 - 2 / 3 * N**2 + 37 / 96 * N**3 - N**4 / 360,
    N**2 / 48 + N**3 / 15 - 437 / 1440 * N**4,
    17 / 480 * N**3 - 37 / 840 * N**4,
    4397 / 161280 * N**4,
)
SERIES = (
    E2 + E2**2 + E2**3 + E2**4,
    -(7 * E2**2 + 17 * E2**3 + 30 * E2**4) / 6,
    (224 * E2**3 + 889 * E2**4) / 120,
    -4279 / 1260 * E2**4,
)


@dataclass(frozen=True)
class System:
    """A projection: its EPSG number, central meridian in degrees, scale on it and false easting in metres."""

    epsg: int
    name: str
    meridian: float
    scale: float
    easting: float


WGS84 = "wgs84"
ZONES = (
    *((3007, "12 00", 12.0), (3008, "13 30", 13.5), (3009, "15 00", 15.0), (3010, "16 30", 16.5)),
    *((3011, "18 00", 18.0), (3012, "14 15", 14.25), (3013, "15 45", 15.75), (3014, "17 15", 17.25)),
    *((3015, "18 45", 18.75), (3016, "20 15", 20.25), (3017, "21 45", 21.75), (3018, "23 15", 23.25)),
)
SYSTEMS: dict[str, System] = {"epsg3006": System(3006, "SWEREF 99 TM", 15.0, 0.9996, 500_000.0)} | {
    f"epsg{epsg}": System(epsg, f"SWEREF 99 {zone}", meridian, 1.0, 150_000.0)
    for epsg, zone, meridian in ZONES
}
FURTHEST_NORTH_M = 10_000_000.0
FURTHEST_EAST_M = 1_000_000.0


def degrees(system: str, north: float, east: float) -> tuple[float, float] | None:
    """Latitude and longitude of a place in one of SYSTEMS, or WGS84; None where there is no such place."""
    if system == WGS84:
        return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None
    zone = SYSTEMS[system]
    if not 0 < north < FURTHEST_NORTH_M or abs(east - zone.easting) > FURTHEST_EAST_M:
        return None
    return _unprojected(zone, north, east)


def _unprojected(zone: System, north: float, east: float) -> tuple[float, float]:
    xi = north / (zone.scale * RADIUS_M)
    eta = (east - zone.easting) / (zone.scale * RADIUS_M)
    up, across = xi, eta
    for order, delta in enumerate(DELTAS, 1):
        up -= delta * math.sin(2 * order * xi) * math.cosh(2 * order * eta)
        across -= delta * math.cos(2 * order * xi) * math.sinh(2 * order * eta)
    sphere = math.asin(math.sin(up) / math.cosh(across))
    sine = math.sin(sphere)
    series = sum(part * sine ** (2 * power) for power, part in enumerate(SERIES))
    lat = sphere + sine * math.cos(sphere) * series
    lon = math.radians(zone.meridian) + math.atan2(math.sinh(across), math.cos(up))
    return math.degrees(lat), math.degrees(lon)
