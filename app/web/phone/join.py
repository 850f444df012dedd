"""R1 and R2, rendered here and usable before any script."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for

from app.adapters.calendar import calendar_entry
from app.build import phone_script
from app.db import db, transaction
from app.i18n import pick
from app.models import Area, Organisation, Stop, Walk
from app.operations import join as operations
from app.operations import packs
from app.operations.walks import pack_view
from app.problems import CATALOGUE, Problem
from app.rules.codes import grouped, normal_code
from app.rules.walks import must_wait
from app.web.api.common import compressed, now
from app.web.attempts import checked_attempts
from app.web.auth import set_participant_cookie

bp = Blueprint("join_pages", __name__)
bp.after_request(compressed)


@bp.get("/")
def start() -> str:
    """Type the code."""
    return page(None, None, None)


@bp.post("/")
def typed() -> Any:
    """The typed code leads to its walk; a wrong one is kept for mending."""
    code = request.form.get("code", "")[:64]
    if not code.strip():
        return page(None, None, "code_missing"), CATALOGUE["code_missing"].status
    try:
        with checked_attempts("join"):
            operations.find_walk(code)
    except Problem as problem:
        return page(None, code, problem.code), CATALOGUE[problem.code].status
    return redirect(url_for("join_pages.walk_page", code=grouped(normal_code(code) or "")), 303)


@bp.get("/v/<code>")
def walk_page(code: str) -> Any:
    """R1: what walk this is."""
    try:
        with checked_attempts("join"):
            walk = operations.find_walk(code)
    except Problem as problem:
        return page(None, code, problem.code), CATALOGUE[problem.code].status
    problem_code = operations.problem_of_walk(walk, now())
    script = None if problem_code else phone_script(current_app.config["BUILD"], "ahead")
    return page(walk, code, problem_code if problem_code == "newcomers_paused" else None, script=script)


@bp.get("/v/<code>/info")
def info_page(code: str) -> Any:
    """R2: what happens to what one sends."""
    with checked_attempts("join"):
        walk = operations.find_walk(code)
    if operations.problem_of_walk(walk, now()):
        return redirect(url_for("join_pages.walk_page", code=code), 303)
    found = pack_view(packs.pack(walk.pack))
    script = phone_script(current_app.config["BUILD"], "ahead")
    ahead = [found["url"], found["index_url"]] if found else []
    waits = must_wait(walk.newcomers_wait_from, now())
    return page(walk, code, None, "phone/info.html", script=script, ahead=ahead, waits=waits)


@bp.post("/v/<code>/join")
def join(code: str) -> Any:
    """The tap on "I understand": a token in a cookie, and on to the map."""
    try:
        with checked_attempts("join"), transaction():
            joined = operations.join(code, now())
    except Problem as problem:
        if problem.code in ("code_unknown", "too_many_attempts"):
            return page(None, code, problem.code), problem.kind.status
        return redirect(url_for("join_pages.walk_page", code=code), 303)
    response = current_app.make_response(redirect(f"/app/{joined.walk_id}", 303))
    return set_participant_cookie(response, joined)


@bp.get("/v/<code>/walk.ics")
def calendar(code: str) -> Response:
    """The walk as a calendar entry (RFC 5545)."""
    with checked_attempts("join"):
        walk = operations.find_walk(code)
    address = current_app.config["SETTINGS"].public_url + url_for("join_pages.walk_page", code=code)
    text = calendar_entry(walk.id, pick(walk.title), walk.starts_at, walk.ends_at, address, now())
    return Response(
        text, mimetype="text/calendar", headers={"Content-Disposition": "attachment; filename=walk.ics"}
    )


@bp.get("/v/<code>/resultat")
def result(code: str) -> Any:
    """What happens after the walk; until something is published it says so."""
    with checked_attempts("join"):
        walk = operations.find_walk(code)
    return page(walk, code, None, "public/result.html")


def page(
    walk: Walk | None,
    code: str | None,
    problem: str | None,
    template: str = "phone/join.html",
    **more: Any,
) -> str:
    """A joining page with its facts and, if any, its problem."""
    return render_template(
        template,
        walk=_facts(walk) if walk else None,
        code=code,
        problem={"code": problem, "message": CATALOGUE[problem].title} if problem else None,
        public_host=current_app.config["SETTINGS"].public_host,
        **more,
    )


def _facts(walk: Walk) -> dict[str, Any]:
    area = db.session.get_one(Area, walk.area_id)
    g.timezone = area.timezone
    stops = sa.select(sa.func.count()).select_from(Stop).where(Stop.walk_id == walk.id)
    waiting = operations.problem_of_walk(walk, now()) == "walk_not_open"
    over = walk.state in ("closing", "closed", "archived")
    return {
        "title": pick(walk.title),
        "organisation_name": db.session.get_one(Organisation, walk.organisation_id).name,
        "area_name": area.name,
        "starts_at": None if walk.is_practice else walk.starts_at,
        "stops_count": db.session.scalar(stops),
        "state": "draft" if waiting else "closed" if over else "open",
        "fictional": walk.is_fictional,
        "practice": walk.is_practice,
    }
