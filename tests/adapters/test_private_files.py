"""What people have sent is for the service's own user alone, whatever the umask says."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.adapters.jobs import bell
from app.config import load_settings
from app.db import db, keep_private, transaction
from tests.databases import SECRET_KEY

pytestmark = pytest.mark.sqlite_is_enough


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """As a machine has it unless somebody thought of it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def written_to(app: Flask) -> dict[str, int]:
    """The modes of the databases' files while they are in use."""
    with app.app_context(), transaction():
        db.session.execute(sa.text("CREATE TABLE something (id INTEGER)"))
    with app.app_context():
        ours = bell(app)
        ours.ring("photo")
        files = app.config["SETTINGS"].data_dir.glob("*.db*")
        modes = {path.name: mode(path) for path in files}
        ours.queue.storage.close()
        db.engine.dispose()
    return modes


FILES = {f"{name}.db{end}" for name in ("trygga-steg", "jobs") for end in ("", "-wal", "-shm")}


def test_a_new_data_folder_and_its_databases_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    app = create_app(load_settings({"DATA_DIR": str(folder), "SECRET_KEY": SECRET_KEY}))
    assert written_to(app) == dict.fromkeys(FILES, 0o600)
    assert mode(folder) == 0o700


def test_a_folder_that_was_there_keeps_its_mode_and_its_databases_are_tightened(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    for name in ("trygga-steg.db", "jobs.db"):
        (tmp_path / name).touch(0o644)
    app = create_app(load_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": SECRET_KEY}))
    assert written_to(app) == dict.fromkeys(FILES, 0o600)
    assert mode(tmp_path) == 0o750


def test_the_file_of_another_user_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "trygga-steg.db"
    file.touch(0o644)
    another = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: another)
    keep_private(file)
    assert mode(file) == 0o644


def test_a_file_that_does_not_take_a_mode_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_path: Path, _mode: int) -> None:
        raise PermissionError

    file = tmp_path / "trygga-steg.db"
    file.touch(0o644)
    monkeypatch.setattr(Path, "chmod", refused)
    keep_private(file)
    keep_private(tmp_path / "not there.db")
