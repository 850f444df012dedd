"""What about the pins of a walk may want a human's eye: floods, impossible haste, repeated pictures.

Pure. A hint points out and decides nothing: no pin is hidden, refused or ranked by one, and whoever
has looked at all of its pins has dealt with it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from app.rules.places import EARTH_M, distance_m

MANY, WITHIN = 10, timedelta(minutes=2)
"""A person who looks, chooses and writes needs a quarter of a minute or more for each pin."""
SAME_SPOT, SPOT_M = 8, 15.0
METRES_PER_DEGREE = math.radians(1) * EARTH_M
FASTEST_M_S, FAR_M = 15.0, 300.0
"""Nobody who walks is as fast as a car in town; less than this far may be a poor position."""
ALARMS = ("guessing", "device_floods", "walk_floods")
"""What is told at once, the gravest first."""
KINDS = ("many_at_once", "same_spot", "too_fast", "same_photo", "alike_photo")
ALIKE_BITS = 3
PLAIN_BITS = 6
"""A picture whose look has so few bits of either sort is dark or blank, and like all others that are."""
LOOK_BITS = 64
CHUNK_BITS = 16


@dataclass(frozen=True)
class Seen:
    """What is asked of a pin: who made it, when and where, and its photos by hash and by look."""

    number: int
    participant: UUID | None
    made_at: datetime
    lat: float
    lon: float
    by_sensor: bool
    is_reviewed: bool
    photos: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class Hint:
    """One thing to look at, in the pins of these numbers."""

    kind: str
    numbers: tuple[int, ...]


def hints(pins: Sequence[Seen]) -> list[Hint]:
    """Everything to point out that nobody has looked at yet, in order of the first pin."""
    by_device: dict[UUID, list[Seen]] = defaultdict(list)
    for pin in sorted(pins, key=lambda pin: (pin.made_at, pin.number)):
        if pin.participant is not None:
            by_device[pin.participant].append(pin)
    found: list[tuple[str, Iterable[Seen]]] = []
    for own in by_device.values():
        found += [("many_at_once", run) for run in many_at_once(own)]
        found += [("same_spot", spot) for spot in same_spot(own)]
        found += [("too_fast", pair) for pair in too_fast(own)]
    found += [("same_photo", group) for group in same_photo(pins)]
    found += [("alike_photo", group) for group in alike_photo(pins)]
    told = [
        Hint(kind, tuple(sorted(pin.number for pin in group)))
        for kind, group in found
        if not all(pin.is_reviewed for pin in group)
    ]
    return sorted(set(told), key=lambda hint: (hint.numbers[0], KINDS.index(hint.kind), hint.numbers))


def alarms(is_guessed: bool, devices_over: int, unseen: int, most: int) -> list[tuple[str, int]]:
    """What cannot wait for a look at the list, with how many it is about: codes that somebody is guessing,
    devices over their quota, and more pins that nobody has reviewed than `most`.
    """
    counts = zip(ALARMS, (int(is_guessed), devices_over, unseen if unseen > most else 0), strict=True)
    return [(kind, count) for kind, count in counts if count]


def many_at_once(own: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Runs of one device's pins, in order of time, of which any MANY lie WITHIN each other."""
    run: list[Seen] = []
    for at in range(len(own) - MANY + 1):
        window = own[at : at + MANY]
        if window[-1].made_at - window[0].made_at > WITHIN:
            continue
        if run and run[-1].made_at < window[0].made_at:
            yield run
            run = []
        run += [pin for pin in window if pin not in run[-MANY:]]
    if run:
        yield run


def same_spot(own: Sequence[Seen]) -> Iterator[list[Seen]]:
    """One device's pins in squares of SPOT_M; a heap that lies across a border counts as two."""
    squares: dict[tuple[int, int], list[Seen]] = defaultdict(list)
    for pin in own:
        across = math.cos(math.radians(pin.lat)) * METRES_PER_DEGREE
        square = int(pin.lat * METRES_PER_DEGREE // SPOT_M), int(pin.lon * across // SPOT_M)
        squares[square].append(pin)
    yield from (heap for heap in squares.values() if len(heap) >= SAME_SPOT)


def too_fast(own: Sequence[Seen]) -> Iterator[tuple[Seen, Seen]]:
    """Two pins one after the other, both placed by the phone's position, too far apart to have walked."""
    for one, other in pairwise([pin for pin in own if pin.by_sensor]):
        metres = distance_m(one.lat, one.lon, other.lat, other.lon)
        seconds = (other.made_at - one.made_at).total_seconds()
        if metres > FAR_M and metres > FASTEST_M_S * seconds:
            yield one, other


def same_photo(pins: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Pins that show the very same picture."""
    groups: dict[str, dict[int, Seen]] = defaultdict(dict)
    for pin in pins:
        for sha256, _look in pin.photos:
            groups[sha256][pin.number] = pin
    yield from (list(group.values()) for group in groups.values() if len(group) > 1)


def alike_photo(pins: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Pins whose pictures differ in bytes and hardly in looks: a copy that was shrunk or saved again."""
    shown: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for pin in pins:
        for sha256, look in pin.photos:
            if look is not None and _tells(look):
                shown[look][sha256].add(pin.number)
    by_number = {pin.number: pin for pin in pins}
    for looks in _alike(list(shown)):
        pictures: dict[str, set[int]] = {}
        for look in looks:
            pictures |= shown[look]
        numbers = set().union(*pictures.values())
        if len(pictures) > 1 and len(numbers) > 1:
            yield [by_number[number] for number in numbers]


def _alike(looks: Sequence[int]) -> list[list[int]]:
    """Looks in groups, each within ALIKE_BITS of another one of its group.

    Two that differ in so few bits have one of four chunks in common, so few pairs are compared.
    """
    group = {look: [look] for look in looks}
    chunks: dict[tuple[int, int], list[int]] = defaultdict(list)
    for look in looks:
        for place in range(LOOK_BITS // CHUNK_BITS):
            others = chunks[place, look >> place * CHUNK_BITS & (1 << CHUNK_BITS) - 1]
            for other in others:
                if (look ^ other).bit_count() <= ALIKE_BITS and group[look] is not group[other]:
                    group[other].extend(group[look])
                    for one in group[look]:
                        group[one] = group[other]
            others.append(look)
    return list({id(one): one for one in group.values()}.values())


def _tells(look: int) -> bool:
    return PLAIN_BITS <= look.bit_count() <= LOOK_BITS - PLAIN_BITS
