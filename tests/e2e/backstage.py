"""What happens to a walk while a phone is not looking: closed, archived, deleted, its phones forgotten.

Each act is the desk's own operation where there is one, else a change of the database as its keeper would
make it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from app.db import db, transaction
from app.models import Facilitator, Membership
from app.operations.facilitators import DEMO_EMAIL
from app.operations.walks import change_state
from app.rules.access import Actor
from tests.e2e.phone import Phone
from tests.e2e.site import Site

FILE = "trygga-steg.db"


def walk_of(phone: Phone) -> UUID:
    return UUID(urlsplit(phone.home).path.rsplit("/", 1)[-1])


def end(site: Site, walk: UUID, *states: str) -> None:
    """The facilitator leads the walk through these states."""
    leased = site.apps.lease(site.database)
    with leased.app.app_context(), transaction():
        person = db.session.scalars(sa.select(Facilitator).where(Facilitator.email == DEMO_EMAIL)).one()
        belongs = db.session.scalars(sa.select(Membership).where(Membership.facilitator_id == person.id))
        roles = {each.organisation_id: each.role for each in belongs}
        actor = Actor("facilitator", person.id, memberships=roles)
        for state in states:
            change_state(actor, walk, state, datetime.now(UTC))
    site.apps.give_back(leased)


def query(site: Site, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement on the site's own SQLite file; its rows. Ids are given as UUID."""
    known = [value.hex if isinstance(value, UUID) else value for value in values]
    with closing(sqlite3.connect(site.server.data_dir / FILE, timeout=20)) as database, database:
        return database.execute(statement, known).fetchall()


def delete(site: Site, walk: UUID) -> None:
    """The walk and all that hangs on it are gone, as in a database that never knew it."""
    tables = query(
        site,
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND c.name = 'walk_id'",
    )
    for (name,) in tables:
        query(site, f"DELETE FROM {name} WHERE walk_id = ?", walk)  # the schema's own names
    query(site, "DELETE FROM walk WHERE id = ?", walk)


def forget_phones(site: Site, walk: UUID, for_good: bool) -> None:
    """Every token of the walk ends; `for_good`: no phone can come back by itself either."""
    query(site, "UPDATE participant SET token_hash = NULL WHERE walk_id = ?", walk)
    if for_good:
        query(site, "UPDATE participant SET rejoin_hash = NULL WHERE walk_id = ?", walk)
