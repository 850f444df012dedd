"""What a restored server lacked and phones have sent again: the phone heals the server, and staff see it.

Owns the list of what was lacking when phones asked. That a thing has come back is read off the thing itself,
so the count is true at any time and costs sending nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, db, run, table
from app.models import Photo, Pin, PinRevision, Refill, Walk
from app.operations import feed

REFILL, WALK = table(Refill), table(Walk)
SHOWN_FOR = timedelta(days=14)
"""As long as a walk takes things in after its end, by default."""


@dataclass(frozen=True)
class Refilled:
    """Of a walk whose epoch began anew at `since`: what was lacking, asked for, and is here again."""

    walk_id: UUID
    since: datetime
    pins: int
    photos: int


def expect(walk_id: UUID, held: Mapping[str, Any], lacking: Mapping[str, Any], now: datetime) -> None:
    """Note what the phone is about to send again. Only after a restore: else it is merely new."""
    walk = feed.lock_walk(walk_id)
    if walk.epoch_at is None:
        return
    own = sa.and_(REFILL.c.walk_id == walk_id, REFILL.c.epoch == walk.epoch)
    known = {(row.thing, row.sha256) for row in run(sa.select(REFILL.c.thing, REFILL.c.sha256).where(own))}
    same = {"walk_id": walk_id, "organisation_id": walk.organisation_id, "epoch": walk.epoch, "asked_at": now}
    wanted = {(thing, sha256): thing_id for thing, sha256, thing_id in _told(held, lacking)}
    rows = [
        same | {"thing": thing, "sha256": sha256, "thing_id": thing_id}
        for (thing, sha256), thing_id in wanted.items()
        if (thing, sha256) not in known
    ]
    if rows:
        run(sa.insert(REFILL), rows)


def _told(held: Mapping[str, Any], lacking: Mapping[str, Any]) -> Iterator[tuple[str, str, UUID | None]]:
    """Kind, hash and id of each thing that is lacking."""
    for thing, name in (("pin", "pins"), ("rating", "ratings")):
        wanted = set(lacking[name])
        yield from ((thing, one["sha256"], one["id"]) for one in held[name] if str(one["id"]) in wanted)
    yield from (("photo", sha256, None) for sha256 in lacking["photos"])


def of_walk(walk: Walk | AnyRow) -> Refilled | None:
    """The count of one walk; None when its epoch never began anew."""
    if walk.epoch_at is None:
        return None
    here = sa.and_(REFILL.c.walk_id == walk.id, REFILL.c.epoch == walk.epoch)
    pins = sa.select(sa.func.count(sa.distinct(REFILL.c.thing_id))).where(here, REFILL.c.thing == "pin")
    came = sa.and_(PinRevision.pin_id == REFILL.c.thing_id, PinRevision.sha256 == REFILL.c.sha256)
    pins = pins.join(PinRevision, came).join(
        Pin, sa.and_(Pin.id == PinRevision.pin_id, Pin.walk_id == walk.id)
    )
    photos = sa.select(sa.func.count()).select_from(REFILL).where(here, REFILL.c.thing == "photo")
    stored = sa.and_(Photo.walk_id == walk.id, Photo.sent_sha256 == REFILL.c.sha256, Photo.state != "lost")
    photos = photos.join(Photo, stored)
    return Refilled(walk.id, walk.epoch_at, db.session.scalar(pins) or 0, db.session.scalar(photos) or 0)


def shown(walk: Walk, now: datetime) -> Refilled | None:
    """The same for the desk, while it is news."""
    is_news = walk.epoch_at is not None and now - walk.epoch_at < SHOWN_FOR
    return of_walk(walk) if is_news else None


def of_all() -> Sequence[Refilled]:
    """The counts of all walks that were ever put back."""
    rows = db.session.execute(sa.select(WALK).where(WALK.c.epoch_at.is_not(None)).order_by(WALK.c.epoch_at))
    return [one for row in rows.all() if (one := of_walk(row))]
