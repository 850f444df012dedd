"""The change feed, as a participant sees it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app

from app.db import quick_read, quick_transaction
from app.operations import feed, leading, views
from app.rules.access import may_see_others
from app.schemas.walk import ChangesSchema, PhoneChangesQuerySchema
from app.web.api.common import compressed, problems
from app.web.api.messages import Blueprint
from app.web.auth import participant

bp = Blueprint("feed", __name__, url_prefix="/api/walks/<uuid:walk_id>", description="What has changed")


@bp.get("/changes")
@bp.arguments(PhoneChangesQuerySchema, location="query")
@bp.response(200, ChangesSchema)
@problems(bp, 401)
def changes(query: dict[str, Any], walk_id: UUID) -> Response:
    """Changes after a cursor: own pins whole, others' without what is not approved.

    A phone may say in passing whether it is `ready` to walk without network and how much is `unsent`.
    """
    told = query["ready"], query["unsent"]
    with quick_read():
        actor = participant(walk_id)
        is_news = None not in told and leading.is_news(actor, *told)
        walk = feed.feed_head(walk_id)
        page = feed.changes_after(walk, query["epoch"], query["after"], query["limit"])
    if is_news:
        with quick_transaction():
            leading.tell(actor, *told)
    others = may_see_others(walk.state, walk.others_visible)
    body = feed.answer(walk, page, lambda rows: views.pins_for_participant(actor, walk, others, rows))
    return compressed(current_app.make_response(body))
