"""What tests of faults have in common: the outbox watched, the page's clock moved, the road's rarer tricks.

Knows the phone by its store and by "My pins", and injects nothing into the page.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error

from tests.chaos.proxy import (
    Act,
    Exchange,
    Road,
    passing,
)
from tests.e2e.browser import Browser
from tests.e2e.phone import Phone
from tests.waiting import wait_until

JSON = b"application/json"
# A timer's round holds the lock as soon as its timer has run; there is no moment before its first request.
NOBODY_SENDS = "navigator.locks.query().then(({ held }) => held.length === 0)"


def crash(browser: Browser) -> None:
    """The tab's process is ended from outside, whatever it is doing; a new tab stands in its place."""
    dying = browser.page
    line = browser.cdp()
    with dying.expect_event("crash"), suppress(Error):
        line.send("Page.crash", timeout=1000)  # whoever would answer is gone
    browser.new_tab()
    dying.close()


def mine(phone: Phone) -> None:
    """Open "My pins", where everything unsent is named."""
    phone.page.goto(f"{phone.home}#/mine")
    phone.find("#try-now").wait_for()


def try_now(phone: Phone) -> list[dict[str, Any]]:
    """Press the button; the outbox once everything in it has been tried anew, or is gone."""
    before = {entry["id"]: entry["next_at"] for entry in phone.entries()}
    phone.find("#try-now").click()
    return wait_until(lambda: rested(phone, before), "everything tried", every=0.05)


def rested(phone: Phone, before: dict[str, int]) -> list[dict[str, Any]]:
    entries = phone.entries()
    fresh = all(
        one["state"] == "help"
        or (one["state"] == "waiting" and one["next_at"] not in (0, before.get(one["id"])))
        for one in entries
    )
    return entries or [{}] if fresh else []


def again(phone: Phone, step: int) -> None:
    """Let the page's clock run in steps of so many seconds until everything has been tried anew."""
    before = {entry["id"]: entry["next_at"] for entry in phone.entries()}
    seconds_until(phone, lambda: rested(phone, before) != [], "another try", step, quiet_looks=10)


def waits(phone: Phone) -> float:
    """For how many seconds the one entry still waits, by the page's own clock."""
    return tries_and_wait(phone)[1]


def tries_and_wait(phone: Phone) -> tuple[int, float]:
    """How often the one entry was tried, and for how many seconds it waits since."""
    [entry] = phone.entries()
    return entry["tries"], float(entry["next_at"] - phone.browser.run("Date.now()")) / 1000


def says_unsent(phone: Phone, note: str) -> None:
    """On "My pins" the note is to be read and nothing is called sent."""
    phone.find(f".rows .line:has-text('{note}')").wait_for()
    assert phone.find(".state[data-state=sent]").count() == 0


def note_on(phone: Phone, pin: dict[str, Any], note: str) -> None:
    phone.page.goto(f"{phone.home}#/pin/{pin['id']}")
    phone.find("dialog[open] textarea").first.fill(note)
    wait_until(lambda: phone.pin(pin["id"])["fields"]["text"] == note, "the note on the phone")


def at_rest(phone: Phone) -> bool:
    """No request is under way, and nothing is left that was just begun."""
    return (
        bool(phone.browser.run(NOBODY_SENDS))
        and all(exchange.done for exchange in phone.site.road.exchanges)
        and all(entry["state"] != "sending" for entry in phone.entries())
    )


def seconds_until(
    phone: Phone, happened: Callable[[], bool], what: str, step: int = 15, quiet_looks: int = 1
) -> int:
    """Let the page's clock run until it happened; for how long it ran.

    It runs on only after so many looks found the page at rest: what was just woken may not have begun.
    """
    passed, quiet = 0, quiet_looks

    def so_far() -> bool:
        nonlocal passed, quiet
        quiet = quiet + 1 if at_rest(phone) else 0  # looked at first: no try must be jumped over
        if happened():
            return True
        if quiet >= quiet_looks:
            phone.page.clock.fast_forward(step * 1000)
            passed, quiet = passed + step, 0
        return False

    wait_until(so_far, what, every=0.1)
    return passed


def partly(after: int, reached: threading.Event, gate: threading.Event) -> Act:
    """The server has `after` bytes of the request and waits for more; so does the phone."""

    async def act(road: Road, exchange: Exchange) -> None:
        await road.ask(exchange, only=after)
        reached.set()
        await asyncio.to_thread(gate.wait, 20)
        road.cut()

    return act


def one_after_another(acts: list[Act]) -> Act:
    """The first act for the first exchange, and so on; then a good network."""

    async def act(road: Road, exchange: Exchange) -> None:
        await (acts.pop(0) if acts else passing())(road, exchange)

    return act


def problem(status: int, code: str, retry: bool) -> str:
    return json.dumps({"type": "about:blank", "title": code, "status": status, "code": code, "retry": retry})
