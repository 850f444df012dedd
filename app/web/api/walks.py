"""The walk's bundle, and the question which things the server lacks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.db import transaction
from app.i18n import language
from app.operations import missing, receipts, refills, walks
from app.schemas.walk import (
    BundleSchema,
    HeldThingsSchema,
    LanguageQuerySchema,
    MissingSchema,
    ReceiptSchema,
)
from app.web.api.common import json_with_etag, now, problems
from app.web.api.messages import Blueprint
from app.web.auth import participant

bp = Blueprint("walks", __name__, url_prefix="/api/walks", description="A walk as phones see it")


@bp.get("/<uuid:walk_id>")
@bp.arguments(LanguageQuerySchema, location="query")
@bp.response(200, BundleSchema)
@bp.alt_response(304, description="Unchanged.")
@problems(bp, 401)
def bundle(query: dict[str, Any], walk_id: UUID) -> Response:
    """Everything needed to walk without coverage: area, route, stops, categories, map pack."""
    tag = query["lang"] or language()
    body = walks.bundle(participant(walk_id), walk_id, tag)
    return json_with_etag(body, f"{body['epoch']}-{body['seq']}-{tag}")


@bp.post("/<uuid:walk_id>/receipt")
@bp.response(200, ReceiptSchema)
@problems(bp, 401, 403, 413, 415)
def receipt(walk_id: UUID) -> dict[str, Any]:
    """How much of this phone's has arrived, and the code by which anyone can ask the same later."""
    actor = participant(walk_id)
    with transaction():
        return receipts.give(actor)


@bp.post("/<uuid:walk_id>/missing")
@bp.arguments(HeldThingsSchema)
@bp.response(200, MissingSchema)
@problems(bp, 401, 403, 413, 415)
def lacking(data: dict[str, Any], walk_id: UUID) -> dict[str, list[str]]:
    """Of these, what do you lack? Asked by phones after a restore."""
    actor = participant(walk_id)
    found = missing.lacking(actor, walk_id, data)
    if any(found.values()):
        with transaction():
            refills.expect(walk_id, data, found, now())
    return found
