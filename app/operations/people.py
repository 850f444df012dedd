"""People of an organisation: who belongs to it, in which role, and inviting them.

Owns memberships. A membership begins when its link is taken up by the person, never before, so that
nobody gets into an organisation by another's invitation; somebody always administers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.models import Facilitator, Invitation, LoginSession, Membership, Organisation
from app.operations import audit, facilitators, rights
from app.operations.facilitators import INVITE_VALID
from app.problems import Problem
from app.rules.access import Actor


def members(actor: Actor, organisation_id: UUID) -> list[dict[str, Any]]:
    """Everyone who belongs or has belonged to it, by name. Raises Problem(not_found | forbidden)."""
    rights.require(actor, organisation_id, "manage")
    seen = sa.select(sa.func.max(LoginSession.seen_at)).where(LoginSession.facilitator_id == Facilitator.id)
    found = (
        sa.select(
            Facilitator.id,
            Facilitator.name,
            Facilitator.email,
            Membership.role,
            Membership.ended_at,
            seen.scalar_subquery().label("seen_at"),
        )
        .join(Membership, Membership.facilitator_id == Facilitator.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.ended_at.is_not(None), sa.func.lower(Facilitator.name), Facilitator.id)
    )
    return [dict(row._mapping) for row in db.session.execute(found)]


def invited(organisation_id: UUID, now: datetime) -> list[Invitation]:
    """Invitations that nobody has taken up yet."""
    own = sa.and_(Invitation.organisation_id == organisation_id, Invitation.purpose == "join")
    waiting = sa.and_(Invitation.used_at.is_(None), Invitation.expires_at > now)
    return list(db.session.scalars(sa.select(Invitation).where(own, waiting).order_by(Invitation.id)))


def invite(actor: Actor, organisation_id: UUID, wanted: dict[str, str], now: datetime) -> str:
    """The link of an invitation; `wanted` has email, name and role. It is told this once.

    Raises Problem(not_found | forbidden | invalid).
    """
    rights.require(actor, organisation_id, "manage")
    person = facilitators.find_or_make(wanted["email"], wanted["name"], now)
    member = db.session.get(Membership, (organisation_id, person.id))
    if member is not None and member.ended_at is None:
        raise Problem("invalid", errors={"email": ["member"]})
    invitation, link = facilitators.add_link(person, organisation_id, "join", now + INVITE_VALID, now)
    invitation.name, invitation.role = wanted["name"], wanted["role"]
    audit.note(actor, organisation_id, "invite", now, thing=("person", person.id), role=wanted["role"])
    return link


def withdraw(
    actor: Actor, organisation_id: UUID, invitation_id: UUID, withdrawn: bool, now: datetime
) -> None:
    """The link stops working, or works again for as long as it would have.

    Raises Problem(not_found | forbidden).
    """
    rights.require(actor, organisation_id, "manage")
    own = sa.and_(Invitation.id == invitation_id, Invitation.organisation_id == organisation_id)
    waiting = sa.select(Invitation).where(own, Invitation.purpose == "join", Invitation.used_at.is_(None))
    invitation = db.session.scalar(waiting)
    if invitation is None:
        raise Problem("not_found")
    invitation.expires_at = now if withdrawn else invitation.created_at + INVITE_VALID
    act, person = "withdraw_invitation" if withdrawn else "invite_again", invitation.facilitator_id
    audit.note(actor, organisation_id, act, now, thing=("person", person))


def is_unclaimed(facilitator: Facilitator) -> bool:
    """Nobody has got into the account yet, so that the first link may choose its passphrase."""
    own = sa.select(Membership.organisation_id).where(Membership.facilitator_id == facilitator.id)
    return facilitator.password is None and db.session.scalars(own).first() is None


def take_up(token: str, asking: UUID | None, password: str, now: datetime) -> Facilitator:
    """Become a member: with a first passphrase, or, where the account is in use, logged in to it.

    Raises Problem(link_used | forbidden | invalid).
    """
    invitation, facilitator = facilitators.open_link(token, now)
    if invitation.purpose != "join" or invitation.role is None:
        raise Problem("link_used")
    if is_unclaimed(facilitator):
        facilitator.name = invitation.name or facilitator.name
        facilitators.set_password(facilitator, password)
    elif asking != facilitator.id:
        raise Problem("forbidden")
    _begin(invitation, facilitator, now)
    return facilitator


def _begin(invitation: Invitation, facilitator: Facilitator, now: datetime) -> None:
    """The membership that an invitation promises."""
    facilitators.use_up(invitation, now)
    key = (invitation.organisation_id, facilitator.id)
    member = db.session.get(Membership, key)
    if member is None:
        member = Membership(organisation_id=key[0], facilitator_id=key[1], created_at=now, ended_at=now)
        db.session.add(member)
    if member.ended_at is not None:
        member.role, member.ended_at = invitation.role or "observer", None
    db.session.flush()
    person = Actor("facilitator", facilitator.id)
    audit.note(person, key[0], "join", now, thing=("person", facilitator.id), role=member.role)


def take_up_waiting(person: Facilitator, now: datetime) -> bool:
    """What a link would do for somebody who is new here, of whom we know by other means who it is."""
    own = sa.and_(Invitation.facilitator_id == person.id, Invitation.purpose == "join")
    waiting = sa.and_(Invitation.used_at.is_(None), Invitation.expires_at > now)
    found = db.session.scalars(sa.select(Invitation).where(own, waiting).order_by(Invitation.id)).all()
    for invitation in found:
        person.name = invitation.name or person.name
        _begin(invitation, person, now)
    return bool(found)


def change_role(actor: Actor, organisation_id: UUID, person: UUID, role: str, now: datetime) -> None:
    """Raises Problem(not_found | forbidden | last_administrator)."""
    member = _locked(actor, organisation_id, person)
    before, member.role = member.role, role
    _somebody_administers(organisation_id)
    if before != role:
        audit.note(actor, organisation_id, "role", now, thing=("person", person), to=role, before=before)


def set_access(actor: Actor, organisation_id: UUID, person: UUID, ended: bool, now: datetime) -> None:
    """End a person's access, or give it back with the same role.

    Raises Problem(not_found | forbidden | last_administrator).
    """
    member = _locked(actor, organisation_id, person)
    was_ended = member.ended_at is not None
    if was_ended == ended:
        return
    member.ended_at = now if ended else None
    _somebody_administers(organisation_id)
    act = "access_end" if ended else "access_back"
    audit.note(actor, organisation_id, act, now, thing=("person", person), role=member.role)


def _locked(actor: Actor, organisation_id: UUID, person: UUID) -> Membership:
    """The membership, after the organisation's lock: two who demote each other come one by one."""
    rights.require(actor, organisation_id, "manage")
    db.session.execute(sa.select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())
    member = db.session.get(Membership, (organisation_id, person), populate_existing=True)
    if member is None:
        raise Problem("not_found")
    return member


def _somebody_administers(organisation_id: UUID) -> None:
    db.session.flush()
    own = sa.and_(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
    left = sa.select(Membership.facilitator_id).where(own, Membership.role == "administrator")
    if db.session.scalars(left).first() is None:
        raise Problem("last_administrator")
