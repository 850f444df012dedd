"""The photo worker: decodes what has come in, looks for faces in it, and sweeps up.

Owns the order of the work: encodings first, since people wait for them. Promises that every photo
in state "received" is tried until it is ready or set aside, whatever became of the bell; that a
restart, even by SIGKILL, costs nothing but the photo at hand being done again; and that the web
server goes first (we are niced, decode in at most two children, and look for faces in one).
"""

from __future__ import annotations

import logging
import os
import random
import signal
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, current_app

from app.adapters import faces as face_finder
from app.adapters import images
from app.adapters.children import Unable
from app.adapters.jobs import bell, doorbell
from app.adapters.photo_store import StoreUnavailable, clear_spool
from app.adapters.rate_store import DatabaseStorage, attempts_storage
from app.db import transaction
from app.lean import compile_no_more
from app.logs import log
from app.migrating import revisions
from app.operations import backup, faces, leftovers, photos, redactions, retention, waiting, walks
from app.rules.backups import is_due

NICENESS = 10
BATCH = 64
FIRST_POLL_S, SLOWEST_POLL_S = 0.05, 1.0
SWEEP_EVERY_S = 60
"""The sweep runs in the main thread and needs no queue, so a broken one delays photos by a minute."""
NOT_NOW = (StoreUnavailable, Unable)
NO_STORE_OR_CHILD = "photo store or decoder unavailable; trying again at the next sweep"
FAILED_BACKUP_WAITS = timedelta(minutes=15)


def run_worker(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; the photos at hand are finished first."""
    compile_no_more()
    os.nice(NICENESS)
    logging.getLogger("huey").setLevel(logging.WARNING)
    stopping = threading.Event()
    photo_work = PhotoWork(app, stopping)
    ours = bell(app)
    ours.on("photo", photo_work.answer)
    consumer = ours.queue.create_consumer(
        workers=images.DECODERS,
        periodic=False,
        initial_delay=FIRST_POLL_S,
        max_delay=SLOWEST_POLL_S,
        check_worker_health=False,
    )
    consumer.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    with app.app_context():
        for _thread in range(images.DECODERS):
            doorbell("photo", "at start", at_most=images.DECODERS)
    backups = BackupWork(app)
    while not stopping.is_set():
        photo_work.sweep()
        close_walks(app)
        backups.start_if_due(datetime.now(UTC))
        consumer.check_worker_health()
        stopping.wait(SWEEP_EVERY_S)
    consumer.stop(graceful=True)
    images.close()
    face_finder.close()


def close_walks(app: Flask) -> None:
    """Close what has been closing for its time of grace."""
    try:
        with app.app_context(), transaction():
            walks.close_over(datetime.now(UTC))
    except sa.exc.OperationalError:
        log.exception("no walk could be closed; trying again later")


class BackupWork:
    """Makes a backup when the newest is too old, beside the photos; one at a time.

    A process that ends in the middle leaves no archive: the next start makes it anew.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._thread: threading.Thread | None = None
        self._not_before = datetime.now(UTC)

    def start_if_due(self, now: datetime) -> None:
        """Look, and begin in a thread of its own."""
        settings = self._app.config["SETTINGS"]
        busy = self._thread and self._thread.is_alive()
        if not settings.backup_every_hours or busy or now < self._not_before:
            return
        self._not_before = now + FAILED_BACKUP_WAITS
        self._thread = threading.Thread(target=self._make, args=(now,), daemon=True)
        self._thread.start()

    def _make(self, now: datetime) -> None:
        settings = self._app.config["SETTINGS"]
        try:
            with self._app.app_context():
                place = backup.backup_place()
                if not is_due(place.names(), settings.backup_every_hours, now):
                    return
                made = backup.create(place, revisions().head)
                backup.prune(place, settings.backup_keep)
            facts = {"name": made.name, "bytes": made.size, "lacking": len(made.lacking)}
            log.info("backup made", extra={"fields": facts})
        except Exception:
            log.exception("no backup could be made; trying again later")


def process_waiting() -> None:
    """Decode all that waits, here and now, within the app's context."""
    PhotoWork(current_app._get_current_object(), threading.Event()).drain()  # type: ignore[attr-defined]


class PhotoWork:
    """What the worker's threads share: which photos are in hand, and whether to stop."""

    def __init__(self, app: Flask, stopping: threading.Event) -> None:
        self._app = app
        self._stopping = stopping
        self._in_hand: set[UUID] = set()
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._unnamed: set[str] = set()

    def answer(self) -> None:
        """Encode all that waits, then look for faces in it."""
        self.drain()
        self.look()

    def sweep(self) -> None:
        """Look for what no bell told of, and clear away what nobody needs.

        Each part is tried whatever became of the others: a full folder must not keep an original alive.
        """
        now = datetime.now(UTC)
        for part in (
            waiting.carry_over,
            self.answer,
            lambda: clear_spool(photos.photo_store().spool_dir),
            lambda: redactions.purge_originals(now),
            lambda: retention.purge_over(now),
            lambda: leftovers.delete_leftovers(now),
            lambda: self._delete_forgotten(now),
            self._clear_attempts,
        ):
            try:
                with self._app.app_context():
                    part()
            except Exception:
                log.exception("a part of the sweep failed; trying again in a minute")

    def _delete_forgotten(self, now: datetime) -> None:
        self._unnamed = leftovers.delete_forgotten(now, self._unnamed)

    def _clear_attempts(self) -> None:
        attempts = attempts_storage(self._app)
        if isinstance(attempts, DatabaseStorage):
            attempts.clear_ended()

    def drain(self) -> None:
        """Process photos until none is left but those that failed or that others have in hand."""
        passed_over: set[UUID] = set()
        while batch := self._batch(passed_over):
            for photo_id in batch:
                if self._stopping.is_set():
                    return
                if not self._take(photo_id):
                    passed_over.add(photo_id)
                    continue
                try:
                    if not self._process(photo_id):
                        passed_over.add(photo_id)
                except NOT_NOW:
                    log.warning(NO_STORE_OR_CHILD, exc_info=True)
                    return
                finally:
                    self._in_hand.discard(photo_id)

    def look(self) -> None:
        """Look for faces in one photo after the other; new photos are encoded in between."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            while not self._stopping.is_set() and self._look_at_one():
                self.drain()
        except NOT_NOW:
            log.warning(NO_STORE_OR_CHILD, exc_info=True)
        finally:
            self._looking.release()

    def _look_at_one(self) -> bool:
        with self._app.app_context():
            photo_ids = faces.waiting(1)
            for photo_id in photo_ids:
                faces.propose(photo_id, datetime.now(UTC))
        return bool(photo_ids)

    def _batch(self, passed_over: set[UUID]) -> list[UUID]:
        """Photos of the oldest that wait, in any order, so that several workers seldom meet."""
        with self._app.app_context():
            waiting = photos.waiting(BATCH + len(passed_over))
        batch = [photo_id for photo_id in waiting if photo_id not in passed_over]
        random.shuffle(batch)
        return batch

    def _take(self, photo_id: UUID) -> bool:
        with self._lock:
            if photo_id in self._in_hand:
                return False
            self._in_hand.add(photo_id)
            return True

    def _process(self, photo_id: UUID) -> bool:
        """Whether one photo is done with. Whatever goes wrong is logged, and the others go on."""
        try:
            with self._app.app_context():
                state = photos.process(photo_id, datetime.now(UTC))
        except NOT_NOW:
            raise
        except Exception:
            log.exception("photo not processed", extra={"fields": {"photo": str(photo_id)}})
            return False
        if state != "ready":
            log.warning("photo set aside", extra={"fields": {"photo": str(photo_id), "state": state}})
        return state != "received"
