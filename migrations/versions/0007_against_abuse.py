"""Against abuse and for files: the waiting room, what pictures look like, and pins from a file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("walk", sa.Column("newcomers_wait_from", UtcDateTime(), nullable=True))
    op.add_column("participant", sa.Column("waiting_at", UtcDateTime(), nullable=True))
    op.add_column("participant", sa.Column("let_in_at", UtcDateTime(), nullable=True))
    op.add_column("photo", sa.Column("look", sa.String(length=16), nullable=True))
    op.create_table(
        "import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("walk_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_import_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["walk_id"], ["walk.id"], name="fk_import_walk_id_walk"),
        sa.PrimaryKeyConstraint("id", name="pk_import"),
    )
    op.create_index("ix_import_walk_id", "import", ["walk_id"])
    op.add_column("pin", sa.Column("import_id", sa.Uuid(), nullable=True))
    imported = sa.text("import_id IS NOT NULL")
    op.create_index(
        "ix_pin_import_id", "pin", ["import_id"], sqlite_where=imported, postgresql_where=imported
    )


def downgrade() -> None:
    op.drop_index("ix_pin_import_id", "pin")
    op.drop_column("pin", "import_id")
    op.drop_index("ix_import_walk_id", "import")
    op.drop_table("import")
    op.drop_column("photo", "look")
    op.drop_column("participant", "let_in_at")
    op.drop_column("participant", "waiting_at")
    op.drop_column("walk", "newcomers_wait_from")
