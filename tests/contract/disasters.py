"""What tests of the contract have in common: many at once, the desk's whole feed, proof, and disasters.

Promises that a disaster is a real one: no part of the app is replaced.
"""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.adapters.secrets import new_epoch
from app.db import Base, db
from app.models import Change, Photo, Pin, PinPhoto, PinRevision, Rating, Walk
from tests.builders import sha256
from tests.cast import JSON, Cast, Phone, WalkFacts
from tests.wire import Answer


def at_once(jobs: Iterable[Callable[[], Any]]) -> list[Any]:
    """What the jobs return, all started together in threads of their own."""
    jobs = list(jobs)
    start = threading.Barrier(len(jobs))
    answers: list[Any] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        start.wait()
        answers[place] = job()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def same_device(phone: Phone) -> Phone:
    """One more tab of `phone`'s browser."""
    browser = phone.client.application.test_client()
    browser.set_cookie("trygg_walk", phone.token, domain="localhost", path=f"/api/walks/{phone.walk.id}")
    return Phone(browser, phone.walk, phone.id, phone.token)


def desk_feed(cast: Cast, walk: WalkFacts) -> dict[str, dict[str, Any]]:
    """The desk's own feed, read in small pages from the beginning."""
    items: dict[str, dict[str, Any]] = {}
    after, more = 0, True
    while more:
        page = cast.fatima.get(
            f"/api/desk/walks/{walk.id}/changes?epoch={walk.epoch}&after={after}&limit=7"
        ).json
        for item in page["items"]:
            assert item["seq"] > after
            items[item["id"]] = item
        after, more = page["seq"], page["more"]
    return items


def proves(answer: TestResponse | Answer, thing: object, rev: int, body: bytes, walk: WalkFacts) -> bool:
    """Whether a phone may let an entry go: what I2 asks for, word by word."""
    status = getattr(answer, "status_code", None) or answer.status
    echo = answer.json
    whole = {name: echo.get(name) for name in ("id", "rev", "sha256", "epoch")}
    wanted = {"id": str(thing), "rev": rev, "sha256": sha256(body), "epoch": walk.epoch}
    kind = answer.headers["Content-Type"].partition(";")[0]
    return status in (200, 201) and kind == JSON and whole == wanted and echo["seq"] > 0


def pick(proof: dict[str, Any]) -> dict[str, Any]:
    return {name: proof[name] for name in ("id", "rev", "sha256")}


def restore(cast: Cast, walk: WalkFacts, seq: int) -> None:
    """What an older backup leaves of a walk: nothing above `seq`, and a new epoch."""
    with cast.app.app_context():
        for model in (PinPhoto, PinRevision):
            late = sa.select(Pin.id).where(Pin.seq > seq)
            db.session.execute(sa.delete(model).where(model.pin_id.in_(late)))
        for model in (Pin, Photo, Rating, Change):
            db.session.execute(sa.delete(model).where(model.walk_id == walk.id, model.seq > seq))
        fresh = {"feed_seq": seq, "pin_count": seq, "epoch": new_epoch()}
        db.session.execute(sa.update(Walk).where(Walk.id == walk.id).values(fresh))
        db.session.commit()


@contextmanager
def commits_that_fail(cast: Cast, engine: str) -> Iterator[None]:
    """The database has no more room, and finds out as late as it can: when it commits."""
    if engine == "sqlite":
        log = cast.app.config["SETTINGS"].data_dir / "trygga-steg.db-wal"
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        return
    with cast.app.app_context(), db.engine.begin() as connection:
        for statement in FAIL_AT_COMMIT:
            connection.execute(sa.text(statement))
    yield


FAIL_AT_COMMIT = (
    """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$""",
    *(
        f"CREATE CONSTRAINT TRIGGER no_room AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION no_room()"
        for table in ("pin", "photo", "rating")
    ),
)


def everything(cast: Cast) -> dict[str, list[str]]:
    """All rows of all tables."""
    tables = Base.metadata.sorted_tables
    with cast.app.app_context(), db.engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in tables}
