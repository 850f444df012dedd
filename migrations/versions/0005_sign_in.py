"""Ways in: authenticator app, recovery codes, passkeys, single sign-on; and how each log-in was made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0005"
down_revision = "0004"


def of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["facilitator_id"], ["facilitator.id"], name=f"fk_{table}_facilitator_id_facilitator"
    )


def upgrade() -> None:
    op.create_table(
        "authenticator",
        sa.Column("facilitator_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        of_person("authenticator"),
        sa.PrimaryKeyConstraint("facilitator_id", name="pk_authenticator"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facilitator_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        of_person("recovery_code"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_facilitator_id", "recovery_code", ["facilitator_id"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facilitator_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        of_person("passkey"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_facilitator_id", "passkey", ["facilitator_id"])
    op.create_table(
        "sign_on",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facilitator_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        of_person("sign_on"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_sign_on"),
    )
    op.create_index("ix_sign_on_facilitator_id", "sign_on", ["facilitator_id"])
    op.create_table(
        "spent",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_spent"),
    )
    op.create_index("ix_spent_expires_at", "spent", ["expires_at"])
    op.add_column("login_session", sa.Column("method", sa.Text(), nullable=True))
    op.add_column("login_session", sa.Column("second", sa.Text(), nullable=True))
    op.add_column(
        "login_session", sa.Column("is_limited", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "organisation",
        sa.Column("second_factor_of", sa.Text(), nullable=False, server_default="nobody"),
    )
    op.add_column("facilitator", sa.Column("sign_in_reset_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("facilitator", "sign_in_reset_at")
    op.drop_column("organisation", "second_factor_of")
    for column in ("is_limited", "second", "method"):
        op.drop_column("login_session", column)
    for table in ("spent", "sign_on", "passkey", "recovery_code", "authenticator"):
        op.drop_table(table)
