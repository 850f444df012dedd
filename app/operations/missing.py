"""Which of these do you lack? The phone's question after a restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.models import Import, Photo, Pin, PinRevision, Rating
from app.operations.photos import LACKS_BYTES
from app.problems import Problem
from app.rules import access
from app.rules.access import Actor


def lacking(actor: Actor, walk_id: UUID, held: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    """Of what the phone holds: ids and hashes that the server does not. Raises Problem(not_found).

    A thing that is here in a newer revision is not lacking: each revision carries the whole thing, and
    an older one that came after it would look like another version.
    """
    if not access.may_read_walk(actor, walk_id):
        raise Problem("not_found")
    revisions = sa.select(PinRevision.pin_id, PinRevision.rev, PinRevision.sha256, Pin.rev)
    revisions = revisions.join(Pin, Pin.id == PinRevision.pin_id).where(Pin.walk_id == walk_id)
    # One that went with the file which had brought it stands again when its phone sends it.
    revisions = revisions.outerjoin(Import, Import.id == Pin.import_id)
    revisions = revisions.where(sa.func.coalesce(Pin.withdrawn_at != Import.undone_at, True))
    answers = sa.select(Rating.id, Rating.rev, Rating.sha256, Rating.rev).where(Rating.walk_id == walk_id)
    own = sa.and_(Photo.walk_id == walk_id, Photo.sent_sha256.in_(held["photos"]), ~LACKS_BYTES)
    photos = (
        set(db.session.execute(sa.select(Photo.sent_sha256).where(own)).scalars())
        if held["photos"]
        else set()
    )
    return {
        "pins": _not_here(held["pins"], revisions, PinRevision.pin_id),
        "ratings": _not_here(held["ratings"], answers, Rating.id),
        "photos": [sha256 for sha256 in held["photos"] if sha256 not in photos],
    }


def _not_here(
    things: Sequence[Mapping[str, Any]], rows: sa.Select[*tuple[Any, ...]], column: Any
) -> list[str]:
    """Ids of things of which `rows` (id, rev, sha256, newest rev) know neither this revision nor a newer."""
    if not things:
        return []
    found = db.session.execute(rows.where(column.in_([thing["id"] for thing in things]))).all()
    exact = {tuple(row[:3]) for row in found}
    newest = {row[0]: row[3] for row in found}
    return [
        str(thing["id"])
        for thing in things
        if (thing["id"], thing["rev"], thing["sha256"]) not in exact
        and newest.get(thing["id"], 0) <= thing["rev"]
    ]
