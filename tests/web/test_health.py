"""Whoever watches over the service learns that it lives, and whether it can take something in."""

from __future__ import annotations

import shutil

import sqlalchemy as sa
from flask import Flask

from app.db import db
from app.operations import readiness
from app.operations.photos import photo_store
from tests.cast import Cast


def ask(app: Flask) -> tuple[int, list[str]]:
    app.extensions.pop("readiness", None)
    answer = app.test_client().get("/readyz", headers={"Host": "10.1.2.3"})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json.get("failing", [])


def test_a_service_that_works_says_that_it_is_ready(cast: Cast) -> None:
    assert ask(cast.app) == (200, [])


def test_a_database_that_takes_no_rows_is_named(cast: Cast) -> None:
    with cast.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE rate_window RENAME TO away"))
    assert ask(cast.app) == (503, ["database"])
    assert cast.nobody.get("/healthz").status_code == 200


def test_a_photo_store_that_is_gone_and_comes_back_is_noticed(cast: Cast) -> None:
    with cast.app.app_context():
        spool = photo_store().spool_dir
    shutil.rmtree(spool.parent)
    spool.parent.write_bytes(b"a file where the directory was")
    assert ask(cast.app) == (503, ["photos"])
    spool.parent.unlink()
    spool.mkdir(parents=True)
    assert ask(cast.app) == (200, [])


def test_too_little_room_is_told_before_photos_are_refused() -> None:
    assert not readiness.has_room(readiness.HEADROOM_BYTES - 1)
    assert readiness.has_room(readiness.HEADROOM_BYTES)


def test_asking_all_the_time_checks_no_more_often(cast: Cast) -> None:
    assert ask(cast.app) == (200, [])
    with cast.app.app_context():
        photo_store().delete(readiness.PROBE_KEY)
    client = cast.app.test_client()
    assert [client.get("/readyz").status_code for _ in range(3)] == [200, 200, 200]
    with cast.app.app_context():
        assert photo_store().exists(readiness.PROBE_KEY) is False
