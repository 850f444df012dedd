"""The whole story in real Chromium: two phones, a desk, no network, a crash, and a server that dies."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.chaos.proxy import swallow_answer, unreachable
from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.faults import NOBODY_SENDS
from tests.e2e.phone import Phone
from tests.e2e.site import Site, SiteFactory
from tests.waiting import wait_until

Make = Callable[..., Browser]
DRAWN = "document.querySelectorAll('.leaflet-tile-loaded, canvas.leaflet-tile').length > 3"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "bench.jpg"
    Image.linear_gradient("L").resize((2000, 1500)).convert("RGB").save(path, quality=85)
    return path


def walk_of(phone: Phone) -> str:
    return urlsplit(phone.home).path.rsplit("/", 1)[-1]


def test_pins_made_without_coverage_reach_the_desk_with_their_photos(
    engine: str, site_factory: SiteFactory, new_phone: Make, new_desk: Make, picture: Path
) -> None:
    site = site_factory(engine)
    amina, bilal = Phone(new_phone("Amina", on_disk=True), site), Phone(new_phone("Bilal", dark=True), site)
    amina.join()
    bilal.join()

    amina.browser.offline()
    bilal.browser.offline()
    for phone in (amina, bilal):
        phone.browser.until(NOBODY_SENDS, "the end of what joining began")
    wait_until(lambda: all(one.done for one in site.road.exchanges), "the last answer")
    asked = len(site.road.exchanges)
    amina.reload()
    amina.browser.until(DRAWN, "the map drawn from the phone's own pack")

    made = [amina.drop("lighting", "camera"), amina.drop("litter", picture)]
    amina.browser.crash_tab()
    amina.open()
    made += [amina.drop("good_place", "camera"), amina.drop("vegetation", picture, good=True)]
    made += [bilal.drop("unsafe_feeling", picture)]
    amina.reload()
    kept = {pin["id"]: len(pin["photos"]) for phone in (amina, bilal) for pin in phone.pins()}
    assert kept == {pin["id"]: 1 for pin in made}
    # The browser's own look for a newer worker is beyond the page, and beyond the emulated loss of network.
    assert {one.path for one in site.road.exchanges[asked:]} <= {"/sw.js"}

    desk = Desk(new_desk("Fatima"), site)
    desk.log_in()
    desk.open_walk(walk_of(amina))
    amina.browser.online()
    bilal.browser.online()
    amina.wait_until_sent()
    bilal.wait_until_sent()
    seen = desk.wait_for_pins(walk_of(amina), set(kept))
    assert {pin["kind"] for pin in seen.values()} == {"problem", "positive"}
    for photo in desk.wait_for_photos(walk_of(amina), set(kept)):
        for size in ("thumb", "full"):
            assert desk.photo_status(walk_of(amina), photo["id"], size) == (200, "image/jpeg")


def test_a_swallowed_answer_and_a_killed_server_make_one_row(site: Site, new_phone: Make) -> None:
    phone = Phone(new_phone(on_disk=True), site)
    phone.join()
    lost = site.road.on("PUT", "/pins/", swallow_answer(), times=1)
    site.road.on("PUT", "/pins/", unreachable())  # until the server is back, and the phone looked at
    pin = phone.drop("lighting")
    wait_until(lambda: lost.hits, "the server having done its work unheard")
    site.road.wait_for("PUT", "/pins/")
    site.server.restart()
    assert phone.entries()
    site.road.clear()
    phone.sync()
    answers = [one.status for one in site.road.seen("PUT", f"/pins/{pin['id']}") if one.reached_server]
    assert answers == [201, 200]
    with closing(sqlite3.connect(site.server.data_dir / "trygga-steg.db")) as database:
        hexadecimal = pin["id"].replace("-", "")
        found = database.execute("SELECT count(*) FROM pin WHERE id = ?", [hexadecimal])
        assert found.fetchone() == (1,)
