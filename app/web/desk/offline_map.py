"""The page of a walk's offline map: choose one, see what it covers, and how to make one that is missing."""

from __future__ import annotations

import shlex
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request

from app.db import db, transaction
from app.i18n import language, pick
from app.models import Area, Walk
from app.operations import prepare, walks
from app.operations.packs import Pack, packs
from app.problems import Problem
from app.rules.packs import KB_PER_KM2, area_km2, box_text, cover, name_from, with_margin
from app.rules.plans import is_changeable
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.session import require_login

bp = Blueprint("desk_offline_map", __name__, url_prefix="/desk/walks/<uuid:walk_id>/map")
bp.before_request(require_login)

COMMAND = ".venv/bin/python -m flask --app app basemap fetch --name {name} --title {title} --bbox {box}"
RANK = {"whole": 0, "part": 1, "none": 2}


@bp.get("")
def form(walk_id: UUID) -> str:
    """Raises Problem(not_found | forbidden | plan_closed)."""
    walk = walks.walk_for(facilitator(), walk_id)
    if not is_changeable(walk.state):
        raise Problem("plan_closed")
    area = db.session.get_one(Area, walk.area_id)
    return render_template(
        "desk/offline_map.html",
        walk={"id": walk.id, "title": pick(walk.title), "pack": walk.pack, "area_name": area.name},
        packs=_choices(walk),
        place={"bbox": prepare.area_box(walk), "polygon": area.polygon, "lang": language()},
        making=_making(walk, area.name),
    )


@bp.post("")
def choose(walk_id: UUID) -> Any:
    """Raises Problem(not_found | forbidden | plan_closed | invalid)."""
    with transaction():
        prepare.choose_pack(facilitator(), walk_id, request.form.get("pack") or None, now())
    return redirect(f"/desk/walks/{walk_id}/setup?done=map", 303)


def pack_choice(pack: Pack) -> dict[str, Any]:
    """A map pack as one chooses it; `size` is all that a phone fetches."""
    return (walks.pack_view(pack) or {}) | {"title": pack.title, "size": pack.bytes + pack.index_bytes}


def _choices(walk: Walk) -> list[dict[str, Any]]:
    """What covers the area comes first, then what is smaller."""
    area = prepare.area_box(walk)
    offered = [pack_choice(pack) | {"cover": cover(pack.box, area)} for pack in packs().values()]
    return sorted(offered, key=lambda one: (RANK[one["cover"]], one["size"], one["name"]))


def _making(walk: Walk, area_name: str) -> dict[str, Any]:
    """The command for a map of the walk's area, and about what it will weigh in MB."""
    box = with_margin(prepare.area_box(walk))
    km2 = area_km2(box)
    command = COMMAND.format(name=name_from(area_name), title=shlex.quote(area_name), box=box_text(box))
    low, high = (round(max(0.1, km2 * weight / 1000), 1) for weight in KB_PER_KM2)
    return {"command": command, "low": low, "high": high}
