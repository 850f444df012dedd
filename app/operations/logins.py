"""Log-ins: one row for each, so that whoever is logged in can be seen and shown out.

Owns how long a log-in lasts. It ends twelve hours after it began, however often it is used, so that
none can be idle for longer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.adapters.ids import new_id
from app.db import UtcDateTime, changed, db, run, table
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


@dataclass(frozen=True)
class Way:
    """How somebody came in: both factors, and whether only a second factor may be got."""

    method: str | None = None
    second: str | None = None
    is_limited: bool = False


def begin(actor: Actor, agent: str, way: Way, now: datetime) -> UUID:
    """A new log-in by a browser that calls itself `agent`; rows long past are removed."""
    own = LOGIN.c.facilitator_id == actor.id
    db.session.execute(sa.delete(LOGIN).where(own, LOGIN.c.created_at < now - KEPT))
    login_id = new_id()
    row = {"id": login_id, "facilitator_id": actor.id, "device": device_of(agent), **asdict(way)}
    db.session.execute(sa.insert(LOGIN).values(**row, created_at=now, seen_at=now))
    factors = {"method": way.method, "second": way.second}
    note(actor, "log_in", now, **{name: factor for name, factor in factors.items() if factor})
    return login_id


def strengthen(actor: Actor, login_id: UUID | None, second: str) -> None:
    """A second factor was got or shown within the log-in: it is no longer limited."""
    own = sa.and_(LOGIN.c.id == login_id, LOGIN.c.facilitator_id == actor.id)
    db.session.execute(sa.update(LOGIN).where(own).values(second=second, is_limited=False))


def limit(actor: Actor, login_id: UUID | None) -> None:
    """The log-in may do nothing but get a second factor."""
    own = sa.and_(LOGIN.c.id == login_id, LOGIN.c.facilitator_id == actor.id)
    db.session.execute(sa.update(LOGIN).where(own).values(second=None, is_limited=True))


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
    if changed(ended) != 1:
        raise Problem("not_found")
    note(actor, "log_out", now)


def end_others(actor: Actor, kept: UUID | None, now: datetime) -> int:
    """End all of the actor's own but `kept`, or simply all; tells how many."""
    others = sa.update(LOGIN).where(*_going_on(actor, now), LOGIN.c.id.is_distinct_from(kept))
    count = changed(others.values(ended_at=now))
    if count:
        note(actor, "log_out_others", now, count=count)
    return count


def end_all(person: UUID, now: datetime) -> None:
    """Show somebody out everywhere."""
    going_on = sa.and_(LOGIN.c.facilitator_id == person, LOGIN.c.ended_at.is_(None))
    db.session.execute(sa.update(LOGIN).where(going_on).values(ended_at=now))


def memberships(facilitator_id: UUID) -> dict[UUID, str]:
    """A person's organisations and the role in each."""
    own = sa.and_(Membership.facilitator_id == facilitator_id, Membership.ended_at.is_(None))
    rows = db.session.execute(sa.select(Membership.organisation_id, Membership.role).where(own))
    return {row.organisation_id: row.role for row in rows}


def _going_on(actor: Actor, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    live = (LOGIN.c.ended_at.is_(None), LOGIN.c.created_at > now - LASTS)
    return (LOGIN.c.facilitator_id == actor.id, *live)


def note(actor: Actor, act: str, now: datetime, **facts: Any) -> None:
    """A line about the person in the log of every organisation that it belongs to."""
    for organisation_id in memberships(actor.id):
        audit.note(actor, organisation_id, act, now, thing=("person", actor.id), **facts)
