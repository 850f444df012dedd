"""The phone's own storage goes bad: a killed browser, no room, another tab, none at all.

Phone faults P2 and P12 to P15, and the story of the lost database. Faults are made by the browser's
developer protocol, by signals, or by breaking IndexedDB itself before the app runs.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession

from tests.chaos.proxy import answer_with
from tests.e2e.browser import Browser
from tests.e2e.conftest import Joined, Pictures
from tests.e2e.faults import JSON, mine
from tests.e2e.filled import fill, jpeg, on_page
from tests.e2e.phone import Phone
from tests.e2e.truth import check, pins_of
from tests.waiting import wait_until


def test_p02_a_killed_browser_loses_nothing_that_was_called_saved(joined: Joined, pictures: Pictures) -> None:
    phone = joined(on_disk=True)
    phone.browser.expect_error("401")
    phone.wait_until_installed()
    phone.browser.offline()
    said: set[str] = set()
    for round_ in range(3):
        for category in ("lighting", "litter", "vegetation")[: round_ + 1]:
            said.add(phone.drop(category, pictures() if round_ == 1 else None)["id"])
        # The next one is on its way to the disk, or not.
        phone.find("#new-pin").click()
        phone.find(".tiles [data-code='good_place']").click()
        phone.browser.kill()
        # What the browser itself had not written down yet is no part of the promise.
        phone.browser.launch().add_init_script(f"localStorage.setItem('ts-begun', '{phone.walk}')")
        phone.browser.offline()
        phone.open()
        kept = {pin["id"]: pin for pin in phone.pins()}
        assert said <= set(kept)
        assert {entry["target"] for entry in phone.entries() if entry["kind"] == "pin"} >= set(kept)
        shown = {place["sha256"] for pin in kept.values() for place in pin["photos"]}
        assert {one["sha256"] for one in phone.stored("bytes")} == shown
        if any(pin["awaiting_photo"] for pin in kept.values()):
            phone.find("dialog.dialog .btn").last.click()
    phone.browser.context.clear_cookies()  # written down seldom: had the kill come earlier, it would be gone
    phone.browser.online()
    mine(phone)
    phone.find("#try-now").click()
    phone.wait_until_sent()
    check(phone)


# As many pins of a few words as go in; how many went, and what the next one was told.
WORDS = """
  const { walk } = (await store.listEntries())[0];
  const there = { lat: 60.1735, lon: 24.944 };
  for (let n = 0; ; n++) {
    try {
      await store.savePin(walk, { kind: 'problem', category: 'litter', text: 'Words. '.repeat(80), there });
    } catch (error) {
      return [n, error.code];
    }
  }
"""


def leave_room(phone: Phone, room: int) -> CDPSession:
    """From here on so much more fits on the phone, as long as the line is open.

    The browser is started anew: one that runs has made up its mind about the room for the next half a minute.
    """
    wait_until(lambda: (phone.stored("walks")[0]["ready"] or {}).get("pack"), "the map on the phone")
    wait_until(lambda: "ballast-words" in [one["name"] for one in phone.stored("meta")], "the ballast laid")
    origin = {"origin": phone.site.url}
    used = phone.browser.cdp().send("Storage.getUsageAndQuota", origin)["usage"]
    phone.browser.close()
    phone.browser.launch()
    line = phone.browser.cdp()
    line.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": used + room})
    phone.page.goto(f"{phone.site.url}/om")
    return line


def test_p12_a_full_phone_keeps_every_word_and_asks_for_the_photo_when_there_is_room(joined: Joined) -> None:
    phone = joined(on_disk=True)
    away = phone.site.road.on("*", "/api/", answer_with(503, b"{}", JSON))
    phone.browser.expect_error("503")
    photo = jpeg(900, 700)
    line = leave_room(phone, len(photo) * 9 // 2)
    before = fill(phone, 4, photo)
    phone.open()
    phone.choose_camera("phone")
    phone.find("#new-pin").click()
    with phone.page.expect_file_chooser() as chooser:
        phone.find(".tiles [data-code='lighting']").click()
    big = {"name": "big.jpg", "mimeType": "image/jpeg", "buffer": jpeg(1600, 1200)}
    chooser.value.set_files([big])
    phone.find(".toast:has-text('The pin is saved, but the photo did not fit')").wait_for()
    [lost] = [pin["id"] for pin in phone.pins() if pin["photo_lost"]]
    mine(phone)
    phone.find(".notice:has-text('Your phone is full')").wait_for()
    # The four before it are untouched, and words go on until their own room is used up; then it is said.
    count, told = on_page(phone, WORDS)
    assert (count > 40, told) == (True, "store_full")
    kept = phone.stored("bytes")
    assert len(kept) == 4
    assert all(one["bytes"] >= len(photo) for one in kept)
    assert len(phone.pins()) == len(before) + 1 + count
    # Nothing of that keeps it from being sent.
    wait_until(lambda: away.hits, "a server that is away")
    phone.site.road.clear()
    phone.sync()
    line.send("Storage.overrideQuotaForOrigin", {"origin": phone.site.url})
    phone.find(f"#add-{lost}").click()
    with phone.page.expect_file_chooser() as chooser:
        phone.find(".camera__choices .file-button").last.click()
    chooser.value.set_files([big])
    wait_until(lambda: len(phone.pin(lost)["photos"]) == 1, "the photo on that very pin")
    phone.wait_until_sent()
    check(phone)
    line.detach()


OLD_TAB = """new Promise((done) => {
  const open = indexedDB.open('trygga-steg');
  open.onsuccess = () => { window.held = open.result; done(open.result.version); };
})"""
NEWER = """(() => {
  const open = indexedDB.open('trygga-steg', 1000);
  window.newer = 'asked';
  open.onblocked = () => { window.newer = 'blocked'; };
  open.onsuccess = () => { window.newer = 'open'; open.result.close(); };
})()"""


def other_tab(phone: Phone) -> Browser:
    """Another tab of the same browser, on a page of the same site that is not the app."""
    other = Browser(phone.browser.chromium, phone.browser.playwright, None, phone.browser.device, "other")
    other._context = phone.browser.context
    other._page = other.context.new_page()
    other.page.goto(f"{phone.site.url}/om")
    return other


def test_p13_a_newer_version_gets_the_store_and_the_old_tab_says_so(joined: Joined) -> None:
    phone = joined()
    pin = phone.drop("lighting")
    other = other_tab(phone)
    other.run(NEWER)
    other.until("window.newer === 'open'", "the store handed over")
    phone.find(".banner:has-text('newer version is open in another tab')").wait_for()
    with phone.page.expect_navigation():
        phone.find(".banner .btn").click()
    phone.find("#new-pin").wait_for()
    assert pin["id"] in {one["id"] for one in phone.pins()}
    phone.drop("litter")
    phone.wait_until_sent()
    check(phone)


def test_p13_a_tab_that_holds_the_store_is_named_and_nothing_hangs(joined: Joined) -> None:
    phone = joined()
    pin = phone.drop("lighting")
    phone.wait_until_sent()
    holder, newer = other_tab(phone), other_tab(phone)
    holder.run(OLD_TAB)
    phone.page.goto("about:blank")
    newer.run(NEWER)
    newer.until("window.newer === 'blocked'", "the upgrade blocked")
    phone.page.goto(phone.home)
    phone.find(".notice:has-text('Close other tabs')").wait_for()
    holder.page.close()
    phone.find("#new-pin").wait_for()
    assert phone.pin(pin["id"])["acked_rev"] == 1
    check(phone)


BROKEN = {
    "throws": "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); }",
    "fails": """IDBFactory.prototype.open = () => {
      const request = { addEventListener(type, tell) { if (type === 'error') setTimeout(tell); } };
      request.error = new DOMException('Internal error', 'UnknownError');
      return Object.setPrototypeOf(request, IDBOpenDBRequest.prototype);
    }""",
    "is not there": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
}


@pytest.mark.parametrize("how", ["throws", "is not there"])
def test_p14_without_a_store_everything_is_sent_at_once_and_the_screen_says_so(
    joined: Joined, how: str
) -> None:
    phone = joined()
    phone.page.add_init_script(BROKEN[how])
    phone.page.reload()
    phone.find("#new-pin").wait_for()
    phone.find(".banner.is-error:has-text('keeps nothing')").wait_for()
    put = phone.site.road.seen("PUT", "/pins/")
    phone.find("#new-pin").click()
    phone.find(".tiles [data-code='lighting']").click()
    # The viewfinder is still open: nothing waits for it.
    [sent] = phone.site.road.wait_for("PUT", "/pins/", len(put) + 1)[len(put) :]
    assert sent.status == 201
    phone.find(".camera__saved:has-text('Kept on this page only')").wait_for()
    phone.find("#photo-skip").click()
    phone.find("dialog.camera").wait_for(state="hidden")
    assert "saved" not in told_of_own_pin(phone).lower()
    phone.find("#strip-status:has-text('All sent')").wait_for()


def told_of_own_pin(phone: Phone) -> str:
    """All that the list and the form say of the resident's pin."""
    phone.browser.run("location.hash = '#/list'")
    line = phone.find("dialog[open] .line").first
    told = line.inner_text()
    line.click()
    phone.find("#pin-remove").wait_for()
    told += phone.find("dialog[open]").last.inner_text()
    phone.page.go_back()
    phone.page.go_back()
    return told


def test_p14_what_only_the_page_holds_is_not_left_unasked(joined: Joined) -> None:
    phone = joined()
    phone.page.add_init_script(BROKEN["throws"])
    phone.page.reload()
    phone.find("#new-pin").wait_for()
    phone.site.road.down()
    try:
        phone.find("#new-pin").click()
        phone.find(".tiles [data-code='lighting']").click()
        phone.find("#photo-skip").click()
        phone.find("#strip-status:has-text('1 waiting')").wait_for()
        phone.find("#strip-status").click()
        phone.find("dialog[open] .sum:has-text('Keep this page open')").wait_for()
        phone.page.go_back()
        with phone.page.expect_event("dialog") as asked:
            phone.page.close(run_before_unload=True)
        assert asked.value.type == "beforeunload"
        asked.value.dismiss()
    finally:
        phone.site.road.up()
    phone.find("#strip-status:has-text('All sent')").wait_for(timeout=40_000)


def test_p15_a_cleared_phone_still_knows_who_it_is_and_says_what_is_safe(joined: Joined) -> None:
    phone = joined()
    phone.drop("lighting")
    phone.drop("litter")
    phone.wait_until_sent()
    sent = {row["id"] for row in pins_of(phone)}
    line = phone.browser.cdp()
    kinds = "indexeddb,local_storage,cache_storage,service_workers"
    line.send("Storage.clearDataForOrigin", {"origin": phone.site.url, "storageTypes": kinds})
    phone.page.goto("about:blank")
    phone.page.goto(phone.home)
    phone.find("#to-map").click()
    phone.find(".banner:has-text('2 sent pins are safe with us. Unsent ones may be lost')").wait_for()
    assert phone.pins() == []
    phone.drop("vegetation")
    phone.wait_until_sent()
    # The same participant as before, by the cookie that the page cannot read.
    assert len(pins_of(phone)) == 3
    assert sent < {row["id"] for row in pins_of(phone)}


PERSIST = """(() => {
  window.steps = [];
  const ask = StorageManager.prototype.persist;
  StorageManager.prototype.persist = function () { steps.push('persist'); return ask.call(this); };
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value) { steps.push(this.name); return put.call(this, value); };
})()"""
CLOSE_ALL = """(() => {
  window.connections = [];
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...words) {
    if (words[1] === 'readwrite' && window.closeNext > 0) { window.closeNext -= 1; this.close(); }
    return transaction.apply(this, words);
  };
})()"""


def test_f03_a_database_closed_in_the_middle_is_opened_again(joined: Joined) -> None:
    phone = joined(permissions=("geolocation", "camera"))
    phone.browser.run(PERSIST)
    phone.browser.run(CLOSE_ALL)
    phone.browser.run("window.closeNext = 1")
    pin = phone.drop("lighting", "camera")
    assert phone.browser.run("window.closeNext") == 0
    steps = phone.browser.run("window.steps")
    assert steps.index("persist") < steps.index("pins")
    [stored] = phone.stored("bytes")
    assert stored["bytes"] == phone.photos()[0]["size"]
    # Again while it is being sent, as Safari's storage process goes when the app lies in the background.
    phone.browser.offline()
    phone.drop("litter")
    phone.browser.run("window.closeNext = 1")
    phone.browser.online()
    phone.wait_until_sent()
    assert phone.browser.run("window.closeNext") == 0
    assert phone.pin(pin["id"])["acked_rev"] > 0
    check(phone)


def test_f03_a_private_window_is_warned_of_before_the_first_pin(joined: Joined) -> None:
    phone = joined()
    phone.page.goto(f"{phone.home}#/ready")
    phone.find("dialog[open] .ticks").wait_for()
    assert phone.find(".notice:has-text('private window')").is_hidden()
    phone.page.add_init_script(
        "StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('', 'SecurityError'))"
    )
    phone.page.reload()
    phone.find(".notice:has-text('private window')").wait_for()
