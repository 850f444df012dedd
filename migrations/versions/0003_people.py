"""People and rights: log-ins that can be ended, invitations with a role, and who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facilitator_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["facilitator.id"], name="fk_login_session_facilitator_id_facilitator"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_login_session"),
    )
    op.create_index("ix_login_session_facilitator_id", "login_session", ["facilitator_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("walk_id", sa.Uuid(), nullable=True),
        sa.Column("thing", sa.Text(), nullable=True),
        sa.Column("thing_id", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_audit_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_organisation_id_id", "audit", ["organisation_id", "id"])
    op.add_column("membership", sa.Column("ended_at", UtcDateTime(), nullable=True))
    op.add_column("invitation", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("invitation", sa.Column("role", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("invitation", "role")
    op.drop_column("invitation", "name")
    op.drop_column("membership", "ended_at")
    op.drop_index("ix_audit_organisation_id_id", "audit")
    op.drop_table("audit")
    op.drop_index("ix_login_session_facilitator_id", "login_session")
    op.drop_table("login_session")
