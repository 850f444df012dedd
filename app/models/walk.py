"""Walk: one event with time, code and state; owner of the change feed's counter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment, Tenant, Texts


class Walk(Base):
    """`feed_seq`, `pin_count` and `epoch` change only under this row's lock.

    `code_hmac` finds a walk by its code; `code_cipher` lets staff see the code again.
    `epoch` is random and renewed by every restore; `epoch_at` says when, if it ever was.
    Who joins from `newcomers_wait_from` on waits until a facilitator lets the device in.
    """

    __tablename__ = "walk"

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    area_id: Mapped[UUID] = mapped_column(sa.ForeignKey("area.id"), index=True)
    series_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("series.id"), index=True)
    follows_walk_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("walk.id"))
    title: Mapped[Texts]
    purpose: Mapped[Texts]
    theme: Mapped[Texts]
    light: Mapped[str] = mapped_column(default="dark")
    step: Mapped[str] = mapped_column(default="identification")
    state: Mapped[str] = mapped_column(default="draft")
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    closing_days: Mapped[int] = mapped_column(default=14)
    closing_at: Mapped[MaybeMoment]
    closed_at: Mapped[MaybeMoment]
    answers_by: Mapped[MaybeMoment]
    languages: Mapped[list[Any]] = mapped_column(default=list)
    categories: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    pack: Mapped[str | None]
    code_hmac: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    code_cipher: Mapped[str | None]
    newcomers_paused: Mapped[bool] = mapped_column(default=False)
    newcomers_wait_from: Mapped[MaybeMoment]
    others_visible: Mapped[bool] = mapped_column(default=True)
    is_fictional: Mapped[bool] = mapped_column(default=False)
    is_practice: Mapped[bool] = mapped_column(default=False)
    epoch: Mapped[str] = mapped_column(sa.String(32))
    epoch_at: Mapped[MaybeMoment]
    feed_seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    pin_count: Mapped[int] = mapped_column(default=0)
    backed_up_seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Moment]
