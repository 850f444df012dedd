"""The desk's API for a photo's black-outs, and for opening what was there before them.

Every view asks who is logged in first; a walk of another organisation looks like none.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

from app.operations import redactions
from app.operations.redactions import Wanted
from app.schemas.desk import IfMatchSchema, OriginalSchema, RedactedSchema, RedactionSchema
from app.web.api.common import now, problems
from app.web.api.messages import Blueprint
from app.web.auth import facilitator
from app.web.desk.api import WALK, seen_version

bp = Blueprint("redactions", __name__, url_prefix="/api/desk", description="Black-outs of photos")


@bp.put(f"{WALK}/photos/<uuid:photo_id>/redaction")
@bp.arguments(IfMatchSchema, location="headers")
@bp.arguments(RedactionSchema)
@bp.response(200, RedactedSchema)
@problems(bp, 401, 403, 404, 412, 413, 415, 428, 503, 507)
def redact(_headers: Any, data: dict[str, Any], walk_id: UUID, photo_id: UUID) -> dict[str, Any]:
    """Burn boxes into a photo, on every pin that shows it; from now on nothing else is shown."""
    actor, seen = facilitator(), seen_version()
    return redactions.redact(actor, walk_id, photo_id, Wanted(**data), seen, now())


@bp.post(f"{WALK}/photos/<uuid:photo_id>/original")
@bp.response(200, OriginalSchema)
@problems(bp, 401, 403, 404, 503)
def open_original(walk_id: UUID, photo_id: UUID) -> dict[str, Any]:
    """The picture before its redaction, while it is kept; that it was opened stands in the log."""
    picture = redactions.open_original(facilitator(), walk_id, photo_id, now())
    return {"picture": f"data:image/jpeg;base64,{b64encode(picture).decode()}"}
