"""Pins: one idempotent PUT each, answered with proof after the commit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.db import quick_transaction
from app.operations import pins
from app.schemas.base import Proof
from app.schemas.pin import PinSchema, WithdrawalSchema
from app.web.api.common import message, now, problems
from app.web.api.messages import Blueprint
from app.web.auth import participant

bp = Blueprint(
    "pins", __name__, url_prefix="/api/walks/<uuid:walk_id>/pins", description="What residents saw"
)


@bp.put("/<uuid:pin_id>")
@bp.arguments(PinSchema)
@bp.response(200, Proof)
@bp.alt_response(201, schema=Proof, description="New.")
@problems(bp, 401, 403, 404, 409, 410, 413, 415)
def put_pin(data: dict[str, Any], walk_id: UUID, pin_id: UUID) -> tuple[dict[str, Any], int]:
    """Store the whole pin. The same message again changes nothing and gets the same proof."""
    with quick_transaction():
        actor = participant(walk_id)
        proof, is_new = pins.receive(actor, walk_id, pin_id, message(data), now())
    return proof, 201 if is_new else 200


@bp.put("/<uuid:pin_id>/withdrawal")
@bp.arguments(WithdrawalSchema)
@bp.response(200, Proof)
@problems(bp, 401, 403, 404, 410, 413, 415)
def withdraw_pin(data: dict[str, Any], walk_id: UUID, pin_id: UUID) -> dict[str, Any]:
    """Take the pin back: hidden from all but staff until the retention rule purges it."""
    with quick_transaction():
        actor = participant(walk_id)
        return pins.withdraw(actor, walk_id, pin_id, message(data), now())
