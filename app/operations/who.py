"""Who was faster: the name of the facilitator whose change one has not seen.

Owns how the revisions of pins and the log tell of it. Promises names of the organisation's own people alone;
anybody else has none.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, db, run, table
from app.models import Audit, Facilitator, Membership, PinRevision

REVISION = table(PinRevision)
AUDIT = table(Audit)
KIND = "facilitator:"


def changed_pins(walk: AnyRow, pins: Collection[UUID], seq: int) -> str | None:
    """Who made the version `seq` of what these pins show; each act is kept with every one of them."""
    made = sa.and_(REVISION.c.pin_id.in_(pins), REVISION.c.seq >= seq)
    found = run(sa.select(REVISION.c.actor).where(made).order_by(REVISION.c.seq).limit(1)).first()
    return _name(walk.organisation_id, found.actor if found else "")


def changed_plan(organisation_id: UUID, walk_id: UUID) -> str | None:
    """Who saved the plan last."""
    made = sa.and_(AUDIT.c.walk_id == walk_id, AUDIT.c.act == "walk_plan")
    found = run(sa.select(AUDIT.c.actor).where(made).order_by(AUDIT.c.id.desc()).limit(1)).first()
    return _name(organisation_id, found.actor if found else "")


def _name(organisation_id: UUID, actor: str) -> str | None:
    if not actor.startswith(KIND):
        return None
    member = sa.select(Facilitator.name).join(Membership, Membership.facilitator_id == Facilitator.id)
    own = member.where(Membership.organisation_id == organisation_id)
    return db.session.scalar(own.where(Facilitator.id == UUID(actor.removeprefix(KIND))))
