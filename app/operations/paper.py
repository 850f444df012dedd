"""What stands on a walk's papers: poster, cards and map, as plain values for one language each.

Owns which facts of a walk go on paper: what anyone may read who meets the poster. Never a pin. Does not
set pages (adapters.paper), and the fixed words around the facts are the web's.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app

from app.adapters.drawings import pin_svg
from app.adapters.qr import qr_svg
from app.operations import walks
from app.rules.access import Actor

KEYS = "1234567890"


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
