"""Owner (ansvarig): who has control of a place and answers for it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, Moment, Tenant


class Owner(Base):
    __tablename__ = "owner"

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="municipality")
    contact: Mapped[str | None]
    ground: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Moment]
