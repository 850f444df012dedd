"""The audit log: one line for every act at the desk, written with the act itself.

Owns the rows and how they are looked up. Call `note` inside the act's transaction: an act that is
rolled back leaves no line. Facts are codes, counts and ids; never a resident's words, no coordinates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.adapters.ids import new_id
from app.db import db, run, table
from app.models import Audit, Facilitator, Membership, Walk
from app.rules.access import Actor

AUDIT = table(Audit)
INSERT = sa.insert(AUDIT)
COMMAND = "command"
PAGE = 50


def note(
    actor: Actor | None,
    organisation_id: UUID,
    act: str,
    now: datetime,
    *,
    walk_id: UUID | None = None,
    thing: tuple[str, object] | None = None,
    **facts: Any,
) -> None:
    """Write one line: `act` is a word of `ACTS`, `thing` its kind and id; no actor means the command line."""
    row = {
        "id": new_id(),
        "organisation_id": organisation_id,
        "at": now,
        "actor": actor.name if actor else COMMAND,
        "act": act,
        "walk_id": walk_id,
        "thing": thing[0] if thing else None,
        "thing_id": str(thing[1]) if thing else None,
        "facts": facts,
    }
    run(INSERT, row)


def page(organisation_id: UUID, wanted: Mapping[str, Any], before: UUID | None) -> dict[str, Any]:
    """Lines of an organisation, newest first, with names; `wanted` may hold actor, act and walk_id."""
    where = [AUDIT.c.organisation_id == organisation_id]
    where += [AUDIT.c[name] == value for name, value in wanted.items() if value]
    if before:
        where.append(AUDIT.c.id < before)
    found = sa.select(AUDIT).where(*where).order_by(AUDIT.c.id.desc()).limit(PAGE + 1)
    rows = db.session.execute(found).all()
    people, titles = _people({row.actor for row in rows}), _titles({row.walk_id for row in rows})
    about = _members(organisation_id, {row.thing_id for row in rows if row.thing == "person"})
    lines = [
        {
            **row._mapping,
            "name": people.get(row.actor),
            "walk": titles.get(row.walk_id),
            "about": about.get(row.thing_id),
        }
        for row in rows[:PAGE]
    ]
    return {"lines": lines, "more": lines[-1]["id"] if len(rows) > PAGE else None}


def choices(organisation_id: UUID) -> dict[str, Any]:
    """What a log can be filtered by: actors with names, acts, and walks with titles."""

    def different(name: str) -> set[Any]:
        column = AUDIT.c[name]
        own = AUDIT.c.organisation_id == organisation_id
        return set(db.session.scalars(sa.select(column).where(own, column.is_not(None)).distinct()))

    acts, walks = different("act"), _titles(different("walk_id"))
    return {"people": _people(different("actor")), "acts": sorted(acts), "walks": walks}


def _people(actors: set[str]) -> dict[str, str]:
    ids = {name: UUID(name.split(":")[1]) for name in actors if name.startswith("facilitator:")}
    found = sa.select(Facilitator.id, Facilitator.name).where(Facilitator.id.in_(ids.values()))
    names = {row.id: row.name for row in db.session.execute(found)} if ids else {}
    return {actor: names[key] for actor, key in ids.items() if key in names}


def _members(organisation_id: UUID, ids: set[str]) -> dict[str, str]:
    """Names of the organisation's own people; whoever was only invited has none here."""
    own = Membership.organisation_id == organisation_id
    found = sa.select(Facilitator.id, Facilitator.name).join(Membership).where(own)
    rows = db.session.execute(found.where(Facilitator.id.in_([UUID(key) for key in ids]))) if ids else ()
    return {str(row.id): row.name for row in rows}


def _titles(walks: set[UUID | None]) -> dict[UUID, dict[str, str]]:
    found = sa.select(Walk.id, Walk.title).where(Walk.id.in_([walk for walk in walks if walk]))
    return {row.id: row.title for row in db.session.execute(found)}
