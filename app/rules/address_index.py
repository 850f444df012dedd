"""The address index of a map pack: streets with their doors, and the places that people name.

Owns the file that the phone searches and names spots by: whole steps from one corner, about a metre each.
Promises the same text for the same input in any order. Pure; knows no geometry and reads no files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.rules.places import Box, in_box

STEPS_PER_DEGREE = 100_000
SAME_PLACE_STEPS = 50
LANDMARKS = frozenset(
    (
        *("park", "playground", "school", "kindergarten", "library", "police", "place_of_worship", "station"),
        *("subway_entrance", "bus_stop", "tram_stop", "supermarket", "convenience", "hospital", "clinic"),
        *("doctors", "pharmacy", "community_centre", "social_centre", "townhall", "museum", "theatre"),
        *("cinema", "university", "college", "sports_centre", "stadium", "pitch", "dog_park", "garden"),
        *("marketplace", "parking", "fire_station", "post_office", "bank", "cafe", "restaurant", "pub"),
        *(
            "bar",
            "nightclub",
            "fast_food",
            "hotel",
            "artwork",
            "monument",
            "memorial",
            "fountain",
            "locality",
        ),
        *("neighbourhood", "macrohood", "tree", "recycling", "toilets", "swimming_pool", "cemetery"),
        *("underpass", "passage"),
    )
)
"""Places a walker would name when saying where something is. Shops and offices would only fill the file."""


class Door(NamedTuple):
    street: str
    number: str
    lon: float
    lat: float


class Street(NamedTuple):
    """A street's name and a spot in the middle of its longest piece."""

    name: str
    lon: float
    lat: float


class Landmark(NamedTuple):
    name: str
    kind: str
    lon: float
    lat: float


def index_text(
    box: Box,
    doors: Iterable[Door],
    streets: Iterable[Street],
    landmarks: Iterable[Landmark],
    shown: Mapping[str, str],
    attribution: str,
) -> str:
    """The file. `shown`: the name of a thing in the language of the index, where its sign says another."""
    west, south, _east, _north = box
    rows = _street_rows(box, doors, streets, shown)
    places = sorted(_place_rows(box, landmarks, shown))
    index = {
        "v": 1,
        "o": [west, south],
        "q": STEPS_PER_DEGREE,
        "n": sum(len(row[3]) // 3 for row in rows),
        "attribution": attribution,
        "streets": rows,
        "places": places,
    }
    return json.dumps(index, ensure_ascii=False, separators=(",", ":"))


def _steps(box: Box, lon: float, lat: float) -> tuple[int, int]:
    return round((lon - box[0]) * STEPS_PER_DEGREE), round((lat - box[1]) * STEPS_PER_DEGREE)


def _street_rows(
    box: Box, doors: Iterable[Door], streets: Iterable[Street], shown: Mapping[str, str]
) -> list[list[Any]]:
    """Name, x, y, doors, and the name on the sign where it is another one."""
    middles = {shown.get(one.name, one.name): _steps(box, one.lon, one.lat) for one in sorted(streets)}
    numbers: dict[str, dict[str, tuple[int, int]]] = {}
    for door in sorted(doors):
        if in_box(door.lat, door.lon, box):
            on_street = numbers.setdefault(shown.get(door.street, door.street), {})
            on_street.setdefault(door.number, _steps(box, door.lon, door.lat))
    signs = {other: sign for sign, other in sorted(shown.items())}
    rows: list[list[Any]] = []
    for name in sorted(middles.keys() | numbers.keys()):
        found = sorted(numbers.get(name, {}).items(), key=lambda item: (_house(item[0]), item[0]))
        middle = middles.get(name) or found[len(found) // 2][1]
        flat = [part for number, spot in found for part in (number, *spot)]
        rows.append([name, *middle, flat, *([signs[name]] if name in signs else [])])
    return rows


def _house(number: str) -> int:
    """The number that a door's number begins with."""
    digits = re.match(r"\D*(\d{1,6})", number)
    return int(digits[1]) if digits else 0


def _place_rows(box: Box, landmarks: Iterable[Landmark], shown: Mapping[str, str]) -> Iterable[list[Any]]:
    """Name, kind, x, y; a thing that is mapped twice at one spot stands once."""
    seen = set()
    for one in sorted(landmarks):
        if one.kind not in LANDMARKS or not in_box(one.lat, one.lon, box):
            continue
        x, y = _steps(box, one.lon, one.lat)
        key = (one.name, one.kind, x // SAME_PLACE_STEPS, y // SAME_PLACE_STEPS)
        if key not in seen:
            seen.add(key)
            yield [shown.get(one.name, one.name), one.kind, x, y]
