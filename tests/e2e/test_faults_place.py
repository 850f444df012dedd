"""Where the phone is, and what it stands on: no place, a bad one, a jumping one; no map, or a map refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Route

from tests.chaos.proxy import answer_with
from tests.contract.tree import files, text_of
from tests.e2e.backstage import query
from tests.e2e.browser import Browser
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.e2e.test_map import COLOURS
from tests.waiting import wait_until

Make = Callable[..., Browser]
SMALL: dict[str, Any] = {"viewport": (360, 640), "scale": 1, "lang": "en-GB"}
HERE = (60.17418, 24.94417)
AWAY = (60.17518, 24.94417)
HINT = "document.querySelector('.hint').textContent"
# Every host of the foundation's own tiles, which may not be fetched ahead.
TILES = ("tile.openstreetmap", "vector.openstreetmap", "a.tile.", "{s}.tile.")


def joined(site: Site, browser: Browser, ready: bool = False) -> Phone:
    phone = Phone(browser, site)
    phone.join(ready=ready)
    phone.choose_camera("off")
    return phone


def quick(phone: Phone, category: str = "lighting") -> dict[str, Any]:
    """A pin by two taps, wherever the crosshair is."""
    before = {pin["id"] for pin in phone.pins()}
    phone.find("#new-pin").click()
    phone.find(f".tiles [data-code='{category}']").click()
    new = wait_until(lambda: [pin for pin in phone.pins() if pin["id"] not in before], "the pin")
    phone.browser.until("!document.querySelector('.tiles')", "the sheet gone")
    return dict(new[0]["fields"])


def test_p22_a_pin_can_be_placed_whatever_the_sensor_says(site: Site, new_phone: Make) -> None:
    browser = new_phone(place=None, **SMALL)
    line = browser.cdp()
    line.send("Emulation.setGeolocationOverride", {})
    phone = joined(site, browser)
    browser.until(f"{HINT}.includes('cannot find your location')", "no place, said so")
    pin = quick(phone)
    assert (pin["source"], pin["here"]) == ("crosshair", None)
    line.detach()

    browser.stand_at(*HERE, accuracy_m=250)
    browser.until(f"{HINT}.includes('Location is uncertain')", "a coarse place, said so")
    pin = quick(phone)
    assert (pin["source"], pin["here"]["accuracy_m"]) == ("crosshair", 250)

    phone.find("#find").click()
    browser.stand_at(*HERE, accuracy_m=6)
    browser.until(f"{HINT}.includes('accurate to about 6')", "a late good fix")
    pin = quick(phone)
    assert (pin["source"], pin["here"]["accuracy_m"], pin["there"]["lat"]) == ("sensor", 6, HERE[0])

    browser.stand_at(*AWAY, accuracy_m=7)
    browser.until(f"{HINT}.includes('accurate to about 7')", "a jump")
    assert quick(phone)["there"]["lat"] == AWAY[0]

    phone.page.clock.install()
    phone.reload()
    browser.until(f"{HINT}.includes('accurate to about 7')", "the place again")
    phone.page.clock.run_for(20_000)
    browser.until(f"{HINT}.includes('Location is uncertain')", "a fix that froze, said so")
    pin = quick(phone)
    assert (pin["source"], pin["here"]) == ("crosshair", None)
    phone.page.clock.resume()
    phone.wait_until_sent()
    assert query(
        site, "SELECT max(accuracy_m), count(accuracy_m) FROM pin WHERE participant_id = ?", who(phone)
    ) == [(250.0, 3)]


def who(phone: Phone) -> str:
    return str(phone.stored("walks")[0]["participant_id"]).replace("-", "")


def test_f11_a_pin_stays_where_the_tap_was_and_a_bad_place_is_said(site: Site, new_phone: Make) -> None:
    browser = new_phone(**SMALL)
    phone = joined(site, browser)
    phone.choose_camera("app")
    browser.until(f"{HINT}.includes('accurate to about 8')", "the place")
    phone.wake_camera()
    phone.find("#new-pin").click()
    browser.stand_at(*AWAY)
    phone.find(".tiles [data-code='lighting']").click()
    browser.stand_at(AWAY[0] + 0.001, AWAY[1])
    phone.find(".shutter:enabled").click()
    pin = wait_until(lambda: next((one for one in phone.pins() if one["photos"]), None), "pin and photo")
    assert pin["fields"]["there"] == {"lat": HERE[0], "lon": HERE[1]}
    phone.find("dialog.camera").wait_for(state="hidden")
    browser.until("!/new|photo/.test(location.hash)", "the way back to the map gone")

    browser.stand_at(*AWAY, accuracy_m=3000)
    phone.page.reload()
    phone.choose_camera("off")
    browser.until(f"{HINT}.includes('Location is uncertain')", "three kilometres are no place")
    assert quick(phone)["source"] == "crosshair"
    phone.wait_until_sent()

    walk = phone.home.removeprefix(site.url)

    def elsewhere(route: Route) -> None:
        wanted = route.request.url.replace("http://trygg.test", site.url)
        if "/changes" in wanted:  # the feed would bring what was sent, and that weighs more than an address
            route.abort()
            return
        with suppress(Error):  # what is still asked for as the page goes
            route.fulfill(response=route.fetch(url=wanted))

    browser.context.route("http://trygg.test/**", elsewhere)
    browser.expect_error("403|insecure|not secure|opener|COOP|untrustworthy|Cross-Origin")
    phone.page.goto(f"http://trygg.test{walk}#/")
    phone.find(".app__banner:has-text('not secure')").wait_for()
    browser.context.unroute_all(behavior="wait")


def test_f16_no_answer_about_the_place_keeps_anybody_from_a_pin(site: Site, new_phone: Make) -> None:
    browser = new_phone(**SMALL)
    phone = joined(site, browser)
    target = browser.cdp().send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    assert browser.context.browser
    line = browser.context.browser.new_browser_cdp_session()
    for setting in ("prompt", "denied", "granted"):
        line.send(
            "Browser.setPermission",
            {
                "permission": {"name": "geolocation"},
                "setting": setting,
                "origin": site.url,
                "browserContextId": target,
            },
        )
        phone.reload()
        quick(phone)
        phone.page.goto(f"{phone.home}#/location")
        phone.find("dialog[open]:has-text('iPhone'):has-text('Android')").wait_for()
        phone.open()
    assert len(phone.pins()) == 3


def test_f09_without_network_the_map_is_drawn_at_every_zoom_and_over_the_edge(
    site: Site, new_phone: Make
) -> None:
    browser = new_phone(**SMALL)
    phone = joined(site, browser, ready=True)
    browser.offline()
    phone.reload()
    for label, presses in (("Zoom out", 4), ("Zoom in", 6)):
        for _ in range(presses):
            button = phone.page.get_by_role("button", name=label)
            button.click()
            browser.until(f"{COLOURS} > 1", f"a map after {label}")
    phone.find("#map").focus()
    for _ in range(20):
        phone.page.keyboard.press("ArrowRight")
    browser.until(f"{COLOURS} > 1", "squares or streets at the edge")
    assert quick(phone)["source"] == "crosshair"


def test_f10_a_refused_map_leaves_squares_a_notice_and_an_app_that_works(site: Site, new_phone: Make) -> None:
    asked = [
        (path, host)
        for path in files("app", kinds=(".py", ".js", ".html"))
        for host in TILES
        if host in text_of(path)
    ]
    assert asked == []
    browser = new_phone(**SMALL)
    browser.expect_error("403|429")
    site.road.on("GET", r"/packs/.*pmtiles", answer_with(403, b"blocked"), times=1)
    site.road.on("GET", r"/packs/", answer_with(429, b"slow down"))
    phone = joined(site, browser)
    browser.until(f"{COLOURS} > 1", "squares to stand on")
    quick(phone)
    phone.wait_until_sent()
    phone.page.goto(f"{phone.home}#/ready")
    phone.find("#ready-again:not([hidden])").wait_for()
    phone.find("dialog[open] .sum.is-warning").wait_for()
