"""The database: engine habits, column types and the only place that commits.

Owns the SQLAlchemy object, SQLite's pragmas, the write gate and `transaction()`. Promises that a
write transaction on SQLite starts with BEGIN IMMEDIATE behind one lock for all threads and
processes, so that nobody sees "database is locked", and that everything read between two
transactions is of one moment, on both engines. Knows no tables.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, cast
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event, orm
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import scoped_session
from sqlalchemy.pool import PoolProxiedConnection

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware UTC datetimes on both engines (SQLite alone would hand back naive ones)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(orm.DeclarativeBase):
    """Every table's base; typed columns map by annotation."""

    registry = orm.registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime,
            UUID: sa.Uuid(as_uuid=True),
            dict[str, Any]: sa.JSON,
            list[Any]: sa.JSON,
            str: sa.Text,
            float: sa.Double,
        },
    )


WRITES = {"isolation_level": "READ COMMITTED"}
LOCK_WAIT_S = 10
"""Whoever waits longer for another's lock is told that the service is busy, and tries again later."""

db = SQLAlchemy(model_class=Base)

AnyRow: TypeAlias = sa.Row[*tuple[Any, ...]]
"""A row of any columns."""


def table(model: type[Base]) -> sa.Table:
    """The model's table, for statements on the hot path that need no objects."""
    return cast(sa.Table, model.__table__)


def init_db(app: Flask) -> None:
    """Bind the database to `app`; engines get our pragmas and our way to begin."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    options: dict[str, Any] = {"pool_pre_ping": not url.startswith("sqlite")}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": LOCK_WAIT_S}
    else:
        options |= {"pool_size": 8, "max_overflow": 8, "connect_args": {"connect_timeout": 5}}
        options["isolation_level"] = "REPEATABLE READ"  # of readers; a writer's is another one
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        tune = _tune_sqlite if db.engine.dialect.name == "sqlite" else _tune_postgres
        tune(db.engine)
    app.extensions["write_gate"] = WriteGate(Path(app.config["SETTINGS"].data_dir) / "write.lock")


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        _main, _name, file = connection.execute("PRAGMA database_list").fetchone()
        if file:  # not in memory
            keep_private(Path(file))
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={LOCK_WAIT_S * 1000}",
            "cache_size=-2000",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    # Not by a "begin" event: with one listener every statement asks for its events, a tenth of its cost.
    engine.dialect.do_begin = _begin_sqlite  # type: ignore[method-assign]


def keep_private(file: Path) -> None:
    """Let its owner alone read a SQLite file and the two beside it; what belongs to others stays as it is.

    By name: to open and close the file here would take away SQLite's locks on it.
    """
    for part in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        with suppress(OSError):
            now = part.stat()
            if now.st_uid == os.geteuid() and now.st_mode & 0o077:
                part.chmod(now.st_mode & 0o700)


def _begin_sqlite(dbapi_connection: PoolProxiedConnection) -> None:
    dbapi_connection.cursor().execute(_begin.get())


_begin: ContextVar[str] = ContextVar("begin", default="BEGIN")


@contextmanager
def immediate() -> Iterator[None]:
    """What begins in the block begins, on SQLite, with the write lock. Enter it behind the write gate."""
    token = _begin.set("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        _begin.reset(token)


def _tune_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"SET lock_timeout = '{LOCK_WAIT_S}s'")
        connection.commit()


def writing_engine() -> Engine:
    """The engine for writers: who waited for a lock must see what its holder wrote."""
    if db.engine.dialect.name == "sqlite":
        return db.engine  # its only writer waited for the gate before it looked
    return db.engine.execution_options(**WRITES)


CROSSED = ("40001", "40P01", "23503", "SQLITE_CONSTRAINT_FOREIGNKEY")
"""PostgreSQL's serialization failure and deadlock; and a row that is gone, though just met."""


def has_crossed(error: sa.exc.DBAPIError) -> bool:
    """Whether a transaction only met another one, and may simply begin again."""
    return isinstance(error, Vanished) or _code(error) in CROSSED


NO_ROOM = ("53100", "SQLITE_FULL", "SQLITE_IOERR_WRITE")
"""PostgreSQL's word for a full disk, and SQLite's two."""


def has_no_room(error: sa.exc.DBAPIError) -> bool:
    """Whether the database could not write for want of room."""
    return _code(error) in NO_ROOM


LOCKED_OUT = ("SQLITE_BUSY", "55P03")


def has_written_nothing(error: sa.exc.DBAPIError) -> bool:
    """Whether it is certain that a transaction which ended so has left nothing; a lost connection is not."""
    return isinstance(error, Busy) or has_no_room(error) or _code(error) in LOCKED_OUT


def _code(error: sa.exc.DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)


class Busy(sa.exc.OperationalError):
    """Others have been writing for too long."""


class Vanished(sa.exc.OperationalError):
    """A row that this request had read before is gone: a restore came between."""


class WriteGate:
    """One writer at a time over threads (lock) and processes (flock).

    SQLite's own busy handler sleeps in growing steps and starves the unlucky; a kernel lock wakes
    waiters at once and dies with its process. On PostgreSQL nobody enters here.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: int | None = None
        self._pid = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=LOCK_WAIT_S):
            raise Busy("the write gate", {}, TimeoutError())
        try:
            file = self._descriptor()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self._lock.release()

    def _descriptor(self) -> int:
        # A forked child shares its parent's open file, and with it the lock: open anew per process.
        if self._file is None or self._pid != os.getpid():
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            self._pid = os.getpid()
        return self._file


def run(statement: sa.Executable, values: Any = None) -> sa.CursorResult[Any]:
    """Execute a statement on the present connection, without the ORM's work.

    For the hot path: statements are module constants with bindparams, so that they are built once.
    Inside `quick_transaction` it is that transaction's connection, otherwise the session's.
    """
    connection = _quick.get()
    return (connection or db.session.connection()).execute(statement, values)


def changed(statement: sa.Executable) -> int:
    """Execute an UPDATE or DELETE in the session; how many rows it met. With a condition, one writer wins."""
    return cast(sa.CursorResult[Any], db.session.execute(statement)).rowcount


_quick: ContextVar[Connection | None] = ContextVar("quick", default=None)


class KeptAndRaised(Exception):
    """Raised inside a transaction whose writes shall stand all the same."""


@contextmanager
def transaction() -> Iterator[scoped_session[Session]]:
    """One write transaction: commits at the end, rolls back on any exception.

    Whatever the request had read before is let go first, so hold values and not rows across it.
    """
    session = db.session
    session.rollback()
    if db.engine.dialect.name != "sqlite":
        session.connection(execution_options=WRITES)
        yield from _committed(session)
        return
    gate: WriteGate = current_app.extensions["write_gate"]
    with gate():
        with immediate():
            session.connection()
        yield from _committed(session)


def _committed(session: scoped_session[Session]) -> Iterator[scoped_session[Session]]:
    try:
        yield session
        session.commit()
    except KeptAndRaised:
        session.commit()
        raise
    except BaseException:
        session.rollback()
        raise


@contextmanager
def quick_read() -> Iterator[None]:
    """A read for `run` alone, on a connection that is given back at once; inside another, on its own."""
    if _quick.get():
        yield
        return
    with db.engine.connect() as connection:
        token = _quick.set(connection)
        try:
            yield
        finally:
            _quick.reset(token)


@contextmanager
def quick_transaction() -> Iterator[None]:
    """A write transaction for `run` alone: a session costs more than all it would do here.

    The session must not be used inside; if it was used before, it is let go.
    """
    if db.session.registry.has():
        db.session.remove()
    gate = current_app.extensions["write_gate"]() if db.engine.dialect.name == "sqlite" else nullcontext()
    with gate, writing_engine().connect() as connection:
        token = _quick.set(connection)
        try:
            with immediate():
                connection.begin()
            yield
            connection.commit()
        except KeptAndRaised:
            connection.commit()
            raise
        finally:
            _quick.reset(token)
