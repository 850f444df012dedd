"""Hints: what is pointed out, and what is left in peace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.rules.hints import MANY, SAME_SPOT, Hint, Seen, hints

START = datetime(2026, 11, 12, 18, 0, tzinfo=UTC)
AMINA, BENGT = uuid4(), uuid4()
LOOK = 0x0F0F_3355_A5A5_C3C3


def seen(number: int, participant: UUID | None = AMINA, after_s: float = 0, **more: Any) -> Seen:
    """A pin on a long street: each number 50 m north of the one before."""
    values = {"lat": 60 + number * 0.00045, "lon": 25.0, "by_sensor": False, "is_reviewed": False}
    return Seen(number, participant, START + timedelta(seconds=after_s), **(values | more))


def told(*pins: Seen) -> list[tuple[str, tuple[int, ...]]]:
    return [(hint.kind, hint.numbers) for hint in hints(pins)]


def test_an_evening_s_walk_is_left_in_peace() -> None:
    assert told(*(seen(n, after_s=n * 60) for n in range(40))) == []


def test_many_pins_of_one_phone_in_two_minutes_are_one_flood() -> None:
    flood = [seen(n, after_s=n * 3) for n in range(30)]
    assert told(*flood) == [("many_at_once", tuple(range(30)))]
    assert told(*flood[: MANY - 1]) == []


def test_two_floods_are_told_apart() -> None:
    two = [seen(n, after_s=n + (3600 if n >= MANY else 0)) for n in range(2 * MANY)]
    assert told(*two) == [
        ("many_at_once", tuple(range(MANY))),
        ("many_at_once", tuple(range(MANY, 2 * MANY))),
    ]


def test_many_phones_at_once_are_a_walk_and_no_flood() -> None:
    assert told(*(seen(n, uuid4(), n) for n in range(40))) == []
    assert told(*(seen(n, None, n) for n in range(40))) == []


def test_many_pins_of_one_phone_on_one_spot() -> None:
    heap = [seen(n, after_s=n * 60, lat=60.0001, lon=25.0001) for n in range(SAME_SPOT)]
    assert told(*heap) == [("same_spot", tuple(range(SAME_SPOT)))]
    assert told(*heap[1:]) == []


@pytest.mark.parametrize(
    ("metres", "seconds", "by_sensor", "is_told"),
    [(2000, 60, True, True), (2000, 600, True, False), (250, 1, True, False), (2000, 60, False, False)],
)
def test_nobody_walks_faster_than_a_car(metres: float, seconds: int, by_sensor: bool, is_told: bool) -> None:
    there = {"lat": 60 + metres / 111_195, "by_sensor": by_sensor}
    pair = seen(0, by_sensor=by_sensor), seen(1, after_s=seconds, **there)
    assert told(*pair) == ([("too_fast", (0, 1))] if is_told else [])
    assert told(pair[0], seen(1, BENGT, seconds, **there)) == []


def test_the_same_picture_on_two_pins_is_told_whoever_sent_it() -> None:
    assert told(
        seen(1, photos=(("a", None),)), seen(2, BENGT, photos=(("a", None),)), seen(3, photos=(("b", None),))
    ) == [("same_photo", (1, 2))]


def test_a_picture_saved_again_is_like_the_first_and_another_one_is_not() -> None:
    one, copy = seen(1, photos=(("a", LOOK),)), seen(2, BENGT, photos=(("b", LOOK ^ 0b101),))
    further = seen(3, photos=(("c", LOOK ^ 0b111_0000_0000),))
    other = seen(4, photos=(("d", LOOK ^ 0xFF),))
    assert told(one, copy, other) == [("alike_photo", (1, 2))]
    assert told(one, copy, further) == [("alike_photo", (1, 2, 3))]


def test_two_shots_of_one_thing_on_one_pin_are_no_repeat() -> None:
    assert told(seen(1, photos=(("a", LOOK), ("b", LOOK)))) == []


@pytest.mark.parametrize("look", [0, 1, 2**64 - 1])
def test_dark_pictures_are_not_like_each_other(look: int) -> None:
    assert told(seen(1, photos=(("a", look),)), seen(2, photos=(("b", look),))) == []


def test_what_was_looked_at_is_not_pointed_out_again() -> None:
    half = [seen(n, after_s=n, is_reviewed=n > 0) for n in range(MANY)]
    assert [hint.kind for hint in hints(half)] == ["many_at_once"]
    assert hints([seen(n, after_s=n, is_reviewed=True) for n in range(MANY)]) == []


def test_hints_are_in_order_of_their_first_pin() -> None:
    pins = [seen(n, after_s=n, photos=(("a", None),) if n in (3, 5) else ()) for n in range(MANY)]
    assert hints(pins) == [Hint("many_at_once", tuple(range(MANY))), Hint("same_photo", (3, 5))]


@pytest.mark.parametrize("kind", ["one picture", "one spot", "all apart"])
def test_five_thousand_are_gone_through(kind: str) -> None:
    pins = [
        seen(
            n,
            AMINA,
            n * 60,
            lat=60.0 if kind == "one spot" else 60 + n * 1e-3,
            photos=((str(n), LOOK if kind == "one picture" else LOOK ^ n * 0x9E3779B97F4A7C15 % 2**64),),
        )
        for n in range(5000)
    ]
    assert len(hints(pins)) < 50
