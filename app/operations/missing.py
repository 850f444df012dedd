"""Which of these do you lack? The phone's question after a restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.models import Photo, Pin, PinRevision, Rating
from app.problems import Problem
from app.rules import access
from app.rules.access import Actor


def lacking(actor: Actor, walk_id: UUID, held: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    """Of what the phone holds: ids and hashes that the server does not. Raises Problem(not_found)."""
    if not access.may_read_walk(actor, walk_id):
        raise Problem("not_found")
    revisions = sa.select(PinRevision.pin_id, PinRevision.rev, PinRevision.sha256)
    revisions = revisions.join(Pin, Pin.id == PinRevision.pin_id).where(Pin.walk_id == walk_id)
    pins = _known(revisions, PinRevision.pin_id, held["pins"])
    answers = sa.select(Rating.id, Rating.rev, Rating.sha256).where(Rating.walk_id == walk_id)
    ratings = _known(answers, Rating.id, held["ratings"])
    own = sa.and_(Photo.walk_id == walk_id, Photo.sent_sha256.in_(held["photos"]), Photo.state != "lost")
    photos = (
        set(db.session.execute(sa.select(Photo.sent_sha256).where(own)).scalars())
        if held["photos"]
        else set()
    )
    return {
        "pins": [str(thing["id"]) for thing in held["pins"] if _key(thing) not in pins],
        "ratings": [str(thing["id"]) for thing in held["ratings"] if _key(thing) not in ratings],
        "photos": [sha256 for sha256 in held["photos"] if sha256 not in photos],
    }


def _key(thing: Mapping[str, Any]) -> tuple[UUID, int, str]:
    return thing["id"], thing["rev"], thing["sha256"]


def _known(
    statement: sa.Select[*tuple[Any, ...]], column: Any, things: Sequence[Mapping[str, Any]]
) -> set[Any]:
    if not things:
        return set()
    rows = db.session.execute(statement.where(column.in_([thing["id"] for thing in things])))
    return {tuple(row) for row in rows}
