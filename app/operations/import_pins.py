"""Pins of an import, many at once: taken in, taken back, brought back. Owns the writing of them.

Promises that the same pin is never there twice, that nothing of a participant's is touched, and that
what was taken back comes back as it stood, with all that was done about it. Callers hold a transaction
and the walk's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, run, table
from app.models import Issue, Pin, PinRevision
from app.operations import feed
from app.operations.pin_fields import columns_of, plain
from app.operations.pins import Made, Message, Told, flags, issue_row, pin_row, revision_row
from app.operations.review import act_row
from app.rules.access import Actor
from app.rules.pins import exposure, visible_to_walk

PIN = table(Pin)
MANY = 500


@dataclass(frozen=True)
class Incoming:
    """A row as a pin: its message, the stop that it names, and the number that it had elsewhere."""

    id: UUID
    message: Message
    stop_id: UUID | None
    reference: str


def known(ids: Sequence[UUID]) -> dict[UUID, AnyRow]:
    """Those of the pins that are there already."""
    found: dict[UUID, AnyRow] = {}
    for start in range(0, len(ids), MANY):
        part = sa.select(PIN).where(PIN.c.id.in_(ids[start : start + MANY]))
        found |= {row.id: row for row in run(part)}
    return found


def take_in(
    actor: Actor, walk: AnyRow, import_id: UUID, pins: Sequence[Incoming], now: datetime
) -> dict[str, int]:
    """Write what is new; what an undone import had brought comes back as the file says now.

    Returns how many of each: new, again, known.
    """
    there = known([pin.id for pin in pins])
    new = [pin for pin in pins if pin.id not in there]
    again = [pin for pin in pins if pin.id in there and _was_taken_back(there[pin.id])]
    _add(actor, walk, import_id, new, now)
    _say_anew(actor, walk, import_id, [(pin, there[pin.id]) for pin in again], now)
    return {"new": len(new), "again": len(again), "known": len(pins) - len(new) - len(again)}


def take_back(actor: Actor, walk: AnyRow, import_id: UUID, now: datetime) -> int:
    """Withdraw all that the import brought and that stands. Returns how many."""
    own = sa.and_(PIN.c.import_id == import_id, PIN.c.withdrawn_at.is_(None))
    return _set_withdrawn(actor, walk, own, now, now)


def bring_back(actor: Actor, walk: AnyRow, import_id: UUID, undone_at: datetime, now: datetime) -> int:
    """Let all that was taken back at `undone_at` stand again. Returns how many."""
    own = sa.and_(PIN.c.import_id == import_id, PIN.c.withdrawn_at == undone_at)
    return _set_withdrawn(actor, walk, own, None, now)


def still_back(import_id: UUID, undone_at: datetime | None) -> int:
    """How many pins taken back at `undone_at` can be brought back; those sent by their phones cannot."""
    own = sa.and_(PIN.c.import_id == import_id, PIN.c.withdrawn_at == undone_at)
    return int(run(sa.select(sa.func.count()).select_from(PIN).where(own)).scalar_one())


def _was_taken_back(pin: AnyRow) -> bool:
    return pin.import_id is not None and pin.withdrawn_at is not None


def _columns(walk: AnyRow, pin: Incoming) -> tuple[dict[str, Any], dict[str, Any]]:
    fields = plain(pin.message.data)
    columns = columns_of(fields) | {"stop_id": pin.stop_id, "quarantine": None}
    return fields, columns | flags(walk, columns)


def _add(actor: Actor, walk: AnyRow, import_id: UUID, pins: Sequence[Incoming], now: datetime) -> None:
    if not pins:
        return
    issues, rows, revisions, places = [], [], [], []
    for pin, (seq, number) in zip(pins, feed.next_pin_numbers(walk.id, len(pins)), strict=True):
        fields, columns = _columns(walk, pin)
        issue = issue_row(walk, now) | {"reference": pin.reference or None}
        shown = visible_to_walk(exposure(columns | {"review": "new", "visibility": "walk"}, False))
        own = {"id": pin.id, "participant_id": None, "import_id": import_id, "issue_id": issue["id"]}
        own |= {"number": number, "seq": seq, "shown_to_walk": shown}
        issues.append(issue)
        rows.append(pin_row(walk, columns, pin.message, now, **own))
        made = Made(pin.id, number, walk.organisation_id)
        revisions.append(revision_row(actor, made, seq, pin.message, Told(fields, list(fields)), now))
        places.append((pin.id, seq))
    run(sa.insert(Issue), issues)
    run(sa.insert(PIN), rows)
    run(sa.insert(PinRevision), revisions)
    feed.append_new(walk, "pin", places, "import", actor.name, now)


def _say_anew(
    actor: Actor, walk: AnyRow, import_id: UUID, pins: Sequence[tuple[Incoming, AnyRow]], now: datetime
) -> None:
    """A pin that was taken back stands again with what its row says now, as one more revision."""
    if not pins:
        return
    revisions, places = [], []
    numbers = feed.next_numbers(walk.id, len(pins))
    for (pin, before), seq in zip(pins, numbers, strict=True):
        fields, columns = _columns(walk, pin)
        shown = before.shown_to_walk or visible_to_walk(
            exposure({**before._mapping, **columns, "withdrawn_at": None}, False)
        )
        own = {"seq": seq, "rev": before.rev + 1, "sha256": pin.message.sha256, "import_id": import_id}
        own |= {"withdrawn_at": None, "shown_to_walk": shown, "text_review": "new"}
        run(sa.update(PIN).where(PIN.c.id == pin.id).values(columns | own))
        told = revision_row(actor, before, seq, pin.message, Told(fields, list(fields)), now)
        revisions.append(told | {"rev": before.rev + 1})
        places.append((pin.id, seq))
    run(sa.insert(PinRevision), revisions)
    feed.move(walk, "pin", places, "import", actor.name, now)


def _set_withdrawn(
    actor: Actor, walk: AnyRow, own: sa.ColumnElement[bool], withdrawn_at: datetime | None, now: datetime
) -> int:
    pins = run(sa.select(PIN).where(own).order_by(PIN.c.number)).all()
    if not pins:
        return 0
    act: Mapping[str, Any] = {"withdrawn": withdrawn_at is not None}
    places = list(zip([pin.id for pin in pins], feed.next_numbers(walk.id, len(pins)), strict=True))
    change = sa.update(PIN).where(PIN.c.id == sa.bindparam("pin")).values(seq=sa.bindparam("new_seq"))
    run(
        change.values(withdrawn_at=sa.bindparam("at")),
        [{"pin": pin_id, "new_seq": seq, "at": withdrawn_at} for pin_id, seq in places],
    )
    revisions = [act_row(walk, pin, act, seq, actor, now) for pin, (_, seq) in zip(pins, places, strict=True)]
    run(sa.insert(PinRevision), revisions)
    feed.move(walk, "pin", places, "withdraw" if withdrawn_at else "restore", actor.name, now)
    return len(pins)
