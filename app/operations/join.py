"""Joining a walk, coming back to it, and leaving.

Owns participants and their tokens. A participant is a device in one walk: no name, no account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.adapters.ids import new_id
from app.adapters.secrets import code_hmac, new_capability, new_token, participant_of, token_hash
from app.db import AnyRow, db, run
from app.models import Participant, Walk
from app.operations.participants import KEPT_BACK, PARTICIPANT
from app.problems import Problem
from app.rules.access import Actor
from app.rules.walks import must_wait, problem_of_joining

BY_TOKEN = sa.select(PARTICIPANT.c.id, KEPT_BACK.label("kept_back")).where(
    PARTICIPANT.c.token_hash == sa.bindparam("token_hash"), PARTICIPANT.c.walk_id == sa.bindparam("walk_id")
)

IS_KEPT_BACK = sa.select(KEPT_BACK).where(PARTICIPANT.c.id == sa.bindparam("participant"))


@dataclass(frozen=True)
class Joined:
    """What a phone gets: `token` for the cookie, `rejoin` to keep for later years."""

    walk_id: UUID
    participant_id: UUID
    token: str
    rejoin: str
    epoch: str


def find_walk(code: str) -> Walk:
    """The walk that `code` belongs to. Raises Problem(code_unknown)."""
    lookup = code_hmac(code)
    walk = db.session.scalar(sa.select(Walk).where(Walk.code_hmac == lookup)) if lookup else None
    if walk is None:
        raise Problem("code_unknown")
    return walk


def problem_of_walk(walk: Walk, now: datetime) -> str | None:
    """The problem code that keeps newcomers out of `walk`, or None."""
    return problem_of_joining(walk.state, walk.starts_at, walk.newcomers_paused, now)


def join(code: str, now: datetime) -> Joined:
    """A new participant in the walk of `code`.

    Raises Problem(code_unknown | walk_not_open | walk_over | newcomers_paused).
    """
    walk = find_walk(code)
    if problem := problem_of_walk(walk, now):
        raise Problem(problem, opens_at=walk.starts_at.isoformat())
    participant = Participant(
        id=new_id(), organisation_id=walk.organisation_id, walk_id=walk.id, joined_at=now
    )
    participant.waiting_at = now if must_wait(walk.newcomers_wait_from, now) else None
    token, rejoin = new_token(), new_capability(walk.id, participant.id)
    participant.token_hash, participant.rejoin_hash = token_hash(token), token_hash(rejoin)
    db.session.add(participant)
    db.session.flush()
    return Joined(walk.id, participant.id, token, rejoin, walk.epoch)


def rejoin(walk_id: UUID, capability: str, now: datetime) -> Joined:
    """A fresh token for the participant that holds `capability`. Raises Problem(not_joined | walk_gone).

    A participant of whom a restored server knows nothing is made again: its phone holds what we gave it.
    That a walk is gone is told to those alone who can show that they were in it.
    """
    walk = db.session.get(Walk, walk_id)
    if walk is None and participant_of(walk_id, capability):
        raise Problem("walk_gone")
    held = (Participant.walk_id == walk_id, Participant.rejoin_hash == token_hash(capability))
    participant = db.session.scalar(sa.select(Participant).where(*held))
    if walk and participant is None:
        participant = _forgotten(walk, capability, now)
    if walk is None or participant is None:
        raise Problem("not_joined")
    token = new_token()
    participant.token_hash = token_hash(token)
    participant.left_at = None
    return Joined(walk_id, participant.id, token, capability, walk.epoch)


def _forgotten(walk: Walk, capability: str, now: datetime) -> Participant | None:
    known = participant_of(walk.id, capability)
    if known is None or db.session.get(Participant, known) is not None:
        return None
    participant = Participant(id=known, organisation_id=walk.organisation_id, walk_id=walk.id, joined_at=now)
    participant.waiting_at = now if must_wait(walk.newcomers_wait_from, now) else None
    participant.rejoin_hash = token_hash(capability)
    db.session.add(participant)
    return participant


def sender_of(walk: AnyRow, capability: str, now: datetime) -> Actor | None:
    """The participant to whom we gave `capability`, to send in its name; made again if it was forgotten."""
    known = participant_of(walk.id, capability)
    if known is None:
        return None
    _forgotten(db.session.get_one(Walk, walk.id), capability, now)
    db.session.flush()
    is_kept_back = run(IS_KEPT_BACK, {"participant": known}).scalar_one()
    return Actor("participant", known, walk_id=walk.id, is_kept_back=bool(is_kept_back))


def mint_capability(actor: Actor) -> str:
    """A new re-join capability for a phone that joined by form; the one before ends."""
    if actor.walk_id is None or actor.id is None:
        raise Problem("not_joined")
    capability = new_capability(actor.walk_id, actor.id)
    change = sa.update(PARTICIPANT).where(PARTICIPANT.c.id == actor.id)
    db.session.execute(change.values(rejoin_hash=token_hash(capability)))
    return capability


def leave(actor: Actor, now: datetime) -> None:
    """Revoke the token at once; what was sent stays."""
    change = sa.update(PARTICIPANT).where(PARTICIPANT.c.id == actor.id)
    db.session.execute(change.values(token_hash=None, left_at=now))


def participant_by_token(walk_id: UUID, token: str) -> Actor | None:
    """Who holds `token` in `walk_id`, or None."""
    row = run(BY_TOKEN, {"token_hash": token_hash(token), "walk_id": walk_id}).first()
    if row is None:
        return None
    return Actor("participant", row.id, walk_id=walk_id, is_kept_back=bool(row.kept_back))
