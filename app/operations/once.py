"""What works once: a thing is spent when it is used, and remembered until it would be too old anyway."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.adapters.secrets import token_hash
from app.db import db, table
from app.models import Spent

SPENT = table(Spent)


def spend(thing: bytes, until: datetime, now: datetime) -> bool:
    """Use it up; False when it was. Two who come at once do not both win."""
    db.session.execute(sa.delete(SPENT).where(SPENT.c.expires_at < now))
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {"token_hash": token_hash(thing.hex()), "expires_at": until}
    added = dialect.insert(SPENT).values(**row).on_conflict_do_nothing()
    return db.session.execute(added.returning(SPENT.c.token_hash)).first() is not None
