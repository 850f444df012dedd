"""What one device has sent. Above its quota things are set aside, never refused."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from app.config import Settings
from app.db import db, table
from app.models import Participant
from app.rules.access import Actor
from app.rules.photos import DeviceUse, Quarantine, is_over_quota

PARTICIPANT = table(Participant)


def count_pin(actor: Actor) -> str | None:
    """Count one more pin; returns the reason for quarantine, or None."""
    return _count(actor, {"pin_count": PARTICIPANT.c.pin_count + 1})


def count_photo(actor: Actor, size: int) -> str | None:
    """Count one more photo of `size` bytes; returns the reason for quarantine, or None."""
    more = {"photo_count": PARTICIPANT.c.photo_count + 1, "photo_bytes": PARTICIPANT.c.photo_bytes + size}
    return _count(actor, more)


def _count(actor: Actor, more: dict[str, sa.ColumnElement[int]]) -> str | None:
    counters = (PARTICIPANT.c.pin_count, PARTICIPANT.c.photo_count, PARTICIPANT.c.photo_bytes)
    statement = sa.update(PARTICIPANT).where(PARTICIPANT.c.id == actor.id).values(more).returning(*counters)
    use = DeviceUse(*db.session.execute(statement).one())
    return Quarantine.OVER_QUOTA.value if is_over_quota(use, _quota()) else None


def _quota() -> DeviceUse:
    settings: Settings = current_app.config["SETTINGS"]
    return DeviceUse(
        settings.pins_per_device, settings.photos_per_device, settings.photo_mb_per_device * 1_000_000
    )
