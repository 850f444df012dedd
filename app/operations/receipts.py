"""Receipts: how much of what a phone sent is here, for whoever holds the phone's code.

Owns the code and what it may tell: numbers and a day, never a word, a place or a picture, nor what staff
think of it. What is told is counted at the moment it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.adapters.secrets import receipt_code, receipt_hmacs
from app.db import db, run, table
from app.models import Area, Participant, Photo, Pin, PinPhoto, Walk
from app.problems import Problem
from app.rules.access import Actor

PARTICIPANT, PIN, PHOTO, PLACE = table(Participant), table(Pin), table(Photo), table(PinPhoto)
KEPT = sa.select(PARTICIPANT.c.receipt_hmac).where(PARTICIPANT.c.id == sa.bindparam("who"))


@dataclass(frozen=True)
class Receipt:
    """Pins that stand and their photos; `waiting` photos are named and have not come."""

    pins: int
    photos: int
    waiting: int
    last_at: datetime | None
    timezone: str


def give(actor: Actor) -> dict[str, Any]:
    """The participant's code, the same each time, and what is here now. Raises Problem(not_joined)."""
    if actor.id is None or actor.walk_id is None:
        raise Problem("not_joined")
    kept = run(KEPT, {"who": actor.id}).scalar_one()
    code, found_by = receipt_code(actor.id, kept)
    if found_by != kept:
        own = sa.update(PARTICIPANT).where(PARTICIPANT.c.id == actor.id)
        run(own.values(receipt_hmac=found_by))
    receipt = _of(actor.id, actor.walk_id)
    return {"code": code, "pins": receipt.pins, "photos": receipt.photos, "waiting": receipt.waiting}


def check(typed: str) -> Receipt:
    """What is here of whoever was given that code. Raises Problem(receipt_unknown)."""
    hashes = receipt_hmacs(typed)
    own = sa.select(PARTICIPANT.c.id, PARTICIPANT.c.walk_id).where(PARTICIPANT.c.receipt_hmac.in_(hashes))
    row = run(own).first() if hashes else None
    if row is None:
        raise Problem("receipt_unknown")
    return _of(row.id, row.walk_id)


def _of(participant_id: UUID, walk_id: UUID) -> Receipt:
    standing = sa.and_(PIN.c.participant_id == participant_id, PIN.c.withdrawn_at.is_(None))
    last = sa.func.max(PIN.c.received_at).label("last_at")
    pins = run(sa.select(sa.func.count().label("here"), last).where(standing)).one()
    photos = run(_photos(standing)).one()
    last_at = max((moment for moment in (pins.last_at, photos.last_at) if moment), default=None)
    zone = sa.select(Area.timezone).join(Walk, Walk.area_id == Area.id).where(Walk.id == walk_id)
    waiting = photos.named - photos.here
    return Receipt(pins.here, photos.here, waiting, last_at, db.session.scalar(zone) or "UTC")


def _photos(standing: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Photos that these pins name, and those whose bytes are here; one that two pins show counts once."""
    counts = sa.select(
        sa.func.count(sa.distinct(PLACE.c.sha256)).label("named"),
        sa.func.count(sa.distinct(PHOTO.c.sent_sha256)).label("here"),
        sa.func.max(PHOTO.c.received_at).label("last_at"),
    )
    same = sa.and_(PHOTO.c.walk_id == PLACE.c.walk_id, PHOTO.c.sent_sha256 == PLACE.c.sha256)
    joined = counts.select_from(PLACE).join(PIN, PIN.c.id == PLACE.c.pin_id)
    return joined.outerjoin(PHOTO, sa.and_(same, PHOTO.c.state != "lost")).where(standing)
