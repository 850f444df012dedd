"""A bucket with a place to wait: uploads rest on this machine while it does not answer.

Owns that place, DATA_DIR/waiting, and when to ask the bucket again. Promises that what `keep` returned
from survives a power cut here or there, and that a bucket which hangs holds up one upload at a time and
not every thread. Waits only where `may_wait` says that a worker of this machine will carry on
(operations.waiting); elsewhere an upload is refused, and stays on the phone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app.adapters.photo_store import LocalStore, NotFound, S3Store, StoreUnavailable
from app.logs import log

MARK = "waiting/"
REST_S = 30.0
"""So long after a failure nobody but one upload asks the bucket."""


def plain(key: str) -> str:
    """The key under which the bucket has it, or will."""
    return key.removeprefix(MARK)


class PatientStore:
    """A PhotoStore. A key that begins with MARK says: look on this machine first, then in the bucket."""

    may_wait = False

    def __init__(self, bucket: S3Store, folder: Path) -> None:
        self._bucket = bucket
        self._here = LocalStore(folder)
        self._lock = threading.Lock()
        self._asked_again_at = 0.0

    @property
    def spool_dir(self) -> Path:
        return self._bucket.spool_dir

    def put(self, key: str, data: bytes) -> None:
        self._bucket.put(plain(key), data)

    def keep(self, key: str, path: Path) -> str:
        try:
            self._ask_bucket(key, path)
        except StoreUnavailable as error:
            if not self.may_wait:
                raise
            log.warning("upload waits for the photo store", extra={"fields": {"error": str(error.__cause__)}})
            return MARK + self._here.keep(key, path)
        return key

    def _ask_bucket(self, key: str, path: Path) -> None:
        """Raises StoreUnavailable, at once when others have just waited in vain."""
        with self._lock:
            rests = self._asked_again_at
            if rests and time.monotonic() < rests:
                raise StoreUnavailable("it did not answer a moment ago")
            if rests:  # this one tries; the others go on waiting meanwhile
                self._asked_again_at = time.monotonic() + REST_S
        try:
            self._bucket.keep(key, path)
        except StoreUnavailable:
            self._asked_again_at = time.monotonic() + REST_S
            raise
        self._asked_again_at = 0.0

    def read(self, key: str) -> bytes:
        if key.startswith(MARK):
            try:
                return self._here.read(plain(key))
            except NotFound:
                pass
        return self._bucket.read(plain(key))

    def exists(self, key: str) -> bool:
        return (key.startswith(MARK) and self._here.exists(plain(key))) or self._bucket.exists(plain(key))

    def delete(self, key: str) -> None:
        if key.startswith(MARK):
            self._here.delete(plain(key))
        self._bucket.delete(plain(key))

    def listing(self, under: str = "") -> Iterator[tuple[str, datetime]]:
        yield from self._bucket.listing(under)
        yield from ((MARK + key, written) for key, written in self._here.listing(under))

    def waiting(self) -> list[str]:
        return sorted(MARK + key for key, _written in self._here.listing())

    def carry_over(self, key: str) -> None:
        """Bring a waiting upload to the bucket; it stays here too until `let_go`. Raises StoreUnavailable."""
        self._ask_bucket(plain(key), self._here.path(plain(key)))

    def let_go(self, key: str) -> None:
        """Forget what the bucket has."""
        self._here.delete(plain(key))
