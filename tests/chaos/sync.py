"""A simulated phone's rounds: send what the outbox says, then read the feed, and heal a restored server.

Promises the contract's order: an entry is claimed on the disk before its first byte leaves, words go
before photos, what has no answer ends the round, and a new epoch is written down only after the server
was asked what it lacks. Of several walks on one phone all are sent to in every round; those that are not
in front are read now and then.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.cast import WalkFacts
from tests.chaos.camera import smaller
from tests.chaos.outbox import AWAY, Decision, Entry, decide, ready, turn
from tests.chaos.store import Store
from tests.chaos.wire import Reply, ask, encoded

PATHS = {"pin": "pins", "withdrawal": "pins", "rating": "ratings", "photo": "photos"}
LANES = 3
PAGE = 7
"""Small, so that a feed has many pages."""
OTHERS_EVERY_S = 600.0
"""So often a walk that is not in front is read, by a clock of the phone that nobody sets."""


@dataclass
class Radio:
    """What all walks of a phone share: whether it is on air, and what rests until the next round."""

    port: int
    is_on_air: bool = True
    is_stopped: bool = False
    no_photos: bool = False


class Line:
    """One walk on a phone: its store, and how it is sent to and read."""

    def __init__(
        self, facts: WalkFacts, store: Store, radio: Radio, dice: random.Random, clock: Callable[[], float]
    ) -> None:
        self.facts, self.walk, self.store = facts, str(facts.id), store
        self.is_parked = self.was_sent_to = False
        self._radio, self._dice, self._clock = radio, dice, clock

    @property
    def has_joined(self) -> bool:
        """Whether the phone is in the walk; one that came while the server was down may find it closed."""
        return "cookie" in self.store.walk

    def begin(self, force: bool) -> None:
        """A round begins: what a dead one left half-way waits again; with `force` everything does."""
        self.is_parked = self.was_sent_to = False
        self.store.recover()
        if force:
            self.store.reset(everything=True)

    async def join(self) -> bool:
        """Scan the code, once."""
        if self.has_joined:
            return True
        if not self._radio.is_on_air:
            return False
        reply = await ask(self._radio.port, "POST", "/api/join", encoded({"code": self.facts.code}))
        return reply.is_good and self.keep_token(reply)

    async def call(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Reply:
        """One request of this phone; in airplane mode none."""
        if not self._radio.is_on_air:
            return Reply()
        cookie = self.store.walk.get("cookie", "")
        return await ask(self._radio.port, method, f"/api/walks/{self.walk}{path}", body, kind, Cookie=cookie)

    # ---------------------------------------------------------------- sending
    async def send(self, entry: Entry) -> None:
        """One claimed entry, and whatever came of it."""
        bare = entry["kind"] == "photo"
        body = self.store.pictures[entry["target"]] if bare else entry["body"].encode()
        end = "/withdrawal" if entry["kind"] == "withdrawal" else ""
        path = f"/{PATHS[entry['kind']]}/{entry['target']}{end}"
        facts = {"kind": entry["kind"], "id": entry["target"], "rev": entry["rev"], "sha": entry["sha"]}
        self.store.tell("sends", **facts)
        reply = await self.call("PUT", path, body, "image/jpeg" if bare else "application/json")
        echo = reply.data if reply.status in (200, 201) and isinstance(reply.data, dict) else {}
        told = {name: echo.get(name) for name in ("id", "rev", "sha256", "epoch", "seq")}
        self.store.tell("answer", **facts, status=reply.status, echo=told, problem=reply.problem.get("code"))
        await self._settle(entry, decide(entry, reply, self._clock(), self._dice), echo)

    async def _settle(self, entry: Entry, decision: Decision, echo: dict[str, Any]) -> None:
        self._radio.is_stopped |= decision.stop == "round"
        self._radio.no_photos |= decision.stop == "photos"
        if decision.effect in ("proven", "conflict", "gone"):
            self.was_sent_to |= decision.effect == "proven"
            self.store.close(entry, decision.effect, echo)
        elif decision.effect == "smaller":
            self.store.shrink_photo(entry["target"], smaller(self.store.pictures[entry["target"]]))
        else:
            self.store.patch(entry, decision.patch)
        if decision.effect == "rejoin" and not await self.rejoin():
            self.is_parked = True

    async def rejoin(self) -> bool:
        """A fresh token for the capability kept since joining."""
        reply = await self.call("POST", "/rejoin", encoded({"rejoin": self.store.walk["rejoin"]}))
        return reply.is_good and self.keep_token(reply)

    def keep_token(self, reply: Reply) -> bool:
        """What a join or re-join gave is written down; whether it was whole."""
        joined = reply.data
        if not isinstance(joined, dict) or "rejoin" not in joined or "set-cookie" not in reply.headers:
            return False
        cookie = reply.headers["set-cookie"].partition(";")[0]
        known = {"rejoin": joined["rejoin"], "cookie": cookie, "participant": joined["participant_id"]}
        with self.store.write():
            # The epoch of the first join stays until the feed tells of another one: it says what to heal.
            self.store.walk.update({"epoch": joined["epoch"]} | self.store.walk | known)
        return True

    # ---------------------------------------------------------------- reading
    async def pull(self) -> bool:
        """Read everything new; whether something must be sent again."""
        healed, more, may_rejoin = False, True, True
        while more:
            walk = self.store.walk
            begun = self.store.tell("asks", after=walk.get("after", 0))
            query = f"epoch={walk.get('epoch') or ''}&after={walk.get('after', 0)}&limit={PAGE}"
            reply = await self.call("GET", f"/changes?{query}")
            if reply.status == 401 and may_rejoin and await self.rejoin():
                may_rejoin = False
                continue
            page = reply.data
            if not reply.is_good or not isinstance(page, dict) or "items" not in page:
                self._radio.is_stopped |= reply.status in AWAY or reply.is_portal
                return healed
            is_restored = bool(walk.get("epoch")) and (page.get("reset") or page["epoch"] != walk["epoch"])
            if is_restored and not await self._heal():
                return healed
            healed |= is_restored
            self.store.apply(page, is_restored)
            self.store.tell("reads", begun=begun, epoch=page["epoch"], seq=page["seq"], items=page["items"])
            more = page["more"]
        return healed

    async def _heal(self) -> bool:
        reply = await self.call("POST", "/missing", encoded(self.store.held()))
        lacking = reply.data
        if not reply.is_good or not isinstance(lacking, dict):
            return False
        if not all(isinstance(lacking.get(name), list) for name in ("pins", "ratings", "photos")):
            return False
        self.store.tell("heals", **{name: len(lacking[name]) for name in ("pins", "ratings", "photos")})
        self.store.requeue(lacking)
        return True


class Sync:
    """The only sender of one phone; `front` is the walk that the resident looks at."""

    def __init__(
        self, lines: Sequence[Line], radio: Radio, clock: Callable[[], float], uptime: Callable[[], float]
    ) -> None:
        self.lines, self.front = lines, lines[0]
        self._radio, self._clock, self._uptime = radio, clock, uptime
        self._was_away = False
        self._last_read: dict[str, float] = {}

    async def round(self, force: bool = False) -> None:
        """Send and read, once; with `force` the resident asked for it."""
        self._radio.is_stopped = self._radio.no_photos = False
        if force:
            self._last_read.clear()
        for line in self.lines:
            line.begin(force)
        if self._was_away and await self._pull(self._wanted()):
            for line in self.lines:
                line.store.reset(everything=False)
        self._was_away = False
        if not self._radio.is_stopped:
            await self._send_all()
        if not self._radio.is_stopped and await self._pull([*self._wanted(), *self._long_unread()]):
            await self._send_all()
        self._was_away = self._radio.is_stopped

    # ---------------------------------------------------------------- sending
    async def _send_all(self) -> None:
        """Whatever is due in any walk: words before photos across all of them."""
        tried: set[tuple[str, str]] = set()
        while not self._radio.is_stopped:
            due = [(line, one) for line, one in self._due() if (line.walk, _id(one)) not in tried]
            is_photo = bool(due) and due[0][1]["kind"] == "photo"
            batch = [(line, one) for line, one in due if (one["kind"] == "photo") == is_photo][:LANES]
            if not batch:
                return
            tried |= {(line.walk, _id(one)) for line, one in batch}
            claimed = [(line, line.store.claim([one])[0]) for line, one in batch]
            await asyncio.gather(*(line.send(one) for line, one in claimed))

    def _due(self) -> list[tuple[Line, Entry]]:
        """In the order in which they go, with the walk of each."""
        now = self._clock()
        lines = [line for line in self.lines if line.has_joined and not line.is_parked]
        due = [(line, one) for line in lines for one in ready(line.store.entries.values(), now)]
        due = [(line, one) for line, one in due if not (self._radio.no_photos and one["kind"] == "photo")]
        return sorted(due, key=lambda each: turn(each[1]))

    # ---------------------------------------------------------------- reading
    async def _pull(self, lines: Iterable[Line]) -> bool:
        """Read these one after the other, until the network is away; whether something must be sent again."""
        healed = False
        for line in lines:
            healed |= await line.pull()
            if self._radio.is_stopped:
                break
            self._last_read[line.walk] = self._uptime()
        return healed

    def _wanted(self) -> list[Line]:
        """The walk in front, and those that something was sent to."""
        return [one for one in self.lines if one.has_joined and (one is self.front or one.was_sent_to)]

    def _long_unread(self) -> list[Line]:
        """The others whose feed nobody has read for long."""
        wanted, now = self._wanted(), self._uptime()
        rest = (one for one in self.lines if one.has_joined and one not in wanted)
        return [one for one in rest if now - self._last_read.get(one.walk, -OTHERS_EVERY_S) >= OTHERS_EVERY_S]


def _id(entry: Entry) -> str:
    return f"{entry['kind']}/{entry['target']}/{entry['rev']}"
