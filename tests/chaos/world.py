"""The server side of a trial: real processes on a database of their own, and everything that can break.

Owns the ground (a database with the cast in it, made once and copied), the running server, and each
fault as a verb. Promises that nothing of it survives `close`, and that a fault is a real one: signals,
limits of the kernel, locks, the app's own commands.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import sqlalchemy as sa
from flask import Flask

from app.adapters.jobs import doorbell
from app.db import changed, db, transaction
from app.models import Participant, Photo, Pin, PinPhoto
from app.operations.facilitators import login_link
from app.operations.photo_files import stored_files
from app.operations.photos import photo_store
from tests.apps import Apps
from tests.cast import WalkFacts, make_cast
from tests.chaos.proxy import ChaosProxy
from tests.databases import Cluster, Database, migrate
from tests.processes import free_port
from tests.servers import ROOT, Server, inherited
from tests.stores import CREDENTIALS, new_bucket
from tests.warm import WarmProcess

SETTINGS = {
    "PHOTO_WORKER": "on",
    "HOST": "127.0.0.1",
    "ATTEMPTS_PER_ADDRESS": "10000",
    "ATTEMPTS_IN_ALL": "100000",
}
FULL_AT = 16 * 1024
NICE = 18
"""The place of a process's niceness in /proc/<pid>/stat; the photo worker is niced, web workers are not."""


@dataclass
class Ground:
    """A migrated database with the cast in it, to be copied by every trial."""

    engine: str
    database: Database
    apps: Apps
    cluster: Cluster | None
    name: str
    a: WalkFacts
    b: WalkFacts
    compressed: Path
    s3: str = ""
    """The address of an S3 server for the photos; without it they are files."""


@contextmanager
def ground(
    engine: str, apps: Apps, compressed: Path, cluster: Cluster | None = None, s3: str = ""
) -> Iterator[Ground]:
    """Make it on "sqlite" or "postgres", photos as files or at the S3 server `s3`; gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="ground-"))
    name = cluster.create() if cluster else ""
    url = cluster.dsn(name) if cluster else f"sqlite:///{directory / 'trygga-steg.db'}"
    database = Database(engine, url, directory)
    migrate(database)
    leased = apps.lease(database)
    cast = make_cast(leased.app)
    apps.give_back(leased)
    leased.disconnect()  # a database that somebody is connected to cannot be copied
    if engine == "sqlite":
        with closing(sqlite3.connect(directory / "trygga-steg.db")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        yield Ground(engine, database, apps, cluster, name, cast.a, cast.b, compressed, s3)
    finally:
        if cluster:
            cluster.drop(name)
        shutil.rmtree(directory, ignore_errors=True)


class World:
    """One trial's server, with the road that leads to it."""

    def __init__(self, ground: Ground, settings: dict[str, str] | None = None) -> None:
        self.ground = ground
        self._leasing = threading.Lock()
        self._photos: dict[str, str] = {}
        self.directory = Path(tempfile.mkdtemp(prefix="chaos-"))
        data_dir = self.directory / "data"
        data_dir.mkdir()
        (data_dir / "static").symlink_to(ground.compressed.parent)
        self._name = ""
        if ground.cluster:
            self._name = ground.cluster.create(ground.name)
            url = ground.cluster.dsn(self._name)
        else:
            shutil.copyfile(ground.database.data_dir / "trygga-steg.db", data_dir / "trygga-steg.db")
            url = f"sqlite:///{data_dir / 'trygga-steg.db'}"
        self.database = Database(ground.engine, url, data_dir)
        self.storage = self._new_storage() if ground.s3 else None
        port = str(free_port())
        self.road = ChaosProxy(int(port))
        self.road.start()
        where = {"PORT": port, "PUBLIC_URL": self.road.url} | self._s3_settings()
        self.environment = self.database.environment(**(SETTINGS | where | (settings or {})))
        self.server = Server(self.environment, self.directory / "server.log")
        self.server.start()

    def _new_storage(self) -> ChaosProxy:
        """A bucket of this trial's own, and a road to it that can be closed."""
        bucket = new_bucket(self.ground.s3, f"photos-{uuid4().hex}")
        self._photos = {"PHOTO_STORE": bucket.url}
        road = ChaosProxy(urlsplit(bucket.endpoint).port or 0)
        road.start()
        return road

    def _s3_settings(self) -> dict[str, str]:
        if self.storage is None:
            return {}
        endpoint = {"AWS_ENDPOINT": f"http://127.0.0.1:{self.storage.port}", "AWS_ALLOW_HTTP": "true"}
        return CREDENTIALS | self._photos | endpoint

    def close(self) -> None:
        """Everything ends and is gone."""
        self.road.stop()
        if self.storage:
            self.storage.stop()
        self.server.kill()
        if self.ground.cluster:
            self.ground.cluster.drop(self._name)
        shutil.rmtree(self.directory, ignore_errors=True)

    # ---------------------------------------------------------------- faults
    def kill_server(self) -> None:
        """SIGKILL to everything at once, and a start."""
        self.server.restart()

    def kill_workers(self) -> None:
        """SIGKILL to the web workers; their parent makes new ones."""
        _kill([pid for pid in _children(self.server.pid) if not _is_niced(pid)])

    def kill_photo_worker(self) -> None:
        """SIGKILL to the photo worker; its parent makes a new one."""
        _kill([pid for pid in _children(self.server.pid) if _is_niced(pid)])

    def fill_disk(self, is_full: bool) -> None:
        """No file of the server may grow beyond a few pages; or it may again."""
        size = FULL_AT if is_full else resource.RLIM_INFINITY
        for pid in _tree(self.server.pid):
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def hold_lock(self, seconds: float) -> None:
        """Another process sits on the lock that every writer needs."""
        pause = threading.Event()
        if self.ground.cluster:
            with psycopg.connect(self.database.url) as connection:
                connection.execute("SELECT id FROM walk FOR UPDATE")
                pause.wait(seconds)
            return
        with closing(sqlite3.connect(self.database.data_dir / "trygga-steg.db", timeout=10)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            pause.wait(seconds)

    def close_storage(self, is_closed: bool) -> None:
        """The object store cannot be reached; or it can again."""
        assert self.storage is not None
        if is_closed:
            self.storage.down()
        else:
            self.storage.up()

    def lose_photo(self, dice: random.Random) -> tuple[str, str] | None:
        """Every file of one photo that is ready and that some pin shows is gone from the store, of which
        nobody is told: (walk, sent hash); None while there is no such photo."""
        shows = sa.and_(PinPhoto.walk_id == Photo.walk_id, PinPhoto.sha256 == Photo.sent_sha256)
        shown = sa.exists().where(shows, Pin.id == PinPhoto.pin_id, Pin.withdrawn_at.is_(None))
        ready = sa.select(Photo.id, Photo.walk_id, Photo.sent_sha256).where(Photo.state == "ready", shown)
        with self.app():
            connection = db.session.connection()
            photos = connection.execute(ready.order_by(Photo.id)).all()
            if not photos:
                return None
            lost = dice.choice(photos)
            for file in list(stored_files(connection)):
                if file.photo_id == lost.id:
                    photo_store().delete(file.key)
            return str(lost.walk_id), lost.sent_sha256

    def backup(self) -> str:
        """`flask backup create`, while phones go on; what it said when it failed."""
        return self._flask("backup", "create")

    def restore(self) -> str:
        """`flask backup restore`: what came since the newest backup is gone; what it said when it failed."""
        return self._flask("backup", "restore", "--yes")

    def revoke(self, participant: str) -> None:
        """A phone's token is worth nothing any more."""
        ended = sa.update(Participant).where(Participant.id == UUID(participant)).values(token_hash=None)
        with self.app(), transaction():
            changed(ended)

    def login_path(self) -> str:
        """A fresh one-time link for Fatima."""
        with self.app(), transaction():
            return urlsplit(login_link("fatima@example.org", datetime.now(UTC))).path

    def ring(self) -> None:
        """Tell the photo worker that there is work: a bell that was lost is found again by its sweep, but
        that comes once a minute."""
        with self.app():
            doorbell("photo", "after chaos", at_most=10)

    @contextmanager
    def app(self) -> Iterator[Flask]:
        """An app of this process on the trial's database, one at a time."""
        with self._leasing:
            leased = self.ground.apps.lease(self.database, **self._photos)
            try:
                with leased.app.app_context():
                    yield leased.app
            finally:
                self.ground.apps.give_back(leased)

    def _flask(self, *words: str) -> str:
        """A command on this deployment's data; "" when all was well."""
        log = self.directory / "command.log"
        log.unlink(missing_ok=True)
        code = WarmProcess(words, ROOT, inherited() | self.environment, log).wait(60)
        return f"{code}: {log.read_text(errors='replace')[-500:]}" if code else ""


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def _tree(pid: int) -> list[int]:
    return [pid, *(one for child in _children(pid) for one in _tree(child))]


def _is_niced(pid: int) -> bool:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16]) > 0
    except OSError:
        return False
