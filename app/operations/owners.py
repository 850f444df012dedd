"""Owners: who can be asked to answer for a place, as facilitators choose and name them.

Owns the list in a walk and new names. Grounds and usual categories are settled in operations/grounds.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.adapters.ids import new_id
from app.db import db, run, table
from app.models import Issue, Owner
from app.operations import audit, feed, rights
from app.operations.review import locked_walk
from app.rules.access import Actor

ISSUE = table(Issue)
OWNER = table(Owner)
MOST_OWNERS = 500


def owners(actor: Actor, walk_id: UUID) -> list[dict[str, Any]]:
    """The organisation's owners, those used last in this walk first.

    Raises Problem(forbidden | not_found).
    """
    head = feed.feed_head(walk_id)
    rights.require(actor, head.organisation_id, "read")
    in_walk = sa.select(ISSUE.c.owner_id, sa.func.max(ISSUE.c.seq).label("used"))
    used = in_walk.where(ISSUE.c.walk_id == walk_id).group_by(ISSUE.c.owner_id).subquery()
    shown = (OWNER.c.id, OWNER.c.name, OWNER.c.kind, OWNER.c.ground, OWNER.c.facts)
    known = sa.select(*shown).outerjoin(used, used.c.owner_id == OWNER.c.id)
    order = (used.c.used.desc().nulls_last(), sa.func.lower(OWNER.c.name), OWNER.c.id)
    own = known.where(OWNER.c.organisation_id == head.organisation_id).order_by(*order).limit(MOST_OWNERS)
    return [_view(row) for row in db.session.execute(own)]


def add_owner(actor: Actor, walk_id: UUID, name: str, kind: str, now: datetime) -> dict[str, Any]:
    """A new owner of the walk's organisation; the same name and kind again is the same owner.

    Raises Problem(not_found).
    """
    walk = locked_walk(actor, walk_id)
    columns = {"organisation_id": walk.organisation_id, "name": name.strip(), "kind": kind}
    same = sa.and_(*(OWNER.c[column] == value for column, value in columns.items()))
    if known := run(sa.select(OWNER).where(same).order_by(OWNER.c.created_at)).first():
        return _view(known)
    owner_id = new_id()
    run(sa.insert(OWNER), columns | {"id": owner_id, "facts": {}, "created_at": now})
    audit.note(
        actor, walk.organisation_id, "owner_add", now, walk_id=walk.id, thing=("owner", owner_id), kind=kind
    )
    made = {"id": str(owner_id), "name": columns["name"], "kind": kind}
    return made | {"categories": [], "ground": None, "aside": False}


def _view(row: Any) -> dict[str, Any]:
    told = {"categories": row.facts.get("categories", []), "aside": bool(row.facts.get("aside"))}
    return {"id": str(row.id), "name": row.name, "kind": row.kind, "ground": row.ground} | told
