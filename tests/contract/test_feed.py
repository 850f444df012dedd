"""The feed loses nothing: every pin that was committed is seen once, in order, while others write.

A clock or a bare sequence as cursor would lose pins, because a number can then be visible before a
smaller one; `make mutants` puts both in the counter's place and sees these tests fail.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from app.db import db, quick_transaction, transaction
from app.models import Change, Walk
from app.operations import issues, pins
from tests.builders import a_message, a_pin
from tests.cast import Cast, Phone, WalkFacts
from tests.contract.disasters import at_once, desk_feed
from tests.waiting import wait_until

WRITERS = 6
PINS_EACH = 20
ROLLED_BACK = 0.2


class Abandoned(Exception):
    """The writer changes its mind after it has taken its number."""


class Poller:
    """A desk that reads the feed again and again from its cursor, and remembers every item."""

    def __init__(self, cast: Cast, walk: WalkFacts, limit: int = 5) -> None:
        self.items: list[tuple[int, str]] = []
        self._desk = cast.fatima
        self._url = f"/api/desk/walks/{walk.id}/changes"
        self._cursor: dict[str, Any] = {"epoch": walk.epoch, "after": 0, "limit": limit}

    def poll(self) -> bool:
        """Take one page; whether there is more at once."""
        page = self._desk.get(self._url, query_string=self._cursor).json
        assert "reset" not in page
        assert page["seq"] >= self._cursor["after"]
        self.items += [(item["seq"], item["id"]) for item in page["items"]]
        self._cursor["after"] = page["seq"]
        return bool(page["more"])

    def poll_until(self, done: threading.Event) -> None:
        """Poll while others write, and then until nothing is left."""
        while not done.is_set() or self.poll():
            self.poll()


def write(phone: Phone, pin_id: UUID, before_commit: Callable[[], None]) -> None:
    """Receive a pin in a transaction of its own, as the view does."""
    with phone.client.application.app_context(), quick_transaction():
        pins.receive(phone.actor, phone.walk.id, pin_id, a_message(a_pin()), datetime.now(UTC))
        before_commit()


def test_a_herd_is_seen_whole_once_and_in_order(cast: Cast) -> None:
    """Some writers give up at the very end; their numbers must not leave a hole that hides another."""
    poller, done = Poller(cast, cast.a), threading.Event()
    reading = threading.Thread(target=poller.poll_until, args=(done,))
    reading.start()

    def herd(seed: int) -> set[str]:
        dice, phone = random.Random(seed), phones[seed]
        committed = set()
        for _ in range(PINS_EACH):
            pin_id = uuid4()
            try:
                write(phone, pin_id, lambda: give_up(dice))
            except Abandoned:
                continue
            committed.add(str(pin_id))
        return committed

    phones = [cast.another_phone(cast.a) for _ in range(WRITERS)]
    try:
        written = at_once([lambda seed=seed: herd(seed) for seed in range(WRITERS)])
    finally:
        done.set()
        reading.join()
    committed = set().union(*written)
    assert len(committed) < WRITERS * PINS_EACH
    assert sorted(seen for _seq, seen in poller.items) == sorted(committed)
    assert [seq for seq, _id in poller.items] == sorted({seq for seq, _id in poller.items})
    walk = cast.one(Walk, Walk.id == cast.a.id)
    assert (walk.feed_seq, walk.pin_count) == (len(committed), len(committed))


def give_up(dice: random.Random) -> None:
    if dice.random() < ROLLED_BACK:
        raise Abandoned


def test_a_later_number_is_never_visible_before_an_earlier_one(cast: Cast, engine: str) -> None:
    """One writer holds its number and does not commit; whoever comes next must wait for it."""
    first, second, other = uuid4(), uuid4(), cast.another_phone(cast.a)
    taken, go_on, finished = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        taken.set()
        assert go_on.wait(20)

    def follow() -> None:
        write(other, second, lambda: None)
        finished.set()

    poller = Poller(cast, cast.a)
    slow = threading.Thread(target=write, args=(cast.amina, first, hold))
    slow.start()
    assert taken.wait(20)
    quick = threading.Thread(target=follow)
    quick.start()
    wait_until(lambda: finished.is_set() or is_waiting(cast, engine), "the second writer done or waiting")
    poller.poll()
    go_on.set()
    slow.join()
    quick.join()
    poller.poll()
    assert [seen for _seq, seen in poller.items] == [str(first), str(second)]


def is_waiting(cast: Cast, engine: str) -> bool:
    """Whether somebody waits for a lock. SQLite has one gate for all writers, and it is shut."""
    if engine == "sqlite":
        return True
    with cast.app.app_context(), db.engine.connect() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(connection.execute(sa.text(waiting)).scalar())


def test_a_page_is_of_one_moment(cast: Cast) -> None:
    """Others go on between two statements of one page; what it tells of a pin must still fit together."""
    births = [UUID(sent["issue_id"]) for sent in (a_view(cast), a_view(cast))]
    meanwhile: list[Any] = []

    def merge() -> Any:
        with cast.app.app_context(), transaction():
            return issues.merge(cast.staff("fatima"), cast.a.id, births[0], births[1:], datetime.now(UTC))

    def members() -> list[int]:
        read = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/changes")
        assert read.status_code == 200
        return [item["issue"]["members"] for item in read.json["items"] if item["type"] == "pin"]

    with cast.app.app_context():

        @sa.event.listens_for(db.engine, "before_cursor_execute")
        def meddle(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if "FROM pin_photo" in statement and not meanwhile:
                meanwhile.append("begun")
                meanwhile.extend(at_once([merge]))

        assert members() == [1, 1]
        sa.event.remove(db.engine, "before_cursor_execute", meddle)
    assert len(meanwhile) == 2
    assert members() == [2, 2]


def a_view(cast: Cast) -> dict[str, Any]:
    """A new pin, as the desk sees it."""
    pin_id = uuid4()
    assert cast.amina.put_pin(pin_id).status_code == 201
    return desk_feed(cast, cast.a)[str(pin_id)]


def test_a_reader_who_writes_at_once_sees_each_state_once(cast: Cast) -> None:
    """A revised pin moves to its new number; a slow reader skips the old state and misses none."""
    poller = Poller(cast, cast.a, limit=1)
    first, second = uuid4(), uuid4()
    cast.amina.put_pin(first)
    cast.amina.put_pin(second)
    assert poller.poll()
    cast.amina.put_pin(first, rev=2, base_rev=1, text="more")
    while poller.poll():
        continue
    assert poller.items == [(1, str(first)), (2, str(second)), (3, str(first))]
    assert cast.count(Change) == 2


def test_repeating_a_message_makes_no_news(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    seq = cast.amina.changes()["seq"]
    cast.amina.put_pin(pin_id)
    assert cast.amina.changes(epoch=cast.a.epoch, after=seq)["items"] == []
    assert cast.amina.changes()["seq"] == seq


def test_what_was_shown_and_may_no_longer_be_comes_once_more_as_gone(cast: Cast) -> None:
    pin_id = uuid4()
    other = cast.another_phone(cast.a)
    cast.amina.put_pin(pin_id)
    assert [item["id"] for item in other.feed()] == [str(pin_id)]
    cursor = other.changes()["seq"]
    cast.amina.withdraw(pin_id)
    news = other.changes(epoch=cast.a.epoch, after=cursor)["items"]
    assert news == [{"type": "pin", "id": str(pin_id), "seq": 2, "gone": True}]
    assert desk_feed(cast, cast.a)[str(pin_id)]["withdrawn"] is True


def test_what_was_never_shown_leaves_no_trace(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id, staff_only=True)
    cast.amina.withdraw(pin_id)
    assert cast.another_phone(cast.a).feed() == []
