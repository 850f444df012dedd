"""The morning after: sixty pins by the keys alone, merged, split, taken back, and two desks at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import Site
from tests.e2e.test_desk import Wire, chosen, opened, press, state_of, wire
from tests.waiting import wait_until

__all__ = ["wire"]

Make = Callable[..., Browser]
PINS = 60
PHOTOS = 6
MOST_KEYS = 3
CATEGORIES = ("lighting", "litter", "vegetation", "damage", "unsafe_feeling")
TEXTS = ("Mörkt vid Ängsgatan.", "Skräp överallt.", "", "Grenarna skymmer.", "")


@pytest.fixture
def sixty(wire: Wire) -> list[str]:
    """A walk of sixty pins, some with a photo, some without a word."""
    return [one_of_sixty(wire, n) for n in range(PINS)]


def one_of_sixty(wire: Wire, n: int) -> str:
    place = {"lat": 60.1725 + (n % 10) * 0.0004, "lon": 24.942 + (n // 10) * 0.0009}
    fields = {"category": CATEGORIES[n % 5], "text": TEXTS[n % 5], "there": place, "acute": n == 7}
    return wire.send_with_photo(n, **fields) if n < PHOTOS else wire.send(**fields)


def waits(pin: dict[str, Any]) -> bool:
    """Whether a human has something to decide about it."""
    photo = any(one["state"] == "ready" and one["review"] == "new" for one in pin["photos"])
    text = bool(pin["text"] or pin["proposal"]) and pin["text_review"] == "new"
    return not shut(pin) and (pin["review"] == "new" or photo or text)


def shut(pin: dict[str, Any]) -> bool:
    return bool(pin["review"] == "hidden" or pin["withdrawn"] or pin["participant_hidden"])


def issue_of(desk: Desk, wire: Wire, pin_id: str) -> dict[str, Any]:
    issue: dict[str, Any] = state_of(desk, wire, pin_id)["issue"]
    return issue


def open_pin(desk: Desk, wire: Wire, pin_id: str) -> None:
    number = state_of(desk, wire, pin_id)["number"]
    desk.page.goto(f"{desk.site.url}/desk/walks/{wire.walk_id}?pin={number}")
    desk.find(f".pinrow[data-number='{number}'][aria-current=true]").wait_for()
    desk.wait_until_whole()
    desk.find(".issue:not([hidden])").wait_for()
    desk.find("#issue-owner option").nth(2).wait_for(state="attached")


def test_sixty_pins_by_the_keys_alone_with_three_presses_each_at_most(
    site: Site, wire: Wire, sixty: list[str], new_desk: Make
) -> None:
    desk = opened(site, wire, new_desk())
    desk.wait_for_photos(wire.walk_id, set(sixty[:PHOTOS]))
    desk.page.reload()
    desk.wait_until_whole()
    wanted = sum(waits(pin) for pin in desk.changes(wire.walk_id))
    assert wanted >= PINS
    presses = 0

    def key(name: str) -> None:
        nonlocal presses
        presses += 1
        press(desk, name)

    key("j")
    seen = 0
    while any(waits(pin) for pin in desk.changes(wire.walk_id)):
        number = chosen(desk)
        desk.browser.until(f"document.querySelector('.detail__head')?.textContent.includes('{number}')")
        seen += 1
        assert seen <= 2 * wanted, "the same pins again and again"
        if desk.find(".shot__image--blurred").count():
            key("v")
            key("g")
        key("h" if seen % 10 == 0 else "a")
        if seen % 12 == 0:
            settle(desk)
    assert presses / wanted <= MOST_KEYS
    reviews = {pin["review"] for pin in desk.changes(wire.walk_id) if pin["id"] in sixty}
    assert reviews == {"approved", "hidden"}


def settle(desk: Desk) -> None:
    """Wait until every decision has been answered."""
    desk.page.wait_for_load_state("networkidle")


def test_what_happens_is_settled_by_keys_and_taken_back(site: Site, wire: Wire, new_desk: Make) -> None:
    pin = wire.send(acute=True)
    desk = opened(site, wire, new_desk())
    open_pin(desk, wire, pin)
    press(desk, "3")
    wait_until(lambda: issue_of(desk, wire, pin)["status"] == "planned", "planned")
    press(desk, "o", "ArrowDown", "Escape")
    wait_until(lambda: issue_of(desk, wire, pin)["owner_id"], "an owner")
    press(desk, "d")
    desk.find("[data-due]").first.press("Enter")
    wait_until(lambda: issue_of(desk, wire, pin)["due_on"], "a day")
    desk.find(".saved .icon").wait_for()
    press(desk, "5")
    desk.find("#issue-decision:focus").wait_for()
    assert issue_of(desk, wire, pin)["status"] == "planned"
    desk.page.keyboard.type("Staten äger vägen.")
    press(desk, "Escape")
    wait_until(lambda: issue_of(desk, wire, pin)["status"] == "declined", "declined with its reason")
    assert "Staten äger vägen." in issue_of(desk, wire, pin)["decision"].values()
    for name, value in (("status", "planned"), ("due_on", None), ("owner_id", None), ("status", "new")):
        press(desk, "z")
        wait_until(lambda n=name, v=value: issue_of(desk, wire, pin)[n] == v, f"{name} as before")
    assert desk.find("[data-undo]").is_disabled()


def test_duplicates_are_merged_by_enter_split_and_taken_back(site: Site, wire: Wire, new_desk: Make) -> None:
    place = {"lat": 60.17001, "lon": 24.93001}
    pins = [wire.send(category="graffiti", there=place, text=f"Klotter {n}") for n in range(3)]
    desk = opened(site, wire, new_desk())
    open_pin(desk, wire, pins[0])
    press(desk, "m")
    desk.find("dialog.merge .twin").nth(2).wait_for()
    press(desk, "Enter")

    def roots() -> int:
        return len({issue_of(desk, wire, pin)["id"] for pin in pins})

    wait_until(lambda: roots() == 1, "one issue")
    desk.find(".member").nth(2).wait_for()
    press(desk, "z")
    wait_until(lambda: roots() == 3, "three again")
    press(desk, "m")
    desk.find("dialog.merge .twin").nth(2).wait_for()
    press(desk, "Enter")
    wait_until(lambda: roots() == 1, "one issue again")
    desk.find("[data-split]").first.click()
    wait_until(lambda: roots() == 2, "one split off")
    press(desk, "z")
    wait_until(lambda: roots() == 1, "and back again")
    assert issue_of(desk, wire, pins[0])["members"] == 3


def test_many_at_once_by_ticks_and_taken_back_as_one(site: Site, wire: Wire, new_desk: Make) -> None:
    pins = [wire.send(acute=True) for _ in range(3)]
    desk = opened(site, wire, new_desk())
    desk.find("[data-show=acute]").click()
    press(desk, "Escape", "j", "Shift+J", "Shift+J")
    desk.find("#bulk:not([hidden])").wait_for()

    def states(name: str) -> set[Any]:
        return {state_of(desk, wire, pin)[name] for pin in pins}

    press(desk, "3")
    wait_until(lambda: states("status") == {"planned"}, "all planned")
    press(desk, "z")
    wait_until(lambda: states("status") == {"new"}, "all new")
    for _ in range(3):
        press(desk, "k")
    press(desk, "x", "Shift+J", "Shift+J", "h")
    wait_until(lambda: states("review") == {"hidden"}, "all hidden")
    press(desk, "z")
    wait_until(lambda: states("review") == {"new"}, "all back")


def test_two_desks_at_once_show_both_versions_and_lose_neither(
    site: Site, wire: Wire, new_desk: Make
) -> None:
    pin = wire.send(acute=True)
    fatima, other = (opened(site, wire, new_desk(name)) for name in ("Fatima", "Olle"))
    for desk in (fatima, other):
        desk.browser.expect_error("412")
        open_pin(desk, wire, pin)
    fatima.find("#issue-person").click()
    fatima.page.keyboard.type("Ali")
    edit = {"person": "Bo"}
    seq = issue_of(other, wire, pin)["seq"]
    issue = issue_of(other, wire, pin)["id"]
    path = f"/api/desk/walks/{wire.walk_id}/issues/{issue}"
    headers = json.dumps({"If-Match": f'"{seq}"', "Content-Type": "application/json"})
    call = f"fetch('{path}', {{method: 'PUT', headers: {headers}, body: '{json.dumps(edit)}'}})"
    assert other.browser.run(f"{call}.then((a) => a.status)") == 200
    press(fatima, "Escape")
    fatima.find(".clash").wait_for()
    words = fatima.find(".clash").inner_text()
    assert "Bo" in words
    assert "Ali" in words
    assert issue_of(fatima, wire, pin)["person"] == "Bo"
    fatima.find("[data-clash=mine]").press("Enter")
    wait_until(lambda: issue_of(other, wire, pin)["person"] == "Ali", "the choice")
    press(fatima, "z")
    wait_until(lambda: issue_of(other, wire, pin)["person"] == "Bo", "theirs again")


def test_words_are_found_in_any_letter_form_and_headings_hold_together(
    site: Site, wire: Wire, new_desk: Make
) -> None:
    wanted = wire.send(text="Mörkt vid Ängsgatan", category="litter", acute=True)
    wire.send(text="Mörkt vid Ängsgatan", category="litter")
    desk = opened(site, wire, new_desk())
    press(desk, "/")
    desk.page.keyboard.type("ANGSGATAN")
    press(desk, "Enter")
    desk.browser.until("document.querySelectorAll('.pinrow').length === 2", "two rows")
    desk.find("[data-show=acute]").click()
    desk.find("[data-show=no_owner]").click()
    assert desk.rows() == [state_of(desk, wire, wanted)["number"]]
    assert "show=no_owner,acute" in desk.page.url
    desk.page.reload()
    desk.browser.until("document.querySelectorAll('.pinrow').length === 1", "the same view")


def test_without_contact_the_decision_is_said_to_have_failed_and_the_pin_comes_back(
    site: Site, wire: Wire, new_desk: Make
) -> None:
    pins = [wire.send(acute=True) for _ in range(2)]
    desk = opened(site, wire, new_desk())
    desk.page.wait_for_load_state("networkidle")
    press(desk, "j")
    number = chosen(desk)
    desk.browser.offline()
    press(desk, "a")
    desk.find(".desk-toast--error").wait_for()
    desk.browser.until(f"document.querySelector('.pinrow[aria-current=true]')?.dataset.number === '{number}'")
    desk.browser.online()
    press(desk, "a")
    wait_until(
        lambda: [state_of(desk, wire, pin)["review"] for pin in pins].count("approved") == 1,
        "one approved",
    )
    desk.find("[data-undo]:enabled").wait_for()


def test_a_double_click_and_a_held_key_decide_once_and_undo_stays(
    site: Site, wire: Wire, new_desk: Make
) -> None:
    pins = [wire.send() for _ in range(3)]
    desk = opened(site, wire, new_desk(viewport=(1024, 768)))
    open_pin(desk, wire, pins[0])
    sent: list[str] = []
    desk.page.on("request", lambda one: sent.append(one.url) if one.method == "PUT" else None)
    button = desk.find("[data-act='pin-approved']")
    button.dblclick()
    desk.find(".desk-toast button").wait_for()
    desk.find(".desk-toast").hover()  # it stays while it is pointed at
    desk.page.wait_for_load_state("networkidle")
    assert len(sent) == 1
    assert state_of(desk, wire, pins[0])["review"] == "approved"
    assert desk.find(".desk-toast--error").count() == 0
    toast, place = desk.find(".desk-toast").bounding_box(), button.bounding_box()
    assert toast
    assert place
    assert toast["x"] + toast["width"] <= place["x"], "the toast lies over the button"
    desk.find(".desk-toast button").click()
    wait_until(lambda: state_of(desk, wire, pins[0])["review"] == "new", "taken back")
    sent.clear()
    button.focus()
    for _ in range(4):
        desk.page.keyboard.down("a")
    desk.page.keyboard.up("a")
    wait_until(lambda: state_of(desk, wire, pins[0])["review"] == "approved", "approved")
    desk.page.wait_for_load_state("networkidle")
    assert [state_of(desk, wire, pin)["review"] for pin in pins[1:]] == ["new", "new"]
    assert len(sent) == 1 + bool(state_of(desk, wire, pins[0])["text"])
