"""A simulated resident with a simulated phone: joins, walks, does things, and the phone may die meanwhile.

Owns the phone's life (start, crash, airplane, clock) and what the resident does, chosen by the seed.
Promises that a crash keeps the disk and nothing else. Time on a phone runs faster than outside, so that
minutes of back-off fit into a trial.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.builders import LAT, LON
from tests.cast import WalkFacts
from tests.chaos.camera import photo
from tests.chaos.history import History
from tests.chaos.store import Store
from tests.chaos.sync import Sync
from tests.chaos.wire import ask, encoded

FASTER = 20.0
EVERY_S = 0.15
CATEGORIES = (
    "lighting",
    "litter",
    "vegetation",
    "unsafe_feeling",
    "good_place",
    "harassment",
    "never_heard_of",
)
ACTS = {"pin": 8, "edit": 6, "photo": 2, "withdraw": 2, "rate": 2}


class Phone:
    """One resident with one phone in one walk."""

    def __init__(self, name: str, facts: WalkFacts, port: int, seed: str, history: History) -> None:
        self.name, self.facts, self.port = name, facts, port
        self.dice = random.Random(f"{seed}/{name}")
        self.skew = timedelta()
        self.history = history
        self.store = Store(lambda what, **more: history.tell(name, what, walk=str(facts.id), **more))
        self._ids = random.Random(f"{seed}/{name}/ids")
        self._photos: list[bytes] = []
        self._life: list[asyncio.Task[None]] = []
        self._leap = 0.0
        self._plans = 0
        self.sync = self._new_sync()

    def _new_sync(self) -> Sync:
        return Sync(self.store, self.port, str(self.facts.id), self.dice, self.clock)

    def clock(self) -> float:
        """The phone's seconds."""
        return time.monotonic() * FASTER + self._leap + self.skew.total_seconds()

    def let_pass(self, seconds: float) -> None:
        """So much time goes by on this phone."""
        self._leap += seconds

    # ---------------------------------------------------------------- life
    def start(self, acts: int = 0, pause: float = 0.12) -> None:
        """Switch the phone on; the resident does so many things with it."""
        self._life.append(asyncio.create_task(self._send_for_ever()))
        if acts:
            self._plans = acts
            self._life.append(asyncio.create_task(self._live(pause)))

    async def stop(self) -> None:
        """Switch it off, at once."""
        for task in self._life:
            task.cancel()
        for task in self._life:
            with suppress(asyncio.CancelledError):
                await task
        self._life.clear()

    async def crash(self) -> None:
        """The memory is lost, the disk kept."""
        self.history.tell(self.name, "dies")
        await self.stop()
        self.store.lose_memory()
        is_on_air = self.sync.is_on_air
        self.sync = self._new_sync()
        self.sync.is_on_air = is_on_air

    async def _send_for_ever(self) -> None:
        while True:
            if await self.join():
                await self.sync.round()
            await asyncio.sleep(EVERY_S * (0.5 + self.dice.random()))

    async def join(self) -> bool:
        """Scan the code, once."""
        if self.has_joined:
            return True
        if not self.sync.is_on_air:
            return False
        reply = await ask(self.port, "POST", "/api/join", encoded({"code": self.facts.code}))
        return reply.is_good and self.sync.keep_token(reply)

    @property
    def is_done(self) -> bool:
        """Nothing waits any more."""
        return not self.store.entries

    # ---------------------------------------------------------------- what the resident does
    @property
    def has_joined(self) -> bool:
        """Whether it is in the walk; one that came while the server was down may find the walk closed."""
        return "cookie" in self.store.walk

    async def _live(self, pause: float) -> None:
        while not self.has_joined:
            await asyncio.sleep(pause)  # there is no map to set a pin on yet
        while self._plans:
            self._act()
            await asyncio.sleep(pause * 2 * self.dice.random())

    def do_the_rest(self) -> None:
        """All that the resident came for and had no time to do, because it took long to join."""
        while self._plans:
            self._act()

    def _act(self) -> None:
        """One thing, chosen by the seed; what cannot be done yet becomes a new pin."""
        self._plans -= 1
        kind = self.dice.choices(list(ACTS), list(ACTS.values()))[0]
        own = [pin["id"] for pin in self.store.data["pins"].values() if not pin["withdrawn"]]
        if kind == "rate":
            self._rate()
        elif kind == "pin" or not own:
            self._new_pin()
        elif kind == "withdraw":
            self.store.withdraw_pin(self.dice.choice(own))
        else:
            pictures = [self._take_photo()] if kind == "photo" else []
            self.store.revise_pin(self.dice.choice(own), pictures, text=self._words())

    def _new_pin(self) -> None:
        fields = {
            "made_at": (datetime.now(UTC) + self.skew).isoformat(),
            "kind": "problem",
            "category": self.dice.choice(CATEGORIES),
            "there": {"lat": LAT + self.dice.uniform(-0.004, 0.004), "lon": LON},
            "here": {"lat": LAT, "lon": LON, "accuracy_m": 8.0, "age_s": 1.0},
            "source": "sensor",
            "text": self._words(),
            "staff_only": self.dice.random() < 0.15,
        }
        self.store.save_pin(
            self._new_id(), fields, [self._take_photo() for _ in range(self.dice.choice((0, 0, 1, 1, 2)))]
        )

    def _rate(self) -> None:
        known = list(self.store.data["ratings"])
        rating = self.dice.choice(known) if known and self.dice.random() < 0.5 else self._new_id()
        fields = {"question_id": str(self.facts.question_id), "stop_id": None, "text": self._words()}
        made_at = (datetime.now(UTC) + self.skew).isoformat()
        self.store.save_rating(rating, **fields, score=self.dice.randint(1, 5), made_at=made_at)

    def _take_photo(self) -> bytes:
        """A new picture, or now and then one that another pin shows already."""
        if not self._photos or self.dice.random() < 0.8:
            self._photos.append(photo(self.dice))
        return self.dice.choice(self._photos[-3:])

    def _words(self) -> str:
        return f"{self.name} {self.dice.getrandbits(40):x}"

    def _new_id(self) -> str:
        return str(UUID(int=self._ids.getrandbits(128), version=4))
