"""Import: a file of pins, from being brought to being taken in, and taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment, Tenant


class Import(Base):
    """`kind` is table | rescue (a phone's file). `state` is read | done | undone. `content` is what the file
    says, kept only until it is taken in; a rescue's photos lie in the photo store meanwhile.

    `choices` is what a human said of it (operations.imports), `counts` what came of it.
    """

    __tablename__ = "import"

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"), index=True)
    kind: Mapped[str] = mapped_column(default="table", server_default="table")
    name: Mapped[str]
    size_bytes: Mapped[int]
    content: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(default="read")
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Moment]
    done_at: Mapped[MaybeMoment]
    undone_at: Mapped[MaybeMoment]
