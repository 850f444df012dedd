"""Issues: which status may follow which, what a decision needs, and which pins may be about the same.

Pure. Whatever may be done may also be undone: every step between two statuses is open both ways.
Duplicates are only suggested here; people merge.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from uuid import UUID

OPEN = ("new", "reviewed", "assigned", "planned", "in_progress")
DONE = ("done", "verified")
REFUSED = ("declined", "by_design")
STATUSES = (*OPEN, *DONE, *REFUSED, "keep")
HORIZONS = ("quick", "medium", "long", "keep")
LEVERS = ("physical", "management", "social", "enforcement", "policy")
MODES = ("to", "for", "with", "by")
OWNER_KINDS = (
    *("municipality", "housing_company", "property_owner", "public_transport", "road_authority"),
    *("police", "association", "residents", "other"),
)
FIELDS = (
    *("status", "owner_id", "person", "due_on", "horizon", "lever", "mode", "priority", "reference"),
    *("title", "decision"),
)

EARTH_M = 6_371_008.8
DUPLICATE_M = 100.0
MOST_SUGGESTIONS = 50
MOST_TOGETHER = 500
"""Issues in one suggestion, which is what one act may merge; the rest is suggested after it."""


def may_follow(before: str, after: str) -> bool:
    """Whether an issue may go from one status to another.

    Work goes freely between the open statuses, since many a thing is mended before anybody was
    asked. Only what is done can be verified; what is done is opened again before it is refused.
    """
    if before == after:
        return True
    pair = {before, after}
    if "verified" in pair:
        return "done" in pair
    if "done" in pair:
        return bool(pair & set(OPEN))
    return True


def needs_reason(status: str) -> bool:
    """Whether the public must be told why."""
    return status in REFUSED


def has_text(texts: Mapping[str, str]) -> bool:
    """Whether there are words in any language."""
    return any(text.strip() for text in texts.values())


def done_at(status: str, before: datetime | None, now: datetime) -> datetime | None:
    """When the work was done: set once it is, kept while it is verified, cleared when it is not."""
    return (before or now) if status in DONE else None


@dataclass(frozen=True)
class Spot:
    """A pin as duplicates are looked for; `issue` is the one that it is effectively about."""

    pin: UUID
    issue: UUID
    number: int
    kind: str
    category: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Suggestion:
    """Pins that may be about the same, none farther than `metres` from another, and their issues."""

    issues: tuple[UUID, ...]
    pins: tuple[UUID, ...]
    category: str
    metres: int


Point = tuple[float, float, float]
Cell = tuple[int, int, int]


def duplicates(spots: Iterable[Spot], within_m: float = DUPLICATE_M) -> list[Suggestion]:
    """What may be the same: one kind and category, chains of at most `within_m` between neighbours.

    The tightest come first, then those with the lowest number; at most MOST_SUGGESTIONS.
    """
    by_subject: dict[tuple[str, str], list[Spot]] = defaultdict(list)
    for spot in sorted(spots, key=lambda spot: spot.number):
        by_subject[spot.kind, spot.category].append(spot)
    found = []
    for (_kind, category), alike in by_subject.items():
        for chain in _chains([_point(spot.lat, spot.lon) for spot in alike], within_m):
            if suggestion := _suggestion(category, [alike[place] for place in chain]):
                found.append((suggestion.metres, alike[chain[0]].number, suggestion))
    return [suggestion for *_order, suggestion in sorted(found, key=lambda one: one[:2])[:MOST_SUGGESTIONS]]


def _suggestion(category: str, chain: Sequence[Spot]) -> Suggestion | None:
    """None for what is one issue already."""
    issues = list(dict.fromkeys(spot.issue for spot in chain))[:MOST_TOGETHER]
    if len(issues) < 2:
        return None
    kept = set(issues)
    chain = [spot for spot in chain if spot.issue in kept]
    low, high = _box([_point(spot.lat, spot.lon) for spot in chain])
    arc = 2 * EARTH_M * math.asin(min(1.0, math.dist(low, high) / (2 * EARTH_M)))
    return Suggestion(tuple(issues), tuple(spot.pin for spot in chain), category, math.ceil(round(arc, 3)))


def _point(lat: float, lon: float) -> Point:
    """In space, in metres: there the grid knows neither poles nor a date line."""
    up, around = math.radians(lat), math.radians(lon)
    flat = EARTH_M * math.cos(up)
    return flat * math.cos(around), flat * math.sin(around), EARTH_M * math.sin(up)


def _chains(points: Sequence[Point], within_m: float) -> list[list[int]]:
    """Places in `points` linked to each other, single link, each chain in order.

    Cells are so small that all in one are near each other, so only neighbouring cells are compared.
    """
    limit = 2 * EARTH_M * math.sin(within_m / (2 * EARTH_M))  # the chord under that arc
    side = limit / 2
    cells: dict[Cell, list[int]] = defaultdict(list)
    for place, (x, y, z) in enumerate(points):
        cells[math.floor(x / side), math.floor(y / side), math.floor(z / side)].append(place)
    chain_of = {cell: cell for cell in cells}

    def first(cell: Cell) -> Cell:
        while chain_of[cell] != cell:
            chain_of[cell] = cell = chain_of[chain_of[cell]]
        return cell

    for cell, other in _neighbours(cells):
        one, two = first(cell), first(other)
        if one != two and _touch([points[i] for i in cells[cell]], [points[i] for i in cells[other]], limit):
            chain_of[two] = one
    chains: dict[Cell, list[int]] = defaultdict(list)
    for cell, places in cells.items():
        chains[first(cell)] += places
    return [sorted(places) for places in chains.values()]


HALF = [step for step in product(range(-2, 3), repeat=3) if step > (0, 0, 0)]


def _neighbours(cells: Mapping[Cell, object]) -> Iterator[tuple[Cell, Cell]]:
    """Each pair of filled cells that may hold two points near each other, once."""
    for x, y, z in cells:
        for dx, dy, dz in HALF:
            other = (x + dx, y + dy, z + dz)
            if other in cells:
                yield (x, y, z), other


def _box(points: Sequence[Point]) -> tuple[Point, Point]:
    xs, ys, zs = zip(*points, strict=True)
    return (min(xs), min(ys), min(zs)), (max(xs), max(ys), max(zs))


def _touch(some: Sequence[Point], others: Sequence[Point], limit: float) -> bool:
    """Whether any of `some` is within `limit` of any of `others`.

    Crowds are halved until their boxes alone can tell: comparing each with each would be quadratic.
    """
    (low, high), (other_low, other_high) = _box(some), _box(others)
    sides = list(zip(low, high, other_low, other_high, strict=True))
    if math.hypot(*(max(0.0, c - b, a - d) for a, b, c, d in sides)) > limit:
        return False
    if math.hypot(*(max(b - c, d - a) for a, b, c, d in sides)) <= limit:
        return True
    if len(some) < len(others):
        some, others, low, high = others, some, other_low, other_high
    axis = max(range(3), key=lambda axis: high[axis] - low[axis])
    ordered = sorted(some, key=lambda point: point[axis])
    middle = len(ordered) // 2
    return _touch(ordered[:middle], others, limit) or _touch(ordered[middle:], others, limit)
