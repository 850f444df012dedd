"""Faces proposed for black-outs: looked for once in each photo, after it has its encodings.

Owns which photos have been looked at, and their first proposals. A proposal hides nothing: a human
takes it or turns it down (operations.redactions). Without the extra `[redact]` nothing is looked at,
and the photos wait for the day when it is there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from app.adapters.faces import Lost, Unable, are_looked_for, find_faces
from app.adapters.photo_store import NotFound
from app.db import db, quick_read, quick_transaction, run, table
from app.logs import log
from app.models import Photo, PhotoEncoding
from app.operations import feed
from app.operations.photos import move_showing, photo_store
from app.rules.redactions import clipped, grown

PHOTO = table(Photo)
ENCODING = table(PhotoEncoding)
UNLOOKED = sa.and_(PHOTO.c.looked_at.is_(None), PHOTO.c.state == "ready")
OF_PHOTO = (
    sa.select(PHOTO.c.walk_id, ENCODING.c.key, ENCODING.c.width, ENCODING.c.height)
    .join(ENCODING, ENCODING.c.photo_id == PHOTO.c.id)
    .where(PHOTO.c.id == sa.bindparam("photo"), ENCODING.c.size == "full", UNLOOKED)
)
NOTE = (
    sa.update(PHOTO)
    .where(PHOTO.c.id == sa.bindparam("photo"), UNLOOKED)
    .values({name: sa.bindparam(f"new_{name}") for name in ("proposals", "looked_at", "seq")})
    .returning(PHOTO.c.sent_sha256)
)


def are_wanted() -> bool:
    """Whether faces are looked for: the extra is installed, and the settings do not say no."""
    return bool(current_app.config["SETTINGS"].faces) and are_looked_for()


def waiting(limit: int) -> list[UUID]:
    """Photos in which nobody has looked for faces, oldest first; none where nobody can."""
    if not are_wanted():
        return []
    oldest = sa.select(PHOTO.c.id).where(UNLOOKED).order_by(PHOTO.c.received_at).limit(limit)
    return list(db.session.scalars(oldest))


def propose(photo_id: UUID, now: datetime) -> int:
    """Look for faces in a photo's full encoding and keep them as proposals. Returns how many.

    A photo over which the model's process dies counts as looked at, so that it is not tried for
    ever; where that process cannot begin at all, it does not. Raises StoreUnavailable, Unable.
    """
    with quick_read():
        photo = run(OF_PHOTO, {"photo": photo_id}).first()
    if photo is None:
        return 0
    try:
        found = find_faces(photo_store().read(photo.key))
    except Unable:
        raise
    except (Lost, NotFound):
        log.warning("faces not looked for", extra={"fields": {"photo": str(photo_id)}}, exc_info=True)
        found = []
    boxes = clipped((grown(box) for box in found), photo.width, photo.height)
    _keep(photo_id, photo.walk_id, boxes, now)
    return len(boxes)


def _keep(photo_id: UUID, walk_id: UUID, boxes: list[Any], now: datetime) -> None:
    with quick_transaction():
        walk = feed.lock_walk(walk_id)
        seq = feed.next_number(walk_id).seq
        noted = {"photo": photo_id, "new_proposals": boxes, "new_looked_at": now, "new_seq": seq}
        row = run(NOTE, noted).first()
        if row is not None:
            move_showing(walk, row.sent_sha256, now)
