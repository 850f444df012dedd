"""Hints about a walk's pins: what is asked of the database for rules.hints.

Reads, never writes. What is withdrawn, hidden or from a hidden participant is dealt with already and
left out; so is what staff entered.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from app.db import db, table
from app.models import Photo, Pin, PinPhoto
from app.operations import feed, rights, walks
from app.operations.participants import PARTICIPANT
from app.rules import hints as rules
from app.rules.access import Actor
from app.rules.photos import Quarantine

PIN, PHOTO, PIN_PHOTO = table(Pin), table(Photo), table(PinPhoto)


def of_walk(actor: Actor, walk_id: UUID) -> list[dict[str, Any]]:
    """What a human may want to look at. Raises Problem(not_found | forbidden)."""
    rights.require(actor, feed.feed_head(walk_id).organisation_id, "read")
    return [{"kind": hint.kind, "pins": list(hint.numbers)} for hint in rules.hints(_seen(walk_id))]


def alarms(actor: Actor, walk_id: UUID, is_guessed: bool) -> list[tuple[str, int]]:
    """What leaders and staff are told at once; what was reviewed or hidden is dealt with.

    Codes are guessed at the whole service, so every open walk is told. Who only reads can do nothing about it
    and hears nothing. Raises Problem(not_found | forbidden).
    """
    if not walks.may_here(actor, walk_id, "lead"):
        walks.walk_for(actor, walk_id, "read")
        return []
    walk = walks.walk_for(actor, walk_id, "lead")
    over = sa.case((PIN.c.quarantine == Quarantine.OVER_QUOTA.value, PIN.c.participant_id))
    counts = sa.select(sa.func.count(over.distinct()), sa.func.count()).select_from(PIN).join(PARTICIPANT)
    unseen = sa.and_(PIN.c.walk_id == walk_id, PIN.c.withdrawn_at.is_(None), PIN.c.review == "new")
    devices, pins = db.session.execute(counts.where(unseen, PARTICIPANT.c.hidden_at.is_(None))).one()
    most = current_app.config["SETTINGS"].pins_per_walk
    return rules.alarms(is_guessed and walk.state == "open", devices, pins, most)


def _seen(walk_id: UUID) -> list[rules.Seen]:
    columns = [PIN.c[name] for name in ("id", "number", "participant_id", "made_at", "lat", "lon")]
    facts = ((PIN.c.source == "sensor").label("by_sensor"), (PIN.c.review != "new").label("is_reviewed"))
    found = sa.select(*columns, *facts).join(PARTICIPANT, PARTICIPANT.c.id == PIN.c.participant_id)
    shown = found.where(PIN.c.walk_id == walk_id, PIN.c.withdrawn_at.is_(None), PIN.c.review != "hidden")
    photos = _photos(walk_id)
    return [
        rules.Seen(
            row.number,
            row.participant_id,
            row.made_at,
            row.lat,
            row.lon,
            row.by_sensor,
            row.is_reviewed,
            tuple(photos[row.id]),
        )
        for row in db.session.execute(shown.where(PARTICIPANT.c.hidden_at.is_(None)))
    ]


def _photos(walk_id: UUID) -> dict[UUID, list[tuple[str, int | None]]]:
    """Each pin's photos by hash and look, whether their bytes have come or not."""
    same = sa.and_(PHOTO.c.walk_id == PIN_PHOTO.c.walk_id, PHOTO.c.sent_sha256 == PIN_PHOTO.c.sha256)
    columns = (PIN_PHOTO.c.pin_id, PIN_PHOTO.c.sha256, PHOTO.c.look)
    placed = sa.select(*columns).outerjoin(PHOTO, same).where(PIN_PHOTO.c.walk_id == walk_id)
    found: dict[UUID, list[tuple[str, int | None]]] = defaultdict(list)
    for pin_id, sha256, look in db.session.execute(placed):
        found[pin_id].append((sha256, int(look, 16) if look else None))
    return found
