"""Receiving pins: new, revised, withdrawn; idempotent and without loss.

Owns every write of what a reporter sends. Everything that arrives is kept: repeated messages
change nothing, contradicting ones are kept beside each other and flagged for a human.
Callers hold a transaction; answers go out only after it has committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

import sqlalchemy as sa

from app.adapters.ids import new_id
from app.db import AnyRow, KeptAndRaised, run, table
from app.models import Issue, Pin, PinPhoto, PinRevision, Stop
from app.operations import audit, feed, homecoming, rights
from app.operations.pin_fields import columns_of, fields_of_payload, photos_of, plain
from app.operations.quotas import count_pin
from app.problems import Problem
from app.rules import access
from app.rules.access import Actor
from app.rules.categories import is_known
from app.rules.pins import exposure, merge, visible_to_walk
from app.rules.places import is_outside
from app.rules.walks import is_late

PIN = table(Pin)
REVISION = table(PinRevision)
PIN_PHOTO = table(PinPhoto)
BY_ID = sa.select(PIN).where(PIN.c.id == sa.bindparam("pin_id"))
SEEN = (
    sa.select(REVISION.c.seq)
    .where(REVISION.c.pin_id == sa.bindparam("pin_id"), REVISION.c.sha256 == sa.bindparam("sha256"))
    .where(REVISION.c.rev == sa.bindparam("rev"), REVISION.c.is_conflict_copy.is_(False))
)
NEW_PIN, NEW_ISSUE, NEW_REVISION, NEW_PLACE = (
    sa.insert(each) for each in (PIN, table(Issue), REVISION, PIN_PHOTO)
)


@dataclass(frozen=True)
class Message:
    """A client's message: its loaded `data`, its bytes as text, and their SHA-256."""

    data: Mapping[str, Any]
    payload: str
    sha256: str


def receive(
    actor: Actor, walk_id: UUID, pin_id: UUID, message: Message, now: datetime
) -> tuple[dict[str, Any], bool]:
    """Take a pin as sent. Returns its proof, and whether it was new.

    Raises Problem(not_found | walk_archived | id_taken | pin_conflict); a conflict is kept before
    it is raised, see `Conflict`.
    """
    walk = feed.lock_walk(walk_id)
    _check_may_send(actor, walk)
    pin = run(BY_ID, {"pin_id": pin_id}).first()
    if pin is None:
        return _create(actor, walk, pin_id, message, now), True
    seen = _seen(pin_id, message)
    is_known = seen is not None or homecoming.knows_secret(pin, message.data["secret_sha256"])
    may_come = pin.participant_id is None and is_known
    if pin.walk_id != walk_id or not (pin.participant_id == actor.id or may_come):
        raise Problem("id_taken")
    if homecoming.take_home(actor, walk, pin, now):
        pin = run(BY_ID, {"pin_id": pin_id}).one()
        seen = seen and pin
    if seen:
        return _proof(pin, message, walk.epoch, seen.seq), False
    return _revise(actor, walk, pin, message, now), False


def withdraw(actor: Actor, walk_id: UUID, pin_id: UUID, message: Message, now: datetime) -> dict[str, Any]:
    """Take a pin back: hidden from all but staff until the retention rule purges it.

    Raises Problem(not_found | walk_archived).
    """
    walk = feed.lock_walk(walk_id)
    _check_may_send(actor, walk)
    pin = run(BY_ID, {"pin_id": pin_id}).first()
    if pin is None or pin.participant_id != actor.id or pin.walk_id != walk_id:
        raise Problem("not_found")
    if homecoming.take_home(actor, walk, pin, now):
        pin = run(BY_ID, {"pin_id": pin_id}).one()
    return _withdraw(actor, walk, pin, message, now)


def _withdraw(actor: Actor, walk: AnyRow, pin: AnyRow, message: Message, now: datetime) -> dict[str, Any]:
    if seen := _seen(pin.id, message):
        return _proof(pin, message, walk.epoch, seen.seq)
    number = feed.next_number(walk.id)
    rev = max(pin.rev, message.data["rev"])
    change = {"withdrawn_at": pin.withdrawn_at or now, "seq": number.seq, "rev": rev}
    run(sa.update(PIN).where(PIN.c.id == pin.id).values(change))
    _keep_revision(actor, pin, number.seq, message, Told({"withdrawn": True}, ["withdrawn"]), now)
    feed.append(walk, "pin", pin.id, number.seq, "withdraw", actor.name, now)
    return _proof(pin, message, number.epoch, number.seq)


def enter(
    actor: Actor, walk_id: UUID, pin_id: UUID, message: Message, now: datetime
) -> tuple[dict[str, Any], bool]:
    """Take a pin that staff typed in for somebody without a phone; it belongs to no participant.

    Returns its proof, and whether it was new; the same message again changes nothing.
    Raises Problem(not_found | forbidden | walk_archived | id_taken).
    """
    walk = lock_for_staff(actor, walk_id)
    pin = run(BY_ID, {"pin_id": pin_id}).first()
    if pin is None:
        audit.note(actor, walk.organisation_id, "pin_enter", now, walk_id=walk_id, thing=("pin", pin_id))
        return _create(actor, walk, pin_id, message, now), True
    if pin.walk_id != walk_id or pin.participant_id is not None or not _seen(pin_id, message):
        raise Problem("id_taken")
    return _proof(pin, message, walk.epoch, pin.seq), False


def withdraw_entered(
    actor: Actor, walk_id: UUID, pin_id: UUID, message: Message, now: datetime
) -> dict[str, Any]:
    """Take back a pin that staff typed in. Raises Problem(not_found | forbidden | walk_archived)."""
    walk = lock_for_staff(actor, walk_id)
    pin = run(BY_ID, {"pin_id": pin_id}).first()
    if pin is None or pin.walk_id != walk_id or pin.participant_id is not None:
        raise Problem("not_found")
    if pin.withdrawn_at is None:
        audit.note(actor, walk.organisation_id, "pin_withdraw", now, walk_id=walk_id, thing=("pin", pin_id))
    return _withdraw(actor, walk, pin, message, now)


def bring(
    actor: Actor, walk: AnyRow, pin_id: UUID, message: Message, now: datetime
) -> tuple[dict[str, Any], bool]:
    """Take what a phone's file says of a pin, where nothing shows whose it is; under `lock_for_staff`.

    Returns its proof, and whether it was new. Somebody's pin says what it said: the file's version is kept
    beside, for a human. Raises Problem(id_taken | pin_conflict).
    """
    pin = run(BY_ID, {"pin_id": pin_id}).first()
    if pin is None:
        return _create(actor, walk, pin_id, message, now), True
    if pin.walk_id != walk.id:
        raise Problem("id_taken")
    if seen := _seen(pin_id, message):
        return _proof(pin, message, walk.epoch, seen.seq), False
    if pin.participant_id is not None:
        _keep_conflict(actor, walk, pin, message, plain(message.data), now)
    return _revise(actor, walk, pin, message, now), False


def lock_for_staff(actor: Actor, walk_id: UUID) -> AnyRow:
    """The walk's row, locked, for who enters pins. Raises Problem(not_found | forbidden | walk_archived)."""
    walk = feed.lock_walk(walk_id)
    rights.require(actor, walk.organisation_id, "run")
    if walk.state == "archived":
        raise Problem("walk_archived")
    return walk


class Conflict(Problem, KeptAndRaised):
    """Same id, other content, and no base to merge from. Both are kept, and it is said."""


def _check_may_send(actor: Actor, walk: AnyRow) -> None:
    if not access.may_read_walk(actor, walk.id):
        raise Problem("not_found")
    if not access.may_send(actor, walk.id, walk.state):
        raise Problem("walk_archived")


def _seen(pin_id: UUID, message: Message) -> AnyRow | None:
    """The revision that this very message made earlier, if it came before."""
    return run(SEEN, {"pin_id": pin_id, "sha256": message.sha256, "rev": message.data["rev"]}).first()


def _proof(pin: Any, message: Message, epoch: str, seq: int) -> dict[str, Any]:
    rev, sha256 = message.data["rev"], message.sha256
    return {"id": str(pin.id), "rev": rev, "sha256": sha256, "epoch": epoch, "seq": seq, "number": pin.number}


def _create(actor: Actor, walk: AnyRow, pin_id: UUID, message: Message, now: datetime) -> dict[str, Any]:
    fields, sender = plain(message.data), actor.id if actor.kind == "participant" else None
    columns = columns_of(fields) | {"stop_id": _known_stop(walk.id, fields["stop_id"])}
    columns |= flags(walk, columns) | {"quarantine": count_pin(actor) if sender else None}
    shown = visible_to_walk(exposure(columns | {"review": "new", "visibility": "walk"}, actor.is_kept_back))
    number = feed.next_number(walk.id, new_pins=1)
    issue = issue_row(walk, now)
    run(NEW_ISSUE, issue)
    own = {"id": pin_id, "participant_id": sender, "issue_id": issue["id"], "shown_to_walk": shown}
    pin = pin_row(walk, columns, message, now, **own, number=number.pin_count, seq=number.seq)
    run(NEW_PIN, pin)
    row = Made(pin_id, number.pin_count, walk.organisation_id)
    _keep_revision(actor, row, number.seq, message, Told(fields, list(fields)), now)
    _place_photos(row, walk.id, fields["photos"])
    feed.append(walk, "pin", pin_id, number.seq, "receive", actor.name, now, is_new=True)
    return _proof(row, message, number.epoch, number.seq)


def issue_row(walk: AnyRow, now: datetime) -> dict[str, Any]:
    """The issue that a pin has from birth."""
    issue = {"id": new_id(), "organisation_id": walk.organisation_id, "walk_id": walk.id, "created_at": now}
    return issue | {"status": "new", "title": {}, "decision": {}}


def pin_row(
    walk: AnyRow, columns: Mapping[str, Any], message: Message, now: datetime, **own: Any
) -> dict[str, Any]:
    """A new pin: what was sent as `columns`, what its place in the walk is as `own`."""
    return {
        **columns,
        "organisation_id": walk.organisation_id,
        "walk_id": walk.id,
        "rev": message.data["rev"],
        "sha256": message.sha256,
        "text_public": {},
        "secret_sha256": message.data["secret_sha256"],
        "visibility": "walk",
        "review": "new",
        "text_review": "new",
        "is_late": is_late(walk.state),
        "has_conflict": False,
        "received_at": now,
        **own,
    }


@dataclass(frozen=True)
class Made:
    """What a revision needs to know of its pin."""

    id: UUID
    number: int
    organisation_id: UUID


def _revise(actor: Actor, walk: AnyRow, pin: AnyRow, message: Message, now: datetime) -> dict[str, Any]:
    base = _base_fields(actor, pin.id, message.data["base_rev"])
    fields = plain(message.data)
    if base is None:
        _keep_conflict(actor, walk, pin, message, fields, now)
    photos = run(sa.select(PIN_PHOTO).where(PIN_PHOTO.c.pin_id == pin.id)).all()
    merged = merge(fields_of_payload(pin, photos), base, fields)
    number = feed.next_number(walk.id)
    columns = columns_of(merged.changed)
    if "stop_id" in merged.changed:
        columns["stop_id"] = _known_stop(walk.id, fields["stop_id"])
    after = dict(pin._mapping) | columns
    columns |= flags(walk, after) | {"seq": number.seq, "rev": max(pin.rev, message.data["rev"])}
    # The public text was written from other words: a human chooses which of them stands.
    has_clash = merged.is_conflict or ("text" in merged.changed and bool(pin.text_public))
    columns |= {"sha256": message.sha256, "has_conflict": pin.has_conflict or has_clash}
    columns["shown_to_walk"] = pin.shown_to_walk or visible_to_walk(
        exposure(after | columns, actor.is_kept_back)
    )
    if {"text", "proposal"} & merged.changed.keys():
        columns["text_review"] = "new"
    run(sa.update(PIN).where(PIN.c.id == pin.id).values(columns))
    if "photos" in merged.changed:
        run(sa.delete(PIN_PHOTO).where(PIN_PHOTO.c.pin_id == pin.id))
        _place_photos(pin, walk.id, merged.changed["photos"])
    told = Told(fields, list(merged.changed), merged.lost)
    _keep_revision(actor, pin, number.seq, message, told, now)
    feed.append(walk, "pin", pin.id, number.seq, "revise", actor.name, now)
    return _proof(pin, message, number.epoch, number.seq)


def _keep_conflict(
    actor: Actor, walk: AnyRow, pin: AnyRow, message: Message, fields: dict[str, Any], now: datetime
) -> NoReturn:
    """Store the contradicting copy once, flag the pin, and say which copy stands."""
    same = sa.and_(REVISION.c.pin_id == pin.id, REVISION.c.sha256 == message.sha256)
    if run(sa.select(REVISION.c.id).where(same)).first() is None:
        number = feed.next_number(walk.id)
        change = sa.update(PIN).where(PIN.c.id == pin.id)
        run(change.values(has_conflict=True, seq=number.seq))
        _keep_revision(actor, pin, number.seq, message, Told(fields, [], is_conflict_copy=True), now)
        feed.append(walk, "pin", pin.id, number.seq, "conflict", actor.name, now)
    raise Conflict("pin_conflict", kept={"rev": pin.rev, "sha256": pin.sha256}, stored=True)


def _base_fields(actor: Actor, pin_id: UUID, base_rev: int | None) -> dict[str, Any] | None:
    """What the sender had sent, or seen, as revision `base_rev`; None when there is no such.

    A restored server may have forgotten it: then the sender's newest before it, which it was made from.
    """
    if not base_rev:
        return None
    known = sa.and_(REVISION.c.pin_id == pin_id, REVISION.c.is_conflict_copy.is_(False))
    own_first = sa.case((REVISION.c.actor == actor.name, 0), else_=1)
    told = sa.select(REVISION.c.rev, REVISION.c.fields).where(known)
    exact = told.where(REVISION.c.rev == base_rev).order_by(own_first, REVISION.c.seq.desc())
    if found := _first_whole(exact):
        return dict(found.fields)
    own = told.where(REVISION.c.actor == actor.name)
    newest = _first_whole(own.order_by(REVISION.c.rev.desc(), REVISION.c.seq.desc()))
    return newest.fields if newest and newest.rev < base_rev else None


def _first_whole(revisions: sa.Select[Any]) -> AnyRow | None:
    """The first that tells a whole pin; an act on it (approved, taken back) tells of that alone."""
    return next((row for row in run(revisions) if "made_at" in row.fields), None)


@dataclass(frozen=True)
class Told:
    """What a revision says: the whole pin as sent, what of it was applied, what it overwrote."""

    fields: dict[str, Any]
    changed: list[str]
    lost: dict[str, Any] | None = None
    is_conflict_copy: bool = False


def _keep_revision(actor: Actor, pin: Any, seq: int, message: Message, told: Told, now: datetime) -> None:
    run(NEW_REVISION, revision_row(actor, pin, seq, message, told, now))


def revision_row(
    actor: Actor, pin: Any, seq: int, message: Message, told: Told, now: datetime
) -> dict[str, Any]:
    """A message as it is kept among the pin's revisions; of `pin`, its id and organisation."""
    return {
        "organisation_id": pin.organisation_id,
        "pin_id": pin.id,
        "seq": seq,
        "rev": message.data["rev"],
        "base_rev": message.data["base_rev"],
        "sha256": message.sha256,
        "actor": actor.name,
        "fields": told.fields,
        "changed": told.changed,
        "lost": told.lost or None,
        "is_conflict_copy": told.is_conflict_copy,
        "payload": message.payload,
        "client": message.data.get("client"),
        "at": now,
    }


def _place_photos(pin: Any, walk_id: UUID, photos: list[dict[str, Any]]) -> None:
    rows = photos_of(pin.id, pin.organisation_id, walk_id, photos)
    if rows:
        run(NEW_PLACE, rows)


def _known_stop(walk_id: UUID, stop_id: str | None) -> UUID | None:
    """The stop if it is one of this walk; else None (the message keeps what was sent)."""
    if stop_id is None:
        return None
    own = sa.and_(Stop.id == UUID(stop_id), Stop.walk_id == walk_id)
    return run(sa.select(Stop.id).where(own)).scalar()


def flags(walk: AnyRow, columns: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a pin without asking anybody."""
    box = (walk.west, walk.south, walk.east, walk.north)
    return {
        "is_outside": is_outside(columns["lat"], columns["lon"], box, walk.polygon),
        "is_unknown_category": not is_known(columns["category"]),
    }
