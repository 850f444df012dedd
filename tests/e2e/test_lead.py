"""Leading a walk by phone in real Chromium: counts, stops, the code, and all of it without network."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.waiting import wait_until

Make = Callable[..., Browser]
SMALL = {"width": 360, "height": 640}
LOOK = "dispatchEvent(new Event('online'))"
KEPT = """caches.open('trygga-lead').then((kept) => kept.keys())
  .then((all) => all.length > 5 && navigator.serviceWorker.ready).then((worker) => !!worker?.active)"""


def figure(desk: Desk, name: str) -> int:
    return int(desk.find(f"[data-figure={name}]").inner_text())


def test_a_leader_walks_with_counts_stops_and_code_also_without_network(
    site: Site, new_phone: Make, new_desk: Make
) -> None:
    phone = Phone(new_phone(), site)
    phone.join()
    walk_id = phone.home.rpartition("/")[2]
    desk = Desk(new_desk(), site)
    desk.page.set_viewport_size(SMALL)
    desk.log_in()
    desk.page.goto(f"{site.url}/desk/walks/{walk_id}/lead")
    desk.find("#step-on").wait_for()
    before = figure(desk, "pins")

    phone.drop("lighting")
    phone.sync()

    def heard() -> bool:
        desk.browser.run(LOOK)
        return (figure(desk, "pins"), figure(desk, "unsent")) == (before + 1, 0) and figure(desk, "ready") > 0

    wait_until(heard, "the leader's counts", every=0.5)

    desk.find("#step-on").click()
    desk.find("#stop-2").wait_for()
    assert not desk.find("#stop-1").is_visible()
    desk.find("#show-qr").click()
    desk.find("#qr svg").first.wait_for()
    assert desk.browser.axe() == []
    desk.page.keyboard.press("Escape")
    assert desk.browser.axe() == []

    desk.browser.until(KEPT, "the page kept for later")
    desk.page.reload()
    desk.browser.expect_error("Failed to load resource")
    desk.browser.offline()
    desk.page.reload()
    desk.find("#stop-2").wait_for()  # where one was
    desk.browser.run(LOOK)
    desk.browser.until("document.querySelector('.is-old') !== null", "old numbers told as old")
    desk.find("#newcomers button").click()
    desk.find("#trouble").wait_for()
    assert desk.find("#step-on").is_visible(), "the page stays"


def test_a_phone_that_writes_for_the_group_says_whose_voice_it_is(site: Site, new_phone: Make) -> None:
    phone = Phone(new_phone(), site)
    phone.join(ready=False)
    assert phone.drop("lighting")["fields"]["voice"] is None
    phone.page.goto(f"{phone.home}#/menu")
    phone.find("#recorder").check()
    phone.page.goto(phone.home)
    assert phone.drop("litter")["fields"]["voice"] == "resident"
    phone.find("#new-pin").click()
    phone.find(".sheet input[value=professional]").check()
    phone.find("#tiles-cancel").click()
    assert phone.drop("lighting")["fields"]["voice"] == "professional", "kept until the next choice"
