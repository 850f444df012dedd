"""Fixtures of every test: apps on both databases, and a closed door to the outside.

`app`, `client` and `app_factory` run each test on SQLite and on PostgreSQL. Only loopback and
unix sockets open; a test that reaches further fails. Files lie in memory where there is enough of it:
what survives a kill survives it there too, and nobody waits for a disk.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

if TYPE_CHECKING:  # imported before pytest loads it as a plugin, its asserts would stay plain
    from tests.apps import AppFactory, Apps, MovableApp
    from tests.databases import Database

MEMORY = "/dev/shm"
ENOUGH = 6 * 2**30
if os.path.isdir(MEMORY) and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)  # read when pytest is configured
    tempfile.tempdir = os.environ["PYTEST_DEBUG_TEMPROOT"]
LONGEST = ("tests/e2e/", "tests/contract/test_schemathesis.py", "tests/contract/test_access")
"""What takes longest begins first, so that no process ends with it while the others have nothing to do."""

pytest_plugins = ("tests.databases", "tests.servers", "tests.stores", "tests.cast")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Refuse every connection of this process that would leave the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_loopback(str(address[0])):
            raise AssertionError(f"a test tried to reach {address[0]}; only loopback is allowed")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def apps() -> Iterator[Apps]:
    """The apps of this process, for whoever needs one on a database of its own choice."""
    from tests.apps import Apps

    apps = Apps()
    yield apps
    apps.close()


@pytest.fixture
def app_factory(database: Database, apps: Apps) -> Iterator[AppFactory]:
    """app_factory(SETTING="value", …) → an app on this test's database; several may live at once."""
    leased: list[MovableApp] = []

    def make(**settings: str) -> Flask:
        leased.append(apps.lease(database, **settings))
        return leased[-1].app

    yield make
    for one in leased:
        apps.give_back(one)


@pytest.fixture
def app(app_factory: AppFactory) -> Flask:
    return app_factory()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies; ask `app.test_client()` for more of them."""
    return app.test_client()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The app with its context pushed, for operations; with `client` beside it they share a session."""
    with app.app_context():
        yield app
