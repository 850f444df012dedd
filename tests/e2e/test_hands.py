"""How few taps it takes, and that no finger, mouse or eye is needed."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.e2e.test_story import walk_of
from tests.waiting import wait_until

Make = Callable[..., Browser]
COUNT_TAPS = """(() => {
  window.taps = 0;
  addEventListener('click', (event) => { window.taps += event.isTrusted ? 1 : 0; }, true);
  return true;
})()"""
FOCUSED = "document.activeElement?.matches(WANTED) ?? false"
MOST_STEPS = 80


def test_two_taps_save_a_pin_and_three_one_with_a_photo(site: Site, new_phone: Make) -> None:
    phone = Phone(new_phone(), site)
    phone.join()
    phone.wake_camera()
    phone.browser.run(COUNT_TAPS)
    phone.find("#new-pin").tap()
    phone.find(".tiles [data-code='lighting']").tap()
    wait_until(lambda: len(phone.pins()) == 1, "the pin on the phone, before any camera")
    assert phone.browser.run("window.taps") == 2
    phone.find(".shutter:enabled").tap()
    wait_until(lambda: len(phone.photos()) == 1, "the photo on the phone")
    assert phone.browser.run("window.taps") == 3
    assert [one["sha256"] for one in phone.pins()[0]["photos"]] == [phone.photos()[0]["sha256"]]


def tab_to(browser: Browser, selector: str) -> None:
    """Press Tab until the focus is on something that matches."""
    wanted = FOCUSED.replace("WANTED", repr(selector))
    for _ in range(MOST_STEPS):
        if browser.run(wanted):
            return
        browser.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def press(browser: Browser, selector: str, key: str = "Enter") -> None:
    tab_to(browser, selector)
    browser.page.keyboard.press(key)


def test_f23_the_whole_story_by_keyboard_alone(site: Site, new_phone: Make, new_desk: Make) -> None:
    """Join, place a pin at a stop without looking at the map, tell more, and approve it at the desk."""
    phone = Phone(new_phone(touch=False, viewport=(800, 700)), site)
    phone.page.goto(site.poster)
    press(phone.browser, "main .btn--cta")
    phone.find("form[action$='/join']").wait_for()
    press(phone.browser, "form[action$='/join'] button")
    phone.find("#to-map").wait_for()
    phone.home = phone.page.url.split("#")[0]
    phone.find(".sum.is-good").wait_for(timeout=60_000)
    press(phone.browser, "#to-map")
    phone.find("#new-pin").wait_for()

    phone.choose_camera("off")
    phone.browser.run("location.hash = '#/place'")
    phone.find("dialog[open] [data-stop], dialog[open] .line").first.wait_for()
    press(phone.browser, "dialog[open] button[data-stop], dialog[open] li button")
    phone.find(".tiles").wait_for()
    press(phone.browser, ".tiles [data-code='hidden_corner']")
    pin = wait_until(lambda: (phone.pins() or [None])[0], "the pin on the phone")
    assert pin["category"] == "hidden_corner"
    assert pin["fields"]["source"] in ("stop", "address")
    phone.wait_until_sent()

    desk = Desk(new_desk(), site)
    desk.page.goto(site.login_link())
    press(desk.browser, "main form button")
    desk.find(".walk-card").first.wait_for()
    desk.open_walk(walk_of(phone))
    desk.wait_for_pins(walk_of(phone), {pin["id"]})
    desk.wait_until_whole()
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("a")

    def approved() -> bool:
        return any(
            one["id"] == pin["id"] and one["review"] == "approved" for one in desk.changes(walk_of(phone))
        )

    for _ in range(MOST_STEPS):
        if approved():
            break
        desk.page.keyboard.press("j")
        desk.page.keyboard.press("a")
        desk.browser.until("!document.querySelector('[aria-busy=true]')", "the act done")
    assert approved()
