"""Imports: a file is brought, looked at, taken in, and taken back or brought back in one act.

Owns a file's way and what a human chose about it. The ids of pins follow from the walk and the row, so
that the same file brought twice doubles nothing. The file itself is kept only until it is taken in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from marshmallow import ValidationError

from app.adapters.ids import new_id
from app.db import AnyRow, db, run, table
from app.models import Area, Import, Stop, Walk
from app.operations import audit, feed, import_pins, rights, walks
from app.operations.import_pins import Incoming
from app.operations.pins import Message, lock_for_staff
from app.problems import Problem
from app.rules import imports as rules
from app.rules import tables
from app.rules.access import Actor
from app.rules.categories import EXTRAS
from app.rules.projections import SYSTEMS, WGS84
from app.schemas.base import clean
from app.schemas.pin import PinSchema

IMPORT = table(Import)
SCHEMA = PinSchema()
CLIENT = "import"
DRAFTS_LAST = timedelta(days=1)
MOST_DRAFTS = 10
LONGEST_NAME = 120
LISTED = [column for column in IMPORT.c if column.name != "content"]


@dataclass(frozen=True)
class Look:
    """A file as it would be taken in: its table, what is chosen, its rows, and which are here already."""

    row: AnyRow
    table: tables.Table
    choices: rules.Choices
    rows: list[rules.Row]
    known: set[int]

    @property
    def good(self) -> list[rules.Row]:
        return [row for row in self.rows if not row.faults]


def bring(actor: Actor, walk_id: UUID, name: str, content: bytes, now: datetime) -> UUID:
    """Keep a file to be looked at.

    Raises Problem(not_found | forbidden | walk_archived), tables.Unreadable.
    """
    tables.read(content, tables.Reading())
    import_id = new_id()
    file = {"kind": "table", "name": name, "size_bytes": len(content), "content": content, "choices": {}}
    keep_draft(actor, walk_id, import_id, file, now)
    return import_id


def keep_draft(actor: Actor, walk_id: UUID, import_id: UUID, file: Mapping[str, Any], now: datetime) -> None:
    """Keep what was brought until somebody takes it in or a day has passed.

    Raises Problem(not_found | forbidden | walk_archived).
    """
    walk = lock_for_staff(actor, walk_id)
    _drop_drafts(walk_id, now)
    place = {"id": import_id, "organisation_id": walk.organisation_id, "walk_id": walk_id}
    fresh = {"name": clean(file["name"])[-LONGEST_NAME:], "state": "read", "counts": {}, "created_at": now}
    run(sa.insert(IMPORT), {**file, **place, **fresh})
    _note(actor, walk, import_id, "import_bring", now, bytes=file["size_bytes"])


def of_walk(actor: Actor, walk_id: UUID, kind: str) -> list[AnyRow]:
    """What was taken in from files of a kind, newest first. Raises Problem(not_found | forbidden)."""
    rights.require(actor, feed.feed_head(walk_id).organisation_id, "run")
    own = sa.and_(IMPORT.c.walk_id == walk_id, IMPORT.c.kind == kind, IMPORT.c.state != "read")
    return list(db.session.execute(sa.select(*LISTED).where(own).order_by(IMPORT.c.done_at.desc()).limit(50)))


def one(actor: Actor, walk_id: UUID, import_id: UUID, kind: str) -> AnyRow:
    """An import of the walk. Raises Problem(not_found | forbidden)."""
    walks.walk_for(actor, walk_id)
    row = _one(walk_id, import_id)
    if row.kind != kind:
        raise Problem("not_found")
    return row


def look(actor: Actor, walk_id: UUID, import_id: UUID, now: datetime) -> Look:
    """The file with what is chosen. Raises Problem(not_found | forbidden), tables.Unreadable."""
    row = one(actor, walk_id, import_id, "table")
    return _look(row, _surroundings(walk_id, now))


def choose(actor: Actor, walk_id: UUID, import_id: UUID, choices: Mapping[str, Any]) -> None:
    """Remember what a human says of the file. Raises Problem(not_found | forbidden | walk_archived)."""
    lock_for_staff(actor, walk_id)
    if _one(walk_id, import_id).state != "read":
        raise Problem("not_found")
    run(sa.update(IMPORT).where(IMPORT.c.id == import_id).values(choices=dict(choices)))


def take_in(actor: Actor, walk_id: UUID, import_id: UUID, now: datetime) -> dict[str, int]:
    """Make pins of the rows that have no fault; once. Returns how many of each.

    Raises Problem(not_found | forbidden | walk_archived), tables.Unreadable.
    """
    walk = lock_for_staff(actor, walk_id)
    row = _one(walk_id, import_id)
    if row.state != "read":
        return dict(row.counts)
    looked = _look(row, _surroundings(walk_id, now))
    pins = [_incoming(walk_id, each) for each in looked.good]
    counts = import_pins.take_in(actor, walk, import_id, pins, now)
    counts |= {"bad": len(looked.rows) - len(pins)}
    done = {"state": "done", "counts": counts, "done_at": now, "content": None}
    run(sa.update(IMPORT).where(IMPORT.c.id == import_id).values(done))
    _note(actor, walk, import_id, "import_done", now, **counts)
    return counts


def set_undone(actor: Actor, walk_id: UUID, import_id: UUID, undone: bool, now: datetime) -> int:
    """Take a whole import back, or bring it back as it stood. Returns how many pins.

    Raises Problem(not_found | forbidden | walk_archived).
    """
    walk = lock_for_staff(actor, walk_id)
    row = _one(walk_id, import_id)
    if row.state == "read":
        raise Problem("not_found")
    if (row.state == "undone") == undone:
        return 0
    if undone:
        count = import_pins.take_back(actor, walk, import_id, now)
    else:
        count = import_pins.bring_back(actor, walk, import_id, row.undone_at, now)
    state = {"state": "undone" if undone else "done", "undone_at": now if undone else None}
    run(sa.update(IMPORT).where(IMPORT.c.id == import_id).values(state))
    _note(actor, walk, import_id, "import_undone" if undone else "import_redone", now, pins=count)
    return count


def drop(actor: Actor, walk_id: UUID, import_id: UUID) -> None:
    """Forget a file that was not taken in. Raises Problem(not_found | forbidden | walk_archived)."""
    lock_for_staff(actor, walk_id)
    own = sa.and_(IMPORT.c.id == import_id, IMPORT.c.walk_id == walk_id, IMPORT.c.state == "read")
    run(sa.delete(IMPORT).where(own))


def _one(walk_id: UUID, import_id: UUID) -> AnyRow:
    own = sa.and_(IMPORT.c.id == import_id, IMPORT.c.walk_id == walk_id)
    row = run(sa.select(IMPORT).where(own)).first()
    if row is None:
        raise Problem("not_found")
    return row


def _drop_drafts(walk_id: UUID, now: datetime) -> None:
    """Files that nobody took in go after a day, and sooner when there are many."""
    drafts = sa.and_(IMPORT.c.walk_id == walk_id, IMPORT.c.state == "read")
    newest = sa.select(IMPORT.c.id).where(drafts).order_by(IMPORT.c.created_at.desc()).limit(MOST_DRAFTS - 1)
    kept = [key for (key,) in run(newest)]
    old = sa.or_(IMPORT.c.created_at < now - DRAFTS_LAST, IMPORT.c.id.not_in(kept))
    run(sa.delete(IMPORT).where(drafts, old))


def _surroundings(walk_id: UUID, now: datetime) -> rules.Surroundings:
    walk = db.session.get_one(Walk, walk_id)
    area = db.session.get_one(Area, walk.area_id)
    stops = db.session.scalars(sa.select(Stop).where(Stop.walk_id == walk_id))
    return rules.Surroundings(
        {str(stop.order): rules.Spot(str(stop.id), stop.lat, stop.lon) for stop in stops},
        ((area.south + area.north) / 2, (area.west + area.east) / 2),
        walk.starts_at,
        ZoneInfo(area.timezone),
        now,
        {
            rules.folded(name): one["key"]
            for one in walk.facts.get(EXTRAS, ())
            for name in (*one["name"].values(), one["key"])
        },
    )


def _look(row: AnyRow, around: rules.Surroundings) -> Look:
    if row.content is None:
        raise Problem("not_found")
    said: Mapping[str, Any] = row.choices
    reading = tables.Reading(said.get("encoding"), said.get("delimiter"), said.get("has_headings"))
    found = tables.read(row.content, reading)
    choices = _choices(found, said, around)
    rows = [_checked(each) for each in rules.rows(found, choices, around)]
    ids = {_pin_id(row.walk_id, each): each.number for each in rows}
    standing = {key for key, pin in import_pins.known(list(ids)).items() if pin.withdrawn_at is None}
    return Look(row, found, choices, rows, {ids[key] for key in standing})


def _choices(found: tables.Table, said: Mapping[str, Any], around: rules.Surroundings) -> rules.Choices:
    """What was said; what was not, guessed. Columns that the file does not have are none."""
    columns = rules.guess_columns(found.headings)
    told = said.get("columns", {})
    for name in rules.FIELDS:
        if name in told:
            at = told[name]
            columns[name] = at if at is not None and at < len(found.headings) else None
    system = said.get("system", "")
    if system not in (WGS84, *SYSTEMS):
        system = rules.guess_system(found, columns, around.middle)
    return rules.Choices(
        columns, system, said.get("category", ""), said.get("kind", "problem"), said.get("voice")
    )


def _checked(row: rules.Row) -> rules.Row:
    """The row as the wire's schema takes it: what the rules let through must be a pin."""
    if not row.faults:
        try:
            SCHEMA.load(_body(row))
        except ValidationError:
            row.faults.append(rules.Fault("wrong"))
    return row


def _body(row: rules.Row) -> dict[str, Any]:
    head = {"schema": 1, "client": CLIENT, "rev": 1, "base_rev": None}
    return head | row.fields | {"source": "import", "group": "import"}


def _pin_id(walk_id: UUID, row: rules.Row) -> UUID:
    return uuid5(walk_id, f"import:{row.key}")


def _incoming(walk_id: UUID, row: rules.Row) -> Incoming:
    body = _body(row)
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    message = Message(SCHEMA.load(body), payload, hashlib.sha256(payload.encode()).hexdigest())
    stop_id = UUID(row.fields["stop_id"]) if row.fields["stop_id"] else None
    return Incoming(_pin_id(walk_id, row), message, stop_id, row.reference)


def _note(actor: Actor, walk: AnyRow, import_id: UUID, act: str, now: datetime, **facts: Any) -> None:
    thing = ("import", import_id)
    audit.note(actor, walk.organisation_id, act, now, walk_id=walk.id, thing=thing, **facts)
