"""Maps from OpenStreetMap's data: what is drawn, where it lies, and what a broken file is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.adapters import osm_file
from app.adapters.coast import land_and_sea
from app.adapters.pack_file import decoded_tiles
from app.adapters.vector_tile import LINE, POINT, POLYGON, Feature
from app.operations import pack_builds
from app.operations.pack_builds import Made, Order
from app.rules.packs import PackError
from app.rules.places import Box, distance_m
from tests.contract.tree import ROOT
from tests.osm_fixtures import BOX, Town, a_town, place, square, write_overpass, write_pbf, write_xml

Layers = dict[str, list[Feature]]
PATHS = {"xml": write_xml, "osm.pbf": write_pbf, "json": write_overpass}


def quiet(_step: str, _share: float) -> None:
    """Nobody watches."""


def built(folder: Path, source: Path, name: str = "staden", box: Box | None = BOX, **more: Any) -> Made:
    return pack_builds.build(source, Order(name, box, **more), folder, quiet)


def drawn(path: Path, zoom: int = 15) -> Layers:
    """All features of a zoom by layer."""
    found: Layers = {}
    for (tile_zoom, _x, _y), layers in decoded_tiles(path):
        for name, features in layers.items() if tile_zoom == zoom else ():
            found.setdefault(name, []).extend(features)
    return found


def kinds(layers: Layers, layer: str) -> set[Any]:
    return {feature.properties["kind"] for feature in layers.get(layer, [])}


def named(layers: Layers, layer: str, name: str) -> list[Feature]:
    return [one for one in layers[layer] if one.properties.get("name") == name]


def index_of(made: Made) -> dict[str, Any]:
    index: dict[str, Any] = json.loads(made.path.with_name("staden-index.json").read_text("utf-8"))
    return index


@pytest.fixture
def town_pack(tmp_path: Path) -> Made:
    return built(tmp_path / "packs", write_pbf(tmp_path / "town.osm.pbf", a_town()))


def test_a_town_is_drawn_with_what_a_safety_walk_talks_about(town_pack: Made) -> None:
    layers = drawn(town_pack.path)
    assert kinds(layers, "pois") >= {"street_lamp", "bench", "bus_stop", "park", "school"}
    assert kinds(layers, "buildings") == {"building", "address"}
    assert kinds(layers, "water") == {"water", "ocean"}
    assert kinds(layers, "places") == {"neighbourhood"}
    assert {one.kind for one in named(layers, "roads", "Ågatan")} == {LINE}
    details = {one.properties["kind_detail"]: one.properties for one in layers["roads"]}
    assert details["steps"]["kind"] == "path"
    tunnel = named(layers, "roads", "Ågångstunneln")[0].properties
    assert (tunnel["is_tunnel"], tunnel["lit"], tunnel["kind"]) == (True, "no", "path")
    assert named(layers, "roads", "Ågatan")[0].properties["name:en"] == "River Street"


def test_a_round_of_path_is_no_square(town_pack: Made) -> None:
    assert "pedestrian" not in kinds(drawn(town_pack.path), "landuse")


def test_pieces_of_one_street_become_one_line_so_that_its_name_finds_room(town_pack: Made) -> None:
    by_tile = [
        [
            part
            for one in layers.get("roads", [])
            if one.properties.get("name") == "Ågatan"
            for part in one.parts
        ]
        for (zoom, _x, _y), layers in decoded_tiles(town_pack.path)
        if zoom == 15
    ]
    assert by_tile
    assert all(len(parts) <= 1 for parts in by_tile)


def test_an_island_stays_dry(town_pack: Made) -> None:
    """Outer rings turn clockwise on the screen and holes the other way, as the format has it."""
    layers = drawn(town_pack.path)
    surfaces = [one for features in layers.values() for one in features if one.kind == POLYGON]
    assert all(_turn(one.parts[0]) > 0 for one in surfaces)
    lakes = [one for one in layers["water"] if one.kind == POLYGON and len(one.parts) > 1]
    assert lakes
    assert all(_turn(hole) < 0 for lake in lakes for hole in lake.parts[1:])


def _turn(ring: list[tuple[int, int]]) -> int:
    """Twice the ring's surface; the sign tells which way it turns."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in _sides(ring))


def _sides(ring: list[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(zip(ring, [*ring[1:], ring[0]], strict=True))


def test_the_sea_is_on_the_right_of_the_coast() -> None:
    import shapely

    run = [place(*spot) for spot in ((80, -20), (80, 40), (84, 60), (80, 120))]
    land, sea = land_and_sea([run], shapely.box(*BOX))
    assert shapely.contains(land, shapely.Point(place(50, 50)))
    assert shapely.contains(sea, shapely.Point(place(95, 50)))
    assert shapely.area(land) + shapely.area(sea) == pytest.approx(1e-4)
    turned_land, turned_sea = land_and_sea([run[::-1]], shapely.box(*BOX))
    assert shapely.equals(turned_land, sea)
    assert shapely.equals(turned_sea, land)


def test_an_islet_is_land_in_the_sea_and_a_coast_that_stops_short_is_carried_on() -> None:
    import shapely

    shore = [place(*spot) for spot in ((50, 3), (50, 97))]
    islet = [place(*spot) for spot in ((70, 50), (74, 50), (74, 54), (70, 54), (70, 50))]
    land, sea = land_and_sea([shore, islet], shapely.box(*BOX))
    assert shapely.contains(sea, shapely.Point(place(90, 20)))
    for spot in ((20, 20), (72, 52)):
        assert shapely.contains(land, shapely.Point(place(*spot)))


def test_without_a_coast_all_is_land(tmp_path: Path) -> None:
    town = Town()
    town.add_house(10, 10)
    layers = drawn(built(tmp_path, write_xml(tmp_path / "town.xml", town)).path)
    assert kinds(layers, "earth") == {"earth"}
    assert "water" not in layers


def test_doors_and_places_can_be_searched(town_pack: Made) -> None:
    index = index_of(town_pack)
    (street,) = [row for row in index["streets"] if row[0] == "Ågatan"]
    assert street[3][::3] == ["1", "3", "5 A", "5 B"]
    assert index["n"] == town_pack.doors == 4
    places = {(row[0], row[1]) for row in index["places"]}
    assert places >= {
        ("Östra skolan", "school"),
        ("Åbron", "bus_stop"),
        ("Slottsparken", "park"),
        ("Ågångstunneln", "underpass"),
        ("", "passage"),
    }
    west, south = index["o"]
    lon, lat = west + street[3][1] / index["q"], south + street[3][2] / index["q"]
    house = place(9.5, 54.5)
    assert distance_m(lat, lon, house[1], house[0]) < 3


def test_what_is_drawn_lies_where_it_is(town_pack: Made) -> None:
    lamps = []
    for (zoom, x, _y), layers in decoded_tiles(town_pack.path):
        for one in layers.get("pois", []) if zoom == 15 else ():
            if one.properties["kind"] == "street_lamp":
                (px, py) = one.parts[0][0]
                lamps.append(((x + px / one.extent) / 2**15 * 360 - 180, py))
    assert min(abs(lon - place(20, 49)[0]) for lon, _py in lamps) < 1e-6
    assert town_pack.lamps == 3


def test_the_three_forms_of_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    packs = []
    for suffix, write in PATHS.items():
        source = write(tmp_path / f"town.{suffix}", a_town())
        made = built(tmp_path / suffix, source)
        packs.append((made.path.read_bytes(), made.path.with_name("staden-index.json").read_bytes()))
    assert packs[0] == packs[1] == packs[2]


def test_the_same_bytes_come_of_every_run(tmp_path: Path) -> None:
    """In processes of their own, with other hash seeds and another time zone."""
    source = write_pbf(tmp_path / "town.osm.pbf", a_town())
    script = (
        "import sys; from pathlib import Path; from app.operations.pack_builds import Order, build;"
        "made = build(Path(sys.argv[1]), Order('staden', None), Path(sys.argv[2]), lambda *told: None);"
        "import hashlib; print(hashlib.sha256(made.path.read_bytes()).hexdigest(),"
        " hashlib.sha256(made.path.with_name('staden-index.json').read_bytes()).hexdigest())"
    )
    seen = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", script, str(source), str(tmp_path / seed)]
        seen.add(subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True).stdout)
    assert len(seen) == 1


def test_no_mapper_is_in_the_pack(town_pack: Made) -> None:
    import gzip

    from pmtiles.reader import MmapSource, all_tiles

    from app.adapters.pack_file import PLAIN_ATTRIBUTION

    with town_pack.path.open("rb") as file:
        text = b"".join(gzip.decompress(data) for _place, data in all_tiles(MmapSource(file)))
    assert b"Karta" not in text
    assert "Ågatan".encode() in text
    assert index_of(town_pack)["attribution"] == PLAIN_ATTRIBUTION


def test_a_large_file_is_cut_first_and_gives_the_same_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = a_town()
    for at in range(50):
        town.add_house(5000 + at * 5, 5000, addr__street="Fjärran", addr__housenumber=str(at))
    source = write_pbf(tmp_path / "land.osm.pbf", town, bounds=(17.9, 59.2, 19, 60))
    whole = built(tmp_path / "whole", source)
    monkeypatch.setattr(osm_file, "LARGE_BYTES", 0)
    cut = built(tmp_path / "cut", source)
    assert cut.path.read_bytes() == whole.path.read_bytes()
    assert cut.doors < whole.doors


def test_a_way_with_holes_keeps_the_pieces_that_are_there(tmp_path: Path) -> None:
    town = Town()
    town.add_way([(5, 5), (15, 5), (25, 5), (35, 5), (45, 5)], highway="footway")
    del town.nodes[3]
    made = built(tmp_path, write_xml(tmp_path / "town.xml", town))
    parts = [part for one in drawn(made.path)["roads"] for part in one.parts]
    assert len(parts) == 2


def test_a_register_of_lamps_is_laid_over(tmp_path: Path) -> None:
    """One of them stands where the data has a lamp: that one is not doubled."""
    spots = [place(20.2, 49), place(70, 70), place(71, 70), (17.5, 59.3)]
    points = [
        {"type": "Feature", "properties": {"ägare": "x"}, "geometry": {"type": "Point", "coordinates": spot}}
        for spot in spots
    ]
    register = tmp_path / "lampor.geojson"
    register.write_text(json.dumps({"type": "FeatureCollection", "features": points}))
    source = write_pbf(tmp_path / "town.osm.pbf", a_town())
    made = built(tmp_path / "packs", source, lamps=register)
    assert made.lamps == 3 - 1 + 3
    lamps = [one for one in drawn(made.path)["pois"] if one.properties["kind"] == "street_lamp"]
    assert {one.kind for one in lamps} == {POINT}
    assert all(one.properties == {"kind": "street_lamp"} for one in lamps)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not GeoJSON"),
        ("[]", "with points"),
        ('{"type": "FeatureCollection", "features": 3}', "with points"),
        ('{"type": "Point", "coordinates": ["a", 1]}', "with points"),
        ('{"type": "Point", "coordinates": [674032.1, 6580822.0]}', "EPSG:4326"),
        ('{"type": "Point", "coordinates": [11.0, 57.0]}', "no lamp in the area"),
        ('{"type": "FeatureCollection", "features": []}', "no lamp in the area"),
        ("[" * 100_000, "is not GeoJSON"),
    ],
)
def test_a_register_that_is_none_is_refused_in_one_line(tmp_path: Path, content: str, told: str) -> None:
    register = tmp_path / "lampor.geojson"
    register.write_text(content)
    with pytest.raises(PackError, match=told) as refused:
        built(tmp_path / "packs", write_pbf(tmp_path / "t.osm.pbf", a_town()), lamps=register)
    assert "\n" not in str(refused.value)
    assert not list((tmp_path / "packs").glob("*"))


def cut_short(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: path.unlink(), "cannot be read: No such file"),
    "a picture": (lambda path: path.write_bytes(b"\xff\xd8\xff" * 99), "neither .osm.pbf"),
    "empty": (lambda path: path.write_bytes(b""), "neither .osm.pbf"),
    "a web page": (lambda path: path.write_text("<!doctype html><title>Hej</title>"), "neither .osm.pbf"),
    "cut short": (cut_short, "is damaged"),
    "not a reply": (lambda path: path.write_text("{}"), "not an Overpass reply"),
    "half a reply": (lambda path: path.write_text('{"elements": [{"type"'), "it broke off"),
    "a busy reply": (
        lambda path: path.write_text('{"elements": [], "remark": "runtime error: Query timed out"}'),
        "Query timed out",
    ),
    "no places": (
        lambda path: path.write_text('{"elements": [{"type": "node", "id": 1}]}'),
        "without id or place",
    ),
    "strange things": (lambda path: path.write_text('{"elements": [7, null]}'), "without id or place"),
    "nothing": (lambda path: path.write_text('{"elements": []}'), "has nothing in"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_file_that_is_none_is_refused_in_one_line(tmp_path: Path, wrong: str) -> None:
    source = write_pbf(tmp_path / "town.osm.pbf", a_town())
    spoil, told = WRONG[wrong]
    spoil(source)
    with pytest.raises(PackError, match=told) as refused:
        built(tmp_path / "packs", source)
    assert "\n" not in str(refused.value)
    assert not list((tmp_path / "packs").glob("*"))


def test_a_box_beside_the_data_is_refused_and_one_across_its_edge_told_of(tmp_path: Path) -> None:
    source = write_pbf(tmp_path / "town.osm.pbf", a_town())
    with pytest.raises(PackError, match=r"covers 18,59\.3,18\.01,59\.31; 11,57,11\.1,57\.1 lies outside"):
        built(tmp_path, source, box=(11, 57, 11.1, 57.1))
    across = built(tmp_path, source, box=(18.005, 59.3, 18.02, 59.31))
    assert across.holds == pytest.approx(BOX)
    silent = write_pbf(tmp_path / "silent.osm.pbf", a_town(), bounds=None)
    with pytest.raises(PackError, match="has nothing in"):
        built(tmp_path, silent, name="tyst", box=(11, 57, 11.1, 57.1))


def test_without_a_box_the_map_is_as_large_as_the_data(tmp_path: Path) -> None:
    made = built(tmp_path, write_pbf(tmp_path / "town.osm.pbf", a_town()), box=None)
    assert made.box == pytest.approx(BOX)
    silent = built(tmp_path, write_xml(tmp_path / "s.xml", a_town(), bounds=None), name="tyst", box=None)
    assert silent.box == pytest.approx((*place(5, -20), *place(84, 120)))


def test_geometry_in_the_reply_stands_for_nodes_that_are_not_there(tmp_path: Path) -> None:
    town = Town()
    town.add_way(square(10, 10, 5), building="yes")
    reply = town.overpass()
    (way,) = (one for one in reply["elements"] if one["type"] == "way")
    way["geometry"] = [dict(zip(("lon", "lat"), town.nodes[ref][0], strict=True)) for ref in way["nodes"]]
    source = tmp_path / "reply.json"
    source.write_text(json.dumps({"elements": [way]}))
    assert kinds(drawn(built(tmp_path, source).path), "buildings") == {"building"}
