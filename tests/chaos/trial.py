"""One seed: phones, desk and server together in bad weather, faults one after the other, then quiet and
the question whether every promise was kept.

Owns the order of a trial and what it collects. Promises that everything it started has ended, and that
the same seed chooses the same phones, acts, weather and faults.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.chaos import truth
from tests.chaos.checker import Checker, Finding, Handset, Reader, Record
from tests.chaos.desk import Desk
from tests.chaos.history import History
from tests.chaos.nemesis import Nemesis, Step, plan
from tests.chaos.outbox import LONGEST_WAIT_S
from tests.chaos.phone import Phone
from tests.chaos.proxy import Exchange, Hear, Message
from tests.chaos.real import RealPhone, overheard, sent_by_browsers
from tests.chaos.sync import Line
from tests.chaos.weather import Weather
from tests.chaos.world import Ground, World
from tests.waiting import Late

WALKS = ("a", "a", "a", "a", "b")
WALKS_OF_SOME = ("a", "ab", "ba", "a", "b")
"""The walks of each phone, the one in front first; in every third seed or so two phones are in both."""
ACTS = 12
QUIET_S = 60.0
"""So long after the last fault everything must have arrived, at the latest."""


@dataclass
class Trial:
    """What came of one seed."""

    seed: str
    steps: Sequence[Step]
    history: History = field(default_factory=History)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0
    stored: dict[str, int] = field(default_factory=dict)
    log: str = ""
    """What the server printed."""


def run(ground: Ground, seed: str, browsers: int = 0) -> Trial:
    """Carry the seed out, and judge; with `browsers`, so many real Chromiums walk along."""
    begun = time.monotonic()
    dice = random.Random(f"{seed}/trial")
    trial = Trial(seed, plan(seed, has_storage=bool(ground.s3)))
    quota = {"PINS_PER_DEVICE": "4"} if dice.random() < 0.3 else {}
    world = World(ground, quota)
    record = None
    try:
        record = _run(_Course(world, trial, dice, browsers))
    except Late as late:
        trial.findings = [Finding("stuck", str(late))]
    finally:
        trial.log = world.server.output()
        world.close()
    if record:
        trial.findings = Checker(record).findings()
        rows = record.truth
        trial.stored = {"pins": len(rows.pins), "photos": len(rows.photos), "ratings": len(rows.ratings)}
    trial.seconds = time.monotonic() - begun
    return trial


def walks_of(seed: str) -> Sequence[str]:
    """The walks of each phone in that seed."""
    return WALKS_OF_SOME if random.Random(f"{seed}/twice").random() < 1 / 3 else WALKS


class _Course:
    """One trial's actors, from storm to quiet."""

    def __init__(self, world: World, trial: Trial, dice: random.Random, browsers: int) -> None:
        self.world, self.trial, self.history = world, trial, trial.history
        seed, port, facts = trial.seed, world.road.port, {"a": world.ground.a, "b": world.ground.b}
        self.phones = [
            Phone(f"phone {number}", [facts[one] for one in walks], port, seed, self.history)
            for number, walks in enumerate(walks_of(seed), 1)
        ]
        self.desk = Desk(facts["a"], port, seed, self.history, lambda: asyncio.to_thread(world.login_path))
        self.weather = Weather(world.road, seed, self.history, dice.choice((0.05, 0.15, 0.3)))
        self.nemesis = Nemesis(world, self.phones, self.desk, seed, self.history)
        names = [f"browser {number}" for number in range(1, browsers + 1)]
        everywhere = [facts["a"], facts["b"]] if walks_of(seed) is WALKS_OF_SOME else [facts["a"]]
        self.real = [RealPhone(name, world.road, everywhere, seed, self.history) for name in names]
        self.evenings: list[asyncio.Task[list[tuple[Handset, Reader]]]] = []

    async def run(self) -> Record:
        try:
            await self._storm()
            await self._settle()
            return await self._record()
        finally:
            for one in self.real:  # a trial that is broken off must not wait for a browser that waits for it
                one.let_go()

    async def _storm(self) -> None:
        await self._let_browsers_join()
        self.weather.start()
        for phone in self.phones:
            phone.start(ACTS)
        self.desk.start()
        await self.nemesis.carry_out(self.trial.steps)
        self.weather.clear()
        self.history.tell("trial", "quiet")

    async def _let_browsers_join(self) -> None:
        """In good weather: what it is like to join is not tried here."""
        self.world.road.hear = _all([overheard(one.name, self.history) for one in self.real])
        self.evenings = [asyncio.create_task(asyncio.to_thread(one.live)) for one in self.real]
        for one in self.real:
            await asyncio.to_thread(one.has_joined.wait)

    async def _settle(self) -> None:
        """A good network, and residents who press "Try now", until nothing waits any more."""
        await self.desk.stop()
        for phone in self.phones:
            await phone.stop()
            phone.radio.is_on_air = True
            phone.let_pass(LONGEST_WAIT_S)
        for one in self.real:
            one.is_calm.set()
            await asyncio.to_thread(one.is_drained.wait)
        end = time.monotonic() + QUIET_S
        while time.monotonic() < end:
            await asyncio.gather(*(self._try_now(phone) for phone in self.phones))
            if all(phone.is_done for phone in self.phones) and not self._on_the_road():
                break
            await asyncio.sleep(0.05)
        await asyncio.to_thread(self.world.ring)
        while time.monotonic() < end and await asyncio.to_thread(self._unfinished):
            await asyncio.sleep(0.1)
        while time.monotonic() < end and not await self._have_read():
            await asyncio.sleep(0.1)

    async def _try_now(self, phone: Phone) -> None:
        if await phone.join():
            phone.do_the_rest()
            await phone.sync.round(force=True)

    async def _have_read(self) -> bool:
        """Whether everybody has read the feed to its end."""
        await asyncio.gather(*(self._try_now(phone) for phone in self.phones))
        is_read = await self.desk.pull()
        return is_read and not any(phone.radio.is_stopped for phone in self.phones)

    def _on_the_road(self) -> int:
        return sum(not one.done for one in self.world.road.exchanges)

    def _unfinished(self) -> int:
        with self.world.app():
            return truth.unfinished()

    async def _record(self) -> Record:
        for one in self.real:
            one.may_end.set()
        real = [each for evening in self.evenings for each in await evening]
        lines = [(phone.name, line) for phone in self.phones for line in phone.lines]
        readers = [await _reader(name, line) for name, line in lines if line.has_joined]
        readers += [reader for _handset, reader in real]
        anew = await self.desk.read_anew() or {}
        readers.append(Reader("desk", str(self.desk.facts.id), self.desk.pins, anew))
        with self.world.app():
            stored = truth.read()
        return Record(
            events=self.history.events,
            truth=stored,
            handsets=[
                Handset(name, line.walk, line.store.walk.get("participant", ""), line.store.data)
                for name, line in lines
            ]
            + [handset for handset, _reader in real],
            readers=readers,
            sent_by_browsers=sent_by_browsers(self.world.road),
            statuses=[
                (one.status, f"{one.method} {one.path}") for one in self.world.road.exchanges if one.answer
            ],
        )


async def _reader(name: str, line: Line) -> Reader:
    """What a phone holds of others' in a walk, and what an empty phone of the same resident would read."""
    anew: dict[str, object] = {}
    after, more = 0, True
    epoch = line.store.walk.get("epoch", "")
    while more:
        reply = await line.call("GET", f"/changes?after={after}&epoch={epoch if after else ''}&limit=500")
        if reply.status != 200:
            raise AssertionError(f"{name} cannot read the feed at the end: {reply}")
        page = reply.data
        for item in page["items"]:
            if item["type"] == "pin" and not item.get("gone") and not item["mine"]:
                anew[item["id"]] = item
        after, more = page["seq"], page["more"]
    return Reader(name, line.walk, dict(line.store.data["others"]), anew)


def _run(course: _Course) -> Record:
    """In a thread of its own where browser tests ran before in this one: their loop never stops."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(course.run())
    with ThreadPoolExecutor(1) as own:
        return own.submit(lambda: asyncio.run(course.run())).result()


def _all(hearers: list[Hear]) -> Hear:
    def hear(exchange: Exchange, answer: Message) -> None:
        for one in hearers:
            one(exchange, answer)

    return hear
