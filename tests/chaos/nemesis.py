"""Who breaks things: faults of server and phones, chosen by the seed, one after the other.

Owns the plan (which faults, when) and how each is done. Promises the same plan for the same seed, and
that everything runs again when it is through.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tests.chaos.desk import Desk
from tests.chaos.history import History
from tests.chaos.phone import Phone
from tests.chaos.world import World

STEPS = 5
PAUSE_S = 0.3
SHORT_S = 0.4
LOSES_WITHIN_S = 4.0
"""So long a photo is waited for that the store could lose."""
SERVER_FAULTS = {
    "kill server": 3,
    "kill workers": 3,
    "kill photo worker": 2,
    "full disk": 3,
    "lock": 2,
    "restore": 3,
}
PHONE_FAULTS = {"crash": 4, "airplane": 3, "clock": 2, "revoke": 2, "closing": 1}
LEAPS = (
    timedelta(days=-400),
    timedelta(hours=-3),
    timedelta(minutes=5),
    timedelta(days=1),
    timedelta(days=3650),
)


@dataclass(frozen=True)
class Step:
    """One fault, after a pause."""

    fault: str
    pause: float


def plan(seed: str, has_storage: bool = False, steps: int = STEPS) -> list[Step]:
    """The faults of a seed; after a backup something is always put back from it, and some backups lack a
    photo."""
    dice = random.Random(f"{seed}/nemesis")
    faults = SERVER_FAULTS | ({"storage gone": 4} if has_storage else {})
    servers, phones = list(faults), list(PHONE_FAULTS)
    chosen: list[str] = []
    while len(chosen) < steps:
        # No more than two that stop the whole server: they cost most of a trial's time.
        is_dear = sum(one in ("kill server", "restore") for one in chosen) >= 2
        weights = [0 if is_dear and one in ("kill server", "restore") else n for one, n in faults.items()]
        if dice.random() < 0.5:
            chosen.append(dice.choices(servers, weights)[0])
        else:
            chosen.append(dice.choices(phones, list(PHONE_FAULTS.values()))[0])
    if "restore" in chosen:
        chosen.insert(dice.randrange(chosen.index("restore") + 1), "backup")
        if random.Random(f"{seed}/bit rot").random() < 0.5:
            chosen.insert(chosen.index("backup"), "photo lost")
    return [Step(fault, dice.uniform(0.2, 1.0) * PAUSE_S) for fault in chosen]


class Nemesis:
    """Carries a plan out on one trial."""

    def __init__(
        self, world: World, phones: Sequence[Phone], desk: Desk, seed: str, history: History
    ) -> None:
        self._world, self._phones, self._desk, self._history = world, phones, desk, history
        self._dice = random.Random(f"{seed}/victims")
        self._photo_dice = random.Random(f"{seed}/photo")

    async def carry_out(self, steps: Sequence[Step]) -> None:
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "kill server": lambda: self._on_server(self._world.kill_server),
            "kill workers": lambda: self._on_server(self._world.kill_workers),
            "kill photo worker": lambda: self._on_server(self._world.kill_photo_worker),
            "full disk": self._full_disk,
            "lock": lambda: self._on_server(lambda: self._world.hold_lock(SHORT_S)),
            "storage gone": self._storage_gone,
            "photo lost": self._lose_photo,
            "backup": self._backup,
            "restore": self._restore,
            "crash": self._crash,
            "airplane": self._airplane,
            "clock": self._clock,
            "revoke": self._revoke,
            "closing": lambda: self._desk.change_state("closing"),
        }
        for step in steps:
            await asyncio.sleep(step.pause)
            self._history.tell("nemesis", "begins", fault=step.fault)
            await acts[step.fault]()
            self._history.tell("nemesis", "ends", fault=step.fault)

    async def _on_server(self, act: Callable[[], None]) -> None:
        await asyncio.to_thread(act)

    async def _lose_photo(self) -> None:
        """No backup is made yet, so whoever took the photo holds it: it must come back after a restore."""
        await asyncio.to_thread(self._world.ring)  # what an earlier fault held up is not waited for
        end = time.monotonic() + LOSES_WITHIN_S
        while time.monotonic() < end:
            if lost := await asyncio.to_thread(self._world.lose_photo, self._photo_dice):
                self._history.tell("nemesis", "loses", walk=lost[0], id=lost[1])
                return
            await asyncio.sleep(0.1)

    async def _backup(self) -> None:
        if words := await asyncio.to_thread(self._world.backup):
            self._history.tell("nemesis", "failed", command="backup create", words=words)

    async def _restore(self) -> None:
        if words := await asyncio.to_thread(self._world.restore):
            self._history.tell("nemesis", "failed", command="backup restore", words=words)
        else:
            self._history.tell("nemesis", "restored")

    async def _full_disk(self) -> None:
        await asyncio.to_thread(self._world.fill_disk, True)
        await asyncio.sleep(SHORT_S)
        await asyncio.to_thread(self._world.fill_disk, False)

    async def _storage_gone(self) -> None:
        await asyncio.to_thread(self._world.close_storage, True)
        await asyncio.sleep(SHORT_S)
        await asyncio.to_thread(self._world.close_storage, False)

    async def _crash(self) -> None:
        phone = self._dice.choice(list(self._phones))
        await phone.crash()
        await asyncio.sleep(0.1)
        phone.start(acts=2)

    async def _airplane(self) -> None:
        """Several phones, on and off in quick succession; all are on air in the end."""
        phones = self._dice.sample(list(self._phones), 2)
        for _ in range(4):
            for phone in phones:
                phone.radio.is_on_air = not phone.radio.is_on_air
            await asyncio.sleep(self._dice.uniform(0.05, 0.2))

    async def _clock(self) -> None:
        self._dice.choice(list(self._phones)).skew = self._dice.choice(LEAPS)

    async def _revoke(self) -> None:
        phone = self._dice.choice(list(self._phones))
        for line in phone.lines:
            if line.has_joined:
                await asyncio.to_thread(self._world.revoke, line.store.walk["participant"])
