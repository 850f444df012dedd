"""The road between phone and server goes bad, in every way it can: nothing is lost, doubled or misnamed.

Phone faults P3 to P9. Each fault is made outside the page
(by the proxy, the browser's own request interception, or a signal) and each test ends with the server's
rows held against the phone's.
"""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO

from PIL import Image

from tests.chaos.proxy import (
    PORTAL,
    Rule,
    answer_with,
    captive_portal,
    cut_answer,
    cut_request,
    swallow_answer,
    unreachable,
)
from tests.e2e.conftest import Joined, Pictures
from tests.e2e.faults import (
    JSON,
    again,
    at_rest,
    mine,
    note_on,
    one_after_another,
    partly,
    problem,
    says_unsent,
    seconds_until,
    tries_and_wait,
    try_now,
    waits,
)
from tests.e2e.truth import check, photos_of, pins_of
from tests.waiting import wait_until

STEP = 64 * 1024
PROBLEM = b"application/problem+json"
LOGIN = "This network needs a login"


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


WAYS = [
    *(answer_with(code, b"oh") for code in (500, 502, 503, 504)),
    unreachable(),
    cut_request(10),
    cut_answer(3),
]


def test_p05_a_sick_server_and_a_dead_road_only_delay_and_the_words_stay(joined: Joined) -> None:
    phone = joined()
    phone.page.clock.install()
    phone.browser.expect_error("50[0234]")
    phone.browser.offline()
    note_on(phone, phone.drop("lighting"), "The lamp is broken")
    mine(phone)
    road = phone.site.road
    road.only("PUT", "/pins/", WAYS[0])
    phone.browser.online()
    for way in WAYS:
        road.only("PUT", "/pins/", way)
        [entry] = try_now(phone)
        assert entry["state"] == "waiting"
        says_unsent(phone, "The lamp is broken")
    # By itself: 2, 4, 8 … seconds, never more than five minutes, and no two phones in step.
    road.only("PUT", "/pins/", WAYS[0])
    try_now(phone)
    tries = 0
    while tries < 10:
        before, (tries, left) = tries, tries_and_wait(phone)
        expected = min(2**tries, 300)
        assert tries > before
        assert 0.7 * expected - 5 <= left <= 1.3 * expected
        again(phone, max(int(1.3 * expected) + 1, 61))
    says_unsent(phone, "The lamp is broken")
    road.clear()
    seconds_until(phone, lambda: not phone.entries(), "the pin sent", step=400)
    check(phone)


def test_p06_a_photo_found_too_large_is_made_smaller_once(joined: Joined, pictures: Pictures) -> None:
    phone = joined()
    phone.browser.expect_error("413")
    refusal = answer_with(413, problem(413, "too_large", False).encode(), PROBLEM)
    road = phone.site.road
    road.on("PUT", "/photos/", refusal, times=1)
    pin = phone.drop("lighting", pictures(1700))
    phone.wait_until_sent()
    seen = [exchange.request.body for exchange in road.seen("PUT", "/photos/")]
    assert [max(Image.open(BytesIO(body)).size) for body in seen] == [1600, 1200]
    assert len(seen[1]) < len(seen[0])
    [place] = phone.pin(pin["id"])["photos"]
    assert place["sha256"] == hashlib.sha256(seen[1]).hexdigest()
    check(phone)

    refused = road.on("PUT", "/photos/", refusal)
    other = phone.drop("litter", pictures(200))
    wait_until(lambda: [one["state"] for one in phone.entries()] == ["help"], "the photo needing help")
    assert refused.hits == 2
    assert phone.pin(other["id"])["acked_rev"] == phone.pin(other["id"])["rev"]
    assert len(phone.photos()) == 2
    mine(phone)
    phone.find(f"li:has(#mine-{other['id']}) summary").click()
    phone.find("li .why:has-text('too large')").wait_for()


def test_p07_a_named_time_is_kept_and_never_longer_than_a_quarter_of_an_hour(joined: Joined) -> None:
    phone = joined()
    phone.page.clock.install()
    phone.browser.expect_error("429|503")
    road = phone.site.road

    def tell(code: int, time: str) -> Rule:
        body = problem(code, "busy", True).encode()
        return road.only("PUT", "/pins/", answer_with(code, body, PROBLEM, Retry_After=time))

    first = tell(503, "40")
    phone.drop("lighting")
    mine(phone)
    wait_until(lambda: first.hits and at_rest(phone), "the first try")
    date = format_datetime(datetime.now(UTC) + timedelta(hours=9), usegmt=True)
    times = (
        (503, "40", 30, 40),
        (429, "90", 80, 90),
        (429, date, 890, 900),
        (503, "1000000000", 890, 900),
        (429, "tomorrow, perhaps", 2, 390),
        (503, "-5", 2, 390),
        (429, "7", 0, 7),
    )
    for code, time, least, most in times:
        told = tell(code, time)
        again(phone, 901)
        assert least <= waits(phone) <= most, time
    # The button is no way around it.
    told = tell(429, "600")
    again(phone, 901)
    tries, pulls = told.hits, len(road.seen("GET", "/changes"))
    phone.find("#try-now").click()
    road.wait_for("GET", "/changes", pulls + 1)
    assert told.hits == tries
    road.clear()
    seconds_until(phone, lambda: not phone.entries(), "the pin sent", step=601)
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
    phone.find(".state[data-state=sent]").nth(2).wait_for()
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
        phone.find(f"#mine-{pin['id']} .state[data-state=saved]").wait_for()
        road.clear()
        phone.find("#try-now").click()
        phone.wait_until_sent()
        phone.find(".sum.is-good").wait_for()
        phone.page.goto(f"{phone.home}#/")
        phone.find(".banner").wait_for(state="detached")
    check(phone)
