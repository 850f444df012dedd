"""The page of what is kept from the other participants: who waits, what was set aside, what cannot be shown.

Forms that work without scripts; each act is answered with the button that takes it back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from app.adapters.jobs import doorbell
from app.db import db, transaction
from app.i18n import pick
from app.models import Area
from app.operations import aside, review, walks
from app.problems import Problem
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.session import require_login
from app.web.desk.words import ASIDE_REASONS

bp = Blueprint("desk_aside", __name__, url_prefix="/desk/walks/<uuid:walk_id>")
bp.before_request(require_login)

BACK = {"let_in": "wait", "wait": "let_in", "release": "set_aside", "set_aside": "release"}
BACK |= {"hide": "show", "show": "hide"}


@bp.get("/aside")
def show(walk_id: UUID) -> str:
    """Phones that wait or are hidden, pins that were set aside, photos that cannot be shown."""
    walk = walks.walk_for(facilitator(), walk_id)
    g.timezone = db.session.get_one(Area, walk.area_id).timezone
    done = request.args.get("done", "")
    return render_template(
        "desk/aside.html",
        walk={"id": walk_id, "title": pick(walk.title), "wait_from": walk.newcomers_wait_from},
        done=done,
        back=BACK.get(done),
        reasons=ASIDE_REASONS,
        **aside.overview(facilitator(), walk_id),
    )


@bp.post("/aside/participants/<uuid:participant_id>")
def act(walk_id: UUID, participant_id: UUID) -> Response:
    """One act on all of a phone: `act` is a word of BACK. Raises Problem(not_found | forbidden | invalid)."""
    word, actor = request.form.get("act", ""), facilitator()
    with transaction():
        if word in ("let_in", "wait"):
            review.let_wait(actor, walk_id, participant_id, word == "wait", now())
        elif word in ("hide", "show"):
            review.hide_participant(actor, walk_id, participant_id, word == "hide", now())
        elif word in ("release", "set_aside"):
            aside.release(actor, walk_id, participant_id, word == "release", now())
        else:
            raise Problem("invalid")
    return _back(walk_id, done=word, participant=participant_id)


@bp.post("/aside/waiting")
def everybody(walk_id: UUID) -> Response:
    """Let everybody in who waits; with `at`, whoever was let in then waits again."""
    at, moment = request.form.get("at"), now()
    with transaction():
        if at:
            aside.take_back_in(facilitator(), walk_id, _moment(at), moment)
        else:
            aside.let_all_in(facilitator(), walk_id, moment)
    return _back(walk_id, done="all_wait" if at else "all_in", at=moment.isoformat())


@bp.post("/aside/photos/<uuid:photo_id>")
def try_again(walk_id: UUID, photo_id: UUID) -> Response:
    """Open a photo's kept bytes once more."""
    with transaction():
        aside.try_again(facilitator(), walk_id, photo_id, now())
    doorbell("photo", str(photo_id))
    return _back(walk_id, done="photo")


@bp.post("/waiting-room")
def waiting_room(walk_id: UUID) -> Response:
    """Newcomers wait never, from now on, or from a time. Raises Problem(not_found | forbidden | invalid)."""
    walk = walks.walk_for(facilitator(), walk_id)
    zone = ZoneInfo(db.session.get_one(Area, walk.area_id).timezone)
    mode = request.form.get("mode")
    wait_from = {"off": None, "now": now()}.get(mode or "")
    if mode not in ("off", "now"):
        wait_from = _moment(request.form.get("from", ""), zone)
    with transaction():
        walks.set_waiting_room(facilitator(), walk_id, wait_from, now())
    return redirect(f"/desk/walks/{walk_id}/setup?done=waiting#waiting", 303)


def _moment(text: str, zone: ZoneInfo | None = None) -> datetime:
    """An aware time; one without a zone is the walk's own. Raises Problem(invalid)."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("invalid") from None
    if moment.tzinfo is None:
        if zone is None:
            raise Problem("invalid")
        moment = moment.replace(tzinfo=zone)
    if not 2000 <= moment.year < 2200:
        raise Problem("invalid")
    return moment


def _back(walk_id: UUID, **query: Any) -> Response:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return redirect(f"/desk/walks/{walk_id}/aside?{words.replace('+', '%2B')}", 303)
