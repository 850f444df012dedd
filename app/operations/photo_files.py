"""Which files of the photo store the database speaks of, with the hash that each must have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.db import table
from app.models import Photo, PhotoEncoding

PHOTO = table(Photo)
ENCODING = table(PhotoEncoding)
UPLOADS = sa.select(
    PHOTO.c.upload_key.label("key"), PHOTO.c.sent_sha256.label("sha256"), PHOTO.c.id.label("photo_id")
).where(PHOTO.c.upload_key.is_not(None))
ENCODINGS = sa.select(
    ENCODING.c.key, ENCODING.c.stored_sha256.label("sha256"), ENCODING.c.photo_id.label("photo_id")
)


@dataclass(frozen=True)
class StoredFile:
    """One file that must be in the store, and what its bytes must hash to."""

    key: str
    sha256: str
    photo_id: UUID


def stored_files(connection: Connection) -> Iterator[StoredFile]:
    """All of them, uploads that wait for the worker first: those are the next to go."""
    for statement in (UPLOADS, ENCODINGS):
        for row in connection.execute(statement):
            yield StoredFile(row.key, row.sha256, row.photo_id)
