"""What a phone's system does to a page: no network now and then, little memory, killed, frozen, woken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.chaos.proxy import answer_with
from tests.e2e.backstage import query
from tests.e2e.browser import Browser
from tests.e2e.faults import NOBODY_SENDS
from tests.e2e.filled import fill, jpeg
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.waiting import wait_until

Make = Callable[..., Browser]
TOGGLES, EVERY_MS = 50, 300
MANY = 24
# How many photos' bytes the page holds: read from the store and not yet answered for. And whether the
# store was ever asked for all of them at once.
COUNT_HELD = """(() => {
  const held = { now: 0, most: 0, all: 0, words: [] };
  window.held = held;
  const { get, getAll } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.get = function (key) {
    const request = get.call(this, key);
    if (this.name === 'bytes')
      request.addEventListener('success', () => { held.most = Math.max(held.most, ++held.now); });
    return request;
  };
  IDBObjectStore.prototype.getAll = function (...rest) {
    if (this.name === 'bytes') held.all++;
    return getAll.apply(this, rest);
  };
  const { fetch } = window;
  window.fetch = (url, options) => {
    const answer = fetch(url, options);
    if (options?.body instanceof Blob) answer.finally(() => { held.now--; }).catch(() => {});
    return answer;
  };
  new MutationObserver(() => {
    const words = document.querySelector('dialog[open] .sum p')?.textContent ?? '';
    if (words && words !== held.words.at(-1)) held.words.push(words);
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()"""
# No memory for a picture, while localStorage says so: the worker dies, and the page cannot open it either.
TIGHT = """(() => {
  if (localStorage.getItem('is-tight') === null) return;
  window.createImageBitmap = () => Promise.reject(new DOMException('no memory', 'InvalidStateError'));
  window.Worker = class extends EventTarget {
    postMessage() { setTimeout(() => this.dispatchEvent(new Event('error'))); }
    terminate() {}
  };
})()"""


@pytest.fixture
def phone(site: Site, new_phone: Make) -> Phone:
    phone = Phone(new_phone(viewport=(360, 640), scale=1, lang="en-GB"), site)
    phone.join(ready=False)
    phone.wait_until_installed()
    return phone


def counted(site: Site, phone: Phone) -> int:
    """How many pins of this phone the server has; there is one row for each id or none."""
    mine = [pin["id"].replace("-", "") for pin in phone.pins()]
    marks = ", ".join("?" * len(mine))
    return int(query(site, f"SELECT count(*) FROM pin WHERE id IN ({marks})", *mine)[0][0])


def test_p20_a_network_that_comes_and_goes_fifty_times_loses_and_repeats_nothing(
    site: Site, phone: Phone
) -> None:
    made = fill(phone, 12)
    phone.browser.offline()
    phone.page.clock.install()
    phone.open()
    for turn in range(TOGGLES):
        phone.browser.context.set_offline(turn % 2 == 1)
        phone.page.clock.run_for(EVERY_MS)
    phone.browser.online()
    phone.page.clock.resume()
    phone.wait_until_sent()
    assert counted(site, phone) == len(made)
    sent = Counter(one.path.rsplit("/", 1)[-1] for one in site.road.seen("PUT", "/pins/"))
    assert set(sent) == set(made)
    assert max(sent.values()) <= 3


def test_p21_a_long_queue_is_sent_with_few_photos_in_memory_and_honest_words(
    site: Site, phone: Phone
) -> None:
    browser = phone.browser
    made = fill(phone, MANY, jpeg())
    phone.page.add_init_script(COUNT_HELD)
    slow = browser.slow_cpu(6)
    away = site.road.on("*", "/api/", answer_with(503, b"{}", b"application/json"))
    browser.expect_error("503")
    phone.page.goto(f"{phone.home}#/mine")
    phone.find("dialog[open] .rows .line").first.wait_for()
    wait_until(lambda: away.hits, "a server that is away")
    browser.until(NOBODY_SENDS, "the end of that try")
    assert (browser.run("held.all"), browser.run("held.most")) == (0, 0)
    browser.run("held.words.length = 0")
    site.road.clear()
    phone.find("#try-now").click()
    phone.wait_until_sent(60)
    browser.until("held.words.at(-1) === 'Everything is sent'", "the last word")
    slow.detach()
    assert counted(site, phone) == MANY
    assert len(site.road.seen("PUT", "/photos/")) == MANY
    assert browser.run("held.all") == 0
    assert 1 <= browser.run("held.most") <= 4
    assert browser.run("held.now") == 0
    assert_honest(browser.run("held.words"), 2 * len(made))


def assert_honest(words: list[str], n: int) -> None:
    """What was said while it was sent: never further than before, and done only at the end."""
    steps = [tuple(map(int, line.split()[1:4:2])) for line in words if line.startswith("Sending ")]
    assert steps
    assert steps == sorted(steps)
    assert all(i <= total <= n for i, total in steps)
    assert words.index("Everything is sent") == len(words) - 1


def test_p23_a_huge_photo_is_kept_whole_while_memory_is_short_and_made_smaller_later(
    site: Site, phone: Phone, tmp_path: Path
) -> None:
    browser = phone.browser
    file = tmp_path / "huge.jpg"
    tile = Image.effect_noise((1000, 750), 90).convert("RGB")
    whole = Image.new("RGB", (8000, 6000))
    for x in range(8):
        for y in range(8):
            whole.paste(tile, (1000 * x, 750 * y))
    whole.save(file, quality=90)
    assert file.stat().st_size > 8_000_000
    phone.page.add_init_script(TIGHT)
    browser.run("localStorage.setItem('is-tight', 'yes')")
    phone.reload()
    line = browser.slow_cpu(6)
    line.send("Memory.simulatePressureNotification", {"level": "critical"})
    browser.offline()
    pin = phone.drop("lighting", file)
    (kept,) = phone.stored("bytes")
    assert kept["bytes"] == file.stat().st_size
    assert phone.photos()[0]["raw"]
    line.detach()
    browser.run("localStorage.removeItem('is-tight')")
    phone.page.goto(f"{phone.home}#/mine")
    phone.page.reload()  # still offline: a page without memory must not try to make the photo smaller
    phone.find("#try-now").wait_for()
    browser.online()
    phone.wait_until_sent(60)
    (sent,) = phone.pin(pin["id"])["photos"]
    assert sent["sha256"] != pin["photos"][0]["sha256"]
    found = query(site, "SELECT sent_bytes < 2000000 FROM photo WHERE sent_sha256 = ?", sent["sha256"])
    assert found == [(1,)]


def test_p24_the_camera_app_kills_the_browser_and_the_photo_is_offered_on_that_very_pin(
    site: Site, phone: Phone
) -> None:
    browser = phone.browser
    browser.offline()
    other = phone.drop("litter")
    phone.choose_camera("phone")
    phone.find("#new-pin").click()
    with phone.page.expect_file_chooser():
        phone.find(".tiles [data-code='lighting']").click()
    wait_until(lambda: len(phone.pins()) == 2, "the pin, before the camera")
    browser.crash_tab()
    phone.page.goto(phone.home)
    (pin,) = (one for one in phone.pins() if one["id"] != other["id"])
    assert pin["awaiting_photo"]
    assert (pin["category"], pin["fields"]["there"]["lat"]) == ("lighting", other["fields"]["there"]["lat"])
    question = phone.find("dialog.dialog[open]:has-text('Lighting')")
    question.wait_for()
    question.locator(".btn--primary").click()
    phone.find("dialog.camera .camera__choices").wait_for()
    assert phone.page.url.endswith(f"#/photo/{pin['id']}")
    browser.online()
    phone.find("dialog.camera input[type=file]").first.set_input_files(
        {"name": "image.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    )
    wait_until(lambda: len(phone.pin(pin["id"])["photos"]) == 1, "the photo on that pin")
    assert phone.pin(other["id"])["photos"] == []
    phone.wait_until_sent()


def test_p25_a_frozen_page_sends_when_it_thaws_without_any_background_sync(site: Site, phone: Phone) -> None:
    browser = phone.browser
    phone.page.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    phone.reload()
    browser.offline()
    pin = phone.drop("lighting", "camera")
    line = browser.cdp()
    line.send("Page.setWebLifecycleState", {"state": "frozen"})
    browser.online()
    assert query(site, "SELECT count(*) FROM pin WHERE id = ?", pin["id"].replace("-", "")) == [(0,)]
    line.send("Page.setWebLifecycleState", {"state": "active"})
    phone.wait_until_sent()
    assert counted(site, phone) == 1


def test_p26_background_sync_wakes_a_page_whose_timers_stand_still(site: Site, phone: Phone) -> None:
    browser = phone.browser
    pulls = len(site.road.seen("GET", "/changes"))
    phone.page.clock.install()
    phone.page.goto(phone.home)
    site.road.wait_for("GET", "/changes", pulls + 1)
    phone.page.clock.pause_at(browser.run("Date.now()") / 1000 + 60)
    browser.until(NOBODY_SENDS, "the end of what that minute began")
    browser.expect_error("503")
    # Only what sends: were reading refused to a round of that minute, nothing would be tried at all.
    site.road.on("PUT", "/api/", answer_with(503, b"{}", b"application/json"))
    phone.drop("lighting")
    wait_until(lambda: phone.entries()[0]["not_before"] == 0, "nothing more to be said of it")

    def must_wait() -> bool:
        phone.page.clock.run_for(1_000)
        return bool(phone.entries()[0]["next_at"] > 0)

    wait_until(must_wait, "a server that is away, and a time to wait for")
    browser.until(NOBODY_SENDS, "the end of the round")
    site.road.clear()
    line, told = browser.cdp(), []

    def hear(event: dict[str, Any]) -> None:
        told.extend(one["registrationId"] for one in event["registrations"])

    line.on("ServiceWorker.workerRegistrationUpdated", hear)
    line.send("ServiceWorker.enable")
    wait_until(lambda: told or browser.run("false"), "the worker's registration")
    assert len(site.road.seen("PUT", "/pins/")) == 1
    sync = {"origin": site.url, "registrationId": told[0], "tag": "outbox", "lastChance": False}
    line.send("ServiceWorker.dispatchSyncEvent", sync)
    phone.wait_until_sent()
    assert len(site.road.seen("PUT", "/pins/")) == 2
