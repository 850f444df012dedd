"""Photo, its place on a pin, and its encodings: three tables.

A photo belongs to a walk by the SHA-256 of the bytes that were sent; several pins may show it.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment, Tenant


class Photo(Base):
    """`state` is received | ready | quarantined | lost (its bytes are asked for again).

    `review` is new | approved | hidden.
    """

    __tablename__ = "photo"
    __table_args__ = (sa.UniqueConstraint("walk_id", "sent_sha256"), sa.Index("ix_photo_state", "state"))

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"))
    participant_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("participant.id"), index=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    sent_sha256: Mapped[str] = mapped_column(sa.String(64))
    sent_bytes: Mapped[int]
    sent_type: Mapped[str]
    upload_key: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="received")
    reason: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    review: Mapped[str] = mapped_column(default="new")
    visibility: Mapped[str] = mapped_column(default="walk")
    quarantine: Mapped[str | None]
    received_at: Mapped[Moment]
    processed_at: Mapped[MaybeMoment]


class PinPhoto(Base):
    """A photo's place on a pin, known from the pin before the photo's bytes have come."""

    __tablename__ = "pin_photo"
    __table_args__ = (sa.Index("ix_pin_photo_walk_id_sha256", "walk_id", "sha256"),)

    pin_id: Mapped[UUID] = mapped_column(sa.ForeignKey("pin.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"))
    order: Mapped[int] = mapped_column(default=0)
    alt: Mapped[str] = mapped_column(default="")
    phase: Mapped[str | None]
    taken_at: Mapped[MaybeMoment]


class PhotoEncoding(Base):
    """One of our own encodings ("full" or "thumb"); `stored_sha256` is what a check compares."""

    __tablename__ = "photo_encoding"

    photo_id: Mapped[UUID] = mapped_column(sa.ForeignKey("photo.id"), primary_key=True)
    size: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    organisation_id: Mapped[Tenant]
    key: Mapped[str]
    stored_sha256: Mapped[str] = mapped_column(sa.String(64))
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
