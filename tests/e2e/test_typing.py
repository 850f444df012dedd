"""Nothing typed is lost, however soon after the last key the page goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.browser import Browser
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.waiting import wait_until

Make = Callable[..., Browser]
TYPED = "Trasig lampa vid trappan"
# The keys and the page's end in one task: no pause and no write can come between.
TYPE_AND_GO = """(() => {
  const note = document.querySelector('dialog[open] FIELD');
  note.value = TYPED;
  note.dispatchEvent(new Event('input', { bubbles: true }));
  LEAVE;
  for (const end = Date.now() + 50; Date.now() < end;);
})()"""
LEAVING = {"reload": "location.reload()", "another page": "location.assign('/om')"}
DRAFT = "localStorage.getItem('ts-draft')"


@pytest.fixture
def phone(site: Site, new_phone: Make) -> Phone:
    phone = Phone(new_phone(), site)
    phone.join()
    return phone


def open_pin(phone: Phone, pin_id: str) -> None:
    phone.page.goto(f"{phone.home}#/pin/{pin_id}")
    phone.find("dialog[open] textarea").first.wait_for()


def type_and_go(phone: Phone, field: str, leave: str) -> None:
    script = TYPE_AND_GO.replace("FIELD", field).replace("TYPED", repr(TYPED)).replace("LEAVE", leave)
    with phone.page.expect_navigation(wait_until="commit"):
        phone.browser.run(script)


@pytest.mark.parametrize("way", LEAVING)
def test_what_was_typed_as_the_page_went_is_there_and_is_sent(phone: Phone, way: str) -> None:
    pin = phone.drop("lighting")
    open_pin(phone, pin["id"])
    type_and_go(phone, "textarea", LEAVING[way])
    open_pin(phone, pin["id"])
    assert phone.find("dialog[open] textarea").first.input_value() == TYPED
    assert phone.pin(pin["id"])["fields"]["text"] == TYPED
    phone.browser.until(f"{DRAFT} === null", "the draft gone once the store has it")
    phone.page.goto(phone.home)
    phone.wait_until_sent()
    assert TYPED in phone.pin(pin["id"])["acked_body"]


def test_a_description_typed_as_the_page_went_is_there(phone: Phone) -> None:
    pin = phone.drop("lighting", photo="camera")
    open_pin(phone, pin["id"])
    phone.find(".photo .input").wait_for()
    type_and_go(phone, ".photo .input", LEAVING["reload"])
    wait_until(lambda: phone.pin(pin["id"])["photos"][0]["alt"] == TYPED, "the description in the store")


def test_a_draft_gives_way_to_what_was_written_after_it(phone: Phone) -> None:
    pin = phone.drop("lighting")
    old = {pin["id"]: {"now": {"text": "old"}, "was": [{"text": "older"}]}}
    open_pin(phone, pin["id"])
    phone.find("dialog[open] textarea").first.fill("newest")
    wait_until(lambda: phone.pin(pin["id"])["fields"]["text"] == "newest", "the note in the store")
    phone.browser.until(f"{DRAFT} === null", "no draft of what the store has")
    phone.browser.run(f"localStorage.setItem('ts-draft', JSON.stringify({old}))")
    phone.reload()
    phone.browser.until(f"{DRAFT} === null", "the old draft gone")
    assert phone.pin(pin["id"])["fields"]["text"] == "newest"


def test_no_draft_outlives_its_pin(phone: Phone) -> None:
    pin = phone.drop("lighting")
    open_pin(phone, pin["id"])
    phone.find("dialog[open] textarea").first.fill(TYPED)
    phone.find("#pin-remove").click()
    wait_until(lambda: phone.pin(pin["id"])["withdrawn"], "the pin removed")
    phone.browser.until(f"{DRAFT} === null", "no draft of a removed pin")
