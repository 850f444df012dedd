"""Bytes in the photo store that have had their day: noted to go, or named by no row any more.

Promises that an upload, which still has all that its camera wrote into it, does not outlive the photo
made of it by more than a day, whoever was killed in between; and that nothing a row names is deleted.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.adapters.patient_store import plain
from app.db import db, quick_read, run, table, transaction
from app.models import Leftover, Photo
from app.operations.photos import UPLOADS, photo_store

LEFTOVER, PHOTO = table(Leftover), table(Photo)
NAMED = sa.select(PHOTO.c.upload_key).where(PHOTO.c.upload_key.is_not(None))
FORGOTTEN_AFTER = timedelta(days=1)
BATCH = 50


def leave(keys: list[str], organisation_id: UUID, due_at: datetime) -> None:
    """Note keys as leftovers; one that is noted already gets the new time."""
    if not keys:
        return
    run(sa.delete(LEFTOVER).where(LEFTOVER.c.key.in_(keys)))
    rows = [{"key": key, "organisation_id": organisation_id, "due_at": due_at} for key in keys]
    run(sa.insert(LEFTOVER), rows)


def delete_leftovers(now: datetime) -> int:
    """Delete bytes that are due to go. Raises StoreUnavailable; what is left goes the next time."""
    due = sa.select(LEFTOVER.c.key).where(LEFTOVER.c.due_at <= now).order_by(LEFTOVER.c.due_at).limit(BATCH)
    keys = list(db.session.scalars(due))
    db.session.rollback()
    for key in keys:
        photo_store().delete(key)
    if keys:
        with transaction():
            run(sa.delete(LEFTOVER).where(LEFTOVER.c.key.in_(keys)))
    return len(keys)


def delete_forgotten(now: datetime, suspected: Set[str]) -> set[str]:
    """Delete uploads that no photo names a day after they came, if that was so at the last look as well.

    Somebody was killed before the row was written, or after the photo was encoded. A key is never used
    again (`photos.upload_key`), so what no row names at two looks was not just about to be named, however
    wrong a clock may be. `suspected`: what the last look returned; returns what to suspect at the next.
    Raises StoreUnavailable.
    """
    store = photo_store()
    long_ago = now - FORGOTTEN_AFTER
    old = {key for key, written in store.listing(UPLOADS) if written < long_ago}
    if not old:
        return set()
    with quick_read():
        named = {plain(key) for key in run(NAMED).scalars()}
    forgotten = {key for key in old if plain(key) not in named}
    for key in forgotten & suspected:
        store.delete(key)
    return forgotten - suspected
