"""A pin's words: the version that is public in their place.

Owns the public text and whether a clash of versions is settled. The participant's own words are
never changed: they stand beside, for staff, for ever. What others read is the public text, or the
words themselves where there is none, and either only once the text is approved.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from app.operations import audit, views
from app.operations.review import locked_walk, move_pin, pin_of
from app.rules.access import Actor


def write_public_text(
    actor: Actor, walk_id: UUID, pin_id: UUID, texts: dict[str, str], seen: int, now: datetime
) -> dict[str, Any]:
    """Put other words in place of a pin's own, by language; none at all lets its own stand again.

    An approved text stays approved: whoever writes it has read it. Raises Problem(not_found |
    forbidden | stale).
    """
    walk = locked_walk(actor, walk_id)
    pin = pin_of(walk, pin_id, seen)
    act = {"text_public": texts, "before": pin.text_public}
    move_pin(walk, pin, {"text_public": texts}, act, "rewrite", actor, now)
    thing = ("pin", pin_id)
    audit.note(
        actor, walk.organisation_id, "public_text", now, walk_id=walk_id, thing=thing, number=pin.number
    )
    return {"previous": pin.text_public, "pin": views.one_for_staff(walk_id, pin_id)}


def settle_conflict(
    actor: Actor, walk_id: UUID, pin_id: UUID, conflict: bool, seen: int, now: datetime
) -> dict[str, Any]:
    """Say that a human has looked at both versions, or take that back; both are kept either way.

    Raises Problem(not_found | forbidden | stale | invalid).
    """
    walk = locked_walk(actor, walk_id)
    pin = pin_of(walk, pin_id, seen)
    move_pin(walk, pin, {"has_conflict": conflict}, {"conflict": conflict}, "settle", actor, now)
    thing, facts = ("pin", pin_id), {"number": pin.number, "to": conflict}
    audit.note(actor, walk.organisation_id, "settle_conflict", now, walk_id=walk_id, thing=thing, **facts)
    return {"previous": pin.has_conflict, "pin": views.one_for_staff(walk_id, pin_id)}
