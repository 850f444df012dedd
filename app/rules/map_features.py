"""What OpenStreetMap's tags become on our map: layer, first zoom and properties.

Owns the schema of a map pack: the layers and kinds of Protomaps v4 as far as the style on the phone draws
them, and beyond it what a safety walk talks about (`lit`, street lamps, barriers, benches, cameras). What no
rule of that style reads is left out. Pure; knows no geometry. Silence about light stays silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

Tags = Mapping[str, str]
Value = str | bool
Properties = Mapping[str, Value]

LAYERS = ("earth", "water", "landuse", "barriers", "buildings", "roads", "places", "pois")
"""In the order in which they are drawn."""
MIN_ZOOM, MAX_ZOOM = 10, 15
"""A screen shows tiles of one zoom below its own; beyond the last they are enlarged."""

KEYS = (
    *("highway", "building", "landuse", "natural", "waterway", "leisure", "amenity", "railway", "shop"),
    *("tourism", "place", "barrier", "man_made", "historic", "addr:housenumber", "entrance", "emergency"),
    *("office", "craft", "public_transport"),
)
"""Things without any of these keys are not on the map."""

GONE = frozenset(
    ("proposed", "abandoned", "razed", "demolished", "removed", "construction", "disused", "dismantled")
)
NO_ROAD = GONE | {"elevator", "platform", "rest_area", "services", "street_lamp", "bus_stop"}
NO_TRACK = GONE | {"platform", "platform_edge", "station", "subway_entrance", "tram_stop"}
MAIN = ("trunk", "primary", "secondary", "tertiary")
WALKS = frozenset(("pedestrian", "track", "corridor", "path", "cycleway", "bridleway", "footway", "steps"))
SMALL_TRACKS = frozenset(("tram", "subway", "light_rail", "narrow_gauge", "funicular", "monorail"))
STREETS = frozenset(("residential", "unclassified", "road", "living_street", "service", "busway", "raceway"))
SIDES = frozenset(("sidewalk", "crossing"))
STREAMS = {"river": 10, "canal": 10, "stream": 13, "ditch": 15, "drain": 15}
WATERS = {
    "natural": frozenset(("water",)),
    "waterway": frozenset(("riverbank", "dock")),
    "landuse": frozenset(("reservoir", "basin")),
}
BARRIERS = frozenset(("fence", "wall", "hedge", "city_wall", "retaining_wall", "guard_rail"))

GROUND: dict[str, frozenset[str]] = {
    "amenity": frozenset(("hospital", "school", "kindergarten", "university", "college", "parking")),
    "landuse": frozenset(
        (
            *("recreation_ground", "industrial", "railway", "cemetery", "commercial", "retail", "grass"),
            *("residential", "village_green", "allotments", "forest", "meadow", "flowerbed", "construction"),
        )
    ),
    "leisure": frozenset(
        ("park", "garden", "golf_course", "dog_park", "playground", "pitch", "nature_reserve")
    ),
    "natural": frozenset(("beach", "wood", "grassland", "scrub", "sand", "wetland", "heath")),
    "tourism": frozenset(("zoo",)),
    "boundary": frozenset(("national_park",)),
}
SMALL_GROUND = frozenset(
    ("pedestrian", "playground", "pitch", "parking", "platform", "pier", "garden", "flowerbed")
)
PAVED = frozenset(("pedestrian", "footway", "path", "living_street"))

PLACES = {
    "city": ("locality", 10),
    "town": ("locality", 10),
    "village": ("locality", 10),
    "hamlet": ("locality", 12),
    "locality": ("locality", 13),
    "suburb": ("neighbourhood", 11),
    "quarter": ("macrohood", 12),
    "neighbourhood": ("neighbourhood", 12),
}
SIGHTS = ("amenity", "shop", "tourism", "leisure", "historic", "office", "craft")
UNNAMED = {
    "recycling": 14, "toilets": 14, "parking": 14, "playground": 14, "pitch": 14, "dog_park": 14,
    "bench": 15, "waste_basket": 15, "waste_disposal": 15, "shelter": 15, "bicycle_parking": 15,
    "parking_entrance": 15, "post_box": 15, "drinking_water": 15, "fountain": 15, "telephone": 15,
    "atm": 15, "taxi": 15, "charging_station": 15, "bicycle_rental": 15, "picnic_table": 15, "bbq": 15,
    "artwork": 15,
}  # fmt: skip
"""On the map also without a name, and from which zoom."""
EARLY = {
    "hospital": 12, "university": 13, "library": 13, "townhall": 13, "police": 13, "fire_station": 13,
    "park": 13, "cemetery": 13, "stadium": 13, "college": 14, "supermarket": 14, "school": 14,
    "kindergarten": 14, "place_of_worship": 14, "museum": 14, "theatre": 14, "community_centre": 14,
}  # fmt: skip
NEVER = frozenset(("outdoor_seating", "vending_machine", "loading_dock", "parking_space", "garden"))
"""Clutter; a garden with a name is shown."""


class Made(NamedTuple):
    """One feature: its layer, the first zoom of tiles that hold it, and its properties."""

    layer: str
    zoom: int
    properties: Properties


def names(tags: Tags, languages: Sequence[str]) -> Properties:
    """The name, and those in `languages` that differ from it."""
    name = tags.get("name")
    if not name:
        return {}
    others = {f"name:{tag}": tags.get(f"name:{tag}", "") for tag in languages}
    return {"name": name, **{key: other for key, other in others.items() if other and other != name}}


def address(tags: Tags) -> tuple[str, list[str]] | None:
    """Street and the numbers on the door, of which one building may have several."""
    street = tags.get("addr:street") or tags.get("addr:place")
    numbers = [part.strip() for part in tags.get("addr:housenumber", "").replace(";", ",").split(",")]
    numbers = [number for number in numbers if number]
    return (street, numbers) if street and numbers else None


def lines(tags: Tags, languages: Sequence[str]) -> Iterator[Made]:
    """What a way is as a line."""
    highway = tags.get("highway")
    if highway and highway not in NO_ROAD and tags.get("area") != "yes":
        yield _road(highway, tags, languages)
        return
    track = tags.get("railway")
    if track and track not in NO_TRACK and "building" not in tags:
        zoom = 14 if track in SMALL_TRACKS or tags.get("service") else 11
        yield Made("roads", zoom, {"kind": "rail", "kind_detail": track, **_level(tags)})
    if tags.get("man_made") == "pier":
        yield Made("roads", 13, {"kind": "path", "kind_detail": "pier"})
    water = tags.get("waterway", "")
    if water in STREAMS:
        yield Made("water", STREAMS[water], {"kind": water, **_level(tags), **names(tags, languages)})
    if tags.get("barrier") in BARRIERS:
        yield Made("barriers", 15, {"kind": "barrier", "kind_detail": tags["barrier"]})
    if tags.get("natural") == "tree_row":
        yield Made("barriers", 15, {"kind": "tree_row"})


def _road(highway: str, tags: Tags, languages: Sequence[str]) -> Made:
    kind, zoom = _road_kind(highway)
    detail = tags["footway"] if highway == "footway" and tags.get("footway") in SIDES else highway
    if detail in SIDES or highway == "corridor" or tags.get("access") in ("private", "no"):
        zoom = max(zoom, 14)
    if tags.get("indoor") == "yes":
        zoom = 15
    properties = {"kind": kind, "kind_detail": detail, **_level(tags), **_light(tags)}
    if highway == "cycleway" or tags.get("bicycle") == "designated":
        properties["bicycle"] = True
    return Made("roads", zoom, {**properties, **names(tags, languages)})


def _road_kind(highway: str) -> tuple[str, int]:
    """How a road is drawn, and from which zoom."""
    plain = highway.removesuffix("_link")
    if plain == "motorway":
        return "highway", 10
    if plain in MAIN:
        return "major_road", 10
    if highway in WALKS:
        return "path", 12 if highway == "pedestrian" else 13
    if highway in STREETS:
        return "minor_road", 13 if highway == "service" else 12
    return "other", 13


def _level(tags: Tags) -> Properties:
    """Over or under; a passage through a house counts as under, as it does for who walks there."""
    if tags.get("bridge", "no") != "no":
        return {"is_bridge": True}
    if tags.get("tunnel", "no") != "no" or tags.get("covered") == "yes":
        return {"is_tunnel": True}
    return {}


def _light(tags: Tags) -> Properties:
    """What is known of light: yes, no or limited. Nothing where nothing is known."""
    lit = tags.get("lit")
    if not lit:
        return {}
    if lit in ("no", "disused"):
        return {"lit": "no"}
    return {"lit": "limited" if "limited" in lit or lit == "interval" else "yes"}


def is_passage(tags: Tags) -> bool:
    """Whether what lies under something is a passage through a house, not an underpass."""
    return tags.get("tunnel") == "building_passage" or tags.get("covered") == "yes"


def areas(tags: Tags) -> Iterator[Made]:
    """What a closed way or a multipolygon is as a surface."""
    if is_building := tags.get("building", "no") != "no":
        yield Made("buildings", 13, {"kind": "building"})
    if any(tags.get(key) in kinds for key, kinds in WATERS.items()):
        yield Made("water", 10, {"kind": "water"})
    elif "swimming_pool" in (tags.get("leisure"), tags.get("amenity")) or tags.get("amenity") == "fountain":
        yield Made("water", 14, {"kind": "pool"})
    kind = None if is_building else _ground(tags)
    if kind:
        yield Made("landuse", 13 if kind in SMALL_GROUND else 10, {"kind": kind})


def _ground(tags: Tags) -> str | None:
    is_surface = tags.get("area") == "yes" or tags.get("type") == "multipolygon"  # a round of path is none
    if is_surface and tags.get("highway") in PAVED:
        return "pedestrian"
    if tags.get("place") == "square" or tags.get("man_made") == "bridge":
        return "pedestrian"
    if tags.get("man_made") == "pier":
        return "pier"
    if "platform" in (tags.get("railway"), tags.get("public_transport"), tags.get("highway")):
        return "platform"
    if tags.get("landuse") == "brownfield":
        return "industrial"
    return next((tags[key] for key, kinds in GROUND.items() if tags.get(key) in kinds), None)


def points(tags: Tags, languages: Sequence[str], is_area: bool) -> Iterator[Made]:
    """What a node is, or a surface as one spot in it."""
    found = PLACES.get(tags.get("place", ""))
    if found and tags.get("name") and not is_area:
        kind, zoom = found
        yield Made("places", zoom, {"kind": kind, "kind_detail": tags["place"], **names(tags, languages)})
    thing = _furniture(tags, is_area) or _sight(tags, is_area)
    if thing:
        yield Made("pois", thing.zoom, {**thing.properties, **names(tags, languages)})
    if is_area and tags.get("natural") == "water" and tags.get("name"):
        yield Made("water", 12, {"kind": "water", **names(tags, languages)})
    if number := tags.get("addr:housenumber"):
        yield Made("buildings", 15, {"kind": "address", "addr_housenumber": number})


def _furniture(tags: Tags, is_area: bool) -> Made | None:
    """Stops and stations, and what stands along a street."""
    highway, railway = tags.get("highway"), tags.get("railway")
    if highway == "bus_stop" or railway == "tram_stop":
        return Made("pois", 14, {"kind": highway or "tram_stop"})
    if railway in ("station", "halt", "subway_entrance"):
        zoom = 14 if railway == "subway_entrance" else 12
        detail = {"kind_detail": tags["station"]} if tags.get("station") else {}
        return Made("pois", zoom, {"kind": railway, **detail})
    if highway == "elevator":
        return Made("pois", 15, {"kind": "elevator"})
    if tags.get("man_made") == "surveillance":
        return Made("pois", 15, {"kind": "surveillance"})
    if tags.get("emergency") in ("defibrillator", "phone"):
        return Made("pois", 15, {"kind": tags["emergency"]})
    return None if is_area else _at_the_spot(tags)


def _at_the_spot(tags: Tags) -> Made | None:
    """What only a node can be."""
    if tags.get("highway") == "street_lamp":
        return Made("pois", 15, {"kind": "street_lamp"})
    if tags.get("entrance", "no") != "no":
        return Made("pois", 15, {"kind": "entrance"})
    if tags.get("natural") == "tree":
        return Made("pois", 15, {"kind": "tree"})
    return None


def _sight(tags: Tags, is_area: bool) -> Made | None:
    """What has a name, or matters without one."""
    kind = next((tags[key] for key in SIGHTS if tags.get(key, "no") not in ("yes", "no", "vacant")), None)
    is_named = bool(tags.get("name"))
    if kind is None or not (is_named or kind in UNNAMED):
        return None
    if kind in NEVER and not (kind == "garden" and is_named):
        return None
    return Made("pois", EARLY.get(kind, UNNAMED.get(kind, 15)), {"kind": kind})
