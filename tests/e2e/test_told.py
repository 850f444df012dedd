"""What the phone says: only what is so, where it matters, and no longer than it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.browser import Browser
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.waiting import wait_until

Make = Callable[..., Browser]
# Does the toast lie on any of the map's buttons, or on the main one?
COVERED = """(() => {
  const said = document.querySelector('.toast').getBoundingClientRect();
  const hit = (one) => one.left < said.right && one.right > said.left
    && one.top < said.bottom && one.bottom > said.top;
  const buttons = [...document.querySelectorAll('.map-buttons button, #new-pin')];
  return buttons.filter((one) => hit(one.getBoundingClientRect())).map((one) => one.id || one.title);
})()"""
REFUSE = """(() => new Promise((done) => {
  const open = indexedDB.open('trygga-steg');
  open.onsuccess = () => {
    const tx = open.result.transaction('entries', 'readwrite');
    tx.objectStore('entries').getAll().onsuccess = ({ target }) => {
      for (const entry of target.result.filter(({ kind }) => kind === 'photo')) {
        const problem = { code: 'photo_not_image', status: 415, title: null, obey: false };
        tx.objectStore('entries').put({ ...entry, state: 'help', problem });
      }
    };
    tx.oncomplete = () => { open.result.close(); done(true); };
  };
}))()"""


@pytest.fixture
def phone(site: Site, new_phone: Make) -> Phone:
    phone = Phone(new_phone(viewport=(360, 640), scale=1, lang="en-GB"), site)
    phone.join(ready=False)
    return phone


def test_the_line_after_a_pin_covers_no_button_and_ends_with_the_screen(phone: Phone) -> None:
    pin = phone.drop("lighting")
    phone.find(".toast").wait_for()
    assert phone.browser.run(COVERED) == []
    phone.browser.run("location.hash = '#/menu'")
    phone.find("dialog[open]").wait_for()
    assert phone.find(".toast").count() == 0
    phone.open()
    phone.wait_until_sent()
    phone.page.goto(f"{phone.home}#/photo/{pin['id']}")
    phone.find("#photo-skip").click()
    phone.find("dialog.camera").wait_for(state="hidden")
    phone.browser.until("!document.querySelector('dialog[open]')", "the map")
    assert phone.find(".toast").count() == 0


def test_my_pins_says_nothing_of_none_before_the_store_has_answered(phone: Phone) -> None:
    phone.drop("lighting")
    phone.page.add_init_script(
        """new MutationObserver(() => {
          for (const one of document.querySelectorAll('dialog[open] .screen__body > p.muted'))
            if (!one.hidden && /No pins yet|Inga markeringar/.test(one.textContent)) window.saidNone = true;
        }).observe(document, { childList: true, subtree: true, attributes: true });"""
    )
    phone.page.goto(f"{phone.home}#/mine")
    phone.page.reload()
    phone.find("dialog[open] .rows .line").wait_for()
    assert not phone.browser.run("window.saidNone === true")


def test_a_refused_photo_says_why_and_can_be_removed_on_its_pin(phone: Phone) -> None:
    phone.browser.offline()
    pin = phone.drop("lighting", "camera")
    phone.browser.run(REFUSE)
    phone.page.goto(f"{phone.home}#/mine")
    phone.find("dialog[open] .sum.is-error").wait_for()
    phone.find(f"#mine-{pin['id']}").click()
    refused = phone.find(".photo .refused:has-text('not a picture')")
    refused.wait_for()
    refused.locator(".btn--danger").click()
    refused.wait_for(state="detached")
    wait_until(lambda: phone.pin(pin["id"])["photos"] == [], "the photo gone from the pin")
    wait_until(lambda: [one["kind"] for one in phone.entries()] == ["pin"], "the pin alone left to send")


def test_a_file_that_is_no_picture_is_refused_at_once(phone: Phone, tmp_path: Path) -> None:
    path = tmp_path / "bench.jpg"
    path.write_text("no picture at all")
    pin = phone.drop("lighting")
    phone.page.goto(f"{phone.home}#/pin/{pin['id']}")
    phone.find(".add-photo input[type=file]").last.set_input_files(path)
    phone.find(".toast").wait_for()
    assert phone.pin(pin["id"])["photos"] == []
    assert [one["kind"] for one in phone.entries() if one["kind"] == "photo"] == []


def test_a_long_note_tells_how_much_still_fits(phone: Phone) -> None:
    pin = phone.drop("lighting")
    phone.page.goto(f"{phone.home}#/pin/{pin['id']}")
    note, room = phone.find("dialog[open] textarea").first, phone.find("dialog[open] [id$='-room']").first
    note.fill("x" * 3799)
    assert room.is_hidden()
    note.fill("x" * 3990)
    assert room.inner_text().startswith("10 ")
