"""The browser helper itself, on a small page with the app's content policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Error

from tests.e2e.browser import Browser
from tests.e2e.conftest import BrowserFactory

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
PAGE = b'<!doctype html><html lang="en"><title>A page</title><main><h1>Hello</h1></main>'
SAVE = """new Promise((done) => {
  const open = indexedDB.open('kept', 1);
  open.onupgradeneeded = () => open.result.createObjectStore('pins');
  open.onsuccess = () => {
    const tx = open.result.transaction('pins', 'readwrite', {durability: 'strict'});
    tx.objectStore('pins').put('a pin', 1);
    tx.oncomplete = () => done(true);
  };
})"""
LOAD = """new Promise((done) => {
  const open = indexedDB.open('kept', 1);
  open.onsuccess = () => {
    const read = open.result.transaction('pins').objectStore('pins').get(1);
    read.onsuccess = () => done(read.result);
  };
})"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[False, True], ids=["in memory", "on disk"])
def phone(request: pytest.FixtureRequest, address: str, new_phone: BrowserFactory) -> Browser:
    phone = new_phone(on_disk=request.param)
    phone.page.goto(address)
    phone.expect_error("favicon")
    return phone


def test_what_is_stored_survives_a_crashed_tab(phone: Browser, address: str) -> None:
    assert phone.run(SAVE) is True
    phone.crash_tab().goto(address)
    assert phone.run(LOAD) == "a pin"


@pytest.mark.parametrize("phone", [True], indirect=True, ids=["on disk"])
def test_what_is_stored_on_disk_survives_a_killed_browser(phone: Browser, address: str) -> None:
    assert phone.run(SAVE) is True
    phone.kill()
    phone.launch().goto(address)
    assert phone.run(LOAD) == "a pin"


def test_each_has_a_profile_of_its_own(phone: Browser, address: str, new_phone: BrowserFactory) -> None:
    phone.run("document.cookie = 'who=Amina'; localStorage.setItem('who', 'Amina')")
    other = new_phone("Bilal")
    other.expect_error("favicon")
    other.page.goto(address)
    assert other.run("[document.cookie, localStorage.length]") == ["", 0]


def test_it_has_a_place_a_camera_and_a_language(phone: Browser) -> None:
    phone.stand_at(55.6, 13.0, accuracy_m=12)
    fix = """new Promise((done) => navigator.geolocation.getCurrentPosition(
      (fix) => done([fix.coords.latitude, fix.coords.accuracy])))"""
    assert phone.run(fix) == [55.6, 12]
    camera = (
        "navigator.mediaDevices.getUserMedia({video: true}).then((s) => s.getVideoTracks()[0].readyState)"
    )
    assert phone.run(camera) == "live"
    assert phone.run("navigator.language") == "sv-SE"


def test_it_goes_offline_and_back(phone: Browser, address: str) -> None:
    phone.offline()
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        phone.page.goto(address)
    phone.online()
    phone.page.goto(address)
    assert phone.page.get_by_role("heading", name="Hello").is_visible()


def test_axe_runs_inside_the_policy_and_finds_faults(phone: Browser) -> None:
    assert phone.axe() == []
    phone.run("document.querySelector('main').append(document.createElement('button')); true")
    assert [fault.split(":")[0] for fault in phone.axe()] == ["button-name"]


def test_errors_on_the_page_are_noticed(phone: Browser, address: str) -> None:
    phone.run("setTimeout(() => { throw new Error('a fault of the page') }); console.error('said so'); true")
    phone.run("fetch('/missing').then(() => true)")
    phone.until("true")
    noticed = "\n".join(phone.unexpected_errors())
    assert "a fault of the page" in noticed
    assert "said so" in noticed
    assert "404" in noticed
    phone.expect_error("fault|said|404")
    assert phone.unexpected_errors() == []
