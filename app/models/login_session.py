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
    """`device` is the browser and its system in words; `seen_at` is true to a minute.

    `method` and `second` are the first and the second factor; a limited one may only get a second factor.
    """

    __tablename__ = "login_session"

    id: Mapped[Id]
    facilitator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("facilitator.id"), index=True)
    device: Mapped[str]
    method: Mapped[str | None]
    second: Mapped[str | None]
    is_limited: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    ended_at: Mapped[MaybeMoment]
