"""A resident's phone: the app's screens as verbs, in the words of the walk.

Every verb waits for what it caused. What is on the phone is read from its IndexedDB, not from the
screen that tells of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.chaos.proxy import ChaosProxy
from tests.e2e.browser import Browser
from tests.waiting import wait_until

# Everything in one store of the phone's database; bytes are told by their length.
READ_STORE = """new Promise((done, fail) => {
  const open = indexedDB.open('trygga-steg');
  open.onerror = () => fail(open.error);
  open.onsuccess = () => {
    const all = open.result.transaction(STORE).objectStore(STORE).getAll();
    all.onsuccess = () => {
      open.result.close();
      done(JSON.parse(JSON.stringify(all.result, (_key, value) => value?.byteLength ?? value)));
    };
  };
})"""

# The app waits a second and a half for a camera; the first one of a browser can take that long.
CAMERA_ON = """navigator.mediaDevices.getUserMedia({
  audio: false,
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1080 } },
}).then((stream) => { window.awake = stream; })"""
CAMERA_OFF = "window.awake?.getTracks().forEach((track) => track.stop())"
INSTALLED = "navigator.serviceWorker.getRegistration('/').then((found) => Boolean(found?.active))"


@dataclass
class Place:
    """Where a resident finds the app, and by which walk's code."""

    road: ChaosProxy
    code: str

    @property
    def url(self) -> str:
        """What a browser opens: the road's address."""
        return self.road.url

    @property
    def poster(self) -> str:
        """The address in the walk's QR code."""
        return f"{self.url}/v/{self.code}"


class Phone:
    """One resident with one phone in one walk."""

    def __init__(self, browser: Browser, site: Place) -> None:
        self.browser = browser
        self.site = site
        self.home = ""
        self.walk = ""

    @property
    def page(self) -> Page:
        return self.browser.page

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def join(self, ready: bool = True) -> None:
        """From the poster's address to the map; with `ready`, once the walk works without coverage."""
        self.page.goto(self.site.poster)
        self.find("main .btn--cta").click()
        self.find("form[action$='/join'] button").click()
        self.find("#to-map").wait_for()
        self.home = self.page.url.split("#")[0]
        if ready:
            self.find(".sum.is-good").wait_for(timeout=60_000)
        self.find("#to-map").click()
        self.find("#new-pin").wait_for()

    def join_at_once(self) -> None:
        """Join without the pages before the app; the map may still be on its way to the phone."""
        self.page.request.post(f"{self.site.poster}/join")
        cookie = next(one for one in self.browser.context.cookies() if one["name"] == "trygg_walk")
        self.walk = cookie["path"].rsplit("/", 1)[-1]
        self.home = f"{self.site.url}/app/{self.walk}"
        self.page.goto(self.home)
        self.find("#to-map").click()
        self.find("#new-pin").wait_for()

    def open(self) -> None:
        """Open the app again in the tab in front, as from the home screen."""
        self.page.goto(self.home)
        self.find("#new-pin").wait_for()

    def wait_until_installed(self) -> None:
        """Until the app opens without a network. This page itself may never come under its worker."""
        self.browser.until(INSTALLED, "the worker installed")

    def reload(self) -> None:
        self.page.reload()
        self.find("#new-pin").wait_for()

    def drop(self, category: str, photo: str | Path | None = None, good: bool = False) -> dict[str, Any]:
        """New pin, tile, and a photo by "camera", from a file, or none; the pin as it is stored."""
        before = {pin["id"] for pin in self.pins()}
        self.choose_camera("phone" if isinstance(photo, Path) else "app")
        if photo == "camera":
            self.wake_camera()
        self.find("#new-pin").click()
        if good:
            self.find(".good-flip").click()
        tile = self.find(f".tiles [data-code='{category}']")
        if isinstance(photo, Path):
            # Set to the phone's own camera, the app opens the file input by the same tap.
            with self.page.expect_file_chooser() as chooser:
                tile.click()
            chooser.value.set_files(photo)
        else:
            tile.click()
            self.find(".shutter:enabled" if photo == "camera" else "#photo-skip").click()
        self.find("dialog.camera").wait_for(state="hidden")
        self.browser.run(CAMERA_OFF)
        return wait_until(lambda: self._complete(before, photo), "the new pin in the store")

    def _complete(self, before: set[str], photo: str | Path | None) -> dict[str, Any] | None:
        """The pin that was not there before, once it has the photo that it should have."""
        new = [pin for pin in self.pins() if pin["id"] not in before]
        return new[0] if new and len(new[0]["photos"]) == (photo is not None) else None

    def wake_camera(self) -> None:
        """The camera runs already, so that the app's viewfinder has its picture at once."""
        self.browser.run(CAMERA_ON)

    def choose_camera(self, which: str) -> None:
        """The setting "camera": the app's own viewfinder, the phone's, or off."""
        self.browser.run(f"localStorage.setItem('ts-camera', {json.dumps(which)})")

    def sync(self) -> None:
        """Press "Try now" until nothing waits; the screen is left open on "My pins"."""
        self.page.goto(f"{self.home}#/mine")
        self.find("#try-now").click()
        self.wait_until_sent()

    def wait_until_sent(self, seconds: float = 90) -> None:
        """Until the outbox is empty: everything is proven to be with the server."""
        wait_until(lambda: not self.entries(), f"an empty outbox; left: {self.entries()}", seconds)

    def pins(self) -> list[dict[str, Any]]:
        return self.stored("pins")

    def pin(self, pin_id: str) -> dict[str, Any]:
        return next(pin for pin in self.pins() if pin["id"] == pin_id)

    def photos(self) -> list[dict[str, Any]]:
        return self.stored("photos")

    def entries(self) -> list[dict[str, Any]]:
        """What the outbox still holds."""
        return self.stored("entries")

    def stored(self, name: str) -> list[dict[str, Any]]:
        """Everything in one store of the phone's database."""
        rows = READ_STORE.replace("STORE", json.dumps(name))
        # Asked again where the page goes elsewhere meanwhile.
        return list(self.browser.until(f"({rows}).then((rows) => ({{ rows }}))", f"the {name} read")["rows"])
