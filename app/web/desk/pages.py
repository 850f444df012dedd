"""The desk's pages: my walks, one walk's desk, and its settings. Forms work without scripts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.adapters.qr import qr_svg
from app.db import db, transaction
from app.i18n import language, pick
from app.models import Area, Walk
from app.operations import aside, desk_map, faces, leading, refills, retention, walks
from app.rules.walks import NEXT, is_for_leaders, problem_of_joining
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk import alarms
from app.web.desk.prepare import preparation
from app.web.desk.session import require_login

bp = Blueprint("desk_pages", __name__, url_prefix="/desk")
bp.before_request(require_login)


@bp.get("/")
def start() -> str:
    """My walks: what is going on, and what waits for a human."""
    own = walks.own_walks(facilitator())
    counts = desk_map.summaries([walk.id for walk in own])
    return render_template("desk/start.html", walks=[_card(walk) | counts[walk.id] for walk in own])


@bp.get("/walks/<uuid:walk_id>")
def walk(walk_id: UUID) -> str:
    """List, map and detail of a walk's pins; for a group leader the page to lead by."""
    if not walks.may_here(facilitator(), walk_id, "read"):
        return lead(walk_id)
    carried = walks.desk_bundle(facilitator(), walk_id, language())
    carried["faces"] = faces.are_wanted()
    carried["may_run"] = walks.may_here(facilitator(), walk_id, "run")
    refilled = refills.shown(walks.walk_for(facilitator(), walk_id, "read"), now())
    told = alarms.of_walk(facilitator(), walk_id)
    return render_template(
        "desk/walk.html", carried=carried, walk=carried["walk"], refilled=refilled, alarms=told
    )


@bp.get("/walks/<uuid:walk_id>/lead")
def lead(walk_id: UUID) -> str:
    """On the walk, by phone: stops and questions, counts, the QR code, and the two switches a leader has."""
    found = walks.walk_for(facilitator(), walk_id, "lead")
    return render_template(
        "desk/lead.html",
        walk=_card(found) | _settings(found),
        stops=walks.stops_to_lead(facilitator(), walk_id, language()),
        figures=leading.figures(facilitator(), walk_id, now()),
        alarms=alarms.of_walk(facilitator(), walk_id),
        may_open=is_for_leaders(found.state, "open", found.closing_at, now()),
    )


@bp.get("/walks/<uuid:walk_id>/setup")
def setup(walk_id: UUID) -> str:
    """Code, link and QR; newcomers; the walk's state."""
    found = walks.walk_for(facilitator(), walk_id)
    walk = _card(found) | _settings(found)
    return render_template(
        "desk/setup.html",
        walk=walk,
        prepared=preparation(found),
        next_states=NEXT[found.state],
        alarms=alarms.of_walk(facilitator(), walk_id),
    )


@bp.get("/walks/<uuid:walk_id>/qr")
def qr(walk_id: UUID) -> str:
    """The QR code as large as the screen, to be held up."""
    found = walks.walk_for(facilitator(), walk_id, "lead")
    back = "setup" if walks.may_here(facilitator(), walk_id, "run") else "lead"
    return render_template("desk/qr.html", walk=_card(found) | _settings(found), back=back)


@bp.post("/walks/<uuid:walk_id>/code")
def rotate_code(walk_id: UUID) -> Response:
    """A new code; with `back`, the one before it."""
    is_back = request.form.get("back") == "yes"
    with transaction():
        (walks.put_code_back if is_back else walks.rotate_code)(facilitator(), walk_id, now())
    return _to_setup(walk_id, "code_back" if is_back else "code")


@bp.post("/walks/<uuid:walk_id>/newcomers")
def newcomers(walk_id: UUID) -> Response:
    with transaction():
        walks.pause_newcomers(facilitator(), walk_id, request.form.get("paused") == "yes", now())
    return _to_setup(walk_id, "newcomers")


@bp.post("/walks/<uuid:walk_id>/state")
def change_state(walk_id: UUID) -> Response:
    """Raises Problem(not_found | invalid)."""
    with transaction():
        walks.change_state(facilitator(), walk_id, request.form.get("state", ""), now())
    return _to_setup(walk_id, "state")


def _to_setup(walk_id: UUID, done: str) -> Response:
    """Back to where the button was: a leader has no settings page."""
    if request.form.get("from") == "lead" or not walks.may_here(facilitator(), walk_id, "run"):
        return redirect(f"/desk/walks/{walk_id}/lead?done={done}#{done}", 303)
    return redirect(f"/desk/walks/{walk_id}/setup?done={done}#{done}", 303)


def _card(walk: Walk) -> dict[str, Any]:
    area = db.session.get_one(Area, walk.area_id)
    zone = ZoneInfo(area.timezone)
    return {
        "id": walk.id,
        "title": pick(walk.title),
        "area_name": area.name,
        "timezone": area.timezone,
        "state": walk.state,
        "starts_at": walk.starts_at.astimezone(zone),
        "ends_at": walk.ends_at.astimezone(zone),
        "fictional": walk.is_fictional,
        "practice": walk.is_practice,
    }


def _local(moment: datetime, walk: Walk) -> datetime:
    """A time as the walk's own clocks show it."""
    return moment.astimezone(ZoneInfo(db.session.get_one(Area, walk.area_id).timezone))


def _settings(walk: Walk) -> dict[str, Any]:
    code = walks.code_of(walk)
    url = walks.join_url(code) if code else None
    return {
        "code": code,
        "goes_on": retention.goes_on(walk),
        "purged": retention.PURGED_AT in walk.facts,
        "has_code_before": walks.CODE_BEFORE in walk.facts,
        "url": url,
        "qr": qr_svg(url) if url else None,
        "paused": walk.newcomers_paused,
        "wait_from": walk.newcomers_wait_from,
        "wait_default": _local(
            walk.newcomers_wait_from or (now() if walk.is_practice else walk.ends_at), walk
        ),
        "waiting": aside.waiting(walk.id),
        "closing_days": walk.closing_days,
        "participants": desk_map.participants(walk.id),
        "joinable": problem_of_joining(walk.state, walk.starts_at, walk.newcomers_paused, now()) is None,
    }
