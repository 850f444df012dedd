"""Stops and questions along a walk, and its route."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, Tenant, Texts


class Stop(Base):
    """A planned point on the route, in order from 1."""

    __tablename__ = "stop"
    __table_args__ = (sa.UniqueConstraint("walk_id", "order"),)

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"))
    order: Mapped[int]
    name: Mapped[Texts]
    lat: Mapped[float]
    lon: Mapped[float]
    place_type: Mapped[str | None]
    minutes: Mapped[int] = mapped_column(default=6)
    radius_m: Mapped[int] = mapped_column(default=25)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Question(Base):
    """Asked at a stop, or at the end of the walk when `stop_id` is None.

    `scale` is "1-5", "0-10" or "text".
    """

    __tablename__ = "question"

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"), index=True)
    stop_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("stop.id"))
    order: Mapped[int] = mapped_column(default=1)
    scale: Mapped[str] = mapped_column(default="1-5")
    text: Mapped[Texts]


class Route(Base):
    """The line to walk: `points` are [lon, lat] pairs in WGS 84 degrees."""

    __tablename__ = "route"

    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"), primary_key=True)
    organisation_id: Mapped[Tenant]
    points: Mapped[list[Any]] = mapped_column(default=list)
    length_m: Mapped[int] = mapped_column(default=0)
