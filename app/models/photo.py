"""Photo, its place on a pin, and its encodings: three tables.

A photo belongs to a walk by the SHA-256 of the bytes that were sent; several pins may show it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment, Tenant

UNLOOKED = sa.text("looked_at IS NULL AND state = 'ready'")
REDACTED = sa.text("redacted_at IS NOT NULL")


class Photo(Base):
    """`state` is received | ready | quarantined | lost (its bytes are asked for again).

    `review` is new | approved | hidden. `look` is what the picture looked like as it came, in 16 hex
    digits (adapters.image_child); None until it is encoded.

    Phones ask for a photo by `shown_id` (none: by its id), which is another one after each redaction,
    so that no copy of the old picture answers to it. `boxes` are burnt into what is shown and can be
    taken away, `sealed` ones no longer; `proposals` wait for a human; `looked_at` tells when faces were
    looked for.
    """

    __tablename__ = "photo"
    __table_args__ = (
        sa.UniqueConstraint("walk_id", "sent_sha256"),
        sa.Index("ix_photo_state", "state"),
        sa.Index("ix_photo_shown_id", "shown_id", unique=True),
        sa.Index("ix_photo_received_at", "received_at", sqlite_where=UNLOOKED, postgresql_where=UNLOOKED),
        sa.Index("ix_photo_redacted_at", "redacted_at", sqlite_where=REDACTED, postgresql_where=REDACTED),
    )

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
    look: Mapped[str | None] = mapped_column(sa.String(16))
    quarantine: Mapped[str | None]
    received_at: Mapped[Moment]
    processed_at: Mapped[MaybeMoment]
    shown_id: Mapped[UUID | None]
    boxes: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    sealed: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    proposals: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    looked_at: Mapped[MaybeMoment]
    redacted_at: Mapped[MaybeMoment]


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
    """One of our own encodings; `stored_sha256` is what a check compares.

    "full" and "thumb" are shown. "original" is the full one before anything was redacted: kept apart,
    opened by facilitators alone and with a line in the log, purged by the organisation's rule.
    """

    __tablename__ = "photo_encoding"

    photo_id: Mapped[UUID] = mapped_column(sa.ForeignKey("photo.id"), primary_key=True)
    size: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    organisation_id: Mapped[Tenant]
    key: Mapped[str]
    stored_sha256: Mapped[str] = mapped_column(sa.String(64))
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]


class Leftover(Base):
    """Bytes in the photo store that no row names any more, or not yet; deleted after `due_at`."""

    __tablename__ = "leftover"

    key: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[Tenant]
    due_at: Mapped[Moment] = mapped_column(index=True)
