"""What a meeting may see: stops for pins, and spreads that tell on nobody."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.rules.meetings import FEWEST_ANSWERS, spread, stop_of

ONE, TWO, GONE = UUID(int=1), UUID(int=2), UUID(int=3)
STOPS = [(ONE, 60.0, 25.0, 25), (TWO, 60.001, 25.0, 25)]
M = 1 / 111_195
"""A metre to the north, in degrees."""


@pytest.mark.parametrize(
    ("named", "lat", "wanted"),
    [
        (TWO, 60.0, TWO),
        (None, 60.0 + 49 * M, ONE),
        (None, 60.001 - 49 * M, TWO),
        (None, 60.0 + 56 * M, None),
        (GONE, 60.0, ONE),
    ],
)
def test_a_pin_is_shown_under_the_stop_it_names_or_is_near(
    named: UUID | None, lat: float, wanted: UUID | None
) -> None:
    assert stop_of(named, lat, 25.0, STOPS) == wanted


def test_a_walk_without_stops_has_no_stop_for_a_pin() -> None:
    assert stop_of(ONE, 60.0, 25.0, []) is None


def test_a_spread_counts_every_step() -> None:
    assert spread([5, 1, 1, None], "1-5") == [(1, 2), (2, 0), (3, 0), (4, 0), (5, 1)]
    assert spread([0, 10, 10], "0-10") == [(0, 1), *((step, 0) for step in range(1, 10)), (10, 2)]


def test_too_few_answers_are_not_told() -> None:
    assert spread([3] * (FEWEST_ANSWERS - 1), "1-5") is None
    assert spread([3] * (FEWEST_ANSWERS - 1) + [None], "1-5") is None
    assert spread([3] * FEWEST_ANSWERS, "1-5") is not None


def test_words_have_no_spread() -> None:
    assert spread([1, 1, 1], "text") is None
