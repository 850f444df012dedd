"""Server faults of the database: no room (S2), locked (S3), restarted (S4), crossed (S5).

S2 is a file system that is really full where the test may mount one; otherwise a limit on the files that
this process may write, or PostgreSQL's own error at the commit.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.db import db
from app.models import Photo, Pin, PinRevision
from tests.apps import Apps
from tests.builders import a_photo
from tests.cast import Cast, make_cast
from tests.contract.disasters import commits_that_fail, everything, same_device
from tests.databases import Cluster, Database, Migrated, migrate
from tests.faults.disks import Disk, mounted
from tests.faults.herd import Herd
from tests.servers import ServerFactory
from tests.waiting import wait_until
from tests.web.test_health import ask as ask_ready

FULL = (507, "storage_full")


@contextmanager
def on_disk(engine: str, path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database whose rows, like its photos, lie at `path`."""
    data_dir = path / "data"
    data_dir.mkdir()
    if engine == "sqlite":
        file = data_dir / "trygga-steg.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield Database(engine, f"sqlite:///{file}", data_dir)
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    migrated: Migrated = request.getfixturevalue("migrated")
    space = path / "space"
    space.mkdir()
    shutil.chown(space, "postgres", "postgres")
    cluster.run(f"CREATE TABLESPACE small LOCATION '{space}'")
    name = cluster.create(migrated.template)
    cluster.run(f"ALTER DATABASE {name} SET TABLESPACE small")
    try:
        yield Database(engine, cluster.dsn(name), data_dir)
    finally:
        cluster.drop(name)
        cluster.run("DROP TABLESPACE small")


def told(answers: list[Any]) -> list[tuple[int, str | None]]:
    return [(answer.status_code, answer.json.get("code")) for answer in answers]


def until_full(cast: Cast) -> None:
    """PostgreSQL has some room left in its pages; a database is full when nothing fits any more."""
    wait_until(lambda: told([cast.amina.put_pin(text="x" * 2000)]) == [FULL], "no room", every=0)


def test_s02_a_full_disk_refuses_writes_alone_and_recovers(
    engine: str, apps: Apps, request: pytest.FixtureRequest
) -> None:
    directory = Path(tempfile.mkdtemp(prefix="disk-", dir="/tmp"))
    directory.chmod(0o755)
    with mounted(directory / "disk") as disk:
        if disk is None:
            _full_without_mounting(engine, request.getfixturevalue("cast"))
            return
        with on_disk(engine, disk.path, request) as database:
            leased = apps.lease(database)
            _full(make_cast(leased.app), disk)
            leased.rest()
            leased.disconnect()
    shutil.rmtree(directory)


def sent(cast: Cast) -> dict[str, list[str]]:
    """All rows but what looking whether there is room writes."""
    return {name: rows for name, rows in everything(cast).items() if name != "rate_window"}


def _full(cast: Cast, disk: Disk) -> None:
    before = cast.amina.put_pin(text="before").json["id"]
    assert ask_ready(cast.app) == (200, [])
    disk.fill()
    until_full(cast)
    kept = sent(cast)
    assert told([cast.amina.put_photo(a_photo(1)), cast.amina.put_pin(text="x" * 2000)]) == [FULL] * 2
    status, failing = ask_ready(cast.app)
    assert (status, {"disk", "photos"} - set(failing)) == (503, set())
    assert sent(cast) == kept
    assert cast.nobody.get("/healthz").status_code == 200
    assert before in [item["id"] for item in cast.amina.feed()]
    disk.make_room()
    assert [cast.amina.put_photo(a_photo(1)).status_code, cast.amina.put_pin().status_code] == [201, 201]
    assert ask_ready(cast.app) == (200, [])
    assert cast.count(Pin) == cast.count(PinRevision)


def _full_without_mounting(engine: str, cast: Cast) -> None:
    cast.amina.put_pin()
    kept = everything(cast)
    with commits_that_fail(cast, engine):
        assert told([cast.amina.put_pin(), cast.amina.put_photo(a_photo(1))]) == [FULL] * 2
        assert everything(cast) == kept
        assert len(cast.amina.feed()) == 1
    if engine == "sqlite":
        assert cast.amina.put_pin().status_code == 201


@contextmanager
def impatient(app: Flask) -> Iterator[None]:
    """The wait for a lock, which is as long as a person is patient, made short."""
    statement = "PRAGMA busy_timeout=300"
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "10s"
            statement = "SET lock_timeout = '300ms'"

    def shorten(connection: Any, _record: object) -> None:
        connection.execute(statement)
        connection.commit()

    event.listen(engine, "connect", shorten)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", shorten)
        engine.dispose()


@contextmanager
def locked(cast: Cast, database: Database) -> Iterator[None]:
    """Another program writes and does not finish."""
    if database.engine == "sqlite":
        with closing(sqlite3.connect(database.data_dir / "trygga-steg.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(database.url) as other:
        other.execute("SELECT 1 FROM walk WHERE id = %s FOR UPDATE", [cast.a.id])
        yield


def test_s03_a_writer_that_does_not_finish_makes_others_busy(cast: Cast, database: Database) -> None:
    first = cast.amina.put_pin().json["id"]
    kept = everything(cast)
    with impatient(cast.app):
        with locked(cast, database):
            answer = cast.amina.put_pin()
            assert (answer.status_code, answer.json["code"], answer.json["retry"]) == (503, "busy", True)
            assert int(answer.headers["Retry-After"]) > 0
            assert cast.amina.put_photo(a_photo(1)).status_code == 503
            assert cast.uploads() == []
            assert [item["id"] for item in cast.amina.feed()] == [first]
            assert everything(cast) == kept
        assert cast.amina.put_pin().status_code == 201


@pytest.mark.sqlite_is_enough  # nobody enters the gate on PostgreSQL
def test_s03_the_write_gate_is_not_waited_for_for_ever(
    cast: Cast, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("app.db"), "LOCK_WAIT_S", 0.2)  # the package has a `db` too
    with cast.app.extensions["write_gate"]():
        told_busy: list[int] = []
        other = same_device(cast.amina)
        waiting = threading.Thread(target=lambda: told_busy.append(other.put_pin().status_code))
        waiting.start()
        waiting.join(10)
        assert told_busy == [503]
    assert cast.amina.put_pin().status_code == 201


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this test alone that keeps its promises when it goes down."""
    directory = Path(tempfile.mkdtemp(prefix="trygga-pg-"))
    cluster = Cluster(directory, synchronous_commit="on")
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(directory, ignore_errors=True)


RESTARTS = 10


def test_s04_a_database_that_restarts_under_load_loses_nothing(
    own_cluster: Cluster, apps: Apps, server_factory: ServerFactory, tmp_path: Path
) -> None:
    """PostgreSQL is told to stop at once, ten times, while phones send."""
    database = Database("postgres", own_cluster.dsn(own_cluster.create()), tmp_path)
    migrate(database)
    leased = apps.lease(database)
    cast = make_cast(leased.app)
    server = server_factory(database, PHOTO_WORKER="on")
    with Herd([cast.amina, cast.bengt, cast.another_phone(cast.a)], server.port) as herd:
        for _ in range(RESTARTS):
            herd.wait_for_more(2)
            own_cluster.restart()
    assert herd.statuses[503] > 0
    server.stop()
    leased.disconnect()
    herd.check(cast)
    leased.disconnect()


CROSSED = """CREATE SEQUENCE crossings;
CREATE FUNCTION crossed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF nextval('crossings') <= {times} THEN RAISE EXCEPTION 'crossed' USING ERRCODE = '40001'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER crossed BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION crossed()"""


@pytest.fixture
def on_postgres(new_database: Callable[[str], Database], apps: Apps) -> Iterator[tuple[Cast, Database]]:
    database = new_database("postgres")
    leased = apps.lease(database)
    yield make_cast(leased.app), database
    apps.give_back(leased)


@pytest.mark.parametrize(("times", "status"), [(1, 201), (2, 201), (3, 503)])
@pytest.mark.parametrize("table", ["pin", "photo"])
def test_s05_what_crosses_another_is_tried_three_times(
    on_postgres: tuple[Cast, Database], table: str, times: int, status: int
) -> None:
    """PostgreSQL itself answers with a serialization failure, so many times in a row."""
    cast, database = on_postgres
    with psycopg.connect(database.url) as connection:
        connection.execute(CROSSED.format(table=table, times=times))
    answer = cast.amina.put_pin() if table == "pin" else cast.amina.put_photo(a_photo(1))
    assert answer.status_code == status, answer.text
    stored = cast.count(Pin) + cast.count(Photo)
    assert stored == (1 if status == 201 else 0)
    assert cast.amina.put_pin().status_code == 201


def test_s05_a_deadlock_is_not_heard_of_by_the_phone(on_postgres: tuple[Cast, Database]) -> None:
    """Another client holds the pin and wants the walk, while we hold the walk and want the pin."""
    cast, database = on_postgres
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    statuses: list[int] = []
    phone = same_device(cast.amina)
    sending = threading.Thread(
        target=lambda: statuses.append(phone.put_pin(pin_id, rev=2, base_rev=1, text="Mer.").status_code)
    )
    with psycopg.connect(database.url) as other, psycopg.connect(database.url, autocommit=True) as looking:
        other.execute("SET deadlock_timeout = '1h'")
        other.execute("SELECT 1 FROM pin WHERE id = %s FOR UPDATE", [pin_id])
        sending.start()
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        wait_until(lambda: looking.execute(waits).fetchone() == (1,), "the phone's write waiting")
        other.execute("SELECT 1 FROM walk WHERE id = %s FOR UPDATE", [cast.a.id])
        died = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        wait_until(lambda: looking.execute(died).fetchone() != (0,), "the deadlock")
        other.rollback()
    sending.join(20)
    assert statuses == [200]
    assert cast.count(PinRevision) == 2


@pytest.mark.parametrize("thing", ["pin", "photo", "rating"])
def test_s07_who_sends_while_a_restore_forgets_them_is_asked_to_join(
    on_postgres: tuple[Cast, Database], thing: str
) -> None:
    """The sender's row goes after the look at their token, while the write waits for the walk."""
    cast, database = on_postgres
    phone = same_device(cast.amina)
    acts = {"pin": phone.put_pin, "photo": lambda: phone.put_photo(a_photo(1)), "rating": phone.put_rating}
    answers: list[TestResponse] = []
    sending = threading.Thread(target=lambda: answers.append(acts[thing]()))
    with psycopg.connect(database.url) as other, psycopg.connect(database.url, autocommit=True) as looking:
        other.execute("SELECT 1 FROM walk WHERE id = %s FOR UPDATE", [cast.a.id])
        sending.start()
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        wait_until(lambda: looking.execute(waits).fetchone() == (1,), "the phone's write waiting")
        other.execute("DELETE FROM participant WHERE id = %s", [phone.actor.id])
    sending.join(20)
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(401, "not_joined")]
