"""Owners of an organisation: who answers for what, their usual categories and their ground.

Owns what the organisation's page of owners changes. An owner is never deleted, since issues name it: it
is set aside and can be taken back. The ground before the latest change is kept, and put back by one act
that undoes itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.adapters.ids import new_id
from app.db import db
from app.models import Area, Owner, Walk
from app.operations import audit, rights
from app.operations.owners import MOST_OWNERS
from app.operations.packs import packs
from app.problems import Problem
from app.rules.access import Actor

ANYWHERE = (17.0, 59.0, 18.0, 60.0)


def all_owners(actor: Actor, organisation_id: UUID) -> list[Owner]:
    """By name, those set aside last. Raises Problem(forbidden | not_found)."""
    rights.require(actor, organisation_id, "run")
    own = sa.select(Owner).where(Owner.organisation_id == organisation_id).limit(MOST_OWNERS)
    return sorted(db.session.scalars(own), key=lambda one: (is_aside(one), one.name.casefold(), str(one.id)))


def owner_of(actor: Actor, organisation_id: UUID, owner_id: UUID) -> Owner:
    """Raises Problem(forbidden | not_found)."""
    rights.require(actor, organisation_id, "run")
    owner = db.session.get(Owner, owner_id)
    if owner is None or owner.organisation_id != organisation_id:
        raise Problem("not_found")
    return owner


def is_aside(owner: Owner) -> bool:
    """No longer offered, and kept for the issues that name it."""
    return bool(owner.facts.get("aside"))


def categories_of(owner: Owner) -> list[str]:
    """The categories that the owner is suggested for."""
    return list(owner.facts.get("categories", []))


def save(
    actor: Actor, organisation_id: UUID, owner_id: UUID | None, data: Mapping[str, Any], now: datetime
) -> Owner:
    """Change an owner, or make one. `data`: name, kind, contact, categories, ground; checked.

    A category has one owner: whoever had it before no longer has. Raises Problem(forbidden | not_found |
    invalid).
    """
    others = {one.id: one for one in all_owners(actor, organisation_id)}
    owner = (
        owner_of(actor, organisation_id, owner_id) if owner_id else _new(organisation_id, len(others), now)
    )
    others.pop(owner.id, None)
    same = (data["name"].casefold(), data["kind"])
    if any((one.name.casefold(), one.kind) == same for one in others.values()):
        raise Problem("invalid", errors={"name": ["owner_taken"]})
    for one in others.values():
        kept = [code for code in categories_of(one) if code not in data["categories"]]
        if kept != categories_of(one):
            one.facts = one.facts | {"categories": kept}
    owner.name, owner.kind, owner.contact = data["name"], data["kind"], data["contact"] or None
    owner.facts = owner.facts | {"categories": list(data["categories"])}
    _set_ground(owner, data["ground"])
    db.session.add(owner)
    _note(actor, owner, "owner_edit" if owner_id else "owner_add", now, kind=owner.kind)
    return owner


def set_aside(actor: Actor, organisation_id: UUID, owner_id: UUID, aside: bool, now: datetime) -> None:
    """No longer offer an owner, or offer it again. Raises Problem(forbidden | not_found)."""
    owner = owner_of(actor, organisation_id, owner_id)
    if is_aside(owner) != aside:
        owner.facts = owner.facts | {"aside": aside}
        _note(actor, owner, "owner_aside" if aside else "owner_back", now)


def put_ground_back(actor: Actor, organisation_id: UUID, owner_id: UUID, now: datetime) -> None:
    """The ground as it was before the latest change; twice is as it was.

    Raises Problem(forbidden | not_found).
    """
    owner = owner_of(actor, organisation_id, owner_id)
    if "before" in owner.facts:
        _set_ground(owner, owner.facts["before"])
        _note(actor, owner, "owner_ground_back", now)


def take_grounds(
    actor: Actor, organisation_id: UUID, grounds: Mapping[str, dict[str, Any]], now: datetime
) -> int:
    """Give owners their grounds by name; names that are new become owners. How many there were.

    Raises Problem(forbidden | not_found | invalid).
    """
    known = {one.name.casefold(): one for one in reversed(all_owners(actor, organisation_id))}
    count = len(known)
    for name, ground in grounds.items():
        owner = known.get(name.casefold())
        if owner is None:
            owner = _new(organisation_id, count, now)
            owner.name, owner.kind, count = name, "property_owner", count + 1
            db.session.add(owner)
        _set_ground(owner, ground)
        _note(actor, owner, "owner_ground", now)
    return len(grounds)


def map_of(organisation_id: UUID) -> dict[str, Any]:
    """Where the organisation works, and a map of it: its latest area, and the pack of its latest walk."""
    latest = sa.select(Area).where(Area.organisation_id == organisation_id)
    area = db.session.scalars(latest.order_by(Area.created_at.desc(), Area.id).limit(1)).first()
    named = sa.select(Walk.pack).where(Walk.organisation_id == organisation_id, Walk.pack.is_not(None))
    name = db.session.scalars(named.order_by(Walk.created_at.desc(), Walk.id).limit(1)).first()
    pack = packs().get(name) if name else None
    box = (area.west, area.south, area.east, area.north) if area else pack.box if pack else ANYWHERE
    return {"bbox": list(box), "pack": f"/packs/{pack.sha256}.pmtiles" if pack else ""}


def _new(organisation_id: UUID, count: int, now: datetime) -> Owner:
    if count >= MOST_OWNERS:
        raise Problem("invalid", errors={"name": ["owners_full"]})
    return Owner(id=new_id(), organisation_id=organisation_id, facts={}, created_at=now)


def _set_ground(owner: Owner, ground: dict[str, Any] | None) -> None:
    if ground != owner.ground:
        owner.facts = owner.facts | {"before": owner.ground}
        owner.ground = ground


def _note(actor: Actor, owner: Owner, act: str, now: datetime, **facts: Any) -> None:
    audit.note(actor, owner.organisation_id, act, now, thing=("owner", owner.id), **facts)
