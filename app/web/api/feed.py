"""The change feed, as a participant sees it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app

from app.db import quick_read
from app.operations import feed, views
from app.rules.access import may_see_others
from app.schemas.walk import ChangesQuerySchema, ChangesSchema
from app.web.api.common import compressed, problems
from app.web.api.messages import Blueprint
from app.web.auth import participant

bp = Blueprint("feed", __name__, url_prefix="/api/walks/<uuid:walk_id>", description="What has changed")


@bp.get("/changes")
@bp.arguments(ChangesQuerySchema, location="query")
@bp.response(200, ChangesSchema)
@problems(bp, 401)
def changes(query: dict[str, Any], walk_id: UUID) -> Response:
    """Changes after a cursor: own pins whole, others' without what is not approved."""
    with quick_read():
        actor = participant(walk_id)
        walk = feed.feed_head(walk_id)
        page = feed.changes_after(walk, query["epoch"], query["after"], query["limit"])
    others = may_see_others(walk.state, walk.others_visible)
    body = feed.answer(walk, page, lambda rows: views.pins_for_participant(actor, walk, others, rows))
    return compressed(current_app.make_response(body))
