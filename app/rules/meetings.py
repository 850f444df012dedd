"""What a meeting may see of a walk: which stop a pin is shown under, and how answers spread.

Pure. An answer is one person's, so a spread is told only when enough people have answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from app.rules.places import distance_m

FEWEST_ANSWERS = 3
"""Below this a spread would tell what somebody in the room had answered in silence."""

RADII = 2
KIND_ORDER = ("positive", "problem", "idea")
"""What is good comes first."""

StopPlace = tuple[UUID, float, float, int]
"""id, lat, lon, radius in metres"""


def stop_of(stop_id: UUID | None, lat: float, lon: float, stops: Sequence[StopPlace]) -> UUID | None:
    """The stop that a pin names; else the nearest one within twice that stop's radius."""
    if any(stop_id == one[0] for one in stops):
        return stop_id
    near = [(distance_m(lat, lon, stop[1], stop[2]), stop) for stop in stops]
    within = [(metres, stop[0]) for metres, stop in near if metres <= RADII * stop[3]]
    return min(within, key=lambda one: one[0])[1] if within else None


def spread(scores: Iterable[int | None], scale: str) -> list[tuple[int, int]] | None:
    """(step, how many answered so) for every step of the scale; None when too few answered, or in words."""
    first, _, last = scale.partition("-")
    if not last:
        return None
    counts = Counter(score for score in scores if score is not None)
    if counts.total() < FEWEST_ANSWERS:
        return None
    return [(step, counts[step]) for step in range(int(first), int(last) + 1)]
