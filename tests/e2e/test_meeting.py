"""The projector in real Chromium: by keys and buttons, without the network, in both themes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import SiteFactory
from tests.waiting import wait_until

Make = Callable[..., Browser]

TOO_SMALL = """[...document.querySelectorAll('body *')]
  .filter((el) => [...el.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((el) => !el.closest('.visually-hidden, script'))
  .filter((el) => parseFloat(getComputedStyle(el).fontSize) < 28)
  .map((el) => `${el.tagName}: ${el.textContent.trim()}`)"""
BROKEN = "[...document.images].filter((photo) => !photo.naturalWidth).map((photo) => photo.src)"
WITH_PHOTOS = re.compile("2025")


def opened(site_factory: SiteFactory, new_desk: Make, **device: object) -> Desk:
    """The meeting of the demo's walk of 2025, with all that it needs."""
    desk = Desk(new_desk(**device), site_factory())
    desk.log_in()
    link = desk.page.get_by_role("link", name=WITH_PHOTOS).first
    desk.page.goto(f"{desk.site.url}{link.get_attribute('href')}/meeting")
    wait_until(
        lambda: desk.find("#state").inner_text() and "…" not in desk.find("#state").inner_text(),
        "every picture there",
    )
    return desk


def number(desk: Desk) -> tuple[str, str]:
    """Which slide is shown: in the address and as the only one in sight."""
    shown = [n for n, slide in enumerate(desk.find(".slide").all(), 1) if slide.is_visible()]
    assert len(shown) == 1
    return str(desk.browser.run("location.hash.slice(1)")), str(shown[0])


def test_the_slides_turn_by_keys_and_buttons_without_the_network(
    site_factory: SiteFactory, new_desk: Make
) -> None:
    desk = opened(site_factory, new_desk)
    desk.browser.offline()
    last = str(desk.find(".slide").count())
    assert int(last) >= 10
    press = desk.page.keyboard.press
    for key, wanted in (
        ("ArrowRight", "2"),
        ("PageDown", "3"),
        ("ArrowLeft", "2"),
        ("PageUp", "1"),
        ("PageUp", "1"),
        ("End", last),
        ("ArrowRight", last),
        ("Home", "1"),
    ):
        press(key)
        assert number(desk) == (wanted, wanted), key
    for _ in range(int(last) - 1):
        desk.find("#on").click()
        photos = desk.find(".slide:not([hidden]) img").all()
        assert all(photo.evaluate("(photo) => photo.naturalWidth") for photo in photos)
    assert number(desk) == (last, last)
    assert desk.find("#on").is_disabled()
    desk.find("#back").click()
    assert number(desk)[1] == str(int(last) - 1)
    assert desk.find("[data-photo]").count() > 0
    assert desk.browser.run(BROKEN) == []


def test_what_is_hidden_at_the_desk_leaves_the_wall(site_factory: SiteFactory, new_desk: Make) -> None:
    desk = opened(site_factory, new_desk)
    walk_id = desk.page.url.split("/walks/")[1].split("/")[0]
    shown = [pin.get_attribute("data-pin") for pin in desk.find(".seen__pin").all()]
    pin = next(pin for pin in desk.changes(walk_id) if str(pin["number"]) == shown[0])
    path = f"/api/desk/walks/{walk_id}/pins/{pin['id']}/review"
    headers = {"If-Match": f'"{pin["seq"]}"', "Content-Type": "application/json"}
    call = f"fetch('{path}', {{method: 'PUT', headers: {headers}, body: '{{\"pin\": \"hidden\"}}'}})"
    assert desk.browser.run(f"{call}.then((answer) => answer.status)") == 200
    desk.browser.run("dispatchEvent(new Event('online'))")
    wait_until(lambda: desk.find(f"[data-pin='{shown[0]}']").count() == 0, "the pin gone")
    assert [pin.get_attribute("data-pin") for pin in desk.find(".seen__pin").all()] == shown[1:]


def test_an_address_leads_to_its_slide(site_factory: SiteFactory, new_desk: Make) -> None:
    desk = opened(site_factory, new_desk)
    desk.page.goto(f"{desk.page.url}#4")
    wait_until(lambda: number(desk) == ("4", "4"), "the fourth slide")
    desk.page.reload()
    desk.find("#on:not([hidden])").wait_for()
    wait_until(lambda: number(desk) == ("4", "4"), "the fourth slide again")


@pytest.mark.parametrize(("dark", "lang"), [(False, "sv-SE"), (True, "en-GB")])
def test_every_slide_is_large_and_axe_finds_nothing(
    site_factory: SiteFactory, new_desk: Make, dark: bool, lang: str
) -> None:
    desk = opened(site_factory, new_desk, dark=dark, lang=lang)
    found = []
    for _ in range(desk.find(".slide").count()):
        found += [f"{desk.page.url}: {fault}" for fault in desk.browser.axe()]
        desk.page.keyboard.press("PageDown")
    assert not found, "\n".join(found)
    assert desk.browser.run(TOO_SMALL) == []
