"""How the app starts and who else runs it: a bad worker, a wrong clock, two tabs, a deadly camera.

Phone faults P10, P11 and P16 and the stories of the camera and of the update. Faults are made on the road,
in the browser's clock, by a second tab and by the developer protocol.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.chaos.proxy import Act, answer_with, captive_portal, change_answer, unreachable
from tests.e2e.conftest import BrowserFactory, Joined, Pictures
from tests.e2e.desk import Desk
from tests.e2e.faults import crash, mine, note_on, seconds_until
from tests.e2e.phone import Phone
from tests.e2e.test_faults_versions import BUILD, REGISTRATION, UPDATE, release
from tests.e2e.truth import check, pins_of
from tests.waiting import wait_until

SCRIPT = b"text/javascript"
WORKER_ERRORS = "ServiceWorker|service worker|MIME|sw.js|not what was listed|SyntaxError"
CONTROLLED = "navigator.serviceWorker.controller !== null"
LOOK = "navigator.serviceWorker.ready.then((one) => one.update()).then(() => 'ok', (error) => error.name)"
NOTHING_COMES = """navigator.serviceWorker.getRegistration().then(
  (one) => one.installing === null && one.waiting === null)"""


def one_more_file(body: bytes) -> bytes:
    """A newer version of the worker, which lists a file that its server does not have as listed."""
    mark = b"const PRECACHE = {"
    assert mark in body
    return body.replace(mark, mark + b'"/static/newer.js": "' + b"0" * 64 + b'", ')


def test_p10_a_login_page_instead_of_the_worker_leaves_an_app_that_works(joined: Joined) -> None:
    phone = joined(before=lambda road: road.on("GET", "^/sw.js", captive_portal()))
    phone.browser.expect_error(WORKER_ERRORS)
    phone.drop("lighting")
    phone.wait_until_sent()
    assert not phone.browser.run(CONTROLLED)
    phone.site.road.clear()
    phone.reload()
    phone.browser.until(CONTROLLED, "the worker of the next start")
    check(phone)


BAD_UPDATES: dict[str, list[tuple[str, Act]]] = {
    "a login page for the worker": [("^/sw.js", captive_portal())],
    "half a worker": [("^/sw.js", answer_with(200, b"const BUILD = 'x'; const PRECACHE = {", SCRIPT))],
    "a login page for a file": [("^/sw.js", change_answer(one_more_file)), ("newer.js", captive_portal())],
    "half a file": [
        ("^/sw.js", change_answer(one_more_file)),
        ("newer.js", answer_with(200, b"export const half =", SCRIPT)),
    ],
}


def test_p10_garbage_during_an_update_leaves_the_old_version_whole(joined: Joined) -> None:
    phone = joined()
    phone.browser.expect_error(WORKER_ERRORS)
    phone.browser.until(CONTROLLED, "the worker")
    wait_until(lambda: (phone.stored("walks")[0]["ready"] or {}).get("pack"), "the map on the phone")
    version = json.dumps(phone.browser.run("caches.keys()"))
    for name, rules in BAD_UPDATES.items():
        placed = [phone.site.road.on("GET", path, act) for path, act in rules]
        phone.browser.run(LOOK)
        wait_until(lambda placed=placed: all(rule.hits for rule in placed), f"{name} was fetched")
        phone.browser.until(NOTHING_COMES, f"{name} refused")
        phone.site.road.clear()
    unchanged = f"caches.keys().then((names) => JSON.stringify(names) === JSON.stringify({version}))"
    phone.browser.until(unchanged, "nothing left of what was refused")
    phone.browser.offline()
    phone.reload()
    pin = phone.drop("lighting")
    phone.browser.online()
    phone.wait_until_sent()
    assert phone.pin(pin["id"])["acked_rev"] > 0
    check(phone)


def made(phone: Phone, category: str) -> str:
    """Drop a pin and see it arrive; its id."""
    pin = phone.drop(category)
    assert seconds_until(phone, lambda: not phone.entries(), "the pin sent", step=1, quiet_looks=5) < 60
    return str(pin["id"])


def test_p11_a_wrong_clock_disturbs_no_order_and_is_shown_at_the_desk(
    joined: Joined, new_desk: BrowserFactory
) -> None:
    phone = joined()
    now = datetime.now(UTC)
    clocks = {
        "years behind": datetime(2021, 3, 1, 12, tzinfo=UTC),
        "days ahead": now + timedelta(days=3, hours=1),
        "before summer time ends": datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC),
        "after summer time ended": datetime(2026, 10, 25, 1, 0, 10, tzinfo=UTC),
        "right again": now,
    }
    phone.page.clock.install(time=next(iter(clocks.values())))
    phone.reload()
    ids = []
    for clock in clocks.values():
        phone.page.clock.set_system_time(clock)
        ids.append(made(phone, "lighting"))
    check(phone)
    there = {row["id"]: row for row in pins_of(phone)}
    rows = [there[pin_id.replace("-", "")] for pin_id in ids]
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
    assert [row["seq"] for row in rows] == sorted(row["seq"] for row in rows)
    for row, clock in zip(rows, clocks.values(), strict=True):
        assert abs(datetime.fromisoformat(row["made_at"]).replace(tzinfo=UTC) - clock) < timedelta(minutes=2)
        received = datetime.fromisoformat(row["received_at"]).replace(tzinfo=UTC)
        assert timedelta(0) <= received - now < timedelta(minutes=5)

    desk = Desk(new_desk(lang="en-GB"), phone.site)
    desk.log_in()
    desk.open_walk(phone.walk)
    for row, words in ((rows[0], "days behind"), (rows[1], "At least 3 days ahead")):
        desk.page.goto(f"{phone.site.url}/desk/walks/{phone.walk}?pin={row['number']}")
        fact = desk.find(".pinfacts div:has(dt:text-is('The phone’s clock')) dd")
        fact.wait_for(state="attached")
        said = fact.text_content() or ""
        assert words in said


def test_p16_two_tabs_and_two_profiles_send_each_thing_once(
    joined: Joined, new_phone: BrowserFactory
) -> None:
    phone = joined()
    phone.wait_until_installed()
    first = phone.page
    phone.browser.offline()
    pins = [phone.drop("lighting")["id"]]
    second = phone.browser.new_tab()
    phone.open()
    pins.append(phone.drop("litter", "camera")["id"])
    twin = Phone(new_phone("Twin", lang="en-GB", scale=1), phone.site)
    twin.browser.context.add_cookies(phone.browser.context.cookies())
    twin.home, twin.walk = phone.home, phone.walk
    twin.page.goto(twin.home)
    twin.find("#to-map").click()
    twin.browser.offline()
    twins = twin.drop("vegetation")["id"]
    for tab in (first, second):
        tab.goto(f"{phone.home}#/mine")
    phone.browser.online()
    twin.browser.online()
    for tab in (first, second):
        tab.locator("#try-now").click()
    phone.wait_until_sent()
    twin.wait_until_sent()
    made_there = sorted(pin_id.replace("-", "") for pin_id in [*pins, twins])
    assert sorted(row["id"] for row in pins_of(phone)) == made_there
    sends = [exchange.path for exchange in phone.site.road.seen("PUT", "/(pins|photos)/")]
    assert len(sends) == len(set(sends)) == 4


def test_what_one_tab_wrote_is_shown_in_the_other_before_anybody_types_over_it(joined: Joined) -> None:
    phone = joined()
    phone.wait_until_installed()
    phone.browser.offline()
    pin = phone.drop("lighting")
    first = phone.page
    note_on(phone, pin, "The lamp is broken")
    second = phone.browser.new_tab()
    note_on(phone, pin, "The lamp is broken since May")
    assert phone.entries()[0]["not_before"] > 0
    # Nothing is drawn anew under a caret; once it is gone, what the other tab wrote is there.
    words = first.locator("dialog[open] textarea").first
    assert words.input_value() == "The lamp is broken"
    words.blur()
    wait_until(lambda: words.input_value() == "The lamp is broken since May", "the words of the other tab")
    assert phone.entries()[0]["not_before"] > 0, "it is still being written in the other tab"
    words.fill("The lamp is broken since May. Two of them.")
    wait_until(lambda: "Two of them" in phone.pin(pin["id"])["fields"]["text"], "both in the store")
    assert phone.pin(pin["id"])["fields"]["text"] == "The lamp is broken since May. Two of them."
    words.blur()
    second.locator("#pin-remove").click()
    first.locator("dialog[open]:has(#pin-remove)").wait_for(state="detached")


def test_f04_a_camera_that_kills_the_page_costs_neither_pin_nor_place(
    joined: Joined, pictures: Pictures
) -> None:
    phone = joined()
    phone.choose_camera("phone")
    phone.find("#new-pin").click()
    with phone.page.expect_file_chooser():
        phone.find(".tiles [data-code='lighting']").click()
    [before] = wait_until(phone.pins, "the pin, before the camera")
    crash(phone.browser)
    phone.browser.stand_at(60.176, 24.949)
    phone.page.goto(f"{phone.site.url}/app/")
    phone.find("dialog.dialog:has-text('is saved')").wait_for()
    [pin] = phone.pins()
    assert (pin["id"], pin["fields"]["there"]) == (before["id"], before["fields"]["there"])
    phone.find("dialog.dialog .btn--primary").click()
    phone.find(".camera__choices input[type=file]").first.set_input_files(pictures())
    wait_until(lambda: phone.pin(before["id"])["photos"], "the photo on that very pin")
    phone.wait_until_sent()
    assert len(pins_of(phone)) == 1
    check(phone)


def test_f08_an_update_of_the_app_wipes_nothing_unsent(joined: Joined, pictures: Pictures) -> None:
    phone = joined()
    phone.browser.until(CONTROLLED, "the worker")
    road, old = phone.site.road, phone.browser.run(BUILD)
    closed = road.on("PUT", "/api/", unreachable())
    note = phone.drop("litter")
    phone.drop("lighting", pictures())
    waiting = {entry["id"] for entry in phone.entries()}
    road.on("*", "", release(old, old[::-1]))
    assert phone.browser.run(UPDATE)
    phone.browser.until(f"{REGISTRATION}.then((one) => Boolean(one.waiting))", "the new version")
    phone.page.goto(f"{phone.home}#/pin/{note['id']}")
    phone.find("dialog[open] textarea").first.fill("Half a sen")
    phone.browser.run(f"{REGISTRATION}.then((one) => one.waiting.postMessage({{ type: 'SKIP_WAITING' }}))")
    phone.browser.until(
        f"{REGISTRATION}.then((one) => one.waiting === null)", "the new version in charge", 60
    )
    phone.page.reload()
    phone.find("dialog[open] textarea").first.wait_for()
    assert phone.browser.run(BUILD) == old[::-1]
    assert phone.find("dialog[open] textarea").first.input_value() == "Half a sen"
    assert waiting <= {entry["id"] for entry in phone.entries()}
    closed.left = 0
    mine(phone)
    phone.find("#try-now").click()
    phone.wait_until_sent()
    assert phone.pin(note["id"])["fields"]["text"] == "Half a sen"
    check(phone)
