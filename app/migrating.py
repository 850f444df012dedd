"""The database's schema: which migrations there are, which one it is at, and bringing it up to date."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy.exc import DBAPIError, OperationalError

from app.config import ConfigError
from app.db import db, has_no_room


@dataclass(frozen=True)
class Revisions:
    """The newest migration, and all of them."""

    head: str
    all: frozenset[str]


def revisions() -> Revisions:
    from alembic.script import ScriptDirectory

    config = current_app.extensions["migrate"].migrate.get_config()
    scripts = ScriptDirectory.from_config(config)
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return Revisions(str(scripts.get_current_head()), known)


def migrate() -> None:
    """Upgrade the database if it is not at the newest revision.

    Raises ConfigError when it is beyond all that we know, and when there is no room for the new one.
    """
    present, known = _present_revision(), revisions()
    if present and present not in known.all:
        raise ConfigError(
            f"the database is at migration {present}, which this version does not know: start the newer one"
        )
    if present == known.head:
        return
    try:
        upgrade()
    except DBAPIError as error:
        if not has_no_room(error):
            raise
        raise ConfigError(
            "there is no room to bring the database up to date; nothing is lost:"
            " free some space, and start again"
        ) from None


def _present_revision() -> str | None:
    """The migration that the database is at. Raises ConfigError when there is nobody to ask."""
    from alembic.runtime.migration import MigrationContext

    try:
        with db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise ConfigError(f"the database of DATABASE_URL cannot be reached: {reason}") from None


def need_tables() -> None:
    """A command for a running service must not act on an empty database beside it, nor on one of an older
    version. Raises ConfigError.
    """
    present, known = _present_revision(), revisions()
    if present is None:
        data_dir = current_app.config["SETTINGS"].data_dir
        raise ConfigError(
            f"there is no database yet in {data_dir}: start the app first,"
            " or give the DATA_DIR and DATABASE_URL that it was started with"
        )
    if present != known.head and present in known.all:
        raise ConfigError(
            f"the database is at migration {present}, not {known.head}: flask --app app db upgrade"
        )
