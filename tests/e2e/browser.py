"""A real Chromium with a profile of its own, and everything that can happen to it.

Owns launching, crashing, killing and starting again on the same profile; the network, place, light
and speed of the device; axe. A profile lies on disk, where a browser of its own keeps it over a
restart, or in the memory of one Chromium that serves test after test: to start it takes longer than
most of what is done in it. Promises that an error on the page's console fails the test unless the
test said that it is expected. Knows no screen of the app.
"""

from __future__ import annotations

import json
import os
import re
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Error, Page, Playwright, WebError

from tests.contract.tree import ROOT
from tests.waiting import wait_until

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
# The network is the test's own doing; that a request failed on it is no fault of the page.
NETWORK = re.compile(r"Failed to load resource: net::ERR_|net::ERR_INTERNET_DISCONNECTED")
AXE = ROOT / "node_modules/axe-core/axe.min.js"
HAS_AXE = "'axe' in window"
AXE_RUN = """
(async (rules) => {
  const { violations } = await axe.run(document, {...rules, resultTypes: ['violations']});
  return violations.map((one) => {
    const places = one.nodes.map((node) => `${node.target.join(' ')} ${node.html.slice(0, 120)}`);
    return `${one.id}: ${one.help}: ${places.join(' | ')}`;
  });
})"""
COLOURS = {"runOnly": ["color-contrast"]}
"""What another theme can be wrong in: it has other colours and nothing else."""


@dataclass
class Device:
    """What the browser is told about the thing it runs on."""

    viewport: tuple[int, int] = (390, 844)
    scale: float = 2
    touch: bool = True
    lang: str = "sv-SE"
    dark: bool = False
    place: tuple[float, float] | None = (60.17418, 24.94417)  # the playground of the demo
    accuracy_m: float = 8
    permissions: tuple[str, ...] = ("geolocation", "camera")
    reduced_motion: bool = True
    timezone: str = "Europe/Stockholm"

    def options(self) -> dict[str, Any]:
        """Playwright's words for it."""
        options: dict[str, Any] = {
            "viewport": {"width": self.viewport[0], "height": self.viewport[1]},
            "device_scale_factor": self.scale,
            "has_touch": self.touch,
            "is_mobile": self.touch,
            "locale": self.lang,
            "timezone_id": self.timezone,
            "color_scheme": "dark" if self.dark else "light",
            "reduced_motion": "reduce" if self.reduced_motion else "no-preference",
            "permissions": list(self.permissions),
            "accept_downloads": True,
        }
        if self.place:
            lat, lon = self.place
            options["geolocation"] = {"latitude": lat, "longitude": lon, "accuracy": self.accuracy_m}
        return options


PHONE = Device()
DESK = Device(viewport=(1440, 900), scale=1, touch=False, place=None, permissions=())


class OneChromium:
    """The Chromium in which all profiles lie that need not outlive it."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: Chromium | None = None

    def new_profile(self, device: Device) -> BrowserContext:
        """An empty one; whatever a test did to the browser before, this one runs."""
        if self._running is None or not self._running.is_connected():
            self._running = self._playwright.chromium.launch(
                executable_path=CHROMIUM, headless=True, args=list(FLAGS)
            )
        return self._running.new_context(**device.options())

    def close(self) -> None:
        if self._running is not None:
            self._running.close()


@dataclass
class Browser:
    """One person's browser; `page` is the tab in front."""

    chromium: OneChromium
    playwright: Playwright
    profile: Path | None
    device: Device
    name: str
    errors: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)
    _context: BrowserContext | None = None
    _page: Page | None = None
    _asked: tuple[Page, CDPSession] | None = None

    @property
    def page(self) -> Page:
        assert self._page is not None
        return self._page

    @property
    def context(self) -> BrowserContext:
        assert self._context is not None
        return self._context

    def launch(self) -> Page:
        """Start it: on the profile on disk, with whatever that kept from before, or on an empty one."""
        self._context = (
            self._on_disk(self.profile) if self.profile else self.chromium.new_profile(self.device)
        )
        self._context.set_default_timeout(30_000)
        self._context.on("console", self._on_console)
        self._context.on("weberror", self._on_uncaught)
        self._page = self._context.pages[0] if self._context.pages else self._context.new_page()
        return self._page

    def _on_disk(self, profile: Path) -> BrowserContext:
        return self.playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=True,
            args=list(FLAGS),
            **self.device.options(),
        )

    def new_tab(self) -> Page:
        """Open a tab and bring it to the front."""
        self._page = self.context.new_page()
        return self._page

    def close(self) -> None:
        if self._context is not None:
            with suppress(Error):
                self._context.close()
            self._context = None

    def crash_tab(self) -> Page:
        """The tab's process dies, as when the system takes its memory; a new tab stands in its place."""
        crashed = self.page
        with crashed.expect_event("crash"), suppress(Error):
            crashed.goto("chrome://crash")
        self.new_tab()
        crashed.close()
        return self.page

    def kill(self) -> None:
        """SIGKILL to the whole browser: the battery is out. `launch` starts it again.

        Only for a browser with its profile on disk; of any other nothing would be left.
        """
        assert self.profile is not None
        # All at once: a process that saw another one die could still tidy up after it.
        for sent in (signal.SIGSTOP, signal.SIGKILL):
            for pid in self._pids():
                with suppress(ProcessLookupError):
                    os.kill(pid, sent)
        wait_until(lambda: not self._pids(), f"{self.name}'s browser gone")
        self.close()

    def _pids(self) -> list[int]:
        mark = f"--user-data-dir={self.profile}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    if mark in (entry / "cmdline").read_bytes().split(b"\0"):
                        found.append(int(entry.name))
        return sorted(found)

    def offline(self) -> None:
        """No network for pages and service worker."""
        self.context.set_offline(True)

    def online(self) -> None:
        self.context.set_offline(False)

    def stand_at(self, lat: float, lon: float, accuracy_m: float = 8) -> None:
        """The sensor's next fix."""
        self.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": accuracy_m})

    def cdp(self) -> CDPSession:
        """A line to the front tab's developer protocol; what it emulates lasts while the line is open."""
        return self.context.new_cdp_session(self.page)

    def slow_cpu(self, times: float) -> CDPSession:
        """Make the page's main thread `times` slower."""
        line = self.cdp()
        line.send("Emulation.setCPUThrottlingRate", {"rate": times})
        return line

    def slow_network(self, latency_ms: float, down: float, up: float) -> CDPSession:
        """Give the front tab a network of `down` and `up` bytes per second."""
        line = self.cdp()
        line.send("Network.enable")
        line.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": latency_ms, "downloadThroughput": down, "uploadThroughput": up},
        )
        return line

    def run(self, script: str) -> Any:
        """The value of a script or promise on the page; unlike page.evaluate no policy can refuse it."""
        answer = self._evaluated(script)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def _evaluated(self, script: str) -> dict[str, Any]:
        question = {"expression": script, "awaitPromise": True, "returnByValue": True}
        return dict(self._line().send("Runtime.evaluate", question))

    def _line(self) -> CDPSession:
        # One for each tab: to open one costs ten times what is asked over it.
        if self._asked is None or self._asked[0] is not self.page:
            self._asked = (self.page, self.cdp())
        return self._asked[1]

    def _tried(self, script: str) -> Any:
        try:
            answer = self._evaluated(script)
        except Error:  # the page went away while it was asked
            return None
        return None if "exceptionDetails" in answer else answer["result"].get("value")

    def until(self, script: str, what: str = "", seconds: float = 60) -> Any:
        """Wait until the script on the page answers something truthy; that answer.

        A script that fails because its element is not there yet has not answered yet.
        """
        return wait_until(lambda: self._tried(script), what or script, seconds, every=0.05)

    def axe(self, rules: dict[str, list[str]] | None = None) -> list[str]:
        """What axe finds wrong with the page as it stands; `rules` are its options."""
        if not self.run(HAS_AXE):
            self.run(AXE.read_text(encoding="utf-8") + "; true")
        return list(self.run(f"{AXE_RUN}({json.dumps(rules or {})})"))

    def axe_in_both_themes(self) -> list[str]:
        """What axe finds on the page as it stands, light and dark."""
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # no colour is on its way
        found = [f"dark: {fault}" for fault in self.axe(COLOURS)]
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        return found + self.axe()

    def expect_error(self, pattern: str) -> None:
        """The test will cause console errors that match; they are not held against the page."""
        self._expected.append(re.compile(pattern))

    def unexpected_errors(self) -> list[str]:
        return [text for text in self.errors if not any(one.search(text) for one in self._expected)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not NETWORK.search(message.text):
            self._note(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_uncaught(self, error: WebError) -> None:
        self._note(f"uncaught: {error.error} {error.error.stack or ''}")

    def _note(self, text: str) -> None:
        self.errors.append(f"{self.name}: {text}")
