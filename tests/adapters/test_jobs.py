"""The doorbell: cheap, coalesced, and never a reason for a request to fail."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator

import pytest
from flask import Flask

from app.adapters.jobs import Bell, bell, doorbell
from tests.apps import AppFactory
from tests.databases import Database

pytestmark = pytest.mark.sqlite_is_enough


@pytest.fixture
def ours(context: Flask) -> Iterator[Bell]:
    made = bell(context)
    yield made
    made.queue.storage.close()


def answer_all(rung: Bell) -> int:
    """Do what a worker does with the rings that wait; how many there were."""
    rings = 0
    while task := rung.queue.dequeue():
        rung.queue.execute(task)
        rings += 1
    return rings


def test_a_ring_is_answered(ours: Bell) -> None:
    heard: list[str] = []
    ours.on("photo", lambda: heard.append("photo"))
    doorbell("photo", "some id")
    assert answer_all(ours) == 1
    assert heard == ["photo"]


def test_many_rings_are_one(ours: Bell) -> None:
    ours.on("photo", lambda: None)
    for number in range(50):
        doorbell("photo", str(number))
    assert answer_all(ours) == 1
    doorbell("photo", "later")
    assert answer_all(ours) == 1


def test_a_bell_that_cannot_ring_does_not_fail(ours: Bell, context: Flask) -> None:
    path = context.config["SETTINGS"].data_dir / "jobs.db"
    ours.queue.storage.close()
    for file in path.parent.glob("jobs.db*"):
        file.unlink()
    path.mkdir()
    with pytest.raises(sqlite3.OperationalError):
        ours.ring("photo")
    doorbell("photo", "some id")


def test_a_forked_process_opens_its_own(ours: Bell, context: Flask) -> None:
    doorbell("photo", "parent")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if bell(context) is not ours and answer_nothing(bell(context)) == 1:
                code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def answer_nothing(rung: Bell) -> int:
    return int(rung.queue.pending_count())


def test_a_job_signed_with_another_key_is_not_run(app_factory: AppFactory, database: Database) -> None:
    """Whoever can write to the queue cannot make us run code without the key."""
    ours = bell(app_factory())
    theirs = bell(app_factory(SECRET_KEY="another key that is also long enough"))
    heard: list[str] = []
    ours.on("photo", lambda: heard.append("photo"))
    theirs.ring("photo")
    with pytest.raises(ValueError, match="mismatch"):
        answer_all(ours)
    assert heard == []
    for made in (ours, theirs):
        made.queue.storage.close()


def test_a_queue_broken_by_a_power_cut_is_made_anew(context: Flask) -> None:
    file = context.config["SETTINGS"].data_dir / "jobs.db"
    file.write_bytes(b"not a database, " * 1000)
    ours = bell(context)
    ours.ring("photo")
    assert ours.queue.pending_count() == 1
    ours.queue.storage.close()
