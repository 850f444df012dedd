"""What people lost elsewhere while they added something: the wrong photo, the wrong time, a blocked queue."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.chaos.proxy import answer_with
from tests.e2e.backstage import query
from tests.e2e.browser import Browser
from tests.e2e.filled import fill, jpeg, on_page
from tests.e2e.phone import Phone
from tests.e2e.site import Site, SiteFactory
from tests.waiting import wait_until

Make = Callable[..., Browser]
HEAP = 150_000_000
# Two pins, each with its photo and its words, written in every order at once; what came out wrong.
ORDERS = """
  let state = 7;
  const dice = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 2 ** 32; };
  const wrong = [];
  for (let round = 0; round < 100; round++) {
    const there = { lat: 60.17, lon: 24.94 };
    const pins = [];
    for (const category of ['lighting', 'litter'])
      pins.push(await store.savePin(newId(), { kind: 'problem', category, there }));
    const photos = await Promise.all(pins.map(async ({ id }) => {
      const bytes = new TextEncoder().encode(`photo of ${id}`).buffer;
      const about = { type: 'image/jpeg', bytes, thumb: null, width: 1, height: 1, raw: false };
      return { ...about, name: 'image.jpg', sha256: await digest(bytes) };
    }));
    const acts = pins.flatMap(({ id }, i) => [
      () => store.addPhoto(id, photos[i]), () => store.revisePin(id, { text: `words of ${id}` })]);
    for (let i = acts.length - 1; i > 0; i--) {
      const j = Math.floor(dice() * (i + 1));
      [acts[i], acts[j]] = [acts[j], acts[i]];
    }
    await Promise.all(acts.map((act) => act()));
    for (const [i, { id }] of pins.entries()) {
      const now = await store.getPin(id);
      const isRight = now.fields.text === `words of ${id}` && now.photos.length === 1
        && now.photos[0].sha256 === photos[i].sha256;
      if (!isRight) wrong.push(round);
    }
  }
  return wrong;
"""
# The mean red and blue of each pin's first photo, as it is stored.
COLOUR_OF = """(async () => {
  const open = await new Promise((done) => {
    const asked = indexedDB.open('trygga-steg');
    asked.onsuccess = () => done(asked.result);
  });
  const all = (name) => new Promise((done) => {
    const asked = open.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  const [pins, bytes] = [await all('pins'), await all('bytes')];
  open.close();
  const found = {};
  for (const pin of pins.filter(({ photos }) => photos.length > 0)) {
    const kept = bytes.find(({ sha256 }) => sha256 === pin.photos[0].sha256);
    const ink = new OffscreenCanvas(1, 1).getContext('2d');
    ink.drawImage(await createImageBitmap(new Blob([kept.bytes])), 0, 0, 1, 1);
    const [red, , blue] = ink.getImageData(0, 0, 1, 1).data;
    found[pin.id] = red > blue ? 'red' : 'blue';
  }
  return found;
})()"""
# Each file as the app stores it: size, whether its upper left part is red, whether it tells of a camera.
PREPARED = """
  const files = FILES.map((text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
  const found = [];
  for (const file of files) {
    const photo = await preparePhoto(new Blob([file], { type: 'image/jpeg' }));
    const ink = new OffscreenCanvas(photo.width, photo.height).getContext('2d');
    ink.drawImage(await createImageBitmap(new Blob([photo.bytes])), 0, 0);
    const [red, green] = ink.getImageData(10, 8, 1, 1).data;
    const hasExif = new TextDecoder('latin1').decode(photo.bytes).includes('Exif');
    found.push([photo.width, photo.height, red > 200 && green < 60, hasExif]);
  }
  return found;
"""
CATEGORIES = """
  const made = [];
  for (const { code, label_positive } of (await store.getWalk('WALK')).bundle.categories) {
    const kind = label_positive && made.length % 2 ? 'positive' : 'problem';
    made.push(await store.savePin('WALK', { kind, category: code, there: { lat: 60.1735, lon: 24.944 } }));
  }
  return made.map(({ id }) => id);
"""
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.fixture
def phone(site: Site, new_phone: Make) -> Phone:
    phone = Phone(new_phone(viewport=(360, 640), scale=1, lang="en-GB"), site)
    phone.join(ready=False)
    return phone


def choose(phone: Phone, pin: dict[str, Any], file: Path | dict[str, Any]) -> None:
    """A picture from the gallery for a pin whose sheet is open."""
    phone.find(f"dialog[open] [data-pin='{pin['id']}'], dialog[open]").first.wait_for()
    phone.find("dialog[open] .add-photo input[type=file]").last.set_input_files(file)


def open_pin(phone: Phone, pin: dict[str, Any]) -> None:
    phone.browser.run(f"location.hash = '#/pin/{pin['id']}'")
    phone.browser.until(f"location.hash.endsWith('{pin['id']}')")
    phone.find("dialog[open] textarea").first.wait_for()


def test_f12_each_photo_is_on_its_pin_and_no_word_is_lost_in_a_hundred_orders(
    phone: Phone, tmp_path: Path
) -> None:
    paths = {}
    for colour in ("red", "blue"):
        (tmp_path / colour).mkdir()
        paths[colour] = tmp_path / colour / "image.jpg"
        Image.new("RGB", (3000, 2000), colour).save(paths[colour])
    phone.browser.offline()
    pins = {"red": phone.drop("lighting"), "blue": phone.drop("litter")}
    for colour, pin in pins.items():
        open_pin(phone, pin)
        choose(phone, pin, paths[colour])
        phone.find("dialog[open] textarea").first.fill(f"{colour} words")
    wait_until(lambda: all(phone.pin(pin["id"])["photos"] for pin in pins.values()), "both photos")
    wait_until(
        lambda: (
            [phone.pin(pin["id"])["fields"]["text"] for pin in pins.values()] == ["red words", "blue words"]
        )
    )
    assert phone.browser.run(COLOUR_OF) == {pin["id"]: colour for colour, pin in pins.items()}
    phone.browser.online()
    assert on_page(phone, ORDERS) == []


def test_f13_large_photos_in_a_row_do_not_fill_the_memory(phone: Phone, tmp_path: Path) -> None:
    noise = Image.effect_noise((1000, 750), 80).resize((4000, 3000)).convert("RGB")
    pin = phone.drop("lighting")
    slow = phone.browser.slow_cpu(4)
    slow.send("Performance.enable")
    open_pin(phone, pin)
    for number in range(4):
        noise.paste("black", (0, 0, 500 * (number + 1), 500))
        noise.save(tmp_path / "image.jpg", quality=85)
        choose(phone, pin, tmp_path / "image.jpg")
        wait_until(lambda many=number + 1: len(phone.pin(pin["id"])["photos"]) == many, "the photo", 120)
        figures = {one["name"]: one["value"] for one in slow.send("Performance.getMetrics")["metrics"]}
        assert figures["JSHeapUsedSize"] < HEAP
    assert all(photo["size"] < 2_000_000 for photo in phone.photos())


def test_f14_every_way_a_camera_was_held_is_upright_and_a_foreign_format_is_kept(phone: Phone) -> None:
    upright = Image.new("RGB", (60, 40), "blue")
    upright.paste("red", (0, 0, 30, 20))
    files = []
    for number, turn in TURNED.items():
        exif = Image.Exif()
        exif[0x0112] = number
        kept = io.BytesIO()
        (upright.transpose(turn) if turn is not None else upright).save(kept, "JPEG", exif=exif, quality=95)
        files.append(kept.getvalue())
    assert on_page(phone, PREPARED, files=files) == [[60, 40, True, False]] * 8

    phone.open()
    phone.browser.expect_error("415|422")
    pin = phone.drop("lighting")
    open_pin(phone, pin)
    heic = {"name": "image.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic" + bytes(2000)}
    choose(phone, pin, heic)
    wait_until(lambda: phone.photos() and phone.photos()[0]["raw"], "the file kept as it is")
    phone.page.keyboard.press("Escape")
    refused = wait_until(
        lambda: [one for one in phone.entries() if one["state"] == "help"], "an honest refusal"
    )
    assert [(one["kind"], one["problem"]["code"]) for one in refused] == [("photo", "photo_not_image")]
    assert phone.stored("bytes")[0]["bytes"] == len(heic["buffer"])


def test_f20_one_poisoned_pin_and_one_spoilt_photo_hold_up_nobody(site: Site, phone: Phone) -> None:
    made = fill(phone, 10, jpeg())
    poisoned, spoilt = made[2], made[4]
    refusal = json.dumps({"code": "invalid", "status": 422, "retry": False, "title": "Wrong form."}).encode()
    site.road.on("PUT", f"/pins/{poisoned}", answer_with(422, refusal, b"application/problem+json"))
    phone.browser.expect_error("422")
    sha256 = next(pin for pin in phone.pins() if pin["id"] == spoilt)["photos"][0]["sha256"]
    phone.browser.run(SPOIL.replace("SHA256", sha256))
    phone.open()
    wait_until(
        lambda: {one["state"] for one in phone.entries()} == {"help"}, "only what needs help is left", 40
    )
    assert {(one["kind"], one["target"]) for one in phone.entries()} == {("pin", poisoned), ("photo", sha256)}
    mine = query(site, "SELECT count(*) FROM pin WHERE participant_id = ?", who(phone))
    photos = query(site, "SELECT count(*) FROM photo WHERE participant_id = ?", who(phone))
    assert (mine, photos) == ([(9,)], [(9,)])
    phone.page.goto(f"{phone.home}#/mine")
    with phone.page.expect_download() as got:
        phone.find("#save-file").click()
    with zipfile.ZipFile(io.BytesIO(Path(got.value.path()).read_bytes())) as archive:
        assert poisoned in archive.read("walk.json").decode()


SPOIL = """new Promise((done) => {
  const asked = indexedDB.open('trygga-steg');
  asked.onsuccess = () => {
    const tx = asked.result.transaction('bytes', 'readwrite');
    tx.objectStore('bytes').getAll().onsuccess = ({ target }) => {
      const kept = target.result.find(({ sha256 }) => sha256 === 'SHA256');
      tx.objectStore('bytes').put({ ...kept, bytes: kept.bytes.slice(0, 100) });
    };
    tx.oncomplete = () => { asked.result.close(); done(true); };
  };
})"""


def who(phone: Phone) -> str:
    return str(phone.stored("walks")[0]["participant_id"]).replace("-", "")


def test_f22_direction_comes_from_the_language_and_each_text_keeps_its_own(
    site_factory: SiteFactory, new_phone: Make
) -> None:
    site = site_factory(PSEUDO_LOCALE="on")
    browser = new_phone(viewport=(360, 640), scale=1)
    browser.context.add_cookies([{"name": "trygg_lang", "value": "en-x-rtl", "url": site.url}])
    phone = Phone(browser, site)
    phone.join(ready=False)
    pin = phone.drop("lighting")
    direction = "getComputedStyle(document.querySelector(%r)).direction"
    assert browser.run(direction % "body") == "rtl"
    assert browser.run(direction % "#map") == "ltr"
    open_pin(phone, pin)
    for words, expected in (("Det är mörkt här.", "ltr"), ("المكان مظلم.", "rtl")):
        phone.find("dialog[open] textarea").first.fill(words)
        assert browser.run(direction % "dialog[open] textarea") == expected
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")


def test_f24_words_and_buttons_are_read_in_sun_by_day_and_at_night(phone: Phone) -> None:
    phone.drop("lighting")
    for theme in ("sun", "light", "dark"):
        phone.browser.run(f"localStorage.setItem('ts-theme', '{theme}')")
        phone.open()
        phone.page.reload()
        phone.find("#new-pin").wait_for()
        assert phone.browser.run("document.documentElement.dataset.theme") == theme
        for path in ("", "mine"):
            phone.browser.run(f"location.hash = '#/{path}'")
            phone.browser.until(
                f"Boolean(document.querySelector('dialog[open]')) === {str(bool(path)).lower()}"
            )
            assert [fault for fault in phone.browser.axe() if "contrast" in fault] == []


def test_f26_every_category_is_saved_with_nothing_but_itself(site: Site, phone: Phone) -> None:
    phone.find("#new-pin").click()
    phone.find(".tiles [data-code]").first.wait_for()
    assert phone.find(".tiles button:disabled").count() == 0
    phone.page.keyboard.press("Escape")
    walk = phone.stored("walks")[0]
    made = on_page(phone, CATEGORIES.replace("WALK", walk["id"]))
    assert len(made) == len(walk["bundle"]["categories"])
    phone.open()
    phone.wait_until_sent()
    found = query(
        site, "SELECT count(DISTINCT category), max(text) FROM pin WHERE participant_id = ?", who(phone)
    )
    assert found == [(len(made), "")]


def test_f27_a_wrong_clock_and_any_time_zone_leave_the_order_and_both_times(
    site: Site, new_phone: Make
) -> None:
    browser = new_phone(viewport=(360, 640), scale=1, lang="en-GB", timezone="Pacific/Kiritimati")
    phone, now = Phone(browser, site), datetime.now(UTC).replace(microsecond=0)
    phone.join(ready=False)
    made = []
    for wrong in (timedelta(0), timedelta(hours=-3), timedelta(days=1)):
        phone.page.clock.set_fixed_time(now + wrong)
        phone.reload()
        made.append(phone.drop("lighting"))
        phone.wait_until_sent()
        assert datetime.fromisoformat(made[-1]["made_at"]) == now + wrong
    rows = query(site, "SELECT id, received_at FROM pin WHERE participant_id = ? ORDER BY number", who(phone))
    assert [row[0] for row in rows] == [pin["id"].replace("-", "") for pin in made]
    received = [datetime.fromisoformat(row[1]).replace(tzinfo=UTC) for row in rows]
    assert received == sorted(received)
    assert all(abs(at - now) < timedelta(minutes=10) for at in received)
    browser.run("location.hash = '#/mine'")
    shown = phone.find(f"#mine-{made[1]['id']}").inner_text()
    there = now - timedelta(hours=3) + timedelta(hours=14)
    assert f"{there:%H:%M}" in shown
