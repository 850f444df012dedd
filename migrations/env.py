"""Alembic's entry: migrations run on the application's own engine, under limits on PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.db import writing_engine

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"
ONE_AT_A_TIME = 7_201_114
"""The advisory lock's number: two hosts that start at once migrate one after the other."""


def render_item(kind: str, thing: object, _context: object) -> str | bool:
    """Migrations stand alone: our column types are written as what they are in the database."""
    if kind == "type" and type(thing).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def run_migrations() -> None:
    db = current_app.extensions["migrate"].db
    with writing_engine().connect() as connection:
        connection.detach()  # closed for real at the end, however that comes: limits and lock go with it
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.execute(sa.text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
            connection.execute(sa.text(f"SELECT pg_advisory_lock({ONE_AT_A_TIME})"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("trygga steg: migrations need a database; --sql is not supported")
run_migrations()
