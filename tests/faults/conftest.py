"""Deployments for tests of faults: SQLite with files, PostgreSQL with a bucket."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from tests.apps import AppFactory
from tests.cast import Cast, make_cast
from tests.databases import Database
from tests.servers import Server, ServerFactory
from tests.stores import Bucket


@dataclass(frozen=True)
class Deployment:
    """Everyone, on an app in this process and on real servers, all with the same database and photos."""

    cast: Cast
    database: Database
    settings: dict[str, str]
    make: ServerFactory

    def server(self, **settings: str) -> Server:
        return self.make(self.database, **self.settings, **settings)


@pytest.fixture
def bucket_settings(bucket: Bucket, s3_url: str) -> dict[str, str]:
    """What a server needs to keep its photos in this test's bucket; this process knows it too."""
    assert bucket.url == s3_url
    return bucket.environment()


@pytest.fixture
def store_settings(engine: str, request: pytest.FixtureRequest) -> dict[str, str]:
    return request.getfixturevalue("bucket_settings") if engine == "postgres" else {}


@pytest.fixture
def deployed(
    database: Database,
    store_settings: dict[str, str],
    app_factory: AppFactory,
    server_factory: ServerFactory,
) -> Deployment:
    own = {name: store_settings[name] for name in ("PHOTO_STORE",) if name in store_settings}
    app: Flask = app_factory(**own)
    return Deployment(make_cast(app), database, store_settings, server_factory)
