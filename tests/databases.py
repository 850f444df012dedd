"""Databases for tests: a private PostgreSQL cluster and SQLite files, migrated once, then copied.

Promises each test an empty, fully migrated database of its own, and that the cluster dies with the
test run however that ends. On PostgreSQL a copy is emptied for the next test, which takes a tenth of
copying anew and leaves connections open; one whose tables were altered is thrown away. Knows how to
start PostgreSQL as root (as its Debian user) and otherwise.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.waiting import wait_until

SECRET_KEY = "a key for tests alone, of more than 32 characters"
ENGINES = ("sqlite", "postgres")
INITDB = ("-A", "trust", "-U", "tests", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
TUNING = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}

USES = 100
"""So often a database is emptied before it is thrown away with all that was deleted in it."""
CATALOGUES = ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc")
SHAPE = ", ".join(f"(SELECT (count(*), max(xmin::text::bigint))::text FROM {name})" for name in CATALOGUES)
SHAPE = f"SELECT (SELECT array_agg(version_num)::text FROM alembic_version), {SHAPE}"
"""Differs after any change of the tables, without reading them all."""
TABLES = """SELECT format('%I', tablename) FROM pg_tables
  WHERE schemaname = 'public' AND tablename <> 'alembic_version'"""


def postgres_bin() -> Path:
    """The newest PostgreSQL of Debian's packages."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        pytest.exit("PostgreSQL is missing; `make test` brings it (or: apt-get install postgresql)", 3)
    return found[-1].parent


class Cluster:
    """A PostgreSQL server on a socket in its own directory, without a port."""

    def __init__(self, directory: Path, **tuning: str) -> None:
        self.directory = directory
        self._tuning = TUNING | tuning
        self._bin = postgres_bin()
        self._as_postgres = ["setpriv"]
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(directory, account.pw_uid, account.pw_gid)
            self._as_postgres += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self._data = directory / "data"
        self._where: dict[str, Any] = {"cwd": directory, "env": {**os.environ, "LC_ALL": "C.UTF-8"}}

    def start(self) -> None:
        initdb = [self._bin / "initdb", "-D", self._data, *INITDB]
        subprocess.run([*self._as_postgres, *initdb], check=True, capture_output=True, **self._where)
        self._run_server()

    def restart(self) -> None:
        """Stop at once, as if the machine had gone down, and come back on what was written."""
        self.stop(signal.SIGQUIT)
        self._run_server()

    def _run_server(self) -> None:
        tuning = [f"--{name}={value}" for name, value in self._tuning.items()]
        server = [self._bin / "postgres", "-D", self._data, "-k", self.directory, *tuning]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                # The kernel stops the server when this process dies, even by SIGKILL.
                [*self._as_postgres, "--pdeathsig=INT", *server],
                stdout=log,
                stderr=subprocess.STDOUT,
                **self._where,
            )
        wait_until(self._answers, "PostgreSQL answering")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """By default whoever is still connected is not waited for, and what is in memory is written."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(20)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.directory / "log").read_text(errors="replace")
        try:
            psycopg.connect(self.dsn("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def dsn(self, name: str) -> str:
        return f"postgresql://tests@/{name}?host={self.directory}"

    def create(self, template: str | None = None) -> str:
        """A new database, empty or a copy of `template`; its name."""
        name = f"test_{next(self._numbers)}"
        # Copying the files costs half of what copying through the log does.
        source = f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
        self.run(f"CREATE DATABASE {name}{source}")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def empty(self, name: str, shape: object) -> bool:
        """Delete every row, start every sequence anew; whether the tables are still of this `shape`."""
        with psycopg.connect(self.dsn(name), autocommit=True) as connection:
            if connection.execute(SHAPE).fetchone() != shape:
                return False
            tables = [table for (table,) in connection.execute(TABLES)]
            rows = "; ".join(f"DELETE FROM {table}" for table in tables)
            # No order among the tables, and no waiting for a process that was killed at its work.
            connection.execute(f"SET session_replication_role = replica; SET lock_timeout = '5s'; {rows}")
            connection.execute("SELECT setval(seqrelid, seqstart, false) FROM pg_sequence")
        return True

    def shape(self, name: str) -> object:
        """What `empty` compares."""
        with psycopg.connect(self.dsn(name), autocommit=True) as connection:
            return connection.execute(SHAPE).fetchone()

    def run(self, statement: str) -> None:
        """Outside of any test's database."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement)


class Migrated:
    """Copies of the migrated database, each for one test at a time."""

    def __init__(self, cluster: Cluster, template: str) -> None:
        self._cluster = cluster
        self.template = template
        self._idle: list[str] = []
        self._uses: Counter[str] = Counter()
        self._shapes: dict[str, object] = {}

    def take(self) -> str:
        if not self._idle:
            name = self._cluster.create(self.template)
            self._shapes[name] = self._cluster.shape(name)
            self._idle.append(name)
        return self._idle.pop()

    def give_back(self, name: str) -> None:
        self._uses[name] += 1
        if self._uses[name] < USES and self._cluster.empty(name, self._shapes[name]):
            self._idle.append(name)
        else:
            self._cluster.drop(name)


@dataclass(frozen=True)
class Database:
    """Where one test's data lives: what a server process or an app needs as its environment."""

    engine: str
    url: str
    data_dir: Path

    def environment(self, **more: str) -> dict[str, str]:
        """The smallest environment with which the app starts on this database."""
        return {
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": self.url,
            "SECRET_KEY": SECRET_KEY,
            "PUBLIC_URL": "http://localhost",
            "PHOTO_WORKER": "off",
            "FACES": "off",
            **more,
        }


def migrate(database: Database) -> None:
    """Bring `database` to the newest migration, in this process."""
    from flask_migrate import upgrade

    from app import create_app
    from app.config import load_settings
    from app.db import db

    app = create_app(load_settings(database.environment()))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The session's PostgreSQL, started by the first test that needs it."""
    directory = Path(tempfile.mkdtemp(prefix="trygga-pg-"))
    cluster = Cluster(directory)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sqlite-template")
    path = directory / "template.db"
    migrate(Database("sqlite", f"sqlite:///{path}", directory))
    return path


@pytest.fixture(scope="session")
def migrated(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    name = cluster.create()
    migrate(Database("postgres", cluster.dsn(name), tmp_path_factory.mktemp("postgres-template")))
    return Migrated(cluster, name)


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Database]]:
    """new_database(engine, empty=False) → a Database of this test alone; gone afterwards.

    On PostgreSQL `template` names another database to copy than the migrated one.
    """
    made: list[Callable[[], None]] = []

    def make(engine: str, empty: bool = False, template: str | None = None) -> Database:
        data_dir = Path(tempfile.mkdtemp(prefix="data-", dir=tmp_path))
        if engine == "sqlite":
            path = data_dir / "trygga-steg.db"
            if not empty:
                shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            return Database(engine, f"sqlite:///{path}", data_dir)
        cluster: Cluster = request.getfixturevalue("cluster")
        if empty or template:
            name = cluster.create(template)
            made.append(partial(cluster.drop, name))
        else:
            migrated: Migrated = request.getfixturevalue("migrated")
            name = migrated.take()
            made.append(partial(migrated.give_back, name))
        return Database(engine, cluster.dsn(name), data_dir)

    yield make
    for give_back in made:
        give_back()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever reaches for `engine` is tried on both, unless it says that one is enough."""
    if "engine" in metafunc.fixturenames:
        enough = metafunc.definition.get_closest_marker("sqlite_is_enough")
        metafunc.parametrize("engine", ENGINES[:1] if enough else ENGINES, scope="function")


@pytest.fixture
def database(engine: str, new_database: Callable[..., Database]) -> Database:
    """This test's migrated, empty database; the test runs once per engine."""
    return new_database(engine)
