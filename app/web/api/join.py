"""Joining, coming back and leaving."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from app.db import transaction
from app.operations import join as operations
from app.operations.join import Joined
from app.schemas.walk import JoinedSchema, JoinSchema, RejoinSchema
from app.web.api.common import now, problems
from app.web.api.messages import Blueprint
from app.web.attempts import checked_attempts
from app.web.auth import clear_participant_cookie, participant, set_participant_cookie

bp = Blueprint("join", __name__, url_prefix="/api", description="Joining a walk without an account")


def joined_answer(joined: Joined, status: int) -> Response:
    body = {
        "walk_id": str(joined.walk_id),
        "participant_id": str(joined.participant_id),
        "rejoin": joined.rejoin,
        "epoch": joined.epoch,
    }
    response = jsonify(body)
    response.status_code = status
    return set_participant_cookie(response, joined)


@bp.post("/join")
@bp.arguments(JoinSchema)
@bp.response(201, JoinedSchema)
@problems(bp, 403, 404, 410, 413, 415, 429)
def join(data: dict[str, Any]) -> Response:
    """Join the walk of a code; the token comes as a cookie for that walk alone."""
    with checked_attempts("join"), transaction():
        joined = operations.join(data["code"], now())
    return joined_answer(joined, 201)


@bp.post("/walks/<uuid:walk_id>/rejoin")
@bp.arguments(RejoinSchema)
@bp.response(200, JoinedSchema)
@problems(bp, 401, 403, 410, 413, 415, 429)
def rejoin(data: dict[str, Any], walk_id: UUID) -> Response:
    """A fresh token for the capability that the phone kept when it joined."""
    with checked_attempts("join"), transaction():
        joined = operations.rejoin(walk_id, data["rejoin"], now())
    return joined_answer(joined, 200)


@bp.post("/walks/<uuid:walk_id>/capability")
@bp.response(200, RejoinSchema)
@problems(bp, 401, 403, 413, 415)
def capability(walk_id: UUID) -> dict[str, str]:
    """A re-join capability, for a phone that joined by the form."""
    actor = participant(walk_id)
    with transaction():
        return {"rejoin": operations.mint_capability(actor)}


@bp.delete("/walks/<uuid:walk_id>/me")
@bp.response(204)
@problems(bp, 401, 403, 413, 415)
def leave(walk_id: UUID) -> Response:
    """Leave the walk: the token ends now; what was sent stays."""
    actor = participant(walk_id)
    with transaction():
        operations.leave(actor, now())
    return clear_participant_cookie(Response(status=204), walk_id)
