"""New versions of the app, broken ones, and the stores that older and newer ones left on the phone.

A release is made on the road: the server's own worker and page under another build, so that a browser
installs it as it would the next real one.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Error

from tests.chaos.proxy import Act, Exchange, Message, Road, answer_with, hold
from tests.contract.tree import ROOT
from tests.e2e.backstage import query, walk_of
from tests.e2e.browser import Browser
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.waiting import wait_until

Make = Callable[..., Browser]
DUMPS = sorted((ROOT / "tests/golden").glob("indexeddb-v*.json"))
REGISTRATION = "navigator.serviceWorker.getRegistration('/')"
UPDATE = f"{REGISTRATION}.then((found) => found.update()).then(() => true, () => false)"
LOOK_AGAIN = f"document.dispatchEvent(new Event('visibilitychange')); {UPDATE}"
BUILD = "document.getElementById('app').dataset.build"
SCRIPT = b"text/javascript"
# It installs, takes every page over at once, and then answers nothing.
DEAF = b"""
oninstall = () => skipWaiting();
onactivate = (event) => event.waitUntil(clients.claim());
onfetch = (event) => event.respondWith(Promise.reject(new Error('broken')));
"""


@pytest.fixture
def phone(site: Site, new_phone: Make) -> Phone:
    phone = Phone(new_phone(viewport=(360, 640), scale=1, lang="en-GB"), site)
    phone.join()
    phone.reload()  # who came while the worker was being installed may stay without it
    return phone


def release(old: str, new: str) -> Act:
    """The server as it will be: everything of build `old` is told and asked for as `new`."""

    async def act(road: Road, exchange: Exchange) -> None:
        request = exchange.request
        kept = [line for line in request.headers if line[0].lower() != b"accept-encoding"]
        first = request.first.replace(new.encode(), old.encode())
        exchange.request = Message(first, kept, request.body)
        answer = await road.ask(exchange)
        if answer:
            body = answer.body.replace(old.encode(), new.encode())
            is_text = exchange.path == "/sw.js" or exchange.path.startswith("/app/")
            await road.tell(exchange, Message(answer.first, answer.headers, body if is_text else answer.body))

    return act


def test_p17_a_new_version_waits_while_a_sheet_is_open_or_something_is_sent(site: Site, phone: Phone) -> None:
    browser, gate = phone.browser, threading.Event()
    old = browser.run(BUILD)
    new = old[::-1]
    assert new != old
    site.road.on("PUT", r"/pins/", hold(gate), times=1)
    site.road.on("*", "", release(old, new))
    pin = phone.drop("lighting")
    browser.run(f"location.hash = '#/pin/{pin['id']}'")
    note = phone.find("dialog[open] textarea").first
    note.fill("Half a sen")
    browser.run("window.isSame = true")
    assert browser.run(UPDATE)
    browser.until(f"{REGISTRATION}.then((found) => Boolean(found.waiting))", "the new version waiting")
    assert browser.run(LOOK_AGAIN)
    assert phone.find(".toast").count() == 0
    assert note.input_value() == "Half a sen"

    phone.page.keyboard.press("Escape")
    browser.until("!document.querySelector('dialog[open]')", "the map")
    wait_until(lambda: [one for one in phone.entries() if one["state"] == "sending"], "a pin under way")
    assert browser.run(LOOK_AGAIN)
    assert phone.find(".toast").count() == 0
    assert browser.run("window.isSame")

    gate.set()
    phone.wait_until_sent()
    browser.until("!document.querySelector('.status__face').textContent.includes('Sending')", "rest")
    assert browser.run(LOOK_AGAIN)
    phone.find(".toast .btn").first.click()
    browser.until(f"window.isSame === undefined && {BUILD} === '{new}'", "the new version")
    phone.find("#new-pin").wait_for()
    assert phone.pin(pin["id"])["fields"]["text"] == "Half a sen"


def test_p18_a_broken_worker_is_survived_and_replaced_at_the_next_start(site: Site, phone: Phone) -> None:
    browser, road = phone.browser, site.road
    browser.expect_error("broken|Failed to fetch|sw.js|ServiceWorker|503|net::")
    away = road.on("PUT", "/pins/", answer_with(503, b"{}", b"application/json"))
    pin = phone.drop("lighting")
    wait_until(lambda: away.hits, "a server that is away")

    road.on("GET", r"/sw\.js", answer_with(200, b"throw new Error('broken')", SCRIPT), times=1)
    assert browser.run(UPDATE) is False
    browser.offline()
    phone.reload()
    browser.online()

    deaf = road.on("GET", r"/sw\.js", answer_with(200, DEAF, SCRIPT))
    browser.run("navigator.serviceWorker.oncontrollerchange = () => { window.isDeaf = true; }; true")
    browser.run(UPDATE)
    browser.until("window.isDeaf", "the deaf worker in charge")
    line = browser.cdp()
    line.send("ServiceWorker.enable")
    line.send("ServiceWorker.stopAllWorkers")
    assert deaf.hits
    asked, pages = len(road.seen("GET", r"/sw\.js")), len(road.seen("GET", "/app/$"))
    road.clear()
    with pytest.raises(Error, match="ERR_FAILED"):
        phone.page.goto(phone.home)
    # That start failed, and the browser looked for a newer worker because of it.
    road.wait_for("GET", r"/sw\.js", count=asked + 1)
    road.wait_for("GET", "/app/$", count=pages + 1)
    wait_until(lambda: _opens(phone), "the app, by the next worker", 60, every=1)
    phone.wait_until_sent()
    assert phone.pin(pin["id"])["acked_rev"] == 1


def _opens(phone: Phone) -> bool:
    try:
        phone.open()
    except Error:
        return False
    return True


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.stem)
@pytest.mark.parametrize("newer", [False, True], ids=["as it was", "made newer"])
def test_p19_what_an_older_version_left_unsent_is_sent_and_nothing_is_made_anew(
    site: Site, phone: Phone, dump: Path, newer: bool
) -> None:
    browser = phone.browser
    browser.expect_error("40[019]|41[05]|422")
    told = fitted(json.loads(dump.read_text(encoding="utf-8")), phone)
    phone.page.goto(f"{site.url}/om")
    browser.run(LOAD.replace("DUMP", json.dumps(told)).replace("NEWER", str(99 if newer else 0)))
    phone.open()
    if any(pin["awaiting_photo"] for pin in told["stores"]["pins"]):
        phone.find("dialog.dialog[open] .btn").last.click()
    held = {pin["id"]: pin["fields"]["text"] for pin in told["stores"]["pins"] if not pin["withdrawn"]}
    assert {pin["id"] for pin in phone.pins() if not pin["withdrawn"]} == set(held)
    phone.page.goto(f"{phone.home}#/mine")
    phone.find("#try-now").click()
    phone.wait_until_sent()
    wait_until(lambda: phone.stored("walks")[0]["epoch"] != "epoch-1", "the server asked what it lacks")
    phone.wait_until_sent()
    rows = query(site, "SELECT id, text FROM pin WHERE walk_id = ?", walk_of(phone))
    mine = {key.replace("-", ""): text for key, text in held.items()}
    assert {key: text for key, text in rows if key in mine} == mine
    photos = [photo["sha256"] for photo in told["stores"]["photos"]]
    stored = "SELECT count(*) FROM photo WHERE sent_sha256 IN (?, ?)"
    # One of them the server had proved to have in a life that this one does not know: it asks for it.
    wait_until(lambda: query(site, stored, *photos) == [(2,)], "both photos at the server")
    answered = query(site, "SELECT count(*) FROM rating WHERE walk_id = ?", walk_of(phone))
    assert answered[0][0] >= len(told["stores"]["ratings"])


# Fill the phone exactly as the dump says, without the app's own code; then perhaps as one to come left it.
LOAD = """(async () => {
  const told = DUMP;
  const whole = (value) => typeof value?.base64 === 'string'
    ? Uint8Array.from(atob(value.base64), (char) => char.charCodeAt(0)).buffer : value;
  const row = (one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name, whole(value)]));
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  await done(indexedDB.deleteDatabase(told.name));
  const opening = indexedDB.open(told.name, told.version);
  opening.onupgradeneeded = () => {
    for (const [name, { keyPath, walk }] of Object.entries(told.layout)) {
      const made = opening.result.createObjectStore(name, { keyPath });
      if (walk) made.createIndex('walk', 'walk');
      for (const one of told.stores[name]) made.put(row(one));
    }
  };
  (await done(opening)).close();
  if (!NEWER) return;
  const later = indexedDB.open(told.name, NEWER);
  later.onupgradeneeded = () => later.result.createObjectStore('of the future', { keyPath: 'id' });
  (await done(later)).close();
})()"""


def fitted(dump: dict[str, Any], phone: Phone) -> dict[str, Any]:
    """The dump as if this phone had made it: its walk and participant, a real question, real pictures."""
    walk = phone.stored("walks")[0]
    questions = [
        *walk["bundle"]["end_questions"],
        *(q for s in walk["bundle"]["stops"] for q in s["questions"]),
    ]
    scaled = next(each["id"] for each in questions if each["scale"] == "1-5")
    text = json.dumps(dump["stores"])
    for number, kept in enumerate(dump["stores"]["bytes"]):
        picture = io.BytesIO()
        Image.effect_noise((64, 48), 30 + number).convert("RGB").save(picture, "JPEG")
        sha256 = hashlib.sha256(picture.getvalue()).hexdigest()
        text = text.replace(kept["sha256"], sha256)
        text = text.replace(kept["bytes"]["base64"], base64.b64encode(picture.getvalue()).decode())
    for old, new in (
        (dump["stores"]["walks"][0]["id"], walk["id"]),
        (dump["stores"]["ratings"][0]["question_id"], scaled),
    ):
        text = text.replace(old, new)
    stores = json.loads(text)
    stores["walks"][0] |= {name: walk[name] for name in ("bundle", "rejoin", "participant_id")}
    for entry in stores["entries"]:
        if entry["body"]:
            entry["sha256"] = hashlib.sha256(entry["body"].encode()).hexdigest()
    for pin in stores["pins"]:
        if pin["acked_body"]:
            pin["acked_sha256"] = hashlib.sha256(pin["acked_body"].encode()).hexdigest()
    return dump | {"stores": stores}
