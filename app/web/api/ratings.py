"""Ratings: answers to a stop's questions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.db import quick_transaction
from app.operations import ratings
from app.schemas.base import Proof
from app.schemas.walk import RatingSchema
from app.web.api.common import message, now, problems
from app.web.api.messages import Blueprint
from app.web.auth import participant

bp = Blueprint(
    "ratings", __name__, url_prefix="/api/walks/<uuid:walk_id>/ratings", description="Answers at stops"
)


@bp.put("/<uuid:rating_id>")
@bp.arguments(RatingSchema)
@bp.response(200, Proof)
@bp.alt_response(201, schema=Proof, description="New.")
@problems(bp, 401, 403, 404, 409, 410, 413, 415)
def put_rating(data: dict[str, Any], walk_id: UUID, rating_id: UUID) -> tuple[dict[str, Any], int]:
    """Store one answer. The same message again changes nothing and gets the same proof."""
    actor = participant(walk_id)
    with quick_transaction():
        proof, is_new = ratings.receive(actor, walk_id, rating_id, message(data), now())
    return proof, 201 if is_new else 200
