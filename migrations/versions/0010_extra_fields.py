"""Extra fields: what an organiser asks of one category, such as the number of a lamp-post."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    nothing = sa.text("'{}'")
    op.add_column("pin", sa.Column("extra", sa.JSON(), nullable=False, server_default=nothing))


def downgrade() -> None:
    op.drop_column("pin", "extra")
