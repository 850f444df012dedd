"""Looking the photo store over: is every byte there that the database speaks of, and unharmed?

Owns the findings and what can be done about them: phones that still hold a lost photo are asked for
it, files that nobody speaks of go. Nothing is changed by looking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.adapters.patient_store import plain
from app.adapters.photo_store import NotFound
from app.adapters.secrets import new_epoch
from app.db import db, quick_transaction, run, table
from app.models import Photo, Walk
from app.operations.lost_photos import count_as_lost, walks_of
from app.operations.photo_files import StoredFile, stored_files
from app.operations.photos import photo_store

PHOTO, WALK = table(Photo), table(Walk)
LOST = (
    sa.select(sa.func.count())
    .select_from(PHOTO.join(WALK, WALK.c.id == PHOTO.c.walk_id))
    .where(PHOTO.c.state == "lost")
)
GIVEN_UP_AFTER = timedelta(days=30)
"""A phone that held the photo and was opened once in this time has sent it."""
ORPHAN_AFTER = timedelta(days=1)
PROBES = "health/"


@dataclass(frozen=True)
class Finding:
    """Something wrong: `what` is missing, damaged or orphan; an orphan belongs to no photo."""

    what: str
    key: str
    photo_id: UUID | None = None


def examine() -> Iterator[Finding | None]:
    """One after the other, every file there should be (None when it is well) and every one too many.

    Raises StoreUnavailable.
    """
    with db.engine.connect() as connection:
        wanted = list(stored_files(connection))
    for file in wanted:
        what = _wrong_with(file)
        yield Finding(what, file.key, file.photo_id) if what else None
    known = {plain(file.key) for file in wanted}
    young = datetime.now(UTC) - ORPHAN_AFTER
    for key, written in photo_store().listing():
        if plain(key) not in known and not key.startswith(PROBES) and written < young:
            yield Finding("orphan", key)


def _wrong_with(file: StoredFile) -> str | None:
    try:
        data = photo_store().read(file.key)
    except NotFound:
        return "missing"
    return None if hashlib.sha256(data).hexdigest() == file.sha256 else "damaged"


def ask_phones(findings: Iterable[Finding]) -> int:
    """Count these photos as not come, and give their walks a new epoch: phones that still hold the
    bytes send them again by themselves. How many photos are asked for."""
    lost = {finding.photo_id for finding in findings if finding.photo_id}
    if not lost:
        return 0
    with quick_transaction():
        count_as_lost(lost)
        for walk in walks_of(lost):
            run(
                sa.update(WALK).where(WALK.c.id == walk).values(epoch=new_epoch(), epoch_at=datetime.now(UTC))
            )
    return len(lost)


def awaited() -> tuple[int, int]:
    """How many photos phones were asked for and have not sent: lately, and so long ago that none will."""
    long_ago = WALK.c.epoch_at < datetime.now(UTC) - GIVEN_UP_AFTER
    with db.engine.connect() as connection:
        both = connection.execute(LOST).scalar_one()
        given_up = connection.execute(LOST.where(long_ago)).scalar_one()
    return both - given_up, given_up


def remove_orphans(findings: Iterable[Finding]) -> int:
    """Delete files that nobody speaks of. How many."""
    orphans = [finding.key for finding in findings if finding.what == "orphan"]
    for key in orphans:
        photo_store().delete(key)
    return len(orphans)
