"""The desk's API: one walk's pins as staff see them, their review, and the walk's switches.

Every view asks who is logged in first; a walk of another organisation looks like none.
"""

from __future__ import annotations

import gzip
import re
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from app.db import quick_read, transaction
from app.i18n import language
from app.operations import (
    desk_map,
    feed,
    leading,
    meeting,
    photos,
    public_text,
    refills,
    review,
    rights,
    views,
    walks,
)
from app.problems import Problem
from app.rules.access import Actor
from app.schemas import desk as schemas
from app.schemas.walk import ChangesQuerySchema, ChangesSchema
from app.web.api.common import compressed, now, problems
from app.web.api.messages import Blueprint
from app.web.auth import facilitator
from app.web.desk import alarms
from app.web.pictures import send_encoding

bp = Blueprint("desk", __name__, url_prefix="/api/desk", description="What facilitators do at the desk")
WALK = "/walks/<uuid:walk_id>"
VERSION = re.compile(r"[0-9]{1,18}")


def seen_version() -> int:
    """The `seq` that If-Match names. Raises Problem(if_match_required)."""
    tags = request.if_match.as_set()
    tag = tags.pop() if len(tags) == 1 else None
    if tag is None or not VERSION.fullmatch(tag):
        raise Problem("if_match_required")
    return int(tag)


def head_for(actor: Actor, walk_id: UUID) -> Any:
    """The walk's place in its feed, if the actor reads the desk. Raises Problem(not_found | forbidden)."""
    head = feed.feed_head(walk_id)
    rights.require(actor, head.organisation_id, "read")
    return head


@bp.get(f"{WALK}/changes")
@bp.arguments(ChangesQuerySchema, location="query")
@bp.response(200, ChangesSchema)
@problems(bp, 401, 403, 404)
def changes(query: dict[str, Any], walk_id: UUID) -> Response:
    """Changes after a cursor, with everything in them."""
    with quick_read():
        head = head_for(facilitator(), walk_id)
        page = feed.changes_after(head, query["epoch"], query["after"], query["limit"])
    return compressed(jsonify(feed.answer(head, page, views.pins_for_staff)))


@bp.get(f"{WALK}/map")
@bp.response(200, schemas.ColumnsSchema)
@bp.alt_response(304, description="Unchanged.")
@problems(bp, 401, 403, 404)
def first_load(walk_id: UUID) -> Response:
    """Every pin of the walk in columns: number, place, looks and state."""
    made = desk_map.encoded_map(head_for(facilitator(), walk_id))
    response = Response(made.gzipped, mimetype="application/json")
    response.headers["Content-Encoding"] = "gzip"
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        response = Response(gzip.decompress(made.gzipped), mimetype="application/json")
    response.vary.add("Accept-Encoding")
    response.set_etag(made.tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


@bp.get(f"{WALK}/pins")
@bp.arguments(schemas.PinsQuerySchema, location="query")
@bp.response(200, schemas.PinsPageSchema)
@problems(bp, 401, 403, 404)
def pins(query: dict[str, Any], walk_id: UUID) -> Response:
    """Whole pins in order of their numbers."""
    head_for(facilitator(), walk_id)
    return compressed(jsonify(desk_map.page(walk_id, query["after"], query["limit"])))


@bp.get(f"{WALK}/pins/<uuid:pin_id>/history")
@bp.response(200, schemas.HistorySchema)
@problems(bp, 401, 403, 404)
def history(walk_id: UUID, pin_id: UUID) -> dict[str, Any]:
    """What has happened to a pin, and values that were overwritten unseen."""
    return {"revisions": review.history(facilitator(), walk_id, pin_id)}


@bp.put(f"{WALK}/pins/<uuid:pin_id>/review")
@bp.arguments(schemas.IfMatchSchema, location="headers")
@bp.arguments(schemas.PinReviewSchema)
@bp.response(200, schemas.PinReviewedSchema)
@problems(bp, 401, 403, 404, 412, 413, 415, 428)
def review_pin(_headers: Any, data: dict[str, Any], walk_id: UUID, pin_id: UUID) -> dict[str, Any]:
    """Approve or hide a pin."""
    actor, seen = facilitator(), seen_version()
    with transaction():
        return review.review_pin(actor, walk_id, pin_id, data["pin"], seen, now())


@bp.put(f"{WALK}/pins/<uuid:pin_id>/text-review")
@bp.arguments(schemas.IfMatchSchema, location="headers")
@bp.arguments(schemas.TextReviewSchema)
@bp.response(200, schemas.PinReviewedSchema)
@problems(bp, 401, 403, 404, 412, 413, 415, 428)
def review_text(_headers: Any, data: dict[str, Any], walk_id: UUID, pin_id: UUID) -> dict[str, Any]:
    """Approve or hide a pin's words."""
    actor, seen = facilitator(), seen_version()
    with transaction():
        return review.review_text(actor, walk_id, pin_id, data["text"], seen, now())


@bp.put(f"{WALK}/pins/<uuid:pin_id>/public-text")
@bp.arguments(schemas.IfMatchSchema, location="headers")
@bp.arguments(schemas.PublicTextSchema)
@bp.response(200, schemas.PublicTextWrittenSchema)
@problems(bp, 401, 403, 404, 412, 413, 415, 428)
def write_public_text(_headers: Any, data: dict[str, Any], walk_id: UUID, pin_id: UUID) -> dict[str, Any]:
    """Put other words in place of a pin's own; those are kept, for staff."""
    actor, seen = facilitator(), seen_version()
    with transaction():
        return public_text.write_public_text(actor, walk_id, pin_id, data["text"], seen, now())


@bp.put(f"{WALK}/pins/<uuid:pin_id>/conflict")
@bp.arguments(schemas.IfMatchSchema, location="headers")
@bp.arguments(schemas.ConflictSchema)
@bp.response(200, schemas.ConflictSettledSchema)
@problems(bp, 401, 403, 404, 412, 413, 415, 428)
def settle_conflict(_headers: Any, data: dict[str, Any], walk_id: UUID, pin_id: UUID) -> dict[str, Any]:
    """Say that both versions of a pin have been looked at."""
    actor, seen = facilitator(), seen_version()
    with transaction():
        return public_text.settle_conflict(actor, walk_id, pin_id, data["conflict"], seen, now())


@bp.put(f"{WALK}/photos/<uuid:photo_id>/review")
@bp.arguments(schemas.IfMatchSchema, location="headers")
@bp.arguments(schemas.PhotoReviewSchema)
@bp.response(200, schemas.PhotoReviewedSchema)
@problems(bp, 401, 403, 404, 412, 413, 415, 428)
def review_photo(_headers: Any, data: dict[str, Any], walk_id: UUID, photo_id: UUID) -> dict[str, Any]:
    """Approve or hide a photo; hidden, no phone gets it any more."""
    actor, seen = facilitator(), seen_version()
    with transaction():
        return review.review_photo(actor, walk_id, photo_id, data["photo"], seen, now())


@bp.get(f"{WALK}/photos/<uuid:photo_id>/<any(full, thumb):size>")
@bp.response(200, content_type="image/jpeg")
@bp.alt_response(304, description="Unchanged.")
@problems(bp, 401, 403, 404)
def photo(walk_id: UUID, photo_id: UUID, size: str) -> Response:
    """A photo as we encoded it, reviewed or not."""
    head_for(facilitator(), walk_id)
    encoding = photos.encoding(photo_id, size)
    if encoding is None or encoding.walk_id != walk_id:
        raise Problem("not_found")
    return send_encoding(encoding)


@bp.post(f"{WALK}/code")
@bp.arguments(schemas.NothingSchema)
@bp.response(200, schemas.CodeSchema)
@problems(bp, 401, 403, 404, 413, 415)
def rotate_code(_nothing: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """A new join code each time; the old one stops working, those who have joined stay."""
    actor = facilitator()
    with transaction():
        code = walks.rotate_code(actor, walk_id, now())
    return {"code": code, "url": walks.join_url(code)}


@bp.get(f"{WALK}/figures")
@bp.response(200, schemas.FiguresSchema)
@problems(bp, 401, 403, 404)
def figures(walk_id: UUID) -> dict[str, Any]:
    """How many have joined, need no network any more, and have not sent everything yet."""
    told = leading.figures(facilitator(), walk_id, now())
    return told | {"alarms": alarms.of_walk(facilitator(), walk_id)}


@bp.get(f"{WALK}/refilled")
@bp.response(200, schemas.RefilledSchema)
@problems(bp, 401, 403, 404)
def refilled(walk_id: UUID) -> dict[str, Any]:
    """What has come back from phones since the walk was last put back from a backup."""
    found = refills.of_walk(walks.walk_for(facilitator(), walk_id, "read"))
    if found is None:
        raise Problem("not_found")
    return {"since": found.since, "pins": found.pins, "photos": found.photos}


@bp.get(f"{WALK}/meeting/shown")
@bp.response(200, schemas.ShownSchema)
@problems(bp, 401, 403, 404)
def shown(walk_id: UUID) -> dict[str, Any]:
    """What of the pins the wall at the meeting may show now."""
    return {"pins": meeting.shown(facilitator(), walk_id, language())}


@bp.put(f"{WALK}/newcomers")
@bp.arguments(schemas.NewcomersSchema)
@bp.response(200, schemas.NewcomersSchema)
@problems(bp, 401, 403, 404, 413, 415)
def newcomers(data: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """Pause or let in new participants; those who have joined notice nothing."""
    actor = facilitator()
    with transaction():
        walks.pause_newcomers(actor, walk_id, data["paused"], now())
    return data


@bp.put(f"{WALK}/state")
@bp.arguments(schemas.StateSchema)
@bp.response(200, schemas.StateSchema)
@problems(bp, 401, 403, 404, 413, 415)
def change_state(data: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """Open, close or archive the walk."""
    actor = facilitator()
    with transaction():
        walks.change_state(actor, walk_id, data["state"], now())
    return data


@bp.post("/walks")
@bp.arguments(schemas.NewWalkSchema)
@bp.response(201, schemas.MadeWalkSchema)
@problems(bp, 401, 403, 404, 413, 415)
def create_walk(data: dict[str, Any]) -> dict[str, Any]:
    """A draft walk with an area and a join code."""
    actor = facilitator()
    with transaction():
        walk = walks.create(actor, walks.organisation_for(actor, data["organisation_id"]), data, now())
        walk_id, code = walk.id, walks.code_of(walk) or ""
    return {"walk_id": walk_id, "code": code, "url": walks.join_url(code)}
