"""Refill: something that a restored server lacked when a phone asked, and that the phone then sends again."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Moment, Tenant


class Refill(Base):
    """`epoch` is the life of the database that lacked it. `thing` is pin | rating | photo, `sha256` is of
    what was sent, `thing_id` the thing's (a photo has none). Whether it has come is read off the things.
    """

    __tablename__ = "refill"

    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    thing: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    thing_id: Mapped[UUID | None]
    organisation_id: Mapped[Tenant]
    asked_at: Mapped[Moment]
