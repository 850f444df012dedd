"""Facilitators: inviting them, and links that open once.

Owns invitations. Passwords are hashed by the login library; no account exists by default.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_security.utils import hash_password

from app.adapters.ids import new_id
from app.adapters.passphrases import is_easy
from app.adapters.secrets import new_token, token_hash
from app.db import changed, db
from app.models import Facilitator, Invitation, Membership, Organisation
from app.operations import audit, logins
from app.problems import Problem
from app.rules.access import Actor
from app.rules.passphrases import fault_of, words_of

DEMO_EMAIL = "demo@trygga-steg.example"
INVITE_VALID = timedelta(days=7)
LOGIN_VALID = timedelta(minutes=15)


def invite(email: str, name: str, organisation_name: str, now: datetime, role: str | None = None) -> str:
    """An account without a password, a membership, and the link to choose a password by.

    A role that is named is given to a member of old too; without one it stays as it is.
    """
    organisation = _organisation(organisation_name, now)
    facilitator = find_or_make(email, name, now)
    member = db.session.get(Membership, (organisation.id, facilitator.id))
    if member is None:
        member = Membership(organisation_id=organisation.id, facilitator_id=facilitator.id, created_at=now)
        member.role = "facilitator"
        db.session.add(member)
    member.role, member.ended_at = role or member.role, None
    person = ("person", facilitator.id)
    audit.note(None, organisation.id, "invite", now, thing=person, role=member.role)
    return add_link(facilitator, organisation.id, "invite", now + INVITE_VALID, now)[1]


def login_link(email: str, now: datetime) -> str:
    """A link that logs `email` in, once. Raises Problem(not_found)."""
    facilitator = find(email)
    if facilitator is None:
        raise Problem("not_found")
    member = sa.select(Membership.organisation_id).where(Membership.facilitator_id == facilitator.id)
    organisation_id = db.session.scalars(member).first()
    return add_link(facilitator, organisation_id, "login", now + LOGIN_VALID, now)[1]


def find(email: str) -> Facilitator | None:
    """Whoever has the address."""
    return db.session.scalar(sa.select(Facilitator).where(Facilitator.email == _normal(email)))


def find_or_make(email: str, name: str, now: datetime) -> Facilitator:
    email = _normal(email)
    facilitator = find(email)
    if facilitator is None:
        facilitator = Facilitator(id=new_id(), email=email, name=name or email.split("@")[0], created_at=now)
        facilitator.fs_uniquifier = secrets.token_hex(32)
        db.session.add(facilitator)
        db.session.flush()
    return facilitator


def open_link(token: str, now: datetime) -> tuple[Invitation, Facilitator]:
    """The invitation of an unused, valid link. Raises Problem(link_used)."""
    found = sa.select(Invitation).where(Invitation.token_hash == token_hash(token))
    invitation = db.session.scalar(found)
    if invitation is None or invitation.used_at is not None or invitation.expires_at < now:
        raise Problem("link_used")
    return invitation, db.session.get_one(Facilitator, invitation.facilitator_id)


def use_login_link(token: str, now: datetime) -> Facilitator:
    """Use a login link up. Raises Problem(link_used)."""
    invitation, facilitator = open_link(token, now)
    if invitation.purpose != "login":
        raise Problem("link_used")
    use_up(invitation, now)
    return facilitator


def choose_password(token: str, password: str, now: datetime) -> Facilitator:
    """Set the first password by an invitation. Raises Problem(link_used | invalid)."""
    invitation, facilitator = open_link(token, now)
    if invitation.purpose != "invite":
        raise Problem("link_used")
    set_password(facilitator, password)
    use_up(invitation, now)
    return facilitator


def set_password(facilitator: Facilitator, password: str) -> None:
    """A new passphrase; whoever was logged in is no longer. Raises Problem(invalid)."""
    own = sa.select(Organisation.name).join(Membership, Membership.organisation_id == Organisation.id)
    names = db.session.scalars(own.where(Membership.facilitator_id == facilitator.id))
    words = words_of([facilitator.email, facilitator.name, "Trygga steg", *names])
    fault = fault_of(password, words) or ("easy" if is_easy(password, words) else None)
    if fault:
        raise Problem("invalid", errors={"password": [fault]})
    normal = current_app.extensions["security"].password_util.normalize(password)
    facilitator.password = hash_password(normal)
    facilitator.fs_uniquifier = secrets.token_hex(32)


def is_password(facilitator: Facilitator, typed: str) -> bool:
    """Whether it is the person's passphrase."""
    normal = current_app.extensions["security"].password_util.normalize(typed)
    return facilitator.verify_and_update_password(normal)


def change_password(actor: Actor, present: str, password: str, now: datetime) -> Facilitator:
    """The actor's own new passphrase; every log-in ends. Raises Problem(wrong_login | invalid)."""
    facilitator = db.session.get_one(Facilitator, actor.id)
    if facilitator.password and not is_password(facilitator, present):
        raise Problem("wrong_login")
    set_password(facilitator, password)
    logins.end_others(actor, None, now)
    logins.note(actor, "passphrase", now)
    return facilitator


def use_up(invitation: Invitation, now: datetime) -> None:
    """One winner, also when two tabs open the link at once."""
    unused = sa.and_(Invitation.id == invitation.id, Invitation.used_at.is_(None))
    if changed(sa.update(Invitation).where(unused).values(used_at=now)) != 1:
        raise Problem("link_used")


def add_link(
    facilitator: Facilitator, organisation_id: Any, purpose: str, expires_at: datetime, now: datetime
) -> tuple[Invitation, str]:
    """A row and its address, which is told once and stored as a hash."""
    token = new_token()
    invitation = Invitation(id=new_id(), organisation_id=organisation_id, facilitator_id=facilitator.id)
    invitation.token_hash, invitation.purpose = token_hash(token), purpose
    invitation.expires_at, invitation.created_at = expires_at, now
    db.session.add(invitation)
    return invitation, f"{current_app.config['SETTINGS'].public_url}/desk/link/{token}"


def _organisation(name: str, now: datetime) -> Organisation:
    """By name; without a name, the only one there is or a first one."""
    found = sa.select(Organisation).order_by(Organisation.created_at)
    if name:
        found = found.where(Organisation.name == name)
    organisation = db.session.scalars(found).first()
    if organisation is None:
        organisation = Organisation(id=new_id(), name=name or "Trygga steg", created_at=now)
        db.session.add(organisation)
        db.session.flush()
    return organisation


def _normal(email: str) -> str:
    return email.strip().lower()
