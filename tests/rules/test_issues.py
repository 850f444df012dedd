"""Issues: the table of statuses, reasons, and what is suggested to be the same."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from itertools import combinations, pairwise, product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import issues
from app.rules.issues import STATUSES, Spot, done_at, duplicates, has_text, may_follow, needs_reason

NOW = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)
EARLIER = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)
LAT, LON = 59.33, 18.06
METRE = 180 / math.pi / issues.EARTH_M
"""Degrees of latitude."""

PATH = ("new", "reviewed", "assigned", "planned", "in_progress", "done", "verified")


@pytest.mark.parametrize(("before", "after"), list(product(STATUSES, repeat=2)))
def test_what_may_be_done_may_be_undone(before: str, after: str) -> None:
    assert may_follow(before, after) == may_follow(after, before)


@pytest.mark.parametrize(("before", "after"), list(pairwise(PATH)))
def test_the_path_goes_one_step_forward_and_one_back(before: str, after: str) -> None:
    assert may_follow(before, after)
    assert may_follow(after, before)


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("new", "done", True),
        ("new", "declined", True),
        ("in_progress", "by_design", True),
        ("assigned", "keep", True),
        ("declined", "by_design", True),
        ("declined", "new", True),
        ("new", "verified", False),
        ("in_progress", "verified", False),
        ("declined", "verified", False),
        ("verified", "new", False),
        ("done", "declined", False),
        ("by_design", "done", False),
        ("keep", "done", False),
        ("verified", "verified", True),
    ],
)
def test_shortcuts_and_what_has_none(before: str, after: str, may: bool) -> None:
    assert may_follow(before, after) is may


def test_only_a_no_needs_a_public_reason() -> None:
    assert {status for status in STATUSES if needs_reason(status)} == {"declined", "by_design"}
    assert has_text({"sv": "", "en": "It stays dark for the bats."})
    assert not has_text({"sv": " \n"})
    assert not has_text({})


@pytest.mark.parametrize(
    ("status", "before", "after"),
    [
        ("done", None, NOW),
        ("done", EARLIER, EARLIER),
        ("verified", EARLIER, EARLIER),
        ("in_progress", EARLIER, None),
        ("declined", None, None),
    ],
)
def test_the_time_it_was_done_stands_while_it_is_done(
    status: str, before: datetime | None, after: datetime | None
) -> None:
    assert done_at(status, before, NOW) == after


def a_spot(number: int, north_m: float = 0, east_m: float = 0, **fields: Any) -> Spot:
    """A pin some metres from the middle, with an issue of its own."""
    place = {"lat": LAT + north_m * METRE, "lon": LON + east_m * METRE / math.cos(math.radians(LAT))}
    values = {"kind": "problem", "category": "lighting", "issue": UUID(int=1000 + number)} | place
    return Spot(pin=UUID(int=number), number=number, **(values | fields))


def groups(spots: list[Spot]) -> list[list[int]]:
    return [[pin.int for pin in one.pins] for one in duplicates(spots)]


def test_near_ones_are_suggested_and_the_distance_is_told() -> None:
    [one] = duplicates([a_spot(1), a_spot(2, north_m=18), a_spot(3, north_m=500)])
    assert one.pins == (UUID(int=1), UUID(int=2))
    assert one.issues == (UUID(int=1001), UUID(int=1002))
    assert (one.category, one.metres) == ("lighting", 18)


@pytest.mark.parametrize(("metres", "found"), [(99.5, True), (100.5, False)])
@pytest.mark.parametrize("bearing", range(0, 360, 30))
@pytest.mark.parametrize(("lat", "lon"), [(LAT, LON), (0.0, 180.0), (89.9999, 10.0), (-60.0, -179.9999)])
def test_a_hundred_metres_are_that_everywhere(
    metres: float, found: bool, bearing: int, lat: float, lon: float
) -> None:
    there = destination(lat, lon, bearing, metres)
    spots = [a_spot(1, lat=lat, lon=lon), a_spot(2, lat=there[0], lon=there[1])]
    assert bool(duplicates(spots)) is found


def destination(lat: float, lon: float, bearing: float, metres: float) -> tuple[float, float]:
    """Where one comes by the great circle."""
    up, way, arc = math.radians(lat), math.radians(bearing), metres / issues.EARTH_M
    new_up = math.asin(math.sin(up) * math.cos(arc) + math.cos(up) * math.sin(arc) * math.cos(way))
    east = math.atan2(
        math.sin(way) * math.sin(arc) * math.cos(up), math.cos(arc) - math.sin(up) * math.sin(new_up)
    )
    return math.degrees(new_up), (lon + math.degrees(east) + 540) % 360 - 180


def test_a_chain_is_one_suggestion() -> None:
    assert groups([a_spot(n, north_m=90 * n) for n in (1, 2, 3, 4)]) == [[1, 2, 3, 4]]


def test_other_categories_and_praise_are_not_the_same() -> None:
    assert groups([a_spot(1), a_spot(2, category="litter"), a_spot(3, kind="positive")]) == []


def test_what_is_merged_already_is_not_suggested_alone() -> None:
    same = UUID(int=7)
    assert duplicates([a_spot(1, issue=same), a_spot(2, issue=same)]) == []
    [one] = duplicates([a_spot(1, issue=same), a_spot(2, issue=same), a_spot(3)])
    assert one.issues == (same, UUID(int=1003))
    assert len(one.pins) == 3


def test_the_tightest_come_first_and_fifty_are_enough() -> None:
    pairs = [(2 * n, 2 * n + 1) for n in range(60)]
    spots = [
        a_spot(number, north_m=1000 * pair[0] + (90 - pair[0] / 2) * place)
        for pair in pairs
        for place, number in enumerate(pair)
    ]
    found = duplicates(spots)
    assert len(found) == 50
    assert [one.metres for one in found] == sorted(one.metres for one in found)
    assert found[0].pins == (UUID(int=118), UUID(int=119))


def test_the_order_of_rows_changes_nothing() -> None:
    shuffle = random.Random(3)
    spots = [a_spot(n, shuffle.uniform(0, 2000), shuffle.uniform(0, 2000)) for n in range(200)]
    mixed = list(spots)
    shuffle.shuffle(mixed)
    assert duplicates(mixed) == duplicates(spots)


def apart(one: Spot, other: Spot) -> float:
    up, other_up = math.radians(one.lat), math.radians(other.lat)
    east = math.radians(other.lon - one.lon)
    half = math.sin((other_up - up) / 2) ** 2 + math.cos(up) * math.cos(other_up) * math.sin(east / 2) ** 2
    return 2 * issues.EARTH_M * math.asin(math.sqrt(half))


def by_hand(spots: list[Spot]) -> set[frozenset[UUID]]:
    """Every pair compared: what the grid must find."""
    chain = {spot.pin: frozenset([spot.pin]) for spot in spots}
    for one, other in combinations(spots, 2):
        if apart(one, other) <= issues.DUPLICATE_M:
            joined = chain[one.pin] | chain[other.pin]
            chain |= dict.fromkeys(joined, joined)
    return {pins for pins in chain.values() if len(pins) > 1}


METRES = st.integers(-600, 600)


@given(st.lists(st.tuples(METRES, METRES), max_size=40))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_the_grid_finds_what_comparing_all_pairs_finds(places: list[tuple[int, int]]) -> None:
    spots = [a_spot(number, *place) for number, place in enumerate(places)]
    assert {frozenset(one.pins) for one in duplicates(spots)} == by_hand(spots)


def compared(monkeypatch: pytest.MonkeyPatch, spots: list[Spot]) -> int:
    """How many points the work looked at, whatever the machine's speed."""
    looked, box = 0, issues._box

    def counted(points: Any) -> Any:
        nonlocal looked
        looked += len(points)
        return box(points)

    with monkeypatch.context() as patch:
        patch.setattr(issues, "_box", counted)
        duplicates(spots)
    return looked


@pytest.mark.parametrize("crowds", [1, 2])
def test_ten_thousand_pins_are_not_compared_with_each_other(
    monkeypatch: pytest.MonkeyPatch, crowds: int
) -> None:
    """All on one spot, and two crowds just too far from each other to be one."""
    chance = random.Random(5)

    def looked(count: int) -> int:
        spots = [
            a_spot(n, chance.uniform(0, 20) + 125 * (n % crowds), chance.uniform(0, 20)) for n in range(count)
        ]
        return compared(monkeypatch, spots)

    assert looked(10_000) < 40 * 10_000
    assert looked(10_000) < 20 * looked(1_000)


def test_a_crowd_is_suggested_in_goes_that_can_be_merged() -> None:
    [one] = duplicates([a_spot(n) for n in range(600)])
    assert len(one.issues) == issues.MOST_TOGETHER
    assert one.issues[0] == UUID(int=1000)
