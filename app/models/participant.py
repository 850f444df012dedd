"""Participant: a device in one walk. No name, no e-mail, nothing that follows a person."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment, Tenant


class Participant(Base):
    """`token_hash` is the cookie's, `rejoin_hash` the capability the phone keeps; both SHA-256 hex.

    `waiting_at` says that the device came to the waiting room, `let_in_at` that it was let in from there.
    `receipt_hmac` finds the participant by the code of its receipt (operations.receipts).
    `is_ready` (needs no network) and `unsent` are what the phone last told of itself.
    """

    __tablename__ = "participant"
    __table_args__ = (sa.Index("ix_participant_receipt_hmac", "receipt_hmac", unique=True),)

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"), index=True)
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    rejoin_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    receipt_hmac: Mapped[str | None] = mapped_column(sa.String(64))
    joined_at: Mapped[Moment]
    left_at: Mapped[MaybeMoment]
    hidden_at: Mapped[MaybeMoment]
    waiting_at: Mapped[MaybeMoment]
    let_in_at: Mapped[MaybeMoment]
    is_ready: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    unsent: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    pin_count: Mapped[int] = mapped_column(default=0)
    photo_count: Mapped[int] = mapped_column(default=0)
    photo_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
