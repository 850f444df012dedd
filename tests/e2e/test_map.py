"""The shared map in a real browser, under the app's content policy: keys, names, limits, basemap.

On the parts of Leaflet and protomaps-leaflet that the phone is sent; the desk has more of the same.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.contract.tree import ROOT
from tests.e2e.browser import Browser
from tests.e2e.conftest import BrowserFactory
from tests.waiting import wait_until

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; base-uri 'none'"
)
PAGE = """<!doctype html>
<html lang="en" dir="%s" data-basemap="/static/js/dist/protomaps-leaflet.js">
<title>Map</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/tokens.css"><link rel="stylesheet" href="/static/vendor/leaflet.css">
<link rel="stylesheet" href="/static/css/map.css"><link rel="stylesheet" href="/test.css">
<script defer src="/static/js/dist/leaflet.js"></script><script type="module" src="/test.js"></script>
<main><h1>Map</h1><div id="map"></div><button id="after">After</button></main></html>"""
STYLE = "#map { width: 360px; height: 500px }"
SCRIPT = """
import { createMap } from '/static/js/shared/map.js';
import { createBasemap } from '/static/js/shared/basemap.js';
const el = document.getElementById('map');
const bbox = [24.9405, 60.1718, 24.95, 60.176];
const map = createMap(el, { bbox, reducedMotion: true, label: 'Map', spotsLabel: 'Pins' });
map.setView({ lat: 60.1738, lon: 24.9455 }, 18);
window.told = [];
map.onPin((id) => window.told.push(id));
map.onKeys({ enter: () => window.told.push('enter'), leave: () => document.getElementById('after').focus() });
const look = { group: 'order', kind: 'problem', icon: 'trash-2' };
window.pin = (id, east, more) => (
  { id, lat: 60.1738, lon: 24.9455 + east, label: `Pin ${id}`, ...look, ...more });
Object.assign(window, { map, createBasemap });
"""
THREE = "map.setPins([pin('east', .0004), pin('west', -.0004), pin('middle', 0)])"
BASEMAP = """(async () => {
  const layer = await createBasemap(map, await (await fetch('/data/packs/helsinki-mini.pmtiles')).blob());
  window.drawn = false;
  layer.on('load', () => { window.drawn = true; });
  map.setBase(layer);
})()"""
COLOURS = """(() => {
  const tiles = [...document.querySelectorAll('.leaflet-tile-pane canvas')];
  const seen = new Set();
  for (const tile of tiles) {
    const { data } = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height);
    for (let i = 0; i < data.length; i += 400) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
  }
  return seen.size;
})()"""


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        pages = {
            "/": ("text/html", PAGE % "ltr"),
            "/mirrored": ("text/html", PAGE % "rtl"),
            "/test.js": ("text/javascript", SCRIPT),
            "/test.css": ("text/css", STYLE),
        }
        if self.path not in pages:
            super().do_GET()
            return
        kind, text = pages[self.path]
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(ROOT / "app")))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser(new_phone: BrowserFactory) -> Browser:
    return new_phone(touch=False)


@pytest.fixture
def page(address: str, browser: Browser) -> Page:
    return open_map(browser, address)


def open_map(browser: Browser, url: str) -> Page:
    page = browser.page
    page.goto(url)
    wait_until(lambda: page.evaluate("'map' in window && Boolean(window.pin)"), "the map")
    return page


def focused(page: Page) -> str:
    name = page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id")
    return str(name)


def tab_stops(page: Page) -> int:
    return page.locator("#map button[tabindex='0']").count()


def test_it_works(page: Page) -> None:
    page.evaluate(THREE)
    page.get_by_role("button", name="Pin middle").click()
    assert page.evaluate("told") == ["middle"]
    assert page.get_by_role("region", name="Map").is_visible()


def test_it_says_whose_map_data_it_is(page: Page) -> None:
    link = page.get_by_role("link", name="© OpenStreetMap")
    assert link.is_visible()
    assert link.get_attribute("href") == "https://www.openstreetmap.org/copyright"


def test_pins_are_one_tab_stop_and_keys_walk_them_west_to_east(page: Page) -> None:
    page.evaluate(THREE)
    assert tab_stops(page) == 1
    page.locator("#map").focus()
    page.keyboard.press("Tab")
    walked = [focused(page)]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        walked.append(focused(page))
    assert walked == ["Pin west", "Pin middle", "Pin east", "Pin west"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert page.evaluate("told") == ["middle", "middle"]
    assert tab_stops(page) == 1


def test_escape_leaves_the_pins_and_then_the_map(page: Page) -> None:
    page.evaluate(THREE)
    page.get_by_role("button", name="Pin east").focus()
    page.keyboard.press("Escape")
    assert focused(page) == "Map"
    page.keyboard.press("Escape")
    assert focused(page) == "after"


def test_arrows_move_the_crosshair_and_enter_is_the_page_s(page: Page) -> None:
    before = page.evaluate("map.center()")
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    small = page.evaluate("map.center()")["lon"] - before["lon"]
    page.keyboard.press("Shift+ArrowRight")
    large = page.evaluate("map.center()")["lon"] - before["lon"] - small
    assert small > 0
    assert large == pytest.approx(10 * small, rel=0.01)
    page.keyboard.press("Enter")
    assert page.evaluate("told") == ["enter"]


def test_the_same_list_again_touches_nothing_and_a_changed_pin_keeps_focus(page: Page) -> None:
    page.evaluate(THREE)
    page.evaluate("window.before = [...document.querySelectorAll('.map-spot svg')]")
    page.evaluate(THREE)
    assert page.evaluate(
        "[...document.querySelectorAll('.map-spot svg')].every((svg, i) => svg === before[i])"
    )
    page.get_by_role("button", name="Pin middle").focus()
    page.evaluate(
        "map.setPins([pin('east', .0004), pin('middle', .0006, {unsent: true}), pin('new', -.0006)])"
    )
    assert focused(page) == "Pin middle"
    names = page.evaluate("[...document.querySelectorAll('#map button')].map((b) => b.ariaLabel)")
    assert names == ["Pin new", "Pin east", "Pin middle"]


MANY = "const many = Array.from({length: 300}, (_, i) => pin(`${i}`, (i - 150) / 1e5));"
NAMES = "[...document.querySelectorAll('#map button')].map((button) => button.ariaLabel)"


def test_of_hundreds_of_pins_the_nearest_are_there_at_once_and_the_others_soon(page: Page) -> None:
    at_once = page.evaluate(f"(() => {{ {MANY} map.setPins(many); return {NAMES}; }})()")
    assert 0 < len(at_once) < 100
    assert {f"Pin {number}" for number in range(140, 160)} <= set(at_once)
    wait_until(lambda: page.evaluate(f"{NAMES}.length") == 300, "all of the pins")
    assert page.evaluate(NAMES) == [f"Pin {number}" for number in range(300)], "from west to east"
    assert tab_stops(page) == 1
    page.evaluate(f"{MANY} window.before = {NAMES}; map.setPins(many)")
    assert page.evaluate(NAMES) == page.evaluate("before")


def test_a_pin_that_was_not_drawn_yet_can_be_gone_to_and_taken_away(page: Page) -> None:
    found = page.evaluate(f"(() => {{ {MANY} map.setPins(many); return map.focusPin('299'); }})()")
    assert found
    assert focused(page) == "Pin 299"
    left = page.evaluate(f"(() => {{ {MANY} map.setPins(many); map.setPins([many[7]]); return {NAMES}; }})()")
    assert left == ["Pin 7"]
    page.evaluate("new Promise((done) => setTimeout(done, 100))")  # begun after the map's own, and longer
    assert page.evaluate(NAMES) == ["Pin 7"]


def test_a_pin_that_goes_gives_its_focus_to_the_map(page: Page) -> None:
    page.evaluate(THREE)
    page.get_by_role("button", name="Pin middle").focus()
    page.evaluate("map.setPins([pin('east', .0004)])")
    assert focused(page) == "Map"
    assert tab_stops(page) == 1


def test_zooming_and_insets_keep_the_place_under_the_crosshair(page: Page) -> None:
    page.evaluate("map.setInsets({bottom: 240})")
    page.evaluate("map.setView({lat: 60.1738, lon: 24.9455}, 18)")
    seen_at = page.evaluate("map.leaflet.latLngToContainerPoint([60.1738, 24.9455])")
    assert (round(seen_at["x"]), round(seen_at["y"])) == (180, 130), "the middle of what is not covered"
    page.evaluate("map.zoomIn()")
    centre = page.evaluate("map.center()")
    assert centre["lat"] == pytest.approx(60.1738, abs=5e-6)
    assert centre["lon"] == pytest.approx(24.9455, abs=5e-6)
    assert page.evaluate("map.zoom()") == 19


def test_a_person_s_move_is_told_apart_from_the_page_s(page: Page) -> None:
    page.evaluate("window.moves = []; void map.onMove((at, {done, byHand}) => done && moves.push(byHand))")
    page.evaluate("map.setView({lat: 60.174, lon: 24.946}, 18)")
    page.locator("#map").focus()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("moves") == [False, True]


def test_the_map_does_not_leave_its_area(page: Page) -> None:
    page.evaluate("map.setView({lat: 59.33, lon: 18.07}, 18)")
    assert abs(page.evaluate("map.center()")["lon"] - 24.9455) < 0.05
    assert page.evaluate("map.reaches({lat: 60.174, lon: 24.945})")
    assert not page.evaluate("map.reaches({lat: 59.33, lon: 18.07})")


def test_without_a_basemap_there_is_a_grid_with_a_scale(page: Page) -> None:
    assert page.locator(".leaflet-control-scale-line").is_visible()
    assert page.locator("#map").get_attribute("data-base") == "grid"


def test_a_basemap_is_drawn_from_a_blob(page: Page) -> None:
    wait_until(lambda: page.evaluate(COLOURS) > 0, "the grid")
    grid = page.evaluate(COLOURS)
    page.evaluate(BASEMAP)
    wait_until(lambda: page.evaluate("drawn"), "the tiles")
    assert page.evaluate(COLOURS) > grid + 20
    assert page.locator(".leaflet-control-scale-line").count() == 0


def test_a_damaged_pack_is_an_error_and_the_grid_stays(page: Page) -> None:
    refused = page.evaluate("createBasemap(map, new Blob(['no map'])).then(() => 'taken', () => 'refused')")
    assert refused == "refused"
    assert page.locator("#map").get_attribute("data-base") == "grid"


def test_east_is_right_in_a_mirrored_page(address: str, browser: Browser) -> None:
    page = open_map(browser, f"{address}/mirrored")
    page.evaluate(THREE)
    west = page.get_by_role("button", name="Pin west").bounding_box()
    east = page.get_by_role("button", name="Pin east").bounding_box()
    assert west is not None
    assert east is not None
    assert west["x"] < east["x"]
    assert page.evaluate("getComputedStyle(map.el).direction") == "ltr"


def test_a_pin_is_a_target_that_a_cold_finger_hits(page: Page) -> None:
    page.evaluate(THREE)
    box = page.get_by_role("button", name="Pin middle").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 56


def test_axe_finds_nothing(page: Page, browser: Browser) -> None:
    page.evaluate(THREE)
    assert browser.axe() == []
