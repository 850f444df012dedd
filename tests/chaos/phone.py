"""A simulated resident with a simulated phone: joins, walks, does things, and the phone may die meanwhile.

Owns the phone's life (start, crash, airplane, clock) and what the resident does, chosen by the seed.
Promises that a crash keeps the disk and nothing else. Time on a phone runs faster than outside, so that
minutes of back-off fit into a trial.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from tests.builders import LAT, LON
from tests.cast import WalkFacts
from tests.chaos.camera import photo
from tests.chaos.history import History
from tests.chaos.store import Store
from tests.chaos.sync import Line, Radio, Sync

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
LOOKS_ELSEWHERE = 0.3
"""How often the next act of a resident in several walks is in another one than the last."""
ACTS = {"pin": 8, "edit": 6, "photo": 2, "withdraw": 2, "rate": 2}


class Phone:
    """One resident with one phone, in one walk or several; the first is in front at the beginning."""

    def __init__(self, name: str, walks: Sequence[WalkFacts], port: int, seed: str, history: History) -> None:
        self.name, self.history = name, history
        self.dice = random.Random(f"{seed}/{name}")
        self.skew = timedelta()
        self.radio = Radio(port)
        self._clicks = itertools.count(1)
        self.lines = [self._new_line(facts) for facts in walks]
        self._ids = random.Random(f"{seed}/{name}/ids")
        self._photos: list[bytes] = []
        self._life: list[asyncio.Task[None]] = []
        self._leap = 0.0
        self._plans = 0
        self.sync = Sync(self.lines, self.radio, self.clock, self.uptime)

    def _new_line(self, facts: WalkFacts) -> Line:
        store = Store(partial(self.history.tell, self.name, walk=str(facts.id)), self._clicks)
        return Line(facts, store, self.radio, self.dice, self.clock)

    def clock(self) -> float:
        """The phone's seconds."""
        return self.uptime() + self.skew.total_seconds()

    def uptime(self) -> float:
        """The same by a clock that nobody sets."""
        return time.monotonic() * FASTER + self._leap

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
        for line in self.lines:
            line.store.lose_memory()
        front = self.sync.front
        self.sync = Sync(self.lines, self.radio, self.clock, self.uptime)
        self.sync.front = front

    async def _send_for_ever(self) -> None:
        while True:
            if await self.join():
                await self.sync.round()
            await asyncio.sleep(EVERY_S * (0.5 + self.dice.random()))

    async def join(self) -> bool:
        """Scan the code of every walk, once each; whether the phone is in any."""
        for line in self.lines:
            await line.join()
        return self.has_joined

    @property
    def is_done(self) -> bool:
        """Nothing waits any more."""
        return not any(line.store.entries for line in self.lines)

    @property
    def has_joined(self) -> bool:
        """Whether it is in any walk."""
        return any(line.has_joined for line in self.lines)

    # ---------------------------------------------------------------- what the resident does
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
        """One thing in the walk in front, chosen by the seed; what cannot be done yet becomes a new pin."""
        self._plans -= 1
        line = self._look_at_a_walk()
        kind = self.dice.choices(list(ACTS), list(ACTS.values()))[0]
        own = [pin["id"] for pin in line.store.data["pins"].values() if not pin["withdrawn"]]
        if kind == "rate":
            self._rate(line)
        elif kind == "pin" or not own:
            self._new_pin(line.store)
        elif kind == "withdraw":
            line.store.withdraw_pin(self.dice.choice(own))
        else:
            pictures = [self._take_photo()] if kind == "photo" else []
            line.store.revise_pin(self.dice.choice(own), pictures, text=self._words())

    def _look_at_a_walk(self) -> Line:
        """The walk in front; a resident of several opens another one now and then."""
        joined = [line for line in self.lines if line.has_joined]
        if len(joined) > 1 and self.dice.random() < LOOKS_ELSEWHERE:
            self.sync.front = self.dice.choice(joined)
        elif joined and self.sync.front not in joined:
            self.sync.front = joined[0]
        return self.sync.front

    def _new_pin(self, store: Store) -> None:
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
        photos = [self._take_photo() for _ in range(self.dice.choice((0, 0, 1, 1, 2)))]
        store.save_pin(self._new_id(), fields, photos)

    def _rate(self, line: Line) -> None:
        known = list(line.store.data["ratings"])
        rating = self.dice.choice(known) if known and self.dice.random() < 0.5 else self._new_id()
        fields = {"question_id": str(line.facts.question_id), "stop_id": None, "text": self._words()}
        made_at = (datetime.now(UTC) + self.skew).isoformat()
        line.store.save_rating(rating, **fields, score=self.dice.randint(1, 5), made_at=made_at)

    def _take_photo(self) -> bytes:
        """A new picture, or now and then one that another pin shows already."""
        if not self._photos or self.dice.random() < 0.8:
            self._photos.append(photo(self.dice))
        return self.dice.choice(self._photos[-3:])

    def _words(self) -> str:
        return f"{self.name} {self.dice.getrandbits(40):x}"

    def _new_id(self) -> str:
        return str(UUID(int=self._ids.getrandbits(128), version=4))
