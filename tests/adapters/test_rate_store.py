"""Counting failures: in our own database, shared by processes and threads."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from app import create_app
from app.adapters.rate_store import DatabaseStorage, attempts_storage
from app.config import load_settings
from app.db import db, transaction
from app.models.rate import RateWindow
from tests.apps import AppFactory
from tests.cast import make_cast
from tests.databases import Database


@pytest.fixture
def storage(context: Flask) -> DatabaseStorage:
    made = attempts_storage(context)
    assert isinstance(made, DatabaseStorage)
    return made


def end_window(key: str) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    with transaction() as session:
        session.execute(sa.update(RateWindow).where(RateWindow.key == key).values(expires_at=past))


def test_it_counts(storage: DatabaseStorage) -> None:
    assert [storage.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert storage.incr("a", 60, amount=5) == 8
    assert (storage.get("a"), storage.get("b")) == (8, 0)


def test_a_window_that_has_ended_counts_anew(storage: DatabaseStorage) -> None:
    storage.incr("a", 60, amount=7)
    end_window("a")
    assert storage.get("a") == 0
    assert storage.incr("a", 60) == 1


def test_counting_does_not_lengthen_the_window(storage: DatabaseStorage) -> None:
    storage.incr("a", 60)
    ends = storage.get_expiry("a")
    storage.incr("a", 600)
    assert storage.get_expiry("a") == ends


def test_it_forgets(storage: DatabaseStorage) -> None:
    for key in ("a", "b", "c"):
        storage.incr(key, 60)
    storage.clear("a")
    end_window("b")
    assert storage.clear_ended() == 1
    assert [storage.get(key) for key in ("a", "b", "c")] == [0, 0, 1]
    assert storage.reset() == 1


def test_a_count_outlives_the_rollback_of_the_request(storage: DatabaseStorage) -> None:
    db.session.execute(sa.select(RateWindow)).all()
    storage.incr("a", 60)
    db.session.rollback()
    assert storage.get("a") == 1


def test_it_refuses_above_the_limit_and_not_below(storage: DatabaseStorage) -> None:
    limiter, limit = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(10)
    for _ in range(10):
        assert limiter.test(limit, "code", "one")
        limiter.hit(limit, "code", "one")
    assert not limiter.test(limit, "code", "one")
    assert limiter.test(limit, "code", "another")


def test_threads_share_the_count(storage: DatabaseStorage) -> None:
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: storage.incr("a", 60), range(80)))
    assert sorted(counts) == list(range(1, 81))


def _count_in_child(environment: dict[str, str], times: int) -> None:
    app = create_app(load_settings(environment))
    for _ in range(times):
        attempts_storage(app).incr("a", 600)


def test_processes_share_the_count(storage: DatabaseStorage, database: Database) -> None:
    spawn = multiprocessing.get_context("spawn")
    children = [spawn.Process(target=_count_in_child, args=(database.environment(), 25)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert storage.get("a") == 75


def test_counting_waits_for_a_writer_and_does_not_fail(storage: DatabaseStorage, context: Flask) -> None:
    writing, done = threading.Event(), threading.Event()

    def write() -> None:
        with context.app_context(), transaction() as session:
            session.execute(sa.delete(RateWindow).where(RateWindow.key == "nothing"))
            writing.set()
            done.wait(20)

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait(20)
    counted = ThreadPoolExecutor(1).submit(storage.incr, "a", 60)
    done.set()
    writer.join()
    assert counted.result(20) == 1


def test_a_right_code_is_let_in_where_many_wrong_ones_were_typed(app_factory: AppFactory) -> None:
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="3", ATTEMPTS_IN_ALL="5"))
    wrong = [cast.nobody.post("/api/join", json={"code": "0000-0000"}).status_code for _ in range(6)]
    assert wrong[-1] == 429
    joined = [cast.nobody.post("/api/join", json={"code": cast.a.code}).status_code for _ in range(30)]
    assert set(joined) == {201}
