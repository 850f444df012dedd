"""Audit: who did what at the desk, and when. Rows are added and never changed.

Holds ids and short facts; never a resident's words, and no coordinates.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from app.db import Base
from app.models.columns import Id, Moment, Tenant


class Audit(Base):
    """`actor` is kind and id as in the history; `thing_id` is the id of whatever `thing` names."""

    __tablename__ = "audit"
    __table_args__ = (sa.Index("ix_audit_organisation_id_id", "organisation_id", "id"),)

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    at: Mapped[Moment]
    actor: Mapped[str]
    act: Mapped[str]
    walk_id: Mapped[UUID | None]
    thing: Mapped[str | None]
    thing_id: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
