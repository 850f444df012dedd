"""Pins from paper cards: what staff type in for people who walked without a phone.

Owns what such a pin says of itself: it lies at its stop, has a resident's voice, and its group is
`paper`. The page makes the id, so that the same card sent twice is one pin.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, db, run, table
from app.models import Pin, Stop, Walk
from app.operations import audit, feed, pins
from app.operations.pins import Message
from app.operations.review import move_pin
from app.problems import Problem
from app.rules.access import Actor
from app.schemas.pin import PinSchema, WithdrawalSchema

PAPER = "paper"
PIN = table(Pin)
IS_STAFFS = PIN.c.participant_id.is_(None)
"""Typed in or imported: no participant's, so staff may take it back."""


def enter(actor: Actor, walk_id: UUID, pin_id: UUID, card: Mapping[str, Any], now: datetime) -> bool:
    """Keep a card as a pin: `stop_id`, `category`, `kind`, `text`. Returns whether it was new.

    Raises Problem(not_found | forbidden | walk_archived | id_taken).
    """
    feed.lock_walk(walk_id)
    walk, stop = db.session.get_one(Walk, walk_id), db.session.get_one(Stop, card["stop_id"])
    body = {
        "schema": 1,
        "client": PAPER,
        "rev": 1,
        "base_rev": None,
        "made_at": walk.starts_at.isoformat(),
        "kind": card["kind"],
        "category": card["category"],
        "there": {"lat": stop.lat, "lon": stop.lon},
        "source": "stop",
        "stop_id": str(stop.id),
        "text": card["text"],
        "voice": "resident",
        "group": PAPER,
    }
    return pins.enter(actor, walk_id, pin_id, _message(PinSchema(), body), now)[1]


def take_back(actor: Actor, walk_id: UUID, pin_id: UUID, now: datetime) -> None:
    """Undo a card. Raises Problem(not_found | forbidden | walk_archived)."""
    _walk, pin = _card(actor, walk_id, pin_id)
    if pin.withdrawn_at is None:
        body = {"rev": pin.rev + 1, "base_rev": pin.rev, "client": PAPER}
        pins.withdraw_entered(actor, walk_id, pin_id, _message(WithdrawalSchema(), body), now)


def bring_back(actor: Actor, walk_id: UUID, pin_id: UUID, now: datetime) -> None:
    """Let a card that was taken back stand again. Raises Problem(not_found | forbidden | walk_archived)."""
    walk, pin = _card(actor, walk_id, pin_id)
    if pin.withdrawn_at is not None:
        move_pin(walk, pin, {"withdrawn_at": None}, {"withdrawn": False}, "restore", actor, now)
        thing = ("pin", pin_id)
        audit.note(actor, walk.organisation_id, "pin_back", now, walk_id=walk_id, thing=thing)


def _card(actor: Actor, walk_id: UUID, pin_id: UUID) -> tuple[AnyRow, AnyRow]:
    """The walk, locked, and a card of it. Raises Problem(not_found | forbidden | walk_archived)."""
    walk = pins.lock_for_staff(actor, walk_id)
    own = sa.and_(PIN.c.id == pin_id, PIN.c.walk_id == walk_id, IS_STAFFS)
    pin = run(sa.select(PIN).where(own)).first()
    if pin is None:
        raise Problem("not_found")
    return walk, pin


def entered(walk_id: UUID) -> list[Pin]:
    """The cards of a walk that stand, newest first."""
    own = sa.and_(Pin.walk_id == walk_id, IS_STAFFS, Pin.group == PAPER)
    standing = sa.select(Pin).where(own, Pin.withdrawn_at.is_(None))
    return list(db.session.scalars(standing.order_by(Pin.number.desc())))


def _message(schema: Any, body: dict[str, Any]) -> Message:
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Message(schema.load(body), payload, hashlib.sha256(payload.encode()).hexdigest())
