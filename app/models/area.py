"""Area: a neighbourhood with boundary and history. Series: repeated, comparable walks in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, Moment, Tenant, Texts


class Area(Base):
    __tablename__ = "area"

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    name: Mapped[str]
    municipality: Mapped[str | None]
    timezone: Mapped[str]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    polygon: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Moment]


class Series(Base):
    __tablename__ = "series"

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    area_id: Mapped[UUID] = mapped_column(sa.ForeignKey("area.id"), index=True)
    name: Mapped[Texts]
    created_at: Mapped[Moment]
