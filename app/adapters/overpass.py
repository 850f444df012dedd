"""Overpass, which answers questions about OpenStreetMap's present data: the question, the asking, the reply.

Owns one polite question for everything in a box, and turning a JSON reply into a file as others are read
from. Promises PackError with one line for a reply that is none or broke off. Needs the extra `basemap`.
"""

from __future__ import annotations

import json
import shutil
import urllib.parse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import osmium

from app.adapters.map_web import answer
from app.rules.packs import PackError
from app.rules.places import Box

SERVER = "https://overpass-api.de/api/interpreter"
PATIENCE_S = 240
QUESTION = (
    "[out:json][timeout:180][maxsize:536870912][bbox:{south},{west},{north},{east}];"
    '(node;way;relation["type"="multipolygon"];);(._;>;);out body;'
)


def fetch(server: str, box: Box, path: Path) -> None:
    """Ask for everything in the box, into `path`. Raises PackError."""
    west, south, east, north = box
    question = QUESTION.format(west=west, south=south, east=east, north=north)
    body = urllib.parse.urlencode({"data": question}).encode()
    with answer(server, PATIENCE_S, body=body) as reply, path.open("wb") as file:
        shutil.copyfileobj(reply, file)


def as_file(reply: Path, out: Path) -> osmium.io.File:
    """A reply's things, in order, as a .osm.pbf in `out`. Raises PackError."""
    try:
        content = json.loads(reply.read_bytes())
        things = content["elements"]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise PackError(f"{reply.name} is not an Overpass reply, or it broke off") from None
    if remark := str(content.get("remark", "")):
        raise PackError(f"the Overpass reply is not complete: {remark[:200]}")
    try:
        _write(things, out)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PackError(f"{reply.name} has things without id or place: ask with “out body;”") from None
    return osmium.io.File(str(out), "pbf")


def _write(things: list[dict[str, Any]], out: Path) -> None:
    mutable = osmium.osm.mutable
    with osmium.SimpleWriter(str(out)) as writer:
        for node in _sorted(_nodes(things)):
            place = (node["lon"], node["lat"])
            writer.add_node(mutable.Node(id=node["id"], location=place, tags=node.get("tags", {})))
        for way in _sorted(one for one in things if one["type"] == "way"):
            tags = way.get("tags", {})
            writer.add_way(mutable.Way(id=way["id"], nodes=way.get("nodes", []), tags=tags))
        for one in _sorted(one for one in things if one["type"] == "relation"):
            members = [
                (part["type"][0], part["ref"], part.get("role", "")) for part in one.get("members", [])
            ]
            writer.add_relation(mutable.Relation(id=one["id"], members=members, tags=one.get("tags", {})))


def _nodes(things: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The nodes, and those that only the geometry of ways tells of (`out geom`)."""
    for thing in things:
        if thing["type"] == "node":
            yield thing
        elif thing["type"] == "way" and "geometry" in thing:
            for number, spot in zip(thing["nodes"], thing["geometry"], strict=True):
                if spot:
                    yield {"id": number, "lat": spot["lat"], "lon": spot["lon"]}


def _sorted(things: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By id, each once: of two, the one that carries tags."""
    found: dict[int, dict[str, Any]] = {}
    for thing in things:
        if thing["id"] not in found or "tags" in thing:
            found[thing["id"]] = thing
    return [found[number] for number in sorted(found)]
