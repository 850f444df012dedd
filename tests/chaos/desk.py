"""A simulated facilitator: reads the whole feed, and approves and hides while everything breaks.

Owns the desk's log-in, its cursor and what it has seen. Promises that only what the server has said
"done" to is noted as done.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from tests.cast import WalkFacts
from tests.chaos.history import History
from tests.chaos.wire import Reply, ask, encoded

PAGE = 5
EVERY_S = 0.3


class Desk:
    """Fatima's browser, looking at one walk. `log_in` gives a fresh one-time link's path."""

    def __init__(
        self, facts: WalkFacts, port: int, seed: str, history: History, log_in: Callable[[], Awaitable[str]]
    ) -> None:
        self.facts, self.port, self.history = facts, port, history
        self.dice = random.Random(f"{seed}/desk")
        self.pins: dict[str, dict[str, Any]] = {}
        self._log_in = log_in
        self._cookie = ""
        self._epoch, self._after = "", 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _work(self) -> None:
        while True:
            await self.pull()
            if self.pins and self.dice.random() < 0.5:
                await self._review()
            await asyncio.sleep(EVERY_S)

    async def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """One request, logged in."""
        if not self._cookie:
            reply = await ask(self.port, "POST", await self._log_in())
            self._cookie = (
                reply.headers.get("set-cookie", "").partition(";")[0] if reply.status == 303 else ""
            )
        path = f"/api/desk/walks/{self.facts.id}{path}"
        reply = await ask(self.port, method, path, body, Cookie=self._cookie, **headers)
        if reply.status == 401:
            self._cookie = ""  # a restore ends every log-in
        return reply

    async def pull(self) -> bool:
        """Read everything new; whether the feed was read to its end."""
        while True:
            query = f"epoch={self._epoch}&after={self._after}&limit={PAGE}"
            reply = await self.call("GET", f"/changes?{query}")
            page = reply.data
            if not reply.is_good or not isinstance(page, dict) or "items" not in page:
                return False
            if page.get("reset") or (self._epoch and page["epoch"] != self._epoch):
                self.pins.clear()
            self.pins.update({item["id"]: item for item in page["items"] if item["type"] == "pin"})
            self._epoch, self._after = page["epoch"], page["seq"]
            if not page["more"]:
                return True

    async def read_anew(self) -> dict[str, dict[str, Any]] | None:
        """What somebody who opens the desk now would see; None when the network does not let it."""
        pins: dict[str, dict[str, Any]] = {}
        after, more = 0, True
        while more:
            reply = await self.call(
                "GET", f"/changes?after={after}&epoch={self._epoch if after else ''}&limit=500"
            )
            if not reply.is_good:
                return None
            page = reply.data
            pins |= {item["id"]: item for item in page["items"] if item["type"] == "pin"}
            after, more = page["seq"], page["more"]
        return pins

    async def _review(self) -> None:
        """Approve or hide one pin, its words or a photo of it, as the dice say."""
        pin = self.pins[self.dice.choice(sorted(self.pins))]
        photos = [one for one in pin["photos"] if one["id"]]
        what = self.dice.choice(("review", "text-review", "photo"))
        to = self.dice.choice(("approved", "approved", "hidden", "new"))
        path, thing, seq = f"/pins/{pin['id']}/{what}", "text" if what == "text-review" else "pin", pin["seq"]
        if what == "photo":
            if not photos:
                return
            photo = self.dice.choice(photos)
            path, thing, seq = f"/photos/{photo['id']}/review", "photo", photo["seq"]
        facts = {"of": thing, "id": path.split("/")[2], "to": to}
        begun = self.history.tell("desk", "reviews", **facts)
        reply = await self.call("PUT", path, encoded({thing: to}), If_Match=f'"{seq}"')
        if reply.is_good:
            self.history.tell("desk", "reviewed", begun=begun, **facts)

    async def change_state(self, state: str) -> None:
        """Open or close the walk."""
        reply = await self.call("PUT", "/state", encoded({"state": state}))
        self.history.tell("desk", "state", to=state, status=reply.status)
