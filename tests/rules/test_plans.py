"""Lengths, times and limits of a plan, and the bank of questions."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.categories import offered
from app.rules.plans import (
    SCALES,
    is_too_much,
    length_m,
    minutes_of,
    plan_length_m,
    question_bank,
    same_weekday_later,
)

NORTH = [[24.95, 60.17], [24.95, 60.18]]


def test_a_hundredth_of_a_degree_north_is_1112_metres() -> None:
    assert length_m(NORTH) == pytest.approx(1112, abs=1)
    assert length_m([*NORTH, NORTH[0]]) == pytest.approx(2224, abs=2)
    assert length_m([]) == length_m(NORTH[:1]) == 0


def test_four_kilometres_take_an_hour_and_stops_their_minutes() -> None:
    assert minutes_of(4000, []) == 60
    assert minutes_of(2000, [6, 8]) == 44


def test_without_a_route_people_walk_from_stop_to_stop() -> None:
    assert plan_length_m([], NORTH) == plan_length_m(NORTH, []) == length_m(NORTH)
    assert plan_length_m([NORTH[0]], NORTH) == length_m(NORTH)


@pytest.mark.parametrize(
    ("length", "minutes", "too_much"), [(2500, 90, False), (2501, 10, True), (10, 91, True)]
)
def test_what_is_too_much(length: int, minutes: int, too_much: bool) -> None:
    assert is_too_much(length, minutes) is too_much


def test_the_bank_speaks_both_languages() -> None:
    bank = question_bank()
    assert len({question["code"] for question in bank}) == len(bank) >= 4
    assert all(question["sv"] and question["en"] and question["scale"] in SCALES for question in bank)


def test_what_is_good_stays_on_whatever_is_chosen() -> None:
    assert [one["code"] for one in offered(["lighting"])] == ["lighting", "good_place", "other"]
    assert len(offered(None)) == 25


def test_a_year_later_is_the_same_weekday_and_lies_ahead() -> None:
    thursday = date(2026, 11, 12)
    assert same_weekday_later(thursday, 52, date(2026, 11, 13)) == date(2027, 11, 11)
    assert same_weekday_later(thursday, 26, date(2026, 11, 13)) == date(2027, 5, 13)
    late = same_weekday_later(thursday, 52, date(2031, 1, 1))
    assert late > date(2031, 1, 1)
    assert late.weekday() == thursday.weekday()
