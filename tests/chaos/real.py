"""A resident with the shipped app in a real Chromium, within a trial.

Owns that browser, in a thread of its own, from the poster to the last look at "My pins". Promises that
every word "sent" on that screen is told to the history, and that what the phone holds is read from its
own database. The network's side of it is told by the road (`overheard`).
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import sync_playwright

from tests.cast import WalkFacts
from tests.chaos.checker import Handset, Reader
from tests.chaos.history import History
from tests.chaos.proxy import ChaosProxy, Exchange, Message
from tests.chaos.weather import is_real
from tests.e2e.browser import PHONE, Browser, OneChromium
from tests.e2e.phone import Phone, Place
from tests.waiting import wait_until

ACTS = ("pin", "pin", "photo", "photo", "offline", "crash", "look")
IN_ANOTHER = ("elsewhere", "elsewhere")
"""What a resident in several walks does besides: a pin in one that is not in front afterwards."""
STATES = """Object.fromEntries([...document.querySelectorAll('[id^="mine-"] [data-state]')].map(
  (state) => [state.closest('[id^="mine-"]').id.slice(5), state.dataset.state]))"""
IS_KEPT = "navigator.serviceWorker.getRegistration('/').then((worker) => Boolean(worker?.active))"
READ_ANEW = "fetch('/api/walks/WALK/changes?after=0&limit=500').then((answer) => answer.json())"
KINDS = {"pins": "pin", "photos": "photo", "ratings": "rating"}
WHAT_IS_NEW = """fetch('/api/walks/WALK/changes?epoch=EPOCH&after=AFTER').then((answer) => answer.json())"""
DRAIN_S = 60.0


class RealPhone:
    """One resident of one walk or several, the first in front most of the time; `live` runs in a thread of
    its own, the events say how far it has come."""

    def __init__(
        self, name: str, road: ChaosProxy, walks: Sequence[WalkFacts], seed: str, history: History
    ) -> None:
        self.name, self.walks, self.history = name, walks, history
        self.has_joined, self.is_calm = threading.Event(), threading.Event()
        self.is_drained, self.may_end = threading.Event(), threading.Event()
        self._road = road
        self._dice = random.Random(f"{seed}/{name}")
        self._phone: Phone

    def live(self) -> list[tuple[Handset, Reader]]:
        """The whole evening; what is on the phone in the end, of each walk."""
        try:
            with sync_playwright() as playwright:
                chromium = OneChromium(playwright)
                browser = Browser(chromium, playwright, None, PHONE, self.name)
                browser.launch()
                try:
                    return self._evening(Phone(browser, Place(self._road, self.walks[0].code)))
                finally:
                    browser.close()
                    chromium.close()
        finally:
            self.has_joined.set()
            self.is_drained.set()

    def let_go(self) -> None:
        """Nobody waits for it any more: it sends what it has and ends."""
        self.is_calm.set()
        self.may_end.set()

    def _evening(self, phone: Phone) -> list[tuple[Handset, Reader]]:
        self._phone = phone
        for facts in reversed(self.walks):
            phone.site.code = facts.code
            phone.join(ready=False)  # there is no map to wait for
        phone.browser.until(IS_KEPT, "the app kept for times without network", DRAIN_S)
        self.has_joined.set()
        self._new_pin(None)  # "My pins" has a button to try now only where there is something to try
        while not self.is_calm.is_set():
            self._act()
            self.is_calm.wait(self._dice.uniform(0.05, 0.3))
        phone.browser.online()
        phone.open()
        wait_until(self._is_drained, "everything of the real phone sent", DRAIN_S, every=0.5)
        self.is_drained.set()
        self.may_end.wait(60)
        wait_until(self._is_drained, "everything of the real phone sent", DRAIN_S, every=0.5)
        return self._in_the_end()

    # ---------------------------------------------------------------- what the resident does
    def _act(self) -> None:
        kind = self._dice.choice(ACTS if len(self.walks) == 1 else ACTS + IN_ANOTHER)
        if kind == "look":
            self._look()
        elif kind == "elsewhere":
            self._go_to(self.walks[1])
            self._new_pin(self._dice.choice(("camera", None)), self.walks[1])
            self._go_to(self.walks[0])
        elif kind == "crash":
            self.history.tell(self.name, "dies")
            self._phone.browser.crash_tab()
            self._phone.open()
        else:
            if kind == "offline":
                self._phone.browser.offline()
            self._new_pin("camera" if kind == "photo" else None)
            self._phone.browser.online()

    def _go_to(self, facts: WalkFacts) -> None:
        """Open another of the walks, which is in front from now on; past the screen that each begins with."""
        self._phone.browser.run(f"localStorage.setItem('ts-begun', '{facts.id}')")
        self._phone.home = f"{self._phone.site.url}/app/{facts.id}"
        self._phone.open()

    def _new_pin(self, photo: str | None, walk: WalkFacts | None = None) -> None:
        pin = self._phone.drop(self._dice.choice(("lighting", "litter", "vegetation")), photo)
        facts = {"kind": "pin", "id": pin["id"], "rev": pin["rev"], "walk": str((walk or self.walks[0]).id)}
        self.history.tell(self.name, "made", sha="", **facts)
        self.history.tell(self.name, "saved", **facts)

    def _look(self) -> None:
        """Open "My pins" and note each word "sent" on it, with what the phone holds as proof."""
        self._phone.page.goto(f"{self._phone.home}#/mine")
        self._phone.find("#try-now").wait_for()
        states: dict[str, str] = self._phone.browser.run(STATES)
        for pin in self._phone.pins():
            if states.get(pin["id"]) == "sent":
                facts = {"kind": "pin", "id": pin["id"], "rev": pin["acked_rev"], "sha": pin["acked_sha256"]}
                self.history.tell(self.name, "sent", walk=pin["walk"], **facts)
        self._phone.page.goto(f"{self._phone.home}#/")
        self._phone.find("#new-pin").wait_for()

    def _is_drained(self) -> bool:
        """Nothing waits to be sent, nor would a look at the feed bring anything that must be sent again."""
        self._phone.page.goto(f"{self._phone.home}#/mine")
        self._phone.find("#try-now").click()
        return self._has_read_all() and not self._phone.entries()

    def _has_read_all(self) -> bool:
        return all(self._has_read(known) for known in self._phone.stored("walks"))

    def _has_read(self, known: dict[str, Any]) -> bool:
        ask = WHAT_IS_NEW.replace("WALK", known["id"])
        ask = ask.replace("EPOCH", str(known["epoch"])).replace("AFTER", str(known["after"]))
        page = self._phone.browser.run(ask)
        return page.get("epoch") == known["epoch"] and not page.get("items")

    # ---------------------------------------------------------------- the end
    def _in_the_end(self) -> list[tuple[Handset, Reader]]:
        self._look()
        return [self._of_walk(known) for known in self._phone.stored("walks")]

    def _of_walk(self, known: dict[str, Any]) -> tuple[Handset, Reader]:
        """What the phone holds of one walk."""
        phone, walk = self._phone, known["id"]
        page = phone.browser.run(READ_ANEW.replace("WALK", walk))
        anew = {
            item["id"]: item
            for item in page["items"]
            if item["type"] == "pin" and not item.get("gone") and not item["mine"]
        }
        others = (one for one in phone.stored("others") if one["walk"] == walk)
        held = {one["id"]: {name: one[name] for name in one if name != "walk"} for one in others}
        own = (one for one in phone.pins() if one["walk"] == walk)
        pins = {one["id"]: one | {"photos": [place["sha256"] for place in one["photos"]]} for one in own}
        entries = {one["id"]: one for one in phone.entries() if one["walk"] == walk}
        data = {"pins": pins, "entries": entries, "ratings": {}}
        return Handset(self.name, walk, known["participant_id"], data), Reader(self.name, walk, held, anew)


def overheard(name: str, history: History) -> Callable[[Exchange, Message], None]:
    """What the road hears of a real phone: each answer to what it sent, and each page of the feed."""

    def hear(exchange: Exchange, answer: Message) -> None:
        parts = exchange.path.partition("?")[0].split("/")
        if not is_real(exchange) or len(parts) < 5 or parts[2] != "walks":
            return
        walk = parts[3]
        said = _json(answer.body)
        status = int(answer.first.split()[1])
        if exchange.method == "PUT" and parts[4] in KINDS:
            kind = "withdrawal" if parts[-1] == "withdrawal" else KINDS[parts[4]]
            sha = hashlib.sha256(exchange.request.body).hexdigest()
            rev = 1 if kind == "photo" else _json(exchange.request.body).get("rev")
            facts = {"kind": kind, "id": parts[5], "rev": rev, "sha": sha, "walk": walk}
            history.tell(name, "answer", **facts, status=status, echo=said, problem=said.get("code"))
        elif parts[4] == "changes" and status == 200 and "items" in said:
            facts = {"begun": history.at(exchange.began), "epoch": said["epoch"], "seq": said["seq"]}
            history.tell(name, "reads", walk=walk, items=said["items"], **facts)

    return hear


def sent_by_browsers(road: ChaosProxy) -> set[tuple[str, str, str]]:
    """(walk, id, sha256) of everything that a browser put on the wire."""
    puts = (one for one in road.exchanges if one.method == "PUT" and is_real(one))
    sent = ((one.path.split("/"), hashlib.sha256(one.request.body).hexdigest()) for one in puts)
    return {(parts[3], parts[5], sha) for parts, sha in sent}


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
