"""Review: what a human lets through of a pin, its text and each of its photos.

Owns the three review states, hiding a participant and letting one in. Every act takes the walk's
lock first, names the version it has seen, moves what it touches in the feed and is kept among the
pin's revisions. An act answers with the state before it, so that undoing is the same call once more.
Nothing is deleted here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db, table
from app.models import Facilitator, Photo, Pin, PinPhoto, PinRevision
from app.operations import audit, feed, rights, views, who
from app.operations.participants import KEPT_BACK, PARTICIPANT, WAITS
from app.problems import Problem
from app.rules.access import Actor
from app.rules.pins import exposure, visible_to_walk

PIN = table(Pin)
PHOTO = table(Photo)
REVISION = table(PinRevision)
VERBS = {"new": "unreview", "approved": "approve", "hidden": "hide"}
KEEPING = {
    ("participant_hidden", True): "hide",
    ("participant_hidden", False): "unhide",
    ("participant_waits", True): "wait",
    ("participant_waits", False): "let_in",
}
MOST_REVISIONS = 200


def review_pin(
    actor: Actor, walk_id: UUID, pin_id: UUID, review: str, seen: int, now: datetime
) -> dict[str, Any]:
    """Approve or hide a whole pin. Raises Problem(not_found | stale)."""
    return _review(actor, walk_id, pin_id, "review", review, seen, now)


def review_text(
    actor: Actor, walk_id: UUID, pin_id: UUID, review: str, seen: int, now: datetime
) -> dict[str, Any]:
    """Approve or hide a pin's words alone. Raises Problem(not_found | stale)."""
    return _review(actor, walk_id, pin_id, "text_review", review, seen, now)


def review_photo(
    actor: Actor, walk_id: UUID, photo_id: UUID, review: str, seen: int, now: datetime
) -> dict[str, Any]:
    """Approve or hide one photo, on every pin that shows it. Raises Problem(not_found | stale).

    A hidden photo is refused to every participant from this commit on.
    """
    walk = locked_walk(actor, walk_id)
    known = sa.and_(PHOTO.c.id == photo_id, PHOTO.c.walk_id == walk_id)
    photo = db.session.execute(sa.select(PHOTO).where(known)).first()
    if photo is None:
        raise Problem("not_found")
    pins = pins_with(walk_id, photo.sent_sha256)
    if photo.seq != seen:
        current = {"seq": photo.seq, "review": photo.review, "pins": views_of(walk_id, pins)}
        by = who.changed_pins(walk, [pin.id for pin in pins], photo.seq)
        raise Problem("stale", current=current, by=by)
    number = feed.next_number(walk_id)
    db.session.execute(sa.update(PHOTO).where(PHOTO.c.id == photo_id).values(review=review, seq=number.seq))
    for pin in pins:
        move_pin(walk, pin, {}, {"photo": str(photo_id), "review": review}, VERBS[review], actor, now)
    _note(actor, walk, "review_photo", ("photo", photo_id), now, to=review, before=photo.review)
    return {"previous": photo.review, "seq": number.seq, "pins": views_of(walk_id, pins)}


def hide_participant(
    actor: Actor, walk_id: UUID, participant_id: UUID, hidden: bool, now: datetime
) -> dict[str, Any]:
    """Hide everything from a participant, or show it again. Raises Problem(not_found).

    The participant may go on sending and sees its own; nobody else does.
    """
    walk = locked_walk(actor, walk_id)
    one = _participant(walk_id, participant_id)
    if one.is_hidden == hidden:
        return {"previous": hidden, "hidden": hidden, "pins": one.pins}
    columns = {"hidden_at": now if hidden else None}
    _set_participant(walk, one, columns, ("participant_hidden", hidden), actor, now)
    return {"previous": one.is_hidden, "hidden": hidden, "pins": one.pins}


def let_wait(actor: Actor, walk_id: UUID, participant_id: UUID, waits: bool, now: datetime) -> dict[str, Any]:
    """Let a participant in from the waiting room, or have it wait there. Raises Problem(not_found).

    While it waits, others see nothing of it; it goes on sending and sees its own.
    """
    walk = locked_walk(actor, walk_id)
    one = _participant(walk_id, participant_id)
    if one.waits == waits:
        return {"previous": waits, "waits": waits, "pins": one.pins}
    columns = {"waiting_at": one.waiting_at or now, "let_in_at": None if waits else now}
    _set_participant(walk, one, columns, ("participant_waits", waits), actor, now)
    return {"previous": one.waits, "waits": waits, "pins": one.pins}


def _participant(walk_id: UUID, participant_id: UUID) -> sa.Row[Any]:
    """How a participant of the walk stands, and how many pins it has. Raises Problem(not_found)."""
    own = sa.and_(PARTICIPANT.c.id == participant_id, PARTICIPANT.c.walk_id == walk_id)
    pins = sa.select(sa.func.count()).where(PIN.c.participant_id == PARTICIPANT.c.id).scalar_subquery()
    columns = (PARTICIPANT.c.id, PARTICIPANT.c.waiting_at, pins.label("pins"))
    states = (PARTICIPANT.c.hidden_at.is_not(None).label("is_hidden"), WAITS.label("waits"))
    found = db.session.execute(sa.select(*columns, *states).where(own)).first()
    if found is None:
        raise Problem("not_found")
    return found


def _set_participant(
    walk: sa.Row[Any],
    one: sa.Row[Any],
    columns: Mapping[str, Any],
    act: tuple[str, bool],
    actor: Actor,
    now: datetime,
) -> None:
    """Change how a participant stands; each of its pins moves in the feed and remembers the act."""
    name, value = act
    db.session.execute(sa.update(PARTICIPANT).where(PARTICIPANT.c.id == one.id).values(columns))
    for pin in db.session.execute(sa.select(PIN).where(PIN.c.participant_id == one.id)).all():
        move_pin(walk, pin, {}, {name: value}, KEEPING[name, value], actor, now)
    said = "hide_participant" if name == "participant_hidden" else "let_in_participant"
    _note(actor, walk, said, ("participant", one.id), now, to=value, pins=one.pins)


def history(actor: Actor, walk_id: UUID, pin_id: UUID) -> list[dict[str, Any]]:
    """A pin's revisions and acts, oldest first, with what was overwritten. Raises Problem(not_found)."""
    head = feed.feed_head(walk_id)
    own = sa.select(PIN.c.id).where(PIN.c.id == pin_id, PIN.c.walk_id == walk_id)
    rights.require(actor, head.organisation_id, "read")
    if db.session.scalar(own) is None:
        raise Problem("not_found")
    kept = sa.select(REVISION).where(REVISION.c.pin_id == pin_id).order_by(REVISION.c.seq)
    rows = db.session.execute(kept.limit(MOST_REVISIONS)).all()
    names = _names({row.actor for row in rows})
    return [
        {
            "seq": row.seq,
            "at": row.at.isoformat(),
            "by": row.actor.split(":")[0],
            "name": names.get(row.actor),
            "changed": row.changed,
            "lost": row.lost,
            "conflict_copy": row.fields if row.is_conflict_copy else None,
            "act": row.fields if _is_act(row) else None,
        }
        for row in rows
    ]


def _is_act(row: sa.Row[Any]) -> bool:
    """Whether it was done to the pin, by staff or by its coming home; a message that staff brought by hand
    tells the whole pin, and is none."""
    is_by_staff = row.actor.startswith("facilitator:") and not row.is_conflict_copy
    stands_again = row.fields == {"withdrawn": False}  # whoever brought it about, a message never says so
    return stands_again or (is_by_staff and set(row.changed) == set(row.fields))


def locked_walk(actor: Actor, walk_id: UUID) -> sa.Row[Any]:
    """The walk's row, locked, if the actor runs it. Raises Problem(not_found | forbidden)."""
    walk = feed.lock_walk(walk_id)
    rights.require(actor, walk.organisation_id, "run")
    return walk


def _review(
    actor: Actor, walk_id: UUID, pin_id: UUID, column: str, review: str, seen: int, now: datetime
) -> dict[str, Any]:
    walk = locked_walk(actor, walk_id)
    pin = pin_of(walk, pin_id, seen)
    move_pin(walk, pin, {column: review}, {column: review}, VERBS[review], actor, now)
    act = "review_pin" if column == "review" else "review_text"
    _note(actor, walk, act, ("pin", pin_id), now, number=pin.number, to=review, before=getattr(pin, column))
    return {"previous": getattr(pin, column), "pin": views.one_for_staff(walk_id, pin_id)}


def _note(
    actor: Actor, walk: sa.Row[Any], act: str, thing: tuple[str, UUID], now: datetime, **facts: Any
) -> None:
    audit.note(actor, walk.organisation_id, act, now, walk_id=walk.id, thing=thing, **facts)


def pin_of(walk: sa.Row[Any], pin_id: UUID, seen: int) -> sa.Row[Any]:
    """The pin in the version that was seen. Raises Problem(not_found | stale)."""
    own = sa.and_(PIN.c.id == pin_id, PIN.c.walk_id == walk.id)
    pin = db.session.execute(sa.select(PIN).where(own)).first()
    if pin is None:
        raise Problem("not_found")
    if pin.seq != seen:
        by = who.changed_pins(walk, [pin_id], pin.seq)
        raise Problem("stale", current=views.one_for_staff(walk.id, pin_id), by=by)
    return pin


def pins_with(walk_id: UUID, sent_sha256: str) -> list[sa.Row[Any]]:
    """The pins that show a photo, in order of number."""
    linked = sa.and_(PinPhoto.walk_id == walk_id, PinPhoto.sha256 == sent_sha256)
    joined = sa.select(PIN).join(PinPhoto, PinPhoto.pin_id == PIN.c.id).where(linked)
    return list(db.session.execute(joined.order_by(PIN.c.number)).all())


def views_of(walk_id: UUID, pins: list[sa.Row[Any]]) -> list[dict[str, Any]]:
    """The pins as the desk sees them now."""
    return [view for pin in pins if (view := views.one_for_staff(walk_id, pin.id)) is not None]


def move_pin(
    walk: sa.Row[Any],
    pin: sa.Row[Any],
    columns: Mapping[str, Any],
    act: Mapping[str, Any],
    verb: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Give the pin its columns and a new place in the feed; keep the act.

    Once others' phones may have drawn the pin, `shown_to_walk` stays, so that they are told when it goes.
    """
    after = {**pin._mapping, **columns}
    shown = pin.shown_to_walk or visible_to_walk(exposure(after, _is_kept_back(pin.participant_id)))
    number = feed.next_number(walk.id)
    values = {**columns, "seq": number.seq, "shown_to_walk": shown}
    db.session.execute(sa.update(PIN).where(PIN.c.id == pin.id).values(values))
    feed.append(walk, "pin", pin.id, number.seq, verb, actor.name, now)
    db.session.execute(sa.insert(REVISION), [act_row(walk, pin, act, number.seq, actor, now)])


def act_row(
    walk: sa.Row[Any], pin: sa.Row[Any], act: Mapping[str, Any], seq: int, actor: Actor, now: datetime
) -> dict[str, Any]:
    """An act on a pin, as it is kept among the pin's revisions."""
    payload = json.dumps(dict(act), separators=(",", ":"))
    return {
        "organisation_id": walk.organisation_id,
        "pin_id": pin.id,
        "seq": seq,
        "rev": pin.rev,
        "base_rev": None,
        "sha256": hashlib.sha256(payload.encode()).hexdigest(),
        "actor": actor.name,
        "fields": dict(act),
        "changed": list(act),
        "lost": None,
        "is_conflict_copy": False,
        "payload": payload,
        "client": None,
        "at": now,
    }


def _is_kept_back(participant_id: UUID | None) -> bool:
    kept_back = sa.select(KEPT_BACK).where(PARTICIPANT.c.id == participant_id)
    return participant_id is not None and bool(db.session.scalar(kept_back))


def _names(actors: set[str]) -> dict[str, str]:
    """Facilitators' names by their name in the history; participants have none."""
    kind = "facilitator:"
    ids = {name: UUID(name.removeprefix(kind)) for name in actors if name.startswith(kind)}
    if not ids:
        return {}
    found = sa.select(Facilitator.id, Facilitator.name).where(Facilitator.id.in_(ids.values()))
    by_id = {row.id: row.name for row in db.session.execute(found)}
    return {name: by_id[key] for name, key in ids.items() if key in by_id}
