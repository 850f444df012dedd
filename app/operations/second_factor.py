"""Second factors: an authenticator app and recovery codes, and what each log-in still lacks.

Owns their rows. Promises that a code works once, that recovery codes are told once and stored as hashes,
and that whoever resets a colleague's has no wider reach than the colleague. Passkeys are operations.passkeys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.adapters import totp
from app.adapters.ids import new_id
from app.adapters.secrets import new_recovery_code, reseal, seal, token_hash, unseal
from app.db import changed, db
from app.models import Authenticator, Facilitator, Membership, Organisation, Passkey, RecoveryCode, SignOn
from app.operations import audit, facilitators, logins, rights
from app.problems import Problem
from app.rules.access import Actor, may
from app.rules.second_factor import (
    RECOVERY_CODES,
    Second,
    Step,
    in_fours,
    is_required,
    next_step,
    normal_recovery,
    normal_totp,
)

PURPOSE = "totp"
PENDING = timedelta(minutes=30)
"""So long a QR code that was not confirmed stays good."""


@dataclass(frozen=True)
class Held:
    """What a person has beside the passphrase."""

    app_since: datetime | None
    passkeys: int
    codes_left: int

    @property
    def has_app(self) -> bool:
        return self.app_since is not None


def held(person: UUID) -> Held:
    own = Authenticator.facilitator_id == person
    since = db.session.scalar(sa.select(Authenticator.confirmed_at).where(own))
    keys = sa.select(sa.func.count()).where(Passkey.facilitator_id == person, Passkey.removed_at.is_(None))
    unused = sa.and_(RecoveryCode.facilitator_id == person, RecoveryCode.used_at.is_(None))
    codes = sa.select(sa.func.count()).where(unused)
    return Held(since, db.session.scalar(keys) or 0, db.session.scalar(codes) or 0)


def required(person: UUID) -> bool:
    """Whether an organisation of the person asks for it."""
    own = sa.and_(Membership.facilitator_id == person, Membership.ended_at.is_(None))
    found = sa.select(Organisation.second_factor_of, Membership.role).join_from(Membership, Organisation)
    return is_required((row[0], row[1]) for row in db.session.execute(found.where(own)))


def step_for(person: UUID, second: Second | None) -> Step:
    """What follows on a first factor, with which `second` may have come."""
    has = held(person)
    return next_step(has.has_app, has.passkeys > 0, required(person), second)


def begin_app(actor: Actor, now: datetime) -> None:
    """A new secret, which counts for nothing until a code confirms it. Raises Problem(not_found)."""
    row = db.session.get(Authenticator, actor.id)
    if row is None:
        row = Authenticator(facilitator_id=actor.id)
        db.session.add(row)
    elif row.confirmed_at is not None:
        raise Problem("not_found")
    row.sealed_secret, row.created_at = seal(totp.new_secret(), PURPOSE), now


def pending_secret(actor: Actor, now: datetime) -> str:
    """The secret that waits for its first code. Raises Problem(not_found)."""
    row = db.session.get(Authenticator, actor.id)
    secret = unseal(row.sealed_secret, PURPOSE) if row else None
    if row is None or secret is None or row.confirmed_at is not None or now - row.created_at > PENDING:
        raise Problem("not_found")
    return secret


def confirm_app(actor: Actor, typed: str, login: UUID | None, now: datetime) -> list[str]:
    """Switch it on by a first code; the recovery codes, told this once.

    Raises Problem(wrong_code | not_found).
    """
    secret, code = pending_secret(actor, now), normal_totp(typed)
    step = totp.step_of(secret, code, now, None) if code else None
    if step is None:
        raise Problem("wrong_code")
    own = sa.and_(Authenticator.facilitator_id == actor.id, Authenticator.confirmed_at.is_(None))
    switched = sa.update(Authenticator).where(own).values(confirmed_at=now, last_step=step)
    if changed(switched) != 1:
        raise Problem("not_found")
    logins.strengthen(actor, login, "totp")
    logins.note(actor, "totp_on", now)
    return _new_codes(actor, now)


def check(person: UUID, typed: str, now: datetime) -> Second:
    """Use up a code of the app or a recovery code. Raises Problem(wrong_code)."""
    if (code := normal_totp(typed)) and _used_app_code(person, code, now):
        return "totp"
    if (code := normal_recovery(typed)) and _used_recovery_code(person, code, now):
        return "recovery"
    raise Problem("wrong_code")


def identify(actor: Actor, typed: str, now: datetime) -> None:
    """It is really the person: by the passphrase, or by a code. Raises Problem(wrong_code)."""
    if not facilitators.is_password(db.session.get_one(Facilitator, actor.id), typed):
        check(actor.id, typed, now)


def renew_codes(actor: Actor, typed: str, now: datetime) -> list[str]:
    """New recovery codes in place of the old ones, told this once. Raises Problem(wrong_code)."""
    identify(actor, typed, now)
    logins.note(actor, "recovery_codes", now)
    return _new_codes(actor, now)


def turn_off(actor: Actor, typed: str, login: UUID | None, now: datetime) -> None:
    """Forget the app. Where one is required, the log-in waits for a new one. Raises Problem(wrong_code)."""
    identify(actor, typed, now)
    _forget([Authenticator], actor.id)
    if not held(actor.id).passkeys:
        _forget([RecoveryCode], actor.id)
    if step_for(actor.id, None) == "enrol":
        logins.limit(actor, login)
    logins.note(actor, "totp_off", now)


def may_reset(actor: Actor, person: UUID) -> bool:
    """Whoever administers all that the person belongs to, and not the person: that takes a code."""
    theirs = logins.memberships(person)
    return actor.id != person and bool(theirs) and all(may(actor, key, "manage") for key in theirs)


def reset(actor: Actor, organisation_id: UUID, person: UUID, now: datetime) -> None:
    """Take away all but the passphrase; every log-in of the person ends, and the next one tells.

    Raises Problem(not_found | forbidden).
    """
    rights.require(actor, organisation_id, "manage")
    if db.session.get(Membership, (organisation_id, person)) is None:
        raise Problem("not_found")
    if not may_reset(actor, person):
        raise Problem("forbidden")
    _reset(person, now)
    for key in logins.memberships(person):
        audit.note(actor, key, "sign_in_reset", now, thing=("person", person))


def reset_by_command(email: str, now: datetime) -> None:
    """The way out when nobody else can. Raises Problem(not_found)."""
    person = facilitators.find(email)
    if person is None:
        raise Problem("not_found")
    _reset(person.id, now)
    for key in logins.memberships(person.id):
        audit.note(None, key, "sign_in_reset", now, thing=("person", person.id))


def seen_reset(actor: Actor) -> None:
    """The person has been told."""
    db.session.get_one(Facilitator, actor.id).sign_in_reset_at = None


def reseal_all() -> tuple[int, int]:
    """Seal every secret with the present key; how many were, and how many none of our keys opens."""
    done = lost = 0
    for row in db.session.scalars(sa.select(Authenticator)):
        if sealed := reseal(row.sealed_secret, PURPOSE):
            row.sealed_secret, done = sealed, done + 1
        else:
            lost += 1
    return done, lost


def _used_app_code(person: UUID, code: str, now: datetime) -> bool:
    row = db.session.get(Authenticator, person)
    secret = unseal(row.sealed_secret, PURPOSE) if row and row.confirmed_at else None
    step = totp.step_of(secret, code, now, row.last_step) if row and secret else None
    if step is None:
        return False
    # One winner, also when two send the same code at once.
    newer = sa.or_(Authenticator.last_step.is_(None), Authenticator.last_step < step)
    unused = sa.update(Authenticator).where(Authenticator.facilitator_id == person, newer)
    return changed(unused.values(last_step=step)) == 1


def _used_recovery_code(person: UUID, code: str, now: datetime) -> bool:
    own = sa.and_(RecoveryCode.facilitator_id == person, RecoveryCode.code_hash == token_hash(code))
    used = sa.update(RecoveryCode).where(own, RecoveryCode.used_at.is_(None)).values(used_at=now)
    return changed(used) == 1


def _new_codes(actor: Actor, now: datetime) -> list[str]:
    _forget([RecoveryCode], actor.id)
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        row = RecoveryCode(id=new_id(), facilitator_id=actor.id, code_hash=token_hash(code), created_at=now)
        db.session.add(row)
    return [in_fours(code) for code in codes]


def _reset(person: UUID, now: datetime) -> None:
    _forget([Authenticator, RecoveryCode, Passkey, SignOn], person)
    logins.end_all(person, now)
    db.session.get_one(Facilitator, person).sign_in_reset_at = now


def _forget(models: Iterable[type[Authenticator | RecoveryCode | Passkey | SignOn]], person: UUID) -> None:
    for model in models:
        db.session.execute(sa.delete(model).where(model.facilitator_id == person))
