"""Photos whose bytes are gone: which walks they are of, and that phones are asked for them.

Owns the state `lost`. Promises that what is counted as lost is told by no encoding any more, and that a phone
which asks what is lacking (with a new epoch, which is the caller's to give) is asked for its bytes.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from app.db import run, table
from app.models import Photo, PhotoEncoding

PHOTO, ENCODING = table(Photo), table(PhotoEncoding)


def count_as_lost(photos: Collection[UUID]) -> None:
    """Nothing of these photos is here any more but that they were taken."""
    if photos:
        run(sa.delete(ENCODING).where(ENCODING.c.photo_id.in_(photos)))
        run(sa.update(PHOTO).where(PHOTO.c.id.in_(photos)).values(state="lost", upload_key=None))


def walks_of(photos: Collection[UUID]) -> list[UUID]:
    """The walks that these photos were taken on."""
    return list(run(sa.select(PHOTO.c.walk_id).where(PHOTO.c.id.in_(photos)).distinct()).scalars())
