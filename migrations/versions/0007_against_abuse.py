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


def downgrade() -> None:
    op.drop_column("photo", "look")
    op.drop_column("participant", "let_in_at")
    op.drop_column("participant", "waiting_at")
    op.drop_column("walk", "newcomers_wait_from")
