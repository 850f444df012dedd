"""The desk in real Chromium: review by keyboard alone, live arrival, tablets, and leaving without a trace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import uuid4

import pytest

from tests.builders import a_photo, a_pin, encoded, sha256
from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import Site
from tests.waiting import wait_until

Make = Callable[..., Browser]

# Addresses of the desk in any of the browser's stores of answers.
KEPT_OF_DESK = """(async () => {
  const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const kept = (await Promise.all(stores.map((store) => store.keys()))).flat();
  return kept.map((request) => request.url).filter((url) => url.includes('/desk'));
})()"""


@dataclass
class Wire:
    """A participant without a screen: joins by the code and sends."""

    site: Site
    walk_id: str
    open: Callable[..., Any]

    def put(self, path: str, data: bytes, kind: str = "application/json") -> None:
        url = f"{self.site.url}/api/walks/{self.walk_id}/{path}"
        self.open(Request(url, data=data, method="PUT", headers={"Content-Type": kind})).close()

    def send(self, **fields: Any) -> str:
        """A pin in the middle of the practice walk; its id."""
        pin_id = str(uuid4())
        place = {"there": {"lat": 60.1745, "lon": 24.9445}}
        self.put(f"pins/{pin_id}", encoded(a_pin(**(place | fields))))
        return pin_id

    def send_with_photo(self, seed: int, **fields: Any) -> str:
        data = a_photo(seed, (320, 240))
        pin_id = self.send(photos=[{"sha256": sha256(data), "alt": ""}], **fields)
        self.put(f"photos/{sha256(data)}", data, "image/jpeg")
        return pin_id


@pytest.fixture
def wire(site: Site) -> Wire:
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    body = encoded({"code": site.code})
    headers = {"Content-Type": "application/json"}
    with opener.open(Request(f"{site.url}/api/join", data=body, headers=headers)) as answer:
        walk_id = json.load(answer)["walk_id"]
    return Wire(site, walk_id, opener.open)


def opened(site: Site, wire: Wire, browser: Browser) -> Desk:
    desk = Desk(browser, site)
    desk.log_in()
    desk.open_walk(wire.walk_id)
    desk.wait_until_whole()
    return desk


def press(desk: Desk, *keys: str) -> None:
    for key in keys:
        desk.page.keyboard.press(key)


def state_of(desk: Desk, wire: Wire, pin_id: str) -> dict[str, Any]:
    return next(pin for pin in desk.changes(wire.walk_id) if pin["id"] == pin_id)


def chosen(desk: Desk) -> str:
    return desk.find(".pinrow[aria-current=true]").get_attribute("data-number") or ""


def test_a_pin_is_reviewed_by_keyboard_alone_and_undone(site: Site, wire: Wire, new_desk: Make) -> None:
    pin_id = wire.send_with_photo(1, acute=True, text="Lampan blinkar.")
    desk = opened(site, wire, new_desk())
    desk.wait_for_photos(wire.walk_id, {pin_id})
    press(desk, "j")
    desk.find("#detail-title").wait_for()
    assert chosen(desk) == str(state_of(desk, wire, pin_id)["number"])
    for key, name, value in (("h", "review", "hidden"), ("z", "review", "new"), ("a", "review", "approved")):
        press(desk, key)
        wait_until(lambda n=name, v=value: state_of(desk, wire, pin_id)[n] == v, f"{name} {value}")
        desk.find(".desk-toast").wait_for()
    desk.find(".shot__image--blurred").wait_for()
    press(desk, "v")
    desk.find(".shot__image:not(.shot__image--blurred)").wait_for()
    press(desk, "g")
    wait_until(
        lambda: state_of(desk, wire, pin_id)["photos"][0]["review"] == "approved", "the photo approved"
    )


def test_keys_write_letters_in_fields_and_can_be_switched_off(site: Site, wire: Wire, new_desk: Make) -> None:
    pin_id = wire.send(acute=True)
    desk = opened(site, wire, new_desk())
    press(desk, "j", "/")
    press(desk, "h", "a")
    assert desk.find(".bar__search").input_value() == "ha"
    press(desk, "Escape", "?")
    desk.find("dialog.help input").uncheck()
    press(desk, "Escape", "h")
    desk.find("#keys").click()
    desk.find("dialog.help input").check()
    press(desk, "Escape")
    assert state_of(desk, wire, pin_id)["review"] == "new"
    press(desk, "h")
    wait_until(lambda: state_of(desk, wire, pin_id)["review"] == "hidden", "the keys back on")


def test_what_arrives_waits_and_the_row_being_read_stays(site: Site, wire: Wire, new_desk: Make) -> None:
    desk = opened(site, wire, new_desk())
    before = desk.rows()
    press(desk, "j", "j")
    reading, top = chosen(desk), desk.find(".pinrow[aria-current=true]").bounding_box()
    assert top is not None
    for _ in range(3):
        wire.send(acute=True)
    desk.find("#news:not([hidden])").wait_for()
    wait_until(lambda: desk.find("#news").inner_text().startswith("3"), "three that wait")
    assert desk.rows() == before
    assert chosen(desk) == reading
    desk.find("#acute:not([hidden])").wait_for()
    desk.find("#news").click()
    wait_until(lambda: len(desk.rows()) == len(before) + 3, "the three in the list")
    desk.find("#news").wait_for(state="hidden")


def test_the_address_is_the_view(site: Site, wire: Wire, new_desk: Make) -> None:
    wire.send(acute=True, category="litter")
    desk = opened(site, wire, new_desk())
    desk.find("[data-show=acute]").click()
    press(desk, "j")
    wait_until(lambda: "pin=" in desk.page.url, "the pin in the address")
    numbers = desk.rows()
    assert len(numbers) == 1
    desk.page.reload()
    desk.find(".pinrow").first.wait_for()
    assert desk.rows() == numbers
    assert chosen(desk) == str(numbers[0])
    assert desk.find("[data-show=acute]").get_attribute("aria-pressed") == "true"


def test_a_participant_is_hidden_from_the_detail(site: Site, wire: Wire, new_desk: Make) -> None:
    pins = [wire.send(acute=True) for _ in range(2)]
    desk = opened(site, wire, new_desk())
    press(desk, "j")
    desk.find("[data-act=participant]").click()
    wait_until(lambda: all(state_of(desk, wire, pin)["participant_hidden"] for pin in pins), "all hidden")
    press(desk, "z")
    wait_until(lambda: not any(state_of(desk, wire, pin)["participant_hidden"] for pin in pins), "all back")


def test_a_tablet_has_list_or_map_and_both_are_whole(site: Site, wire: Wire, new_desk: Make) -> None:
    desk = opened(site, wire, new_desk(viewport=(820, 1100)))
    assert desk.find(".mappane").is_hidden()
    desk.find("[data-pane=map]").click()
    desk.find(".map-spot-button.map-pin").first.wait_for()
    assert desk.find(".listpane").is_hidden()
    desk.find(".map-spot-button.map-pin").first.click()
    desk.find("#detail-title").wait_for()


def test_after_logging_out_nothing_can_be_read_by_going_back(site: Site, wire: Wire, new_desk: Make) -> None:
    desk = opened(site, wire, new_desk())
    desk.find(".menu > summary").click()
    desk.find("form[action='/desk/logout'] button").click()
    desk.find("#email").wait_for()
    desk.page.go_back()
    desk.find("#email").wait_for()
    assert desk.find(".pinrow").count() == 0
    kept = desk.browser.run(KEPT_OF_DESK)
    assert kept == []


def test_an_area_is_drawn_by_keys_and_becomes_the_walks(site: Site, wire: Wire, new_desk: Make) -> None:
    desk = opened(site, wire, new_desk())
    desk.page.goto(f"{site.url}/desk/walks/new")
    desk.find(".corner").nth(3).wait_for()
    east = desk.find("#east").input_value()
    desk.find(".corner").nth(1).focus()
    press(desk, "ArrowLeft", "Shift+ArrowLeft")
    assert float(desk.find("#east").input_value()) < float(east)
    desk.find("#title").fill("Kvällsrunda")
    desk.find("#area_name").fill("Kajen")
    desk.find("#date").fill("2099-03-01")
    desk.find("form#new-walk button.btn--primary").click()
    desk.find(".join__code").wait_for()
    assert "Kvällsrunda" in desk.find("h1").inner_text()


def test_who_only_looks_is_offered_no_act(site: Site, wire: Wire, new_desk: Make) -> None:
    pin_id = wire.send_with_photo(1, text="Lampan blinkar.")
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.log_in()
    kept = sqlite3.connect(site.server.data_dir / "trygga-steg.db")
    with kept:
        kept.execute("update membership set role = 'observer'")
    kept.close()
    desk.open_walk(wire.walk_id)
    desk.wait_for_photos(wire.walk_id, {pin_id})
    number = state_of(desk, wire, pin_id)["number"]
    desk.page.goto(f"{site.url}/desk/walks/{wire.walk_id}?pin={number}")
    desk.find(".detail__body .said").first.wait_for()
    desk.find(".shot__image").first.wait_for()
    sent: list[str] = []
    desk.page.on("request", lambda one: sent.append(one.url) if one.method != "GET" else None)
    assert "change nothing" in desk.find(".detail__foot").inner_text()
    assert desk.find(".decide, [data-act]").count() == 0
    for offered in (".tick", "[data-undo]", "#bulk", "#duplicates"):
        assert not desk.find(offered).first.is_visible(), offered
    fields = desk.find(".issue :is(select, input, textarea, button)")
    assert fields.count() > 0
    assert all(field.is_disabled() for field in fields.all())
    press(desk, "a")
    desk.page.locator(".desk-toast", has_text="change nothing").wait_for()
    press(desk, "h", "g", "x", "m", "3", "z")
    desk.page.wait_for_load_state("networkidle")
    assert sent == []
    assert state_of(desk, wire, pin_id)["review"] == "new"


def test_back_steps_through_what_was_looked_at_and_then_leaves(site: Site, new_desk: Make) -> None:
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.log_in()
    desk.find(".walk-card__link").first.click()
    desk.find(".pinrow").nth(2).wait_for()
    walk = desk.page.url
    desk.find("[data-show='new']").click()
    press(desk, "j", "j", "Escape", "j")
    shown = desk.find(".pinrow[aria-current='true']").get_attribute("data-number")
    desk.page.wait_for_url(f"{walk}?show=new&pin={shown}")
    desk.page.go_back()
    desk.page.wait_for_url(f"{walk}?show=new")
    desk.find(".detail__empty").wait_for()
    assert desk.find("[data-show='new']").get_attribute("aria-pressed") == "true"
    desk.page.go_back()
    desk.page.wait_for_url(walk)
    desk.find("[data-show='all'][aria-pressed='true']").wait_for()
    desk.page.go_forward()
    desk.page.wait_for_url(f"{walk}?show=new")
    desk.page.go_back()
    desk.page.wait_for_url(walk)
    desk.page.go_back()
    desk.find(".walk-card").first.wait_for()
