"""A tab that dies in the middle of a save: fault P1. Its process is ended by the developer protocol."""

from __future__ import annotations

from tests.e2e.conftest import Joined
from tests.e2e.faults import crash, mine
from tests.e2e.phone import Phone
from tests.e2e.truth import check

MOMENTS_MS = (0, 15, 60, 200)


def left_behind(phone: Phone) -> set[str]:
    """Pins on the phone, each looked through: whole, in the outbox, and with every byte that it shows."""
    pins = {pin["id"]: pin for pin in phone.pins()}
    assert {entry["target"] for entry in phone.entries() if entry["kind"] == "pin"} == set(pins)
    shown = {place["sha256"] for pin in pins.values() for place in pin["photos"]}
    assert {one["sha256"] for one in phone.stored("bytes")} == shown
    return set(pins)


def test_p01_a_tab_that_dies_while_saving_leaves_a_whole_pin_or_none(joined: Joined) -> None:
    phone = joined(on_disk=True)
    phone.browser.expect_error("401")  # a cookie that the browser had not written down yet is renewed
    phone.wait_until_installed()
    phone.browser.offline()
    said: set[str] = {phone.drop("litter", "camera")["id"]}
    for moment in MOMENTS_MS:
        phone.choose_camera("app")
        phone.find("#new-pin").click()
        tile = "document.querySelector(\".tiles [data-code='lighting']\")"
        phone.browser.run(f"setTimeout(() => {tile}.click())")
        phone.browser.run(f"new Promise((done) => setTimeout(done, {moment}))")
        crash(phone.browser)
        phone.open()
        now = left_behind(phone)
        assert said <= now
        assert len(now) - len(said) in (0, 1)
        said = now
        if any(pin["awaiting_photo"] for pin in phone.pins()):
            phone.find("dialog.dialog .btn").last.click()
    phone.browser.kill()
    # What the browser itself had not written down yet is no part of the promise.
    phone.browser.launch().add_init_script(f"localStorage.setItem('ts-begun', '{phone.walk}')")
    phone.open()
    mine(phone)
    phone.find("#try-now").click()
    phone.wait_until_sent()
    check(phone)
