"""Putting a backup back, all of it or nothing.

Promises that the archive has been read whole and checked before anything is touched, that photos are
in the store before the database speaks of them, and that the database changes in one transaction:
whoever looks meanwhile sees the old state. Every walk gets a new epoch, so that phones refill what
the backup is too old to know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.adapters.archive import Contents, read_whole
from app.adapters.ids import new_id
from app.adapters.photo_store import NotFound, StoreFull
from app.adapters.rows import inward_of, kinds_of, lines, load
from app.adapters.secrets import key_mark, new_epoch
from app.adapters.work_files import work_folder, write_file
from app.db import db, has_crossed, has_no_room, quick_transaction, run, table
from app.logs import log
from app.models import Organisation, Walk
from app.operations import audit
from app.operations.backup import tables, verified
from app.operations.lost_photos import count_as_lost, walks_of
from app.operations.photo_files import stored_files
from app.operations.photos import UPLOADS, photo_store
from app.operations.waiting import MOVED
from app.rules.backups import BadArchive, check_columns

WALK = table(Walk)
ORGANISATION = table(Organisation)
START_OVER = (
    sa.update(WALK)
    .where(WALK.c.id == sa.bindparam("walk"))
    .values(
        epoch=sa.bindparam("new_epoch"), epoch_at=sa.bindparam("began"), backed_up_seq=sa.bindparam("upto")
    )
)
TRIES = 5
OUR_OWN = ("photos/", "originals/")
"""Folders of our encodings; every other file came from a phone."""
LARGEST_PHOTO = 64 * 1024 * 1024
Kinds = Mapping[str, Mapping[str, str]]


class OtherKey(Exception):
    """The backup was made with another SECRET_KEY: codes on posters and one-time links would not work."""


@dataclass(frozen=True)
class Schema:
    """The migrations: the newest, all of them, and how a database (its URL) is brought to one."""

    head: str
    known: frozenset[str]
    bring: Callable[[str, str], None]


@dataclass(frozen=True)
class Restored:
    """What is back, the photo files that the backup itself lacked, and how many photos are here no more
    because of it: phones that still hold them are asked."""

    made_at: str
    walks: int
    pins: int
    photos: int
    lacking: tuple[str, ...]
    lost: int


def restore(file: BinaryIO, schema: Schema, now: datetime, *, any_key: bool = False) -> Restored:
    """Put back the archive in `file`; phones and desks may go on meanwhile.

    Raises BadArchive, OtherKey (unless `any_key`), StoreFull, StoreUnavailable; the database is then
    as it was, and the store holds at most some files more.
    """
    with work_folder(photo_store().spool_dir, "restore-") as spool:
        contents = verified(file, lambda name, chunks: _spool_table(spool, name, chunks))
        manifest = contents.manifest
        _check_version(manifest, schema, any_key)
        with _room_told():
            kinds = _kinds_of_today(spool, manifest, schema)
        file.seek(0)
        photos, moved = _put_photos(file, contents)
        try:
            with _room_told():
                counts = _swap(spool, kinds, now, manifest, moved)
        except (ValueError, KeyError, TypeError, sa.exc.DBAPIError) as error:
            raise BadArchive(f"its rows do not fit: {str(error).splitlines()[0]}") from error
    lacking = tuple(manifest["lacking"])
    return Restored(manifest["made_at"], counts["walk"], counts["pin"], photos, lacking, counts["lost"])


def _spool_table(spool: Path, name: str, chunks: Iterator[bytes]) -> None:
    if name.startswith("tables/"):
        write_file(spool / name.removeprefix("tables/"), chunks)


@contextmanager
def _room_told() -> Iterator[None]:
    """A database without room is told as a store without room. Raises StoreFull."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if not has_no_room(error):
            raise
        raise StoreFull from error


def _check_version(manifest: Mapping[str, Any], schema: Schema, any_key: bool) -> None:
    if manifest["revision"] not in schema.known:
        raise BadArchive("it was made by a newer version of Trygga steg: install that one first")
    if manifest["key"] != key_mark() and not any_key:
        raise OtherKey


def _kinds_of_today(spool: Path, manifest: Mapping[str, Any], schema: Schema) -> Kinds:
    """The tables' columns; an older version's rows in `spool` go through the migrations first."""
    kinds: Kinds = {name: one["columns"] for name, one in manifest["tables"].items()}
    if manifest["revision"] != schema.head:
        kinds = _migrated(spool, kinds, manifest["revision"], schema)
    check_columns(kinds, {one.name: one.columns.keys() for one in tables()})
    return kinds


def _migrated(spool: Path, kinds: Kinds, revision: str, schema: Schema) -> Kinds:
    url = f"sqlite:///{spool / 'older.db'}"
    schema.bring(url, revision)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for name in sa.inspect(connection).get_table_names():
            if name in kinds:
                connection.execute(sa.delete(sa.table(name)))
                load(connection, name, kinds[name], _lines_of(spool, name))
    schema.bring(url, schema.head)
    with engine.connect() as connection:
        for one in tables():
            write_file(spool / f"{one.name}.jsonl", lines(connection, one))
    engine.dispose()
    return {one.name: kinds_of(one) for one in tables()}


def _lines_of(spool: Path, name: str) -> Iterator[bytes]:
    with (spool / f"{name}.jsonl").open("rb") as file:
        yield from file


def _put_photos(file: BinaryIO, contents: Contents) -> tuple[int, dict[str, str]]:
    """Store every photo of the archive that the store does not hold unharmed.

    How many there are, and the new key of each upload: a worker that has just encoded one deletes it under
    the old key, maybe after we looked.
    """
    count = 0
    moved: dict[str, str] = {}

    def put(name: str, chunks: Iterator[bytes]) -> None:
        nonlocal count
        if not name.startswith("photos/"):
            return
        count += 1
        if contents.members[name][0] > LARGEST_PHOTO:
            raise BadArchive(f"{name} is too large for a photo")
        key, data = name.removeprefix("photos/"), b"".join(chunks)
        digest = hashlib.sha256(data).hexdigest()
        if digest != contents.members[name][1]:
            raise BadArchive("it changed while it was read")
        if not key.startswith(OUR_OWN):
            moved[key] = f"{UPLOADS}/restored/{new_id()}"
            photo_store().put(moved[key], data)
        elif not _holds(key, digest):
            photo_store().put(key, data)

    read_whole(file, put)
    return count, moved


def _holds(key: str, digest: str) -> bool:
    try:
        return hashlib.sha256(photo_store().read(key)).hexdigest() == digest
    except NotFound:
        return False


def _swap(
    spool: Path, kinds: Kinds, now: datetime, manifest: Mapping[str, Any], moved: Mapping[str, str]
) -> dict[str, int]:
    """The one transaction; begun again when it crossed somebody else's."""
    for _ in range(TRIES - 1):
        try:
            return _swap_once(spool, kinds, now, manifest, moved)
        except sa.exc.OperationalError as error:
            if not has_crossed(error):
                raise
            log.info("restore begun again")
    return _swap_once(spool, kinds, now, manifest, moved)


def _swap_once(
    spool: Path, kinds: Kinds, now: datetime, manifest: Mapping[str, Any], moved: Mapping[str, str]
) -> dict[str, int]:
    with quick_transaction():
        counts = _replace(spool, kinds)
        for key, new_key in moved.items():
            run(MOVED, {"key": key, "moved_to": new_key})
        lacking = _still_lacking(manifest)
        lost = {photo for photo, is_lost in lacking.items() if is_lost}
        count_as_lost(lost)
        _start_over(now, manifest, walks_of(lacking.keys()))
    return counts | {"lost": len(lost)}


def _still_lacking(manifest: Mapping[str, Any]) -> dict[UUID, bool]:
    """Of the rows put back, the photos of which the backup lacked a file: whether the store lacks it too."""
    keys = set(manifest["lacking"])
    found: dict[UUID, bool] = {}
    for file in stored_files(_connection()) if keys else ():
        if file.key in keys:
            is_lost = not _holds(file.key, file.sha256)
            found[file.photo_id] = found.get(file.photo_id, False) or is_lost
    return found


def _connection() -> Connection:
    """That of the present transaction: no other one sees the rows that are put back."""
    return run(sa.select(1)).connection


def _replace(spool: Path, kinds: Kinds) -> dict[str, int]:
    """Delete every row there is and insert the archive's; how many of each table."""
    everything = db.metadata.sorted_tables
    connection = _connection()
    if connection.dialect.name == "postgresql":
        # The walk first, as everybody who writes takes it first: whoever holds it needs none of the others
        # that we would hold already.
        names = ", ".join([WALK.name, *(one.name for one in everything)])
        connection.execute(sa.text("SET LOCAL lock_timeout = 0"))  # a restore waits for the last writer
        connection.execute(sa.text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    for one in reversed(everything):
        connection.execute(sa.delete(one))
    counts = {one.name: 0 for one in tables()}
    for one in tables():
        if one.name in kinds:
            rows = _lines_of(spool, one.name)
            counts[one.name] = load(connection, one.name, kinds[one.name], rows, inward_of(one))
    _continue_counters(connection)
    return counts


def _continue_counters(connection: Connection) -> None:
    """PostgreSQL counts on from the highest number that came in, not from where it stood."""
    if connection.dialect.name != "postgresql":
        return
    for one in tables():
        counter = one.autoincrement_column
        if counter is not None:
            sequence = sa.func.pg_get_serial_sequence(one.name, counter.name)
            highest = sa.select(sa.func.coalesce(sa.func.max(counter), 0) + 1).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sequence, highest, False)))


def _start_over(now: datetime, manifest: Mapping[str, Any], incomplete: Collection[UUID]) -> None:
    """A new life for every walk; phones may let go of what the backup held, if it held all of their walk."""
    for walk in run(sa.select(WALK.c.id, WALK.c.feed_seq, WALK.c.backed_up_seq)).all():
        upto = walk.backed_up_seq if walk.id in incomplete else walk.feed_seq
        run(START_OVER, {"walk": walk.id, "new_epoch": new_epoch(), "began": now, "upto": upto})
    for (organisation,) in run(sa.select(ORGANISATION.c.id)).all():
        audit.note(None, organisation, "restore", now, made_at=manifest["made_at"])
