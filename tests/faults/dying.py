"""A migration that is killed at a statement of one's choice, in a process of its own."""

from __future__ import annotations

import os
import signal
from typing import Any

from tests.warm import FORKS


def statements_of(environment: dict[str, str]) -> list[str]:
    """Bring a database to the newest migration; every statement that it took."""
    there, here = FORKS.Pipe()
    process = FORKS.Process(target=_upgrade, args=(environment, "", here), daemon=True)
    process.start()
    here.close()
    told: list[str] = there.recv()
    process.join()
    return told


def killed_before(environment: dict[str, str], statement: str) -> None:
    """The same, killed by SIGKILL just before a statement."""
    process = FORKS.Process(target=_upgrade, args=(environment, statement, None), daemon=True)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL, process.exitcode


def _upgrade(environment: dict[str, str], last: str, pipe: Any) -> None:
    from flask_migrate import upgrade
    from sqlalchemy import event

    from app import create_app
    from app.config import load_settings
    from app.db import db

    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)
        if statement == last:
            os.kill(os.getpid(), signal.SIGKILL)

    app = create_app(load_settings(environment))
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", look)
        upgrade()
    if pipe:
        pipe.send(seen)
