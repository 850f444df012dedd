"""The ground of trials in the test run, made once a process and engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.apps import Apps
from tests.chaos.world import Ground, ground
from tests.databases import Cluster


@pytest.fixture(scope="session")
def sqlite_ground(apps: Apps, compressed: Path) -> Iterator[Ground]:
    with ground("sqlite", apps, compressed) as made:
        yield made


@pytest.fixture(scope="session")
def postgres_ground(apps: Apps, compressed: Path, cluster: Cluster) -> Iterator[Ground]:
    with ground("postgres", apps, compressed, cluster) as made:
        yield made


@pytest.fixture
def grounds(request: pytest.FixtureRequest) -> Callable[[str], Ground]:
    """grounds(engine) → the ground on that engine, made at the first call."""

    def of(engine: str) -> Ground:
        found: Ground = request.getfixturevalue(f"{engine}_ground")
        return found

    return of
