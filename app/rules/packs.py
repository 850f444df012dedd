"""Map packs: their names, the box they are asked for, and what of an area they cover.

Pure. A box is west, south, east, north in degrees.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Literal

from app.rules.places import EARTH_M, Box

LONGEST_NAME = 40
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
KB_PER_KM2 = (30, 170)
"""What map and addresses weigh in a suburb and in a city centre (docs/MAPS.md)."""
LARGEST_KM2 = 1000.0
"""What a phone may carry and one machine build; a walk needs two to ten."""
LARGEST_FETCH_KM2 = 40.0
"""What is decent to ask of a public server in one question."""
MARGIN_M = 400.0
"""Around an area, so that the map does not end where people stand."""
EDGE_DEG = 1e-4
"""About ten metres: a pack that ends so close to the area covers it."""
FARTHEST_LAT = 85.0

Cover = Literal["whole", "part", "none"]


class PackError(ValueError):
    """Why there will be no map pack; the message is the one line that the operator sees."""


def box_of(text: str) -> Box:
    """West,south,east,north as typed. Raises PackError."""
    try:
        west, south, east, north = (float(part) for part in text.replace(" ", "").split(","))
    except ValueError:
        raise PackError(f"“{text[:60]}” is no box: write west,south,east,north in degrees") from None
    if not (-180 <= west < east <= 180 and -FARTHEST_LAT <= south < north <= FARTHEST_LAT):
        raise PackError(f"“{text[:60]}” is no box: west must be below east, south below north, in degrees")
    return west, south, east, north


def name_of(text: str) -> str:
    """A pack's name, which is also its file's and stands in no one's way. Raises PackError."""
    if not NAME.fullmatch(text):
        raise PackError(f"“{text[:60]}” is no name: use a–z, 0–9 and hyphens, at most 40")
    return text


def name_from(title: str) -> str:
    """A name for a pack of that title: letters without their rings and dots, hyphens between words."""
    plain = unicodedata.normalize("NFD", title.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_NAME].strip("-") or "map"


def area_km2(box: Box) -> float:
    west, south, east, north = box
    degree = EARTH_M * math.pi / 180 / 1000
    return (east - west) * degree * math.cos(math.radians((south + north) / 2)) * (north - south) * degree


def refuse_larger(box: Box, most_km2: float) -> None:
    """Raises PackError."""
    size = area_km2(box)
    if size > most_km2:
        raise PackError(f"the box is {size:.0f} km²; the most here are {most_km2:.0f}: choose a smaller one")


def with_margin(box: Box) -> Box:
    """The box to build for an area, its sides rounded outwards to about a hundred metres."""
    west, south, east, north = box
    up = math.degrees(MARGIN_M / EARTH_M)
    aside = up / max(0.05, math.cos(math.radians((south + north) / 2)))
    low, high = (west - aside, south - up), (east + aside, north + up)
    west, south = (math.floor(side * 1000) / 1000 for side in low)
    east, north = (math.ceil(side * 1000) / 1000 for side in high)
    return west, south, east, north


def box_text(box: Box) -> str:
    """As a command takes it."""
    return ",".join(f"{side:.7f}".rstrip("0").rstrip(".") for side in box)


def cover(pack: Box, area: Box) -> Cover:
    """How much of an area's box lies on a pack's map."""
    west, south, east, north = pack
    sides = (west <= area[0] + EDGE_DEG, south <= area[1] + EDGE_DEG)
    if all(sides) and east >= area[2] - EDGE_DEG and north >= area[3] - EDGE_DEG:
        return "whole"
    apart = area[0] >= east or area[2] <= west or area[1] >= north or area[3] <= south
    return "none" if apart else "part"
