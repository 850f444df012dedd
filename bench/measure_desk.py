"""The desk at scale in real Chromium: 10 000 and 50 000 pins over a neighbourhood, and 5 000 on one spot.

Prints when list and map can be used, the longest frame while the map is moved and words are looked for, and
how long a key press takes to the next pin. `BENCH_DESK=10000,spot` measures these alone.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from bench.machine import Server, start_app
from bench.walks import Bench, fill, make_walk
from tests.e2e.browser import DESK, Browser, OneChromium

NOTES = (Path(__file__).parent / "desk.js").read_text(encoding="utf-8")
STARTS, PRESSES, MOVES = 3, 60, 12
SPOT = 5_000
MIDDLE = (760, 520)
"""A point on the map of a window of 1440 by 900."""
SHOWN = """new Promise((done) => {
  const look = () => (bench.keys.length >= PRESS ? done(true) : setTimeout(look, 5));
  look();
})"""


@dataclass
class Sight:
    """One walk on a desk."""

    browser: Browser
    url: str
    name: str

    def opened(self) -> float:
        """Seconds from asking for the page to rows and spots that are drawn."""
        self.browser.page.goto(self.url, wait_until="commit")
        return float(self.browser.until("bench.usable > 0 && bench.usable", seconds=120)) / 1000

    def settled(self) -> None:
        """Every pin is here in full."""
        self.browser.until("document.body.dataset.loaded === 'all'", seconds=600)

    def longest(self, act: Callable[[], Any]) -> tuple[float, float]:
        """The longest frame and the longest task while something is done, in ms."""
        self.browser.run("bench.frames.length = bench.long.length = 0")
        act()
        self.browser.page.wait_for_timeout(400)
        return tuple(self.browser.run("[Math.max(...bench.frames), Math.max(0, ...bench.long)]"))

    def pan(self) -> None:
        mouse = self.browser.page.mouse
        for turn in range(MOVES):
            x, y = MIDDLE
            mouse.move(x, y)
            mouse.down()
            for step in range(1, 9):
                mouse.move(x + (-1) ** turn * step * 20, y + (-1) ** (turn // 2) * step * 12)
            mouse.up()
            self.browser.page.wait_for_timeout(120)

    def zoom(self) -> None:
        self.browser.page.mouse.move(*MIDDLE)
        for turn in range(MOVES):
            self.browser.page.mouse.wheel(0, -240 if turn % 6 < 3 else 240)
            self.browser.page.wait_for_timeout(350)

    def search(self) -> None:
        field = self.browser.page.locator("#bar input[type=search]")
        field.press_sequentially("lampan gangen", delay=60)
        self.browser.page.wait_for_timeout(600)
        field.fill("")
        self.browser.page.wait_for_timeout(600)
        field.blur()

    def filter(self) -> None:
        chips = self.browser.page.locator("#bar .chip")
        for show in ("new", "no_owner", "no_owner", "new"):
            chips.locator(f"xpath=self::*[@data-show='{show}']").click()
            self.browser.page.wait_for_timeout(300)

    def step(self) -> list[float]:
        """Key press to next pin shown, each in ms."""
        self.browser.run("document.activeElement.blur(); bench.keys.length = 0")
        for press in range(1, PRESSES + 1):
            self.browser.page.keyboard.press("j")
            self.browser.run(SHOWN.replace("PRESS", str(press)))
        return list(self.browser.run("bench.keys"))


def main() -> None:
    wanted = set(filter(None, os.environ.get("BENCH_DESK", "").split(",")))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start_app(Path(folder) / "data", REQUESTS_PER_SESSION="1000000")
        try:
            for name, pins in (("10000", 10_000), ("50000", 50_000), ("spot", SPOT)):
                if not wanted or name in wanted:
                    bench = make_walk(server)
                    fill(server, bench, pins, spot=name == "spot")
                    _measure(playwright, server, bench, name, Path(folder) / f"profile-{name}")
        finally:
            server.stop()


def _measure(playwright: Playwright, server: Server, bench: Bench, name: str, profile: Path) -> None:
    browser = Browser(OneChromium(playwright), playwright, profile, DESK, name)
    browser.launch()
    try:
        address = f"http://localhost:{server.port}"
        name_of, value = bench.desk_cookie.split("; ")[0].split("=", 1)
        browser.context.add_cookies([{"name": name_of, "value": value, "url": address}])
        browser.context.add_init_script(NOTES)
        sight = Sight(browser, f"{address}/desk/walks/{bench.walk_id}", name)
        starts = [sight.opened() for _ in range(STARTS)]
        _tell(f"{name}: opened to usable", starts, 4 if name == "50000" else 2, "s")
        for what in ("pan", "zoom"):
            frame, task = sight.longest(getattr(sight, what))
            _line(f"{name}: {what} while texts arrive, longest frame", frame, 100, f"task {task:.0f} ms")
        sight.settled()
        for what in ("pan", "zoom", "search", "filter"):
            frame, task = sight.longest(getattr(sight, what))
            _line(f"{name}: {what}, longest frame", frame, 100, f"task {task:.0f} ms")
        steps = sight.step()

        _tell(f"{name}: key press to next pin", steps, 100, "ms", worst=True)
        heap = browser.run("performance.memory.usedJSHeapSize / 1e6")
        spots = browser.run("document.querySelectorAll('.map-pin').length")
        rows = browser.run("document.querySelectorAll('.pinrow').length")
        print(f"{name}: heap {heap:.0f} MB, {spots} spots and {rows} rows in the page", flush=True)
    finally:
        browser.close()


def _tell(what: str, values: list[float], limit: float, unit: str, worst: bool = False) -> None:
    p95 = quantiles(values, n=20, method="inclusive")[18]
    figure = p95 if worst else median(values)
    _line(f"{what}, {'p95' if worst else 'median'}", figure, limit, f"best {min(values):.2f}", unit)


def _line(what: str, figure: float, limit: float, more: str, unit: str = "ms") -> None:
    kept = "kept" if figure <= limit else "MISSED"
    load = os.getloadavg()[0]
    print(f"{what:52} {figure:8.2f} {unit} (<= {limit:g}, {kept})   {more}   load {load:.1f}", flush=True)
