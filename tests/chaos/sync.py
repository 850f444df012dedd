"""A simulated phone's rounds: send what the outbox says, then read the feed, and heal a restored server.

Promises the contract's order: an entry is claimed on the disk before its first byte leaves, words go
before photos, what has no answer ends the round, and a new epoch is written down only after the server
was asked what it lacks.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from tests.chaos.camera import smaller
from tests.chaos.outbox import AWAY, Decision, Entry, decide, ready
from tests.chaos.store import Store
from tests.chaos.wire import Reply, ask, encoded

PATHS = {"pin": "pins", "withdrawal": "pins", "rating": "ratings", "photo": "photos"}
LANES = 3
PAGE = 7
"""Small, so that a feed has many pages."""


class Sync:
    """The only sender of one phone."""

    def __init__(
        self, store: Store, port: int, walk: str, dice: random.Random, clock: Callable[[], float]
    ) -> None:
        self.store, self.walk, self.port = store, walk, port
        self.is_on_air = True
        self._dice, self._clock = dice, clock
        self._was_away = False
        self.is_stopped = False
        self._no_photos = False
        self._is_parked = False

    async def call(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Reply:
        """One request of this phone; in airplane mode none."""
        if not self.is_on_air:
            return Reply()
        cookie = self.store.walk.get("cookie", "")
        return await ask(self.port, method, f"/api/walks/{self.walk}{path}", body, kind, Cookie=cookie)

    async def round(self, force: bool = False) -> None:
        """Send and read, once."""
        self.store.recover()
        if force:
            self.store.reset(everything=True)
        self.is_stopped = self._no_photos = self._is_parked = False
        if self._was_away and await self.pull():
            self.store.reset(everything=False)
        self._was_away = False
        if not self.is_stopped:
            await self._send_all()
        if not self.is_stopped and await self.pull():
            await self._send_all()
        self._was_away = self.is_stopped

    # ---------------------------------------------------------------- sending
    async def _send_all(self) -> None:
        tried: set[str] = set()
        while not self.is_stopped and not self._is_parked:
            due = [one for one in ready(self.store.entries.values(), self._clock()) if _id(one) not in tried]
            due = [one for one in due if not (self._no_photos and one["kind"] == "photo")]
            batch = [one for one in due if (one["kind"] == "photo") == (due[0]["kind"] == "photo")][:LANES]
            if not batch:
                return
            tried |= {_id(one) for one in batch}
            await asyncio.gather(*(self._send(one) for one in self.store.claim(batch)))

    async def _send(self, entry: Entry) -> None:
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
        self.is_stopped |= decision.stop == "round"
        self._no_photos |= decision.stop == "photos"
        if decision.effect in ("proven", "conflict", "gone"):
            self.store.close(entry, decision.effect, echo)
        elif decision.effect == "smaller":
            self.store.shrink_photo(entry["target"], smaller(self.store.pictures[entry["target"]]))
        else:
            self.store.patch(entry, decision.patch)
        if decision.effect == "rejoin" and not await self.rejoin():
            self._is_parked = True

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
                self.is_stopped |= reply.status in AWAY or reply.is_portal
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


def _id(entry: Entry) -> str:
    return f"{entry['kind']}/{entry['target']}/{entry['rev']}"
