"""Photos: one idempotent PUT each by hash, and our own encodings back."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Response, request

from app.adapters.jobs import doorbell
from app.db import quick_read, quick_transaction
from app.operations import photos, sending
from app.problems import Problem
from app.schemas.base import Proof
from app.web.again import once
from app.web.api.common import now, problems
from app.web.api.messages import Blueprint
from app.web.auth import participant
from app.web.pictures import send_encoding

bp = Blueprint(
    "photos", __name__, url_prefix="/api/walks/<uuid:walk_id>/photos", description="Pictures of places"
)
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "image/webp")
        },
    }
}


@bp.put("/<sha256:sha256>")
@bp.doc(**BODY)
@bp.response(200, Proof)
@bp.alt_response(201, schema=Proof, description="New.")
@problems(bp, 401, 403, 404, 410, 413, 415, 422)
def put_photo(walk_id: UUID, sha256: str) -> tuple[dict[str, Any], int]:
    """Store a photo's bytes. The address names their SHA-256; sending them again changes nothing."""
    with quick_read():
        actor = participant(walk_id)
        held = photos.proof_of_held(actor, walk_id, sha256)
    if held:
        return held, 200
    stream, length = cast(BinaryIO, request.stream), request.content_length
    upload = once("upload", lambda: sending.store_upload(walk_id, sha256, stream, length))
    with sending.let_go_if_refused(upload), quick_transaction():
        proof, new_id = photos.receive(actor, walk_id, upload, now())
    if new_id is None:
        return proof, 200
    doorbell("photo", str(new_id))
    return proof, 201


@bp.get("/<uuid:photo_id>/<any(full, thumb):size>")
@bp.response(200, content_type="image/jpeg")
@bp.alt_response(304, description="Unchanged.")
@problems(bp, 401, 404)
def get_photo(walk_id: UUID, photo_id: UUID, size: str) -> Response:
    """A photo as we encoded it, if this participant may see it."""
    actor = participant(walk_id)
    encoding = photos.shown_encoding(photo_id, size)
    if encoding is None or not photos.may_see(actor, walk_id, encoding):
        raise Problem("not_found")
    return send_encoding(encoding)
