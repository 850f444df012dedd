"""The change feed: one per walk, numbered under the walk's own row lock.

Owns the counter, the change rows and the reading of them. A number exists for a reader only once
its transaction is visible, because the row lock is held until commit; an autoincrement or a clock
would lose rows for a poller. Each reader gets its own projection (operations.views).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, db, run, table
from app.models import Area, Change, Walk
from app.problems import Problem

WALK = table(Walk)
AREA = table(Area)
CHANGE = table(Change)
LOCKED = ("id", "organisation_id", "state", "closing_at", "epoch", "epoch_at", "feed_seq", "pin_count")
READ = (
    sa.select(
        *(WALK.c[name] for name in LOCKED),
        *(AREA.c[name] for name in ("west", "south", "east", "north", "polygon")),
    )
    .join(AREA, AREA.c.id == WALK.c.area_id)
    .where(WALK.c.id == sa.bindparam("walk_id"))
)
LOCK = READ.with_for_update(of=WALK)
TAKE_NUMBER = (
    sa.update(WALK)
    .where(WALK.c.id == sa.bindparam("walk"))
    .values(
        feed_seq=WALK.c.feed_seq + 1, pin_count=WALK.c.pin_count + sa.bindparam("new_pins", type_=sa.Integer)
    )
    .returning(WALK.c.epoch, WALK.c.feed_seq, WALK.c.pin_count)
)
MOVE = (
    sa.update(CHANGE)
    .where(CHANGE.c.walk_id == sa.bindparam("of_walk"))
    .where(CHANGE.c.thing == sa.bindparam("of_thing"), CHANGE.c.thing_id == sa.bindparam("of_id"))
    .values({name: sa.bindparam(name) for name in ("seq", "verb", "actor", "at")})
)
APPEND = sa.insert(CHANGE)
TAKE_NUMBERS = (
    sa.update(WALK)
    .where(WALK.c.id == sa.bindparam("walk"))
    .values(
        feed_seq=WALK.c.feed_seq + sa.bindparam("how_many", type_=sa.BigInteger),
        pin_count=WALK.c.pin_count + sa.bindparam("new_pins", type_=sa.Integer),
    )
    .returning(WALK.c.feed_seq, WALK.c.pin_count)
)
HEAD = sa.select(
    *(WALK.c[name] for name in ("id", "organisation_id", "epoch", "feed_seq", "backed_up_seq", "state")),
    WALK.c.others_visible,
).where(WALK.c.id == sa.bindparam("walk_id"))
AFTER = (
    sa.select(CHANGE.c.seq, CHANGE.c.thing, CHANGE.c.thing_id)
    .where(CHANGE.c.walk_id == sa.bindparam("walk_id"))
    .where(CHANGE.c.seq > sa.bindparam("after"), CHANGE.c.seq <= sa.bindparam("upto"))
    .order_by(CHANGE.c.seq)
    .limit(sa.bindparam("most", type_=sa.Integer))
)


@dataclass(frozen=True)
class Number:
    """A position in a walk's feed."""

    epoch: str
    seq: int
    pin_count: int


def lock_walk(walk_id: UUID) -> AnyRow:
    """Lock the walk's row before anything else is read for a write; its area comes with it.

    Raises Problem(not_found).
    """
    statement = LOCK if db.engine.dialect.name == "postgresql" else READ
    row = run(statement, {"walk_id": walk_id}).first()
    if row is None:
        raise Problem("not_found")
    return row


def next_number(walk_id: UUID, new_pins: int = 0) -> Number:
    """Take the walk's next number. Call it under `lock_walk`, as late as possible."""
    row = run(TAKE_NUMBER, {"walk": walk_id, "new_pins": new_pins}).one()
    return Number(row.epoch, row.feed_seq, row.pin_count)


def next_numbers(walk_id: UUID, how_many: int) -> range:
    """Take many numbers at once, for an act that touches many things."""
    last: int = run(TAKE_NUMBERS, {"walk": walk_id, "how_many": how_many, "new_pins": 0}).scalar_one()
    return range(last - how_many + 1, last + 1)


def next_pin_numbers(walk_id: UUID, how_many: int) -> list[tuple[int, int]]:
    """A place in the feed and a number in the walk for each of many new pins."""
    taken = run(TAKE_NUMBERS, {"walk": walk_id, "how_many": how_many, "new_pins": how_many}).one()
    first, number = taken.feed_seq - how_many + 1, taken.pin_count - how_many + 1
    return [(first + at, number + at) for at in range(how_many)]


def append(
    walk: AnyRow,
    thing: str,
    thing_id: UUID,
    seq: int,
    verb: str,
    actor: str,
    now: datetime,
    is_new: bool = False,
) -> None:
    """Put `thing` at `seq` in the feed; an older row of the same thing moves."""
    values = {"seq": seq, "verb": verb, "actor": actor, "at": now}
    if not is_new:
        moved = run(MOVE, values | {"of_walk": walk.id, "of_thing": thing, "of_id": thing_id})
        if moved.rowcount:
            return
    key = {"walk_id": walk.id, "thing": thing, "thing_id": thing_id}
    run(APPEND, key | values | {"organisation_id": walk.organisation_id})


def move(
    walk: AnyRow, thing: str, places: Iterable[tuple[UUID, int]], verb: str, actor: str, now: datetime
) -> None:
    """Move many things that stand in the feed already, each to its new number."""
    same = {"of_walk": walk.id, "of_thing": thing, "verb": verb, "actor": actor, "at": now}
    if rows := [same | {"of_id": thing_id, "seq": seq} for thing_id, seq in places]:
        run(MOVE, rows)


def append_new(
    walk: AnyRow, thing: str, places: Iterable[tuple[UUID, int]], verb: str, actor: str, now: datetime
) -> None:
    """Put many new things in the feed, each at its number."""
    same = {"walk_id": walk.id, "organisation_id": walk.organisation_id, "thing": thing}
    same |= {"verb": verb, "actor": actor, "at": now}
    if rows := [same | {"thing_id": thing_id, "seq": seq} for thing_id, seq in places]:
        run(APPEND, rows)


@dataclass(frozen=True)
class Page:
    """Changes after a cursor: the things to show, oldest first, and where to go on."""

    epoch: str
    seq: int
    more: bool
    reset: bool
    rows: Sequence[AnyRow]


def changes_after(walk: AnyRow, epoch: str, after: int, limit: int) -> Page:
    """One page of the feed. A foreign epoch or a cursor from the future starts over."""
    reset = bool(epoch or after) and (epoch != walk.epoch or after > walk.feed_seq)
    start = 0 if reset else after
    if start >= walk.feed_seq:
        return Page(walk.epoch, walk.feed_seq, False, reset, [])
    # What came since the head was read waits for the next page, or it would be told twice.
    upto = {"upto": walk.feed_seq, "most": limit + 1}
    rows = run(AFTER, {"walk_id": walk.id, "after": start, **upto}).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(walk.epoch, rows[-1].seq if more else walk.feed_seq, more, reset, rows)


def feed_head(walk_id: UUID) -> AnyRow:
    """The columns a reader of the feed needs of its walk. Raises Problem(not_found)."""
    row = run(HEAD, {"walk_id": walk_id}).first()
    if row is None:
        raise Problem("not_found")
    return row


def answer(
    walk: AnyRow, page: Page, project: Callable[[Sequence[AnyRow]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """The feed's answer on the wire."""
    body: dict[str, Any] = {
        "epoch": page.epoch,
        "seq": page.seq,
        "more": page.more,
        "backed_up_seq": walk.backed_up_seq,
        "walk_state": walk.state,
        "items": project(page.rows) if page.rows else [],
    }
    return body | ({"reset": True} if page.reset else {})
