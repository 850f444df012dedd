"""Map packs: boxes as typed, names as files, and what of an area a pack covers."""

from __future__ import annotations

import json
import random

import pytest

from app.rules.address_index import Door, Landmark, Street, index_text
from app.rules.packs import (
    PackError,
    area_km2,
    box_of,
    box_text,
    cover,
    name_of,
    refuse_larger,
    with_margin,
)
from app.rules.places import Box, distance_m

TOWN: Box = (18.0, 59.3, 18.02, 59.31)


@pytest.mark.parametrize("text", ["18,59.3,18.02,59.31", " 18.0, 59.30, 18.02 ,59.31"])
def test_a_box_is_read_as_it_is_typed(text: str) -> None:
    assert box_of(text) == TOWN
    assert box_of(box_text(TOWN)) == TOWN


@pytest.mark.parametrize(
    "text",
    [
        *("", "18,59,19", "18,59,19,60,61", "18;59;19;60", "a,b,c,d", "19,59,18,60", "18,60,19,59"),
        *("18,59,18,60", "nan,59,19,60", "18,59,inf,60", "-181,59,19,60", "18,59,19,86", "18,59,19,60" * 30),
    ],
)
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(PackError, match="is no box"):
        box_of(text)


@pytest.mark.parametrize("text", ["gardsten", "a", "0", "malmo-2026", "a" * 40])
def test_a_name_is_a_file_name_everywhere(text: str) -> None:
    assert name_of(text) == text


@pytest.mark.parametrize("text", ["", "Gårdsten", "a b", "a/b", "..", ".a", "-a", "a-", "a" * 41, "a\n", "A"])
def test_what_could_be_more_than_a_file_name_is_refused(text: str) -> None:
    with pytest.raises(PackError, match="is no name"):
        name_of(text)


def test_a_box_has_a_size_and_may_be_too_large() -> None:
    assert area_km2(TOWN) == pytest.approx(1.135 * 1.112, rel=0.01)
    refuse_larger(TOWN, 2)
    with pytest.raises(PackError, match="most here are 1:"):
        refuse_larger(TOWN, 1)


@pytest.mark.parametrize("area", [TOWN, (-70.1, -33.5, -70.0, -33.4), (10, 80, 10.1, 80.01)])
def test_the_box_to_build_reaches_beyond_the_area(area: Box) -> None:
    west, south, east, north = with_margin(area)
    lat = (south + north) / 2
    for metres in (
        distance_m(lat, west, lat, area[0]),
        distance_m(lat, area[2], lat, east),
        distance_m(south, west, area[1], west),
        distance_m(area[3], east, north, east),
    ):
        assert 390 < metres < 560
    assert cover((west, south, east, north), area) == "whole"


@pytest.mark.parametrize(
    ("pack", "told"),
    [
        (TOWN, "whole"),
        ((17.9, 59.2, 18.1, 59.4), "whole"),
        ((18.00005, 59.3, 18.02, 59.31), "whole"),
        ((18.001, 59.3, 18.02, 59.31), "part"),
        ((18.005, 59.303, 18.006, 59.304), "part"),
        ((17.9, 59.2, 18.0, 59.4), "none"),
        ((18.0, 59.31, 18.02, 59.4), "none"),
    ],
)
def test_it_is_said_how_much_of_the_area_a_pack_covers(pack: Box, told: str) -> None:
    assert cover(pack, TOWN) == told


DOORS = [Door("Ågatan", number, 18.005, 59.305) for number in ("10", "2", "2 B", "30-34", "A")]
STREETS = [Street("Ågatan", 18.006, 59.305), Street("Zenits väg", 18.001, 59.301)]
PLACES = [
    Landmark("Parken", "park", 18.002, 59.302),
    Landmark("Parken", "park", 18.0021, 59.3021),
    Landmark("Kiosken", "kiosk", 18.002, 59.302),
    Landmark("Utanför", "park", 18.5, 59.302),
]


def test_the_index_is_sorted_as_people_count_and_holds_what_lies_inside() -> None:
    index = json.loads(index_text(TOWN, [*DOORS, Door("Bort", "1", 19, 59)], STREETS, PLACES, {}, "© OSM"))
    assert [row[0] for row in index["streets"]] == ["Zenits väg", "Ågatan"]
    assert index["streets"][1][3][::3] == ["A", "2", "2 B", "10", "30-34"]
    assert index["streets"][1][1:3] == [600, 500]
    assert (index["n"], index["o"], index["q"]) == (5, [18.0, 59.3], 100_000)
    assert index["places"] == [["Parken", "park", 200, 200]]


def test_a_street_with_two_names_is_found_by_both() -> None:
    doors = [Door("Jokikatu", "1", 18.005, 59.305)]
    shown = {"Jokikatu": "Ågatan"}
    index = json.loads(index_text(TOWN, doors, [Street("Jokikatu", 18.006, 59.305)], [], shown, ""))
    assert index["streets"] == [["Ågatan", 600, 500, ["1", 500, 500], "Jokikatu"]]


def test_the_order_of_things_does_not_matter() -> None:
    dice = random.Random(7)
    texts = set()
    for _turn in range(20):
        doors, streets, places = (dice.sample(list(one), len(one)) for one in (DOORS, STREETS, PLACES))
        texts.add(index_text(TOWN, doors, streets, places, {}, ""))
    assert len(texts) == 1
