"""A phone-sized Chromium under measurement: its road, its processor, and what its page wrote down.

Owns launching with a profile of its own. Screens are used as a resident would; times come from the
page's own clock (bench/phone.js), not from this process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, expect

from bench.road import Road
from tests.e2e.browser import CHROMIUM, FLAGS, PHONE

NOTES = (Path(__file__).parent / "phone.js").read_text(encoding="utf-8")
SLOW_4G = {"round_trip_ms": 562.5, "down_mbit": 1.44, "up_mbit": 0.675}
SLOW_CPU = 4
GOING_MS = 2000


@dataclass
class Device:
    """One resident's phone, on a road."""

    context: BrowserContext
    page: Page
    road: Road
    line: CDPSession

    def tab(self) -> None:
        """A new tab in front, once the old one has gone: both may share the process that is measured."""
        old, self.page = self.page, self.context.new_page()
        old.close()
        self.page.wait_for_timeout(GOING_MS)
        self.line = self.context.new_cdp_session(self.page)

    def slow(self, times: int = SLOW_CPU) -> None:
        self.line.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def tidy(self) -> None:
        """Collect the garbage of the page's process, so that its memory is what it holds."""
        self.line.send("HeapProfiler.collectGarbage")

    def run(self, script: str) -> Any:
        """The value of a script or promise on the page."""
        words = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = self.line.send("Runtime.evaluate", words)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def until(self, script: str, seconds: float = 60) -> Any:
        """The first truthy value of a script, looked for on the page itself twenty times a second."""
        loop = f"""new Promise((done, fail) => {{
          const end = performance.now() + {seconds * 1000};
          const look = async () => {{
            const found = await ({script});
            if (found) done(found);
            else if (performance.now() > end) fail(new Error({script!r}));
            else setTimeout(look, 50);
          }};
          look();
        }})"""
        return self.run(loop)

    def warm(self) -> None:
        """Open the connection that the measured requests use, as a link's handshakes are no part of them."""
        self.page.goto(f"{self.road.url}/healthz")

    def join(self, code: str) -> str:
        """From the poster to the map, on a quick road; the walk's address."""
        self.page.goto(f"{self.road.url}/v/{code}")
        self.page.locator("main .btn--cta").click()
        self.page.locator("form[action$='/join'] button").click()
        expect(self.page.locator(".sum.is-good")).to_be_visible(timeout=60_000)
        home = self.page.url.split("#")[0]
        self.page.locator("#to-map").click()
        self.page.locator("#new-pin").wait_for()
        return home


@contextmanager
def device(playwright: Playwright, road: Road) -> Iterator[Device]:
    """A fresh phone: nothing cached, nothing installed."""
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=True,
            args=[*FLAGS, f"--ignore-certificate-errors-spki-list={road.pin_hash()}"],
            **replace(PHONE, reduced_motion=False).options(),
        )
        try:
            context.set_default_timeout(60_000)
            context.add_init_script(NOTES)
            page = context.pages[0]
            yield Device(context, page, road, context.new_cdp_session(page))
        finally:
            context.close()
