"""Takes the pictures of docs/guides: the real app with its demo, in both languages, in Chromium.

`python -m tools.guide` writes them anew; it starts a service of its own on a free port, in a temporary
directory. Promises the same size, language and walk for each picture; touches nothing else.
"""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "guides" / "img"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
SIZE = {"width": 1280, "height": 800}
LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}
COLOURS = 160
WALKED = """(async () => {
  const links = [...document.querySelectorAll(".walk-card a[href$='/again']")];
  const walks = links.map((link) => link.getAttribute('href').replace('/again', ''));
  const pins = await Promise.all(
    walks.map(async (walk) => (await (await fetch(`/api${walk}/changes?limit=500`)).json()).items.length),
  );
  return walks[pins.indexOf(Math.max(...pins))];
})()"""
FLASK = [sys.executable, "-m", "flask", "--app", "app"]
START_S = 120


@contextmanager
def service() -> Iterator[tuple[str, dict[str, str]]]:
    """A running demo: its address, and the environment to run commands beside it."""
    with tempfile.TemporaryDirectory() as data_dir, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        environment = {**os.environ, "DATA_DIR": data_dir, "PORT": port}
        log = Path(data_dir) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*FLASK, "serve", "--demo"], cwd=ROOT, env=environment, stdout=output, stderr=output
            )
        try:
            _wait_for(log, process)
            yield f"http://localhost:{port}", environment
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(log: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_S):
        if "Practice walk" in log.read_text(errors="replace"):
            return
        if process.poll() is not None:
            break
        time.sleep(1)
    raise SystemExit(log.read_text(errors="replace"))


def login_link(environment: dict[str, str]) -> str:
    command = [*FLASK, "facilitator", "link", "demo@trygga-steg.example"]
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return re.findall(r"https?://\S+", printed.stdout)[-1]


def save(page: Page, name: str) -> None:
    """What the window shows, in a palette: a third of the bytes, and sharp."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)


def walks(page: Page, url: str) -> None:
    page.goto(f"{url}/desk/")
    page.locator(".walk-card").first.wait_for()


def again(page: Page, url: str) -> None:
    """A draft made of a walk that was, so that there is something to prepare."""
    walks(page, url)
    page.locator(".walk-card a[href$='/again']").first.click()
    page.locator("main form:has(#date) button.btn--primary").click()
    page.wait_for_url("**/setup?done=again")


def setup(page: Page, url: str) -> None:
    again(page, url)
    page.goto(page.url.split("?")[0])
    page.locator("#ready").wait_for()


def route(page: Page, url: str) -> None:
    again(page, url)
    page.locator("a[href$='/route']").first.click()
    page.locator("li[data-row^='stop-']").first.wait_for()


def review(page: Page, url: str) -> None:
    """The demo's walk with the most pins, the first one chosen."""
    walks(page, url)
    page.goto(url + str(page.evaluate(WALKED)))
    page.locator(".pinrow").first.wait_for()
    page.keyboard.press("j")
    page.locator("#detail-title").wait_for()


def merge(page: Page, url: str) -> None:
    """The first pin that may be one of several."""
    review(page, url)
    for _ in range(60):
        page.keyboard.press("m")
        dialog = page.locator("dialog.merge")
        if dialog.locator(".twin").count() > 1:
            return
        page.keyboard.press("Escape")
        page.keyboard.press("j")
    raise SystemExit("no pin of the demo has a possible duplicate")


def meeting(page: Page, url: str) -> None:
    review(page, url)
    page.goto(page.url.split("?")[0] + "/meeting")
    page.locator("main").wait_for()


SCENES: dict[str, Callable[[Page, str], None]] = {
    "walks": walks,
    "route": route,
    "setup": setup,
    "review": review,
    "merge": merge,
    "meeting": meeting,
}


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with service() as (url, environment), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for tag, locale in LANGUAGES.items():
            page = browser.new_context(viewport=SIZE, locale=locale, reduced_motion="reduce").new_page()
            page.goto(login_link(environment))
            page.locator("main form:has(button.btn--primary) button").first.click()
            page.locator(".walk-card").first.wait_for()
            for name, scene in SCENES.items():
                scene(page, url)
                save(page, f"{tag}-{name}")
        browser.close()


if __name__ == "__main__":
    main()
