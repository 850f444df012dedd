"""Rating: one person's answer to a question at a stop or at the end."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, Moment, Tenant


class Rating(Base):
    """`score` follows the question's scale; `text` is an answer in words. Staff only."""

    __tablename__ = "rating"

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"), index=True)
    participant_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("participant.id"), index=True)
    question_id: Mapped[UUID] = mapped_column(sa.ForeignKey("question.id"), index=True)
    stop_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("stop.id"))
    score: Mapped[int | None]
    text: Mapped[str] = mapped_column(default="")
    rev: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    payload: Mapped[str]
    made_at: Mapped[Moment]
    received_at: Mapped[Moment]
