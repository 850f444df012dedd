"""The desk's API against abuse: hints about pins, hiding a participant, and the waiting room.

Every view asks who is logged in first; a walk of another organisation looks like none.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.db import transaction
from app.operations import hints, review
from app.schemas import desk as schemas
from app.schemas.hints import HintsSchema
from app.web.api.common import now, problems
from app.web.api.messages import Blueprint
from app.web.auth import facilitator
from app.web.desk import alarms
from app.web.desk.api import WALK

bp = Blueprint("watch", __name__, url_prefix="/api/desk", description="What is done against abuse")


@bp.get(f"{WALK}/hints")
@bp.response(200, HintsSchema)
@problems(bp, 401, 403, 404)
def of_walk(walk_id: UUID) -> dict[str, Any]:
    """Floods, impossible haste and repeated pictures that nobody has looked at; and what cannot wait."""
    actor = facilitator()
    return {"hints": hints.of_walk(actor, walk_id), "alarms": alarms.of_walk(actor, walk_id)}


@bp.put(f"{WALK}/participants/<uuid:participant_id>/hidden")
@bp.arguments(schemas.HiddenSchema)
@bp.response(200, schemas.HidSchema)
@problems(bp, 401, 403, 404, 413, 415)
def hide_participant(data: dict[str, Any], walk_id: UUID, participant_id: UUID) -> dict[str, Any]:
    """Hide everything from a participant, or show it again."""
    actor = facilitator()
    with transaction():
        return review.hide_participant(actor, walk_id, participant_id, data["hidden"], now())


@bp.put(f"{WALK}/participants/<uuid:participant_id>/waiting")
@bp.arguments(schemas.WaitsSchema)
@bp.response(200, schemas.WaitedSchema)
@problems(bp, 401, 403, 404, 413, 415)
def let_wait(data: dict[str, Any], walk_id: UUID, participant_id: UUID) -> dict[str, Any]:
    """Let a participant in from the waiting room, or have it wait there."""
    actor = facilitator()
    with transaction():
        return review.let_wait(actor, walk_id, participant_id, data["waits"], now())
