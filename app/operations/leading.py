"""Leading a walk: how many take part, and how far their phones have come. Numbers alone.

Owns what phones tell of themselves beside the feed. Promises that nothing here says who somebody is or
where anybody stands.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db, run, table
from app.models import Participant, Pin
from app.operations import walks
from app.rules.access import Actor

PARTICIPANT = table(Participant)
PIN = table(Pin)
TOLD = sa.select(PARTICIPANT.c.is_ready, PARTICIPANT.c.unsent).where(PARTICIPANT.c.id == sa.bindparam("who"))
TELL = (
    sa.update(PARTICIPANT)
    .where(PARTICIPANT.c.id == sa.bindparam("who"))
    .values(is_ready=sa.bindparam("ready"), unsent=sa.bindparam("left"))
)


def is_news(actor: Actor, ready: bool, unsent: int) -> bool:
    """Whether the phone tells anything that is not known of it yet."""
    row = run(TOLD, {"who": actor.id}).first()
    return row is not None and (row.is_ready, row.unsent) != (ready, unsent)


def tell(actor: Actor, ready: bool, unsent: int) -> None:
    """Keep what a phone says of itself."""
    run(TELL, {"who": actor.id, "ready": ready, "left": unsent})


def figures(actor: Actor, walk_id: UUID, now: datetime) -> dict[str, Any]:
    """The walk in numbers, for whoever leads it. Raises Problem(not_found | forbidden)."""
    walk = walks.walk_for(actor, walk_id, "lead")
    is_in = sa.or_(PARTICIPANT.c.waiting_at.is_(None), PARTICIPANT.c.let_in_at.is_not(None))
    here = sa.and_(PARTICIPANT.c.walk_id == walk_id, PARTICIPANT.c.left_at.is_(None), is_in)
    ready = sa.func.coalesce(sa.func.sum(sa.case((PARTICIPANT.c.is_ready, 1), else_=0)), 0)
    unsent = sa.func.coalesce(sa.func.sum(PARTICIPANT.c.unsent), 0)
    row = db.session.execute(sa.select(sa.func.count(), ready, unsent).where(here)).one()
    alive = sa.and_(PIN.c.walk_id == walk_id, PIN.c.withdrawn_at.is_(None))
    pins = db.session.scalar(sa.select(sa.func.count()).select_from(PIN).where(alive))
    return {
        "state": walk.state,
        "paused": walk.newcomers_paused,
        "joined": row[0],
        "ready": row[1],
        "unsent": row[2],
        "pins": pins,
        "at": now.isoformat(),
    }
