"""The form for a new walk: read, checked as a whole, and given back with its values when it is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError

from app.db import transaction
from app.i18n import language, time_zones, zone_now
from app.operations import walks
from app.operations.packs import Pack, packs
from app.problems import Problem
from app.schemas.desk import DEFAULT_ZONE, NewWalkSchema
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.offline_map import pack_choice
from app.web.desk.session import require_login

bp = Blueprint("desk_new_walk", __name__, url_prefix="/desk/walks/new")
bp.before_request(require_login)

SIDES = ("west", "south", "east", "north")
HALF_WIDTH_DEG = 0.009
HALF_HEIGHT_DEG = 0.004
NO_PACK = ""
FIRST_HOUR = "18:00"
LAST_HOUR = "19:30"
LONGEST_WALK = timedelta(hours=12)


@bp.get("")
def form() -> str:
    """Raises Problem(forbidden)."""
    walks.organisation_for(facilitator(), None)
    return _page(_defaults(), {})


@bp.post("")
def create() -> Any:
    """Make the walk, or say what is wrong with all fields at once."""
    actor = facilitator()
    walks.organisation_for(actor, None)
    values = {name: request.form.get(name, "") for name in _defaults()}
    values["timezone"] = zone_now(values["timezone"])
    try:
        data = read(values)
        with transaction():
            walk_id = walks.create(actor, walks.organisation_for(actor, None), data, now()).id
    except (ValidationError, Problem) as wrong:
        return _page(values, problems_of(messages_of(wrong))), 422
    return redirect(f"/desk/walks/{walk_id}/setup?done=made", 303)


def read(values: Mapping[str, str]) -> dict[str, Any]:
    """The form's texts as data of a new walk. Raises ValidationError."""
    zone = values["timezone"] if values["timezone"] in available_timezones() else DEFAULT_ZONE
    starts_at, ends_at = times(values["date"], values["from"], values["to"], ZoneInfo(zone))
    wire = {
        "title": values["title"].strip(),
        "purpose": values["purpose"].strip(),
        "light": values["light"],
        "starts_at": starts_at,
        "ends_at": ends_at,
        "area_name": values["area_name"].strip(),
        "timezone": zone,
        "box": [_degrees(values[side]) for side in SIDES],
        "polygon": _polygon(values["polygon"]) if values["shape"] == "polygon" else None,
        "pack": values["pack"] if values["pack"] in packs() else None,
        "language": language() if language() in ("sv", "en") else "en",
    }
    if values["shape"] == "polygon" and wire["polygon"]:
        wire["box"] = _box_around(wire["polygon"])
    data: dict[str, Any] = NewWalkSchema().load(wire)
    return data


def times(day: str, first: str, last: str, zone: ZoneInfo) -> tuple[str | None, str | None]:
    """Start and end as aware ISO times; an end before the start is after midnight, if that is soon."""
    try:
        on = date.fromisoformat(day)
        starts = datetime.combine(on, time.fromisoformat(first), zone)
    except ValueError:
        return None, None
    try:
        ends = datetime.combine(on, time.fromisoformat(last), zone)
    except ValueError:
        return starts.isoformat(), None
    after_midnight = datetime.combine(on + timedelta(days=1), time.fromisoformat(last), zone)
    if ends < starts and after_midnight - starts <= LONGEST_WALK:
        ends = after_midnight
    return starts.isoformat(), ends.isoformat()


def messages_of(wrong: ValidationError | Problem) -> Mapping[str, Any]:
    """What is wrong with which field; another problem than that is raised on."""
    if isinstance(wrong, ValidationError):
        return wrong.messages_dict
    if wrong.code != "invalid":
        raise wrong
    messages: Mapping[str, Any] = wrong.errors["json"]
    return messages


def problems_of(messages: Mapping[str, Any]) -> dict[str, str]:
    """A sentence for each field that is wrong, by the field's name in the form."""
    sentences = {
        "title": ("title", _("Give the walk a title.")),
        "light": ("light", _("Choose whether it is light or dark.")),
        "starts_at": ("date", _("Say which day and when the walk begins.")),
        "ends_at": ("to", _("Say when the walk ends. It must be after the start.")),
        "area_name": ("area_name", _("Give the area a name.")),
        "polygon": ("shape", _("Draw an area with at least three corners.")),
        "box": ("west", _("The area needs a west, south, east and north side, and may be one degree wide.")),
        "purpose": ("purpose", _("The purpose is too long.")),
    }
    if messages.get("starts_at") == [walks.PASSED]:
        sentences["starts_at"] = ("date", _("That day has passed. Choose today or a later day."))
    known = {name: words for name, words in sentences.items() if name in messages}
    for first, follows in (("starts_at", "ends_at"), ("polygon", "box")):
        if first in known:
            known.pop(follows, None)
    return dict(known.values()) or {"title": _("Something in the form is wrong.")}


def _page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    offered = [pack_choice(pack) for pack in packs().values()]
    return render_template(
        "desk/new_walk.html", values=values, errors=errors, packs=offered, zones=time_zones()
    )


def _defaults() -> dict[str, str]:
    offered = packs()
    pack = max(offered.values(), key=lambda one: one.bytes, default=None)
    empty = dict.fromkeys(("title", "purpose", "area_name", "polygon", "date"), "")
    box = dict(zip(SIDES, _middle_of(pack) if pack else ("", "", "", ""), strict=True))
    choices = {
        "light": "dark",
        "shape": "box",
        "pack": pack.name if pack else NO_PACK,
        "timezone": DEFAULT_ZONE,
    }
    return empty | box | choices | {"from": FIRST_HOUR, "to": LAST_HOUR}


def _middle_of(pack: Pack) -> tuple[str, ...]:
    """A box the size of a neighbourhood in the middle of the map."""
    west, south, east, north = pack.box
    lon, lat = (west + east) / 2, (south + north) / 2
    box = (lon - HALF_WIDTH_DEG, lat - HALF_HEIGHT_DEG, lon + HALF_WIDTH_DEG, lat + HALF_HEIGHT_DEG)
    limits = (max(box[0], west), max(box[1], south), min(box[2], east), min(box[3], north))
    return tuple(f"{value:.5f}" for value in limits)


def _degrees(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None


def _polygon(text: str) -> Any:
    """What the map's drawing wrote into the form; anything else is an invalid polygon."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}


def _box_around(polygon: Any) -> list[Any]:
    """West, south, east, north of the ring, or nothing for the schema to refuse."""
    try:
        ring = polygon["coordinates"][0]
        lons, lats = [corner[0] for corner in ring], [corner[1] for corner in ring]
        return [min(lons), min(lats), max(lons), max(lats)]
    except (LookupError, TypeError, ValueError):
        return []
