"""Where failed attempts are counted, so that all web processes share one count.

Owns the `rate_window` table, as a storage of the `limits` library; with REDIS_URL that library's
own Redis storage is used instead. Promises that counting is one atomic statement, committed at
once and apart from the request's transaction. Decides nothing: who is refused is not known here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask
from limits.storage import Storage, storage_from_string
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from app.config import Settings
from app.db import WriteGate, immediate, writing_engine
from app.models.rate import RateWindow

WINDOW = sa.inspect(RateWindow).local_table


def attempts_storage(app: Flask) -> Storage:
    """The app's counters; made at first use."""
    storage: Storage | None = app.extensions.get("attempts")
    if storage is None:
        storage = app.extensions["attempts"] = _make_storage(app)
    return storage


def _make_storage(app: Flask) -> Storage:
    settings: Settings = app.config["SETTINGS"]
    if settings.redis_url:
        options = {"key_prefix": "trygga-steg", "wrap_exceptions": True}
        return storage_from_string(settings.redis_url, **options)  # type: ignore[return-value, arg-type]
    with app.app_context():
        return DatabaseStorage(writing_engine(), app.extensions["write_gate"])


class DatabaseStorage(Storage):
    """Fixed windows in our own database.

    Not to be used inside `transaction()`: on SQLite there is one writer, and that would be us.
    """

    STORAGE_SCHEME = None

    def __init__(self, engine: Engine, gate: WriteGate) -> None:
        super().__init__()
        self._engine = engine
        self._gate = gate

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more; a window that has ended starts anew. Returns the new count."""
        now = _now()
        fresh = {"count": amount, "expires_at": datetime.fromtimestamp(now.timestamp() + expiry, UTC)}
        ended = WINDOW.c.expires_at <= now
        insert = _insert(self._engine).values(key=key, **fresh)
        upsert = insert.on_conflict_do_update(
            index_elements=[WINDOW.c.key],
            set_={
                "count": sa.case((ended, amount), else_=WINDOW.c.count + amount),
                "expires_at": sa.case((ended, insert.excluded.expires_at), else_=WINDOW.c.expires_at),
            },
        ).returning(WINDOW.c.count)
        with self._writing() as connection:
            return int(connection.execute(upsert).scalar_one())

    def get(self, key: str) -> int:
        row = self._row(key)
        return int(row._mapping["count"]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return row.expires_at.timestamp() if row else time.time()

    def check(self) -> bool:
        with self._engine.connect() as connection:
            connection.execute(sa.select(sa.literal(1)))
        return True

    def reset(self) -> int | None:
        return self._delete(sa.true())

    def clear(self, key: str) -> None:
        self._delete(WINDOW.c.key == key)

    def clear_ended(self) -> int:
        """Forget the windows that have ended; returns how many."""
        return self._delete(WINDOW.c.expires_at <= _now())

    def _row(self, key: str) -> sa.Row[Any] | None:
        running = sa.and_(WINDOW.c.key == key, WINDOW.c.expires_at > _now())
        with self._engine.connect() as connection:
            return connection.execute(sa.select(WINDOW).where(running)).first()

    def _delete(self, which: sa.ColumnElement[bool]) -> int:
        with self._writing() as connection:
            return connection.execute(sa.delete(RateWindow).where(which)).rowcount

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A connection of our own whose work is committed at the end."""
        if self._engine.dialect.name != "sqlite":
            with self._engine.begin() as connection:
                yield connection
            return
        with self._gate(), self._engine.connect() as connection:
            with immediate():
                begun = connection.begin()
            with begun:
                yield connection


def _insert(engine: Engine) -> Any:
    return (sqlite if engine.dialect.name == "sqlite" else postgresql).insert(WINDOW)


def _now() -> datetime:
    return datetime.now(UTC)
