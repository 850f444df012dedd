"""What is kept from the other participants for a reason of its own, and what may be done about it.

Owns the overview of phones that wait, are hidden or have sent unusually much, and of photos that cannot
be shown; and the acts on all of one phone. Single pins and photos are decided by review. Everything
here can be taken back, and nothing is deleted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db, run, table
from app.models import Photo, Pin, PinPhoto
from app.operations import audit, review, walks
from app.operations.participants import PARTICIPANT, WAITS
from app.operations.review import locked_walk, move_pin
from app.problems import Problem
from app.rules.access import Actor

PIN, PHOTO, PIN_PHOTO = table(Pin), table(Photo), table(PinPhoto)
MOST = 200
IS_ASIDE = sa.and_(PIN.c.quarantine.is_not(None), PIN.c.withdrawn_at.is_(None))
RETRY = {"state": "received", "reason": None, "tries": 0, "processed_at": None}


def overview(actor: Actor, walk_id: UUID) -> dict[str, Any]:
    """Phones and photos that a human should know of. Raises Problem(not_found | forbidden)."""
    walks.walk_for(actor, walk_id)
    return {"phones": _phones(walk_id), "photos": _photos(walk_id)}


def waiting(walk_id: UUID) -> int:
    """How many phones are in the walk's waiting room."""
    own = sa.and_(PARTICIPANT.c.walk_id == walk_id, WAITS)
    return db.session.scalar(sa.select(sa.func.count()).select_from(PARTICIPANT).where(own)) or 0


def let_all_in(actor: Actor, walk_id: UUID, now: datetime) -> int:
    """Let everybody in from the waiting room. Returns how many. Raises Problem(not_found | forbidden)."""
    locked_walk(actor, walk_id)
    own = sa.and_(PARTICIPANT.c.walk_id == walk_id, WAITS)
    ids = list(db.session.scalars(sa.select(PARTICIPANT.c.id).where(own)))
    for participant_id in ids:
        review.let_wait(actor, walk_id, participant_id, False, now)
    return len(ids)


def take_back_in(actor: Actor, walk_id: UUID, moment: datetime, now: datetime) -> int:
    """Whoever was let in at `moment` waits again. Returns how many. Raises Problem(not_found | forbidden)."""
    locked_walk(actor, walk_id)
    own = sa.and_(PARTICIPANT.c.walk_id == walk_id, PARTICIPANT.c.let_in_at == moment)
    ids = list(db.session.scalars(sa.select(PARTICIPANT.c.id).where(own)))
    for participant_id in ids:
        review.let_wait(actor, walk_id, participant_id, True, now)
    return len(ids)


def release(actor: Actor, walk_id: UUID, participant_id: UUID, released: bool, now: datetime) -> int:
    """Approve a phone's pins that were set aside, or make them new again. Returns how many.

    Their words and photos are judged by themselves, as always. Raises Problem(not_found | forbidden).
    """
    walk = locked_walk(actor, walk_id)
    before, after = ("new", "approved") if released else ("approved", "new")
    known = sa.and_(PARTICIPANT.c.walk_id == walk_id, PARTICIPANT.c.id == participant_id)
    if run(sa.select(PARTICIPANT.c.id).where(known)).first() is None:
        raise Problem("not_found")
    own = sa.and_(PIN.c.participant_id == participant_id, IS_ASIDE, PIN.c.review == before)
    pins = db.session.execute(sa.select(PIN).where(own).order_by(PIN.c.number)).all()
    for pin in pins:
        verb = review.VERBS[after]
        move_pin(walk, pin, {"review": after}, {"review": after}, verb, actor, now)
    if pins:
        audit.note(
            actor,
            walk.organisation_id,
            "release_participant",
            now,
            walk_id=walk_id,
            thing=("participant", participant_id),
            to=after,
            pins=len(pins),
        )
    return len(pins)


def try_again(actor: Actor, walk_id: UUID, photo_id: UUID, now: datetime) -> None:
    """Have a photo decoded once more, from the bytes that are kept. Raises Problem(not_found | forbidden)."""
    walk = locked_walk(actor, walk_id)
    own = sa.and_(PHOTO.c.walk_id == walk_id, PHOTO.c.id == photo_id)
    again = sa.update(PHOTO).where(own, PHOTO.c.state == "quarantined", PHOTO.c.upload_key.is_not(None))
    if not run(again.values(RETRY)).rowcount:
        raise Problem("not_found")
    audit.note(actor, walk.organisation_id, "photo_again", now, walk_id=walk_id, thing=("photo", photo_id))


def _phones(walk_id: UUID) -> list[dict[str, Any]]:
    """Phones that wait, are hidden, were let in, or have pins aside; those that wait come first."""
    own_pin = sa.and_(PIN.c.participant_id == PARTICIPANT.c.id, PIN.c.withdrawn_at.is_(None))
    own_photo = PHOTO.c.participant_id == PARTICIPANT.c.id

    def pins(*where: Any) -> Any:
        return sa.select(sa.func.count()).select_from(PIN).where(own_pin, *where).scalar_subquery()

    aside = pins(PIN.c.quarantine.is_not(None), PIN.c.review == "new")
    released = pins(PIN.c.quarantine.is_not(None), PIN.c.review == "approved")
    size = sa.select(sa.func.coalesce(sa.func.sum(PHOTO.c.sent_bytes), 0)).where(own_photo).scalar_subquery()
    photos = sa.select(sa.func.count()).select_from(PHOTO)
    photos = photos.where(own_photo, PHOTO.c.quarantine.is_not(None), PHOTO.c.review == "new")
    found = sa.select(
        PARTICIPANT.c.id,
        PARTICIPANT.c.joined_at,
        WAITS.label("waits"),
        PARTICIPANT.c.hidden_at.is_not(None).label("is_hidden"),
        PARTICIPANT.c.let_in_at,
        pins().label("pins"),
        aside.label("aside"),
        released.label("released"),
        photos.scalar_subquery().label("photos_aside"),
        size.label("bytes"),
    ).where(PARTICIPANT.c.walk_id == walk_id)
    remarkable = sa.or_(
        PARTICIPANT.c.waiting_at.is_not(None),
        PARTICIPANT.c.hidden_at.is_not(None),
        aside > 0,
        released > 0,
        photos.scalar_subquery() > 0,
    )
    order = (WAITS.desc(), PARTICIPANT.c.joined_at.desc(), PARTICIPANT.c.id)
    rows = db.session.execute(found.where(remarkable).order_by(*order).limit(MOST))
    return [{**row._mapping, "name": str(row.id)[-4:].upper()} for row in rows]


def _photos(walk_id: UUID) -> list[dict[str, Any]]:
    """Photos that cannot be shown, and the numbers of the pins that name them; newest first."""
    is_kept = PHOTO.c.upload_key.is_not(None).label("is_kept")
    columns = [PHOTO.c[name] for name in ("id", "sent_sha256", "reason", "sent_bytes", "received_at")]
    own = sa.and_(PHOTO.c.walk_id == walk_id, PHOTO.c.state == "quarantined")
    found = sa.select(*columns, is_kept).where(own).order_by(PHOTO.c.received_at.desc()).limit(MOST)
    rows = db.session.execute(found).all()
    placed = sa.and_(
        PIN_PHOTO.c.walk_id == walk_id, PIN_PHOTO.c.sha256.in_([row.sent_sha256 for row in rows])
    )
    named = sa.select(PIN_PHOTO.c.sha256, PIN.c.number).join(PIN, PIN.c.id == PIN_PHOTO.c.pin_id)
    pins: dict[str, list[int]] = {}
    for sha256, number in db.session.execute(named.where(placed).order_by(PIN.c.number)):
        pins.setdefault(sha256, []).append(number)
    return [{**row._mapping, "pins": pins.get(row.sent_sha256, [])} for row in rows]
