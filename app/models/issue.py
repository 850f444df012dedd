"""Issue (ärende): what one or more pins are about. Every pin has one from birth."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment, Tenant, Texts

MERGED = sa.text("merged_into_id IS NOT NULL")
"""Most issues stand for themselves and cost that index nothing."""


class Issue(Base):
    """Facilitators' fields: status, owner, person, dates and the public decision.

    Pins stay with the issue of their birth. A merged issue points to the one it went into, so that
    splitting it off again loses nothing. `seq` is the walk's number at the issue's last change.
    """

    __tablename__ = "issue"
    __table_args__ = (
        sa.Index("ix_issue_walk_id", "walk_id"),
        sa.Index("ix_issue_merged_into_id", "merged_into_id", sqlite_where=MERGED, postgresql_where=MERGED),
    )

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"))
    status: Mapped[str] = mapped_column(default="new")
    owner_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("owner.id"), index=True)
    horizon: Mapped[str | None]
    lever: Mapped[str | None]
    mode: Mapped[str | None]
    priority: Mapped[int | None]
    person: Mapped[str | None]
    due_on: Mapped[date | None]
    done_at: Mapped[MaybeMoment]
    reference: Mapped[str | None]
    title: Mapped[Texts]
    decision: Mapped[Texts]
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("issue.id"))
    seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[Moment]
