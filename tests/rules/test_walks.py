"""A walk's states, and what each of them lets in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import pytest

from app.rules.walks import (
    STATES,
    has_passed,
    is_for_leaders,
    is_late,
    is_over,
    may_become,
    problem_of_joining,
)

START = datetime(2026, 6, 1, 18, tzinfo=UTC)
ALLOWED = {
    ("draft", "open"),
    ("open", "closing"),
    ("closing", "open"),
    ("closing", "closed"),
    ("closed", "open"),
    ("closed", "closing"),
    ("closed", "archived"),
    ("archived", "closed"),
}


@pytest.mark.parametrize(("state", "wanted"), list(product(STATES, STATES)))
def test_states_follow_each_other_as_the_table_says(state: str, wanted: str) -> None:
    assert may_become(state, wanted) is ((state, wanted) in ALLOWED)


@pytest.mark.parametrize(
    ("state", "wanted", "minutes", "enough"),
    [
        ("open", "closing", 0, True),
        ("closing", "closing", 0, True),
        ("closing", "open", 59, True),
        ("closing", "open", 60, False),
        ("closing", "closed", 0, False),
        ("draft", "open", 0, False),
        ("closed", "open", 0, False),
        ("draft", "closing", 0, False),
    ],
)
def test_a_leader_ends_a_walk_and_takes_that_back(
    state: str, wanted: str, minutes: int, enough: bool
) -> None:
    assert is_for_leaders(state, wanted, START, START + timedelta(minutes=minutes)) is enough


def test_a_walk_is_over_after_its_days_of_grace() -> None:
    assert not is_over("closing", START, 14, START + timedelta(days=14, seconds=-1))
    assert is_over("closing", START, 14, START + timedelta(days=14))
    assert not is_over("open", START, 0, START + timedelta(days=1))
    assert not is_over("closing", None, 0, START)


@pytest.mark.parametrize(
    ("state", "paused", "before", "problem"),
    [
        ("open", False, timedelta(), None),
        ("open", False, timedelta(hours=24), None),
        ("open", False, timedelta(hours=24, seconds=1), "walk_not_open"),
        ("open", False, timedelta(days=-400), None),
        ("open", True, timedelta(), "newcomers_paused"),
        ("draft", False, timedelta(), "walk_not_open"),
        ("closing", False, timedelta(), "walk_over"),
        ("closed", True, timedelta(), "walk_over"),
        ("archived", False, timedelta(), "walk_over"),
    ],
)
def test_who_comes_when(state: str, paused: bool, before: timedelta, problem: str | None) -> None:
    assert problem_of_joining(state, START, paused, START - before) == problem


def test_late_is_what_comes_after_the_walk() -> None:
    assert [state for state in STATES if is_late(state)] == ["closing", "closed"]


@pytest.mark.parametrize(
    ("hours", "passed"),
    [(0, False), (-1, False), (30, False), (-2, True), (-24, True), (-24 * 365 * 6, True)],
)
def test_a_day_has_passed_at_midnight_where_the_walk_is(hours: int, passed: bool) -> None:
    zone = timezone(timedelta(hours=2))
    now = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)  # half past one at night there
    assert has_passed(now + timedelta(hours=hours), zone, now) is passed
