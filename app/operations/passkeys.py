"""Passkeys: a person's keys, added, removed for a while, and used to come in.

Owns their rows. Promises that a question is answered once and within minutes, and that a key lets in its
own person alone. What an answer must hold is adapters.passkeys'.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from app.adapters import passkeys as webauthn
from app.adapters.ids import new_id
from app.adapters.passkeys import Answer, NotRight, Place
from app.adapters.secrets import challenge_age_s, new_challenge
from app.db import db
from app.models import Facilitator, Passkey
from app.operations import logins, second_factor
from app.operations.once import spend
from app.problems import Problem
from app.rules.access import Actor

LASTS = timedelta(minutes=15)
"""So long may pass between question and answer: the log-in page stands open for a while."""
UNDO = timedelta(hours=24)
MOST = 20
LONGEST_NAME = 60


def place() -> Place | None:
    """Where passkeys belong to, or None where browsers refuse them."""
    return webauthn.place_of(current_app.config["SETTINGS"].public_url)


def question_to_add(actor: Actor) -> str | None:
    """What the browser is asked for one more passkey; None where there can be none."""
    where = place()
    if where is None:
        return None
    person = db.session.get_one(Facilitator, actor.id)
    challenge = new_challenge(_to_add(actor.id))
    names = (person.email, person.name)
    return webauthn.question_to_make(where, actor.id.bytes, names, challenge, _ids(actor.id))


def question_to_use(person: UUID | None = None) -> str | None:
    """What the browser is asked to come in: by any passkey, or as the second step by one of the person's."""
    where = place()
    if where is None:
        return None
    return webauthn.question_to_use(where, new_challenge(_to_use(person)), _ids(person) if person else ())


def own(actor: Actor, now: datetime) -> list[Passkey]:
    """The actor's, the oldest first; removed ones while they can be taken back."""
    kept = sa.or_(Passkey.removed_at.is_(None), Passkey.removed_at > now - UNDO)
    found = sa.select(Passkey).where(Passkey.facilitator_id == actor.id, kept)
    return list(db.session.scalars(found.order_by(Passkey.id)))


def add(actor: Actor, text: str, name: str, login: UUID | None, now: datetime) -> None:
    """One more passkey of the actor. Raises Problem(passkey_refused)."""
    where, answer = _read(text, _to_add(actor.id), now)
    try:
        made = webauthn.made(where, answer)
    except NotRight as error:
        raise Problem("passkey_refused") from error
    _purge(now)
    taken = sa.select(Passkey.id).where(Passkey.credential_id == made.credential_id)
    if db.session.scalar(taken) or len(own(actor, now)) >= MOST:
        raise Problem("passkey_refused")
    row = Passkey(id=new_id(), facilitator_id=actor.id, name=name, created_at=now, **vars(made))
    db.session.add(row)
    logins.strengthen(actor, login, "passkey")
    logins.note(actor, "passkey_add", now)


def use(text: str, person: UUID | None, now: datetime) -> Facilitator:
    """Whose passkey answered; `person` where it is the second step. Raises Problem(passkey_refused)."""
    where, answer = _read(text, _to_use(person), now)
    live = sa.and_(Passkey.credential_id == answer.credential_id, Passkey.removed_at.is_(None))
    key = db.session.scalar(sa.select(Passkey).where(live).with_for_update())
    if key is None or (person or key.facilitator_id) != key.facilitator_id:
        raise Problem("passkey_refused")
    if answer.owner not in (None, key.facilitator_id.bytes):
        raise Problem("passkey_refused")
    try:
        key.sign_count = webauthn.used(where, answer, key.public_key, key.sign_count)
    except NotRight as error:
        raise Problem("passkey_refused") from error
    key.used_at = now
    owner = db.session.get_one(Facilitator, key.facilitator_id)
    if not owner.active:
        raise Problem("passkey_refused")
    return owner


def remove(actor: Actor, passkey_id: UUID, now: datetime) -> None:
    """It no longer lets in, and can be taken back for a day.

    Raises Problem(not_found | second_factor_required).
    """
    _own(actor, passkey_id, now).removed_at = now
    db.session.flush()
    if second_factor.step_for(actor.id, None) == "enrol":
        raise Problem("second_factor_required")
    logins.note(actor, "passkey_remove", now)


def take_back(actor: Actor, passkey_id: UUID, now: datetime) -> None:
    """Undo `remove`. Raises Problem(not_found)."""
    _own(actor, passkey_id, now).removed_at = None
    logins.note(actor, "passkey_back", now)


def _own(actor: Actor, passkey_id: UUID, now: datetime) -> Passkey:
    found = [key for key in own(actor, now) if key.id == passkey_id]
    if not found:
        raise Problem("not_found")
    return found[0]


def _read(text: str, purpose: str, now: datetime) -> tuple[Place, Answer]:
    """The answer to a question of ours, which is then used up. Raises Problem(passkey_refused)."""
    where = place()
    try:
        answer = webauthn.read(text)
    except NotRight as error:
        raise Problem("passkey_refused") from error
    age = challenge_age_s(answer.challenge, purpose)
    if where is None or age is None or age > LASTS.total_seconds():
        raise Problem("passkey_refused")
    if not spend(answer.challenge, now + LASTS, now):
        raise Problem("passkey_refused")
    return where, answer


def _ids(person: UUID) -> list[bytes]:
    live = sa.and_(Passkey.facilitator_id == person, Passkey.removed_at.is_(None))
    return list(db.session.scalars(sa.select(Passkey.credential_id).where(live)))


def _purge(now: datetime) -> None:
    db.session.execute(sa.delete(Passkey).where(Passkey.removed_at < now - UNDO))


def _to_add(person: UUID) -> str:
    return f"add a passkey {person}"


def _to_use(person: UUID | None) -> str:
    return f"second step {person}" if person else "come in"
