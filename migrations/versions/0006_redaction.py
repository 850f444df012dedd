"""Black-outs of photos: boxes, proposals, originals kept apart, and bytes that are to go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("photo", sa.Column("shown_id", sa.Uuid(), nullable=True))
    op.add_column("photo", sa.Column("boxes", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("photo", sa.Column("sealed", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("photo", sa.Column("proposals", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("photo", sa.Column("looked_at", UtcDateTime(), nullable=True))
    op.add_column("photo", sa.Column("redacted_at", UtcDateTime(), nullable=True))
    op.create_index("ix_photo_shown_id", "photo", ["shown_id"], unique=True)
    unlooked = sa.text("looked_at IS NULL AND state = 'ready'")
    op.create_index(
        "ix_photo_received_at", "photo", ["received_at"], sqlite_where=unlooked, postgresql_where=unlooked
    )
    redacted = sa.text("redacted_at IS NOT NULL")
    op.create_index(
        "ix_photo_redacted_at", "photo", ["redacted_at"], sqlite_where=redacted, postgresql_where=redacted
    )
    op.add_column(
        "organisation", sa.Column("original_days", sa.Integer(), nullable=False, server_default="30")
    )
    op.create_table(
        "leftover",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_leftover_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_leftover"),
    )
    op.create_index("ix_leftover_due_at", "leftover", ["due_at"])


def downgrade() -> None:
    op.drop_index("ix_leftover_due_at", "leftover")
    op.drop_table("leftover")
    op.drop_column("organisation", "original_days")
    for name in ("ix_photo_redacted_at", "ix_photo_received_at", "ix_photo_shown_id"):
        op.drop_index(name, "photo")
    for name in ("redacted_at", "looked_at", "proposals", "sealed", "boxes", "shown_id"):
        op.drop_column("photo", name)
