"""Organisation: the tenant that runs walks."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, Moment
from app.rules.redactions import DEFAULT_DAYS


class Organisation(Base):
    __tablename__ = "organisation"

    id: Mapped[Id]
    name: Mapped[str]
    brand_colour: Mapped[str | None]
    retention_months: Mapped[int] = mapped_column(default=12)
    second_factor_of: Mapped[str] = mapped_column(default="nobody", server_default="nobody")
    original_days: Mapped[int] = mapped_column(default=DEFAULT_DAYS)
    keep_originals: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]
