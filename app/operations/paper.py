"""What stands on a walk's papers: poster, cards and map, as plain values for one language each.

Owns which facts of a walk go on paper: what anyone may read who meets the poster. Never a pin. Does not
set pages (adapters.paper), and the fixed words around the facts are the web's.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app

from app.adapters.drawings import pin_svg
from app.adapters.paper_map import Drawn, draw
from app.adapters.qr import qr_svg
from app.operations import packs, walks
from app.rules.access import Actor
from app.rules.places import distance_m

KEYS = "1234567890"
MAP_MM = (178.0, 222.0)


def facts(actor: Actor, walk_id: UUID, tag: str) -> dict[str, Any]:
    """The walk in language `tag`: its bundle, local times, meeting place, and how to join.

    Raises Problem(not_found).
    """
    walk = walks.walk_for(actor, walk_id)
    found = walks.desk_bundle(actor, walk_id, tag)
    zone = ZoneInfo(found["area"]["timezone"])
    code = walks.code_of(walk) or ""
    url = walks.join_url(code) if code else current_app.config["SETTINGS"].public_url
    meet = found["stops"][0]["name"] if found["stops"] else ""
    return found | {
        "starts_at": walk.starts_at.astimezone(zone),
        "ends_at": walk.ends_at.astimezone(zone),
        "place": ", ".join(part for part in (meet, found["area"]["name"]) if part),
        "code": code,
        "url": url,
        "qr": qr_file(url),
    }


def qr_file(url: str) -> str:
    """The QR code as an SVG that stands by itself."""
    return str(qr_svg(url)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def tiles(found: dict[str, Any]) -> list[dict[str, str]]:
    """The categories of the first screen that the walk uses, with the key each is typed by later."""
    shown = sorted((one for one in found["categories"] if one["button"]), key=lambda one: one["button"])
    return [
        {
            "key": KEYS[one["button"] - 1],
            "label": one["tile"],
            "svg": pin_svg(one["symbol_group"], one["icon"]),
        }
        for one in shown
    ]


def drawn_map(found: dict[str, Any], tag: str) -> Drawn:
    """The map around the route and the stops, or around the area while there are none."""
    stops = [(stop["lon"], stop["lat"]) for stop in found["stops"]]
    route = found["route"] or []
    points = [*stops, *((point[0], point[1]) for point in route)]
    west, south, east, north = found["area"]["bbox"]
    if points:
        lons, lats = zip(*points, strict=True)
        west, south, east, north = min(lons), min(lats), max(lons), max(lats)
    pack = packs.pack(found["pack"]["name"]) if found["pack"] else None
    path = pack.path if pack else None
    return draw(path, (west, south, east, north), MAP_MM, found["area"]["polygon"], route, stops, tag)


def length_of(found: dict[str, Any]) -> int:
    """Metres to walk: along the route, or from stop to stop."""
    points = found["route"] or [(stop["lon"], stop["lat"]) for stop in found["stops"]]
    return round(sum(distance_m(a[1], a[0], b[1], b[0]) for a, b in pairwise(points)))
