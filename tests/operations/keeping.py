"""What tests of backups have in common: a lived-in cast, making one, putting it back, comparing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.adapters.rows import lines
from app.cli_keeping import _schema
from app.db import db
from app.operations import backup
from app.operations.restore import Restored, restore
from tests.builders import a_photo, sha256
from tests.cast import Cast

FIRST = "0001"
PHOTO, LATER = a_photo(1), a_photo(2)
CHANGED_BY_RESTORE = {"walk": ("epoch", "epoch_at", "backed_up_seq"), "audit": None}


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "backups")


@pytest.fixture
def lived_in(cast: Cast) -> Cast:
    """Two walks with pins, a revision, a withdrawal, an answer, and a photo that has been encoded."""
    kept = cast.amina.put_pin(photos=[{"sha256": sha256(PHOTO)}], text="Åäö – ☂ 🚧").json["id"]
    assert cast.amina.put_photo(PHOTO).status_code == 201
    cast.amina.put_pin(kept, rev=2, base_rev=1, text="Två", photos=[{"sha256": sha256(PHOTO)}])
    cast.amina.put_rating()
    gone = cast.bengt.put_pin().json["id"]
    cast.bengt.withdraw(gone)
    cast.encode_photos()
    cast.set_walk(cast.b, follows_walk_id=cast.a.id)
    return cast


def make(cast: Cast, place: str, tell: Callable[[str], None] = lambda _words: None) -> backup.Made:
    with cast.app.app_context():
        return backup.create(backup.backup_place(place), _schema().head, tell)


def put_back(cast: Cast, place: str, name: str, **options: Any) -> Restored:
    with cast.app.app_context(), backup.backup_place(place).open(name) as file:
        done = restore(file, _schema(), datetime.now(UTC), **options)
    cast.log_out_all()
    return done


def put_back_bytes(cast: Cast, data: bytes) -> Restored:
    with cast.app.app_context():
        return restore(io.BytesIO(data), _schema(), datetime.now(UTC))


def rows(cast: Cast) -> dict[str, list[dict[str, Any]]]:
    """Everything that a backup keeps, as it would keep it."""
    found: dict[str, list[dict[str, Any]]] = {}
    with cast.app.app_context(), db.engine.connect() as connection:
        for one in backup.tables():
            changed = CHANGED_BY_RESTORE.get(one.name, ())
            records = [json.loads(line) for line in lines(connection, one)] if changed is not None else []
            found[one.name] = sorted(
                ({key: value for key, value in row.items() if key not in (changed or ())} for row in records),
                key=json.dumps,
            )
    return found


def archive_bytes(place: str, name: str) -> bytes:
    return (Path(place) / name).read_bytes()


def photo_of_pin(cast: Cast) -> int:
    """The status with which the desk sees the first photo of walk A."""
    pins = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/changes?limit=100").json["items"]
    photo = next(pin["photos"][0]["id"] for pin in pins if pin.get("photos"))
    with cast.fatima.get(f"/api/desk/walks/{cast.a.id}/photos/{photo}/full") as answer:
        return answer.status_code
