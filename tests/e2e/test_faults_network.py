"""The road between phone and server goes bad, in every way it can: nothing is lost, doubled or misnamed.

Phone faults P3 to P9 and the failure stories that begin on the road. Each fault is made outside the page
(by the proxy, the browser's own request interception, or a signal) and each test ends with the server's
rows held against the phone's.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Route

from tests.chaos.proxy import (
    PORTAL,
    Act,
    Exchange,
    Road,
    answer_with,
    captive_portal,
    change_answer,
    cut_answer,
    cut_request,
    passing,
    swallow_answer,
    unreachable,
)
from tests.e2e.phone import Phone
from tests.e2e.truth import check, photos_of, pins_of
from tests.waiting import wait_until

Joined = Callable[..., Phone]
STEP = 64 * 1024
JSON = b"application/json"
LOGIN = "This network needs a login"


Pictures = Callable[..., Path]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """pictures(width) → a photo that nobody took before; of noise, so that it stays large."""
    directory = tmp_path_factory.mktemp("pictures")
    dice = random.Random(5)

    def make(width: int = 160) -> Path:
        height = width * 3 // 4
        path = directory / f"{dice.random()}.jpg"
        Image.frombytes("RGB", (width, height), dice.randbytes(width * height * 3)).save(path, quality=90)
        return path

    return make


def mine(phone: Phone) -> None:
    """Open "My pins", where everything unsent is named."""
    phone.page.goto(f"{phone.home}#/mine")
    phone.find("#try-now").wait_for()


def try_now(phone: Phone) -> list[dict[str, Any]]:
    """Press the button; the outbox once everything in it has been tried anew, or is gone."""
    before = {entry["id"]: entry["next_at"] for entry in phone.entries()}
    phone.find("#try-now").click()
    return wait_until(lambda: rested(phone, before), "everything tried", every=0.05)


def rested(phone: Phone, before: dict[str, int]) -> list[dict[str, Any]]:
    entries = phone.entries()
    fresh = all(
        one["state"] == "help" or (one["state"] == "waiting" and one["next_at"] != before.get(one["id"]))
        for one in entries
    )
    return entries or [{}] if fresh else []


def waits(phone: Phone) -> float:
    """For how many seconds the one entry still waits, by the page's own clock."""
    [entry] = phone.entries()
    return float(entry["next_at"] - phone.browser.run("Date.now()")) / 1000


def says_unsent(phone: Phone, note: str) -> None:
    """On "My pins" the note is to be read and nothing is called sent."""
    phone.find(f".rows .line:has-text('{note}')").wait_for()
    assert phone.find(".state[data-state=sent]").count() == 0


def note_on(phone: Phone, pin: dict[str, Any], note: str) -> None:
    phone.page.goto(f"{phone.home}#/pin/{pin['id']}")
    phone.find("dialog[open] textarea").first.fill(note)
    wait_until(lambda: phone.pin(pin["id"])["fields"]["text"] == note, "the note on the phone")


def at_rest(phone: Phone) -> bool:
    """No request is under way, and nothing is left that was just begun."""
    return all(exchange.done for exchange in phone.site.road.exchanges) and all(
        entry["state"] != "sending" for entry in phone.entries()
    )


def seconds_until(phone: Phone, happened: Callable[[], bool], what: str, step: int = 15) -> int:
    """Let the page's clock run until it happened; for how long it ran."""
    passed = 0

    def so_far() -> bool:
        nonlocal passed
        if happened():
            return True
        if at_rest(phone):
            phone.page.clock.fast_forward(step * 1000)
            passed += step
        return False

    wait_until(so_far, what, every=0.1)
    return passed


def partly(after: int, reached: threading.Event, gate: threading.Event) -> Act:
    """The server has `after` bytes of the request and waits for more; so does the phone."""

    async def act(road: Road, exchange: Exchange) -> None:
        await road.ask(exchange, only=after)
        reached.set()
        await asyncio.to_thread(gate.wait, 20)
        road.cut()

    return act


def one_after_another(acts: list[Act]) -> Act:
    """The first act for the first exchange, and so on; then a good network."""

    async def act(road: Road, exchange: Exchange) -> None:
        await (acts.pop(0) if acts else passing())(road, exchange)

    return act


def test_p03_a_photo_cut_off_at_any_byte_arrives_once(joined: Joined, pictures: Pictures) -> None:
    phone = joined(on_disk=True)
    # What was joined a moment ago is not yet among the cookies on disk: the phone renews its token itself.
    phone.browser.expect_error("401")
    phone.browser.offline()
    phone.drop("lighting", pictures(700))
    [photo] = phone.photos()
    steps = list(range(0, photo["size"], STEP))
    assert len(steps) >= 3
    reached, gate = threading.Event(), threading.Event()
    cuts = [cut_request(step) for step in steps]
    cuts[len(steps) // 2] = partly(steps[len(steps) // 2], reached, gate)
    road = phone.site.road
    road.on("PUT", "/photos/", one_after_another(cuts))
    phone.browser.online()
    mine(phone)
    for n in range(len(steps)):
        wait_until(lambda n=n: len(road.seen("PUT", "/photos/")) > n, f"cut {n}")
        if n == len(steps) // 2:
            assert reached.wait(20)
            phone.browser.kill()
            gate.set()
            phone.browser.launch()
            mine(phone)
        else:
            road.wait_for("PUT", "/photos/", n + 1)
        phone.find("#try-now").click()
    phone.wait_until_sent()
    check(phone)
    assert [row["sent_bytes"] for row in photos_of(phone)] == [photo["size"]]


def test_p04_an_answer_lost_after_the_commit_is_asked_for_again(joined: Joined, pictures: Pictures) -> None:
    phone = joined()
    lost = [phone.site.road.on("PUT", f"/{kind}/", swallow_answer(), times=1) for kind in ("pins", "photos")]
    pin = phone.drop("lighting", pictures())
    mine(phone)
    for rule in lost:
        wait_until(lambda rule=rule: rule.hits, "an answer lost")
        phone.find("#try-now").click()
    phone.wait_until_sent()
    answers = [exchange.status for exchange in phone.site.road.seen("PUT", "/(pins|photos)/")]
    assert sorted(answers) == [200, 200, 201, 201]
    check(phone)
    assert len(pins_of(phone)) == len(photos_of(phone)) == 1
    assert pins_of(phone)[0]["number"] == phone.pin(pin["id"])["number"]


def status(code: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=code, body="oh")


def error(name: str) -> Callable[[Route], None]:
    return lambda route: route.abort(name)


REFUSALS = [
    *(status(code) for code in (500, 502, 503, 504)),
    *(error(name) for name in ("connectionreset", "namenotresolved", "connectionclosed", "timedout")),
]


def test_p05_a_sick_server_and_a_dead_road_only_delay_and_the_words_stay(joined: Joined) -> None:
    phone = joined()
    phone.page.clock.install()
    phone.browser.expect_error("50[0234]")
    ways = list(REFUSALS)

    def refuse(route: Route) -> None:
        (ways[0] if ways else Route.continue_)(route)

    phone.browser.context.route("**/api/walks/*/pins/*", refuse)
    phone.browser.offline()
    note_on(phone, phone.drop("lighting"), "The lamp is broken")
    mine(phone)
    phone.browser.online()
    while len(ways) > 1:
        [entry] = try_now(phone)
        assert entry["state"] == "waiting"
        says_unsent(phone, "The lamp is broken")
        ways.pop(0)
    # By itself: 2, 4, 8 … seconds, never more than five minutes, and no two phones in step.
    ways[:] = REFUSALS[:1]
    try_now(phone)
    for tries in range(1, 11):
        expected = min(2**tries, 300)
        assert 0.7 * expected - 5 <= waits(phone) <= 1.3 * expected
        before = {entry["id"]: entry["next_at"] for entry in phone.entries()}
        phone.page.clock.fast_forward(max(int(1300 * expected), 61_000))
        wait_until(lambda before=before: rested(phone, before), f"try {tries + 1}", every=0.05)
    says_unsent(phone, "The lamp is broken")
    ways.clear()
    phone.page.clock.fast_forward(400_000)
    phone.wait_until_sent()
    check(phone)


def problem(status: int, code: str, retry: bool) -> str:
    return json.dumps({"type": "about:blank", "title": code, "status": status, "code": code, "retry": retry})


def test_p06_a_photo_found_too_large_is_made_smaller_once(joined: Joined, pictures: Pictures) -> None:
    phone = joined()
    phone.browser.expect_error("413")
    seen: list[bytes] = []
    refuse = 1

    def limited(route: Route) -> None:
        seen.append(route.request.post_data_buffer or b"")
        if len(seen) > refuse:
            return route.continue_()
        return route.fulfill(
            status=413, content_type="application/problem+json", body=problem(413, "too_large", False)
        )

    phone.browser.context.route("**/api/walks/*/photos/*", limited)
    pin = phone.drop("lighting", pictures(1700))
    phone.wait_until_sent()
    assert [max(Image.open(BytesIO(body)).size) for body in seen] == [1600, 1200]
    assert len(seen[1]) < len(seen[0])
    [place] = phone.pin(pin["id"])["photos"]
    assert place["sha256"] == hashlib.sha256(seen[1]).hexdigest()
    check(phone)

    seen.clear()
    refuse = 1000
    other = phone.drop("litter", pictures(200))
    wait_until(lambda: [one["state"] for one in phone.entries()] == ["help"], "the photo needing help")
    assert len(seen) == 2
    assert phone.pin(other["id"])["acked_rev"] == phone.pin(other["id"])["rev"]
    assert len(phone.photos()) == 2
    mine(phone)
    phone.find(f"li:has(#mine-{other['id']}) summary").click()
    phone.find("li .why:has-text('too large')").wait_for()


def test_p07_a_named_time_is_kept_and_never_longer_than_a_quarter_of_an_hour(joined: Joined) -> None:
    phone = joined()
    phone.page.clock.install()
    phone.browser.expect_error("429|503")
    told = ""
    code = 503
    asked = 0

    def later(route: Route) -> None:
        nonlocal asked
        asked += 1
        headers = {"Retry-After": told, "Content-Type": "application/problem+json"}
        route.fulfill(status=code, headers=headers, body=problem(code, "busy", True))

    phone.browser.context.route("**/api/walks/*/pins/*", later)
    told = "40"
    phone.drop("lighting")
    mine(phone)
    wait_until(lambda: rested(phone, {phone.entries()[0]["id"]: 0}), "the first try")
    date = format_datetime(datetime.now(UTC) + timedelta(hours=9), usegmt=True)
    times = (
        (503, "40", 30, 40),
        (429, "90", 80, 90),
        (429, date, 890, 900),
        (503, "1000000000", 890, 900),
        (429, "tomorrow, perhaps", 2, 390),
        (503, "-5", 2, 390),
        (503, "7", 0, 7),
    )
    for next_code, next_told, least, most in times:
        before = {entry["id"]: entry["next_at"] for entry in phone.entries()}
        code, told = next_code, next_told
        phone.page.clock.fast_forward(901_000)
        wait_until(lambda before=before: rested(phone, before), f"a try, told {told}")
        assert least <= waits(phone) <= most, told
    # The button is no way around it.
    before_taps, pulls = asked, len(phone.site.road.seen("GET", "/changes"))
    phone.find("#try-now").click()
    phone.site.road.wait_for("GET", "/changes", pulls + 1)
    assert asked == before_taps
    phone.browser.context.unroute_all()
    phone.page.clock.fast_forward(8_000)
    phone.wait_until_sent()
    check(phone)


def test_p08_a_full_server_pauses_photos_and_pins_go_on(joined: Joined, pictures: Pictures) -> None:
    phone = joined()
    phone.browser.expect_error("507")
    full = problem(507, "storage_full", True).encode()
    road = phone.site.road
    road.on("PUT", "/photos/", answer_with(507, full, JSON))
    phone.drop("lighting", pictures())
    road.wait_for("PUT", "/photos/")
    for category in ("litter", "vegetation"):
        phone.drop(category, pictures())
    wait_until(lambda: {one["kind"] for one in phone.entries()} == {"photo"}, "all pins sent")
    assert len(pins_of(phone)) == 3
    assert photos_of(phone) == []
    mine(phone)
    phone.find(".line__more:has-text('photo is waiting')").nth(2).wait_for()
    assert phone.find(".state[data-state=sent]").count() == 3
    road.clear()
    phone.find("#try-now").click()
    phone.wait_until_sent()
    check(phone)


PORTALS = {
    "a login page": captive_portal(),
    "a redirect": answer_with(302, b"", Location="https://login.example/"),
    "511": answer_with(511, PORTAL),
    "{}": answer_with(200, b"{}", JSON),
    "another id": answer_with(
        200, b'{"id": "x", "rev": 1, "sha256": "y", "epoch": "z", "seq": 1, "items": []}', JSON
    ),
}


def test_p09_a_network_that_wants_a_login_is_named_and_gets_nothing(joined: Joined) -> None:
    phone = joined(lang="sv-SE")
    phone.browser.expect_error("511")
    phone.choose_camera("off")
    road = phone.site.road
    for name, portal in PORTALS.items():
        road.on("*", "/api/", portal)
        asked = len(road.exchanges)
        pin = phone.drop("lighting")
        wait_until(lambda asked=asked: len(road.exchanges) > asked, f"{name} having answered")
        phone.find(".banner:has-text('nätverket kräver inloggning')").wait_for()
        mine(phone)
        phone.find(".sum:has-text('nätverket kräver inloggning')").wait_for()
        assert phone.pin(pin["id"])["acked_rev"] == 0, name
        assert phone.find(f"#mine-{pin['id']} .state[data-state=saved]").is_visible()
        road.clear()
        phone.find("#try-now").click()
        phone.wait_until_sent()
        phone.find(".sum.is-good").wait_for()
        phone.page.goto(f"{phone.home}#/")
        phone.find(".banner").wait_for(state="detached")
    check(phone)


def test_f01_a_pin_waits_for_its_photo_and_says_how_many_have_come(
    joined: Joined, pictures: Pictures
) -> None:
    phone = joined()
    phone.browser.offline()
    pin = phone.drop("lighting", pictures(600))
    phone.page.goto(f"{phone.home}#/pin/{pin['id']}")
    phone.find(".add-photo input[type=file]").last.set_input_files(pictures())
    wait_until(lambda: len(phone.photos()) == 2, "both photos on the phone")
    [slow] = [photo for photo in phone.photos() if photo["size"] > STEP]
    cuts = [cut_request(slow["size"] * percent // 100) for percent in (0, 50, 99)]
    road = phone.site.road
    road.on("PUT", slow["sha256"], one_after_another([*cuts, unreachable()]))
    phone.browser.online()
    wait_until(lambda: [one["target"] for one in phone.entries()] == [slow["sha256"]], "all but one sent")
    mine(phone)
    for n in (1, 2, 3):
        road.wait_for("PUT", slow["sha256"], n)
        phone.page.reload()
        phone.find(".line__more:has-text('1 of 2 photos sent')").wait_for()
        assert len(pins_of(phone)) == len(photos_of(phone)) == 1
    while phone.entries():
        try_now(phone)
    phone.find(".line__more:has-text('2 photos sent')").wait_for()
    check(phone)


def test_f02_no_timeout_tap_or_tab_makes_a_second_one(joined: Joined, pictures: Pictures) -> None:
    phone = joined()
    road = phone.site.road
    lost = [
        road.on("PUT", "/pins/", swallow_answer(), times=5),
        road.on("PUT", "/photos/", swallow_answer(), times=5),
    ]
    pin = phone.drop("lighting", pictures())
    mine(phone)
    while any(rule.left for rule in lost):
        left = sum(rule.left for rule in lost)
        phone.browser.run("for (let n = 0; n < 10; n++) document.getElementById('try-now').click()")
        wait_until(lambda left=left: sum(rule.left for rule in lost) < left, "another answer lost")
    other = phone.browser.context.new_page()
    other.goto(f"{phone.home}#/mine")
    other.locator("#try-now").click()
    phone.find("#try-now").click()
    phone.wait_until_sent()
    assert len(pins_of(phone)) == len(photos_of(phone)) == 1
    assert {exchange.path.rsplit("/", 1)[-1] for exchange in road.seen("PUT", "/pins/")} == {pin["id"]}
    assert len(road.seen("PUT", "/pins/")) <= 7
    check(phone)


LYING = """
  window.online = true;
  Object.defineProperty(Navigator.prototype, 'onLine', { get: () => window.online });
  delete ServiceWorkerRegistration.prototype.sync;
  delete window.SyncManager;
"""


@pytest.mark.parametrize("says_online", [True, False])
def test_f06_the_queue_goes_by_itself_when_the_server_is_back(
    joined: Joined, pictures: Pictures, says_online: bool
) -> None:
    phone = joined()
    phone.browser.expect_error("503")
    phone.page.clock.install()
    phone.page.add_init_script(LYING)
    phone.reload()
    phone.browser.run(f"window.online = {json.dumps(says_online)}")
    road = phone.site.road
    busy = problem(503, "busy", True).encode()
    road.on("*", "/api/", answer_with(503, busy, JSON))
    pin = phone.drop("lighting", pictures())
    for minute in range(20):
        asked = len(road.exchanges)
        seconds_until(phone, lambda asked=asked: len(road.exchanges) > asked, f"try {minute}", step=60)
    assert pins_of(phone) == []
    assert phone.pin(pin["id"])["acked_rev"] == 0
    road.clear()
    assert seconds_until(phone, lambda: not phone.entries(), "everything sent by itself") <= 90
    check(phone)


def wrong_hash(body: bytes) -> bytes:
    return json.dumps(json.loads(body) | {"sha256": "0" * 64}).encode()


LIES = {
    "a wrong hash": change_answer(wrong_hash),
    "nothing": answer_with(200, b"", JSON),
    "a login page": captive_portal(),
    "half an answer": cut_answer(20),
    "no room": answer_with(507, problem(507, "storage_full", True).encode(), JSON),
}


def test_f07_nothing_is_sent_before_its_proof(joined: Joined, pictures: Pictures) -> None:
    phone = joined()
    phone.browser.expect_error("507")
    for name, lie in LIES.items():
        rule = phone.site.road.on("PUT", "/api/", lie)
        phone.page.goto(f"{phone.home}#/")
        pin = phone.drop("litter", pictures())
        wait_until(lambda rule=rule: rule.hits, f"{name} told")
        mine(phone)
        phone.find("#try-now").click()
        wait_until(lambda rule=rule: rule.hits > 1 and at_rest(phone), f"{name} told twice")
        kinds = sorted(entry["kind"] for entry in phone.entries())
        assert kinds == ["photo", "pin"], name
        assert phone.find(f"#mine-{pin['id']} .state[data-state=saved]").count() == 1, name
        [kept] = [photo for photo in phone.stored("bytes") if photo["sha256"] == pin["photos"][0]["sha256"]]
        assert kept["bytes"] > 1000
        phone.site.road.clear()
        phone.find("#try-now").click()
        phone.wait_until_sent()
    check(phone)
