"""Change: one row in a walk's feed, moved to its thing's newest number."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Moment, Tenant


class Change(Base):
    """`thing` is pin | walk | rating. A thing stands once, at the number of its last change."""

    __tablename__ = "change"
    __table_args__ = (sa.UniqueConstraint("walk_id", "seq"),)

    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"), primary_key=True)
    thing: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    thing_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[Tenant]
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    verb: Mapped[str] = mapped_column(sa.String(16))
    actor: Mapped[str]
    at: Mapped[Moment]
