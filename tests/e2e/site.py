"""A seeded site for browser tests: the real server, and a road to it that can go bad.

Promises the demo's walks in a database of the test's own, seeded once per engine and copied, and that
browsers reach the server only through `road`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.db import transaction
from app.operations.facilitators import DEMO_EMAIL, login_link
from tests.apps import Apps
from tests.chaos.proxy import ChaosProxy
from tests.databases import Cluster, Database, migrate
from tests.e2e.phone import Place
from tests.processes import free_port
from tests.servers import Server, ServerFactory, command_line, serving


@dataclass
class Site(Place):
    """What a test needs of the running demo; its code is the practice walk's."""

    server: Server
    database: Database
    apps: Apps

    def run(self, *words: str) -> None:
        """A command of the operator's, beside the running server."""
        command_line(self.database.environment(), *words)

    def login_link(self) -> str:
        """A fresh one-time link for the demo's facilitator, made by the operation behind `make login`."""
        leased = self.apps.lease(self.database)
        with leased.app.app_context(), transaction():
            link = login_link(DEMO_EMAIL, datetime.now(UTC))
        self.apps.give_back(leased)
        return self.url + urlsplit(link).path


SiteFactory = Callable[..., Site]


@dataclass(frozen=True)
class Seeded:
    """A database with the demo in it, to be copied."""

    database: Database
    name: str


@pytest.fixture(scope="session")
def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Seeded]:
    """seeded(engine) → the demo on that engine, made at the first call."""
    made: dict[str, Seeded] = {}

    def seed(engine: str) -> Seeded:
        if engine not in made:
            data_dir = tmp_path_factory.mktemp(f"demo-{engine}")
            name = ""
            url = f"sqlite:///{data_dir / 'trygga-steg.db'}"
            if engine == "postgres":
                cluster: Cluster = request.getfixturevalue("cluster")
                name = cluster.create()
                url = cluster.dsn(name)
            database = Database(engine, url, data_dir)
            migrate(database)
            command_line(database.environment(), "demo", "seed")
            made[engine] = Seeded(database, name)
        return made[engine]

    return seed


@pytest.fixture
def site_factory(
    request: pytest.FixtureRequest,
    seeded: Callable[[str], Seeded],
    new_database: Callable[..., Database],
    server_factory: ServerFactory,
    proxy_factory: Callable[..., ChaosProxy],
    apps: Apps,
) -> SiteFactory:
    """site_factory(engine="sqlite", SETTING="value", …) → a running Site of this test alone."""

    def make(engine: str = "sqlite", **settings: str) -> Site:
        template = seeded(engine)
        database = new_database(engine, template=template.name or None, empty=not template.name)
        shutil.copytree(template.database.data_dir, database.data_dir, dirs_exist_ok=True)
        upstream = free_port()
        road = proxy_factory(upstream)
        server = server_factory(database, demo=True, PORT=str(upstream), PUBLIC_URL=road.url, **settings)
        return Site(road, server.find(r"/v/([0-9A-Za-z-]+)"), server, database, apps)

    return make


@pytest.fixture
def site(site_factory: SiteFactory) -> Site:
    """The demo on SQLite."""
    return site_factory()


@pytest.fixture(scope="session")
def shared_site(
    seeded: Callable[[str], Seeded],
    compressed: Path,
    apps: Apps,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The demo on SQLite for all tests that bring a phone of their own and leave the server be."""
    directory = tmp_path_factory.mktemp("shared")
    shutil.copytree(seeded("sqlite").database.data_dir, directory, dirs_exist_ok=True)
    database = Database("sqlite", f"sqlite:///{directory / 'trygga-steg.db'}", directory)
    road = ChaosProxy(free_port())
    road.start()
    server = serving(database, directory, compressed, demo=True, PORT=str(road.upstream), PUBLIC_URL=road.url)
    try:
        server.start()
        yield Site(road, server.find(r"/v/([0-9A-Za-z-]+)"), server, database, apps)
    finally:
        road.stop()
        server.kill()


@pytest.fixture
def clear_road(shared_site: Site) -> Iterator[Site]:
    """The shared site, with nothing on its road before and after the test."""
    shared_site.road.clear()
    shared_site.road.exchanges.clear()
    yield shared_site
    shared_site.road.clear()
