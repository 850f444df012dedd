"""The map on paper: tiles read as they were written, places where they are, a true scale."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from app.adapters.paper_map import Drawn, draw
from app.adapters.vector_tile import LINE, layers
from app.operations.packs import SHIPPED
from app.rules.places import distance_m

BOX = (24.944, 60.1715, 24.948, 60.1755)
SIZE = (178.0, 222.0)
STOPS = [(24.944, 60.1715), (24.948, 60.1755)]
PACK = SHIPPED / "helsinki.pmtiles"


def drawn(pack: Path | None = PACK, tag: str = "sv") -> Drawn:
    return draw(pack, BOX, SIZE, None, STOPS, STOPS, tag)


def test_a_tile_is_read_as_the_specification_has_it() -> None:
    """A line (2,2) (2,10) (10,10) with two properties: the specification's own example, in a layer."""
    geometry = bytes([9, 4, 4, 18, 0, 16, 16, 0])
    feature = bytes([18, 4, 0, 0, 1, 1, 24, LINE, 34, len(geometry)]) + geometry
    name, kind, lit = b"roads", b"kind", b"lit"
    path = b"path"
    layer = (
        bytes([10, len(name)]) + name + bytes([18, len(feature)]) + feature
        + bytes([26, len(kind)]) + kind + bytes([26, len(lit)]) + lit
        + bytes([34, len(path) + 2, 10, len(path)]) + path + bytes([34, 2, 56, 1])
        + bytes([40, 0x80, 0x20])
    )  # fmt: skip
    (found,) = layers(bytes([26, len(layer)]) + layer)["roads"]
    assert found == (LINE, [[(2, 2), (2, 10), (10, 10)]], {"kind": "path", "lit": True}, 4096)


@pytest.mark.parametrize("data", [b"\x1a", b"\x1a\xff\x01x", b"\x1a\x02\x0a\x05", b"\xff" * 9, b"\x1b\x00"])
def test_bytes_that_are_no_tile_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a vector tile"):
        layers(data)


def test_distances_on_paper_are_those_on_the_ground() -> None:
    made = drawn()
    metres, millimetres = made.scale
    ground = distance_m(STOPS[0][1], STOPS[0][0], STOPS[1][1], STOPS[1][0])
    on_paper = math.dist(*made.stops) / millimetres * metres
    assert on_paper == pytest.approx(ground, rel=0.005)


def test_north_is_up_and_everything_lies_on_the_sheet() -> None:
    made = drawn()
    (x1, y1), (x2, y2) = made.stops
    assert x1 < x2
    assert y2 < y1
    for x, y in [*made.stops, *((x, y) for x, y, _angle, _name in made.names)]:
        assert 0 < x < SIZE[0]
        assert 0 < y < SIZE[1]


def test_streets_are_named_once_in_the_language_of_the_sheet() -> None:
    swedish, finnish = ([name for *_place, name in drawn(tag=tag).names] for tag in ("sv", "fi"))
    assert len(set(swedish)) == len(swedish)
    assert any(name.endswith(("gatan", "gränden")) for name in swedish)
    assert any(name.endswith(("katu", "kuja")) for name in finnish)
    assert not any(name.endswith("katu") for name in swedish)


def test_the_same_walk_gives_the_same_map() -> None:
    assert drawn() == drawn()


def test_without_a_pack_the_route_is_drawn_all_the_same() -> None:
    made = drawn(None)
    assert made.names == []
    assert len(re.findall("<path", made.svg)) == 2
    assert made.stops == drawn().stops


def test_a_single_stop_has_a_map_of_its_surroundings() -> None:
    made = draw(PACK, (24.946, 60.174, 24.946, 60.174), SIZE, None, [], [(24.946, 60.174)], "sv")
    assert made.stops == [pytest.approx((SIZE[0] / 2, SIZE[1] / 2), abs=0.02)]
    assert made.scale[0] in (50, 100)
