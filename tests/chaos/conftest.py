"""The ground of trials in the test run, made once a process and engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.apps import Apps
from tests.chaos.world import Ground, ground


@pytest.fixture(scope="session")
def grounds(
    request: pytest.FixtureRequest, apps: Apps, compressed: Path
) -> Iterator[Callable[[str], Ground]]:
    """grounds(engine) → the ground on that engine, made at the first call."""
    made: dict[str, Ground] = {}
    with ExitStack() as stack:

        def make(engine: str) -> Ground:
            if engine not in made:
                cluster = request.getfixturevalue("cluster") if engine == "postgres" else None
                made[engine] = stack.enter_context(ground(engine, apps, compressed, cluster))
            return made[engine]

        yield make
