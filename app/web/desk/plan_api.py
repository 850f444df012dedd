"""The desk's API of a walk's plan, and of the darkness at a place and day."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, jsonify, request

from app.adapters.sun import darkness_on
from app.db import transaction
from app.operations import plan
from app.problems import Problem
from app.schemas.plan import DarknessQuerySchema, DarknessSchema, PlanMatchSchema, PlannedSchema, PlanSchema
from app.web.api.common import now, problems
from app.web.api.messages import Blueprint
from app.web.auth import facilitator
from app.web.desk.sun_words import sun_words

bp = Blueprint("plan", __name__, url_prefix="/api/desk", description="How facilitators prepare a walk")
PLAN = "/walks/<uuid:walk_id>/plan"
VERSION = re.compile(r"[0-9a-f]{16}")


def seen_plan() -> str:
    """The version that If-Match names. Raises Problem(if_match_required)."""
    tags = request.if_match.as_set()
    tag = tags.pop() if len(tags) == 1 else ""
    if not VERSION.fullmatch(tag):
        raise Problem("if_match_required")
    return tag


@bp.get(PLAN)
@bp.response(200, PlannedSchema)
@problems(bp, 401, 404)
def read(walk_id: UUID) -> Response:
    """Route, stops and questions in all their languages, with the version to name when they change."""
    return _answer(plan.plan_of(facilitator(), walk_id))


@bp.put(PLAN)
@bp.arguments(PlanMatchSchema, location="headers")
@bp.arguments(PlanSchema)
@bp.response(200, PlannedSchema)
@problems(bp, 401, 403, 404, 409, 412, 413, 415, 428)
def save(_headers: Any, data: dict[str, Any], walk_id: UUID) -> Response:
    """Put a whole plan in place of the one that was seen. Stops that pins name stay."""
    actor, seen = facilitator(), seen_plan()
    with transaction():
        return _answer(plan.save(actor, walk_id, data, seen, now()))


@bp.get("/darkness")
@bp.arguments(DarknessQuerySchema, location="query")
@bp.response(200, DarknessSchema)
@problems(bp, 401)
def darkness(query: dict[str, Any]) -> dict[str, Any]:
    """When the sun sets and dusk ends, in words too, and whether the walk begins too early."""
    facilitator()
    zone = ZoneInfo(query["timezone"])
    starts_at = query["starts_at"].astimezone(zone)
    found = darkness_on(query["lat"], query["lon"], starts_at.date(), zone)
    return {"sunset": found.sunset, "dark_from": found.dark_from} | sun_words(
        found, query["light"], starts_at
    )


def _answer(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.set_etag(body["version"])
    response.headers["Cache-Control"] = "private, no-cache"
    return response
