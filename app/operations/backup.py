"""Making a backup while the walk goes on: one archive of database and photos.

Owns what goes in and in which order. Promises one moment's database, every photo file that it
speaks of, and that phones are told to let go of bytes only when the archive has been read back whole.
Does not restore.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from app.adapters.archive import CHUNK_BYTES, Contents, Member, read_whole, sealed, whole
from app.adapters.backup_place import BackupPlace, open_place
from app.adapters.photo_store import NotFound
from app.adapters.rows import kinds_of, lines
from app.adapters.secrets import key_mark, new_epoch
from app.adapters.work_files import work_folder, write_file
from app.db import db, quick_transaction, run, table
from app.logs import log
from app.models import LoginSession, RateWindow, Refill, Spent, Walk
from app.operations.lost_photos import walks_of
from app.operations.photo_files import StoredFile, stored_files
from app.operations.photos import photo_store
from app.rules.backups import FORMAT, archive_name, archives, check_manifest, superseded

WALK = table(Walk)
NOT_KEPT = {table(each).name for each in (LoginSession, RateWindow, Spent, Refill)}
"""A log-in that was ended must not come back to life; counters and what is spent are of the moment."""
ROUNDS = 20
BACKED_UP = (
    sa.update(WALK)
    .where(WALK.c.id == sa.bindparam("walk"), WALK.c.epoch == sa.bindparam("of_epoch"))
    .where(WALK.c.backed_up_seq < sa.bindparam("upto"))
    .values(backed_up_seq=sa.bindparam("upto"))
)


class Unsettled(Exception):
    """Photos moved faster than they could be copied; nothing was kept. Trying again helps."""


@dataclass(frozen=True)
class Made:
    """A finished backup: its name, size in bytes, and photo files that were not there to be copied."""

    name: str
    size: int
    walks: int
    pins: int
    photos: int
    lacking: tuple[str, ...]


def backup_place(setting: str | None = None) -> BackupPlace:
    """The folder or bucket that `setting`, else BACKUP_TO, names. Raises ValueError."""
    settings = current_app.config["SETTINGS"]
    return open_place(setting or settings.backup_to, settings.data_dir)


def tables() -> list[sa.Table]:
    """The tables that a backup holds, those that others point to first."""
    return [one for one in db.metadata.sorted_tables if one.name not in NOT_KEPT]


def create(place: BackupPlace, revision: str, tell: Callable[[str], None] = lambda _words: None) -> Made:
    """Make a backup, read it back, and tell phones what it holds.

    Raises StoreFull, StoreUnavailable, BadArchive, Unsettled; then no archive of it is left.
    """
    name = archive_name(datetime.now(UTC), new_epoch()[:8])
    with work_folder(photo_store().spool_dir, "backup-") as spool:
        packing = _Packing(spool, revision, tell)
        place.save(name, sealed(packing.members(), packing.facts))
    tell("reading it back")
    try:
        verify(place, name)
    except BaseException:
        place.delete(name)
        raise
    _tell_phones(packing.snapshot)
    counted = packing.snapshot.counts
    lacking = tuple(sorted(packing.snapshot.lacking))
    return Made(name, place.size(name), counted["walk"], counted["pin"], len(packing.snapshot.files), lacking)


def verify(place: BackupPlace, name: str) -> Contents:
    """Read an archive whole and compare it with its manifest. Raises BadArchive, NotFound."""
    with place.open(name) as file:
        return verified(file)


def verified(file: BinaryIO, take: Callable[[str, Iterator[bytes]], None] | None = None) -> Contents:
    """The same for an open archive; `take` sees each member on the way."""
    contents = read_whole(file, take)
    check_manifest(contents.manifest, contents.members)
    return contents


def prune(place: BackupPlace, keep: int) -> list[str]:
    """Delete all but the newest `keep` archives; the names of those that went."""
    gone = superseded(place.names(), keep)
    for name in gone:
        place.delete(name)
    return gone


def newest(place: BackupPlace) -> str | None:
    names = archives(place.names())
    return names[-1] if names else None


@dataclass
class _Snapshot:
    """One moment of the database, as files of lines, and what it says of photos and walks."""

    kinds: dict[str, dict[str, str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    files: list[StoredFile] = field(default_factory=list)
    walks: list[tuple[UUID, str, int]] = field(default_factory=list)
    lacking: dict[str, StoredFile] = field(default_factory=dict)


class _Packing:
    """The members of one archive, in order: photos until none is missing, then that moment's tables."""

    def __init__(self, spool: Path, revision: str, tell: Callable[[str], None]) -> None:
        self._spool, self._revision, self._tell = spool, revision, tell
        self.snapshot = _Snapshot()

    def facts(self) -> dict[str, Any]:
        snapshot = self.snapshot
        return {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(),
            "revision": self._revision,
            "engine": db.engine.dialect.name,
            "key": key_mark(),
            "tables": {
                name: {"columns": kinds, "rows": snapshot.counts[name]}
                for name, kinds in snapshot.kinds.items()
            },
            "lacking": sorted(snapshot.lacking),
        }

    def members(self) -> Iterator[Member]:
        packed: set[str] = set()
        missing: set[str] = set()
        for _round in range(ROUNDS):
            self.snapshot = self._take()
            before, missing = missing, set()
            for file in self.snapshot.files:
                if file.key in packed:
                    continue
                member = _photo(file)
                if member is None:
                    missing.add(file.key)
                    self.snapshot.lacking[file.key] = file
                    continue
                packed.add(file.key)
                yield member
            if missing <= before:
                break
            self._tell(f"{len(missing)} photos moved meanwhile: looking again")
        else:
            raise Unsettled
        for name in self.snapshot.kinds:
            yield self._table(name)

    def _take(self) -> _Snapshot:
        """Copy the database as it is now; what is written meanwhile belongs to the next backup."""
        snapshot = _Snapshot()
        with db.engine.connect() as connection:  # every statement sees the same moment
            for one in tables():
                snapshot.kinds[one.name] = kinds_of(one)
                snapshot.counts[one.name] = write_file(self._path(one.name), lines(connection, one))
            snapshot.files = list(stored_files(connection))
            rows = connection.execute(sa.select(WALK.c.id, WALK.c.epoch, WALK.c.feed_seq))
            snapshot.walks = [(row.id, row.epoch, row.feed_seq) for row in rows]
        self._tell(f"{snapshot.counts['pin']} pins, {len(snapshot.files)} photo files")
        return snapshot

    def _table(self, name: str) -> Member:
        path = self._path(name)
        return Member(f"tables/{name}.jsonl", path.stat().st_size, _chunks(path))

    def _path(self, name: str) -> Path:
        return self._spool / f"{name}.jsonl"


def _photo(file: StoredFile) -> Member | None:
    """The file as a member; None when it is not there, or is not what it was."""
    try:
        data = photo_store().read(file.key)
    except NotFound:
        return None
    if hashlib.sha256(data).hexdigest() != file.sha256:
        log.error("a photo's bytes are damaged", extra={"fields": {"photo": str(file.photo_id)}})
        return None
    return whole(f"photos/{file.key}", data)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _tell_phones(snapshot: _Snapshot) -> None:
    """Each walk is backed up to the number it had; one with a photo that was lacking no further than before.

    A photo's own number does not tell where the gap is: a review moves it, and its phone knows the first.
    """
    with quick_transaction():
        incomplete = walks_of({file.photo_id for file in snapshot.lacking.values()})
        for walk, epoch, seq in snapshot.walks:
            if walk not in incomplete:
                run(BACKED_UP, {"walk": walk, "of_epoch": epoch, "upto": seq})
