"""A walk's plan: how long its route is, how much time it takes, and what is too much.

Pure. A route is [lon, lat] points; without one, people are taken to walk straight from stop to stop.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

from app.rules.places import distance_m

FILE = Path(__file__).resolve().parent.parent / "data" / "questions.json"
WALKING_M_PER_MINUTE = 4000 / 60
LONGEST_M = 2500
LONGEST_MINUTES = 90
CHANGEABLE = ("draft", "open", "closing")
"""States in which a plan may still be changed; later it is history."""
SCALES = ("1-5", "0-10", "text")


@cache
def question_bank() -> list[dict[str, str]]:
    """Questions to choose from: code, scale, and the text in sv and en."""
    bank: list[dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return bank


def length_m(points: Sequence[Sequence[float]]) -> int:
    """Length of a line of [lon, lat] points."""
    return round(sum(distance_m(a[1], a[0], b[1], b[0]) for a, b in pairwise(points)))


def minutes_of(length: int, at_stops: Sequence[int]) -> int:
    """Walking at 4 km/h and standing at each stop."""
    return round(length / WALKING_M_PER_MINUTE + sum(at_stops))


def plan_length_m(route: Sequence[Sequence[float]], stops: Sequence[Sequence[float]]) -> int:
    """Length of the route, or of the line through the stops where none is drawn."""
    return length_m(route if len(route) > 1 else stops)


def is_too_much(length: int, minutes: int) -> bool:
    """Longer than people of all ages like to walk and stand."""
    return length > LONGEST_M or minutes > LONGEST_MINUTES


def is_changeable(state: str) -> bool:
    return state in CHANGEABLE


def same_weekday_later(day: date, weeks: int, today: date) -> date:
    """`day` some weeks later, and as often again as it takes to lie ahead."""
    step = timedelta(weeks=weeks)
    later = day + step
    while later <= today:
        later += step
    return later
