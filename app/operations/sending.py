"""Bringing an upload's bytes to rest: hash, header check, durable store, before any row is written.

Bytes that no row will name are let go at once; where that fails, `leftovers.delete_forgotten` does it later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from app.adapters.photo_store import StoreUnavailable, TooLong, spool
from app.db import has_written_nothing
from app.operations.photos import Upload, photo_store, upload_key
from app.problems import Problem
from app.rules.photos import MAX_UPLOAD_BYTES, PhotoRefused, read_header


def store_upload(walk_id: UUID, sha256: str, stream: BinaryIO, length: int | None) -> Upload:
    """Hash, check and durably store the bytes of a photo.

    Raises Problem(too_large | hash_mismatch | photo_not_image), StoreFull, StoreUnavailable.
    """
    if (length or 0) > MAX_UPLOAD_BYTES:
        raise Problem("too_large")
    store = photo_store()
    try:
        spooled = spool(stream, MAX_UPLOAD_BYTES, store.spool_dir)
    except TooLong:
        raise Problem("too_large") from None
    with spooled:
        if spooled.sha256 != sha256:
            raise Problem("hash_mismatch")
        try:
            with spooled.path.open("rb") as file:
                header = read_header(file)
        except PhotoRefused as refused:
            raise Problem(str(refused)) from None
        key = store.keep(upload_key(walk_id), spooled.path)
        return Upload(sha256, spooled.size, header.type.value, key)


@contextmanager
def let_go_if_refused(upload: Upload) -> Iterator[None]:
    """Around the transaction that shall name the upload: its bytes go where it certainly does not."""
    try:
        yield
    except Problem:  # the walk was archived, the sender is gone or sends too much
        _discard(upload)
        raise
    except DBAPIError as error:
        if has_written_nothing(error):
            _discard(upload)
        raise


def _discard(upload: Upload) -> None:
    with suppress(StoreUnavailable):
        photo_store().delete(upload.key)
