"""The doorbell of work that is done after the answer.

Owns the queue: a SQLite file in DATA_DIR, or Redis with REDIS_URL. Promises nothing about a single
ring: what is to be done stands in the photo's own row, and the worker's sweep finds what no bell
told of. So rings are not brought to the disk, and one that waits already is enough for all.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from app.config import Settings
from app.db import keep_private
from app.logs import log

NAME = "trygga-steg"
BUSY_TIMEOUT_S = 1


def doorbell(kind: str, thing_id: str, at_most: int = 1) -> None:
    """Tell the worker that there is work of a kind; call it after the commit.

    At most `at_most` rings wait. Never fails: a bell that cannot be rung is logged, and the sweep
    comes within a minute.
    """
    try:
        bell(current_app).ring(kind, at_most)
    except Exception:
        log.warning("doorbell not rung", extra={"fields": {"kind": kind, "id": thing_id}}, exc_info=True)


def bell(app: Flask) -> Bell:
    """This process's own bell; a connection made before a fork must not be used after it."""
    made: tuple[int, Bell] | None = app.extensions.get("bell")
    if made is None or made[0] != os.getpid():
        made = app.extensions["bell"] = (os.getpid(), Bell(_open(app.config["SETTINGS"])))
    return made[1]


class Bell:
    """A queue of rings, and in the worker what to do at each kind."""

    def __init__(self, queue: Huey) -> None:
        self.queue = queue
        self._answers: dict[str, Callable[[], None]] = {}
        self._task = queue.task(name="ring")(self._answer)

    def ring(self, kind: str, at_most: int = 1) -> None:
        """Put a ring in the queue, unless there are `at_most` waiting already."""
        if self.queue.pending_count() < at_most:
            self._task(kind)

    def on(self, kind: str, answer: Callable[[], None]) -> None:
        """Let `answer` be called, in the worker, after a ring of `kind`."""
        self._answers[kind] = answer

    def _answer(self, kind: str) -> None:
        self._answers[kind]()


def _open(settings: Settings) -> Huey:
    # Jobs are pickled; the signature keeps whoever can write to Redis from running code here.
    options = {"results": False, "serializer": SignedSerializer(settings.secret_key, salt="jobs")}
    if settings.redis_url:
        return RedisHuey(NAME, url=settings.redis_url, **options)
    file = settings.data_dir / "jobs.db"
    own = {"filename": str(file), "fsync": False, "timeout": BUSY_TIMEOUT_S, "cache_mb": 1}
    try:
        return _private(SqliteHuey(NAME, **own, **options), file)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        # A power cut may break what is never brought to the disk. There is nothing in it to save.
        for part in settings.data_dir.glob("jobs.db*"):
            part.unlink(missing_ok=True)
        return _private(SqliteHuey(NAME, **own, **options), file)


def _private(queue: Huey, file: Path) -> Huey:
    keep_private(file)
    return queue
