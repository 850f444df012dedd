"""A facilitator at the desk: logging in, the walk's list and map, and the desk's own view of the data."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from tests.e2e.browser import Browser
from tests.e2e.site import Site
from tests.waiting import wait_until

# What is drawn before the pin itself has come has no words yet, and an act on it does nothing.
WHOLE = """(() => {
  const words = [...document.querySelectorAll('.pinrow__words')].map((one) => one.textContent);
  return words.length > 0 && !words.includes('…');
})()"""


class Desk:
    """One facilitator's browser, logged in by a one-time link."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site

    @property
    def page(self) -> Page:
        return self.browser.page

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def log_in(self) -> None:
        self.page.goto(self.site.login_link())
        self.find("main form:has(button.btn--primary) button").first.click()
        self.find(".walk-card").first.wait_for()

    def open_walk(self, walk_id: str) -> None:
        """The desk of one walk, once its first load is drawn."""
        self.page.goto(f"{self.site.url}/desk/walks/{walk_id}")
        self.find("#bar button").first.wait_for(state="attached")

    def wait_until_whole(self) -> None:
        """Until every pin of the list is there in full, so that acts on it count."""
        self.browser.until(WHOLE, "whole pins in the list")

    def changes(self, walk_id: str) -> list[dict[str, Any]]:
        """Every pin of the walk's feed in the staff's projection, as this browser may read it."""
        pins: dict[str, dict[str, Any]] = {}
        after = 0
        while True:
            answer = self.browser.run(
                f"fetch('/api/desk/walks/{walk_id}/changes?after={after}&limit=200').then((a) => a.json())"
            )
            pins.update({item["id"]: item for item in answer["items"] if item.get("type") == "pin"})
            after = answer["seq"]
            if not answer["more"]:
                return [pin for pin in pins.values() if not pin.get("gone")]

    def wait_for_pins(self, walk_id: str, ids: set[str], seconds: float = 40) -> dict[str, dict[str, Any]]:
        """These pins as the desk sees them, as soon as it sees them all."""

        def all_there() -> dict[str, dict[str, Any]]:
            found = {pin["id"]: pin for pin in self.changes(walk_id) if pin["id"] in ids}
            return found if set(found) == ids else {}

        return wait_until(all_there, f"{len(ids)} pins at the desk", seconds, every=0.2)

    def wait_for_photos(self, walk_id: str, ids: set[str], seconds: float = 60) -> list[dict[str, Any]]:
        """The photos of these pins, as soon as all of them are encoded."""

        def all_ready() -> list[dict[str, Any]]:
            pins = [pin for pin in self.changes(walk_id) if pin["id"] in ids]
            photos = [photo for pin in pins for photo in pin["photos"]]
            return photos if photos and all(photo["thumb_ready"] for photo in photos) else []

        return wait_until(all_ready, "every photo encoded", seconds, every=0.3)

    def rows(self) -> list[int]:
        """The numbers of the pins whose rows are drawn."""
        # In one look: the list is drawn anew while it is read.
        numbers = "[...document.querySelectorAll('.pinrow')].map((row) => Number(row.dataset.number))"
        return list(self.browser.until(f"({{ numbers: {numbers} }})", "the rows")["numbers"])

    def photo_status(self, walk_id: str, photo_id: str, size: str) -> tuple[int, str]:
        """Status and type of a photo asked for by the desk's browser."""
        path = f"/api/desk/walks/{walk_id}/photos/{photo_id}/{size}"
        answer = self.browser.run(f"fetch('{path}').then((a) => [a.status, a.headers.get('content-type')])")
        return int(answer[0]), str(answer[1])
