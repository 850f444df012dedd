"""Log-ins: one row for each, so that whoever is logged in can be seen and shown out.

Owns how long a log-in lasts. It ends twelve hours after it began, however often it is used, so that
none can be idle for longer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.adapters.ids import new_id
from app.db import UtcDateTime, db, run, table
from app.models import LoginSession, Membership
from app.operations import audit
from app.problems import Problem
from app.rules.access import Actor
from app.rules.devices import device_of

LASTS = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=90)
LOGIN = table(LoginSession)
SEE = (
    sa.update(LOGIN)
    .where(LOGIN.c.id == sa.bindparam("login"), LOGIN.c.seen_at < sa.bindparam("before", type_=UtcDateTime))
    .values(seen_at=sa.bindparam("now", type_=UtcDateTime))
)


def begin(actor: Actor, agent: str, now: datetime) -> UUID:
    """A new log-in by a browser that calls itself `agent`; rows long past are removed."""
    own = LOGIN.c.facilitator_id == actor.id
    db.session.execute(sa.delete(LOGIN).where(own, LOGIN.c.created_at < now - KEPT))
    login_id = new_id()
    row = {"id": login_id, "facilitator_id": actor.id, "device": device_of(agent)}
    db.session.execute(sa.insert(LOGIN).values(**row, created_at=now, seen_at=now))
    _note(actor, "log_in", now)
    return login_id


def see(login_id: UUID, now: datetime) -> None:
    """Note that it is in use, at most once a minute."""
    run(SEE, {"login": login_id, "before": now - SEEN_EVERY, "now": now})


def own(actor: Actor, now: datetime) -> list[LoginSession]:
    """The actor's log-ins that are going on, the latest used first."""
    found = sa.select(LoginSession).where(*_going_on(actor, now))
    return list(db.session.scalars(found.order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())))


def end(actor: Actor, login_id: UUID, now: datetime) -> None:
    """End one of the actor's own. Raises Problem(not_found)."""
    ended = sa.update(LOGIN).where(*_going_on(actor, now), LOGIN.c.id == login_id).values(ended_at=now)
    if db.session.execute(ended).rowcount != 1:  # type: ignore[attr-defined]
        raise Problem("not_found")
    _note(actor, "log_out", now)


def end_others(actor: Actor, kept: UUID | None, now: datetime) -> int:
    """End all of the actor's own but `kept`, or simply all; tells how many."""
    others = sa.update(LOGIN).where(*_going_on(actor, now), LOGIN.c.id.is_distinct_from(kept))
    count: int = db.session.execute(others.values(ended_at=now)).rowcount  # type: ignore[attr-defined]
    if count:
        _note(actor, "log_out_others", now, count=count)
    return count


def memberships(facilitator_id: UUID) -> dict[UUID, str]:
    """A person's organisations and the role in each."""
    own = sa.and_(Membership.facilitator_id == facilitator_id, Membership.ended_at.is_(None))
    rows = db.session.execute(sa.select(Membership.organisation_id, Membership.role).where(own))
    return {row.organisation_id: row.role for row in rows}


def _going_on(actor: Actor, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    live = (LOGIN.c.ended_at.is_(None), LOGIN.c.created_at > now - LASTS)
    return (LOGIN.c.facilitator_id == actor.id, *live)


def _note(actor: Actor, act: str, now: datetime, **facts: Any) -> None:
    for organisation_id in actor.memberships:
        audit.note(actor, organisation_id, act, now, thing=("person", actor.id), **facts)
