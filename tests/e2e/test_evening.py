"""The whole evening, from an organisation without anything to a reviewed walk, the desk without a mouse.

Asta is invited, prepares, prints and opens; eleven phones join, of which two stand in a tunnel at stop 4
and one writes for a group; she sees what is not yet sent, ends the walk, and next morning merges, blacks
out and hands over by the keys. At last the same walk is planned for next year.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http.cookiejar import CookieJar
from typing import Any
from urllib.request import HTTPCookieProcessor, Request, build_opener
from zoneinfo import ZoneInfo

from tests.builders import encoded
from tests.chaos.proxy import unreachable
from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.e2e.test_desk import Wire, chosen, press
from tests.e2e.test_prepare import (
    MOST_FROM_LAST_YEAR,
    MOST_FROM_NOTHING,
    Keys,
    add_stops,
    draw_a_route,
    stops_of,
)
from tests.waiting import wait_until

Make = Callable[..., Browser]
EMAIL, ORGANISATION = "asta@example.org", "Exempelstads kommun"
ADDRESSES = ("Vilhonkatu 4", "Kaisaniemenkatu 3", "Unioninkatu 40", "Vuorikatu 20")
TUNNEL = 4
RESIDENTS = 11
PINS = 25
REDACTED = 3
TO_ASSIGN = 20
SMALL = {"width": 360, "height": 640}
PRIVATE = "Det ropades efter mig."
SAME_PLACE = {"lat": 60.17301, "lon": 24.94601}
LOOK = "dispatchEvent(new Event('online'))"
ON_MAP = """document.querySelector('.map-pin[aria-current=true]')?.getAttribute('aria-label') ?? ''"""


def test_an_evening_from_an_empty_organisation_to_a_reviewed_walk(
    site: Site, new_desk: Make, new_phone: Make
) -> None:
    asta = invited(site, new_desk)
    walk_id = prepared(asta)
    code = asta.find(".join__code").inner_text().strip()

    here = replace(site, code=code)
    amina, recorder = (
        Phone(new_phone("Amina", on_disk=True), here),
        Phone(new_phone("Bilal", dark=True), here),
    )
    for phone in (amina, recorder):
        phone.join()
    others = [joined(here) for _ in range(RESIDENTS - 2)]
    seen_by_others = sent_by(others)

    amina.browser.expect_error("401")  # a killed browser's cookie may not be on the disk yet; it is renewed
    amina.browser.offline()
    site.road.on("PUT", f"/walks/{walk_id}/(pins|photos|ratings)/", unreachable())
    kept = [*at_the_tunnel(amina), *written_for_the_group(recorder)]

    led_and_ended(asta, walk_id, sent=len(seen_by_others))
    assert amina.entries()
    amina.browser.kill()
    site.road.clear()
    amina.browser.launch()
    amina.open()
    recorder.browser.run(LOOK)
    for phone in (amina, recorder):
        phone.wait_until_sent()
    assert kept[0]["id"] not in {item["id"] for item in feed_of(others[0])}

    everything = {*seen_by_others, *(pin["id"] for pin in kept)}
    assert len(everything) == PINS
    reviewed(asta, walk_id, everything, {pin["id"] for pin in kept})
    planned_again(asta, walk_id)


def invited(site: Site, new_desk: Make) -> Desk:
    """Asta at the desk of her own new organisation, her passphrase chosen by the keys."""
    words = ("--role", "administrator", "--organisation", ORGANISATION, "--name", "Asta")
    printed = site.server.cli("facilitator", "invite", EMAIL, *words)
    desk = Desk(new_desk("Asta", lang="en-GB"), site)
    desk.page.goto(re.findall(r"https?://\S+", printed)[-1])
    keys = Keys(desk)
    keys.fill("#password", "sju hundar simmar mot norr")
    keys.press("main form button")
    desk.page.wait_for_url("**/desk/")
    assert desk.find(".walk-card").count() == 0
    return desk


def prepared(desk: Desk) -> str:
    """A walk with four stops and a route, on paper, and open; its id."""
    keys = Keys(desk)
    keys.press("a[href='/desk/walks/new']")
    desk.page.wait_for_url("**/new")
    keys.fill("#title", "Evening walk")
    keys.fill("#purpose", "We walk to see; what you say is answered in public.")
    keys.fill("#date", f"{datetime.now(ZoneInfo('Europe/Helsinki')):%m%d%Y}")
    desk.find("[data-sun-words]").filter(has_text="dark from").wait_for()
    keys.fill("#area_name", "Kaisaniemi")
    keys.press("main button.btn--primary")
    desk.page.wait_for_url("**/setup?done=made")
    walk_id = desk.page.url.split("/walks/")[1].split("/")[0]
    keys.press("a[href$='/route']")
    desk.page.wait_for_url("**/route")
    add_stops(keys, ADDRESSES)
    draw_a_route(keys)
    keys.press("#save")
    desk.page.locator(".route__bar", has_text="Everything is saved.").wait_for()
    assert len(stops_of(desk)) == len(ADDRESSES)
    keys.press(".crumbs a[href$='/setup']")
    desk.page.wait_for_url("**/setup")
    on_paper(desk)
    keys.press("button[name='state'][value='open']")
    desk.page.wait_for_url("**/setup?done=state*")
    assert keys.actions <= MOST_FROM_NOTHING
    return walk_id


def on_paper(desk: Desk) -> None:
    """Poster, map and cards are there to print."""
    for link in desk.find("#papers a[href*='.pdf']").all():
        path = link.get_attribute("href")
        kind = desk.browser.run(f"fetch('{path}').then((a) => [a.status, a.headers.get('content-type')])")
        assert kind == [200, "application/pdf"], path


def joined(site: Site) -> Wire:
    """One more resident, without a screen."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    headers = {"Content-Type": "application/json"}
    asking = Request(f"{site.url}/api/join", data=encoded({"code": site.code}), headers=headers)
    with opener.open(asking) as answer:
        return Wire(site, json.load(answer)["walk_id"], opener.open)


def feed_of(resident: Wire) -> list[dict[str, Any]]:
    """What one of the others gets of the walk."""
    with resident.open(f"{resident.site.url}/api/walks/{resident.walk_id}/changes?limit=500") as answer:
        return list(json.load(answer)["items"])


def sent_by(residents: list[Wire]) -> list[str]:
    """What others saw: some with a photo, and one thing that two of them saw."""
    pins: list[str] = []
    for n in range(PINS - 5):
        resident = residents[n % len(residents)]
        place = {"lat": 60.1725 + n * 0.0002, "lon": 24.942 + n * 0.0004}
        if n < REDACTED:
            pins.append(resident.send_with_photo(n, category="lighting", there=place, text=""))
        elif n < REDACTED + 2:
            pins.append(resident.send(category="graffiti", there=SAME_PLACE, text=f"Klotter, {n}."))
        else:
            pins.append(resident.send(category="litter", there=place, text=f"Skräp här, {n}."))
    return pins


def at_the_tunnel(phone: Phone) -> list[dict[str, Any]]:
    """Amina answers by herself, tells what only the organisers shall know, and takes a picture."""
    phone.page.goto(f"{phone.home}#/stops")
    phone.find("dialog[open] [id^='stop-']").nth(TUNNEL - 1).click()
    phone.find("dialog[open] .scale label").nth(1).click()
    wait_until(lambda: phone.stored("ratings"), "the answer on the phone")
    phone.open()
    private = phone.drop("unsafe_feeling")
    phone.page.goto(f"{phone.home}#/pin/{private['id']}")
    phone.find("dialog[open] textarea").first.fill(PRIVATE)
    phone.find("dialog[open] summary").nth(2).click()
    phone.find("dialog[open] details[open] [role=switch]").last.check()
    phone.find("dialog[open] .sheet__foot .btn--primary, dialog[open] .row--apart > .btn--primary").click()
    wait_until(lambda: phone.pin(private["id"])["fields"]["staff_only"], "for the organisers alone")
    phone.open()
    return [phone.pin(private["id"]), phone.drop("lighting", "camera")]


def written_for_the_group(phone: Phone) -> list[dict[str, Any]]:
    """Three pins of two who have no phone, by whoever writes for them."""
    phone.page.goto(f"{phone.home}#/menu")
    phone.find("#recorder").check()
    phone.open()
    pins = [phone.drop("vegetation"), phone.drop("good_place")]
    phone.find("#new-pin").click()
    phone.find(".sheet input[value=professional]").check()
    phone.find("#tiles-cancel").click()
    pins.append(phone.drop("worn"))
    assert [pin["fields"]["voice"] for pin in pins] == ["resident", "resident", "professional"]
    return pins


def led_and_ended(desk: Desk, walk_id: str, sent: int) -> None:
    """On the leader's own phone: how many, how much is on its way, and the end."""
    desk.page.set_viewport_size(SMALL)
    desk.page.goto(f"{desk.site.url}/desk/walks/{walk_id}/lead")
    desk.find("#step-on").wait_for()

    def told() -> list[int]:
        desk.browser.run(LOOK)
        names = ("joined", "pins", "unsent")
        return [int(desk.find(f"[data-figure={name}]").inner_text()) for name in names]

    wait_until(lambda: told() == [RESIDENTS, sent, 3], "three not yet sent", 60, every=0.3)
    keys = Keys(desk)
    keys.press("#state button")
    desk.page.wait_for_url("**/lead?done=state")
    desk.page.set_viewport_size({"width": 1440, "height": 900})


def reviewed(desk: Desk, walk_id: str, everything: set[str], late: set[str]) -> None:
    """The next morning: all of it is there, and at last decided."""
    desk.page.goto(f"{desk.site.url}/desk/walks/{walk_id}")
    seen = desk.wait_for_pins(walk_id, everything)
    assert {pin["id"] for pin in seen.values() if pin["late"]} == late
    [private] = [pin for pin in seen.values() if pin["staff_only"]]
    assert private["text"] == PRIVATE
    desk.wait_for_photos(walk_id, everything)
    desk.page.reload()
    desk.wait_until_whole()
    step_to(desk, [pin["number"] for pin in seen.values() if pin["category"] == "litter"])
    wait_until(lambda: f"Pin {chosen(desk)}," in desk.browser.run(ON_MAP), "the same pin on the map")
    merge_two(desk, walk_id)
    hand_over(desk, walk_id)
    review(desk, walk_id)
    pins = desk.changes(walk_id)
    assert {pin["review"] for pin in pins} == {"approved"}
    assert len({pin["issue"]["id"] for pin in pins}) == PINS - 1
    assert sum(bool(pin["issue"]["owner_id"]) for pin in pins) >= TO_ASSIGN
    assert sum(bool(photo["boxes"]) for pin in pins for photo in pin["photos"]) == REDACTED


def merge_two(desk: Desk, walk_id: str) -> None:
    """The graffiti that two saw becomes one issue."""
    twins = [pin["number"] for pin in desk.changes(walk_id) if pin["category"] == "graffiti"]
    step_to(desk, twins)
    press(desk, "m")
    desk.find("dialog.merge .twin").nth(1).wait_for()
    press(desk, "Enter")

    def roots() -> set[str]:
        return {pin["issue"]["id"] for pin in desk.changes(walk_id) if pin["number"] in twins}

    wait_until(lambda: len(roots()) == 1, "one issue of two")


def step_to(desk: Desk, numbers: list[int]) -> None:
    """Go to the top of the list, and down by J until one of them is chosen."""
    press(desk, "j", *["k"] * PINS)
    for _ in range(PINS):
        if int(chosen(desk)) in numbers:
            desk.find(".issue:not([hidden])").wait_for()
            return
        press(desk, "j")
    raise AssertionError(f"J does not lead to any of {numbers}")


def hand_over(desk: Desk, walk_id: str) -> None:
    """To a new owner: made at the first pin, and chosen for all that are ticked."""
    keys = Keys(desk)
    press(desk, "o")
    desk.find("#issue-owner:focus").wait_for()
    press(desk, "End")
    desk.find("#issue-owner-name:focus").wait_for()
    desk.page.keyboard.type("Park and street")
    press(desk, "Enter")

    def owned() -> list[Any]:
        return [pin for pin in desk.changes(walk_id) if pin["issue"]["owner_id"]]

    wait_until(owned, "the first with an owner")
    press(desk, "Escape", *["k"] * PINS, "x", *["Shift+J"] * (TO_ASSIGN - 1))
    desk.find("#bulk:not([hidden])").wait_for()
    keys.reach("#bulk select")
    press(desk, "End")
    wait_until(lambda: len(owned()) >= TO_ASSIGN, f"{TO_ASSIGN} with an owner")
    press(desk, "Escape")


def review(desk: Desk, walk_id: str) -> None:
    """Look at each photo, black something out of those from the street, approve each pin."""
    press(desk, "j")
    for _ in range(2 * PINS):
        left = {pin["number"]: pin for pin in desk.changes(walk_id) if pin["review"] == "new"}
        if not left:
            return
        number = int(chosen(desk) or 0)
        if number not in left:
            press(desk, "j")
            continue
        if left[number]["photos"]:
            desk.find(".shot").first.wait_for()
            if left[number]["category"] == "lighting" and not left[number]["late"]:
                black_out(desk, walk_id, number)
            if desk.find(".shot__image--blurred").count():
                press(desk, "v")
            press(desk, "g")
        press(desk, "a")
        wait_until(
            lambda one=number: (
                one not in [p["number"] for p in desk.changes(walk_id) if p["review"] == "new"]
            ),
            "one less",
        )
    raise AssertionError("it never ends")


def black_out(desk: Desk, walk_id: str, number: int) -> None:
    """One box over part of the pin's photo."""
    press(desk, "r")
    desk.browser.until("document.querySelector('.stage__image')?.naturalWidth > 0", "the picture")
    press(desk, "b", "ArrowRight", "s")

    def boxes() -> list[Any]:
        return next(pin["photos"][0]["boxes"] for pin in desk.changes(walk_id) if pin["number"] == number)

    wait_until(boxes, "a box")
    desk.find("dialog.editor").wait_for(state="detached")


def planned_again(desk: Desk, walk_id: str) -> None:
    """Next year's walk, from this one."""
    keys = Keys(desk)
    desk.page.goto(f"{desk.site.url}/desk/")
    keys.press(f"a[href='/desk/walks/{walk_id}/again']")
    desk.page.wait_for_url("**/again")
    keys.press("main button.btn--primary")
    desk.page.wait_for_url("**/setup?done=again")
    on_paper(desk)
    keys.press("button[name='state'][value='open']")
    desk.page.wait_for_url("**/setup?done=state*")
    assert keys.actions <= MOST_FROM_LAST_YEAR
