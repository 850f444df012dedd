"""Retention: by the organisation's rule, what people sent to a walk goes, with a line in the log.

Owns which walks are due and what goes: words, photos, places where somebody stood, and the messages as they
came. What stays is the organisation's own: numbers, categories, answers as figures, decisions, public texts.
The walk is archived with it, so that nothing comes after. A walk that is not closed is never touched, nor one
of the demo.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, db, run, table, transaction
from app.models import Audit, Organisation, Photo, PhotoEncoding, Pin, PinPhoto, PinRevision, Rating, Walk
from app.operations import audit, feed
from app.operations.leftovers import leave
from app.rules.retention import SETTLED, goes_at

AUDIT, PHOTO, ENCODING = table(Audit), table(Photo), table(PhotoEncoding)
PIN, PIN_PHOTO, REVISION, RATING = table(Pin), table(PinPhoto), table(PinRevision), table(Rating)
PURGED_AT = "purged_at"
AT_ONCE = 5
"""Walks in one sweep: each holds the write lock for a moment."""
PLAIN: dict[str, Any] = {
    "text": "",
    "proposal": "",
    "text_lang": None,
    "address": None,
    "group": None,
    "extra": {},
}
PLAIN |= {"secret_sha256": None, "here_lat": None, "here_lon": None, "accuracy_m": None, "age_s": None}
"""What a pin is left with."""


def purge_over(now: datetime) -> int:
    """Let go of what was sent to walks whose time is up. Returns how many walks.

    The photos' bytes go with the next `delete_leftovers`.
    """
    settled = sa.select(Walk).where(Walk.state.in_(SETTLED)).order_by(Walk.ends_at)
    when = {walk.id: goes_on(walk) for walk in db.session.scalars(settled)}
    over = [walk_id for walk_id, at in when.items() if at and at <= now]
    db.session.rollback()
    for walk_id in over[:AT_ONCE]:
        with transaction():
            _purge(walk_id, now)
    return len(over[:AT_ONCE])


def goes_on(walk: Walk) -> datetime | None:
    """When what people sent to the walk goes; None while it is not closed, or has nothing that could."""
    if walk.state not in SETTLED or walk.is_fictional or walk.is_practice or PURGED_AT in walk.facts:
        return None
    organisation = db.session.get_one(Organisation, walk.organisation_id)
    own = sa.and_(AUDIT.c.organisation_id == organisation.id, AUDIT.c.act == "settings")
    changed_at = db.session.scalar(sa.select(sa.func.max(AUDIT.c.at)).where(own))
    return goes_at(walk.ends_at, organisation.retention_months, changed_at)


def _purge(walk_id: UUID, now: datetime) -> None:
    row = feed.lock_walk(walk_id)
    walk = db.session.get_one(Walk, walk_id, populate_existing=True)
    pins, photos, answers = _purge_pins(row, now), _purge_photos(row, now), _purge_ratings(walk_id)
    walk.facts, walk.state = walk.facts | {PURGED_AT: now.isoformat()}, "archived"
    db.session.flush()
    feed.append(row, "walk", walk_id, feed.next_number(walk_id).seq, "purge", "system", now)
    audit.note(
        None,
        walk.organisation_id,
        "purge_walk",
        now,
        walk_id=walk_id,
        pins=pins,
        photos=photos,
        answers=answers,
    )


def _purge_pins(walk: AnyRow, now: datetime) -> int:
    """Every pin keeps its number, its category and what was decided; each reader is told anew."""
    pins = [key for (key,) in run(sa.select(PIN.c.id).where(PIN.c.walk_id == walk.id).order_by(PIN.c.number))]
    if not pins:
        return 0
    own = sa.select(PIN.c.id).where(PIN.c.walk_id == walk.id)
    sent = sa.and_(REVISION.c.pin_id.in_(own), REVISION.c.client.is_not(None))
    run(sa.update(REVISION).where(sent).values(fields={}, lost=None, payload=""))
    places = list(zip(pins, feed.next_numbers(walk.id, len(pins)), strict=True))
    change = sa.update(PIN).where(PIN.c.id == sa.bindparam("pin")).values(PLAIN)
    run(change.values(seq=sa.bindparam("new_seq")), [{"pin": pin, "new_seq": seq} for pin, seq in places])
    feed.move(walk, "pin", places, "purge", "system", now)
    return len(pins)


def _purge_photos(walk: AnyRow, now: datetime) -> int:
    """Rows go at once, so that nothing is served any more; the bytes are noted to follow."""
    own = sa.select(PHOTO.c.id).where(PHOTO.c.walk_id == walk.id)
    shown = sa.select(ENCODING.c.key).where(ENCODING.c.photo_id.in_(own))
    came = sa.select(PHOTO.c.upload_key).where(PHOTO.c.walk_id == walk.id, PHOTO.c.upload_key.is_not(None))
    leave([key for (key,) in [*run(shown), *run(came)]], walk.organisation_id, now)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(own.subquery())) or 0
    run(sa.delete(ENCODING).where(ENCODING.c.photo_id.in_(own)))
    run(sa.delete(PHOTO).where(PHOTO.c.walk_id == walk.id))
    run(sa.delete(PIN_PHOTO).where(PIN_PHOTO.c.walk_id == walk.id))
    return count


def _purge_ratings(walk_id: UUID) -> int:
    """Figures stay, words go."""
    own = RATING.c.walk_id == walk_id
    run(sa.update(RATING).where(own).values(text="", payload=""))
    return db.session.scalar(sa.select(sa.func.count()).select_from(RATING).where(own)) or 0
