"""Single sign-on: whom somebody is here that the organisation's log-in service has named.

Owns the ties between subjects there and people here. Promises that only those get in who were invited or
belong here already, found once by an address that the service vouches for and from then on by its subject;
or, where the environment names a domain, as observers of one organisation.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.adapters.sign_on import Named
from app.config import SignOnSettings
from app.db import db
from app.models import Facilitator, Membership, Organisation, SignOn
from app.operations import audit, facilitators, logins, people
from app.problems import Problem
from app.rules.access import Actor


def person_of(named: Named, settings: SignOnSettings, now: datetime) -> Facilitator:
    """Raises Problem(sign_on_unknown | sign_on_unverified)."""
    tie = db.session.get(SignOn, (named.issuer, named.subject))
    if tie is None:
        tie = _tied(named, settings, now)
    tie.used_at = now
    person = db.session.get_one(Facilitator, tie.facilitator_id)
    if not person.active or not logins.memberships(person.id):
        raise Problem("sign_on_unknown")
    return person


def _tied(named: Named, settings: SignOnSettings, now: datetime) -> SignOn:
    """The first time: by address, and never to somebody whom the service has named otherwise before."""
    if not named.email or not named.is_verified:
        raise Problem("sign_on_unverified")
    person = facilitators.find(named.email)
    if person is None or people.is_unclaimed(person):
        person = _newcomer(named, settings, person, now)
    taken = sa.select(SignOn.subject).where(SignOn.facilitator_id == person.id, SignOn.issuer == named.issuer)
    if db.session.scalar(taken) is not None:
        raise Problem("sign_on_unknown")
    tie = SignOn(issuer=named.issuer, subject=named.subject, facilitator_id=person.id)
    tie.used_at = tie.created_at = now
    db.session.add(tie)
    logins.note(Actor("facilitator", person.id), "sign_on_tie", now)
    return tie


def _newcomer(
    named: Named, settings: SignOnSettings, person: Facilitator | None, now: datetime
) -> Facilitator:
    """Somebody with an invitation that waits, or of a domain that may look."""
    if person is not None and people.take_up_waiting(person, now):
        return person
    domain = named.email.rpartition("@")[2]
    found = sa.select(Organisation).where(Organisation.name == settings.organisation)
    organisation = db.session.scalars(found).first() if domain in settings.domains else None
    if organisation is None:
        raise Problem("sign_on_unknown")
    person = person or facilitators.find_or_make(named.email, named.name, now)
    row = Membership(organisation_id=organisation.id, facilitator_id=person.id, role="observer")
    row.created_at = now
    db.session.add(row)
    db.session.flush()
    actor = Actor("facilitator", person.id)
    audit.note(actor, organisation.id, "join", now, thing=("person", person.id), role="observer")
    return person
