"""The network of a trial: each exchange may meet a fault, chosen by the seed.

Owns which faults there are and how often. Promises that the same dice give the same faults in the same
order, and that `clear` makes the road good again once what is still under way has arrived.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable

from tests.chaos.history import History
from tests.chaos.proxy import (
    Act,
    ChaosProxy,
    Exchange,
    Road,
    answer_with,
    captive_portal,
    change_answer,
    cut_answer,
    cut_request,
    duplicate,
    passing,
    swallow_answer,
    unreachable,
)

PROBLEM = b"application/problem+json"


def late(seconds: float) -> Act:
    """The client hears that the line broke; the server gets the request all the same, later."""

    async def act(road: Road, exchange: Exchange) -> None:
        road.cut()
        await asyncio.sleep(seconds)
        await road.ask(exchange)

    return act


def slow(seconds: float) -> Act:
    """Both directions take their time, so that others overtake."""

    async def act(road: Road, exchange: Exchange) -> None:
        await asyncio.sleep(seconds)
        answer = await road.ask(exchange)
        await asyncio.sleep(seconds / 2)
        if answer:
            await road.tell(exchange, answer)

    return act


def refusing(status: int, code: str, retry: bool, **headers: str) -> Act:
    """A problem as the server would say it, but the server was never asked."""
    body = json.dumps({"status": status, "code": code, "title": "", "retry": retry}).encode()
    return answer_with(status, body, PROBLEM, **headers)


def lying(dice: random.Random) -> Callable[[bytes], bytes]:
    """Another thing's proof, or one that lacks something."""
    name, value = dice.choice(
        [("sha256", "0" * 64), ("rev", 99), ("id", "someone-else"), ("epoch", None), ("seq", None)]
    )

    def change(body: bytes) -> bytes:
        try:
            said = json.loads(body)
        except ValueError:
            return body
        return json.dumps(said | {name: value}).encode() if "sha256" in said else b"{}"

    return change


def some_retry_after(dice: random.Random) -> str:
    return dice.choice(["1", "3", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "1000000000"])


FAULTS: dict[str, Callable[[random.Random], Act]] = {
    "slow": lambda dice: slow(dice.uniform(0.05, 0.4)),
    "late": lambda dice: late(dice.uniform(0.1, 0.8)),
    "swallow": lambda _dice: swallow_answer(),
    "cut request": lambda dice: cut_request(dice.randrange(1, 2000)),
    "cut answer": lambda dice: cut_answer(dice.randrange(0, 150)),
    "twice": lambda _dice: duplicate(),
    "gone": lambda _dice: unreachable(),
    "portal": lambda _dice: captive_portal(),
    "portal redirect": lambda _dice: answer_with(302, b"", Location="http://portal.invalid/"),
    "portal json": lambda _dice: answer_with(200, b"{}", b"application/json"),
    "lie": lambda dice: change_answer(lying(dice)),
    "500": lambda _dice: refusing(500, "server_error", True),
    "proxy": lambda dice: answer_with(dice.choice([502, 504]), b"<h1>Bad gateway</h1>"),
    "503": lambda dice: refusing(503, "busy", True, Retry_After=some_retry_after(dice)),
    "429": lambda dice: refusing(429, "too_fast", True, Retry_After=some_retry_after(dice)),
    "507": lambda _dice: refusing(507, "storage_full", True, Retry_After="2"),
    "413": lambda _dice: refusing(413, "too_large", False),
}
SLOWING = frozenset({"429", "503"})
PHOTOS_ONLY = frozenset({"413"})
"""A photo that is too large is made smaller; words never are, so they do not meet it."""


def is_real(exchange: Exchange) -> bool:
    """Whether a browser asked: simulated phones do not say what they are."""
    return bool(exchange.request.header(b"user-agent"))


class Weather:
    """The faults of one trial's road."""

    def __init__(self, road: ChaosProxy, seed: str, history: History, often: float) -> None:
        self._road, self._history, self._often = road, history, often
        self._dice = random.Random(f"{seed}/weather")

    def start(self) -> None:
        """From now on every exchange may meet something."""
        self._road.on("*", "^/api/", self._act)

    def clear(self) -> None:
        self._road.clear()

    async def _act(self, road: Road, exchange: Exchange) -> None:
        # A real phone's time is not faster than ours: it is not asked to wait for a quarter of an hour.
        faults = sorted(FAULTS.keys() - SLOWING) if is_real(exchange) else sorted(FAULTS)
        name = self._dice.choice(faults) if self._dice.random() < self._often else ""
        act = FAULTS[name](self._dice) if name else passing()
        if name in PHOTOS_ONLY and "/photos/" not in exchange.path:
            name, act = "", passing()
        if name:
            self._history.tell("road", "fault", name=name, on=f"{exchange.method} {exchange.path[:120]}")
        await act(road, exchange)
