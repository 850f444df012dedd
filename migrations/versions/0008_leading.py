"""Let phones tell whether they need the network, and how much they still have to send."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    no, none = sa.false(), sa.text("0")
    op.add_column("participant", sa.Column("is_ready", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("participant", sa.Column("unsent", sa.Integer(), nullable=False, server_default=none))


def downgrade() -> None:
    op.drop_column("participant", "unsent")
    op.drop_column("participant", "is_ready")
