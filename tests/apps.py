"""Apps on tests' databases: made once per engine and settings, then moved from database to database.

To wire an app, compile its templates and its statements takes longer than most tests. Promises each
test an app as `create_app` leaves it, on that test's own database and files; an app that a test
altered is not used again. Knows what in an app remembers where its data is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app import create_app
from app.adapters.photo_store import open_store
from app.config import load_settings
from app.db import WriteGate, db
from app.logs import log
from tests.databases import Database

KEPT = 8
"""So many idle apps are kept by each process that runs tests."""

Key = tuple[str, frozenset[tuple[str, str]]]


class MovableApp:
    """One app, and what it was like when it was new."""

    def __init__(self, database: Database, settings: dict[str, str]) -> None:
        self.key = key_of(database, settings)
        self._settings = settings
        self._database = database
        self.app = create_app(load_settings(database.environment(**settings)))
        with self.app.app_context():
            event.listen(db.engine, "do_connect", self._connect)
        self._config = dict(self.app.config)
        self._extensions = dict(self.app.extensions)
        self._wiring = wiring(self.app)

    def move(self, database: Database) -> Flask:
        """Point it at `database`, with nothing left of where it was."""
        if database.url != self._database.url:
            self.disconnect()
        self._database = database
        settings = load_settings(database.environment(**self._settings))
        log.setLevel(settings.log_level)
        self.app.config.clear()
        self.app.config.update(
            self._config, SETTINGS=settings, SQLALCHEMY_DATABASE_URI=settings.database_url, TESTING=True
        )
        self.app.extensions.clear()
        self.app.extensions.update(
            self._extensions,
            photo_store=open_store(settings.photo_store, settings.data_dir),
            write_gate=WriteGate(settings.data_dir / "write.lock"),
        )
        return self.app

    def rest(self) -> bool:
        """Let go of the test's rows and files; whether it is as it was made, so that others may have it."""
        with self.app.app_context():
            db.session.remove()
        if self._database.engine == "sqlite" or wiring(self.app) != self._wiring:
            self.disconnect()
        return wiring(self.app) == self._wiring

    def disconnect(self) -> None:
        """Close what the engine holds open."""
        with self.app.app_context():
            db.engine.dispose()

    def _connect(
        self, dialect: sa.Dialect, _record: Any, arguments: list[Any], options: dict[str, Any]
    ) -> None:
        """What the engine was made for is not where it connects to: that is where the app was moved."""
        place, more = dialect.create_connect_args(sa.make_url(self._database.url))
        arguments[:] = place
        options.update(more)


class Apps:
    """The apps of this process that no test is using."""

    def __init__(self) -> None:
        self._idle: list[MovableApp] = []

    def lease(self, database: Database, **settings: str) -> MovableApp:
        """An app on `database`; to be given back."""
        key = key_of(database, settings)
        found = next((one for one in self._idle if one.key == key), None)
        if found:
            self._idle.remove(found)
        else:
            found = MovableApp(database, settings)
        found.move(database)
        return found

    def give_back(self, leased: MovableApp) -> None:
        if leased.rest():
            self._idle.append(leased)
        if len(self._idle) > KEPT:
            self._idle.pop(0).disconnect()

    def close(self) -> None:
        """Leave no connection open."""
        for one in self._idle:
            one.disconnect()


def key_of(database: Database, settings: dict[str, str]) -> Key:
    return database.engine, frozenset(settings.items())


def wiring(app: Flask) -> tuple[Any, ...]:
    """How many of everything that can be hung on an app."""
    hooks = (
        app.before_request_funcs,
        app.after_request_funcs,
        app.teardown_request_funcs,
        app.template_context_processors,
        app.url_value_preprocessors,
    )
    return (
        [{name: len(all_of) for name, all_of in kind.items() if all_of} for kind in hooks],
        len(app.teardown_appcontext_funcs),
        sum(1 for _ in app.url_map.iter_rules()),
        sorted(app.jinja_env.globals),
        sorted(app.jinja_env.filters),
        app.wsgi_app,
    )


AppFactory = Callable[..., Flask]
