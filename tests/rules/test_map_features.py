"""What tags become on the map, said as a table: and that silence about light stays silence."""

from __future__ import annotations

from typing import Any

import pytest

from app.rules.map_features import LAYERS, MAX_ZOOM, address, areas, lines, names, points

Tags = dict[str, str]


def line(tags: Tags) -> dict[str, Any]:
    (made,) = lines(tags, ("sv", "en"))
    assert made.layer in LAYERS
    return {"layer": made.layer, "zoom": made.zoom, **made.properties}


@pytest.mark.parametrize(
    ("tags", "layer", "kind", "detail"),
    [
        ({"highway": "motorway_link"}, "roads", "highway", "motorway_link"),
        ({"highway": "tertiary"}, "roads", "major_road", "tertiary"),
        ({"highway": "living_street"}, "roads", "minor_road", "living_street"),
        ({"highway": "steps"}, "roads", "path", "steps"),
        ({"highway": "footway", "footway": "sidewalk"}, "roads", "path", "sidewalk"),
        ({"highway": "bana"}, "roads", "other", "bana"),
        ({"railway": "tram"}, "roads", "rail", "tram"),
        ({"man_made": "pier"}, "roads", "path", "pier"),
        ({"waterway": "stream"}, "water", "stream", None),
        ({"barrier": "hedge"}, "barriers", "barrier", "hedge"),
        ({"natural": "tree_row"}, "barriers", "tree_row", None),
    ],
)
def test_a_way_is_drawn_by_its_tags(tags: Tags, layer: str, kind: str, detail: str | None) -> None:
    made = line(tags)
    assert (made["layer"], made["kind"], made.get("kind_detail")) == (layer, kind, detail)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "proposed"},
        {"highway": "construction"},
        {"highway": "pedestrian", "area": "yes"},
        {"railway": "abandoned"},
        {"railway": "platform"},
        {"barrier": "bollard"},
        {"name": "Ingenting"},
        {},
    ],
)
def test_what_is_not_there_or_no_line_is_not_drawn_as_one(tags: Tags) -> None:
    assert not list(lines(tags, ()))


@pytest.mark.parametrize(
    ("lit", "told"),
    [(None, None), ("yes", "yes"), ("24/7", "yes"), ("no", "no"), ("disused", "no"), ("limited", "limited")],
)
def test_silence_about_light_is_not_darkness(lit: str | None, told: str | None) -> None:
    made = line({"highway": "footway"} | ({"lit": lit} if lit else {}))
    assert made.get("lit") == told


@pytest.mark.parametrize(
    ("tags", "under"),
    [
        ({"tunnel": "yes"}, True),
        ({"tunnel": "building_passage"}, True),
        ({"covered": "yes"}, True),
        ({"tunnel": "no"}, None),
        ({"bridge": "yes", "covered": "yes"}, None),
        ({}, None),
    ],
)
def test_an_underpass_is_known_as_one(tags: Tags, under: bool | None) -> None:
    assert line({"highway": "footway"} | tags).get("is_tunnel") is under


@pytest.mark.parametrize(
    ("tags", "made"),
    [
        ({"building": "yes", "amenity": "school"}, [("buildings", "building")]),
        ({"building": "no", "amenity": "school"}, [("landuse", "school")]),
        ({"natural": "water"}, [("water", "water")]),
        ({"landuse": "basin"}, [("water", "water")]),
        ({"leisure": "swimming_pool"}, [("water", "pool")]),
        ({"natural": "wood"}, [("landuse", "wood")]),
        ({"highway": "pedestrian", "area": "yes"}, [("landuse", "pedestrian")]),
        ({"highway": "footway", "type": "multipolygon"}, [("landuse", "pedestrian")]),
        ({"highway": "footway"}, []),
        ({"place": "square"}, [("landuse", "pedestrian")]),
        ({"landuse": "brownfield"}, [("landuse", "industrial")]),
        ({"landuse": "okänd"}, []),
    ],
)
def test_a_surface_is_drawn_by_its_tags(tags: Tags, made: list[tuple[str, str]]) -> None:
    assert [(one.layer, one.properties["kind"]) for one in areas(tags)] == made


@pytest.mark.parametrize(
    ("tags", "is_area", "kinds"),
    [
        ({"highway": "street_lamp"}, False, ["street_lamp"]),
        ({"highway": "street_lamp"}, True, []),
        ({"highway": "bus_stop", "name": "Torget"}, False, ["bus_stop"]),
        ({"railway": "station", "station": "subway"}, False, ["station"]),
        ({"entrance": "main"}, False, ["entrance"]),
        ({"entrance": "no"}, False, []),
        ({"natural": "tree"}, False, ["tree"]),
        ({"man_made": "surveillance"}, False, ["surveillance"]),
        ({"emergency": "defibrillator"}, False, ["defibrillator"]),
        ({"amenity": "bench"}, False, ["bench"]),
        ({"shop": "yes", "name": "Lanthandeln"}, False, []),
        ({"shop": "vacant", "tourism": "museum", "name": "Museet"}, False, ["museum"]),
        ({"shop": "bakery"}, False, []),
        ({"shop": "bakery", "name": "Bageriet"}, False, ["bakery"]),
        ({"leisure": "garden"}, True, []),
        ({"leisure": "garden", "name": "Trädgården"}, True, ["garden"]),
        ({"amenity": "parking_space", "name": "7"}, False, []),
        ({"place": "suburb", "name": "Älvängen"}, False, ["neighbourhood"]),
        ({"place": "suburb"}, False, []),
        ({"natural": "water", "name": "Sjön"}, True, ["water"]),
        ({"addr:housenumber": "7 B"}, False, ["address"]),
    ],
)
def test_a_spot_is_marked_by_its_tags(tags: Tags, is_area: bool, kinds: list[str]) -> None:
    made = list(points(tags, ("sv",), is_area))
    assert [one.properties["kind"] for one in made] == kinds
    assert all(one.zoom <= MAX_ZOOM for one in made)


def test_names_are_kept_in_the_languages_asked_for_where_they_differ() -> None:
    tags = {
        "name": "Aleksanterinkatu",
        "name:sv": "Alexandersgatan",
        "name:en": "Aleksanterinkatu",
        "name:ru": "A",
    }
    assert names(tags, ("sv", "en")) == {"name": "Aleksanterinkatu", "name:sv": "Alexandersgatan"}
    assert names({"name:sv": "Utan namn"}, ("sv",)) == {}


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"addr:street": "Ågatan", "addr:housenumber": "5"}, ("Ågatan", ["5"])),
        ({"addr:place": "Holmen", "addr:housenumber": "1;3, 5 A"}, ("Holmen", ["1", "3", "5 A"])),
        ({"addr:housenumber": "5"}, None),
        ({"addr:street": "Ågatan", "addr:housenumber": " ; "}, None),
        ({"addr:street": "Ågatan"}, None),
    ],
)
def test_a_door_needs_street_and_number(tags: Tags, told: tuple[str, list[str]] | None) -> None:
    assert address(tags) == told
