"""Work on issues: the person who answers, and the version that an edit must have seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("issue", sa.Column("person", sa.Text(), nullable=True))
    op.add_column("issue", sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("issue", "seq")
    op.drop_column("issue", "person")
