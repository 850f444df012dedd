"""An organisation's own settings: its name, its colour and how long pins and photos are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.models import Area, Organisation
from app.operations import audit, rights
from app.rules.access import Actor

SETTINGS = ("name", "brand_colour", "retention_months", "original_days", "second_factor_of")


def settings_of(actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    """Raises Problem(not_found | forbidden)."""
    rights.require(actor, organisation_id, "manage")
    organisation = db.session.get_one(Organisation, organisation_id)
    return {name: getattr(organisation, name) for name in SETTINGS}


def names(ids: list[UUID]) -> dict[UUID, str]:
    """The names of organisations."""
    return {key: db.session.get_one(Organisation, key).name for key in ids}


def timezone_of(ids: Iterable[UUID]) -> str | None:
    """The time zone of the organisations' latest area, for times that belong to no walk."""
    latest = sa.select(Area.timezone).where(Area.organisation_id.in_(list(ids)))
    return db.session.scalars(latest.order_by(Area.created_at.desc(), Area.id).limit(1)).first()


def colour_of(ids: Iterable[UUID]) -> str | None:
    """The colour of the only organisation there is among them; several have none in common."""
    kept = sa.select(Organisation.brand_colour).where(Organisation.id.in_(list(ids)))
    colours = set(db.session.scalars(kept))
    return colours.pop() if len(colours) == 1 else None


def change_settings(actor: Actor, organisation_id: UUID, wanted: dict[str, Any], now: datetime) -> None:
    """`wanted` has been checked. Raises Problem(not_found | forbidden)."""
    before = settings_of(actor, organisation_id)
    changed = {name: wanted[name] for name in SETTINGS if wanted[name] != before[name]}
    organisation = db.session.get_one(Organisation, organisation_id)
    for name, value in changed.items():
        setattr(organisation, name, value)
    if changed:
        audit.note(actor, organisation_id, "settings", now, changed=sorted(changed))
