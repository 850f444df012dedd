"""What one device has sent. Above its quota things are set aside, never refused."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from app.config import Settings
from app.db import Vanished, run, table
from app.models import Participant
from app.rules.access import Actor
from app.rules.photos import DeviceUse, Quarantine, is_over_quota

PARTICIPANT = table(Participant)
COUNT = (
    sa.update(PARTICIPANT)
    .where(PARTICIPANT.c.id == sa.bindparam("participant"))
    .values(
        pin_count=PARTICIPANT.c.pin_count + sa.bindparam("pins", type_=sa.Integer),
        photo_count=PARTICIPANT.c.photo_count + sa.bindparam("photos", type_=sa.Integer),
        photo_bytes=PARTICIPANT.c.photo_bytes + sa.bindparam("size", type_=sa.BigInteger),
    )
    .returning(PARTICIPANT.c.pin_count, PARTICIPANT.c.photo_count, PARTICIPANT.c.photo_bytes)
)


def count_pin(actor: Actor) -> str | None:
    """Count one more pin; returns the reason for quarantine, or None."""
    return _count(actor, pins=1, photos=0, size=0)


def count_photo(actor: Actor, size: int) -> str | None:
    """Count one more photo of `size` bytes; returns the reason for quarantine, or None."""
    return _count(actor, pins=0, photos=1, size=size)


def _count(actor: Actor, **more: int) -> str | None:
    row = run(COUNT, {"participant": actor.id} | more).first()
    if row is None:
        raise Vanished("the sender", {}, LookupError())
    use = DeviceUse(row.pin_count, row.photo_count, row.photo_bytes)
    return Quarantine.OVER_QUOTA.value if is_over_quota(use, _quota()) else None


def _quota() -> DeviceUse:
    settings: Settings = current_app.config["SETTINGS"]
    return DeviceUse(
        settings.pins_per_device, settings.photos_per_device, settings.photo_mb_per_device * 1_000_000
    )
