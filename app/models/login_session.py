"""Login session: one log-in of a person in one browser, so that it can be seen and ended.

The cookie carries the row's id. Nobody's address or place is kept.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment


class LoginSession(Base):
    """`device` is the browser and its system in words; `seen_at` is true to a minute."""

    __tablename__ = "login_session"

    id: Mapped[Id]
    facilitator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("facilitator.id"), index=True)
    device: Mapped[str]
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    ended_at: Mapped[MaybeMoment]
