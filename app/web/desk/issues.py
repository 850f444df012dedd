"""The desk's API for issues: their fields, alone or many, merging, duplicates, and who can answer.

Every view asks who is logged in first; a walk of another organisation looks like none.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.db import transaction
from app.operations import issues, owners
from app.schemas import issues as schemas
from app.schemas.desk import IfMatchSchema
from app.web.api.common import now, problems
from app.web.api.messages import Blueprint
from app.web.auth import facilitator
from app.web.desk.api import WALK, seen_version

bp = Blueprint("issues", __name__, url_prefix="/api/desk", description="What is done about pins")
REFUSALS = (401, 403, 404, 413, 415)


@bp.put(f"{WALK}/issues/<uuid:issue_id>")
@bp.arguments(IfMatchSchema, location="headers")
@bp.arguments(schemas.IssueFieldsSchema)
@bp.response(200, schemas.IssueEditedSchema)
@problems(bp, *REFUSALS, 409, 412, 428)
def edit(_headers: Any, data: dict[str, Any], walk_id: UUID, issue_id: UUID) -> dict[str, Any]:
    """Set some fields of an issue; a merged one stands for that which it was merged into."""
    actor, seen = facilitator(), seen_version()
    with transaction():
        return issues.edit(actor, walk_id, issue_id, data, seen, now())


@bp.put(f"{WALK}/issues")
@bp.arguments(schemas.BulkEditSchema)
@bp.response(200, schemas.BulkEditedSchema)
@problems(bp, *REFUSALS, 409)
def edit_many(data: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """Set the same fields of many issues; those that somebody changed meanwhile are left alone."""
    actor = facilitator()
    with transaction():
        return issues.edit_many(actor, walk_id, data["issues"], data["fields_"], now())


@bp.post(f"{WALK}/issues/merge")
@bp.arguments(schemas.MergeSchema)
@bp.response(200, schemas.MergedSchema)
@problems(bp, *REFUSALS)
def merge(data: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """Make several issues one; every pin, voice and photo stays."""
    actor = facilitator()
    with transaction():
        return issues.merge(actor, walk_id, data["into"], data["issues"], now())


@bp.post(f"{WALK}/issues/split")
@bp.arguments(schemas.SplitSchema)
@bp.response(200, schemas.SplitOffSchema)
@problems(bp, *REFUSALS, 409)
def split(data: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """Let merged issues stand for themselves again, with the fields that they had."""
    actor = facilitator()
    with transaction():
        return issues.split(actor, walk_id, data["issues"], now())


@bp.get(f"{WALK}/duplicates")
@bp.response(200, schemas.DuplicatesSchema)
@problems(bp, 401, 403, 404)
def duplicates(walk_id: UUID) -> dict[str, Any]:
    """Pins near each other that may be about the same."""
    return {"suggestions": issues.duplicates(facilitator(), walk_id)}


@bp.get(f"{WALK}/owners")
@bp.response(200, schemas.OwnersSchema)
@problems(bp, 401, 403, 404)
def list_owners(walk_id: UUID) -> dict[str, Any]:
    """Who can be asked to answer, those used last first."""
    return {"owners": owners.owners(facilitator(), walk_id)}


@bp.post(f"{WALK}/owners")
@bp.arguments(schemas.NewOwnerSchema)
@bp.response(201, schemas.OwnerSchema)
@problems(bp, *REFUSALS)
def add_owner(data: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """One more who can be asked; the same name and kind again is the same owner."""
    actor = facilitator()
    with transaction():
        return owners.add_owner(actor, walk_id, data["name"], data["kind"], now())
