"""The photo worker: in place, and as a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from app.adapters import images
from app.db import db
from app.models import Photo, PhotoEncoding, RateWindow
from app.operations.photos import photo_store
from app.worker import PhotoWork, process_waiting
from tests.builders import sha256
from tests.cast import Cast
from tests.databases import Database
from tests.photo_fixtures import BROKEN, photo
from tests.processes import end, free_port, start
from tests.servers import FLASK, ROOT, inherited
from tests.stores import Bucket
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def children_end() -> Iterator[None]:
    yield
    images.close()


def states(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(sa.select(Photo.state)))


def rows(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.execute(sa.select(model.__table__)))


def stored(app: Flask) -> dict[str, bytes]:
    """What each encoding's key holds."""
    with app.app_context():
        return {row.key: photo_store().read(row.key) for row in rows(app, PhotoEncoding)}


def work(app: Flask) -> None:
    with app.app_context():
        process_waiting()


def test_it_turns_uploads_into_encodings(app: Flask, cast: Cast) -> None:
    assert cast.amina.put_photo(photo(1)).status_code == 201
    (upload,) = (row.upload_key for row in rows(app, Photo))
    work(app)
    assert states(app) == ["ready"]
    encodings = {row.size: row for row in rows(app, PhotoEncoding)}
    assert (encodings["full"].width, encodings["thumb"].width) == (1600, 320)
    held = stored(app)
    for row in encodings.values():
        assert (sha256(held[row.key]), len(held[row.key])) == (row.stored_sha256, row.bytes)
    with app.app_context():
        assert not photo_store().exists(upload)


def test_it_works_on_a_bucket(
    app_factory: Callable[..., Flask], bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.cast import make_cast

    for name, value in bucket.environment().items():
        monkeypatch.setenv(name, value)
    app = app_factory(PHOTO_STORE=bucket.url)
    assert make_cast(app).amina.put_photo(photo(1)).status_code == 201
    work(app)
    assert states(app) == ["ready"]
    assert {data[:2] for data in stored(app).values()} == {b"\xff\xd8"}


def test_a_broken_photo_is_set_aside_and_the_others_go_on(app: Flask, cast: Cast) -> None:
    for data in (BROKEN[0].data, photo(1)):
        assert cast.amina.put_photo(data).status_code == 201
    work(app)
    assert states(app) == ["quarantined", "ready"]
    (aside,) = (row for row in rows(app, Photo) if row.state == "quarantined")
    assert aside.reason == "unreadable"


def test_working_twice_changes_nothing(app: Flask, cast: Cast) -> None:
    cast.amina.put_photo(photo(1))
    work(app)
    before = [rows(app, Photo), rows(app, PhotoEncoding), stored(app)]
    work(app)
    assert before == [rows(app, Photo), rows(app, PhotoEncoding), stored(app)]


def test_a_photo_whose_upload_is_gone_is_set_aside(app: Flask, cast: Cast) -> None:
    cast.amina.put_photo(photo(1))
    with app.app_context():
        photo_store().delete(rows(app, Photo)[0].upload_key)
    work(app)
    assert [(row.state, row.reason) for row in rows(app, Photo)] == [("quarantined", "missing")]


def test_a_photo_that_brings_its_decoder_down_is_tried_three_times(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deadly = tmp_path / "deadly.py"
    deadly.write_text(
        "import os\nos.write(1, b'+')\nos.read(0, 1)\nos.kill(os.getpid(), 9)\n", encoding="ascii"
    )
    cast.amina.put_photo(photo(1))
    monkeypatch.setattr(images, "CHILD", deadly)
    for tries in (1, 2, 3):
        work(app)
        assert [(row.state, row.tries) for row in rows(app, Photo)] == [("received", tries)]
    work(app)
    assert [(row.state, row.reason) for row in rows(app, Photo)] == [("quarantined", "stuck")]


def test_a_decoder_that_cannot_even_begin_costs_no_try_and_no_photo(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise EOFError('marshal data too short')", encoding="ascii")
    for number in (1, 2):
        cast.amina.put_photo(photo(number))
    with monkeypatch.context() as patch:
        patch.setattr(images, "CHILD", broken)
        for _sweep in range(4):
            work(app)
        assert {(row.state, row.tries) for row in rows(app, Photo)} == {("received", 0)}
    work(app)
    assert states(app) == ["ready", "ready"]


def test_a_store_that_is_down_costs_no_try(app: Flask, cast: Cast) -> None:
    cast.amina.put_photo(photo(1))
    store = app.extensions["photo_store"]
    path = store.path(rows(app, Photo)[0].upload_key)
    hidden = path.with_name("hidden")
    path.rename(hidden)
    path.mkdir()
    work(app)
    assert [(row.state, row.tries) for row in rows(app, Photo)] == [("received", 0)]
    path.rmdir()
    hidden.rename(path)
    work(app)
    assert states(app) == ["ready"]


class Worker:
    """`flask worker` as a process of its own."""

    def __init__(self, database: Database, log: Path) -> None:
        self._environment = inherited() | database.environment()
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **settings: str) -> None:
        environment = self._environment | settings
        with self._log.open("ab") as output:
            self._process = start(
                [*FLASK, "worker"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def end(self) -> None:
        if self._process:
            end(self._process)


@pytest.fixture
def worker(database: Database, tmp_path: Path) -> Iterator[Worker]:
    made = Worker(database, tmp_path / "worker.log")
    yield made
    made.end()


def all_ready(app: Flask, count: int) -> bool:
    return states(app) == ["ready"] * count


def test_a_worker_finds_what_waits_and_hears_what_comes(app: Flask, cast: Cast, worker: Worker) -> None:
    cast.amina.put_photo(photo(1))
    worker.start()
    wait_until(lambda: all_ready(app, 1), "the waiting photo")
    assert os.getpriority(os.PRIO_PROCESS, worker.process.pid) >= 10
    cast.amina.put_photo(photo(2))
    wait_until(lambda: all_ready(app, 2), "the photo that rang")


def test_a_worker_that_hears_no_bell_finds_what_waits(app: Flask, cast: Cast, worker: Worker) -> None:
    cast.amina.put_photo(photo(1))
    worker.start(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    wait_until(lambda: all_ready(app, 1), "the waiting photo")


def test_a_worker_killed_anywhere_loses_nothing(app: Flask, cast: Cast, worker: Worker) -> None:
    count = 24
    for number in range(count):
        assert cast.amina.put_photo(photo(number, (400, 300))).status_code == 201
    for done in (1, count // 3, count // 2):
        worker.start()
        wait_until(lambda done=done: states(app).count("ready") >= done, "some photos")
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait()
    worker.start()
    wait_until(lambda: all_ready(app, count), "all photos")
    encodings = rows(app, PhotoEncoding)
    assert len(encodings) == 2 * count
    assert {key: sha256(data) for key, data in stored(app).items()} == {
        row.key: row.stored_sha256 for row in encodings
    }


def test_a_worker_ends_politely(app: Flask, cast: Cast, worker: Worker) -> None:
    for number in range(4):
        cast.amina.put_photo(photo(number))
    worker.start()
    wait_until(lambda: "ready" in states(app), "one photo")
    worker.process.terminate()
    assert worker.process.wait(20) == 0
    assert set(states(app)) <= {"ready", "received"}


def test_two_workers_do_each_photo_once(
    app: Flask, cast: Cast, database: Database, worker: Worker, tmp_path: Path
) -> None:
    count = 16
    for number in range(count):
        cast.amina.put_photo(photo(number, (400, 300)))
    other = Worker(database, tmp_path / "other.log")
    worker.start()
    other.start()
    try:
        wait_until(lambda: all_ready(app, count), "all photos")
    finally:
        other.end()
    assert len(rows(app, PhotoEncoding)) == 2 * count


def test_an_id_that_is_not_there_is_nothing_to_do(context: Flask) -> None:
    from datetime import UTC, datetime

    from app.operations.photos import process

    assert process(UUID(int=uuid4().int), datetime.now(UTC)) == "gone"


def test_one_part_of_the_sweep_that_fails_stops_no_other(app: Flask, cast: Cast) -> None:
    with app.app_context():
        spool = photo_store().spool_dir
        past = datetime.now(UTC) - timedelta(minutes=1)
        db.session.add(RateWindow(key="old", count=1, expires_at=past))
        db.session.commit()
    spool.rmdir()
    spool.write_bytes(b"a file where the folder was")
    PhotoWork(app, threading.Event()).sweep()
    assert cast.count(RateWindow) == 0
