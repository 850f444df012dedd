"""Rescue: files from phones, receipts, and what phones are asked to send again after a restore."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    table = sa.text("'table'")
    op.add_column("import", sa.Column("kind", sa.Text(), nullable=False, server_default=table))
    op.add_column("participant", sa.Column("receipt_hmac", sa.String(length=64), nullable=True))
    op.create_index("ix_participant_receipt_hmac", "participant", ["receipt_hmac"], unique=True)
    op.add_column("walk", sa.Column("epoch_at", UtcDateTime(), nullable=True))
    op.create_table(
        "refill",
        sa.Column("walk_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.String(length=32), nullable=False),
        sa.Column("thing", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_refill_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["walk_id"], ["walk.id"], name="fk_refill_walk_id_walk"),
        sa.PrimaryKeyConstraint("walk_id", "epoch", "thing", "sha256", name="pk_refill"),
    )


def downgrade() -> None:
    op.drop_table("refill")
    op.drop_column("walk", "epoch_at")
    op.drop_index("ix_participant_receipt_hmac", "participant")
    op.drop_column("participant", "receipt_hmac")
    op.drop_column("import", "kind")
