"""Whichever statement fails, nothing is left half done, and the same message afterwards arrives whole.

Every statement of every write is made to fail once, one after the other, until none is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.db import db
from app.models import Photo
from tests.builders import a_photo, sha256
from tests.cast import Cast
from tests.contract.disasters import everything

MOST_STATEMENTS = 60
PIN_ID, RATING_ID, PHOTO = uuid4(), uuid4(), a_photo(1)
PLACED = [{"sha256": sha256(PHOTO), "alt": "A lamp"}]

Act = Callable[[Cast], TestResponse]


def create(cast: Cast) -> TestResponse:
    return cast.amina.put_pin(PIN_ID, photos=PLACED)


def revise(cast: Cast) -> TestResponse:
    return cast.amina.put_pin(PIN_ID, rev=2, base_rev=1, text="more", photos=[])


def contradict(cast: Cast) -> TestResponse:
    return cast.amina.put_pin(PIN_ID, text="something else")


def withdraw(cast: Cast) -> TestResponse:
    return cast.amina.withdraw(PIN_ID)


def photo(cast: Cast) -> TestResponse:
    return cast.amina.put_photo(PHOTO)


def rate(cast: Cast) -> TestResponse:
    return cast.amina.put_rating(RATING_ID)


def rate_again(cast: Cast) -> TestResponse:
    return cast.amina.put_rating(RATING_ID, rev=2, base_rev=1, score=5)


def review(cast: Cast, path: str, what: str, seq: int) -> TestResponse:
    url = f"/api/desk/walks/{cast.a.id}/{path}"
    return cast.fatima.put(url, json={what: "approved"}, headers={"If-Match": f'"{seq}"'})


def approve(cast: Cast) -> TestResponse:
    return review(cast, f"pins/{PIN_ID}/review", "pin", 1)


def approve_text(cast: Cast) -> TestResponse:
    return review(cast, f"pins/{PIN_ID}/text-review", "text", 1)


def known_photo(cast: Cast) -> TestResponse:
    answer = photo(cast)
    cast.ids["photo"] = cast.one(Photo).id
    return answer


def approve_photo(cast: Cast) -> TestResponse:
    return review(cast, f"photos/{cast.ids['photo']}/review", "photo", 2)


def hide(cast: Cast) -> TestResponse:
    url = f"/api/desk/walks/{cast.a.id}/participants/{cast.amina.id}/hidden"
    return cast.fatima.put(url, json={"hidden": True})


def join(cast: Cast) -> TestResponse:
    return cast.nobody.post("/api/join", json={"code": cast.a.code})


class StatementCounter:
    """Lets the first `let_through` statements pass and fails the next one, once."""

    def __init__(self, let_through: int) -> None:
        self.left = let_through
        self.has_failed = False

    def __call__(self, *_event: Any) -> None:
        if not self.has_failed and self.left == 0:
            self.has_failed = True
            raise sa.exc.OperationalError("this statement", {}, Exception("the server is gone"))
        self.left -= 1


@contextmanager
def failing(cast: Cast, counter: StatementCounter) -> Iterator[None]:
    with cast.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", counter)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", counter)


@pytest.mark.parametrize(
    ("before", "act", "status"),
    [
        ([], create, 201),
        ([create], revise, 200),
        ([create], contradict, 409),
        ([create], withdraw, 200),
        ([create], photo, 201),
        ([], rate, 201),
        ([rate], rate_again, 200),
        ([create], approve, 200),
        ([create], approve_text, 200),
        ([create, known_photo], approve_photo, 200),
        ([create], hide, 200),
        ([], join, 201),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_write_is_whole_or_not_at_all(cast: Cast, before: list[Act], act: Act, status: int) -> None:
    for step in before:
        assert step(cast).status_code < 300
    assert cast.fatima
    untouched = everything(cast)
    for number in range(MOST_STATEMENTS):
        counter = StatementCounter(number)
        with failing(cast, counter):
            answer = act(cast)
        if not counter.has_failed:
            break
        assert (answer.status_code, answer.json["code"]) == (503, "busy"), number
        assert everything(cast) == untouched, number
    else:
        raise AssertionError("it never succeeded")
    assert number > 2
    assert answer.status_code == status, answer.text
    assert everything(cast) != untouched
