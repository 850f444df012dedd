"""A herd: many phones at once that send until every message is proved, whatever the server does meanwhile.

Owns the sending and what was answered. Promises that each phone ends with everything it has begun to
send proved, or fails. Knows nothing of what goes wrong.
"""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import sqlalchemy as sa

from app.db import db
from app.models import Photo, Pin, PinRevision
from app.operations.doctor import examine
from tests.builders import a_photo, a_pin, encoded, sha256
from tests.cast import JSON, Cast, Phone
from tests.contract.disasters import proves
from tests.waiting import wait_until
from tests.wire import Answer, Wire

BROKEN = (OSError, http.client.HTTPException)
ALLOWED = {200, 201, 429, 503}
PAUSE_S = 0.03


@dataclass
class Herd:
    """Each phone sends a pin with a photo, both until they are proved, then the next pin."""

    phones: list[Phone]
    port: int
    pins: list[UUID] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0

    def __post_init__(self) -> None:
        self._enough = threading.Event()
        self._threads = [
            threading.Thread(target=self._walk, args=(Wire(phone, self.port), number))
            for number, phone in enumerate(self.phones)
        ]

    def __enter__(self) -> Herd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        """Nothing new is begun; what was begun is sent until it is proved."""
        self._enough.set()
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads)

    def wait_for_more(self, pins: int) -> None:
        """Wait until so many more pins have been proved."""
        target = len(self.pins) + pins
        wait_until(lambda: len(self.pins) >= target, f"{pins} more pins proved", seconds=60)

    def _walk(self, wire: Wire, seed: int) -> None:
        number = seed * 10_000
        while not self._enough.is_set():
            number += 1
            pin_id, photo = uuid4(), a_photo(number, kind="PNG")
            body = encoded(a_pin(photos=[{"sha256": sha256(photo)}]))
            self._until_proved(wire, wire.phone.url("pins", pin_id), body, JSON, pin_id)
            self.pins.append(pin_id)
            digest = sha256(photo)
            self._until_proved(wire, wire.phone.url("photos", digest), photo, "image/png", digest)
            self.photos.append(digest)

    def _until_proved(self, wire: Wire, url: str, body: bytes, kind: str, thing: object) -> None:
        wait_until(
            lambda: self._is_proved(wire, url, body, kind, thing), f"proof of {url}", 60, every=PAUSE_S
        )

    def _is_proved(self, wire: Wire, url: str, body: bytes, kind: str, thing: object) -> bool:
        try:
            answer: Answer = wire.put(url, body, kind)
        except BROKEN:
            self.broken += 1
            return False
        self.statuses[answer.status] += 1
        return answer.status in (200, 201) and proves(answer, thing, 1, body, wire.phone.walk)

    def check(self, cast: Cast) -> None:
        """Nothing lost, nothing doubled, nothing that nobody sent, every byte there, and no answer of 500."""
        assert set(self.statuses) <= ALLOWED, self.statuses
        assert sorted(cast_ids(cast)) == sorted(self.pins)
        assert cast.count(PinRevision) == len(self.pins)
        with cast.app.app_context():
            assert sorted(db.session.scalars(sa.select(Photo.sent_sha256))) == sorted(self.photos)
            db.session.remove()
            assert [finding for finding in examine() if finding] == []


def cast_ids(cast: Cast) -> list[UUID]:
    with cast.app.app_context():
        return list(db.session.scalars(sa.select(Pin.id)))
