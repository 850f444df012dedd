""" "My pins" in every state: it says what is on the phone, what has arrived, and what to do.

With SHOTS=<folder> each state is also photographed, in both languages, small and at twice the text.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

from tests.chaos.proxy import answer_with, captive_portal, hold
from tests.e2e.browser import Browser
from tests.e2e.conftest import Joined
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.e2e.test_screens import TOO_WIDE, TWICE
from tests.waiting import wait_until

Make = Callable[..., Browser]
# Change the rows of one store that fit: `fits` and `change` are functions of a row.
CHANGE = """new Promise((done) => {
  const asked = indexedDB.open('trygga-steg');
  asked.onsuccess = () => {
    const tx = asked.result.transaction('STORE', 'readwrite');
    tx.objectStore('STORE').getAll().onsuccess = ({ target }) => {
      const change = (row) => (CHANGES);
      for (const row of target.result) if (FITS) tx.objectStore('STORE').put({ ...row, ...change(row) });
    };
    tx.oncomplete = () => { asked.result.close(); done(true); };
  };
})"""
NO_STORE = """indexedDB.open = () => { throw new DOMException('not here', 'UnknownError'); };"""
REFUSED = "{ state: 'help', problem: { code: 'photo_not_image', status: 415, title: null, obey: false } }"


class MyPins:
    """The screen of one phone, looked at again and again."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.folder = Path(os.environ["SHOTS"]) if "SHOTS" in os.environ else None

    def change(self, store: str, changes: str, fits: str = "true") -> None:
        script = CHANGE.replace("STORE", store).replace("CHANGES", changes).replace("FITS", fits)
        self.phone.browser.run(script)

    def look(self, name: str, *said: str) -> None:
        """Open the screen anew; it says all this, and nothing of it is cut off."""
        self.show()
        text = self.phone.find("dialog[open]").inner_text
        for words in said:
            wait_until(lambda words=words: words in text(), f"{name}: {words!r} in {text()!r}")
        assert self.phone.browser.run(TOO_WIDE) == []
        if self.folder:
            self.shoot(self.folder, name, self.tone())

    def tone(self) -> str:
        """How the screen's first words are dressed: which of the states it tells."""
        return str(self.phone.browser.run("document.querySelector('dialog[open] .sum')?.className ?? ''"))

    def show(self) -> None:
        self.phone.page.goto(f"{self.phone.home}#/mine")
        self.phone.page.reload()
        self.phone.find("dialog[open] .screen__body").wait_for()

    def shoot(self, folder: Path, name: str, tone: str) -> None:
        for lang in ("sv", "en"):
            self.phone.browser.run(f"localStorage.setItem('ts-lang', '{lang}')")
            self.show()
            self.phone.find("dialog[open] .sum, dialog[open] p:not([hidden])").first.wait_for()
            wait_until(lambda: self.tone() == tone, f"{name}, told in {lang}")
            self.phone.page.screenshot(path=folder / f"{name}-{lang}.png")
        self.phone.browser.run(f"document.documentElement.style.fontSize = '{TWICE}'")
        self.phone.page.screenshot(path=folder / f"{name}-twice.png")


def test_f15_my_pins_says_in_every_state_what_is_where_and_what_to_do(site: Site, new_phone: Make) -> None:
    phone = Phone(new_phone(viewport=(360, 640), scale=1, lang="en-GB"), site)
    phone.join()
    browser, road, screen = phone.browser, site.road, MyPins(phone)
    browser.expect_error("503|401|not here|Failed to fetch")
    screen.look("nothing", "No pins yet")
    assert phone.find("#try-now").is_hidden()

    phone.open()
    gate = threading.Event()
    road.on("PUT", "/pins/", hold(gate))
    one = phone.drop("lighting", "camera")
    screen.look("sending", "Sending", "sending")
    browser.offline()
    phone.open()
    two = phone.drop("litter", "camera")
    gate.set()
    screen.look("saved", "waiting to send", "do not need to do anything", "saved", "photo is waiting")

    no_photos = road.only("PUT", "/photos/", answer_with(503, b"{}", b"application/json"))
    browser.online()
    screen.show()
    wait_until(
        lambda: no_photos.hits and {each["kind"] for each in phone.entries()} == {"photo"}, "words only"
    )
    screen.look("part", "sent", "photo is waiting", "tried again by itself. What is saved stays")
    road.only("*", "/api/", answer_with(503, b"{}", b"application/json"))
    screen.look("away", "tried again by itself. What is saved stays", "Not sent yet: ")
    road.only("*", "/api/", captive_portal())
    screen.look("portal", "needs a login", "stays on your phone")
    browser.offline()
    road.clear()

    refused(screen)
    arrived(screen, one["id"], two["id"])


def refused(screen: MyPins) -> None:
    """What the server will not take, or not from this phone."""
    phone = screen.phone
    screen.change("entries", REFUSED, "row.kind === 'photo'")
    screen.look("help", "could not be sent", "stay", "See why")
    screen.change("walks", "{ parked: 'rejoin' }")
    screen.change("entries", "{ state: 'waiting' }")
    screen.look("rejoin", "Scan the walk’s code again", "Type the code")
    screen.change("walks", "{ parked: 'gone' }")
    screen.look("gone", "no longer has this walk", "Save what is not sent as a file", "stays on your phone")
    phone.find("#save-file").click()
    said, try_now = (phone.find(name).bounding_box() for name in (".toast", "#try-now"))
    assert said["y"] + said["height"] <= try_now["y"], "what is said covers no button"
    screen.change("walks", "{ parked: null }")
    phone.browser.online()


def arrived(screen: MyPins, one: str, two: str) -> None:
    """What has arrived, and what came of it."""
    phone, browser = screen.phone, screen.phone.browser
    screen.show()
    phone.wait_until_sent()
    photos = len(phone.photos())  # the camera may have given the same picture twice
    screen.look("sent", "Everything is sent", f"In all 2 pins, {photos} photo", "photo sent")
    browser.offline()
    screen.show()  # no answer is on its way that could undo what is changed here
    edited(screen, one)
    screen.change("entries", "{ again: true }")
    screen.look("again", "waiting to send", "has lost something that had arrived", "sends it again by itself")
    screen.change("pins", "{ late: true }", f"row.id === {json.dumps(one)}")
    screen.change("pins", "{ conflict: true }", f"row.id === {json.dumps(two)}")
    screen.look("late", "after the walk had ended", "another version of this pin")
    screen.change("pins", "{ photo_lost: true, photos: [] }", f"row.id === {json.dumps(two)}")
    screen.look("full", "the photo did not fit")
    phone.page.goto(f"{phone.home}#/pin/{one}")
    phone.find("#pin-remove").click()
    wait_until(lambda: phone.pin(one)["withdrawn"], "one taken back")
    screen.look("removed", "Recently removed", "Not sent yet: 1 removal", "Undo")
    phone.find("#try-now").click()
    phone.find(".toast:has-text('No network right now')").wait_for()

    browser.online()
    phone.page.add_init_script(NO_STORE)
    screen.show()
    browser.until("document.body.textContent.includes('keeps nothing')", "memory mode, said so")


def edited(screen: MyPins, pin: str) -> None:
    """What had been sent and is changed is no longer called sent."""
    phone, form = screen.phone, "dialog[open]:has(#pin-remove)"
    phone.page.goto(f"{phone.home}#/pin/{pin}")
    phone.find(f"{form} [data-state=sent]").wait_for()
    note = phone.find(f"{form} .screen__foot [role=status]")
    wait_until(lambda: note.inner_text() == "What you change is saved at once", "what will be so, told")
    phone.find(f"{form} textarea").first.fill("The lamp is broken")
    phone.find(f"{form} [data-state=saved]").wait_for()
    wait_until(lambda: note.inner_text() == "Saved on your phone. It is sent when you are done.", "told")
    assert phone.find(f"{form} [data-state=sent]").count() == 0


def test_what_is_sent_while_its_form_is_open_is_told_there(joined: Joined) -> None:
    phone = joined()
    phone.browser.offline()
    pin = phone.drop("lighting", "camera")
    phone.page.goto(f"{phone.home}#/pin/{pin['id']}")
    phone.find("[data-photo]:has-text('saved')").wait_for()
    phone.browser.online()
    phone.find("[data-photo]:has-text('sent')").wait_for()
    phone.find("dialog[open]:has(#pin-remove) [data-state=sent]").wait_for()
