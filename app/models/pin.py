"""Pin: one thing someone saw at one spot, and every revision of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment, Tenant, Texts

IMPORTED = sa.text("import_id IS NOT NULL")


class Pin(Base):
    """`lat`/`lon` say where it is ("there"); `here_*` where the reporter stood, if known.

    Coordinates are WGS 84 degrees, accuracies metres, ages seconds. `seq` is the feed's number of
    the last change. `review` and `text_review` are new | approved | hidden.
    `import_id` is the import that brought it, if one did (no foreign key: SQLite adds none to a table).
    `extra` holds what was written in the walk's extra fields, by their keys.
    `shown_to_walk` remembers that others' phones have seen it, so that they are told when it goes.
    """

    __tablename__ = "pin"
    __table_args__ = (
        sa.UniqueConstraint("walk_id", "number"),
        sa.Index("ix_pin_lat_lon", "lat", "lon"),
        sa.Index("ix_pin_walk_id_seq", "walk_id", "seq"),
        sa.Index("ix_pin_import_id", "import_id", sqlite_where=IMPORTED, postgresql_where=IMPORTED),
    )

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    walk_id: Mapped[UUID] = mapped_column(sa.ForeignKey("walk.id"))
    participant_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("participant.id"), index=True)
    issue_id: Mapped[UUID] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    number: Mapped[int]
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    rev: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))

    kind: Mapped[str]
    category: Mapped[str]
    secondary: Mapped[str | None]
    place_type: Mapped[str | None]
    lat: Mapped[float]
    lon: Mapped[float]
    here_lat: Mapped[float | None]
    here_lon: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    age_s: Mapped[float | None]
    source: Mapped[str]
    stop_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("stop.id"))
    address: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    text_lang: Mapped[str | None]
    text_public: Mapped[Texts]
    severity: Mapped[int | None]
    acute: Mapped[bool] = mapped_column(default=False)
    feeling_day: Mapped[int | None]
    feeling_dark: Mapped[int | None]
    avoids: Mapped[bool | None]
    when: Mapped[list[Any]] = mapped_column(default=list)
    affected: Mapped[list[Any]] = mapped_column(default=list)
    proposal: Mapped[str] = mapped_column(default="")
    voice: Mapped[str | None]
    group: Mapped[str | None]
    extra: Mapped[Texts] = mapped_column(server_default=sa.text("'{}'"))
    staff_only: Mapped[bool] = mapped_column(default=False)
    secret_sha256: Mapped[str | None] = mapped_column(sa.String(64))

    visibility: Mapped[str] = mapped_column(default="walk")
    review: Mapped[str] = mapped_column(default="new")
    text_review: Mapped[str] = mapped_column(default="new")
    shown_to_walk: Mapped[bool] = mapped_column(default=False)
    is_late: Mapped[bool] = mapped_column(default=False)
    is_outside: Mapped[bool] = mapped_column(default=False)
    is_unknown_category: Mapped[bool] = mapped_column(default=False)
    has_conflict: Mapped[bool] = mapped_column(default=False)
    quarantine: Mapped[str | None]
    made_at: Mapped[Moment]
    import_id: Mapped[UUID | None]
    received_at: Mapped[Moment]
    withdrawn_at: Mapped[MaybeMoment]


class PinRevision(Base):
    """One revision: `fields` is the whole pin as this actor sent it, `changed` what was applied.

    `lost` keeps values that were overwritten without being seen. `payload` is the client's message
    verbatim and `client` the build that wrote it, so that no field is ever lost, also when we do
    not know it yet.
    """

    __tablename__ = "pin_revision"
    __table_args__ = (
        sa.UniqueConstraint("pin_id", "seq"),
        sa.Index("ix_pin_revision_pin_id_rev", "pin_id", "rev"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    organisation_id: Mapped[Tenant]
    pin_id: Mapped[UUID] = mapped_column(sa.ForeignKey("pin.id"))
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    rev: Mapped[int]
    base_rev: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    actor: Mapped[str]
    fields: Mapped[dict[str, Any]]
    changed: Mapped[list[Any]]
    lost: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    is_conflict_copy: Mapped[bool] = mapped_column(default=False)
    payload: Mapped[str]
    client: Mapped[str | None]
    at: Mapped[Moment]
