"""Find the issues that were merged into one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    merged = sa.text("merged_into_id IS NOT NULL")
    op.create_index(
        "ix_issue_merged_into_id", "issue", ["merged_into_id"], sqlite_where=merged, postgresql_where=merged
    )


def downgrade() -> None:
    op.drop_index("ix_issue_merged_into_id", "issue")
