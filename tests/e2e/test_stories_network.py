"""Failure stories that begin on the road: the photo that did not come, the second row, the queue that waits.

Each ends with the server's rows held against the phone's.
"""

from __future__ import annotations

import json

import pytest

from tests.chaos.proxy import (
    answer_with,
    captive_portal,
    change_answer,
    cut_answer,
    cut_request,
    swallow_answer,
    unreachable,
)
from tests.e2e.conftest import Joined, Pictures
from tests.e2e.faults import (
    JSON,
    at_rest,
    mine,
    one_after_another,
    problem,
    seconds_until,
    try_now,
)
from tests.e2e.truth import check, photos_of, pins_of
from tests.waiting import wait_until


def test_f01_a_pin_waits_for_its_photo_and_says_how_many_have_come(
    joined: Joined, pictures: Pictures
) -> None:
    phone = joined()
    phone.browser.offline()
    pin = phone.drop("lighting", pictures(600))
    phone.page.goto(f"{phone.home}#/pin/{pin['id']}")
    phone.find(".add-photo input[type=file]").last.set_input_files(pictures())
    wait_until(lambda: len(phone.photos()) == 2, "both photos on the phone")
    slow = max(phone.photos(), key=lambda photo: photo["size"])
    cuts = [cut_request(slow["size"] * percent // 100) for percent in (0, 50, 99)]
    road = phone.site.road
    road.on("PUT", slow["sha256"], one_after_another(cuts), times=len(cuts))
    road.on("PUT", slow["sha256"], unreachable())
    phone.browser.online()
    wait_until(lambda: [one["target"] for one in phone.entries()] == [slow["sha256"]], "all but one sent")
    mine(phone)
    for n in (1, 2, 3):
        road.wait_for("PUT", slow["sha256"], n)
        phone.page.reload()
        phone.find(".line__more:has-text('1 of 2 photos sent')").wait_for()
        assert len(pins_of(phone)) == len(photos_of(phone)) == 1
    road.clear()
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
        phone.find(f"#mine-{pin['id']} .state[data-state=saved]").wait_for()
        [kept] = [photo for photo in phone.stored("bytes") if photo["sha256"] == pin["photos"][0]["sha256"]]
        assert kept["bytes"] > 1000
        phone.site.road.clear()
        phone.find("#try-now").click()
        phone.wait_until_sent()
    check(phone)
