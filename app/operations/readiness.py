"""Can this machine take something in now? Database, room on the disk, photo store; each really tried."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from app.adapters.photo_store import NotFound, StoreFull, StoreUnavailable
from app.db import quick_transaction, run, table
from app.models import RateWindow
from app.operations.photos import photo_store

WINDOW = table(RateWindow)
PROBE_KEY = "health/ready"
HEADROOM_BYTES = 256 * 1024 * 1024
"""Below this a walk's photos would soon be refused; pins still find room."""


def unready() -> list[str]:
    """What would fail, of: database, disk, photos. Empty when all is well."""
    checks = {"database": _database, "disk": _disk, "photos": _photos}
    return [name for name, works in checks.items() if not works()]


def _database() -> bool:
    """A row is really written and committed."""
    try:
        with quick_transaction():
            run(sa.delete(WINDOW).where(WINDOW.c.key == PROBE_KEY))
            soon = datetime.now(UTC) + timedelta(minutes=1)
            run(sa.insert(WINDOW), {"key": PROBE_KEY, "count": 0, "expires_at": soon})
    except sa.exc.SQLAlchemyError:
        return False
    return True


def _disk() -> bool:
    return has_room(shutil.disk_usage(current_app.config["SETTINGS"].data_dir).free)


def has_room(free_bytes: int) -> bool:
    """Whether that is enough for a walk's evening."""
    return free_bytes >= HEADROOM_BYTES


def _photos() -> bool:
    try:
        photo_store().put(PROBE_KEY, b"ready")
        return photo_store().read(PROBE_KEY) == b"ready"
    except StoreUnavailable:
        return photo_store().may_wait
    except (StoreFull, NotFound):
        return False


def waiting() -> int:
    """How many uploads rest on this machine because the photo store does not answer."""
    return len(photo_store().waiting())
