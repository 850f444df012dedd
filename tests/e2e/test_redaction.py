"""Black-outs in a real browser: by keys, by mouse, proposed, saved, undone; and words that name a person."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.builders import sha256
from tests.e2e.backstage import query
from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import Site, SiteFactory
from tests.e2e.test_desk import Wire, opened, press, state_of, wire
from tests.waiting import wait_until

__all__ = ["wire"]

Make = Callable[..., Browser]
FACE = Path(__file__).resolve().parents[1] / "golden/face.jpg"


@pytest.fixture
def site(site_factory: SiteFactory) -> Site:
    """The demo, with faces looked for."""
    return site_factory(FACES="on")


def a_street(faces: int) -> bytes:
    """A picture with so many faces in it."""
    street = Image.new("RGB", (1600, 1200), (90, 100, 110))
    with Image.open(FACE) as face:
        for place in range(faces):
            street.paste(face.resize((220, 300)), (100 + place * 500, 300))
    out = io.BytesIO()
    street.save(out, "JPEG", quality=85)
    return out.getvalue()


def sent(wire: Wire, data: bytes, **fields: Any) -> str:
    pin_id = wire.send(photos=[{"sha256": sha256(data), "alt": ""}], **fields)
    wire.put(f"photos/{sha256(data)}", data, "image/jpeg")
    return pin_id


def photo_of(desk: Desk, wire: Wire, pin_id: str) -> dict[str, Any]:
    photo: dict[str, Any] = state_of(desk, wire, pin_id)["photos"][0]
    return photo


def boxes_of(desk: Desk, wire: Wire, pin_id: str) -> list[Any]:
    boxes: list[Any] = photo_of(desk, wire, pin_id)["boxes"]
    return boxes


def choose(desk: Desk, wire: Wire, pin_id: str) -> None:
    """Open the pin once faces have been looked for: that makes new versions of what is decided on here."""
    unseen = "SELECT count(*) FROM photo WHERE looked_at IS NULL"
    wait_until(lambda: query(desk.site, unseen) == [(0,)], "every photo looked at", 60)
    number = state_of(desk, wire, pin_id)["number"]
    desk.page.goto(f"{desk.site.url}/desk/walks/{wire.walk_id}?pin={number}")
    desk.find(".shot").first.wait_for()


def test_faces_and_boxes_by_the_keys_alone(site: Site, wire: Wire, new_desk: Make) -> None:
    pin_id = sent(wire, a_street(2))
    desk = opened(site, wire, new_desk())
    wait_until(lambda: len(photo_of(desk, wire, pin_id)["proposals"]) == 2, "two faces", 60)
    choose(desk, wire, pin_id)
    press(desk, "r")
    desk.find(".stage__proposal.is-chosen").wait_for()
    assert desk.browser.axe() == []
    press(desk, "Enter", "Delete", "b", "ArrowRight", "Shift+ArrowDown")
    desk.find(".stage__box").nth(1).wait_for()
    press(desk, "Escape")
    desk.find(".editor__leave:not([hidden])").wait_for()
    press(desk, "s")
    wait_until(lambda: len(boxes_of(desk, wire, pin_id)) == 2, "two boxes")
    photo = photo_of(desk, wire, pin_id)
    assert photo["proposals"] == []
    assert photo["boxes"][1] == [688, 512, 320, 256]
    desk.find(".desk-toast").wait_for()
    desk.find(f".shot__image[src*='v={photo['version']}']").wait_for()
    press(desk, "z")
    wait_until(lambda: boxes_of(desk, wire, pin_id) == [], "no boxes")
    assert len(photo_of(desk, wire, pin_id)["proposals"]) == 2


def test_a_box_is_drawn_with_the_mouse_and_the_original_can_be_opened(
    site: Site, wire: Wire, new_desk: Make
) -> None:
    pin_id = sent(wire, a_street(0))
    desk = opened(site, wire, new_desk())
    desk.wait_for_photos(wire.walk_id, {pin_id})
    choose(desk, wire, pin_id)
    desk.find("[data-act^=redact]").first.click()
    desk.browser.until("document.querySelector('.stage__image').naturalWidth > 0", "the picture")
    frame = desk.find(".stage__boxes").bounding_box()
    assert frame
    mouse = desk.page.mouse
    mouse.move(frame["x"] + frame["width"] / 4, frame["y"] + frame["height"] / 4)
    mouse.down()
    mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2, steps=5)
    mouse.up()
    press(desk, "s")
    wait_until(lambda: boxes_of(desk, wire, pin_id) != [], "a box")
    [[x, y, width, height]] = boxes_of(desk, wire, pin_id)
    assert [round(value, -1) for value in (x, y, width, height)] == [400, 300, 400, 300]
    desk.find("[data-act^=redact]").first.click()
    desk.find(".stage__box").wait_for()
    press(desk, "o")
    desk.find(".stage--original").wait_for()
    desk.page.goto(f"{site.url}/desk/audit?act=open_original")
    assert desk.find("main").inner_text().count("original") >= 1


def test_photos_one_at_a_time_by_one_key_each_and_none_unseen(site: Site, wire: Wire, new_desk: Make) -> None:
    pins = [wire.send_with_photo(seed) for seed in (11, 12)]
    desk = opened(site, wire, new_desk())
    desk.wait_for_photos(wire.walk_id, set(pins))
    choose(desk, wire, pins[0])
    desk.browser.until("document.querySelectorAll('.pinrow__words').length > 2", "rows")

    def review_of(pin_id: str) -> str:
        return str(photo_of(desk, wire, pin_id)["review"])

    press(desk, "p")
    desk.find(".film__image.shot__image--blurred").wait_for()
    assert desk.browser.axe() == []
    press(desk, "a")
    desk.find(".film__image:not(.shot__image--blurred)").wait_for()
    assert review_of(pins[0]) == "new"
    press(desk, "a")
    wait_until(lambda: review_of(pins[0]) == "approved", "the first approved")
    press(desk, "h")
    wait_until(lambda: review_of(pins[1]) == "hidden", "the second hidden")
    press(desk, "z")
    wait_until(lambda: review_of(pins[1]) == "new", "taken back")


def test_words_that_point_out_a_person_wait_for_a_public_text(site: Site, wire: Wire, new_desk: Make) -> None:
    pin_id = wire.send(text="Grannen heter Ali Ek, ring 070-123 45 67")
    desk = opened(site, wire, new_desk())
    number = state_of(desk, wire, pin_id)["number"]
    desk.page.goto(f"{site.url}/desk/walks/{wire.walk_id}?pin={number}")
    desk.find("mark.finding").nth(1).wait_for()
    press(desk, "a")
    wait_until(lambda: state_of(desk, wire, pin_id)["review"] == "approved", "the pin approved")
    assert state_of(desk, wire, pin_id)["text_review"] == "new"
    desk.page.keyboard.press("e")
    area = desk.find(".public textarea")
    assert area.input_value() == "Grannen heter […], ring […]"
    area.fill("En granne vet mer.")
    desk.find(".public .btn--primary").click()
    wait_until(lambda: state_of(desk, wire, pin_id)["text_review"] == "approved", "the text approved")
    assert state_of(desk, wire, pin_id)["text_public"] == {"sv": "En granne vet mer."}
    desk.find(".said--public").wait_for()
    press(desk, "z")
    wait_until(lambda: state_of(desk, wire, pin_id)["text_public"] == {}, "taken back")
